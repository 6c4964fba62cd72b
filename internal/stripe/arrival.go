package stripe

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// arriving is a customer as it moves in, while what belongs to it is read.
type arriving struct {
	billing.Found
	currencies func(code string) clientele.PaymentCurrency
	of         map[string][]document       // what there is, by what it is
	invoiceOf  map[string]string           // the invoice that a charge or payment intent paid
	paid       map[string]clientele.Amount // of each invoice, by charges
	payments   map[string]string           // the id here of a charge or payment intent
	refunded   map[string]clientele.Amount // of each charge or payment intent, by refunds
	intentOf   map[string]string           // the payment intent of a charge, by refunds
	cash       []cashMovement
}

// read reads a customer and all that belongs to it.
func (a *arriving) read(customer string, docs []document) error {
	a.of, a.invoiceOf, a.payments = map[string][]document{}, map[string]string{}, map[string]string{}
	a.refunded, a.intentOf = map[string]clientele.Amount{}, map[string]string{}
	for _, d := range docs {
		a.of[d.object] = append(a.of[d.object], d)
	}
	if customer == "" {
		a.nobodys()
		return nil
	}
	a.Arrival.Customer = billing.ArrivingCustomer{ID: customer, Known: true}
	for _, step := range []struct {
		objects []string
		read    func(*record)
	}{
		{[]string{"customer"}, a.readCustomer},
		{[]string{"invoice"}, a.linkInvoice},
		{[]string{"invoice_payment"}, a.linkPayment},
		{[]string{"refund"}, a.readRefund},
		{[]string{"charge", "payment_intent"}, a.readPayment},
		{[]string{"invoice"}, a.readInvoice},
		{[]string{"customer_balance_transaction"}, a.readCredit},
		{[]string{"customer_cash_balance_transaction"}, a.readCash},
	} {
		for _, object := range step.objects {
			for _, d := range a.of[object] {
				r, err := recordOf(d.doc)
				if err != nil {
					return err
				}
				step.read(r)
			}
		}
	}
	a.takeCash()
	for _, refund := range a.Arrival.Refunds { // which name the payments as Stripe does
		refund.PaymentID = cmp.Or(a.payments[refund.PaymentID], a.payments[a.intentOf[refund.PaymentID]], refund.PaymentID)
	}
	return nil
}

// nobodys tells of what belongs to no customer.
func (a *arriving) nobodys() {
	for object, docs := range a.of {
		switch object {
		case "charge", "payment_intent", "refund":
			a.Unkept[object+" objects without a customer"] += int64(len(docs))
		case "invoice", "customer_balance_transaction", "customer_cash_balance_transaction":
			for _, d := range docs {
				a.refuse(nameOf(object), d.id, []billing.Mistake{{Field: "customer", Reason: "customer is missing"}})
			}
		}
	}
}

// nameOf is what an object is called here.
func nameOf(object string) string {
	switch object {
	case "customer_balance_transaction":
		return "credit"
	case "customer_cash_balance_transaction":
		return "payment"
	}
	return object
}

func (a *arriving) refuse(object, id string, mistakes []billing.Mistake) {
	a.Refused = append(a.Refused, billing.Arrived{
		Object: object, ID: id, Outcome: billing.OutcomeRefused, Mistakes: mistakes,
	})
}

// takes says whether an object can be taken, and else refuses it.
func (a *arriving) takes(object string, r *record) bool {
	if len(*r.mistakes) > 0 {
		a.refuse(object, r.text("id"), *r.mistakes)
	}
	return len(*r.mistakes) == 0
}

// currency is the currency of an object.
func (a *arriving) currency(r *record) clientele.PaymentCurrency {
	code := r.text("currency")
	if code == "" {
		r.wrong("currency", "currency is missing")
		return clientele.PaymentCurrency{}
	}
	return a.money(r, code)
}

func (a *arriving) money(r *record, code string) clientele.PaymentCurrency {
	c := a.currencies(strings.ToLower(code))
	if c.ID == "" {
		r.wrong("currency", "there is no currency %s here", strings.ToUpper(code))
	}
	return c
}

// readCustomer reads the customer.
func (a *arriving) readCustomer(r *record) {
	fields := billing.Fields{}
	for _, name := range []string{"name", "description", "email", "phone", "invoice_prefix"} {
		if text := r.text(name); text != "" {
			fields[name] = billing.Text(text)
		}
	}
	if r.metadata() != nil {
		fields["metadata"] = r.fields["metadata"]
	}
	if v := given(r.part("address"), addressParts...); v != nil {
		fields["address"] = v
	}
	if shipping := r.part("shipping"); len(shipping.fields) > 0 {
		parts := map[string]jsontext.Value{}
		for _, name := range []string{"name", "phone"} {
			if text := shipping.text(name); text != "" {
				parts[name] = billing.Text(text)
			}
		}
		if v := given(shipping.part("address"), addressParts...); v != nil {
			parts["address"] = v
		}
		if len(parts) > 0 {
			fields["shipping"], _ = json.Marshal(parts, json.Deterministic(true)) // of JSON
		}
	}
	created := r.moment("created")
	if !created.IsZero() {
		fields["created_at"] = billing.Text(created.Format(time.RFC3339))
	}
	c := billing.ArrivingCustomer{ID: r.text("id"), Fields: fields, Sequence: r.number("next_invoice_sequence")}
	c.Credit = a.creditOf(r)
	a.Arrival.Customer, a.Arrival.UpdatedAt = c, created
	if len(*r.mistakes) > 0 {
		a.refuse("customer", c.ID, *r.mistakes)
	}
}

var addressParts = []string{"line1", "line2", "city", "state", "postal_code", "country"}

// given are the members of a part that are there and not empty, nil for none.
func given(part *record, names ...string) jsontext.Value {
	members := map[string]string{}
	for _, name := range names {
		if text := part.text(name); text != "" {
			members[name] = text
		}
	}
	if len(members) == 0 {
		return nil
	}
	v, _ := json.Marshal(members, json.Deterministic(true)) // of texts
	return v
}

// creditOf is the credit that the customer has, which Stripe counts below nothing. What it owes beyond its invoices
// has no home here, and is told.
func (a *arriving) creditOf(r *record) map[string]clientele.Amount {
	credit := map[string]clientele.Amount{}
	add := func(of *record, field, code string) {
		currency := a.money(of, code)
		switch balance := of.amount(field, currency); {
		case balance.Sign() > 0:
			a.refuse("balance", r.text("id"), []billing.Mistake{{Field: of.path + field, Reason: "the customer owes " +
				balance.Decimal(currency.Decimal) + " " + currency.Symbol + " on its next invoice: invoice it there first, " +
				"or here afterwards"}})
		case currency.ID != "":
			credit[currency.ID] = balance.Neg()
		}
	}
	if balances := r.part("invoice_credit_balance"); len(balances.fields) > 0 {
		for code := range balances.fields {
			add(balances, code, code)
		}
		return credit
	}
	if !r.has("balance") || string(r.fields["balance"]) == "0" && !r.has("currency") {
		return nil
	}
	if code := r.text("currency"); code != "" {
		add(r, "balance", code)
	} else {
		r.wrong("currency", "currency is missing, and the balance is not 0")
	}
	return credit
}

// linkInvoice notes what paid an invoice.
func (a *arriving) linkInvoice(r *record) {
	id := r.text("id")
	for _, field := range []string{"charge", "payment_intent"} {
		if paid := r.ref(field); paid != "" {
			a.invoiceOf[paid] = id
		}
	}
	for _, raw := range r.list("payments") {
		if p, err := recordOf(raw); err == nil {
			a.link(p, id)
		}
	}
}

// linkPayment notes what paid an invoice, of an invoice payment.
func (a *arriving) linkPayment(r *record) { a.link(r, r.ref("invoice")) }

func (a *arriving) link(r *record, invoice string) {
	of := r.part("payment")
	for _, field := range []string{"charge", "payment_intent"} {
		if paid := of.ref(field); paid != "" {
			a.invoiceOf[paid] = invoice
		}
	}
}

// readPayment reads a charge that succeeded, or a payment intent that has none here. A charge is called as its payment
// intent.
func (a *arriving) readPayment(r *record) {
	charge, intent := r.text("id"), r.ref("payment_intent")
	id := cmp.Or(intent, charge)
	if _, isThere := a.payments[id]; isThere { // the charge of a payment intent
		return
	}
	if r.has("captured") && string(r.fields["captured"]) == "false" {
		a.Unkept["charges that were not captured"]++
		return
	}
	currency := a.currency(r)
	p := &billing.ArrivingPayment{
		ID: id, CurrencyID: currency.ID, Description: r.text("description"), CreatedAt: r.created(),
		InvoiceID: cmp.Or(r.ref("invoice"), a.invoiceOf[charge], a.invoiceOf[intent]),
	}
	p.UpdatedAt = p.CreatedAt
	for _, field := range []string{"amount_received", "amount_captured", "amount"} {
		if p.Amount.Sign() == 0 {
			p.Amount = r.positive(field, currency)
		}
	}
	if p.Amount.Sign() == 0 && len(*r.mistakes) == 0 {
		r.wrong("amount", "amount is missing, or 0")
	}
	p.Metadata = r.metadata()
	p.Receipt = clientele.Receipt{ReceivedAt: p.CreatedAt.Unix(), Method: r.part("payment_method_details").text("type")}
	if charge != id {
		p.Receipt.Reference = charge
	}
	if r.yes("disputed") {
		a.Unkept["disputes of charges"]++
	}
	if !a.takes("payment", r) {
		return
	}
	a.payments[charge], a.payments[id] = id, id
	if p.InvoiceID == "" {
		p.InvoiceID = a.sale(p)
	}
	a.Arrival.Payments = append(a.Arrival.Payments, p)
	a.paid[p.InvoiceID] = plus(a.paid[p.InvoiceID], p.Amount)
	a.refundRest(r, p)
}

// sale makes an invoice for a charge that had none, or else it would be money that the customer still has here.
func (a *arriving) sale(p *billing.ArrivingPayment) (invoice string) {
	number, at := cmp.Or(p.Receipt.Reference, p.ID), p.CreatedAt.Unix()
	i := &billing.ArrivingInvoice{
		ID: "in_imported_" + p.ID, CurrencyID: p.CurrencyID, Status: clientele.InvoicePaid, CreatedAt: p.CreatedAt,
		FinalizedAt: p.CreatedAt, UpdatedAt: p.CreatedAt, SettledAt: p.CreatedAt,
		Content: clientele.InvoiceContent{Number: &number, EffectiveAt: &at, DueDate: clientele.DueAt(at)},
	}
	i.SetLines(nil, p.Amount, clientele.Zero(p.CurrencyID), cmp.Or(p.Description, "Sale"))
	a.Arrival.Invoices = append(a.Arrival.Invoices, i)
	return i.ID
}

// refundRest refunds what of a charge was refunded and no refund in the files says.
func (a *arriving) refundRest(r *record, p *billing.ArrivingPayment) {
	for _, raw := range r.list("refunds") {
		if refund, err := recordOf(raw); err == nil && !slices.ContainsFunc(a.Arrival.Refunds,
			func(known *billing.ArrivingRefund) bool { return known.ID == refund.text("id") }) {
			a.readRefund(refund)
		}
	}
	currency := a.currency(r)
	told := plus(a.refunded[r.text("id")], a.refunded[r.ref("payment_intent")])
	rest := minus(r.positive("amount_refunded", currency), told)
	if rest.Sign() <= 0 {
		return
	}
	at := r.moment("refunded_at")
	if at.IsZero() {
		at = p.CreatedAt
	}
	a.Arrival.Refunds = append(a.Arrival.Refunds, &billing.ArrivingRefund{
		ID: "re_imported_" + p.ID, CurrencyID: currency.ID, PaymentID: p.ID, Amount: rest, CreatedAt: at,
	})
}

// reasons of refunds are those that both know.
var reasons = []string{"", "duplicate", "fraudulent", "requested_by_customer"}

// readRefund reads money that was sent back.
func (a *arriving) readRefund(r *record) {
	if status := r.text("status"); status != "" && status != "succeeded" {
		a.Unkept["refunds that did not succeed"]++
		return
	}
	currency := a.currency(r)
	refund := &billing.ArrivingRefund{
		ID: r.text("id"), CurrencyID: currency.ID, PaymentID: cmp.Or(r.ref("charge"), r.ref("payment_intent")),
		Amount: r.positive("amount", currency), Reason: r.text("reason"), Description: r.text("description"),
		CreatedAt: r.created(),
	}
	if !slices.Contains(reasons, refund.Reason) {
		refund.Reason, refund.Description = "", cmp.Or(refund.Description, refund.Reason)
	}
	refund.Metadata = r.metadata()
	if a.takes("refund", r) {
		a.Arrival.Refunds = append(a.Arrival.Refunds, refund)
		a.intentOf[refund.PaymentID] = r.ref("payment_intent")
		a.refunded[refund.PaymentID] = plus(a.refunded[refund.PaymentID], refund.Amount)
	}
}

// readCredit reads credit that was given to the customer, or taken. What invoices used they tell themselves.
func (a *arriving) readCredit(r *record) {
	switch r.text("type") {
	case "applied_to_invoice", "unapplied_from_invoice":
		return
	}
	currency := a.currency(r)
	c := &billing.ArrivingCredit{
		ID: r.text("id"), CurrencyID: currency.ID, Description: cmp.Or(r.text("description"), r.text("type")),
		Amount: r.amount("amount", currency).Neg(), CreatedAt: r.created(),
	}
	if c.Amount.Sign() == 0 {
		return
	}
	if a.takes("credit", r) {
		a.Arrival.Credits = append(a.Arrival.Credits, c)
	}
}

// plus adds an amount to one that may be nothing, of no currency.
func plus(a, b clientele.Amount) clientele.Amount {
	if a.Sign() == 0 {
		return b
	}
	if b.Sign() == 0 {
		return a
	}
	sum, _ := a.Add(b.In(a.Currency())) // of one currency
	return sum
}

func minus(a, b clientele.Amount) clientele.Amount {
	rest, _ := a.Sub(b.In(a.Currency())) // of one currency
	return rest
}
