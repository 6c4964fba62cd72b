package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// hashIn is the hash of a database.
func hashIn(t testing.TB, db string) string {
	t.Helper()
	out, code := runCommand("hash", "--db", db)
	if hash := strings.TrimSpace(out); code == 0 && len(hash) == 64 {
		return hash
	}
	t.Fatalf("hash exits with %d: %s", code, out)
	return ""
}

// TestBackupsUnderLoad makes backups while customers are written: each, restored, has right books, and all that was
// there before it was made. One made of a database at rest has the same content.
func TestBackupsUnderLoad(t *testing.T) {
	t.Parallel()
	db, folder := newDatabase(t), t.TempDir()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	var made atomic.Int64
	stop := make(chan struct{})
	var writing sync.WaitGroup
	defer writing.Wait()
	end := sync.OnceFunc(func() { close(stop) })
	defer end()
	for range 3 {
		writing.Go(func() {
			for p := s.Test(); ; made.Add(1) {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := oneMore(t.Context(), p); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := range 8 {
		for before := made.Load(); made.Load() < before+3 && !t.Failed(); {
			time.Sleep(time.Millisecond)
		}
		before := made.Load()
		file := filepath.Join(folder, fmt.Sprint(n, ".db"))
		restored := "sqlite:" + filepath.Join(folder, fmt.Sprint(n, "r.db"))
		if out, code := runCommand("backup", file, "--db", db); code != 0 || !strings.Contains(out, "read back") {
			t.Fatalf("it exits with %d: %s", code, out)
		}
		if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
			t.Errorf("the file is %v (%v)", info.Mode(), err)
		}
		if out, code := runCommand("restore", file, "--db", restored); code != 0 {
			t.Fatalf("restoring exits with %d: %s", code, out)
		}
		out, code := runCommand("verify", "--db", restored)
		var there int64
		if _, err := fmt.Sscanf(out, "The books of %d customers are right.", &there); err != nil || code != 0 ||
			there < before {
			t.Errorf("of %d customers there are %d: exit %d, %s", before, there, code, out)
		}
	}
	end()
	writing.Wait()
	s.Close()
	last, restored := filepath.Join(folder, "last.db"), "sqlite:"+filepath.Join(folder, "last-r.db")
	runCommand("backup", last, "--db", db)
	runCommand("restore", last, "--db", restored)
	if want, got := hashIn(t, db), hashIn(t, restored); got != want || hashIn(t, "sqlite:"+last) != want {
		t.Errorf("restored it has the hash %s, and had %s", got, want)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*.part*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// oneMore makes a customer who owes something.
func oneMore(ctx context.Context, p *client.Client) (*clientele.Invoice, error) {
	c, err := p.Customers.Create(ctx, clientele.CustomerParams{Name: new("Ada")})
	if err != nil {
		return nil, err
	}
	return p.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: "curr_test_usd", Finalize: true, InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{{UnitAmount: new(clientele.NewAmount("curr_test_usd", 100))}},
		},
	})
}

// TestBackupEvery makes backups in a folder until it is stopped, and keeps the newest.
func TestBackupEvery(t *testing.T) {
	t.Parallel()
	db, folder := "sqlite:"+rightBooks(t), filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(t.Context())
	var out, log bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"backup", folder, "--every", "1s", "--keep", "2", "--db", db}, &out, &log)
	}()
	var all []string
	for first := ""; ; time.Sleep(time.Millisecond) { // until the first has gone
		all, _ = filepath.Glob(filepath.Join(folder, "clientele-*.db"))
		if first == "" && len(all) > 0 {
			first = all[0]
		}
		if len(all) == 2 && all[0] != first {
			break
		}
	}
	cancel()
	if code := <-ended; code != 0 {
		t.Errorf("stopped it exits with %d: %s%s", code, &out, &log)
	}
	if all, _ = filepath.Glob(filepath.Join(folder, "*")); len(all) > 3 { // the last may have come between
		t.Errorf("there are %v", all)
	}
	if want := hashIn(t, db); hashIn(t, "sqlite:"+all[0]) != want {
		t.Error("a backup has another content")
	}
}

// TestBackupsRefuse to overwrite anything, and to restore what is none.
func TestBackupsRefuse(t *testing.T) {
	t.Parallel()
	db, folder := "sqlite:"+rightBooks(t), t.TempDir()
	good, damaged := filepath.Join(folder, "good.db"), filepath.Join(folder, "damaged.db")
	text, taken := filepath.Join(folder, "text.db"), filepath.Join(folder, "taken.db")
	if out, code := runCommand("backup", good, "--db", db); code != 0 {
		t.Fatalf("it exits with %d: %s", code, out)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for at := len(content) / 2; at < len(content)/2+4096; at++ {
		content[at] ^= 0x55
	}
	for path, content := range map[string][]byte{damaged: content, text: []byte("text"), taken: []byte("mine")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	other := filepath.Join(folder, "other.db")
	runSQL(t, "sqlite:"+other, "CREATE TABLE t (x)")
	for _, c := range []struct{ args, says string }{
		{"backup " + taken + " --db " + db, "is there already"},
		{"restore " + good + " --db sqlite:" + taken, "is there already"},
		{"restore " + text + " --db sqlite:" + folder + "/x.db", "text.db"},
		{"restore " + other + " --db sqlite:" + folder + "/x.db", "is no database of Clientele"},
		{"restore " + damaged + " --db sqlite:" + folder + "/x.db", "damaged"},
		{"restore " + folder + "/none.db --db sqlite:" + folder + "/x.db", "none.db"},
		{"backup " + folder + "/y.db --db sqlite:" + folder + "/none.db", "there is no database"},
		{"backup " + folder + "/y.db --db postgres://x", "pg_dump"},
		{"restore " + good + " --db postgres://x", "pg_restore"},
		{"backup " + folder + "/d --every 1ms --db " + db, "a second or more"},
	} {
		var out, log bytes.Buffer
		code := run(t.Context(), strings.Fields(c.args), &out, &log)
		if code == 0 || !strings.Contains(log.String(), c.says) {
			t.Errorf("%s exits with %d: %s%s, want %q", c.args, code, &out, &log, c.says)
		}
	}
	if is, err := os.ReadFile(taken); err != nil || string(is) != "mine" {
		t.Errorf("a file that was there is %q (%v)", is, err)
	}
	for _, path := range []string{"x.db", "y.db", "x.db.part"} {
		if _, err := os.Stat(filepath.Join(folder, path)); err == nil {
			t.Errorf("%s was made", path)
		}
	}
}

// TestHashOfBothDatabases is the same for the same content, and another for any other.
func TestHashOfBothDatabases(t *testing.T) {
	t.Parallel()
	first, second := newDatabase(t), pgtest.URL(t, nil)
	hashes := map[string]string{}
	for name, db := range map[string]string{"SQLite": first, "PostgreSQL": second} {
		file := paymentKitFile(t, pkCustomer("cus_a", adaDID, ""))
		if _, code := runCommand("import", "paymentkit", file, "--db", db); code != 0 {
			t.Fatalf("the import into %s exits with %d", name, code)
		}
		hashes[name] = hashIn(t, db)
		s, err := apptest.Open(db)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Test().Customers.Update(t.Context(), "cus_a", clientele.CustomerParams{Name: new("B")})
		s.Close()
		if err != nil || hashIn(t, db) == hashes[name] {
			t.Errorf("%s has the same hash after a change (%v)", name, err)
		}
	}
}

// TestServeBacksUp starts a server that backs its database up by itself, and says so.
func TestServeBacksUp(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "backups")
	serve(t, newDatabase(t), "--backup-to", folder, "--backup-every", "1s")
	var all []string
	for len(all) < 2 {
		all, _ = filepath.Glob(filepath.Join(folder, "clientele-*.db"))
		time.Sleep(time.Millisecond)
	}
	if out, code := runCommand("restore", all[0], "--db", newDatabase(t)); code != 0 {
		t.Errorf("restoring exits with %d: %s", code, out)
	}
	var out, log bytes.Buffer
	code := run(t.Context(), []string{"serve", "--backup-to", folder, "--backup-every", "1ms"}, &out, &log)
	if code == 0 || !strings.Contains(log.String(), "--backup-every") {
		t.Errorf("it exits with %d: %s", code, &log)
	}
}
