package billing

import (
	"context"
	"time"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// SummaryFilter says of when a summary tells.
type SummaryFilter struct {
	AsOf     AsOf
	From, To clientele.Moment // the first and the last day of what happened; no bound when zero, but for the day of AsOf
}

// Summary answers where the business stood with all its customers on a day, and what happened from one day to another,
// both included.
func (s Receivables) Summary(
	ctx context.Context, mode clientele.Mode, f SummaryFilter,
) (answer clientele.ReceivablesSummary, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		of, err := s.asOf(tx, mode, f.AsOf)
		if err != nil {
			return err
		}
		where, err := zone(tx, mode)
		if err != nil {
			return err
		}
		answer = clientele.ReceivablesSummary{AsOf: clientele.At(of.at), KnownAt: of.known()}
		dates := store.Days{First: 0, Last: int64(of.day)}
		if !f.From.IsZero() {
			day := clientele.DayIn(f.From.Begin(where), where)
			answer.From, dates.First = day.String(), int64(day)
		}
		if !f.To.IsZero() {
			day := clientele.DayIn(f.To.End(where), where)
			answer.To, dates.Last = day.String(), int64(day)
		}
		summary := ledger.NewSummary(of.day)
		err = of.eachSum(tx, ledger.FiguresNow, store.Days{First: 0, Last: int64(of.day)}, summary.Add)
		if err != nil {
			return err
		}
		if !dates.Empty() {
			err = of.eachSum(tx, ledger.FiguresOfTime, dates, summary.Add)
		}
		answer.Currencies = summary.Sums()
		return err
	})
	return answer, err
}

// MonthSums are what happened in a calendar month where the business is, per currency id.
type MonthSums struct {
	Month               string // 2026-01
	Invoiced, Collected map[string]clientele.Amount
}

// Months answers what was invoiced and collected in each of the last calendar months, this one included, oldest first.
func (s Receivables) Months(ctx context.Context, mode clientele.Mode, months int) (all []MonthSums, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		all = nil
		today, err := s.today(tx, mode)
		if err != nil {
			return err
		}
		now := today.Begin(time.UTC)
		for back := months - 1; back >= 0; back-- {
			first := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, time.UTC)
			days := store.Days{
				First: int64(clientele.DayIn(first, time.UTC)), Last: int64(clientele.DayIn(first.AddDate(0, 1, -1), time.UTC)),
			}
			summary := ledger.NewSummary(0)
			figures := []store.Figure{store.FigureInvoiced, store.FigureCollected}
			if err := tx.Sums(mode, figures, days, summary.Add); err != nil {
				return err
			}
			all = append(all, MonthSums{
				first.Format("2006-01"), summary.Of(store.FigureInvoiced), summary.Of(store.FigureCollected),
			})
		}
		return nil
	})
	return all, err
}
