package sqlite

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// TestCommitsAreSynced holds the writer to the setting that makes a commit wait for the disk: killing the process would
// not show that it is missing.
func TestCommitsAreSynced(t *testing.T) {
	t.Parallel()
	s := open(t)
	setting := func(name string) (value string) {
		err := s.writer.do(t.Context(), func(c *conn) error {
			return c.each("PRAGMA "+name, func(r row) error { value = r.text(0); return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
	if got := setting("synchronous"); got != "2" { // FULL
		t.Errorf("synchronous is %s", got)
	}
	if got := setting("journal_mode"); got != "wal" {
		t.Errorf("journal_mode is %s", got)
	}
}

// TestNestedUndoesWhatFails shows that a nested step that fails leaves nothing, and what was before it and after stays.
func TestNestedUndoesWhatFails(t *testing.T) {
	t.Parallel()
	s := open(t)
	refused := errors.New("refused")
	err := s.Update(t.Context(), func(tx store.Tx) error {
		claim := func(name string) error {
			_, err := tx.ClaimName(false, "test", name, store.Record{Seq: 1})
			return err
		}
		if err := claim("before"); err != nil {
			return err
		}
		err := tx.Nested(func() error {
			if err := claim("inside"); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Errorf("the nested step ended with %v", err)
		}
		return claim("after")
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	err = s.View(t.Context(), func(view store.Tx) error {
		return view.(*tx).each("SELECT name FROM customer_names WHERE kind = 'test' ORDER BY name",
			func(r row) error { names = append(names, r.text(0)); return nil })
	})
	if got := strings.Join(names, " "); err != nil || got != "after before" {
		t.Errorf("there is %q, %v", got, err)
	}
}

// TestForgetAnswersForgetsTheOldOnes shows that answers are dropped by their age, and no more at once than asked.
func TestForgetAnswersForgetsTheOldOnes(t *testing.T) {
	t.Parallel()
	s := open(t)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var kept []string
	err := s.Update(t.Context(), func(tx store.Tx) error {
		for i, key := range []string{"a", "b", "c", "d"} {
			at := now.Add(time.Duration(i) * time.Hour)
			if err := tx.SaveAnswer("actor", key, store.Answer{At: at}); err != nil {
				return err
			}
		}
		if n, err := tx.ForgetAnswers(now.Add(2*time.Hour), 2); n != 2 || err != nil {
			t.Errorf("forgot %d of 3, %v", n, err)
		}
		if n, err := tx.ForgetAnswers(now.Add(2*time.Hour), 2); n != 1 || err != nil {
			t.Errorf("forgot %d of 1, %v", n, err)
		}
		for _, key := range []string{"a", "b", "c", "d"} {
			if _, found, err := tx.ClaimAnswer("actor", key, time.Time{}); err != nil {
				return err
			} else if found {
				kept = append(kept, key)
			}
		}
		return nil
	})
	if err != nil || strings.Join(kept, "") != "d" {
		t.Errorf("kept %v, %v", kept, err)
	}
}

// TestSavesAreOfTheNextVersion shows that no object is written over a version that the transaction has not seen.
func TestSavesAreOfTheNextVersion(t *testing.T) {
	t.Parallel()
	s := open(t)
	c := &clientele.Customer{ID: "cus_1", Metadata: clientele.Metadata{}}
	changed := *c
	changed.Name = "Ada"
	i := &clientele.Invoice{ID: "in_1", CustomerID: "cus_1", Metadata: clientele.Metadata{}}
	p := &clientele.Payment{ID: "pi_1", CustomerID: "cus_1", Metadata: clientele.Metadata{}}
	doc := []byte(`{"metadata":{}}`)
	rec := func(seq, version int64) store.Record {
		return store.Record{ID: "x", Seq: seq, Version: version, JSON: doc}
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.SaveCustomer(rec(1, 1), nil, c), tx.SaveInvoice(rec(1, 1), i), tx.SavePayment(rec(1, 1), p))
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, save := range map[string]func(tx store.Tx, version int64) error{
		"customer": func(tx store.Tx, v int64) error { return tx.SaveCustomer(rec(1, v), c, c) },
		"customer of another name": func(tx store.Tx, v int64) error {
			return tx.SaveCustomer(rec(1, v), c, &changed)
		},
		"invoice":  func(tx store.Tx, v int64) error { return tx.SaveInvoice(rec(1, v), i) },
		"payment":  func(tx store.Tx, v int64) error { return tx.SavePayment(rec(1, v), p) },
		"settings": func(tx store.Tx, v int64) error { return tx.SaveSettings(rec(0, v), clientele.Settings{}) },
	} {
		for _, version := range []int64{3, 4} {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if name == "settings" {
					if err := tx.SaveSettings(rec(0, 1), clientele.Settings{}); err != nil {
						return err
					}
				}
				return save(tx, version)
			})
			if err == nil || !strings.Contains(err.Error(), "at version") {
				t.Errorf("%s: version %d after 1: %v", name, version, err)
			}
		}
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.SaveCustomer(rec(1, 2), c, c), tx.SaveInvoice(rec(1, 2), i), tx.SavePayment(rec(1, 2), p))
	})
	if err != nil {
		t.Errorf("version 2 after 1: %v", err)
	}
}

// TestAWriteGivenUpBeforeItsTurnIsNotMade shows that what nobody waits for any more is left undone.
func TestAWriteGivenUpBeforeItsTurnIsNotMade(t *testing.T) {
	t.Parallel()
	s := open(t)
	began, goOn, answered := make(chan bool), make(chan bool), make(chan error)
	go func() {
		answered <- s.writer.do(t.Context(), func(*conn) error {
			close(began)
			<-goOn
			return nil
		})
	}()
	<-began
	ctx, giveUp := context.WithCancel(t.Context())
	given, made := make(chan error), false
	go func() {
		given <- s.writer.do(ctx, func(*conn) error {
			made = true
			return nil
		})
	}()
	for len(s.writer.jobs) == 0 { // until it stands in the queue
		runtime.Gosched()
	}
	giveUp()
	close(goOn)
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := <-given; !errors.Is(err, context.Canceled) || made {
		t.Errorf("a write given up ended with %v; made: %v", err, made)
	}
}
