package stripe

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// charge is a part of a payment: Stripe's pay one invoice, or none.
type charge struct {
	payment  clientele.Payment
	id       string
	intent   string // the payment intent, of the first part alone
	invoice  string
	amount   clientele.Amount
	refunded clientele.Amount
}

// left is what of a charge can be refunded.
func (c *charge) left() clientele.Amount { return minus(c.amount, c.refunded) }

// payments writes the payments of a customer as charges with their refunds, and what is left of them as a cash balance.
func (w *Writer) payments(b billing.CustomerBooks) error {
	var charges []*charge
	for _, p := range b.Payments {
		if p.Status != clientele.PaymentSucceeded {
			w.Left["payments that were taken back"]++
			continue
		}
		charges = append(charges, chargesOf(p)...)
		if err := w.cash(b.Customer, p); err != nil {
			return err
		}
	}
	var refunds []*object
	for _, r := range b.Refunds {
		refunds = append(refunds, w.refunds(b.Customer, r, charges)...)
	}
	for _, of := range charges {
		if err := w.charge(b.Customer, of); err != nil {
			return err
		}
	}
	for _, o := range refunds {
		if err := o.end(); err != nil {
			return err
		}
	}
	return nil
}

// chargesOf are the parts of a payment: of each invoice that it paid, and what of it was sent back without one. What
// is credit now a movement of the credit says, and what is left a cash balance.
func chargesOf(p clientele.Payment) (all []*charge) {
	add := func(invoice string, amount clientele.Amount) {
		id, intent := "ch_"+strings.TrimPrefix(p.ID, "pi_"), p.ID
		if n := len(all); n > 0 {
			id, intent = fmt.Sprintf("%s_%d", id, n+1), ""
		}
		all = append(all, &charge{p, id, intent, invoice, amount, clientele.Zero(p.CurrencyID)})
	}
	for _, a := range p.Allocations {
		if a.Amount.Sign() > 0 {
			add(a.InvoiceID, a.Amount)
		}
	}
	if p.AmountRefunded.Sign() > 0 {
		add("", p.AmountRefunded)
	}
	return all
}

func (w *Writer) charge(c clientele.Customer, of *charge) error {
	p := of.payment
	o := w.begin("charge", of.id, "charges", c, time.Unix(p.ReceivedAt, 0))
	o.set(map[string]any{
		"customer": p.CustomerID, "currency": o.money(p.CurrencyID), "invoice": of.invoice, "payment_intent": of.intent,
		"amount": o.amount(of.amount), "amount_captured": o.amount(of.amount), "amount_refunded": o.amount(of.refunded),
		"captured": true, "paid": true, "disputed": false, "status": "succeeded", "description": p.Description,
		"refunded": of.left().Sign() == 0, "payment_method_details": map[string]any{"type": cmp.Or(p.Method, "other")},
		"metadata": metadataOf(p.Metadata, map[string]string{"reference": p.Reference}),
	})
	return o.end()
}

// cash writes what is left of a payment.
func (w *Writer) cash(c clientele.Customer, p clientele.Payment) error {
	if p.AmountUnallocated.Sign() == 0 {
		return nil
	}
	id := "ccsbtxn_" + strings.TrimPrefix(p.ID, "pi_")
	o := w.begin("customer_cash_balance_transaction", id, "money that is not applied", c, time.Unix(p.ReceivedAt, 0))
	o.set(map[string]any{
		"customer": p.CustomerID, "currency": o.money(p.CurrencyID), "type": "funded",
		"net_amount": o.amount(p.AmountUnallocated),
		"funded":     map[string]any{"bank_transfer": map[string]any{"reference": p.Reference}},
	})
	return o.end()
}

// refunds are a refund as those of the charges that it is of: of its payment, or else of those that paid its invoice.
func (w *Writer) refunds(c clientele.Customer, r clientele.Refund, charges []*charge) (all []*object) {
	left := r.Amount
	for _, of := range charges {
		mine := of.payment.ID == r.PaymentIntentID && of.invoice == "" ||
			r.PaymentIntentID == "" && r.InvoiceID != "" && of.invoice == r.InvoiceID
		part := left
		if minus(of.left(), left).Sign() < 0 {
			part = of.left()
		}
		if !mine || part.Sign() <= 0 {
			continue
		}
		left, of.refunded = minus(left, part), plus(of.refunded, part)
		id := r.ID
		if len(all) > 0 {
			id = fmt.Sprintf("%s_%d", id, len(all)+1)
		}
		o := w.begin("refund", id, "refunds", c, momentOf(r.Date, r.CreatedAt.Time))
		o.set(map[string]any{
			"charge": of.id, "payment_intent": of.intent, "currency": o.money(r.CurrencyID), "amount": o.amount(part),
			"status": "succeeded", "reason": r.Reason, "description": r.Description, "metadata": metadataOf(r.Metadata, nil),
		})
		all = append(all, o)
	}
	if left.Sign() > 0 { // a movement of the credit says it
		w.Left["refunds of credit"]++
	}
	return all
}
