package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

// TestRandomWalk lets 32 callers do whatever can be done with money, at random, while the server is killed again and
// again. A model beside them, which knows the rules in its own words, says what must come of each request. In the end
// the model agrees with the server, and the books are right. CLIENTELE_WALK=100000 takes so many steps, over a thousand
// customers.
func TestRandomWalk(t *testing.T) {
	t.Parallel()
	usual := 800
	if apptest.OnAll() {
		usual = 1500
	}
	steps, customers := numberFrom(t, "CLIENTELE_WALK", usual), 60
	if steps > usual {
		customers = 1000
	}
	for name, db := range emptyDatabases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &moneyWalk{fleet: newFleet(t, db, 1)}
			w.run(t, steps, customers)
		})
	}
}

// moneyWalk is a walk under way.
type moneyWalk struct {
	*fleet
	customers []*debtor
	bouncers  []*bouncer
	taken     atomic.Int64 // steps
	refused   atomic.Int64
}

func (w *moneyWalk) run(t *testing.T, steps, customers int) {
	t.Helper()
	// Nothing is to become uncollectible by itself: the model knows no time.
	w.send(t, "PUT", "/api/settings", `{"uncollectible_after_days":-1}`, "")
	for i := range customers {
		id := w.created(t, fmt.Sprintf(`{"name":"Walker %d"}`, i), fmt.Sprint("customer", i))
		if i%5 == 4 {
			w.bouncers = append(w.bouncers, &bouncer{id: id, name: fmt.Sprint(i)})
		} else {
			w.customers = append(w.customers, &debtor{id: id, name: fmt.Sprint(i)})
		}
	}
	kills := w.killEvery(t, steps/8, 32, func(t testing.TB, n int, done func()) {
		r := rand.New(rand.NewPCG(uint64(n), 1))
		for w.taken.Add(1) <= int64(steps) {
			if r.IntN(4) == 0 {
				w.bouncers[r.IntN(len(w.bouncers))].step(t, w, r)
			} else {
				w.customers[r.IntN(len(w.customers))].step(t, w, r)
			}
			done()
		}
	})
	w.check(t)
	t.Logf("%d steps, %d of them refused as they had to be, %d kills, %d requests sent again", steps, w.refused.Load(),
		kills, w.again.Load())
}

// check holds what there is against the model.
func (w *moneyWalk) check(t *testing.T) {
	t.Helper()
	want, debits := sumsByCurrency{"outstanding": {}, "credit": {}, "unapplied": {}}, 0
	for _, d := range w.customers {
		d.check(t, w, want)
	}
	for _, b := range w.bouncers {
		debits += b.check(t, w, want)
	}
	if debits == 0 {
		t.Error("no payment that bounced made a debit")
	}
	var sums clientele.ReceivablesSummary
	if err := json.Unmarshal(w.send(t, "GET", "/api/receivables/summary", "", "").body, &sums); err != nil {
		t.Fatal(err)
	}
	for currency, sum := range sums.Currencies {
		for name, got := range map[string]clientele.Amount{
			"outstanding": sum.Outstanding, "credit": sum.Credit, "unapplied": sum.Unapplied,
		} {
			if must := want[name][currency]; got.String() != must.String() {
				t.Errorf("%s in %s is %s; the model says %s", name, currency, got, must)
			}
		}
	}
	verified := fmt.Sprintf("The books of %d customers are right.\n", len(w.customers)+len(w.bouncers))
	if got := output(t, w.db, "verify"); !strings.HasPrefix(got, verified) {
		t.Errorf("verify says %s", got)
	}
}

// sumsByCurrency are the sums of all customers by what they are of.
type sumsByCurrency map[string]map[string]clientele.Amount

func (s sumsByCurrency) add(sum string, a units) {
	s[sum][a.Currency()] = add(s[sum][a.Currency()].In(a.Currency()), a)
}

// debtor is what the model knows of a customer. Amounts are small in one currency, and in the other such as no 64 bits
// hold.
type debtor struct {
	sync.Mutex
	id, name string
	n        int // requests so far
	credit   [2]units
	invoices []*owedInvoice
	payments []*madePayment
}

// units are an amount of the currency with the index.
type units = clientele.Amount

var walkCurrencies = [2]string{"curr_test_usd", "curr_test_abt"}

type owedInvoice struct {
	id                                         string
	currency                                   int
	total, paid, credited, off, back, remained units
	refunded                                   units // of what credit notes gave back
	status                                     clientele.InvoiceStatus
	given                                      bool // it was uncollectible once
}

type madePayment struct {
	id                                      string
	currency                                int
	amount, allocated, refunded, kept, left units
	to                                      map[*owedInvoice]units
	reversed                                bool
}

func add(a, b units) units {
	sum, err := a.Add(b)
	if err != nil {
		panic(err)
	}
	return sum
}

func sub(a, b units) units { return add(a, b.Neg()) }

func less(a, b units) units {
	if sub(a, b).Sign() < 0 {
		return a
	}
	return b
}

// some is an amount that may well be too much of what there is, and often all of it.
func some(r *rand.Rand, of units, currency int) units {
	switch r.IntN(4) {
	case 0:
		if of.Sign() > 0 {
			return of
		}
	case 1:
		if of.Sign() > 0 {
			return less(of, random(r, currency))
		}
	}
	return random(r, currency)
}

func random(r *rand.Rand, currency int) units {
	a := clientele.NewAmount(walkCurrencies[currency], 1+r.Int64N(300))
	if currency == 1 {
		a = add(a.Times(1<<62).Times(8), clientele.NewAmount(walkCurrencies[1], r.Int64N(1000)))
	}
	return a
}

// step does one thing. Requests about one customer are in turns, so that the model knows what each finds.
func (d *debtor) step(t testing.TB, w *moneyWalk, r *rand.Rand) {
	d.Lock()
	defer d.Unlock()
	d.n++
	currency := r.IntN(2)
	switch n := r.IntN(100); {
	case n < 22 || len(d.invoices) == 0:
		d.issue(t, w, currency, random(r, currency))
	case n < 42:
		d.pay(t, w, r, currency)
	case n < 50:
		d.moveCredit(t, w, r, currency)
	case n < 66:
		d.changeInvoice(t, w, r, d.invoices[r.IntN(len(d.invoices))])
	case len(d.payments) > 0:
		d.changePayment(t, w, r, d.payments[r.IntN(len(d.payments))])
	}
}

// post sends a request once, however often, and answers whether it was done; what the model says must be so.
func (d *debtor) post(t testing.TB, w *moneyWalk, path, body string, must bool) []byte {
	t.Helper()
	got := w.try(t, path, body, fmt.Sprint(d.name, " ", d.n))
	if done := got.status < 300; done != must || !done && got.status != 409 {
		t.Fatalf("%s %s: %d %s; the model says %t of %s", path, body, got.status, got.body, must, d.name)
	}
	if !must {
		w.refused.Add(1)
	}
	return got.body
}

// try is send for what may be refused.
func (w *moneyWalk) try(t testing.TB, path, body, repeat string) reply {
	t.Helper()
	return w.sendUntil(t, "POST", path, body, repeat, func(status int) bool { return status < 300 || status == 409 })
}

func idOf(t testing.TB, body []byte) string {
	t.Helper()
	var object struct{ ID string }
	if err := json.Unmarshal(body, &object); err != nil || object.ID == "" {
		t.Fatalf("%v: %s", err, body)
	}
	return object.ID
}

func (d *debtor) issue(t testing.TB, w *moneyWalk, currency int, total units) {
	due := 1767225600 + int64(d.n)*3600 // in the order of issue
	body := d.post(t, w, "/api/invoices", fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"finalize":true,"due_date":%d,
		"lines":[{"description":"x","unit_amount":%q}]}`, d.id, walkCurrencies[currency], due, total), true)
	zero := clientele.Zero(walkCurrencies[currency])
	d.invoices = append(d.invoices, &owedInvoice{
		id: idOf(t, body), currency: currency, total: total, paid: zero, credited: zero, off: zero,
		back: zero, refunded: zero,
		remained: total, status: clientele.InvoiceOpen,
	})
}

// settle is what becomes of an invoice after a change of what was paid on it.
func (i *owedInvoice) settle() {
	i.remained = sub(sub(sub(i.total, i.paid), i.credited), i.off)
	switch {
	case i.status == clientele.InvoiceVoid:
	case i.remained.Sign() == 0:
		i.status = clientele.InvoicePaid
	case i.given:
		i.status = clientele.InvoiceUncollectible
	default:
		i.status = clientele.InvoiceOpen
	}
}

func (i *owedInvoice) payable() bool {
	return i.status == clientele.InvoiceOpen || i.status == clientele.InvoiceUncollectible
}

// move pays a part of an invoice with what a payment has left, or takes it back when it is negative.
func (p *madePayment) move(i *owedInvoice, part units) {
	if p.to[i].Sign() == 0 {
		p.to[i] = clientele.Zero(part.Currency())
	}
	p.to[i], p.allocated, p.left = add(p.to[i], part), add(p.allocated, part), sub(p.left, part)
	i.paid = add(i.paid, part)
	i.settle()
}

// allocate pays the oldest due first, which are those that were issued first.
func (d *debtor) allocate(p *madePayment, upTo units) {
	for _, i := range d.invoices {
		if i.currency == p.currency && i.payable() {
			part := less(upTo, i.remained)
			p.move(i, part)
			upTo = sub(upTo, part)
		}
	}
}

func (d *debtor) pay(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	zero := clientele.Zero(walkCurrencies[currency])
	p := &madePayment{
		currency: currency, amount: random(r, currency).Times(1 + r.Int64N(3)), allocated: zero, refunded: zero, kept: zero,
		to: map[*owedInvoice]units{},
	}
	p.left = p.amount
	body := fmt.Sprintf(`{"customer_id":%q,"currency_id":%q,"amount":%q`, d.id, walkCurrencies[currency], p.amount)
	must, of := true, d.invoices[r.IntN(len(d.invoices))]
	of2 := d.invoices[r.IntN(len(d.invoices))]
	switch r.IntN(3) {
	case 0:
		d.allocate(p, p.amount)
	case 1:
		if of.currency != currency {
			return
		}
		body += fmt.Sprintf(`,"invoice_id":%q`, of.id)
		if must = of.payable(); must {
			p.move(of, less(p.amount, of.remained))
		}
	default:
		if of.currency != currency || of2.currency != currency || of == of2 {
			return
		}
		part := some(r, of.remained, currency)
		body += fmt.Sprintf(`,"allocations":[{"invoice_id":%q,"amount":%q},{"invoice_id":%q}]`, of.id, part, of2.id)
		must = of.payable() && of2.payable() && sub(of.remained, part).Sign() >= 0 && sub(p.amount, part).Sign() >= 0
		if must {
			p.move(of, part)
			p.move(of2, less(p.left, of2.remained))
		}
	}
	if answer := d.post(t, w, "/api/payments", body+"}", must); must {
		p.id = idOf(t, answer)
		d.payments = append(d.payments, p)
	}
}

func (d *debtor) moveCredit(t testing.TB, w *moneyWalk, r *rand.Rand, currency int) {
	has := d.creditOf(currency)
	body := fmt.Sprintf(`{"currency_id":%q`, walkCurrencies[currency])
	of := d.invoices[r.IntN(len(d.invoices))]
	must := true
	var change units
	switch n := r.IntN(5); {
	case n == 0:
		change = random(r, currency)
	case n == 1:
		change = some(r, has, currency).Neg()
		body += `,"reason":"refund"`
	case of.currency != currency:
		return
	case n < 4:
		part := some(r, less(has, of.remained), currency)
		change = part.Neg()
		body += fmt.Sprintf(`,"reason":"applied_to_invoice","invoice_id":%q`, of.id)
		must = of.payable() && sub(of.remained, part).Sign() >= 0
	default:
		if of.back.Sign() > 0 {
			return
		}
		change = some(r, of.credited, currency)
		body += fmt.Sprintf(`,"reason":"unapplied_from_invoice","invoice_id":%q`, of.id)
		must = of.status != clientele.InvoiceVoid && sub(of.credited, change).Sign() >= 0
	}
	must = must && add(has, change).Sign() >= 0
	if strings.Contains(body, "applied_") && must {
		of.credited = sub(of.credited, change)
		of.settle()
	}
	if must {
		d.credit[currency] = add(has, change)
	}
	d.post(t, w, "/api/customers/"+d.id+"/balance_transactions", body+fmt.Sprintf(`,"amount":%q}`, change), must)
}

func (d *debtor) creditOf(currency int) units { return d.credit[currency].In(walkCurrencies[currency]) }

func (d *debtor) changeInvoice(t testing.TB, w *moneyWalk, r *rand.Rand, i *owedInvoice) {
	path, body := "/api/invoices/"+i.id, ""
	must := i.payable()
	switch r.IntN(4) {
	case 0:
		path += "/mark_uncollectible"
		if must = i.status == clientele.InvoiceOpen; must {
			i.given = true
			i.settle()
		}
	case 1:
		path += "/void"
		if must = must && i.back.Sign() == 0; must {
			for _, p := range d.payments {
				if p.currency == i.currency {
					p.move(i, p.to[i].In(walkCurrencies[i.currency]).Neg())
				}
			}
			d.credit[i.currency] = add(d.creditOf(i.currency), i.credited)
			i.credited, i.status = sub(i.credited, i.credited), clientele.InvoiceVoid
		}
	case 2:
		path += "/pay"
		if must {
			zero := clientele.Zero(walkCurrencies[i.currency])
			p := &madePayment{
				currency: i.currency, amount: i.remained, left: i.remained, allocated: zero, refunded: zero, kept: zero,
				to: map[*owedInvoice]units{},
			}
			p.move(i, i.remained)
			d.payments = append(d.payments, p) // its id is asked for at the end
		}
	default:
		path += "/credit_notes"
		left := sub(sub(i.total, i.off), i.back)
		part := some(r, left, i.currency)
		refund := r.IntN(2) == 0
		body = fmt.Sprintf(`{"amount":%q,"refund":%t}`, part, refund)
		must = (must || i.status == clientele.InvoicePaid) && sub(left, part).Sign() >= 0
		if must {
			off := less(part, i.remained)
			back := sub(part, off)
			if refund { // of the money that is in it: credit that paid is given back first
				credit := sub(i.credited, sub(i.back, i.refunded))
				money := add(sub(i.paid, i.refunded), less(credit, sub(credit, credit)))
				if money = less(back, money); money.Sign() > 0 {
					i.refunded, back = add(i.refunded, money), sub(back, money)
				}
			}
			d.credit[i.currency] = add(d.creditOf(i.currency), back)
			i.off, i.back = add(i.off, off), add(i.back, sub(part, off))
			i.settle()
		}
	}
	d.post(t, w, path, body, must)
}

func (d *debtor) changePayment(t testing.TB, w *moneyWalk, r *rand.Rand, p *madePayment) {
	if p.id == "" { // which paying an invoice did not tell
		return
	}
	path, body, must := "/api/payments/"+p.id, "{}", !p.reversed
	switch r.IntN(6) {
	case 0:
		path += "/allocate"
		before := p.allocated
		if must = must && p.left.Sign() > 0; must {
			d.allocate(p, p.left)
			must = !p.allocated.Equal(before)
		}
	case 1:
		path += "/unallocate"
		if p.paidCredited() {
			return
		}
		if must {
			for i, part := range p.to {
				p.move(i, part.Neg())
			}
		}
	case 2:
		path += "/unallocate"
		of := d.invoices[r.IntN(len(d.invoices))]
		has := p.to[of].In(walkCurrencies[p.currency])
		if has.Sign() == 0 || of.back.Sign() > 0 {
			return
		}
		part := some(r, has, p.currency)
		body = fmt.Sprintf(`{"invoice_id":%q,"amount":%q}`, of.id, part)
		if must = must && sub(has, part).Sign() >= 0; must {
			p.move(of, part.Neg())
		}
	case 3:
		path += "/credit"
		part := some(r, p.left, p.currency)
		body = fmt.Sprintf(`{"amount":%q}`, part)
		if must = must && sub(p.left, part).Sign() >= 0; must {
			p.left, p.kept = sub(p.left, part), add(p.kept, part)
			d.credit[p.currency] = add(d.creditOf(p.currency), part)
		}
	case 4:
		path += "/refund"
		part := some(r, p.left, p.currency)
		body = fmt.Sprintf(`{"amount":%q}`, part)
		if must = must && sub(p.left, part).Sign() >= 0; must {
			p.left, p.refunded = sub(p.left, part), add(p.refunded, part)
		}
	default:
		path += "/reverse"
		if must && (p.paidCredited() || !d.reverse(p)) {
			return
		}
	}
	d.post(t, w, path, body, must)
}

// paidCredited says whether a payment paid an invoice of which a credit note gave something back: taking it back
// makes a debit, which the model does not know.
func (p *madePayment) paidCredited() bool {
	for i, part := range p.to {
		if part.Sign() > 0 && i.back.Sign() > 0 {
			return true
		}
	}
	return false
}

// reverse takes a payment back, if there is credit enough, or invoices that credit paid. Else there would be a debit,
// which the model does not know.
func (d *debtor) reverse(p *madePayment) bool {
	wanted := sub(add(p.kept, p.refunded), d.creditOf(p.currency))
	applied := clientele.Zero(walkCurrencies[p.currency])
	for _, i := range d.invoices {
		if i.currency == p.currency && i.status != clientele.InvoiceVoid {
			applied = add(applied, i.credited)
		}
		if i.currency == p.currency && i.back.Sign() > 0 && wanted.Sign() > 0 {
			return false
		}
	}
	if p.kept.Sign()+p.refunded.Sign() > 0 && sub(applied, wanted).Sign() < 0 {
		return false
	}
	for i, part := range p.to {
		p.move(i, part.Neg())
	}
	for n := len(d.invoices) - 1; n >= 0 && wanted.Sign() > 0 && p.kept.Sign()+p.refunded.Sign() > 0; n-- {
		i := d.invoices[n]
		if i.currency != p.currency || i.status == clientele.InvoiceVoid {
			continue
		}
		part := less(wanted, i.credited)
		i.credited, wanted = sub(i.credited, part), sub(wanted, part)
		d.credit[p.currency] = add(d.creditOf(p.currency), part)
		i.settle()
	}
	d.credit[p.currency] = sub(sub(d.creditOf(p.currency), p.kept), p.refunded)
	p.reversed, p.left, p.kept = true, sub(p.left, p.left), sub(p.kept, p.kept)
	return true
}

// check holds a customer against the model.
func (d *debtor) check(t *testing.T, w *moneyWalk, sums sumsByCurrency) {
	t.Helper()
	var c clientele.CustomerExpanded
	if err := json.Unmarshal(w.send(t, "GET", "/api/customers/"+d.id, "", "").body, &c); err != nil {
		t.Fatal(err)
	}
	for currency, id := range walkCurrencies {
		if got := c.TokenBalance[id].In(id); !got.Equal(d.creditOf(currency)) {
			t.Errorf("%s has a credit of %s; the model says %s", d.id, got, d.creditOf(currency))
		}
		sums.add("credit", d.creditOf(currency))
	}
	delinquent := false
	stored := map[string]clientele.Invoice{}
	for _, i := range c.Invoices {
		stored[i.ID] = i
	}
	for _, i := range d.invoices {
		delinquent = delinquent || i.status == clientele.InvoiceUncollectible
		got := stored[i.id]
		if got.Status != i.status || i.status != clientele.InvoiceVoid && !got.AmountRemaining.Equal(i.remained) {
			t.Errorf("%s is %s with %s left; the model says %s and %s", i.id, got.Status, got.AmountRemaining, i.status,
				i.remained)
		}
		if i.status != clientele.InvoiceVoid {
			sums.add("outstanding", i.remained)
		}
	}
	if len(stored) != len(d.invoices) || c.Delinquent != delinquent || len(c.Payments) != len(d.payments) {
		t.Errorf("%s has %d invoices and %d payments, delinquent: %t; the model says %d, %d, %t", d.id, len(stored),
			len(c.Payments), c.Delinquent, len(d.invoices), len(d.payments), delinquent)
	}
	made := map[string]clientele.Payment{}
	for _, p := range c.Payments {
		made[p.ID] = p
	}
	for _, p := range d.payments {
		sums.add("unapplied", p.left)
		got, known := made[p.id]
		if known && (!got.AmountAllocated.Equal(p.allocated) || !got.AmountUnallocated.Equal(p.left) ||
			!got.AmountRefunded.Equal(p.refunded) || !got.AmountCredited.Equal(p.kept)) {
			t.Errorf("%+v; the model says %s, %s, %s, %s", got, p.allocated, p.left, p.refunded, p.kept)
		}
	}
}
