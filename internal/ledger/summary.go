package ledger

import (
	"math/big"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// What a summary tells of now, and of a time.
var (
	FiguresNow = []store.Figure{
		store.FigureReceivable, store.FigureUncollectible, store.FigureUnapplied, store.FigureCredit, store.FigureUnpaid,
		store.FigureDebtors,
	}
	FiguresOfTime = []store.Figure{
		store.FigureInvoiced, store.FigureCollected, store.FigureRefunded, store.FigureCreditNotes,
		store.FigureWrittenOff, store.FigureBadDebt, store.FigurePaid, store.FigureReopened, store.FigureDaysToPay,
	}
)

// figurePastDue is what is left to pay on open invoices after their due day, which changes by itself.
const figurePastDue store.Figure = "past_due"

// Summary adds up figures of all customers, per currency.
type Summary struct {
	today      clientele.Day
	currencies map[string]map[store.Figure]clientele.Amount
}

// NewSummary begins a summary on a day.
func NewSummary(today clientele.Day) Summary {
	return Summary{today, map[string]map[store.Figure]clientele.Amount{}}
}

// Add adds a part of a sum.
func (s Summary) Add(p store.SumPart) {
	s.add(p.Figure, p.Amount)
	if clientele.DaysLate(clientele.Day(p.DueDay), s.today) > 0 {
		switch p.Figure {
		case store.FigureReceivable:
			s.add(figurePastDue, p.Amount)
		case store.FigureUncollectible:
			s.add(figurePastDue, p.Amount.Neg())
		}
	}
}

func (s Summary) add(f store.Figure, a clientele.Amount) {
	figures := s.currencies[a.Currency()]
	if figures == nil {
		figures = map[store.Figure]clientele.Amount{}
		s.currencies[a.Currency()] = figures
	}
	figures[f] = Plus(figures[f].In(a.Currency()), a)
}

// Of is a figure in each currency that has any.
func (s Summary) Of(f store.Figure) map[string]clientele.Amount {
	all := map[string]clientele.Amount{}
	for currency, figures := range s.currencies {
		all[currency] = figures[f].In(currency)
	}
	return all
}

// Sums are all figures, of the currencies in which there is something.
func (s Summary) Sums() map[string]clientele.ReceivablesSum {
	all := map[string]clientele.ReceivablesSum{}
	for currency, figures := range s.currencies {
		if sum, some := sumOf(figures, currency); some {
			all[currency] = sum
		}
	}
	return all
}

// sumOf writes the figures of a currency, if there is anything.
func sumOf(figures map[store.Figure]clientele.Amount, currency string) (sum clientele.ReceivablesSum, some bool) {
	of := func(f store.Figure) clientele.Amount {
		some = some || figures[f].Sign() != 0
		return figures[f].In(currency)
	}
	count := func(f store.Figure) int64 { return Number(of(f)).Int64() }
	sum = clientele.ReceivablesSum{
		Outstanding: of(store.FigureReceivable), PastDue: of(figurePastDue), Overdue: of(store.FigureUncollectible),
		Unapplied: of(store.FigureUnapplied), Credit: of(store.FigureCredit), Invoices: count(store.FigureUnpaid),
		Customers: count(store.FigureDebtors), Invoiced: of(store.FigureInvoiced), Collected: of(store.FigureCollected),
		Refunded: of(store.FigureRefunded), CreditNotes: of(store.FigureCreditNotes),
		WrittenOff: of(store.FigureWrittenOff), BadDebt: of(store.FigureBadDebt),
		PaidInvoices: count(store.FigurePaid) - count(store.FigureReopened),
	}
	if n := count(store.FigurePaid); n > 0 {
		tenths := (count(store.FigureDaysToPay)*20 + n) / (2 * n) // of days, which are no money; to the nearest
		sum.AverageDaysToPay = new(float64(tenths) / 10)
	}
	return sum, some
}

// Number is how many of the smallest unit an amount is.
func Number(a clientele.Amount) *big.Int {
	n, _ := new(big.Int).SetString(a.String(), 10) // it is one
	return n
}
