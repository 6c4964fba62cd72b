package main

import (
	"cmp"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

type keysCommand struct {
	Create keysCreate `cmd:"" help:"Create a key and print it, alone, on standard output. It is shown this once."`
	List   keysList   `cmd:"" help:"List the keys, without their secrets."`
	Revoke keysRevoke `cmd:"" help:"Revoke a key: the server refuses it from the next request on."`
	Rotate keysRotate `cmd:"" help:"Replace a key: print a new one of the same name, mode and scope, and revoke the old."`
}

type keysCreate struct {
	Mode  string        `enum:"test,live" required:"" help:"Which mode the key opens: test or live."`
	Name  string        `required:"" help:"What the key is for."`
	Scope string        `enum:"metrics,read,write,admin" default:"write" help:"What the key allows: metrics (GET /metrics alone), read, write, or admin, which also makes and revokes keys, in the console and over the API (${default})."`
	Lasts time.Duration `help:"How long the key is good, such as 720h; for ever when absent." placeholder:"TIME"`
}

// Validate is called by kong.
func (k keysCreate) Validate() error {
	if k.Lasts < 0 {
		return errors.New("--lasts cannot be negative")
	}
	return nil
}

// byCommandLine is who has the database at hand.
func byCommandLine() store.By { return store.By{Actor: store.CommandLine, At: time.Now()} }

// Help is shown by clientele keys create --help.
func (keysCreate) Help() string {
	return `Examples:
  clientele keys create --mode test --name laptop
  clientele keys create --mode live --name reports --scope read
  clientele keys create --mode live --name prometheus --scope metrics
  clientele keys create --mode test --name contractor --lasts 720h
  export CLIENTELE_KEY=$(clientele keys create --mode test --name laptop)`
}

// Run creates a key.
func (k keysCreate) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	p := clientele.KeyParams{Name: k.Name, Scope: k.Scope}
	if k.Lasts > 0 {
		p.ExpiresAt = new(clientele.At(time.Now().Add(k.Lasts)))
	}
	_, secret, err := auth.NewKeys(db, time.Now).Create(a.ctx, byCommandLine(), k.Mode == "live", p)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, secret)
	return err
}

type keysList struct{}

// Run lists the keys.
func (keysList) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := db.Keys(a.ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tMODE\tSCOPE\tKEY\tCREATED\tBY\tLAST USED\tSTATE")
	for _, k := range keys {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, k.Livemode, k.Scope, k.Hint,
			k.CreatedAt.Format(time.DateOnly), cmp.Or(k.CreatedBy, "-"), dayOrNever(k.LastUsed), stateOfKey(k))
	}
	return w.Flush()
}

func dayOrNever(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Format(time.DateOnly)
}

type keysRevoke struct {
	ID   string `arg:"" help:"The key's id, as the list shows it."`
	Made bool   `help:"Also revoke the keys that it made, and those that they made."`
}

// Run revokes a key.
func (k keysRevoke) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := db.Keys(a.ctx)
	if err != nil {
		return err
	}
	ids, left := []string{k.ID}, 0
	for _, made := range store.MadeBy(k.ID, keys) {
		switch {
		case k.Made:
			ids = append(ids, made.ID)
		case made.Good(time.Now()):
			left++
			fmt.Fprintf(a.stderr, "it made the key %s (%s, %s), which stays good\n", made.ID, made.Name, made.Hint)
		}
	}
	if left > 0 {
		fmt.Fprintf(a.stderr, "to revoke what it made too: clientele keys revoke %s --made\n", k.ID)
	}
	found, err := auth.NewKeys(db, time.Now).Revoke(a.ctx, byCommandLine(), ids...)
	if err == nil && found == 0 {
		err = fmt.Errorf("no key %q; clientele keys list shows them", k.ID)
	}
	return err
}

type keysRotate struct {
	ID    string        `arg:"" help:"The key's id, as the list shows it."`
	Grace time.Duration `help:"How long the old key stays good, such as 24h; not at all by default." default:"0s" placeholder:"TIME"`
}

// Help is shown by clientele keys rotate --help.
func (keysRotate) Help() string {
	return `Examples:
  clientele keys rotate key_abc123
  clientele keys rotate key_abc123 --grace 24h`
}

// Validate is called by kong.
func (k keysRotate) Validate() error {
	if k.Grace < 0 {
		return errors.New("--grace cannot be negative")
	}
	return nil
}

// Run replaces a key.
func (k keysRotate) Run(a *app) error {
	db, err := a.openExisting()
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := db.Keys(a.ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, old := range keys {
		if old.ID != k.ID {
			continue
		}
		if !old.Good(now) {
			return fmt.Errorf("key %s is %s; create a new one", k.ID, stateOfKey(old))
		}
		_, secret, err := auth.NewKeys(db, time.Now).Replace(a.ctx, byCommandLine(), old, k.Grace)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, secret)
		return err
	}
	return fmt.Errorf("no key %q; clientele keys list shows them", k.ID)
}

// stateOfKey says since or until when a key is good.
func stateOfKey(k store.Key) string {
	switch {
	case !k.RevokedAt.IsZero() || k.ExpiresAt.IsZero():
		return state(k.RevokedAt)
	case k.Expired(time.Now()):
		return "expired " + k.ExpiresAt.Format(time.RFC3339)
	}
	return state(k.ExpiresAt)
}

// state says since or until when something is good.
func state(revoked time.Time) string {
	switch {
	case revoked.IsZero():
		return "good"
	case revoked.After(time.Now()):
		return "good until " + revoked.Format(time.RFC3339)
	}
	return "revoked " + revoked.Format(time.RFC3339)
}
