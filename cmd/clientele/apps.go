package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"clientele.dev/internal/auth"
)

type appsCommand struct {
	New    appsNew    `cmd:"" help:"Make a key pair, trust it, and print the environment that the JavaScript client needs."`
	Trust  appsTrust  `cmd:"" help:"Trust an application's public key: requests that it signs may read and write both modes."`
	List   appsList   `cmd:"" help:"List the applications."`
	Revoke appsRevoke `cmd:"" help:"Stop trusting an application: the server refuses it from the next request on."`
}

type appsNew struct {
	Name string `required:"" help:"What the application is called."`
	Addr string `help:"The server's address, for the environment (${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
}

// Help is shown by clientele apps new --help.
func (appsNew) Help() string {
	return `The output holds the application's secret key, which is kept nowhere else. Examples:
  clientele apps new --name shop >shop.env && . ./shop.env && node shop.js`
}

// Run makes an application.
func (n appsNew) Run(a *app) error {
	_, portText, err := net.SplitHostPort(n.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return fmt.Errorf("--addr: %q is not a port", portText)
	}
	db, err := a.open()
	if err != nil {
		return err
	}
	defer db.Close()
	pair := auth.NewPair()
	if err := db.AddApp(a.ctx, auth.NewApp(n.Name, pair.Public, time.Now())); err != nil {
		return err
	}
	for _, line := range pair.Environment(port) {
		name, value, _ := strings.Cut(line, "=")
		if _, err := fmt.Fprintf(a.stdout, "export %s='%s'\n", name, value); err != nil {
			return err
		}
	}
	return nil
}

type appsTrust struct {
	Name      string `required:"" help:"What the application is called."`
	PublicKey string `arg:"" name:"public-key-hex" help:"The application's Ed25519 public key: 64 hex digits (BLOCKLET_APP_PK)."`
}

// Help is shown by clientele apps trust --help.
func (appsTrust) Help() string {
	return `Examples:
  clientele apps trust --name shop 79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664`
}

// Run trusts a public key.
func (t appsTrust) Run(a *app) error {
	key, err := auth.ParsePublicKey(t.PublicKey)
	if err != nil {
		return err
	}
	db, err := a.open()
	if err != nil {
		return err
	}
	defer db.Close()
	trusted := auth.NewApp(t.Name, key, time.Now())
	if err := db.AddApp(a.ctx, trusted); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s  %s\n", trusted.ID, auth.DID(key))
	return err
}

type appsList struct{}

// Run lists the applications.
func (appsList) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	apps, err := db.Apps(a.ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tDID\tPUBLIC KEY\tTRUSTED\tSTATE")
	for _, p := range apps {
		fmt.Fprintf(w, "%s\t%s\t%s\t%x\t%s\t%s\n", p.ID, p.Name, auth.DID(p.PublicKey), []byte(p.PublicKey),
			p.CreatedAt.Format(time.DateOnly), state(p.RevokedAt))
	}
	return w.Flush()
}

type appsRevoke struct {
	ID string `arg:"" help:"The application's id, as the list shows it."`
}

// Run stops trusting an application.
func (r appsRevoke) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	found, err := db.RevokeApp(a.ctx, r.ID, time.Now())
	if err == nil && !found {
		err = fmt.Errorf("no application %q; clientele apps list shows them", r.ID)
	}
	return err
}
