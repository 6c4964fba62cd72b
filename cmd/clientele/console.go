package main

import (
	"fmt"
	"strings"
	"time"

	"clientele.dev/internal/auth"
)

type consoleCommand struct {
	Link consoleLinkCommand `cmd:"" help:"Make a link that signs in to the console, once."`
}

type consoleLinkCommand struct {
	URL string `name:"url" help:"Where browsers reach the server (${default})." default:"http://127.0.0.1:8080" placeholder:"URL" env:"CLIENTELE_URL"`
}

// Help is shown by clientele console link --help.
func (consoleLinkCommand) Help() string {
	return `Whoever opens the link may do everything, in both modes, for 12 hours. It works once, within 15 minutes.

Examples:
  clientele console link
  clientele console link --url https://billing.example.com`
}

// Run makes a link.
func (c consoleLinkCommand) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	link, err := newConsoleLink(a, db, c.URL)
	if err == nil {
		_, err = fmt.Fprintln(a.stdout, link)
	}
	return err
}

// newConsoleLink makes a link that signs in to the console of a server, once.
func newConsoleLink(a *app, db auth.Store, url string) (string, error) {
	token, err := auth.New(db, time.Now).NewLink(a.ctx)
	return strings.TrimSuffix(url, "/") + "/link/" + token, err
}
