package billing

import (
	"context"
	"time"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Summary answers where the business stands with all its customers now, and what happened from one day to another, both
// included; zero moments are no bound.
func (s Receivables) Summary(
	ctx context.Context, mode clientele.Mode, from, to time.Time,
) (clientele.ReceivablesSummary, error) {
	answer := clientele.ReceivablesSummary{From: dateOf(from), To: dateOf(to)}
	first, last := int64(0), int64(foreverDays)
	if !from.IsZero() {
		first = store.DayOf(from.Unix())
	}
	if !to.IsZero() {
		last = store.DayOf(to.Unix())
	}
	err := s.scanStore(ctx, func(tx store.Tx) error {
		today, err := s.today(tx, mode)
		if err != nil {
			return err
		}
		summary := ledger.NewSummary(today)
		if err := tx.Sums(mode, ledger.FiguresNow, 0, foreverDays, summary.Add); err != nil {
			return err
		}
		err = tx.Sums(mode, ledger.FiguresOfTime, first, last, summary.Add)
		answer.Currencies = summary.Sums()
		return err
	})
	return answer, err
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
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
			summary := ledger.NewSummary(0)
			figures := []store.Figure{store.FigureInvoiced, store.FigureCollected}
			err := tx.Sums(mode, figures, store.DayOf(first.Unix()), store.DayOf(last), summary.Add)
			if err != nil {
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
