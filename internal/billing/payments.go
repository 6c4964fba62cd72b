package billing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Payments is the part of [Service] about payments.
type Payments struct{ *core }

// errPreviewed undoes what was done to be looked at.
var errPreviewed = errors.New("previewed")

// Create records money received: it pays what it is for, or the customer's oldest due first. What is left is not
// applied until somebody says to what.
func (s Payments) Create(ctx context.Context, call Call, p clientele.PaymentParams) (store.Document, error) {
	if err := checkPayment(p); err != nil {
		return store.Document{}, err
	}
	if !p.Preview {
		return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
			a, pay, err := s.recordPayment(tx, call, p)
			if err != nil {
				return store.Document{}, err
			}
			return paymentDocument(pay, true), a.close()
		})
	}
	var doc store.Document
	_, err := s.update(ctx, s.inWords(call.Livemode, func(tx store.Tx) (store.Document, error) {
		_, pay, err := s.recordPayment(tx, call, p)
		if err != nil {
			return doc, err
		}
		pay.ID, pay.Preview = "", true // it has none
		if doc.JSON, err = encodeObject(pay.Payment); err != nil {
			return doc, err
		}
		return doc, errPreviewed
	}))
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return doc, err
}

// recordPayment receives money and pays what it is for.
func (s Payments) recordPayment(tx store.Tx, call Call, p clientele.PaymentParams) (*customerAccount, *payment, error) {
	a, err := s.openFor(tx, call, p.CustomerID)
	if err != nil {
		return nil, nil, err
	}
	currency, err := usableCurrency(tx, call.Livemode, p.CurrencyID)
	if err != nil {
		return nil, nil, err
	}
	pay, err := a.receive(currency, p)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case p.Allocations != nil:
		err = a.allocateTo(pay, *p.Allocations)
	case p.InvoiceID != "":
		err = a.allocateOne(pay, clientele.AllocationParams{InvoiceID: p.InvoiceID}, "")
	default:
		err = a.allocateOldest(pay, pay.Amount)
	}
	if err != nil {
		return nil, nil, err
	}
	return a, pay, a.savePayment(pay, clientele.EventPaymentSucceeded)
}

// openFor is open for a customer that a request's customer_id names.
func (s *core) openFor(tx store.Tx, call Call, customer string) (*customerAccount, error) {
	a, err := s.open(tx, call, customer)
	if isCode(err, clientele.ErrorCodeNotFound) || isCode(err, clientele.ErrorCodeInvalid) {
		err = check.Invalid("customer_id", "no customer %q in this mode", customer)
	}
	return a, err
}

func checkPayment(p clientele.PaymentParams) error {
	switch {
	case p.CustomerID == "":
		return check.Invalid("customer_id", "customer_id is required: a customer's id or DID")
	case p.CurrencyID == "":
		return check.Invalid("currency_id", "currency_id is required: a payment currency's id")
	case p.Amount == nil:
		return check.Invalid("amount", "amount is required: a string of digits in the currency's smallest unit")
	}
	if p.InvoiceID != "" && p.Allocations != nil {
		return check.Invalid("allocations", "give invoice_id or allocations, not both")
	}
	err := clientele.JoinInvalid(check.Positive("amount", *p.Amount), checkReceipt(p.Receipt),
		check.Length("description", p.Description, check.MaxText), check.Metadata(p.Metadata))
	if err != nil || p.Allocations == nil {
		return err
	}
	return checkAllocations(*p.Allocations)
}

// maxAllocations is how many invoices one request pays.
const maxAllocations = 1000

func checkAllocations(list []clientele.AllocationParams) error {
	if len(list) > maxAllocations {
		return check.Invalid("allocations", "allocations has at most %d entries", maxAllocations)
	}
	seen := map[string]bool{}
	for i, l := range list {
		at := fmt.Sprintf("allocations[%d]", i)
		switch {
		case l.InvoiceID == "":
			return check.Invalid(at+".invoice_id", "%s.invoice_id is required: an invoice's id", at)
		case seen[l.InvoiceID]:
			return check.Invalid(at+".invoice_id", "%s.invoice_id is in allocations twice", at)
		}
		seen[l.InvoiceID] = true
		if l.Amount != nil {
			if err := check.Positive(at+".amount", *l.Amount); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkReceipt(r clientele.Receipt) error {
	switch {
	case r.ReceivedAt < 0 || r.ReceivedAt > check.MaxUnixTime:
		return check.Invalid("received_at", "received_at is a moment in unix seconds")
	case r.ReceivedAt != 0 && r.Date != nil:
		return check.Invalid("date", "give received_at or date, not both")
	}
	return clientele.JoinInvalid(check.Length("method", r.Method, check.MaxStatement), check.Length("reference",
		r.Reference,
		check.MaxName))
}

// payment is a payment while a transaction works on it.
type payment struct {
	*clientele.Payment
	arriving *ArrivingPayment  // what it was elsewhere, while it moves in
	before   clientele.Payment // as it was when it was last read or written
	rec      store.Record
}

// receive records the money of a new payment, which has paid nothing yet.
func (a *customerAccount) receive(currency clientele.PaymentCurrency, p clientele.PaymentParams) (*payment, error) {
	seq, err := a.tx.NextSeq(store.Payments.Kind, a.now)
	if err != nil {
		return nil, err
	}
	id, err := a.newID(store.Payments.Prefix, seq)
	if err != nil {
		return nil, err
	}
	amount, zero := p.Amount.In(currency.ID), clientele.Zero(currency.ID)
	if err := checkBounds(currency, amount); err != nil && !a.movesIn {
		return nil, err
	}
	pay := &payment{Payment: &clientele.Payment{
		ID: id, Object: "payment_intent", Livemode: a.call.Livemode, Description: p.Description, Amount: amount,
		AmountReceived: amount, AmountAllocated: zero, AmountRefunded: zero, AmountCredited: zero,
		AmountUnallocated: amount, CurrencyID: currency.ID, CustomerID: a.customer.ID,
		PaymentMethodID: currency.PaymentMethodID, InvoiceID: p.InvoiceID, Allocations: []clientele.Allocation{},
		Method: p.Method, Reference: p.Reference, ReceivedAt: p.ReceivedAt, Status: clientele.PaymentSucceeded,
		LastPaymentError: []byte("null"), CaptureMethod: "manual", ConfirmationMethod: "manual",
		PaymentMethodTypes: []string{"manual"}, Metadata: clientele.Metadata{}, CreatedAt: clientele.At(a.now),
	}, rec: store.Record{ID: id, Seq: seq}}
	if err := a.dateReceipt(pay.Payment, p.Receipt); err != nil {
		return nil, err
	}
	if err := check.FillMetadata(&pay.Metadata, p.Metadata); err != nil {
		return nil, err
	}
	if p.Reference != "" {
		if pay.PossibleDuplicate, err = a.duplicateOf(pay.Payment); err != nil {
			return nil, err
		}
	}
	_, err = a.post(clientele.BalanceTransaction{
		CurrencyID: currency.ID, Reason: clientele.ReasonPayment, Unapplied: amount, PaymentID: id, Date: pay.Date,
	})
	return pay, err
}

// dateReceipt writes when the money of a payment came: at a moment, on a day, or now.
func (a *customerAccount) dateReceipt(pay *clientele.Payment, r clientele.Receipt) error {
	where, err := a.zone()
	if err != nil {
		return err
	}
	today, field := clientele.DayIn(a.recorded, where), "received_at"
	switch {
	case r.Date != nil:
		field, pay.Date, pay.ReceivedAt = "date", *r.Date, r.Date.Begin(where).Unix()
		if pay.Date == today {
			pay.ReceivedAt = a.recorded.Unix()
		}
	case r.ReceivedAt == 0:
		pay.Date, pay.ReceivedAt = today, a.recorded.Unix()
	default:
		pay.Date = clientele.DayIn(time.Unix(r.ReceivedAt, 0), where)
	}
	if err := a.s.checkDate(field, pay.Date, today); err != nil {
		return err
	}
	return a.checkOpen(field, pay.Date)
}

// duplicateOf is the customer's oldest payment that was not reversed and has the same amount, currency and reference,
// whatever its case, width and spacing; "" when there is none.
func (a *customerAccount) duplicateOf(p *clientele.Payment) (id string, err error) {
	reference := fold.Reference(p.Reference)
	if reference == "" {
		return "", nil
	}
	q := store.Of(p.Livemode, p.CustomerID, store.Equal("reference", reference),
		store.Equal("currency_id", p.CurrencyID), store.Equal("amount", p.Amount.String()),
		store.OneOf("status", clientele.PaymentSucceeded))
	q.Order, q.Limit = store.OldestFirst, 1
	same, err := a.tx.Select(store.Payments.Kind, q)
	if err != nil || len(same) == 0 {
		return "", err
	}
	return same[0].ID, nil
}

// move counts a part of what a payment has left as paid on an invoice, or the other way when it is negative.
func (p *payment) move(invoiceID string, part clientele.Amount) {
	p.AmountAllocated, p.AmountUnallocated = ledger.Plus(p.AmountAllocated, part), ledger.Minus(p.AmountUnallocated, part)
	i := slices.IndexFunc(p.Allocations, func(l clientele.Allocation) bool { return l.InvoiceID == invoiceID })
	if i < 0 {
		i = len(p.Allocations)
		p.Allocations = append(p.Allocations,
			clientele.Allocation{InvoiceID: invoiceID, Amount: clientele.Zero(p.CurrencyID)})
	}
	p.Allocations[i].Amount = ledger.Plus(p.Allocations[i].Amount, part)
	if p.InvoiceID == "" {
		p.InvoiceID = invoiceID
	}
}

// savePayment writes a payment's next version and the event that says what happened to it.
func (a *customerAccount) savePayment(pay *payment, event string) (err error) {
	old, before := pay.rec.JSON, &pay.before
	if pay.rec.Version == 0 {
		before = nil
	}
	nothing := func(l clientele.Allocation) bool { return l.Amount.Sign() == 0 }
	pay.Allocations = slices.DeleteFunc(pay.Allocations, nothing)
	pay.UpdatedAt = clientele.At(a.now)
	if of := pay.arriving; of != nil && of.UpdatedAt.After(a.now) {
		pay.UpdatedAt = clientele.At(of.UpdatedAt)
	}
	if pay.rec.JSON, err = encodeObject(pay.Payment); err != nil {
		return err
	}
	pay.rec.Version++
	if err := store.Payments.Save(a.tx, pay.rec, before, pay.Payment); err != nil {
		return err
	}
	pay.before = *pay.Payment
	return a.s.record(a.tx, a.call, event, changed{
		id: pay.ID, customerID: pay.CustomerID, version: pay.rec.Version, before: old, after: pay.rec.JSON,
	})
}

// History answers the changes of a payment, newest first.
func (s Payments) History(ctx context.Context, mode clientele.Mode, id string) ([]clientele.Event, error) {
	return s.historyOf(ctx, mode, store.TypePayment, id)
}

// Retrieve answers a payment expanded with its customer, currency, method and invoice.
func (s Payments) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		pay, err := loadPayment(tx, mode, id)
		if err != nil {
			return err
		}
		docs, err := expandReferring(tx, mode, [][]byte{pay.rec.JSON})
		if err != nil {
			return err
		}
		doc = store.Document{JSON: docs[0], Version: pay.rec.Version}
		if pay.InvoiceID != "" {
			rec, found, err := tx.Get(store.Invoices.Kind, mode, pay.InvoiceID)
			if err != nil {
				return err
			}
			if found {
				doc.JSON = slices.Concat(doc.JSON[:len(doc.JSON)-1], []byte(`,"invoice":`), rec.JSON, []byte("}"))
			}
		}
		return nil
	})
	return doc, err
}

// List answers a page of payments and the exact count of all that match. customer, unless empty, is an id or
// DID; an unknown one has no payments.
func (s Payments) List(
	ctx context.Context, customer string, q store.Query, expand bool,
) (docs [][]byte, count int64, err error) {
	if !expand {
		return s.list(ctx, store.Payments.Kind, customer, q, nil)
	}
	return s.list(ctx, store.Payments.Kind, customer, q, expandReferring)
}

// Search answers a page of the payments that match a query, and the exact count of all that do.
func (s Payments) Search(ctx context.Context, q Search) (docs [][]byte, count int64, err error) {
	return s.searchTexts(ctx, store.Payments.Kind, q, expandReferring)
}

func loadPayment(tx store.Tx, mode clientele.Mode, id string) (*payment, error) {
	rec, found, err := tx.Get(store.Payments.Kind, mode, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no payment %q in this mode", id)
	}
	p := &payment{Payment: new(clientele.Payment), rec: rec}
	err = json.Unmarshal(rec.JSON, p.Payment)
	p.before = *p.Payment
	return p, err
}
