package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// later builds this program with steps of the schema that it does not have yet, for both databases.
func later(t *testing.T, name string, scripts ...string) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for _, database := range []string{"sqlite", "postgres"} {
		folder, err := filepath.Abs("../../internal/store/" + database + "/migrations")
		if err != nil {
			t.Fatal(err)
		}
		there, err := filepath.Glob(folder + "/*.sql")
		if err != nil || len(there) == 0 {
			t.Fatalf("%s has no steps: %v", folder, err)
		}
		for i, script := range scripts {
			step := len(there) + i + 1
			file := filepath.Join(dir, fmt.Sprintf("%s%d.sql", database, i))
			if err := os.WriteFile(file, fmt.Appendf(nil, "-- oldest: %d\n%s;\n", step-1, script), 0o600); err != nil {
				t.Fatal(err)
			}
			replace[filepath.Join(folder, fmt.Sprintf("%04d_drill.sql", step))] = file
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, name)
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-buildvcs=false", "-overlay", file, "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// place is where one of the servers of an upgrade runs: on a socket that stays, as systemd keeps it.
type place struct {
	t       *testing.T
	db      string
	socket  *os.File
	address string
	runs    *exec.Cmd
}

func newPlace(t *testing.T, db string) *place {
	t.Helper()
	address, socket := keptSocket(t)
	return &place{t: t, db: db, socket: socket, address: address}
}

// run stops what runs there, if something does, and starts a program, until it listens.
func (p *place) run(program, keys string) {
	p.t.Helper()
	if p.runs != nil {
		if err := p.runs.Process.Signal(syscall.SIGTERM); err != nil {
			p.t.Fatal(err)
		}
		if err := p.runs.Wait(); err != nil {
			p.t.Errorf("a server ends with %v", err)
		}
	}
	c := command(p.db)
	if program == "" {
		program = c.Path
	}
	p.runs = exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" serve --first-keys-file "$1"`, program, keys)
	p.runs.Env, p.runs.Dir, p.runs.ExtraFiles = c.Env, filepath.Dir(keys), []*os.File{p.socket}
	log, err := os.OpenFile(filepath.Join(filepath.Dir(keys), "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the server has its own
	p.runs.Stderr = log
	if says := started(p.t, p.runs); !strings.Contains(says, p.address) {
		p.t.Fatalf("it says %q", says)
	}
}

// callers are applications that go on while servers are upgraded, and try nothing twice.
type callers struct {
	ok, refused atomic.Int64
	running     sync.WaitGroup
	stop        context.CancelFunc
	t           *testing.T
}

func newCallers(t *testing.T, c *client.Client) *callers {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	s := &callers{stop: stop, t: t}
	for caller := range 6 {
		s.running.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if err := oneRound(t.Context(), c, fmt.Sprintf("C-%d-%d", caller, n)); err != nil {
					s.refused.Add(1)
					t.Errorf("round %d of caller %d: %v", n, caller, err)
					return
				}
				s.ok.Add(6)
			}
		})
	}
	return s
}

// oneRound makes a customer who pays an invoice, and looks whether that is what is told: six requests.
func oneRound(ctx context.Context, c *client.Client, name string) error {
	made, err := c.Customers.Create(ctx, clientele.CustomerParams{Name: &name})
	if err != nil {
		return err
	}
	amount := clientele.NewAmount("curr_test_usd", 1000)
	invoice, err := c.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: made.ID, CurrencyID: "curr_test_usd", Finalize: true, InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{{Description: "Work", UnitAmount: &amount}},
		},
	})
	if err != nil {
		return err
	}
	_, err = c.Payments.Create(ctx, clientele.PaymentParams{
		CustomerID: made.ID, CurrencyID: "curr_test_usd", Amount: &amount, InvoiceID: invoice.ID,
	})
	if err != nil {
		return err
	}
	if _, err = c.Customers.Update(ctx, made.ID, clientele.CustomerParams{Metadata: map[string]any{"n": 1}}); err != nil {
		return err
	}
	paid, err := c.Invoices.Retrieve(ctx, invoice.ID)
	if err != nil {
		return err
	}
	page, err := c.Customers.Search(ctx, clientele.CustomerSearchParams{Query: "name:" + name})
	isMade := func(found clientele.CustomerExpanded) bool { return found.ID == made.ID }
	if err == nil && (paid.Status != clientele.InvoicePaid || !slices.ContainsFunc(page.List, isMade)) {
		err = errors.New("what was paid, or made, is not told")
	}
	return err
}

// more waits until so many more requests were answered.
func (s *callers) more(n int64) {
	s.t.Helper()
	for until := s.ok.Load() + n; s.ok.Load() < until && s.refused.Load() == 0; {
		time.Sleep(10 * time.Millisecond)
	}
}

// TestUpgradeUnderLoad upgrades two servers on one database behind nginx, one after the other and twice: to a version
// that adds to the schema, and to one that takes away what no server uses any more. Nobody is refused anything, the
// books are right, and a version that is too old does not start.
func TestUpgradeUnderLoad(t *testing.T) {
	t.Parallel()
	const add, drop = "ALTER TABLE customers ADD COLUMN drill TEXT", "ALTER TABLE customers DROP COLUMN drill"
	expanded := later(t, "expanded", add)
	contracted := later(t, "contracted", add, drop)
	databases := map[string]string{"PostgreSQL": pgtest.URL(t, nil)}
	if apptest.OnAll() {
		databases["SQLite"] = newDatabase(t)
	}
	for name, db := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys := filepath.Join(t.TempDir(), "keys")
			a, b := newPlace(t, db), newPlace(t, db)
			a.run("", keys)
			b.run("", keys)
			proxy := newNginx(t)
			proxy.servers = []string{a.address, b.address}
			proxy.start("location /api/ { proxy_pass http://servers; }")
			secrets, err := os.ReadFile(keys)
			if err != nil {
				t.Fatal(err)
			}
			c := client.New("https://"+proxy.address, secretPattern.FindString(string(secrets)),
				client.WithHTTPClient(proxy.browser), client.WithMaxRetries(0))
			load := newCallers(t, c)
			for _, step := range []struct {
				at      *place
				program string
			}{
				{a, expanded}, {b, ""}, {b, expanded}, // the old version also starts anew beside the new one
				{a, contracted}, {b, expanded}, {b, contracted},
			} {
				load.more(60)
				step.at.run(step.program, keys)
			}
			load.more(60)
			load.stop()
			load.running.Wait()
			t.Logf("%d requests, %d refused", load.ok.Load(), load.refused.Load())
			for program, says := range map[string]string{"clientele": "a newer Clientele made it", expanded: "ok"} {
				verify := command(db, "verify")
				if program == expanded {
					verify.Path = program
				}
				if out, err := verify.CombinedOutput(); (err == nil) != (says == "ok") || !strings.Contains(string(out), says) {
					t.Errorf("verify by %s: %v, %s", filepath.Base(program), err, out)
				}
			}
		})
	}
}
