package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// TestEntry posts a movement of every reason: what it books where, which comes to nothing.
func TestEntry(t *testing.T) {
	t.Parallel()
	names := map[ledger.Account]string{
		ledger.Receivable: "receivable", ledger.Credit: "credit", ledger.Prepayments: "prepayments",
		ledger.Revenue: "revenue", ledger.Tax: "tax", ledger.Cash: "cash", ledger.BadDebt: "bad debt",
		ledger.BadDebtRecovered: "recovered", ledger.CreditGranted: "granted",
	}
	for reason, c := range map[clientele.BalanceReason]struct {
		receivable, credit, unapplied, tax int64
		want                               string
	}{
		clientele.ReasonInvoiceFinalized: {119, 0, 0, 19, "receivable 119, revenue -100, tax -19, "},
		clientele.ReasonInvoiceVoided:    {-119, 0, 0, 19, "receivable -119, revenue 100, tax 19, "},
		clientele.ReasonCreditNote:       {-50, 69, 0, 19, "receivable -50, credit -69, revenue 100, tax 19, "},
		clientele.ReasonCreditNoteMoved:  {-50, -50, 0, 0, "receivable -50, credit 50, "},
		clientele.ReasonPayment:          {0, 0, 70, 0, "prepayments -70, cash 70, "},
		clientele.ReasonPaymentReversed:  {0, 0, -70, 0, "prepayments 70, cash -70, "},
		clientele.ReasonAllocated:        {-70, 0, -70, 0, "receivable -70, prepayments 70, "},
		clientele.ReasonUnallocated:      {70, 0, 70, 0, "receivable 70, prepayments -70, "},
		clientele.ReasonCredited:         {0, 30, -30, 0, "credit -30, prepayments 30, "},
		clientele.ReasonUncredited:       {0, -30, 30, 0, "credit 30, prepayments -30, "},
		clientele.ReasonRefundCovered:    {0, -30, 30, 0, "credit 30, prepayments -30, "},
		clientele.ReasonRefund:           {0, -30, 0, 0, "credit 30, cash -30, "},
		clientele.ReasonCreditApplied:    {-30, -30, 0, 0, "receivable -30, credit 30, "},
		clientele.ReasonCreditUnapplied:  {30, 30, 0, 0, "receivable 30, credit -30, "},
		clientele.ReasonAdjustment:       {0, 30, 0, 0, "credit -30, granted 30, "},
		clientele.ReasonWrittenOff:       {-30, 0, 0, 0, "receivable -30, bad debt 30, "},
		clientele.ReasonRecovered:        {30, 0, 0, 0, "receivable 30, recovered -30, "},
		clientele.ReasonDebit:            {30, 30, 0, 0, "receivable 30, credit -30, "},
		clientele.ReasonUncollectible:    {0, 0, 0, 0, ""},
		clientele.ReasonReopened:         {0, 0, 0, 0, ""},
	} {
		m := store.Movement{BalanceTransaction: clientele.BalanceTransaction{
			Reason: reason, CurrencyID: "usd", Receivable: clientele.NewAmount("usd", c.receivable),
			Amount: clientele.NewAmount("usd", c.credit), Unapplied: clientele.NewAmount("usd", c.unapplied),
		}}
		entry, err := ledger.Entry(m, clientele.NewAmount("usd", c.tax))
		if err != nil {
			t.Errorf("%s: %v", reason, err)
		}
		got, sum := "", clientele.Zero("usd")
		for _, p := range entry {
			got += fmt.Sprintf("%s %s, ", names[p.Account], p.Amount)
			sum = ledger.Plus(sum, p.Amount)
		}
		if got != c.want || sum.Sign() != 0 {
			t.Errorf("%s is booked %s(%s), want %s", reason, got, sum, c.want)
		}
	}
	m := store.Movement{BalanceTransaction: clientele.BalanceTransaction{
		Reason: clientele.ReasonAllocated, CurrencyID: "usd", Receivable: clientele.NewAmount("usd", -1),
		Amount: clientele.Zero("usd"), Unapplied: clientele.Zero("usd"),
	}}
	if entry, err := ledger.Entry(m, clientele.Zero("usd")); err == nil {
		t.Errorf("what comes from nowhere is booked %v", entry)
	}
}

// TestTaxTakenBack takes invoices back by parts, rounded.
func TestTaxTakenBack(t *testing.T) {
	t.Parallel()
	amount := func(n int64) clientele.Amount { return clientele.NewAmount("usd", n) }
	line := func(id string, net, tax int64) clientele.InvoiceLine {
		return clientele.InvoiceLine{ID: id, Amount: amount(net), TaxAmount: amount(tax)}
	}
	of := func(id string, total int64, parts ...clientele.CreditNoteLine) clientele.CreditNote {
		return clientele.CreditNote{ID: id, Amount: amount(total), Lines: parts}
	}
	part := func(id string, total int64) clientele.CreditNoteLine {
		return clientele.CreditNoteLine{InvoiceLineID: id, Amount: amount(total)}
	}
	for name, c := range map[string]struct {
		lines []clientele.InvoiceLine
		notes []clientele.CreditNote
		want  string
	}{
		"nothing":   {[]clientele.InvoiceLine{line("a", 100, 19)}, nil, "left 19"},
		"the whole": {[]clientele.InvoiceLine{line("a", 100, 19)}, []clientele.CreditNote{of("1", 119)}, "1 19 left 0"},
		"in thirds": {
			[]clientele.InvoiceLine{line("a", 100, 20)},
			[]clientele.CreditNote{of("1", 40), of("2", 40), of("3", 40)}, "1 7 2 7 3 6 left 0",
		},
		"half a unit": {[]clientele.InvoiceLine{line("a", 9, 1)}, []clientele.CreditNote{of("1", 5)}, "1 1 left 0"},
		"a line without tax": {
			[]clientele.InvoiceLine{line("a", 100, 19), line("b", 50, 0)},
			[]clientele.CreditNote{of("1", 50, part("b", 50)), of("2", 60, part("a", 60))}, "1 0 2 10 left 9",
		},
		"a line, then the rest": {
			[]clientele.InvoiceLine{line("a", 100, 19), line("b", 50, 0)},
			[]clientele.CreditNote{of("1", 119, part("a", 119)), of("2", 50)}, "1 19 2 0 left 0",
		},
		"an amount, then the line": {
			[]clientele.InvoiceLine{line("a", 100, 20), line("b", 80, 0)},
			[]clientele.CreditNote{of("1", 150), of("2", 40, part("a", 40))}, "1 15 2 5 left 0",
		},
		"a discount with its tax": {
			[]clientele.InvoiceLine{line("a", 100, 20), line("d", -50, -10)}, []clientele.CreditNote{of("1", 30)},
			"1 5 left 5",
		},
		"nothing charged": {[]clientele.InvoiceLine{line("a", 0, 0)}, nil, "left 0"},
		"more tax than all": {
			[]clientele.InvoiceLine{line("a", 100, 20), line("d", -110, 0)}, []clientele.CreditNote{of("1", 10)},
			"1 20 left 0",
		},
	} {
		i := &clientele.Invoice{CurrencyID: "usd", Lines: c.lines, Tax: amount(0), Total: amount(0)}
		for _, l := range c.lines {
			i.Tax = ledger.Plus(i.Tax, l.TaxAmount)
			i.Total = ledger.Plus(i.Total, ledger.Plus(l.Amount, l.TaxAmount))
		}
		taken, left := ledger.TaxTakenBack(i, c.notes)
		got := ""
		for _, note := range c.notes {
			got += note.ID + " " + taken[note.ID].String() + " "
		}
		if got += "left " + left.String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestTaxTakenBackAddsUp takes random invoices back in random parts, by lines and not, of any size: of what is taken
// back whole the tax is that of the invoice, and never is more taken back than there is.
func TestTaxTakenBackAddsUp(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 3000 {
		big := clientele.NewAmount("usd", 1)
		if n%3 == 0 { // larger than any machine's number
			var err error
			if big, err = clientele.ParseAmount("usd", "1000000000000000000000000000000"); err != nil {
				t.Fatal(err)
			}
		}
		times := func(k int64) clientele.Amount { return big.Times(k) }
		i := &clientele.Invoice{CurrencyID: "usd", Tax: times(0), Total: times(0)}
		left := map[string]int64{}
		for k := range 1 + r.IntN(4) {
			id := fmt.Sprint(k)
			net, tax := r.Int64N(1000), r.Int64N(200)
			i.Lines = append(i.Lines, clientele.InvoiceLine{ID: id, Amount: times(net), TaxAmount: times(tax)})
			left[id] = net + tax
			i.Tax, i.Total = ledger.Plus(i.Tax, times(tax)), ledger.Plus(i.Total, times(net+tax))
		}
		var notes []clientele.CreditNote
		var whole int64
		for _, amount := range left {
			whole += amount
		}
		for k := 0; whole > 0; k++ {
			note := clientele.CreditNote{ID: fmt.Sprint(k)}
			var amount int64
			if id := fmt.Sprint(r.IntN(len(i.Lines))); left[id] > 0 && left[id] <= whole && r.IntN(2) == 0 {
				amount = 1 + r.Int64N(left[id])
				left[id] -= amount
				note.Lines = []clientele.CreditNoteLine{{InvoiceLineID: id, Amount: times(amount)}}
			} else {
				amount = 1 + r.Int64N(whole)
			}
			whole -= amount
			note.Amount = times(amount)
			notes = append(notes, note)
		}
		taken, rest := ledger.TaxTakenBack(i, notes)
		sum := rest
		for _, note := range notes {
			if taken[note.ID].Sign() < 0 || ledger.Minus(i.Tax, taken[note.ID]).Sign() < 0 {
				t.Fatalf("of the tax %s, note %s took %s", i.Tax, note.ID, taken[note.ID])
			}
			sum = ledger.Plus(sum, taken[note.ID])
		}
		if !sum.Equal(i.Tax) || rest.Sign() != 0 {
			t.Fatalf("the tax %s was taken back %s, and %s is left", i.Tax, sum, rest)
		}
	}
}
