package demo

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// What the business is like.
const (
	customers = 300
	day       = 24 * time.Hour
	history   = 425 * day // due dates reach 14 months back
	seed      = 2026
)

// longNames are of a person who existed, and of two more who may not have.
var longNames = []string{
	"Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Cipriano de la Santísima Trinidad Ruiz",
	"Vereinigung der Binnenschifffahrtsgesellschaften und Donaudampfschifffahrtselektrizitätenhauptbetriebswerke e.V.",
	"Krung Thep Mahanakhon Amon Rattanakosin Mahinthara Ayuthaya Mahadilok Phop Noppharat Ratchathani Burirom Trading",
}

// Fill fills the test mode of a store with the demo's business, through the service's own methods: customers of many
// countries, invoices in several currencies, changes and deletions, each at its time before a moment: until then goes
// the last due date and the last change. What it makes is the same on every run until the same moment, ids and events
// too; names, DIDs and amounts are so whenever that is. The store has its first currencies (see
// [billing.Service.Seed]). Fill does nothing when there is a customer.
func Fill(ctx context.Context, db store.Transactions, until time.Time) error {
	return db.Update(ctx, func(tx store.Tx) error {
		b := &business{
			ctx: ctx, tx: tx, until: until, dice: dice{rand.New(rand.NewPCG(seed, 1))},
			currencies: map[string]clientele.PaymentCurrency{},
		}
		clock := billing.WithClock(func() time.Time { return b.now })
		b.service = billing.New(inside{tx}, clock, billing.WithRandom(rand.NewChaCha8([32]byte{1})))
		if first, err := tx.RowsAfter(store.Customers.Kind, 0, 1); err != nil || len(first) > 0 {
			return err
		}
		currencies, err := b.service.PaymentCurrencies.List(ctx, false)
		if err != nil {
			return err
		}
		for _, c := range currencies {
			b.currencies[c.Symbol] = c
		}
		b.plan()
		if err := b.happen(); err != nil {
			return err
		}
		return b.decide()
	})
}

// inside are transactions within one transaction: the business is there whole, or not at all.
type inside struct{ tx store.Tx }

// View implements [store.Transactions].
func (i inside) View(_ context.Context, fn func(store.Tx) error) error { return fn(i.tx) }

// Scan implements [store.Transactions].
func (i inside) Scan(_ context.Context, fn func(store.Tx) error) error { return fn(i.tx) }

// Remembered implements [store.Transactions].
func (i inside) Remembered(
	_ context.Context, _ clientele.Mode, _ string, fn store.Answering,
) (doc store.Document, err error) {
	doc, _, err = fn(i.tx)
	return doc, err
}

// Update implements [store.Transactions]. What fails is not undone by itself: the whole business is.
func (i inside) Update(_ context.Context, fn func(store.Tx) error) error { return fn(i.tx) }

// business is the demo's business while it is made: first planned, then carried out from day to day.
type business struct {
	dice
	ctx        context.Context
	tx         store.Tx
	service    *billing.Service
	currencies map[string]clientele.PaymentCurrency // by symbol
	now, until time.Time
	agenda     []step
}

// step is something that happens at a moment.
type step struct {
	at time.Time
	do func() error
}

func (b *business) at(t time.Time, do func() error) { b.agenda = append(b.agenda, step{t, do}) }

// happen does what is planned, in the order of time.
func (b *business) happen() error {
	slices.SortStableFunc(b.agenda, func(x, y step) int { return x.at.Compare(y.at) })
	for _, s := range b.agenda {
		b.now = s.at
		if err := b.ctx.Err(); err != nil { // nothing is kept of a demo that is not whole
			return err
		}
		if err := s.do(); err != nil {
			return fmt.Errorf("demo data of %s: %w", s.at.Format(time.DateOnly), err)
		}
	}
	return nil
}

// decide writes the settings. The demo's time stands still, so its invoices are not given up as ours goes by.
func (b *business) decide() error {
	b.now = b.until
	never := int64(clientele.NeverUncollectible)
	_, err := b.service.Settings.Update(b.ctx, bySystem, clientele.SettingsParams{
		UncollectibleAfterDays: &never,
		Business: &clientele.Business{
			Name: "Clientele Demo Ltd", Email: "billing@example.com", Phone: "+1 555 0100", TaxID: "DE123456789",
			Address: clientele.Address{
				Country: "DE", City: "Berlin", Line1: "Karl-Marx-Allee 1", PostalCode: "10178",
			},
			PaymentInstructions: "By bank transfer, please, with the invoice's number: IBAN DE02 1203 0000 0000 2020 51",
		},
	})
	return err
}

// between is a moment from one to another.
func (b *business) between(from, to time.Time) time.Time {
	return from.Add(time.Duration(b.Int64N(int64(to.Sub(from)))).Truncate(time.Millisecond))
}

// plan plans everybody's life as a customer.
func (b *business) plan() {
	next, stop := iter.Pull(People(seed))
	defer stop()
	for n := range customers {
		p, _ := next()
		if n%100 == 50 {
			p.Name = longNames[n/100]
		}
		b.planCustomer(n, p)
	}
}

// account is a customer of the plan; the id is known once it is made.
type account struct {
	Person
	id        string
	defaulter bool // whose invoices are given up when they are long past due
}

func (b *business) planCustomer(n int, p Person) {
	a := &account{Person: p, defaulter: n%20 == 3}
	born := b.between(b.until.Add(-790*day), b.until.Add(-5*day))
	shipping := b.chance(10)
	b.at(born, func() error { return b.create(a, shipping) })
	if n%37 == 5 {
		b.at(b.between(born, b.until), func() error { return b.delete(a) })
		return
	}
	if n%29 == 7 {
		b.at(b.between(born, b.until), func() error { return b.give(a) })
	}
	if b.chance(20) {
		plan := b.pick(plans)
		b.at(b.between(born, b.until), func() error { return b.upgrade(a, plan) })
	}
	first := born.Add(longestTerm + 2*day)
	if oldest := b.until.Add(-history); first.Before(oldest) {
		first = oldest
	}
	if !first.Before(b.until) {
		return
	}
	for range []int{0, 1, 2, 2, 3, 4, 5, 6, 11}[b.IntN(9)] {
		b.planInvoice(a, b.between(first, b.until))
	}
}

func (b *business) create(a *account, shipping bool) error {
	fields := map[string]any{
		"name": a.Name, "email": a.Email, "phone": a.Phone, "address": a.Address, "metadata": a.Metadata,
		"external_id": a.ExternalID, "did": a.DID, "currency_id": b.currencies[a.Currency].ID,
	}
	if shipping {
		fields["shipping"] = clientele.Shipping{Address: a.Address, Name: a.Name, Phone: a.Phone}
	}
	sent, err := members(fields)
	if err != nil {
		return err
	}
	doc, err := b.service.Customers.Create(b.ctx, bySystem, sent)
	if err != nil {
		return fmt.Errorf("customer %s: %w", a.Name, err)
	}
	a.id, err = id(doc)
	return err
}

func (b *business) upgrade(a *account, plan string) error {
	sent, err := members(map[string]any{"metadata": map[string]string{"plan": plan, "upgraded": "yes"}})
	if err != nil {
		return err
	}
	_, err = b.service.Customers.Update(b.ctx, bySystem, a.id, sent)
	return err
}

func (b *business) delete(a *account) error {
	_, err := b.service.Customers.Delete(b.ctx, bySystem, a.id)
	return err
}

var bySystem = billing.Call{Actor: "system"}

// members are fields as a request's body has them.
func members(fields map[string]any) (billing.Fields, error) {
	sent := billing.Fields{}
	for name, value := range fields {
		raw, err := json.Marshal(value, json.Deterministic(true))
		if err != nil {
			return nil, err
		}
		sent[name] = raw
	}
	return sent, nil
}

// id is the id of an object.
func id(doc store.Document) (string, error) {
	var object struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(doc.JSON, &object)
	return object.ID, err
}
