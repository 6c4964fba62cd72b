package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// code is the kind of an error, as clients see it.
func code(err error) clientele.ErrorCode {
	if e, ok := errors.AsType[*clientele.Error](err); ok {
		return e.Code
	}
	return ""
}

// fill writes so many bytes into a table that nothing else reads here.
func fill(c *conn, bytes int) error {
	return c.run(`INSERT INTO answers
		VALUES (hex(randomblob(16)), '', x'', 0, 0, 0, $1, '', '', '')`, strings.Repeat("x", bytes))
}

// TestTheLogStaysBoundedWhileReadersOverlap is about the write-ahead log, which can start again only in a moment in
// which nobody reads: here there is none by itself.
func TestTheLogStaysBoundedWhileReadersOverlap(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var reads atomic.Int64
	var readers sync.WaitGroup
	for i := range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				err := s.View(ctx, func(tx store.Tx) error {
					// The snapshot begins with the first read.
					if _, err := tx.Count(store.Customers.Kind, store.Query{}); err != nil {
						return err
					}
					select {
					case <-time.After(time.Duration(40+10*i) * time.Millisecond):
					case <-ctx.Done():
					}
					return nil
				})
				if err == nil {
					reads.Add(1)
				}
			}
		})
	}
	largest := int64(0)
	for range 200 { // a MiB each, four times what the log may be
		if err := s.writer.do(ctx, func(c *conn) error { return fill(c, 1<<20) }); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(s.writer.log.path)
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, info.Size())
	}
	cancel()
	readers.Wait()
	if largest > 128<<20 {
		t.Errorf("the log grew to %d MiB", largest>>20)
	}
	if reads.Load() < 10 {
		t.Errorf("only %d reads", reads.Load())
	}
}

// TestScansWaitForTheirTurn shows that look-ups and readiness go on while as many scans run as may, and that a scan
// whose turn does not come is refused.
func TestScansWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	s := open(t)
	release, started := make(chan struct{}), make(chan struct{})
	var running sync.WaitGroup
	for range scans() {
		running.Go(func() {
			err := s.Scan(t.Context(), func(store.Tx) error {
				started <- struct{}{}
				<-release
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range scans() {
		<-started
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("not ready: %v", err)
	}
	if err := s.View(t.Context(), func(store.Tx) error { return nil }); err != nil {
		t.Errorf("a look-up failed: %v", err)
	}
	if err := s.Scan(t.Context(), func(store.Tx) error { return nil }); code(err) != clientele.ErrorCodeUnavailable {
		t.Errorf("one scan too many: %v", err)
	}
	close(release)
	running.Wait()
	if err := s.Scan(t.Context(), func(store.Tx) error { return nil }); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestAReadEndsWithItsRequest shows that SQLite itself stops working for a request that has given up.
func TestAReadEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := s.View(ctx, func(view store.Tx) error {
		tx := view.(*tx)
		return tx.interruptible(func() error {
			return tx.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
		})
	})
	if !errors.Is(err, context.DeadlineExceeded) { // by itself it would never end
		t.Errorf("a read whose request has ended: %v, want %v", err, context.DeadlineExceeded)
	}
}

// TestFullDisk shows that writes on a full disk are refused and change nothing, that reads go on, that readiness asks
// why, and that all is well again when there is room. SQLite believes a disk full at a number of pages of our choice.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := open(t)
	limit := func(pages int64) {
		t.Helper()
		if err := s.writer.do(t.Context(), func(c *conn) error {
			return c.each(fmt.Sprintf("PRAGMA max_page_count = %d", pages), func(row) error { return nil })
		}); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // as many as there are
	const n = 20
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = s.writer.do(t.Context(), func(c *conn) error { return fill(c, 1<<20) }) })
	}
	wg.Wait()
	for _, err := range errs {
		if code(err) != clientele.ErrorCodeStorageFull {
			t.Errorf("a write on a full disk: %v", err)
		}
	}
	if !s.writer.failing.Load() { // readiness tries a write from now on
		t.Error("a full disk was not noticed")
	}
	rows := 0
	err := s.View(t.Context(), func(view store.Tx) error {
		return view.(*tx).each("SELECT 1 FROM answers", func(row) error { rows++; return nil })
	})
	if err != nil || rows != 0 {
		t.Errorf("a read on a full disk has %d rows: %v", rows, err)
	}
	for range 3 { // trying to write must not make it look well again
		if err := s.Ready(t.Context()); code(err) != clientele.ErrorCodeStorageFull {
			t.Errorf("ready on a full disk: %v", err)
		}
	}
	limit(1 << 30)
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("not ready with room: %v", err)
	}
	if err := s.writer.do(t.Context(), func(c *conn) error { return fill(c, 1<<20) }); err != nil {
		t.Errorf("a write with room: %v", err)
	}
}

// TestABatchThatIsUndoneIsAnsweredAsUndone shows that a transaction which had succeeded is told when another one of its
// batch fills the disk, for which SQLite undoes them all.
func TestABatchThatIsUndoneIsAnsweredAsUndone(t *testing.T) {
	t.Parallel()
	s := open(t)
	started, release := make(chan struct{}), make(chan struct{})
	errs := make([]error, 3)
	var wg sync.WaitGroup
	wg.Go(func() {
		errs[0] = s.writer.do(t.Context(), func(c *conn) error {
			close(started)
			<-release
			if err := c.run("INSERT INTO customer_names VALUES (0, 'test', 'first', 1)"); err != nil {
				return err
			}
			return c.each("PRAGMA max_page_count = 1", func(row) error { return nil })
		})
	})
	<-started
	queue := func(i int, fn func(*conn) error) {
		before := len(s.writer.jobs)
		wg.Go(func() { errs[i] = s.writer.do(t.Context(), fn) })
		for len(s.writer.jobs) == before {
			runtime.Gosched()
		}
	}
	queue(1, func(c *conn) error { return c.run("INSERT INTO customer_names VALUES (0, 'test', 'second', 1)") })
	queue(2, func(c *conn) error { return fill(c, 1<<20) })
	close(release)
	wg.Wait()
	for i, err := range errs {
		if code(err) != clientele.ErrorCodeStorageFull {
			t.Errorf("transaction %d of the batch: %v", i, err)
		}
	}
	kept := 0
	err := s.readers.read(t.Context(), func(c *conn) error {
		return c.each("SELECT 1 FROM customer_names", func(row) error { kept++; return nil })
	})
	if err != nil || kept != 0 {
		t.Errorf("%d of the batch were kept, %v", kept, err)
	}
}

// TestTheLastTextOfACommitIsFound changes a searched text in several transactions that share a commit: the last is
// found, and none of those before.
func TestTheLastTextOfACommitIsFound(t *testing.T) {
	t.Parallel()
	s := open(t)
	payment := func(reference string) *clientele.Payment {
		zero := clientele.Zero("c")
		return &clientele.Payment{
			ID: "pi_1", CustomerID: "cus_1", CurrencyID: "c", Reference: reference, Amount: zero, AmountUnallocated: zero,
		}
	}
	save := func(version int64, before *clientele.Payment, reference string) error {
		return s.Update(t.Context(), func(tx store.Tx) error {
			rec := store.Record{ID: "pi_1", Seq: 1, Version: version, JSON: []byte("{}")}
			return store.Payments.Save(tx, rec, before, payment(reference))
		})
	}
	if err := save(1, nil, "alpha"); err != nil {
		t.Fatal(err)
	}
	started, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.writer.do(t.Context(), func(*conn) error { close(started); <-release; return nil })
		if err != nil {
			t.Error(err)
		}
	})
	<-started
	texts := []string{"alpha", "bravo", "charlie", "delta"}
	for i, text := range texts[1:] {
		before := len(s.writer.jobs)
		wg.Go(func() {
			if err := save(int64(i+2), payment(texts[i]), text); err != nil {
				t.Error(err)
			}
		})
		for len(s.writer.jobs) == before {
			runtime.Gosched()
		}
	}
	close(release)
	wg.Wait()
	for _, text := range texts {
		var count int64
		err := s.View(t.Context(), func(tx store.Tx) (err error) {
			_, count, err = tx.Search(store.Payments.Kind, store.TextSearch{Terms: [][]string{{text}}, Limit: 1})
			return err
		})
		if want := map[bool]int64{true: 1, false: 0}[text == "delta"]; err != nil || count != want {
			t.Errorf("%s is found %d times (%v), want %d", text, count, err, want)
		}
	}
}

// TestReadinessFollowsWrites shows that a database that cannot be written to is not ready, and says so.
func TestReadinessFollowsWrites(t *testing.T) {
	t.Parallel()
	s := open(t)
	readOnly := func(on string) {
		t.Helper()
		// The pragma is the connection's own: it is set between batches.
		if err := s.writer.do(t.Context(), func(*conn) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.writer.conn.run("PRAGMA query_only = " + on); err != nil {
			t.Fatal(err)
		}
	}
	readOnly("1")
	err := s.writer.do(t.Context(), func(c *conn) error { return fill(c, 1) })
	if code(err) != clientele.ErrorCodeUnavailable || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("a write: %v", err)
	}
	if err := s.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("ready: %v", err)
	}
	if err := s.writer.conn.run("PRAGMA query_only = 0"); err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("ready afterwards: %v", err)
	}
}

// TestWritersBehindAnotherProcessAreRefusedTogether shows that who waits behind a lock waits once for it.
func TestWritersBehindAnotherProcessAreRefusedTogether(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const busy = 300 * time.Millisecond
	s.writer.conn.SetBusyTimeout(busy)
	other, err := openConn(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.run("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	const n = 300 // more than may wait in the queue
	var refused atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range n {
		wg.Go(func() {
			err := s.writer.do(t.Context(), func(c *conn) error { return fill(c, 1) })
			if code(err) == clientele.ErrorCodeUnavailable {
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if took := time.Since(began); refused.Load() != n || took > n*busy/2 { // each by itself would wait for as long again
		t.Errorf("%d of %d were refused, the last after %s; want all, together", refused.Load(), n, took)
	}
}

// TestAPanicKeepsItsStack shows that the log of a panic in a transaction says where it was.
func TestAPanicKeepsItsStack(t *testing.T) {
	t.Parallel()
	s := open(t)
	defer func() {
		p := fmt.Sprint(recover())
		if !strings.Contains(p, "oh") || !strings.Contains(p, "limits_test.go") {
			t.Errorf("panicked with %s", p)
		}
	}()
	_ = s.writer.do(t.Context(), func(*conn) error { panic("oh") })
}

// TestFailedOpensLeakNothing counts this process's open files.
func TestFailedOpensLeakNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	err = s.writer.do(t.Context(), func(c *conn) error {
		return c.run("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', '')")
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if to, err := os.Readlink("/proc/self/fd/" + f.Name()); err == nil && strings.HasPrefix(to, path) {
				n++
			}
		}
		return n
	}
	for range 20 {
		if _, err := Open(t.Context(), "sqlite:"+path); err == nil {
			t.Fatal("opened a database from the future")
		}
	}
	if n := count(); n != 0 {
		t.Errorf("%d files of the database are open", n)
	}
}

// TestWhoIsPatientWaitsForAnotherWriter lets another process write for longer than somebody waits, and not as long.
func TestWhoIsPatientWaitsForAnotherWriter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "test.db")
	other := openAt(t, path).writer.conn
	add := func(s *Store, n byte) error { return s.AddSession(t.Context(), store.Session{Hash: [32]byte{n}}) }
	hasty, patient := openAt(t, path, WithPatience(time.Millisecond)), openAt(t, path, WithPatience(time.Hour))
	if err := other.run("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var busy *clientele.Error
	if err := add(hasty, 1); !errors.As(err, &busy) || busy.Code != clientele.ErrorCodeUnavailable {
		t.Errorf("without patience it ended with %v", err)
	}
	if d := time.Since(began); d > busyTimeout {
		t.Errorf("without patience it waited for %s", d)
	}
	added := make(chan error)
	go func() { added <- add(patient, 2) }()
	select {
	case err := <-added:
		t.Errorf("it did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := other.run("COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-added; err != nil {
		t.Error(err)
	}
}
