package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"clientele.dev"
)

// bouncer is a customer of the random walk whose payments bounce, also when they were refunded, made credit, or paid
// what credit notes then took back. The model knows one sum: what is owed, less credit and money that is not applied.
// Whatever may be done succeeds, and changes that sum by what it is about.
type bouncer struct {
	sync.Mutex
	id, name string
	n        int      // requests so far
	net      [2]units // by currency
	invoices [2][]string
	payments [2][]string
}

// step does one thing. What it can be about is asked of the server first.
func (b *bouncer) step(t testing.TB, w *moneyWalk, r *rand.Rand) {
	b.Lock()
	defer b.Unlock()
	b.n++
	currency := r.IntN(2)
	switch n := r.IntN(100); {
	case n < 20 || len(b.invoices[currency]) == 0:
		b.issue(t, w, r, currency)
	case n < 45 || len(b.payments[currency]) == 0:
		b.pay(t, w, r, currency)
	case n < 55:
		b.moveCredit(t, w, r, currency)
	case n < 70:
		b.takeBack(t, w, r, currency)
	default:
		b.changePayment(t, w, r, currency)
	}
}

// post sends a request that must succeed, reads its answer, and notes by how much the sum changes.
func (b *bouncer) post(t testing.TB, w *moneyWalk, path, body string, currency int, change units, answer any) {
	t.Helper()
	got := w.send(t, "POST", path, body, fmt.Sprint(b.name, " ", b.n))
	if err := json.Unmarshal(got.body, answer); err != nil {
		t.Fatalf("%s %s: %v: %s", path, body, err, got.body)
	}
	b.net[currency] = add(b.net[currency].In(walkCurrencies[currency]), change)
}

// read reads an object.
func read[T any](t testing.TB, w *moneyWalk, path string) (object T) {
	t.Helper()
	if err := json.Unmarshal(w.send(t, "GET", path, "", "").body, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func (b *bouncer) issue(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	total := random(r, currency)
	var made clientele.Invoice
	b.post(t, w, "/api/invoices", fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"finalize":true,
		"lines":[{"description":"x","unit_amount":%q}]}`, b.id, walkCurrencies[currency], total), currency, total, &made)
	b.invoices[currency] = append(b.invoices[currency], made.ID)
}

func (b *bouncer) pay(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	amount := random(r, currency)
	var made clientele.Payment
	b.post(t, w, "/api/payments", fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"amount":%q}`, b.id,
		walkCurrencies[currency], amount), currency, amount.Neg(), &made)
	b.payments[currency] = append(b.payments[currency], made.ID)
}

// moveCredit gives credit, or sends back what there is of it.
func (b *bouncer) moveCredit(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	change, reason := random(r, currency), clientele.ReasonAdjustment
	if r.IntN(2) == 0 {
		c := read[clientele.Customer](t, w, "/api/customers/"+b.id)
		has := c.TokenBalance[walkCurrencies[currency]].In(walkCurrencies[currency])
		if has.Sign() == 0 {
			return
		}
		change, reason = less(has, change).Neg(), clientele.ReasonRefund
	}
	var moved clientele.BalanceTransaction
	body := fmt.Sprintf(`{"currency_id":%q,"amount":%q,"reason":%q}`, walkCurrencies[currency], change, reason)
	b.post(t, w, "/api/customers/"+b.id+"/balance_transactions", body, currency, change.Neg(), &moved)
}

// takeBack takes a part of an invoice back, and perhaps sends the money back.
func (b *bouncer) takeBack(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	of := b.invoices[currency]
	i := read[clientele.Invoice](t, w, "/api/invoices/"+of[r.IntN(len(of))])
	left := sub(sub(i.Total, i.PrePaymentCreditNotesAmount), i.PostPaymentCreditNotesAmount)
	if left.Sign() <= 0 {
		return
	}
	part := less(left, random(r, currency))
	var note clientele.CreditNote
	b.post(t, w, "/api/invoices/"+i.ID+"/credit_notes", fmt.Sprintf(`{"amount":%q,"refund":%t}`, part, r.IntN(2) == 0),
		currency, part.Neg(), &note)
	b.net[currency] = add(b.net[currency], note.AmountRefunded)
}

func (b *bouncer) changePayment(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	of := b.payments[currency]
	p := read[clientele.Payment](t, w, "/api/payments/"+of[r.IntN(len(of))])
	if p.Status != clientele.PaymentSucceeded {
		return
	}
	path, none := "/api/payments/"+p.ID, clientele.Zero(p.CurrencyID)
	part := less(p.AmountUnallocated, random(r, currency))
	var after struct{}
	switch n := r.IntN(4); {
	case n == 0:
		b.post(t, w, path+"/reverse", `{"reason":"it bounced"}`, currency, p.Amount, &after)
	case n == 1 && p.AmountAllocated.Sign() > 0:
		b.post(t, w, path+"/unallocate", "{}", currency, none, &after)
	case n == 2 && part.Sign() > 0:
		b.post(t, w, path+"/credit", fmt.Sprintf(`{"amount":%q}`, part), currency, none, &after)
	case n == 3 && part.Sign() > 0:
		b.post(t, w, path+"/refund", fmt.Sprintf(`{"amount":%q}`, part), currency, part, &after)
	}
}

// check holds the sum of what there is against the model's, and adds what there is to the sums of all customers.
func (b *bouncer) check(t *testing.T, w *moneyWalk, sums sumsByCurrency) (debits int) {
	t.Helper()
	c := read[clientele.CustomerExpanded](t, w, "/api/customers/"+b.id)
	for n, id := range walkCurrencies {
		owed, unapplied := clientele.Zero(id), clientele.Zero(id)
		for _, i := range c.Invoices {
			if i.CurrencyID != id {
				continue
			}
			owed = add(owed, i.AmountRemaining)
			if i.AmountRemaining.Sign() < 0 {
				t.Errorf("of %s %s is left", i.ID, i.AmountRemaining)
			}
			if i.BillingReason == clientele.BillingReasonDebit {
				debits++
			}
		}
		for _, p := range c.Payments {
			if p.CurrencyID == id {
				unapplied = add(unapplied, p.AmountUnallocated)
			}
		}
		credit := c.TokenBalance[id].In(id)
		if got := sub(sub(owed, credit), unapplied); !got.Equal(b.net[n].In(id)) {
			t.Errorf("%s owes %s, has a credit of %s and %s that is not applied: %s in all; the model says %s", b.id, owed,
				credit, unapplied, got, b.net[n])
		}
		sums.add("outstanding", owed)
		sums.add("credit", credit)
		sums.add("unapplied", unapplied)
	}
	return debits
}
