package billing

import (
	"context"
	"math/big"
	"time"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// What is told of now, and of a time.
var (
	figuresNow = []store.Figure{
		store.FigureReceivable, store.FigureUncollectible, store.FigureUnapplied, store.FigureCredit, store.FigureUnpaid,
		store.FigureDebtors,
	}
	figuresOfTime = []store.Figure{
		store.FigureInvoiced, store.FigureCollected, store.FigureRefunded, store.FigureCreditNotes,
		store.FigureWrittenOff, store.FigureBadDebt, store.FigurePaid, store.FigureReopened, store.FigureDaysToPay,
	}
)

// Summary answers where the business stands with all its customers now, and what happened from one day to another, both
// included; zero moments are no bound.
func (s Receivables) Summary(
	ctx context.Context, mode clientele.Mode, from, to time.Time,
) (clientele.ReceivablesSummary, error) {
	answer := clientele.ReceivablesSummary{
		From: dateOf(from), To: dateOf(to), Currencies: map[string]clientele.ReceivablesSum{},
	}
	first, last := int64(0), int64(foreverDays)
	if !from.IsZero() {
		first = store.DayOf(from.Unix())
	}
	if !to.IsZero() {
		last = store.DayOf(to.Unix())
	}
	totals := map[string]map[store.Figure]clientele.Amount{}
	err := s.scanStore(ctx, func(tx store.Tx) error {
		today, err := s.today(tx, mode)
		if err != nil {
			return err
		}
		sum := summing{today: today, currencies: totals}
		if err := tx.Sums(mode, figuresNow, 0, foreverDays, sum.add); err != nil {
			return err
		}
		return tx.Sums(mode, figuresOfTime, first, last, sum.add)
	})
	for currency, figures := range totals {
		if sum, some := summarized(figures, currency); some {
			answer.Currencies[currency] = sum
		}
	}
	return answer, err
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// figurePastDue is what is left to pay on open invoices after their due day, which changes by itself.
const figurePastDue store.Figure = "past_due"

// summing adds up figures per currency.
type summing struct {
	today      clientele.Day
	currencies map[string]map[store.Figure]clientele.Amount
}

func (s summing) add(p store.SumPart) {
	s.addTo(p.Figure, p.Amount)
	if clientele.DaysLate(clientele.Day(p.DueDay), s.today) > 0 {
		switch p.Figure {
		case store.FigureReceivable:
			s.addTo(figurePastDue, p.Amount)
		case store.FigureUncollectible:
			s.addTo(figurePastDue, p.Amount.Neg())
		}
	}
}

func (s summing) addTo(f store.Figure, a clientele.Amount) {
	figures := s.currencies[a.Currency()]
	if figures == nil {
		figures = map[store.Figure]clientele.Amount{}
		s.currencies[a.Currency()] = figures
	}
	figures[f] = ledger.Plus(figures[f].In(a.Currency()), a)
}

// summarized writes the figures of a currency, if there is anything.
func summarized(figures map[store.Figure]clientele.Amount, currency string) (sum clientele.ReceivablesSum, some bool) {
	of := func(f store.Figure) clientele.Amount {
		some = some || figures[f].Sign() != 0
		return figures[f].In(currency)
	}
	count := func(f store.Figure) int64 { return whole(of(f)).Int64() }
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

// whole is an amount's number.
func whole(a clientele.Amount) *big.Int {
	n, _ := new(big.Int).SetString(a.String(), 10) // it is one
	return n
}

// MonthSums are what happened in a calendar month (UTC), per currency id.
type MonthSums struct {
	Month               string // 2026-01
	Invoiced, Collected map[string]clientele.Amount
}

// Months answers what was invoiced and collected in each of the last calendar months, this one included, oldest first.
func (s Receivables) Months(ctx context.Context, mode clientele.Mode, months int) (all []MonthSums, err error) {
	now := s.now().UTC()
	err = s.scanStore(ctx, func(tx store.Tx) error {
		for back := months - 1; back >= 0; back-- {
			first := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, time.UTC)
			last := first.AddDate(0, 1, 0).Unix() - 1
			totals := map[string]map[store.Figure]clientele.Amount{}
			sum := summing{currencies: totals}
			figures := []store.Figure{store.FigureInvoiced, store.FigureCollected}
			err := tx.Sums(mode, figures, store.DayOf(first.Unix()), store.DayOf(last), sum.add)
			if err != nil {
				return err
			}
			month := MonthSums{first.Format("2006-01"), map[string]clientele.Amount{}, map[string]clientele.Amount{}}
			for currency, figures := range totals {
				month.Invoiced[currency] = figures[store.FigureInvoiced].In(currency)
				month.Collected[currency] = figures[store.FigureCollected].In(currency)
			}
			all = append(all, month)
		}
		return nil
	})
	return all, err
}
