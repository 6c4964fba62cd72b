package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// business is what a business does, on two servers in turns.
type business struct {
	t     *testing.T
	s     [2]*billing.Service
	call  billing.Call
	turns int
}

const usd = "curr_test_usd"

// next is the server whose turn it is.
func (b *business) next() *billing.Service {
	b.turns++
	return b.s[b.turns%2]
}

// id is the id of an object that came of a change.
func (b *business) id(doc store.Document, err error) string {
	b.t.Helper()
	var object struct {
		ID string `json:"id"`
	}
	if err == nil {
		err = json.Unmarshal(doc.JSON, &object)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return object.ID
}

// must is for changes of which nothing more is needed.
func (b *business) must(_ any, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *business) customer(name string) string {
	b.t.Helper()
	values := map[string]any{"name": name, "external_id": name, "metadata": map[string]string{"of": name}}
	return b.id(b.next().Customers.Create(b.t.Context(), b.call, fields(b.t, values)))
}

func (b *business) invoice(customer, units string, finalize bool, due time.Time) string {
	b.t.Helper()
	price, err := clientele.ParseAmount(usd, units)
	b.must(nil, err)
	at := due.Unix()
	return b.id(b.next().Invoices.Create(b.t.Context(), b.call, clientele.InvoiceParams{
		CustomerID: customer, CurrencyID: usd, Finalize: finalize,
		InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{{Description: "Work", UnitAmount: &price}}, DueDate: clientele.DueAt(at),
			Metadata: jsontext.Value(`{"units":"` + units + `"}`),
		},
	}))
}

// theBooksAreTheSame lets a bit of everything happen on two servers in turns. What is read is the same on both, and the
// books are right.
func theBooksAreTheSame(t *testing.T, first, second store.Store) {
	b := &business{t: t, s: servers(t, first, second), call: billing.Call{Actor: "test"}}
	ctx, past := t.Context(), time.Now().AddDate(0, -2, 0)
	amount := func(n int64) *clientele.Amount { return new(clientele.NewAmount("", n)) }
	ana, bo, gone := b.customer("Ana"), b.customer("Bo"), b.customer("Gone")
	const large = "123456789012345678901234567890"
	paid, part := b.invoice(ana, "1000", true, past), b.invoice(ana, large, true, past)
	void, lost := b.invoice(bo, "300", true, past), b.invoice(bo, "70", true, past)
	credited := b.invoice(bo, "5", true, past)
	draft, deleted := b.invoice(bo, "9", false, past), b.invoice(bo, "8", false, past)
	b.must(b.next().Invoices.Pay(ctx, b.call, paid, clientele.Receipt{Method: "cash"}))
	payment := b.id(b.next().Payments.Create(ctx, b.call, clientele.PaymentParams{
		CustomerID: ana, CurrencyID: usd, InvoiceID: part, Amount: amount(700), Metadata: jsontext.Value(`{"of":"Ana"}`),
	}))
	reversed := b.id(b.next().Payments.Create(ctx, b.call, clientele.PaymentParams{
		CustomerID: bo, CurrencyID: usd, InvoiceID: credited, Amount: amount(50),
	}))
	cy := b.customer("Cy") // whose credit has paid an invoice when it turns out that there was none
	early := b.id(b.next().Payments.Create(ctx, b.call, clientele.PaymentParams{
		CustomerID: cy, CurrencyID: usd, Amount: amount(20),
	}))
	b.must(b.next().Payments.Credit(ctx, b.call, early, clientele.RestParams{Amount: amount(16)}))
	b.must(b.next().Customers.MoveCredit(ctx, b.call, cy, clientele.CreditParams{
		CurrencyID: usd, Amount: amount(-15), Reason: clientele.ReasonCreditApplied,
		InvoiceID: b.invoice(cy, "15", true, time.Now().AddDate(0, 1, 0)),
	}))
	b.must(b.next().Payments.Reverse(ctx, b.call, early, clientele.ReverseParams{}))
	b.must(b.next().Payments.Create(ctx, b.call, clientele.PaymentParams{
		CustomerID: cy, CurrencyID: usd, Amount: amount(7),
	}))
	b.must(b.next().Invoices.Void(ctx, b.call, void, clientele.VoidParams{}))
	b.must(b.next().Payments.Allocate(ctx, b.call, reversed,
		clientele.AllocateParams{InvoiceID: lost, Amount: amount(30)}))
	b.must(b.next().Payments.Reverse(ctx, b.call, reversed, clientele.ReverseParams{Reason: "bounced"}))
	note := b.id(b.next().Invoices.Credit(ctx, b.call, credited, clientele.CreditNoteParams{Amount: amount(2)}))
	b.must(b.next().CreditNotes.Retrieve(ctx, clientele.Test, note))
	b.must(b.next().Customers.MoveCredit(ctx, b.call, bo, clientele.CreditParams{CurrencyID: usd, Amount: amount(11)}))
	b.must(b.next().Invoices.MarkUncollectible(ctx, b.call, lost))
	b.must(b.next().Invoices.Update(ctx, b.call, draft, clientele.InvoiceContent{Metadata: jsontext.Value(`{"x":1}`)}))
	b.must(b.next().Invoices.Delete(ctx, b.call, deleted))
	b.must(b.next().Customers.Delete(ctx, b.call, gone))
	b.must(b.next().Customers.Restore(ctx, b.call, gone))
	b.must(b.next().Customers.Update(ctx, b.call, gone, fields(t, map[string]any{"external_id": ""})))
	b.must(b.next().Customers.Delete(ctx, b.call, gone))
	days := int64(30)
	b.must(b.next().Settings.Update(ctx, b.call, clientele.SettingsParams{
		UncollectibleAfterDays: &days,
	}))
	if given, err := b.next().ApplyPolicy(ctx); err != nil || given != 2 {
		t.Errorf("%d invoices are uncollectible (%v), want 2", given, err)
	}
	got := [2]string{b.read(0, part, payment, ana, bo, cy), b.read(1, part, payment, ana, bo, cy)}
	if got[0] != got[1] {
		t.Errorf("the servers read\n%s\nand\n%s", got[0], got[1])
	}
	for _, want := range []string{
		`"amount_due":"70"`, `"bounced"`, // what Ana, Bo and Cy have left to pay: all but 700, 70 and 3, and 15 but 7
		`"outstanding":"123456789012345678901234567271","past_due":"0","overdue":"123456789012345678901234567263",` +
			`"unapplied":"0","credit":"11","invoices":4,"customers":3`,
		`"overdue":"123456789012345678901234567190","past_due":"0","invoices":1`,
		`"overdue":"73","past_due":"0","invoices":2`,
	} {
		if !strings.Contains(got[0], want) {
			t.Errorf("%s is nowhere in %s", want, got[0])
		}
	}
	err := b.next().Verify(ctx, func(int64, int64) {}, func(d billing.Difference) { t.Errorf("%s: %s", d.ID, d.Text) })
	b.must(nil, err)
}

// read is all that one of the servers reads.
func (b *business) read(server int, invoice, payment string, customers ...string) string {
	b.t.Helper()
	ctx, s, page := b.t.Context(), b.s[server], store.Window{Limit: 50}
	var out strings.Builder
	add := func(what any, err error) {
		b.t.Helper()
		b.must(nil, err)
		text, err := json.Marshal(what, json.Deterministic(true))
		b.must(nil, err)
		out.Write(append(text, '\n'))
	}
	document := func(doc store.Document, err error) { b.t.Helper(); add(jsontext.Value(doc.JSON), err) }
	list := func(docs [][]byte, count int64, err error) {
		b.t.Helper()
		if err == nil && int64(len(docs)) != count {
			b.t.Errorf("%d of %d are listed", len(docs), count)
		}
		all := make([]jsontext.Value, len(docs))
		for i, doc := range docs {
			all[i] = doc
		}
		add(all, err)
	}
	for _, customer := range customers {
		document(s.Customers.Retrieve(ctx, clientele.Test, customer))
		document(s.Customers.Explain(ctx, clientele.Test, customer))
		document(s.Customers.OverdueInvoices(ctx, clientele.Test, customer))
		list(s.Customers.BalanceTransactions(ctx, customer, store.Query{Window: page}))
		statement, err := s.Customers.Statement(ctx, clientele.Test, customer,
			billing.StatementFilter{To: clientele.AtTime(someDay.AddDate(100, 0, 0))})
		add(statement, err)
		list(s.Invoices.List(ctx, customer, store.Query{Window: page}, true))
		list(s.Payments.List(ctx, customer, store.Query{Window: page}, false))
		list(s.CreditNotes.List(ctx, customer, store.Query{Window: page}))
	}
	document(s.Invoices.Retrieve(ctx, clientele.Test, invoice))
	document(s.Payments.Retrieve(ctx, clientele.Test, payment))
	list(s.Customers.List(ctx, store.Query{Window: page, Deleted: true}, true))
	ofBo := store.WithMetadata("of", "Bo")
	list(s.Customers.List(ctx, store.Query{Window: page, Where: []store.Condition{ofBo}}, false))
	list(s.Customers.Search(ctx, billing.Search{Query: "name:an", Limit: 50}))
	list(s.Invoices.List(ctx, "", store.Query{
		Window: page, Order: []store.Order{{Field: "due_date"}},
		Where: []store.Condition{store.OneOf("status", clientele.InvoiceUncollectible), store.NotZero("total")},
	}, false))
	older, _, err := s.Invoices.List(ctx, "", store.Query{Window: store.Window{Limit: 50, After: invoice}}, false)
	list(older, int64(len(older)), err)
	list(s.Invoices.Search(ctx, billing.Search{Query: "bo", Limit: 50, Plain: true}))
	list(s.Payments.List(ctx, "", store.Query{Window: page, Where: []store.Condition{store.PaidInvoice(invoice)}}, false))
	list(s.CreditNotes.List(ctx, "", store.Query{Window: page}))
	document(s.Settings.Retrieve(ctx, clientele.Test))
	tomorrow := clientele.AtTime(time.Now().Truncate(24*time.Hour).AddDate(0, 0, 1))
	sums, err := s.Receivables.Summary(ctx, clientele.Test, billing.SummaryFilter{AsOf: billing.AsOf{Day: tomorrow}})
	add(sums, err)
	aging, err := s.Receivables.Aging(ctx, billing.AgingFilter{AsOf: billing.AsOf{Day: tomorrow, KnownAt: tomorrow}})
	add(aging, err)
	debtors, _, err := s.Receivables.Overdue(ctx, clientele.Test, billing.AsOf{}, "", page)
	add(debtors, err)
	return out.String()
}
