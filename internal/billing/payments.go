package billing

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Payments is the part of [Service] about payments.
type Payments struct{ *core }

// PaymentParams are what a request says about money received.
type PaymentParams struct {
	// Who paid: an id or a DID.
	CustomerID string `json:"customer_id"`
	// The currency of the money.
	CurrencyID string `json:"currency_id"`
	// How much, in the currency's smallest unit.
	Amount *clientele.Amount `json:"amount"`
	// The invoice it is for; the oldest due first when absent.
	InvoiceID string `json:"invoice_id,omitempty"`
	Receipt
	// Free text.
	Description string `json:"description,omitempty"`
	// As on a customer.
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

// Receipt is how money came.
type Receipt struct {
	// bank_transfer, cash, cheque, card, or any word of the business's own.
	Method string `json:"method,omitempty"`
	// What the payer or the bank calls it.
	Reference string `json:"reference,omitempty"`
	// When it came, in unix seconds; now when absent.
	ReceivedAt int64 `json:"received_at,omitempty"`
}

// AllocateParams say how much of a payment's rest is to pay what.
type AllocateParams struct {
	// The invoice to pay; the oldest due first when absent.
	InvoiceID string `json:"invoice_id,omitempty"`
	// How much; as much as there is when absent.
	Amount *clientele.Amount `json:"amount,omitempty"`
}

// ReverseParams say why a payment is reversed.
type ReverseParams struct {
	// Free text: a bounced cheque.
	Reason string `json:"reason,omitempty"`
}

// Create records money received: it pays the invoice it is for, or the customer's oldest due first, and what is
// left becomes the customer's credit.
func (s Payments) Create(ctx context.Context, call Call, p PaymentParams) (store.Document, error) {
	if err := p.check(); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		a, err := s.openFor(tx, call, p.CustomerID)
		if err != nil {
			return store.Document{}, err
		}
		currency, err := usableCurrency(tx, call.Livemode, p.CurrencyID)
		if err != nil {
			return store.Document{}, err
		}
		var only *held
		if p.InvoiceID != "" {
			if only, err = a.own(currency.ID, p.InvoiceID); err != nil {
				return store.Document{}, err
			}
			if err := checkPayable(only); err != nil {
				return store.Document{}, err
			}
		}
		pay, err := a.receive(currency, p)
		if err != nil {
			return store.Document{}, err
		}
		if err := a.allocate(pay, clientele.ReasonPayment, pay.Amount, only); err != nil {
			return store.Document{}, err
		}
		if err := a.keepRest(pay); err != nil {
			return store.Document{}, err
		}
		if err := a.savePayment(pay, clientele.EventPaymentSucceeded); err != nil {
			return store.Document{}, err
		}
		return paymentDocument(pay, true), a.close()
	})
}

// openFor is open for a customer that a request's customer_id names.
func (s *core) openFor(tx store.Tx, call Call, customer string) (*account, error) {
	a, err := s.open(tx, call, customer)
	if isCode(err, clientele.ErrorCodeNotFound) || isCode(err, clientele.ErrorCodeInvalid) || isCode(err,
		clientele.ErrorCodeConflict) {
		err = invalid("customer_id", "no customer %q in this mode", customer)
	}
	return a, err
}

func (p PaymentParams) check() error {
	switch {
	case p.CustomerID == "":
		return invalid("customer_id", "customer_id is required: a customer's id or DID")
	case p.CurrencyID == "":
		return invalid("currency_id", "currency_id is required: a payment currency's id")
	case p.Amount == nil:
		return invalid("amount", "amount is required: a string of digits in the currency's smallest unit")
	}
	return clientele.JoinInvalid(checkPositive("amount", *p.Amount), p.Receipt.check(),
		checkLength("description", p.Description, maxText), checkMetadata(p.Metadata))
}

func (r Receipt) check() error {
	if r.ReceivedAt < 0 || r.ReceivedAt > maxUnixTime {
		return invalid("received_at", "received_at is a moment in unix seconds")
	}
	return clientele.JoinInvalid(checkLength("method", r.Method, maxStatement), checkLength("reference", r.Reference,
		maxName))
}

// checkPositive bounds an amount that is given or taken.
func checkPositive(field string, a clientele.Amount) error {
	switch {
	case a.Sign() <= 0:
		return invalid(field, "%s must be more than 0", field)
	case a.Digits() > clientele.MaxAmountDigits:
		return invalid(field, "%s has at most %d digits", field, clientele.MaxAmountDigits)
	}
	return nil
}

func checkMetadata(raw jsontext.Value) error { return fillMetadata(&clientele.Metadata{}, raw) }

// payment is a payment while a transaction works on it.
type payment struct {
	*clientele.Payment
	rec store.Record
}

// receive makes a payment that has paid nothing yet.
func (a *account) receive(currency clientele.PaymentCurrency, p PaymentParams) (*payment, error) {
	seq, err := a.tx.NextSeq(store.KindPayment, a.now)
	if err != nil {
		return nil, err
	}
	id, err := a.s.seqID("pi_", seq)
	if err != nil {
		return nil, err
	}
	amount, zero := p.Amount.In(currency.ID), clientele.Zero(currency.ID)
	pay := &clientele.Payment{
		ID: id, Object: "payment_intent", Livemode: a.call.Livemode, Description: p.Description, Amount: amount,
		AmountReceived: amount, AmountAllocated: zero, AmountRefunded: zero, AmountUnallocated: amount,
		CurrencyID: currency.ID, CustomerID: a.customer.ID, PaymentMethodID: currency.PaymentMethodID,
		InvoiceID: p.InvoiceID, Allocations: []clientele.Allocation{}, Method: p.Method, Reference: p.Reference,
		ReceivedAt: p.ReceivedAt, Status: clientele.PaymentSucceeded, LastPaymentError: []byte("null"),
		CaptureMethod: "manual", ConfirmationMethod: "manual", PaymentMethodTypes: []string{"manual"},
		Metadata: clientele.Metadata{}, CreatedAt: clientele.At(a.now),
	}
	if pay.ReceivedAt == 0 {
		pay.ReceivedAt = a.now.Unix()
	}
	return &payment{pay, store.Record{ID: id, Seq: seq}}, fillMetadata(&pay.Metadata, p.Metadata)
}

// allocate pays invoices with up to an amount of what a payment has left: one invoice, or the oldest due first.
func (a *account) allocate(pay *payment, reason clientele.BalanceReason, upTo clientele.Amount, only *held) error {
	if only != nil {
		return a.payInvoice(pay, reason, least(upTo, only.AmountRemaining), only)
	}
	return a.tx.PayableInvoices(a.customer.ID, pay.CurrencyID, func(rec store.Record) (more bool, err error) {
		h, err := hold(rec)
		if err != nil {
			return false, err
		}
		part := least(upTo, h.AmountRemaining)
		upTo = minus(upTo, part)
		return upTo.Sign() > 0, a.payInvoice(pay, reason, part, h)
	})
}

// payInvoice pays a part of an invoice with a part of a payment.
func (a *account) payInvoice(pay *payment, reason clientele.BalanceReason, part clientele.Amount, h *held) error {
	if part.Sign() == 0 {
		return nil
	}
	pay.move(h.ID, part)
	t := clientele.BalanceTransaction{
		CurrencyID: pay.CurrencyID, Reason: reason, Receivable: part.Neg(), InvoiceID: h.ID, PaymentID: pay.ID,
	}
	if reason == clientele.ReasonAllocated { // it had become credit
		t.Amount = part.Neg()
	}
	if _, err := a.post(t); err != nil {
		return err
	}
	h.AmountPaid = plus(h.AmountPaid, part)
	h.Attempted, h.AttemptCount = true, h.AttemptCount+1
	return a.save(h)
}

// move counts a part of what a payment has left as paid on an invoice, or the other way when it is negative.
func (p *payment) move(invoiceID string, part clientele.Amount) {
	p.AmountAllocated, p.AmountUnallocated = plus(p.AmountAllocated, part), minus(p.AmountUnallocated, part)
	i := slices.IndexFunc(p.Allocations, func(l clientele.Allocation) bool { return l.InvoiceID == invoiceID })
	if i < 0 {
		i = len(p.Allocations)
		p.Allocations = append(p.Allocations,
			clientele.Allocation{InvoiceID: invoiceID, Amount: clientele.Zero(p.CurrencyID)})
	}
	p.Allocations[i].Amount = plus(p.Allocations[i].Amount, part)
	if p.Allocations[i].Amount.Sign() == 0 {
		p.Allocations = slices.Delete(p.Allocations, i, i+1)
	}
	if p.InvoiceID == "" {
		p.InvoiceID = invoiceID
	}
}

// keepRest makes what a new payment has left the customer's credit.
func (a *account) keepRest(pay *payment) error {
	if pay.AmountUnallocated.Sign() == 0 {
		return nil
	}
	_, err := a.post(clientele.BalanceTransaction{
		CurrencyID: pay.CurrencyID, Reason: clientele.ReasonPayment, Amount: pay.AmountUnallocated, PaymentID: pay.ID,
	})
	return err
}

// savePayment writes a payment's next version and the event that says what happened to it.
func (a *account) savePayment(pay *payment, event string) (err error) {
	old := pay.rec.JSON
	pay.UpdatedAt = clientele.At(a.now)
	if pay.rec.JSON, err = encodeObject(pay.Payment); err != nil {
		return err
	}
	pay.rec.Version++
	if err := a.tx.SavePayment(pay.rec, pay.Payment); err != nil {
		return err
	}
	return a.s.record(a.tx, a.call, event, changed{
		id: pay.ID, customerID: pay.CustomerID, version: pay.rec.Version, before: old, after: pay.rec.JSON,
	})
}

// changePayment finds a payment that was not reversed, opens its customer's account, and saves what fn does to both.
func (s *core) changePayment(
	ctx context.Context, call Call, id, event string, fn func(*account, *payment) error,
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		pay, err := holdPayment(tx, call.Livemode, id)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(pay.rec); err != nil {
			return store.Document{}, err
		}
		if pay.Status == clientele.PaymentCanceled {
			return store.Document{}, clientele.Errorf(clientele.ErrorCodeConflict, "status",
				"the payment %s was reversed", id)
		}
		a, err := s.open(tx, call, pay.CustomerID)
		if err != nil {
			return store.Document{}, err
		}
		if err := fn(a, pay); err != nil {
			return store.Document{}, err
		}
		if err := a.savePayment(pay, event); err != nil {
			return store.Document{}, err
		}
		return paymentDocument(pay, false), a.close()
	})
}

func paymentDocument(pay *payment, created bool) store.Document {
	return store.Document{
		JSON: pay.rec.JSON, Of: store.TypePayment, ID: pay.ID, Version: pay.rec.Version, Created: created,
	}
}

// Allocate pays invoices with what a payment left as credit.
func (s Payments) Allocate(ctx context.Context, call Call, id string, p AllocateParams) (store.Document, error) {
	if p.Amount != nil {
		if err := checkPositive("amount", *p.Amount); err != nil {
			return store.Document{}, err
		}
	}
	return s.changePayment(ctx, call, id, clientele.EventPaymentUpdated, func(a *account, pay *payment) error {
		upTo := pay.AmountUnallocated
		if p.Amount != nil {
			upTo = p.Amount.In(pay.CurrencyID)
		}
		if upTo.Sign() == 0 || minus(pay.AmountUnallocated, upTo).Sign() < 0 {
			return clientele.Errorf(clientele.ErrorCodeConflict, "amount", "the payment has %s left to allocate",
				pay.AmountUnallocated)
		}
		var only *held
		var err error
		if p.InvoiceID != "" {
			if only, err = a.own(pay.CurrencyID, p.InvoiceID); err != nil {
				return err
			}
			if err := checkPayable(only); err != nil {
				return err
			}
			if p.Amount != nil && minus(only.AmountRemaining, upTo).Sign() < 0 {
				return clientele.Errorf(clientele.ErrorCodeConflict, "amount", "the invoice has %s left to pay",
					only.AmountRemaining)
			}
		}
		if p.Amount == nil { // as much as there is
			upTo = least(upTo, a.credit(pay.CurrencyID))
		}
		before := pay.AmountAllocated
		if err := a.allocate(pay, clientele.ReasonAllocated, upTo, only); err != nil {
			return err
		}
		if pay.AmountAllocated.Equal(before) {
			return clientele.Errorf(clientele.ErrorCodeConflict, "",
				"there is nothing to pay, or no credit left to pay it with")
		}
		return nil
	})
}

// Reverse takes a payment back, the money not having come after all: what it paid is owed again, and what it
// left as credit is gone. Invoices that such credit paid meanwhile are owed again too, the newest first.
func (s Payments) Reverse(ctx context.Context, call Call, id string, p ReverseParams) (store.Document, error) {
	if err := checkLength("reason", p.Reason, maxText); err != nil {
		return store.Document{}, err
	}
	return s.changePayment(ctx, call, id, clientele.EventPaymentCanceled, func(a *account, pay *payment) error {
		for _, l := range pay.Allocations {
			if err := a.unpay(pay, l); err != nil {
				return err
			}
		}
		if err := a.takeBackRest(pay); err != nil {
			return err
		}
		zero := clientele.Zero(pay.CurrencyID)
		pay.Allocations, pay.AmountReceived = []clientele.Allocation{}, zero
		pay.AmountAllocated, pay.AmountUnallocated = zero, zero
		pay.Status, pay.CanceledAt, pay.CancellationReason = clientele.PaymentCanceled, a.now.Unix(), p.Reason
		return nil
	})
}

// unpay takes back what a payment paid of an invoice.
func (a *account) unpay(pay *payment, l clientele.Allocation) error {
	h, err := holdInvoice(a.tx, a.call.Livemode, l.InvoiceID)
	if err != nil {
		return err
	}
	_, err = a.post(clientele.BalanceTransaction{
		CurrencyID: pay.CurrencyID, Reason: clientele.ReasonPaymentReversed, Receivable: l.Amount, InvoiceID: h.ID,
		PaymentID: pay.ID,
	})
	if err != nil {
		return err
	}
	h.AmountPaid = minus(h.AmountPaid, l.Amount)
	return a.save(h)
}

// takeBackRest takes what a payment left as credit out of it again, what was refunded of it included.
func (a *account) takeBackRest(pay *payment) error {
	rest := plus(pay.AmountUnallocated, pay.AmountRefunded)
	if rest.Sign() == 0 {
		return nil
	}
	if err := a.unapplyCredit(minus(rest, a.credit(pay.CurrencyID))); err != nil {
		return err
	}
	if has := a.credit(pay.CurrencyID); minus(has, rest).Sign() < 0 {
		return clientele.Errorf(clientele.ErrorCodeConflict, "amount",
			"the payment left a credit of %s, of which %s has been refunded or taken since; give the customer that much "+
				"credit first, then reverse the payment", rest, minus(rest, has))
	}
	_, err := a.post(clientele.BalanceTransaction{
		CurrencyID: pay.CurrencyID, Reason: clientele.ReasonPaymentReversed, Amount: rest.Neg(), PaymentID: pay.ID,
	})
	return err
}

// unapplyCredit gives back credit that paid invoices, the newest first, until an amount is had or none is left.
func (a *account) unapplyCredit(wanted clientele.Amount) error {
	if wanted.Sign() <= 0 {
		return nil
	}
	recs, err := a.tx.CreditedInvoices(a.customer.ID, wanted.Currency())
	if err != nil {
		return err
	}
	for _, rec := range recs {
		h, err := hold(rec)
		if err != nil {
			return err
		}
		part := least(wanted, h.AmountCredited)
		if err := a.unapply(h, part); err != nil {
			return err
		}
		if wanted = minus(wanted, part); wanted.Sign() == 0 {
			break
		}
	}
	return nil
}

// unapply gives back a part of the credit that paid an invoice.
func (a *account) unapply(h *held, part clientele.Amount) error {
	if part.Sign() == 0 {
		return nil
	}
	_, err := a.post(clientele.BalanceTransaction{
		CurrencyID: h.CurrencyID, Reason: clientele.ReasonCreditUnapplied, Amount: part, Receivable: part, InvoiceID: h.ID,
	})
	if err != nil {
		return err
	}
	h.AmountCredited = minus(h.AmountCredited, part)
	return a.save(h)
}

// Retrieve answers a payment expanded with its customer, currency, method and invoice.
func (s Payments) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		pay, err := holdPayment(tx, mode, id)
		if err != nil {
			return err
		}
		docs, err := expandReferring(tx, mode, [][]byte{pay.rec.JSON})
		if err != nil {
			return err
		}
		doc = store.Document{JSON: docs[0], Version: pay.rec.Version}
		if pay.InvoiceID != "" {
			rec, found, err := tx.Invoice(mode, pay.InvoiceID)
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
	ctx context.Context, customer string, f store.PaymentFilter,
) (docs [][]byte, count int64, err error) {
	err = s.scanOf(ctx, f.Livemode, customer, func(tx store.Tx, id string) error {
		f.CustomerID = id
		docs, count, err = tx.ListPayments(f)
		return err
	})
	return docs, count, err
}

func holdPayment(tx store.Tx, mode clientele.Mode, id string) (*payment, error) {
	rec, found, err := tx.Payment(mode, id)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no payment %q in this mode", id)
	}
	p := &payment{new(clientele.Payment), rec}
	return p, json.Unmarshal(rec.JSON, p.Payment)
}
