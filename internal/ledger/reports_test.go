package ledger

import (
	"fmt"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// TestAging puts what is due so many days before the day into its bucket, at each bound.
func TestAging(t *testing.T) {
	t.Parallel()
	const today = clientele.Day(20_000)
	for late, bucket := range map[clientele.Day]string{
		-1: "not due", 0: "not due", 1: "1-30", 30: "1-30", 31: "31-60", 60: "31-60", 61: "61-90", 90: "61-90", 91: "90+",
	} {
		a := NewAging(today, "usd")
		a.Add(today-late, units(7))
		a.AddPart(store.SumPart{Figure: store.FigureReceivable, Amount: clientele.NewAmount("eur", 5)})
		a.AddPart(store.SumPart{Figure: store.FigureUnapplied, Amount: units(2)})
		a.AddPart(store.SumPart{Figure: store.FigureCredit, Amount: units(3)})
		b := a.Buckets()["usd"]
		for name, amount := range map[string]clientele.Amount{
			"not due": b.NotDue, "1-30": b.Days1To30, "31-60": b.Days31To60, "61-90": b.Days61To90, "90+": b.DaysOver90,
		} {
			want := map[bool]int64{true: 7}[name == bucket]
			if !amount.Equal(units(want)) {
				t.Errorf("%d days late: %s has %s, want %d", late, name, amount, want)
			}
		}
		if !b.Total.Equal(units(7)) || !b.Unapplied.Equal(units(2)) || len(a.Buckets()) != 1 {
			t.Errorf("%d days late: %+v", late, a.Buckets())
		}
	}
	nothing := NewAging(today, "")
	nothing.Add(1, units(7))
	nothing.Add(1, units(-7))
	if got := nothing.Buckets(); len(got) != 0 {
		t.Errorf("what is paid is outstanding: %+v", got)
	}
}

// TestSummary adds parts of sums: what is past due is what is owed after its day, but for what is uncollectible.
func TestSummary(t *testing.T) {
	t.Parallel()
	const today = clientele.Day(100)
	s := NewSummary(today)
	part := func(f store.Figure, due int64, n int64) {
		s.Add(store.SumPart{Figure: f, DueDay: due, Amount: units(n)})
	}
	part(store.FigureReceivable, 100, 1) // due today
	part(store.FigureReceivable, 99, 10) // late
	part(store.FigureReceivable, 98, 100)
	part(store.FigureUncollectible, 98, 100)
	part(store.FigurePaid, 0, 4)
	part(store.FigureReopened, 0, 1)
	part(store.FigureDaysToPay, 0, 9)
	s.Add(store.SumPart{Figure: store.FigureCredit, Amount: clientele.Zero("eur")})
	sum := s.Sums()["usd"]
	got := fmt.Sprint(sum.Outstanding, sum.PastDue, sum.Overdue, sum.PaidInvoices, *sum.AverageDaysToPay, len(s.Sums()))
	if want := "111 10 100 3 2.3 1"; got != want { // 9 days of 4 payments are 2.25, to the nearest tenth
		t.Errorf("it comes to %s, want %s", got, want)
	}
	if of := s.Of(store.FigureReceivable); !of["usd"].Equal(units(111)) || !of["eur"].Equal(clientele.Zero("eur")) {
		t.Errorf("what is owed is %v", of)
	}
}

// TestDebtors lists who is late by currency, who owes most first; nobody on the day itself.
func TestDebtors(t *testing.T) {
	t.Parallel()
	const today = clientele.Day(100)
	d := NewDebtors(today)
	owes := func(id string, status clientele.InvoiceStatus, due clientele.Day, left clientele.Amount) {
		d.Add(store.UnpaidAmount{
			CustomerID: id, Status: status, DueDay: due, DueDate: int64(due) * 86400, Left: left,
		})
	}
	owes("cus_today", clientele.InvoiceOpen, 100, units(9))
	owes("cus_b", clientele.InvoiceOpen, 99, units(5))
	owes("cus_a", clientele.InvoiceOpen, 99, units(5))
	owes("cus_c", clientele.InvoiceOpen, 90, units(2))
	owes("cus_c", clientele.InvoiceUncollectible, 95, units(4))
	owes("cus_d", clientele.InvoiceUncollectible, 101, clientele.NewAmount("eur", 1))
	got := ""
	for _, one := range d.List() {
		got += fmt.Sprintln(one.CustomerID, one.CurrencyID, one.Invoices, one.Overdue, one.PastDue, int64(one.OldestDueDay))
	}
	if want := "cus_d eur 1 1 0 101\ncus_c usd 2 4 2 90\ncus_a usd 1 0 5 99\ncus_b usd 1 0 5 99\n"; got != want {
		t.Errorf("late are\n%swant\n%s", got, want)
	}
}

// TestAddLine writes a movement on a statement: what it changes, and what is owed then less credit and unapplied money.
func TestAddLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		m        store.Movement
		recorded clientele.Day
		want     string
	}{
		"an invoice":     {movement(clientele.ReasonInvoiceFinalized, 70, 0, 0), 9, "INV-1 Invoice: for May 70 123 false"},
		"a payment":      {movement(clientele.ReasonPayment, 0, 0, 30), 9, "INV-1 Payment cheque 7: for May -30 23 false"},
		"credit":         {movement(clientele.ReasonAdjustment, 0, 5, 0), 9, "INV-1 Credit adjusted: for May -5 48 false"},
		"entered later":  {movement(clientele.ReasonAdjustment, 0, 5, 0), 10, "INV-1 Credit adjusted: for May -5 48 true"},
		"dated far away": {movement(clientele.ReasonAdjustment, 0, 5, 0), 8, "INV-1 Credit adjusted: for May -5 48 false"},
	} {
		a := clientele.StatementAccount{ClosingBalance: units(53)}
		m := test.m
		m.Description, m.Date, m.RecordedDay = "for May", 9, test.recorded
		AddLine(&a, m, "INV-1", "cheque 7")
		l := a.Lines[0]
		got := fmt.Sprint(l.InvoiceNumber, " ", l.Description, " ", l.Amount, " ", l.Balance, " ", l.EnteredLater)
		if got != test.want || !a.ClosingBalance.Equal(l.Balance) || l.Date != 9 {
			t.Errorf("%s: %q, closing at %s on %s; want %q", name, got, a.ClosingBalance, l.Date, test.want)
		}
	}
}
