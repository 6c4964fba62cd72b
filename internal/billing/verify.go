package billing

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"runtime"

	"github.com/go-json-experiment/json"
	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Difference is something in the books that is not as it must be.
type Difference struct {
	ID   string // of the customer, invoice, payment, credit note or movement
	Text string
}

// Verify replays the ledger of every customer, of both modes, and tells how what is stored differs from what comes out:
// credit, what is left to pay and all other amounts, whether a customer is delinquent, the invoices' numbers, what was
// printed on them, and that every object is as its last event left it. progress is told after every few customers, of
// whom each is looked at twice: alone, and for the sums of all.
func (s *Service) Verify(ctx context.Context, progress func(done, total int64), differs func(Difference)) error {
	var done, total int64
	err := s.store.Scan(ctx, func(tx store.Tx) (err error) {
		total, err = countCustomers(tx)
		return err
	})
	if err != nil {
		return err
	}
	total *= 2
	for after := store.Beginning; ; {
		parts, err := s.nextParts(ctx, after)
		if err != nil {
			return err
		}
		if len(parts) == 0 {
			break
		}
		working := new(errgroup.Group)
		working.SetLimit(runtime.GOMAXPROCS(0))
		for _, p := range parts {
			working.Go(func() error { return s.auditPart(ctx, p) })
		}
		if err := working.Wait(); err != nil {
			return err
		}
		for _, p := range parts {
			for _, d := range p.found {
				differs(d)
			}
			after, done = p.through, done+p.customers
		}
		progress(done, max(done, total))
	}
	err = s.store.Scan(ctx, func(tx store.Tx) error {
		return auditSums(tx, func(n int) error {
			done += int64(n)
			progress(done, max(done, total))
			return ctx.Err()
		}, differs)
	})
	if err != nil {
		return err
	}
	return s.store.Scan(ctx, func(tx store.Tx) error {
		for _, k := range store.Kinds {
			if err := checkRows(tx, k, differs); err != nil {
				return err
			}
		}
		if err := auditClosings(tx, differs); err != nil {
			return err
		}
		return tx.Contradictions(func(id, text string) { differs(Difference{id, text}) })
	})
}

// checkRows wants the columns of every row of a kind to repeat what its document says: lists and sums read them.
func checkRows(tx store.Tx, k *store.Kind, differs func(Difference)) error {
	for seq := store.Beginning; ; {
		rows, err := tx.RowsAfter(k, seq, 200)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, stored := range rows {
			seq = stored.Seq
			row, err := k.RowOf(stored.JSON)
			if err != nil || row.ID != stored.ID || row.Livemode != stored.Livemode || row.CustomerID != stored.CustomerID ||
				!k.SameValues(row.Values, stored.Values) {
				differs(Difference{stored.ID, "the row in " + k.Table + " does not repeat its document"})
			}
		}
	}
}

// VerifyCustomer is [Service.Verify] for one customer of a mode, deleted or not, without the sums of all.
func (s *Service) VerifyCustomer(
	ctx context.Context, mode clientele.Mode, ref string, differs func(Difference),
) error {
	return s.store.Scan(ctx, func(tx store.Tx) error {
		rec, err := findCustomerOrDeleted(tx, mode, ref)
		if err != nil {
			return err
		}
		books, err := tx.BooksOf(mode, []string{rec.ID})
		if err != nil {
			return err
		}
		return audit(newReadOnce(tx), rec, books[0], differs)
	})
}

// books are a customer's ledger replayed, and what is stored beside it.
type books struct {
	tx       *readOnce
	stored   store.Books
	differ   func(id, format string, args ...any)
	customer *clientele.Customer
	invoices map[string]*clientele.Invoice
	payments map[string]*clientele.Payment
	events   map[string][]clientele.Event // per invoice
	imported map[string]bool              // invoices that came with a number

	ledger *ledger.Replay
}

// audit compares one customer's books.
func audit(tx *readOnce, rec store.Record, stored store.Books, differs func(Difference)) error {
	b := &books{
		tx: tx, stored: stored, invoices: map[string]*clientele.Invoice{}, payments: map[string]*clientele.Payment{},
		events: map[string][]clientele.Event{}, imported: map[string]bool{},
		differ: func(id, format string, args ...any) { differs(Difference{id, fmt.Sprintf(format, args...)}) },
		ledger: ledger.NewReplay(func(id, text string) { differs(Difference{id, text}) }),
	}
	var err error
	if b.customer, err = decodeCustomer(rec); err != nil {
		b.differ(rec.ID, "its document cannot be read: %v", err)
		return nil
	}
	for _, step := range []func() error{
		func() error { return b.lastEvent(rec.ID, rec.JSON) },
		b.readInvoices, b.readPayments, b.replay, b.checkCredit, b.checkInvoices, b.checkPayments, b.checkRefunds,
		b.checkNumbers, b.checkClosed,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checkRefunds compares the refunds that movements speak of with their events. One that no movement speaks of is a
// contradiction that the database finds.
func (b *books) checkRefunds() error {
	for _, id := range b.ledger.Refunds {
		rec, found, err := b.tx.Get(store.Refunds.Kind, b.customer.Livemode, id)
		if err == nil && found {
			err = b.lastEvent(id, rec.JSON)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lastEvent compares an object with what its last event says, and wants an event for each of its versions.
func (b *books) lastEvent(id string, doc []byte) error {
	return b.compareLast(id, doc, b.stored.Events[id])
}

// compareLast is lastEvent with the events of the object.
func (b *books) compareLast(id string, doc []byte, recs []store.EventRecord) (err error) {
	version := int64(0)
	for i, rec := range recs {
		version++
		if rec.ObjectVersion == version {
			continue
		}
		var pruned []store.PrunedEvent // whether there is any: the others prove that it was this one
		if i > 0 && recs[i-1].State != nil {
			if pruned, err = b.tx.Pruning().Pruned(0, math.MaxInt64, 1); err != nil {
				return err
			}
		}
		if len(pruned) == 0 {
			b.differ(id, "the event of its version %d is missing", version)
			return nil
		}
		version = rec.ObjectVersion
	}
	if len(recs) == 0 {
		b.differ(id, "it has no event")
	} else if last := recs[len(recs)-1]; !bytes.Equal(last.Digest, store.DigestOf(doc)) {
		b.differ(id, "it is not as its last event, %s, left it", last.ID())
	}
	return nil
}

func (b *books) readInvoices() error {
	for _, rec := range b.stored.Invoices {
		invoice := new(clientele.Invoice)
		if err := json.Unmarshal(rec.JSON, invoice); err != nil {
			b.differ(b.customer.ID, "an invoice's document cannot be read: %v", err)
			continue
		}
		b.invoices[invoice.ID] = invoice
		b.ledger.AddInvoice(invoice.ID, invoice.Due(), invoice.Issued())
		recs := b.stored.Events[invoice.ID]
		if err := b.compareLast(invoice.ID, rec.JSON, recs); err != nil {
			return err
		}
		events := b.rebuilt(invoice.ID, rec.JSON, recs)
		b.events[invoice.ID], b.imported[invoice.ID] = events, wasImported(events)
	}
	return nil
}

// history are the events of an object from how it is now, nil when it is gone.
func (b *books) history(id string, doc []byte) []clientele.Event {
	return b.rebuilt(id, doc, b.stored.Events[id])
}

// rebuilt are events of an object with the object as each left it.
func (b *books) rebuilt(id string, doc []byte, recs []store.EventRecord) []clientele.Event {
	all, err := events.Rebuild(recs, doc)
	if err != nil {
		b.differ(id, "its history cannot be read: %v", err)
	}
	return all
}

func (b *books) readPayments() error {
	for _, rec := range b.stored.Payments {
		pay := new(clientele.Payment)
		if err := json.Unmarshal(rec.JSON, pay); err != nil {
			b.differ(b.customer.ID, "a payment's document cannot be read: %v", err)
			continue
		}
		b.payments[pay.ID] = pay
		b.ledger.AddPayment(pay.ID, pay.Received())
		if err := b.lastEvent(pay.ID, rec.JSON); err != nil {
			return err
		}
	}
	return nil
}

// replay adds up the ledger.
func (b *books) replay() error {
	for _, m := range b.stored.Movements {
		b.ledger.Add(m)
	}
	b.ledger.End()
	return nil
}

// same compares a stored amount with the one that comes out of the ledger.
func (b *books) same(id, name string, stored, replayed clientele.Amount) {
	if stored.String() != replayed.String() {
		b.differ(id, "%s is %s; the ledger says %s", name, stored, replayed)
	}
}

// checkCredit compares the customer's balances, and whether it is delinquent.
func (b *books) checkCredit() error {
	c := b.customer
	for currency, credit := range c.TokenBalance {
		if b.ledger.Ends[currency] == nil {
			b.same(c.ID, "token_balance of "+currency, credit, clientele.Zero(currency))
		}
	}
	for currency, end := range b.ledger.Ends {
		b.same(c.ID, "token_balance of "+currency, c.TokenBalance[currency], end.Credit)
	}
	settled := cloneCustomer(c)
	if err := fillBalance(b.tx, settled); err != nil {
		b.differ(c.ID, "%v", err)
	} else if settled.Balance != c.Balance {
		b.differ(c.ID, "balance is %s, not %s", c.Balance, settled.Balance)
	}
	overdue := false
	for _, i := range b.invoices {
		overdue = overdue || i.Status == clientele.InvoiceUncollectible && i.AmountRemaining.Sign() > 0
	}
	if c.Delinquent != overdue {
		b.differ(c.ID, "delinquent is %t, not %t", c.Delinquent, overdue)
	}
	return nil
}

func (b *books) checkPayments() error {
	for id, p := range b.payments {
		replayed := b.ledger.Payments[id]
		zero, allocated := clientele.Zero(p.CurrencyID), clientele.Zero(p.CurrencyID)
		for _, l := range p.Allocations {
			ledger.AddTo(&allocated, l.Amount)
			b.same(id, "its allocation to "+l.InvoiceID, l.Amount, replayed.Allocated[l.InvoiceID])
			delete(replayed.Allocated, l.InvoiceID)
		}
		for invoice, part := range replayed.Allocated {
			b.same(id, "its allocation to "+invoice, zero, part)
		}
		b.same(id, "amount_allocated", p.AmountAllocated, allocated)
		b.same(id, "amount_refunded", p.AmountRefunded, replayed.Refunded)
		b.same(id, "amount_credited", p.AmountCredited, replayed.Credited)
		if p.Status == clientele.PaymentCanceled {
			b.same(id, "amount_received", p.AmountReceived, zero)
		} else {
			b.same(id, "amount_received", p.AmountReceived, p.Amount)
			b.same(id, "amount", p.Amount,
				ledger.Plus(ledger.Plus(allocated, p.AmountRefunded), ledger.Plus(p.AmountCredited, p.AmountUnallocated)))
		}
		b.same(id, "amount_unallocated", p.AmountUnallocated, replayed.Left)
	}
	return nil
}

// checkNumbers wants every number from 1 to the customer's next, each once, but those that an imported number moved the
// customer past.
func (b *books) checkNumbers() error {
	holders, imported := map[string]string{}, int64(0)
	for id, i := range b.invoices {
		switch {
		case i.Number == "":
			if i.Status != clientele.InvoiceDraft {
				b.differ(id, "it is %s, and has no number", i.Status)
			}
			continue
		case holders[i.Number] != "":
			b.differ(id, "its number %s is that of %s too", i.Number, holders[i.Number])
		case i.Status == clientele.InvoiceDraft && !b.imported[id]:
			b.differ(id, "it is a draft, and has the number %s", i.Number)
		}
		holders[i.Number] = id
		prefix, n, own := splitNumber(i.Number)
		switch {
		case b.imported[id] && own && prefix == b.customer.InvoicePrefix:
			imported = max(imported, n)
		case !b.imported[id] && (!own || n >= b.customer.NextInvoiceSequence):
			b.differ(id, "its number %s is not one the customer has given", i.Number)
		}
	}
	return b.checkGaps(imported)
}

// firstSequence is the number of the first invoice that the customer has given here: 1 unless it moved in.
func (b *books) firstSequence() (int64, error) {
	doc, err := encodeObject(b.customer)
	if err != nil {
		return 1, err
	}
	for _, e := range b.history(b.customer.ID, doc) {
		var c clientele.Customer
		if e.Type == clientele.EventCustomerCreated {
			err = json.Unmarshal(e.Data.Object, &c)
			return max(1, c.NextInvoiceSequence), err
		}
	}
	return 1, err
}

// checkGaps wants an invoice of each number after the last that was imported.
func (b *books) checkGaps(imported int64) error {
	has := map[int64]bool{}
	note := func(number string) {
		if _, n, own := splitNumber(number); own { // with a prefix that the customer has or had
			has[n] = true
		}
	}
	for _, i := range b.invoices {
		note(i.Number)
	}
	var missing []int64
	find := func() {
		missing = nil
		for n := imported + 1; n < b.customer.NextInvoiceSequence; n++ {
			if !has[n] {
				missing = append(missing, n)
			}
		}
	}
	if find(); len(missing) > 0 { // drafts can have had them, whose numbers are skipped
		if err := b.numbersOfDrafts(note); err != nil {
			return err
		}
		find()
	}
	if len(missing) == 0 {
		return nil
	}
	first, err := b.firstSequence()
	if err != nil {
		return err
	}
	for _, n := range missing {
		if n < first { // it was given elsewhere, before the customer moved in
			continue
		}
		b.differ(b.customer.ID, "no invoice has the number %d", n)
	}
	return nil
}

// numbersOfDrafts calls fn with the numbers that drafts of the customer ever had.
func (b *books) numbersOfDrafts(fn func(number string)) error {
	noteAll := func(events []clientele.Event) {
		for _, e := range events {
			if number := numberIn(e); number != "" {
				fn(number)
			}
		}
	}
	for _, events := range b.events {
		noteAll(events)
	}
	deleted, err := b.tx.Events(store.EventQuery{CustomerID: b.customer.ID, Type: clientele.EventInvoiceDeleted})
	for _, e := range deleted {
		noteAll(b.history(e.ObjectID, nil))
	}
	return err
}

// numberIn is the number of an invoice in an event; "" when it has none or cannot be read.
func numberIn(e clientele.Event) string {
	var invoice struct {
		Number string `json:"number"`
	}
	_ = json.Unmarshal(e.Data.Object, &invoice)
	return invoice.Number
}

// wasImported says whether an invoice had its number before it was finalized.
func wasImported(events []clientele.Event) bool {
	for _, e := range events {
		if e.Type == clientele.EventInvoiceFinalized {
			break
		}
		if numberIn(e) != "" {
			return true
		}
	}
	return false
}
