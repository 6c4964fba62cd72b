package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
)

// proxy stands between a store and its database, and loses what it is told to.
type proxy struct {
	listener     net.Listener
	target       string
	loseAnswer   atomic.Bool // the next answer, and the connection with it
	loseQuestion atomic.Bool // the next question, and the connection with it
}

// through starts a proxy and returns the address of the database behind it.
func through(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{target: u.Host}
	if p.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.listener.Close() })
	go func() {
		for {
			c, err := p.listener.Accept()
			if err != nil {
				return
			}
			go p.carry(c)
		}
	}()
	u.Host = p.listener.Addr().String()
	return p, u.String()
}

func (p *proxy) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	ended := make(chan struct{}, 2)
	var begun atomic.Bool // only transactions are made to lose anything
	pass := func(to, from net.Conn, lose *atomic.Bool) {
		defer func() { ended <- struct{}{} }()
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if bytes.Contains(b[:n], []byte("begin isolation")) {
				begun.Store(true)
			}
			if err != nil || begun.Load() && lose.CompareAndSwap(true, false) {
				return
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
	}
	go pass(server, client, &p.loseQuestion)
	go pass(client, server, &p.loseAnswer)
	<-ended
}

// created makes a customer, and leaves only the commit to be sent.
func created(tx store.Tx, n int64) error {
	c := &clientele.Customer{ID: fmt.Sprint("cus_", n), Metadata: clientele.Metadata{}}
	if _, _, err := tx.Customer(false, store.Ref{ID: c.ID}); err != nil {
		return err
	}
	rec := store.Record{ID: c.ID, Seq: store.Position(n), Version: 1, JSON: []byte("{}")}
	if err := store.Customers.Save(tx, rec, nil, c); err != nil {
		return err
	}
	return tx.AddEvent(store.EventRecord{
		Type: clientele.EventCustomerCreated, CustomerID: c.ID, ObjectID: c.ID, ObjectVersion: 1, RequestID: "req",
		Digest: []byte{},
	})
}

// TestACommitWhoseAnswerIsLostHappensOnce cuts the connection at the commit: before the database hears of it, and when
// it has answered. Either way the change is made once, and whoever asked for it is told so.
func TestACommitWhoseAnswerIsLostHappensOnce(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lose func(*proxy) *atomic.Bool
		step bool // whether a step is refused before the change
		runs int
	}{
		"the answer":                         {func(p *proxy) *atomic.Bool { return &p.loseAnswer }, false, 1},
		"the question":                       {func(p *proxy) *atomic.Bool { return &p.loseQuestion }, false, 2},
		"the answer, after a refused step":   {func(p *proxy) *atomic.Bool { return &p.loseAnswer }, true, 1},
		"the question, after a refused step": {func(p *proxy) *atomic.Bool { return &p.loseQuestion }, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, url := through(t, pgtest.URL(t, prepare(t)))
			s := openAt(t, url+"&pool_max_conns=1") // on which all statements are prepared by a first change
			if err := s.Update(t.Context(), func(tx store.Tx) error { return created(tx, 0) }); err != nil {
				t.Fatal(err)
			}
			runs, refused := 0, errors.New("refused")
			err := s.Update(t.Context(), func(tx store.Tx) error {
				if runs++; runs == 1 {
					defer test.lose(p).Store(true)
				}
				if test.step { // by which nothing that the transaction is known by may be lost
					err := tx.Nested(func() error { return errors.Join(created(tx, 2), refused) })
					if !errors.Is(err, refused) {
						return err
					}
				}
				return created(tx, 1)
			})
			if err != nil || runs != test.runs {
				t.Errorf("it ended with %v after %d runs", err, runs)
			}
			for id, want := range map[string]int{"cus_1": 1, "cus_2": 0} {
				var events []store.EventRecord
				err = s.View(t.Context(), func(tx store.Tx) (err error) {
					events, err = tx.Events(store.EventQuery{ObjectType: store.TypeCustomer, ObjectID: id})
					return err
				})
				if err != nil || len(events) != want {
					t.Errorf("%s happened %d times (%v), want %d", id, len(events), err, want)
				}
			}
		})
	}
}

// TestAViewWhoseEndIsLostIsSeenAgain cuts the connection when everything has been read.
func TestAViewWhoseEndIsLostIsSeenAgain(t *testing.T) {
	t.Parallel()
	p, url := through(t, pgtest.URL(t, prepare(t)))
	s := openAt(t, url+"&pool_max_conns=1")
	runs := 0
	look := func(tx store.Tx) error {
		for range 2 { // a transaction, then, not one message
			if _, _, err := tx.Customer(false, store.Ref{ID: "cus_1"}); err != nil {
				return err
			}
		}
		runs++
		return nil
	}
	if err := s.View(t.Context(), look); err != nil {
		t.Fatal(err)
	}
	err := s.View(t.Context(), func(tx store.Tx) error {
		if err := look(tx); err != nil || runs > 2 {
			return err
		}
		p.loseAnswer.Store(true)
		return nil
	})
	if err != nil || runs != 3 {
		t.Errorf("it ended with %v after %d runs", err, runs)
	}
}
