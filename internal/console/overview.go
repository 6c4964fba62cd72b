package console

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/locale"
	"clientele.dev/internal/store"
)

// months is how many months of the past the overview shows.
const months = 12

// overviewPage is what the overview shows.
type overviewPage struct {
	Currencies []currencyOverview
	Delinquent []clientele.Customer // who became so this week
	Unapplied  todo[clientele.Payment]
	Drafts     todo[clientele.Invoice]
	Empty      bool // whether there are no customers yet
}

// currencyOverview is where the business stands in one currency.
type currencyOverview struct {
	Currency clientele.PaymentCurrency
	Sum      clientele.ReceivablesSum
	Aging    agingBars
	Months   monthBars
}

// todo is what needs somebody: the first few, and how many there are.
type todo[T any] struct {
	Rows  []T
	Count int64
}

// overview is where the business stands. What it shows is read at once.
func (s *console) overview(v *visit) (page, error) {
	const few = 5
	var (
		data    overviewPage
		summary clientele.ReceivablesSummary
		aging   clientele.Aging
		past    []billing.MonthSums
	)
	all, ctx := errgroup.WithContext(v.Context())
	all.Go(func() (err error) {
		summary, err = s.service.Receivables.Summary(ctx, v.Mode, billing.SummaryFilter{})
		return err
	})
	all.Go(func() (err error) {
		aging, err = s.service.Receivables.Aging(ctx, billing.AgingFilter{Livemode: v.Mode})
		return err
	})
	all.Go(func() (err error) {
		past, err = s.service.Receivables.Months(ctx, v.Mode, months)
		return err
	})
	all.Go(func() (err error) {
		week := s.now().Add(-7 * 24 * time.Hour)
		data.Delinquent, err = s.service.Receivables.NewlyDelinquent(ctx, v.Mode, week, 2*few)
		return err
	})
	all.Go(func() (err error) {
		docs, count, err := s.service.Payments.List(ctx, "", store.Query{
			Mode: v.Mode, Where: []store.Condition{store.NotZero("unallocated")}, Window: store.Window{Limit: few},
		}, false)
		if err == nil {
			data.Unapplied.Count = count
			data.Unapplied.Rows, err = decodeAll[clientele.Payment](docs)
		}
		return err
	})
	all.Go(func() (err error) {
		docs, count, err := s.service.Invoices.List(ctx, "", store.Query{
			Mode: v.Mode, Where: []store.Condition{store.OneOf("status", clientele.InvoiceDraft)},
			Window: store.Window{Limit: few},
		}, false)
		if err == nil {
			data.Drafts.Count = count
			data.Drafts.Rows, err = decodeAll[clientele.Invoice](docs)
		}
		return err
	})
	if err := all.Wait(); err != nil {
		return page{}, err
	}
	for id, sum := range summary.Currencies {
		data.Currencies = append(data.Currencies, currencyOverview{
			Currency: v.currency(id), Sum: sum, Aging: barsOfAging(aging.Currencies[id], id),
			Months: barsOfMonths(past, id, locale.DatesOf(v.settings)),
		})
	}
	slices.SortFunc(data.Currencies, func(a, b currencyOverview) int {
		return cmp.Or(cmp.Compare(b.Sum.Invoices, a.Sum.Invoices), cmp.Compare(a.Currency.Symbol, b.Currency.Symbol))
	})
	if len(data.Currencies) == 0 {
		_, count, err := s.service.Customers.List(v.Context(), store.Query{
			Mode: v.Mode, Window: store.Window{Limit: 1},
		}, false)
		if err != nil {
			return page{}, err
		}
		data.Empty = count == 0
	}
	return page{template: "overview", title: "Overview", data: data}, nil
}
