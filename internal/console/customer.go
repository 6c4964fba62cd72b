package console

import (
	"golang.org/x/sync/errgroup"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// shown is how many of a customer's newest invoices, payments and movements its page has.
const shown = 8

// customerPage is what the page of a customer shows.
type customerPage struct {
	Customer clientele.CustomerExpanded
	Owes     []currencyOwed
	Invoices todo[clientele.Invoice]
	Payments todo[clientele.Payment]
	Credit   todo[clientele.BalanceTransaction]
	Changes  []change
	Links    int // to the customer's portal, that are open
}

// currencyOwed is where a customer stands in one currency.
type currencyOwed struct {
	Currency clientele.PaymentCurrency
	Aging    agingBars
	Credit   clientele.Amount
}

// customer is the page of a customer. What it shows is read at once.
func (s *console) customer(v *visit) (page, error) {
	c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	data := customerPage{Customer: c}
	p := page{template: "customer", title: nameOf(c.Customer)}
	var aging clientele.Aging
	all, ctx := errgroup.WithContext(v.Context())
	all.Go(func() error {
		events, err := s.service.Customers.History(ctx, v.Mode, c.ID)
		if err == nil {
			data.Changes, err = s.changesOf(v, events)
		}
		return err
	})
	all.Go(func() error {
		links, err := s.auth.PortalLinks(ctx, c.ID)
		data.Links = len(links)
		return err
	})
	if !c.Deleted {
		few := store.Window{Limit: shown}
		all.Go(func() (err error) {
			aging, err = s.service.Receivables.Aging(ctx, billing.AgingFilter{Livemode: v.Mode, Customer: c.ID})
			return err
		})
		all.Go(func() (err error) {
			q := store.Query{Mode: v.Mode, Window: few}
			data.Invoices, err = todoOf[clientele.Invoice](s.service.Invoices.List(ctx, c.ID, q, false))
			return err
		})
		all.Go(func() (err error) {
			q := store.Query{Mode: v.Mode, Window: few}
			data.Payments, err = todoOf[clientele.Payment](s.service.Payments.List(ctx, c.ID, q, false))
			return err
		})
		all.Go(func() (err error) {
			q := store.Query{Mode: v.Mode, Where: []store.Condition{store.NotZero("credit")}, Window: few}
			data.Credit, err = todoOf[clientele.BalanceTransaction](s.service.Customers.BalanceTransactions(ctx, c.ID, q))
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return page{}, err
	}
	for _, currency := range v.currencies {
		buckets, owes := aging.Currencies[currency.ID]
		credit := c.TokenBalance[currency.ID].In(currency.ID)
		if owes || credit.Sign() != 0 {
			data.Owes = append(data.Owes, currencyOwed{currency, barsOfAging(buckets, currency.ID), credit})
		}
	}
	p.data = data
	return p, nil
}

func todoOf[T any](docs [][]byte, count int64, err error) (todo[T], error) {
	if err != nil {
		return todo[T]{}, err
	}
	rows, err := decodeAll[T](docs)
	return todo[T]{rows, count}, err
}
