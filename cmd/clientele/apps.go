package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"text/tabwriter"
	"time"

	"clientele.dev"
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
	return `The output holds the application's secret key, which is kept nowhere else. The published client is in live
mode until the application calls setTestMode(true). The same name again makes a new key pair in place of the old one.
Examples:
  clientele apps new --name shop >shop.env && . ./shop.env && node shop.js`
}

// Run makes an application.
func (n appsNew) Run(a *app) error {
	port, err := clientPort(n.Addr)
	if err != nil {
		return err
	}
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	pair, replaced, err := auth.NewApps(db, time.Now).Create(a.ctx, byCommandLine(), n.Name)
	if err != nil {
		return err
	}
	if replaced > 0 {
		fmt.Fprintf(a.stderr, "The former key of %q is no longer trusted.\n", n.Name)
	}
	for _, v := range pair.Environment(port) {
		if _, err := fmt.Fprintf(a.stdout, "# %s\nexport %s='%s'\n", v.About, v.Name, v.Value); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(a.stdout, "# Calls go to live mode until the application calls "+
		"payment.environments.setTestMode(true).")
	return err
}

// clientPort is the port of an address that the published client can be pointed at: it knows a port of this machine
// alone.
func clientPort(addr string) (int, error) {
	host, portText, err := net.SplitHostPort(addr)
	if err != nil {
		return 0, fmt.Errorf("--addr: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("--addr: %q is not a port", portText)
	}
	if host != "" && host != "localhost" && host != "127.0.0.1" {
		return 0, fmt.Errorf("--addr: the published client calls a port of 127.0.0.1 alone, so %s cannot be said in its "+
			"environment: run a proxy to it on the application's machine, and give that one's port", host)
	}
	return port, nil
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
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	trusted, err := auth.NewApps(db, time.Now).Trust(a.ctx, byCommandLine(), t.Name, key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s  %s\n", trusted.ID, auth.DID(key))
	return err
}

type appsList struct{}

// Run lists the applications.
func (appsList) Run(a *app) error {
	db, err := a.openToRead()
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
	err = auth.NewApps(db, time.Now).Revoke(a.ctx, byCommandLine(), r.ID)
	var refused *clientele.Error
	if errors.As(err, &refused) && refused.Code == clientele.ErrorCodeNotFound {
		err = fmt.Errorf("no application %q; clientele apps list shows them", r.ID)
	}
	return err
}
