package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
)

const usd = "curr_test_usd"

// cents is an amount in US cents.
func cents(n int64) clientele.Amount { return clientele.NewAmount(usd, n) }

// parts writes where a payment's money is: allocated, refunded, credited, left.
func parts(p *clientele.Payment) string {
	var to []string
	for _, l := range p.Allocations {
		to = append(to, l.Amount.String())
	}
	return fmt.Sprintf("%s=[%s] %s %s %s", p.AmountAllocated, strings.Join(to, " "), p.AmountRefunded, p.AmountCredited,
		p.AmountUnallocated)
}

// paying is a customer with three invoices, due in the order 2, 1, 3.
type paying struct {
	*server
	*client.Client
	id       string
	invoices [4]string // from 1 on
}

func startPaying(t *testing.T) *paying {
	t.Helper()
	s := start(t)
	p := &paying{server: s, Client: s.Test(), id: s.post(t, `{"name":"Ada"}`).ID}
	for i, days := range []int{0, -3, -5, 4} {
		if i > 0 {
			p.invoices[i] = issue(t, s, p.id, usd, "100", days).ID
		}
	}
	return p
}

func (p *paying) receive(t *testing.T, params clientele.PaymentParams) *clientele.Payment {
	t.Helper()
	params.CustomerID, params.CurrencyID = p.id, usd
	return ok(p.Payments.Create(t.Context(), params))(t)
}

// holds wants the invoices to have so much left to pay, and the customer so much credit.
func (p *paying) holds(t *testing.T, first, second, third, credit string) {
	t.Helper()
	var got []string
	for _, id := range p.invoices[1:] {
		i := ok(p.Invoices.Retrieve(t.Context(), id))(t)
		got = append(got, i.AmountRemaining.String())
		if i.Paid != (i.AmountRemaining.Sign() == 0) || i.Paid != (i.Status == clientele.InvoicePaid) {
			t.Errorf("an invoice is %s with %s left", i.Status, i.AmountRemaining)
		}
	}
	got = append(got, ok(p.Customers.Retrieve(t.Context(), p.id))(t).TokenBalance[usd].String())
	if want := []string{first, second, third, credit}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("left to pay are %v, and the credit; want %v", got, want)
	}
	p.rightBooks(t)
}

func TestAPaymentPaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, body, parts, left string }{
		{"the oldest due first, the last in part", `"amount":"150"`, "150=[100 50] 0 0 0", "50 0 100"},
		{"all, and the rest is left", `"amount":"301"`, "300=[100 100 100] 0 0 1", "0 0 0"},
		{"one invoice, and the rest is left", `"amount":"130","invoice_id":"$3"`, "100=[100] 0 0 30", "100 100 0"},
		{"several", `"amount":"100","allocations":[{"invoice_id":"$3","amount":"10"},{"invoice_id":"$1","amount":"20"}]`,
			"30=[10 20] 0 0 70", "80 100 90"},
		{"as much as there is", `"amount":"120","allocations":[{"invoice_id":"$3"},{"invoice_id":"$1"}]`,
			"120=[100 20] 0 0 0", "80 100 0"},
		{"nothing", `"amount":"100","allocations":[]`, "0=[] 0 0 100", "100 100 100"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := startPaying(t)
			body := `{"customer_id":"` + p.id + `","currency_id":"` + usd + `",` + test.body + `}`
			for i, id := range p.invoices {
				body = strings.ReplaceAll(body, fmt.Sprintf(`"$%d"`, i), `"`+id+`"`)
			}
			before := p.state(t)
			preview := decoded[clientele.Payment](t, p.send(t, "POST", "/api/payments?preview=true", body).must(t, 200))
			if got := parts(&preview); got != test.parts || preview.ID != "" || !preview.Preview || p.state(t) != before {
				t.Errorf("the preview is %s of %q, want %s, with nothing changed", got, preview.ID, test.parts)
			}
			pay := decoded[clientele.Payment](t, p.send(t, "POST", "/api/payments", body).must(t, 201))
			if got := parts(&pay); got != test.parts || pay.Preview {
				t.Errorf("the payment is %s, want %s", got, test.parts)
			}
			left := strings.Fields(test.left)
			p.holds(t, left[0], left[1], left[2], "0")
			list := ok(p.Payments.List(t.Context(), clientele.PaymentListParams{Unapplied: true}))(t)
			if (list.Count == 1) != (pay.AmountUnallocated.Sign() > 0) {
				t.Errorf("%d payments have something left, of %s", list.Count, pay.AmountUnallocated)
			}
			inside := ok(p.Customers.Retrieve(t.Context(), p.id))(t).Payments
			if len(inside) != 1 || inside[0].ID != pay.ID {
				t.Errorf("the customer has the payments %v", inside)
			}
		})
	}
}

func TestABadPaymentIsRefusedByName(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	other := issue(t, p.server, p.post(t, `{"name":"Bo"}`).ID, usd, "5", 1).ID
	euros := issue(t, p.server, p.id, "curr_test_eur", "5", 1).ID
	draft := draft(t, p.Client, p.id, usd, "5").ID
	before := p.state(t)
	for _, test := range []struct {
		body, field string
		status      int
	}{
		{`"amount":"0"`, "amount", 400},
		{`"amount":"-1"`, "amount", 400},
		{`"amount":"1.5"`, "amount", 400},
		{`"amount":100`, "amount", 400},
		{`"amount":"` + strings.Repeat("9", 79) + `"`, "amount", 400},
		{`"amount":"5","invoice_id":"in_x"`, "invoice_id", 400},
		{`"amount":"5","invoice_id":"` + other + `"`, "invoice_id", 400},
		{`"amount":"5","invoice_id":"` + euros + `"`, "invoice_id", 400},
		{`"amount":"5","invoice_id":"` + draft + `"`, "status", 409},
		{`"amount":"5","invoice_id":"` + p.invoices[1] + `","allocations":[]`, "allocations", 400},
		{`"amount":"5","allocations":[{"amount":"5"}]`, "allocations[0].invoice_id", 400},
		{`"amount":"5","allocations":[{"invoice_id":"` + p.invoices[1] + `"},{"invoice_id":"` + p.invoices[1] + `"}]`,
			"allocations[1].invoice_id", 400},
		{`"amount":"5","allocations":[{"invoice_id":"` + p.invoices[1] + `","amount":"0"}]`, "allocations[0].amount", 400},
		{`"amount":"5","allocations":[{"invoice_id":"` + p.invoices[1] + `","amount":"6"}]`, "allocations[0].amount", 409},
		{`"amount":"500","allocations":[{"invoice_id":"` + p.invoices[1] + `","amount":"101"}]`,
			"allocations[0].amount", 409},
		{`"amount":"5","allocations":[{"invoice_id":"` + other + `","amount":"5"}]`, "allocations[0].invoice_id", 400},
		{`"amount":"5","received_at":-1`, "received_at", 400},
		{fmt.Sprintf(`"amount":"5","received_at":%d`, p.Now().AddDate(1, 0, 0).Unix()), "received_at", 400},
		{`"amount":"5","reference":"` + strings.Repeat("x", 513) + `"`, "reference", 400},
		{`"amount":"5","currency":"usd"`, "currency", 400},
	} {
		body := `{"customer_id":"` + p.id + `","currency_id":"` + usd + `",` + test.body + `}`
		for _, target := range []string{"/api/payments?preview=true", "/api/payments"} {
			p.send(t, "POST", target, body).refused(t, test.status, test.field)
		}
	}
	if p.state(t) != before {
		t.Error("something was changed")
	}
}

func TestWhatAPaymentHasLeftGoesWhereItIsSent(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	none := []clientele.AllocationParams{}
	pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(250)), Allocations: &none})
	step := func(want string, got *clientele.Payment) {
		t.Helper()
		if parts(got) != want {
			t.Errorf("the payment is %s, want %s", parts(got), want)
		}
		p.rightBooks(t)
	}
	step("20=[20] 0 0 230", ok(p.Payments.Allocate(ctx, pay.ID,
		clientele.AllocateParams{InvoiceID: p.invoices[3], Amount: new(cents(20))}))(t))
	step("70=[70] 0 0 180", ok(p.Payments.Allocate(ctx, pay.ID, clientele.AllocateParams{
		Allocations: &[]clientele.AllocationParams{{InvoiceID: p.invoices[3], Amount: new(cents(50))}},
	}))(t))
	step("170=[70 100] 0 0 80",
		ok(p.Payments.Allocate(ctx, pay.ID, clientele.AllocateParams{Amount: new(cents(100))}))(t))
	p.holds(t, "100", "0", "30", "0")
	// The newest movements are reversed, and what that is too much is paid again.
	step("110=[10 100] 0 0 140", ok(p.Payments.Unallocate(ctx, pay.ID,
		clientele.UnallocateParams{InvoiceID: p.invoices[3], Amount: new(cents(60))}))(t))
	p.holds(t, "100", "0", "90", "0")
	step("110=[10 100] 0 50 90", ok(p.Payments.Credit(ctx, pay.ID, clientele.RestParams{Amount: new(cents(50))}))(t))
	p.holds(t, "100", "0", "90", "50")
	refund := ok(p.Payments.Refund(ctx, pay.ID, clientele.RefundParams{
		RestParams: clientele.RestParams{Amount: new(cents(15))},
		Reason:     "duplicate",
	}))(t)
	if refund.Amount.String() != "15" || refund.PaymentIntentID != pay.ID || refund.CustomerID != p.id ||
		refund.StartingBalance.String() != "50" || refund.EndingBalance.String() != "50" {
		t.Errorf("the refund is %+v", refund)
	}
	step("110=[10 100] 15 50 75", &ok(p.Payments.Retrieve(ctx, pay.ID))(t).Payment)
	step("0=[] 15 50 185", ok(p.Payments.Unallocate(ctx, pay.ID, clientele.UnallocateParams{}))(t))
	p.holds(t, "100", "100", "100", "50")
	listed := ok(p.Refunds.List(ctx, clientele.RefundListParams{CustomerID: p.id, PaymentID: pay.ID}))(t)
	if listed.Count != 1 || listed.List[0].ID != refund.ID || listed.List[0].PaymentCurrency.Symbol != "USD" ||
		listed.List[0].PaymentIntent.ID != pay.ID {
		t.Errorf("the refunds are %+v", listed)
	}
	if got := ok(p.Refunds.Retrieve(ctx, refund.ID))(t); got.ID != refund.ID || got.Customer.Name != "Ada" {
		t.Errorf("the refund is %+v", got)
	}
	before := p.state(t)
	for _, test := range []struct{ path, body, field string }{
		{"/allocate", `{"amount":"186"}`, "amount"},
		{"/allocate", `{"invoice_id":"` + p.invoices[1] + `","amount":"101"}`, "amount"},
		{"/credit", `{"amount":"186"}`, "amount"},
		{"/refund", `{"amount":"186"}`, "amount"},
	} {
		p.send(t, "POST", "/api/payments/"+pay.ID+test.path, test.body).refused(t, 409, test.field)
	}
	for _, test := range []struct{ path, body, field string }{
		{"/unallocate", `{"amount":"1"}`, "invoice_id"},
		{"/unallocate", `{"invoice_id":"` + p.invoices[1] + `"}`, "invoice_id"},
		{"/allocate", `{"amount":"1","allocations":[]}`, "allocations"},
		{"/credit", `{"amount":"0"}`, "amount"},
		{"/refund", `{"reason":"because"}`, "reason"},
	} {
		p.send(t, "POST", "/api/payments/"+pay.ID+test.path, test.body).refused(t, 400, test.field)
	}
	if p.state(t) != before {
		t.Error("a refused request changed something")
	}
}

// What was reversed is not reversed again, though it is newer than what was not.
func TestWhatIsTakenBackIsWhatStillPays(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	pay := p.receive(t, clientele.PaymentParams{
		Amount: new(cents(70)), Allocations: &[]clientele.AllocationParams{},
	})
	for _, units := range []int64{20, 50} {
		ok(p.Payments.Allocate(ctx, pay.ID,
			clientele.AllocateParams{InvoiceID: p.invoices[1], Amount: new(cents(units))}))(t)
	}
	for _, units := range []int64{50, 20} {
		ok(p.Payments.Unallocate(ctx, pay.ID,
			clientele.UnallocateParams{InvoiceID: p.invoices[1], Amount: new(cents(units))}))(t)
	}
	p.holds(t, "100", "100", "100", "0")
	var reversals []string
	for _, m := range ok(p.Customers.BalanceTransactions(ctx, p.id, clientele.LedgerParams{}))(t).List {
		if m.Reverses != "" {
			reversals = append(reversals, m.Receivable.String())
		}
	}
	if strings.Join(reversals, " ") != "20 50" { // newest first
		t.Errorf("reversed were %v", reversals)
	}
}

func TestAStatementOfATimeStartsWithWhatWasOwed(t *testing.T) {
	t.Parallel()
	p := startPaying(t) // three invoices of 100
	const day = 24 * time.Hour
	from := p.Now().Add(day)
	p.Advance(2 * day)
	p.receive(t, clientele.PaymentParams{Amount: new(cents(130)), InvoiceID: p.invoices[1]})
	to := p.Now().Add(day)
	p.Advance(2 * day)
	ok(p.Invoices.Void(t.Context(), p.invoices[2], clientele.VoidParams{}))(t)
	account := func(from, to time.Time) string {
		t.Helper()
		a := ok(p.Customers.Statement(t.Context(), p.id,
			clientele.StatementParams{From: clientele.AtTime(from), To: clientele.AtTime(to)}))(t).Currencies[usd]
		text := a.OpeningBalance.String()
		for _, l := range a.Lines {
			text += fmt.Sprint(" ", l.Amount, "=", l.Balance)
		}
		return text + " " + a.ClosingBalance.String()
	}
	for _, test := range []struct {
		from, to time.Time
		want     string
	}{
		{time.Time{}, time.Time{}, "0 100=100 100=200 100=300 -130=170 0=170 -100=70 70"},
		{from, to, "300 -130=170 0=170 170"},
		{to, time.Time{}, "170 -100=70 70"},
		{p.Now().Add(day), p.Now().Add(2 * day), "70 70"},
	} {
		if got := account(test.from, test.to); got != test.want {
			t.Errorf("from %v to %v it is %s, want %s", test.from, test.to, got, test.want)
		}
	}
}

func TestAReversedPaymentReopensWhatItPaid(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	ok(p.Invoices.MarkUncollectible(ctx, p.invoices[2]))(t)
	pay := p.receive(t, clientele.PaymentParams{
		Amount: new(cents(250)), Receipt: clientele.Receipt{Method: "cheque"},
	})
	p.holds(t, "0", "0", "50", "0")
	if ok(p.Customers.Retrieve(ctx, p.id))(t).Delinquent {
		t.Error("who has paid is delinquent")
	}
	p.Advance(time.Hour)
	got := ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{Reason: "bounced"}))(t)
	if parts(got) != "0=[] 0 0 0" || got.Status != clientele.PaymentCanceled || got.AmountReceived.Sign() != 0 ||
		got.CancellationReason != "bounced" {
		t.Errorf("it is %+v", got)
	}
	p.holds(t, "100", "100", "100", "0")
	for i, want := range []clientele.InvoiceStatus{"", "open", "uncollectible", "open"} {
		if i > 0 && ok(p.Invoices.Retrieve(ctx, p.invoices[i]))(t).Status != want {
			t.Errorf("invoice %d is not %s", i, want)
		}
	}
	if !ok(p.Customers.Retrieve(ctx, p.id))(t).Delinquent {
		t.Error("who has not paid after all is not delinquent")
	}
	for _, path := range []string{"/reverse", "/allocate", "/unallocate", "/credit", "/refund"} {
		p.send(t, "POST", "/api/payments/"+pay.ID+path, `{}`).refused(t, 409, "status")
	}
	// Of every movement that was reversed there is one that says so.
	reversed := map[string]int{}
	for _, m := range ok(p.Customers.BalanceTransactions(ctx, p.id, clientele.LedgerParams{}))(t).List {
		if m.Reverses != "" {
			reversed[m.Reverses]++
		}
	}
	if len(reversed) != 4 { // three allocations and the money
		t.Errorf("reversed are %v", reversed)
	}
}

func TestAReversedPaymentTakesItsCreditBack(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	none := []clientele.AllocationParams{}
	pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(90)), Allocations: &none})
	ok(p.Payments.Credit(ctx, pay.ID, clientele.RestParams{Amount: new(cents(60))}))(t)
	ok(p.Payments.Refund(ctx, pay.ID,
		clientele.RefundParams{RestParams: clientele.RestParams{Amount: new(cents(10))}}))(t)
	apply := func(units int64, reason clientele.BalanceReason) {
		t.Helper()
		ok(p.Customers.MoveCredit(ctx, p.id, clientele.CreditParams{
			CurrencyID: usd, Amount: new(cents(units)), Reason: reason,
			InvoiceID: p.invoices[1],
		}))(t)
	}
	apply(-55, clientele.ReasonCreditApplied)
	apply(20, clientele.ReasonCreditUnapplied)
	p.holds(t, "65", "100", "100", "25")
	ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{}))(t)
	p.holds(t, "100", "100", "100", "0") // what paid the first is credit that never was
	p.owesDebit(t, "10", "10")           // which was refunded
}

// owesDebit wants the customer's debit of today to be over an amount, and so much of it to be left.
func (p *paying) owesDebit(t *testing.T, total, left string) *clientele.Invoice {
	t.Helper()
	var debit *clientele.InvoiceExpanded
	list := ok(p.Invoices.List(t.Context(),
		clientele.InvoiceListParams{Window: clientele.Window{PageSize: 100}, CustomerID: p.id}))(t)
	for i := range list.List {
		if list.List[i].BillingReason == clientele.BillingReasonDebit {
			debit = &list.List[i]
		}
	}
	if debit == nil {
		t.Fatal("there is no debit")
	}
	if debit.Total.String() != total || debit.AmountRemaining.String() != left {
		t.Errorf("the debit is over %s with %s left; want %s and %s", debit.Total, debit.AmountRemaining, total, left)
	}
	if today := clientele.DayIn(p.Now(), time.UTC); debit.DueDay != today {
		t.Errorf("the debit is due on %s, not on %s", debit.DueDay, today)
	}
	p.rightBooks(t)
	return &debit.Invoice
}

// A payment that was refunded and then bounces is owed: a bounce is a fact, whatever became of the money.
func TestAReversedPaymentThatWasRefundedIsOwed(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	none := []clientele.AllocationParams{}
	pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(90)), Allocations: &none})
	ok(p.Payments.Refund(ctx, pay.ID,
		clientele.RefundParams{RestParams: clientele.RestParams{Amount: new(cents(90))}}))(t)
	before := p.owed(t)
	ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{Reason: "bounced"}))(t)
	debit := p.owesDebit(t, "90", "90")
	if after := p.owed(t); after != before+90 {
		t.Errorf("the customer owes %d after %d", after, before)
	}
	statement := ok(p.Customers.Statement(ctx, p.id, clientele.StatementParams{}))(t).Currencies[usd]
	if got := statement.ClosingBalance.String(); got != "390" {
		t.Errorf("the statement closes with %s", got)
	}
	sum := ok(p.Receivables.Summary(ctx, clientele.SummaryParams{}))(t).Currencies[usd]
	if sum.Invoiced.String() != "300" || sum.Outstanding.String() != "390" || sum.Collected.Sign() != 0 {
		t.Errorf("the summary is %+v", sum)
	}
	// The next payment settles it, as does the next credit.
	p.receive(t, clientele.PaymentParams{Amount: new(cents(40)), InvoiceID: debit.ID})
	p.owesDebit(t, "90", "50")
	ok(p.Customers.MoveCredit(ctx, p.id, clientele.CreditParams{CurrencyID: usd, Amount: new(cents(30))}))(t)
	p.owesDebit(t, "90", "20")
	p.receive(t, clientele.PaymentParams{Amount: new(cents(320))})
	p.owesDebit(t, "90", "0")
	p.holds(t, "0", "0", "0", "0")
}

// Money that other payments have left is taken before anything is owed.
func TestADebitIsPaidWithMoneyThatIsLeft(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	none := []clientele.AllocationParams{}
	pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(90)), Allocations: &none})
	other := p.receive(t, clientele.PaymentParams{Amount: new(cents(60)), Allocations: &none})
	ok(p.Payments.Refund(ctx, pay.ID,
		clientele.RefundParams{RestParams: clientele.RestParams{Amount: new(cents(90))}}))(t)
	ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{}))(t)
	p.owesDebit(t, "90", "30")
	if left := ok(p.Payments.Retrieve(ctx, other.ID))(t).AmountUnallocated; left.Sign() != 0 {
		t.Errorf("the other payment has %s left", left)
	}
}

// An invoice that was credited and refunded stays so when its payment bounces: the refund is owed, and the invoice is
// closed.
func TestACreditedInvoiceStaysCredited(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		credited, left, debit int64
		refund                bool
	}{{100, 0, 100, true}, {40, 60, 40, true}, {40, 60, 0, false}} {
		t.Run(fmt.Sprintf("%+v", test), func(t *testing.T) {
			t.Parallel()
			p := startPaying(t)
			ctx := t.Context()
			pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(100)), InvoiceID: p.invoices[1]})
			ok(p.Invoices.Credit(ctx, p.invoices[1],
				clientele.CreditNoteParams{Amount: new(cents(test.credited)), Refund: test.refund}))(t)
			ok(p.Payments.Reverse(ctx, pay.ID, clientele.ReverseParams{}))(t)
			i := ok(p.Invoices.Retrieve(ctx, p.invoices[1]))(t)
			if i.AmountRemaining.String() != fmt.Sprint(test.left) || i.PostPaymentCreditNotesAmount.Sign() != 0 ||
				i.PrePaymentCreditNotesAmount.String() != fmt.Sprint(test.credited) {
				t.Errorf("%s are left, %s and %s credited", i.AmountRemaining, i.PrePaymentCreditNotesAmount,
					i.PostPaymentCreditNotesAmount)
			}
			if test.debit > 0 {
				p.owesDebit(t, fmt.Sprint(test.debit), fmt.Sprint(test.debit))
			}
			p.holds(t, fmt.Sprint(test.left), "100", "100", "0")
			if test.left > 0 { // and it can be closed
				ok(p.Invoices.Void(ctx, i.ID, clientele.VoidParams{}))(t)
			}
			p.rightBooks(t)
		})
	}
}

// owed is what aging says that the customer owes.
func (p *paying) owed(t *testing.T) int64 {
	t.Helper()
	total := ok(p.Receivables.Aging(t.Context(), clientele.AgingParams{CustomerID: p.id}))(t).Currencies[usd].Total
	n, err := strconv.ParseInt(total.In(usd).String(), 10, 64)
	if err != nil {
		t.Error(err)
	}
	return n
}

func TestVoidingGivesBackWhatPaid(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	ctx := t.Context()
	ok(p.Customers.MoveCredit(ctx, p.id, clientele.CreditParams{CurrencyID: usd, Amount: new(cents(40))}))(t)
	for _, units := range []int64{-15, -10} {
		ok(p.Customers.MoveCredit(ctx, p.id, clientele.CreditParams{
			CurrencyID: usd, Amount: new(cents(units)),
			Reason: clientele.ReasonCreditApplied, InvoiceID: p.invoices[1],
		}))(t)
	}
	pay := p.receive(t, clientele.PaymentParams{Amount: new(cents(30)), InvoiceID: p.invoices[1]})
	p.holds(t, "45", "100", "100", "15")
	void := ok(p.Invoices.Void(ctx, p.invoices[1], clientele.VoidParams{}))(t)
	if void.AmountWrittenOff.String() != "100" || void.AmountPaid.Sign() != 0 || void.AmountCredited.Sign() != 0 {
		t.Errorf("voided as %+v", void)
	}
	if got := ok(p.Payments.Retrieve(ctx, pay.ID))(t); parts(&got.Payment) != "0=[] 0 0 30" {
		t.Errorf("the payment is %s", parts(&got.Payment))
	}
	if got := ok(p.Customers.Retrieve(ctx, p.id))(t).TokenBalance[usd]; got.String() != "40" {
		t.Errorf("the credit is %s", got)
	}
	p.send(t, "POST", "/api/invoices/"+p.invoices[1]+"/void", "").refused(t, 409, "status")
	p.rightBooks(t)
}

func TestALikePaymentIsTold(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	like := func(units int64, reference string) *clientele.Payment {
		return p.receive(t, clientele.PaymentParams{
			Amount: new(cents(units)), Receipt: clientele.Receipt{Reference: reference},
		})
	}
	first := like(10, "RF18 5390")
	if got := like(10, "RF18 5390").PossibleDuplicate; got != first.ID {
		t.Errorf("a like one is told as %q", got)
	}
	for _, other := range []*clientele.Payment{
		first, like(11, "RF18 5390"), like(10, "RF18 5391"), like(10, ""), like(10, ""),
	} {
		if other.PossibleDuplicate != "" {
			t.Errorf("%s is told to be like %s", other.ID, other.PossibleDuplicate)
		}
	}
}

func TestPaymentsAreSearched(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	first := p.receive(t, clientele.PaymentParams{
		Amount:  new(cents(1)),
		Receipt: clientele.Receipt{Reference: "Überweisung 4711"},
	})
	second := p.receive(t, clientele.PaymentParams{
		Amount: new(cents(2)), Description: "by Übermut",
		Receipt: clientele.Receipt{
			Method: "cheque"},
	})
	for query, want := range map[string]string{
		"uberweisung": first.ID, "4711 ÜBER": first.ID, "cheque": second.ID, "über": second.ID + first.ID,
		"er": second.ID + first.ID, first.ID: first.ID, "47111": "",
	} {
		got, ids := ok(p.Payments.Search(t.Context(), clientele.PaymentSearchParams{Query: query}))(t), ""
		for _, pay := range got.List {
			ids += pay.ID
		}
		if ids != want || got.Count != int64(len(got.List)) {
			t.Errorf("%q finds %s, want %s", query, ids, want)
		}
	}
	p.send(t, "GET", "/api/payments/search", "").refused(t, 400, "query")
	intents := decoded[clientele.Page[clientele.PaymentExpanded]](t,
		p.send(t, "GET", "/api/payment-intents?pageSize=1", ""))
	if intents.Count != 2 || intents.List[0].PaymentCurrency.ID != usd || intents.List[0].Customer.ID != p.id {
		t.Errorf("payment intents are %+v", intents)
	}
}

// Of what a payment has left, so much is taken as was said, the oldest due first.
func TestAPartOfWhatIsLeftIsAllocated(t *testing.T) {
	t.Parallel()
	p := startPaying(t)
	pay := p.receive(t, clientele.PaymentParams{
		Amount: new(cents(250)), Allocations: &[]clientele.AllocationParams{},
	})
	path := "/api/payments/" + pay.ID + "/allocate"
	p.send(t, "POST", path, `{"amount":"251"}`).refused(t, 409, "amount")
	got := decoded[clientele.Payment](t, p.send(t, "POST", path, `{"amount":"150"}`).must(t, 200))
	if parts(&got) != "150=[100 50] 0 0 100" {
		t.Errorf("allocating 150 of 250 comes to %s, want 150=[100 50] 0 0 100", parts(&got))
	}
	p.holds(t, "50", "0", "100", "0")
	got = decoded[clientele.Payment](t, p.send(t, "POST", path, `{"amount":"100"}`).must(t, 200))
	if parts(&got) != "250=[100 100 50] 0 0 0" {
		t.Errorf("the second time it comes to %s, want 250=[100 100 50] 0 0 0", parts(&got))
	}
	p.send(t, "POST", path, `{}`).refused(t, 409, "amount")
	p.holds(t, "0", "0", "50", "0")
}

// Many invoices that are due at one moment are paid by one payment, each once, in the order in which they were issued.
func TestOnePaymentPaysManyInvoicesOfOneDay(t *testing.T) {
	t.Parallel()
	for _, many := range []int{19, 20, 21, 25, 41} {
		t.Run(fmt.Sprint(many), func(t *testing.T) {
			t.Parallel()
			s := start(t)
			c := s.post(t, `{"name":"Ada"}`)
			var ids []string
			for range many {
				ids = append(ids, issue(t, s, c.ID, usd, "4", 3).ID)
			}
			pay := ok(s.Test().Payments.Create(t.Context(), clientele.PaymentParams{
				CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(int64(4*many - 1))),
			}))(t)
			if len(pay.Allocations) != many || pay.AmountUnallocated.Sign() != 0 {
				t.Fatalf("it pays %d invoices and has %s left, want %d and 0", len(pay.Allocations), pay.AmountUnallocated,
					many)
			}
			for n, l := range pay.Allocations {
				want := "4"
				if n == many-1 {
					want = "3"
				}
				if l.InvoiceID != ids[n] || l.Amount.String() != want {
					t.Errorf("allocation %d is %s of %s, want %s of %s", n, l.Amount, l.InvoiceID, want, ids[n])
				}
			}
			aging := ok(s.Test().Receivables.Aging(t.Context(), clientele.AgingParams{}))(t)
			if left := aging.Currencies[usd].Total; left.String() != "1" {
				t.Errorf("%s is outstanding, want 1", left)
			}
			s.rightBooks(t)
		})
	}
}

// A statement that begins with a movement's date has it as a line, whatever the moment of the day; one that begins a
// day later has it in what was owed before.
func TestAStatementFromADayExactly(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	issued := s.Now()
	issue(t, s, c.ID, usd, "100", 30)
	s.Advance(24 * time.Hour)
	of := clientele.OnDay(clientele.DayIn(issued, time.UTC))
	before, after, justBefore := clientele.OnDay(of.Day-1), clientele.OnDay(of.Day+1), issued.Add(-time.Millisecond)
	for name, test := range map[string]struct {
		p    clientele.StatementParams
		want string // opening, lines, closing
	}{
		"from its day":            {clientele.StatementParams{From: of}, "0 1 100"},
		"from a moment of it":     {clientele.StatementParams{From: clientele.AtTime(issued.Add(time.Hour))}, "0 1 100"},
		"from a day later":        {clientele.StatementParams{From: after}, "100 0 100"},
		"until its day":           {clientele.StatementParams{From: before, To: of}, "0 1 100"},
		"of its day alone":        {clientele.StatementParams{From: of, To: of}, "0 1 100"},
		"from the first":          {clientele.StatementParams{}, "0 1 100"},
		"until a day before it":   {clientele.StatementParams{To: before}, " 0 "},
		"as known before it":      {clientele.StatementParams{KnownAt: clientele.AtTime(justBefore)}, " 0 "},
		"as known at its moment":  {clientele.StatementParams{KnownAt: clientele.AtTime(issued)}, "0 1 100"},
		"later, as known before":  {clientele.StatementParams{From: after, KnownAt: before}, " 0 "},
		"later, as known on it":   {clientele.StatementParams{From: after, KnownAt: of}, "100 0 100"},
		"as known on a later day": {clientele.StatementParams{KnownAt: after}, "0 1 100"},
	} {
		st := ok(s.Test().Customers.Statement(t.Context(), c.ID, test.p))(t).Currencies[usd]
		got := fmt.Sprint(len(st.Lines), " ", st.ClosingBalance)
		if got = fmt.Sprint(st.OpeningBalance, " ", got); st.Currency.ID == "" {
			got = " 0 "
		}
		if got != test.want {
			t.Errorf("%s: opening, lines, closing are %q, want %q", name, got, test.want)
		}
	}
}

// A deleted customer gets no new credit, invoice or money, and nothing is changed by asking.
func TestADeletedCustomerGetsNothingNew(t *testing.T) {
	t.Parallel()
	s := start(t)
	c := s.post(t, `{"name":"Ada"}`)
	d := draft(t, s.Test(), c.ID, usd, "5")
	ok(s.Test().Customers.Delete(t.Context(), c.ID))(t)
	before := s.state(t)
	for _, test := range []struct{ path, body, field string }{
		{"/api/customers/" + c.ID + "/balance_transactions", `{"currency_id":"` + usd + `","amount":"5"}`, "id"},
		{"/api/invoices/" + d.ID + "/finalize", ``, "customer_id"},
	} {
		s.send(t, "POST", test.path, test.body).refused(t, 409, test.field)
	}
	if s.state(t) != before {
		t.Error("a refusal changed something")
	}
}
