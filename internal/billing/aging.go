package billing

import (
	"cmp"
	"context"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// AgingFilter says what to age.
type AgingFilter struct {
	Livemode   clientele.Mode
	AsOf       AsOf
	CurrencyID string
	Customer   string // an id or DID; everybody when empty
}

// Aging answers what was outstanding on a day, by how long it had been due, as it is known now or was at a moment.
func (s Receivables) Aging(ctx context.Context, f AgingFilter) (clientele.Aging, error) {
	var answer clientele.Aging
	err := s.scanStore(ctx, func(tx store.Tx) error {
		if err := checkCurrency(tx, f.Livemode, f.CurrencyID); err != nil {
			return err
		}
		of, err := s.asOf(tx, f.Livemode, f.AsOf)
		if err != nil {
			return err
		}
		answer.AsOf, answer.KnownAt = clientele.At(of.at), of.known()
		b := ledger.NewAging(of.day, f.CurrencyID)
		defer func() { answer.Currencies = b.Buckets() }()
		if f.Customer == "" {
			figures := []store.Figure{store.FigureReceivable, store.FigureUnapplied}
			return of.eachSum(tx, figures, store.Days{First: 0, Last: int64(of.day)}, b.AddPart)
		}
		rec, err := findCustomerOrDeleted(tx, f.Livemode, f.Customer)
		if err != nil {
			return err
		}
		err = of.eachUnpaid(tx, rec.ID, f.CurrencyID, func(o store.UnpaidAmount) { b.Add(o.DueDay, o.Left) })
		if err != nil {
			return err
		}
		return of.addUnapplied(tx, rec.ID, b)
	})
	return answer, err
}

// addUnapplied adds the money of a customer that was not applied.
func (a asOf) addUnapplied(tx store.Tx, customerID string, b *ledger.Aging) error {
	currencies, err := currenciesOf(tx, a.mode)
	for _, c := range currencies {
		balances, err := a.balances(tx, customerID, c.ID)
		if err != nil {
			return err
		}
		if balances.Unapplied.Sign() != 0 {
			b.AddPart(store.SumPart{Figure: store.FigureUnapplied, Amount: balances.Unapplied})
		}
	}
	return err
}

// AgingByCustomer is Aging with the customers of a part of the list of those who owe or have money that is not applied.
func (s Receivables) AgingByCustomer(
	ctx context.Context, f AgingFilter, w store.Window,
) (answer clientele.Aging, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		if err := checkCurrency(tx, f.Livemode, f.CurrencyID); err != nil {
			return err
		}
		of, err := s.asOf(tx, f.Livemode, f.AsOf)
		if err != nil {
			return err
		}
		answer.AsOf, answer.KnownAt = clientele.At(of.at), of.known()
		all, err := ageCustomers(tx, f, of)
		if err != nil {
			return err
		}
		total := map[string]clientele.AgingBuckets{}
		for _, c := range all {
			for currency, b := range c.Currencies {
				total[currency] = ledger.AddBuckets(total[currency], b, currency)
			}
		}
		count := int64(len(all))
		answer.Currencies, answer.Count = total, &count
		answer.List = all[min(w.Offset, count):min(w.Offset+w.Limit, count)]
		return nameCustomers(tx, f.Livemode, answer.List, func(c *clientele.CustomerAging) (string, *string, *string) {
			return c.CustomerID, &c.Name, &c.Email
		})
	})
	return answer, err
}

// ageCustomers ages every customer: those who owe most of a currency first when it is given, or else in the order of
// their ids.
func ageCustomers(tx store.Tx, f AgingFilter, of asOf) ([]clientele.CustomerAging, error) {
	all := map[string]*ledger.Aging{}
	agingOf := func(customerID string) *ledger.Aging {
		b, known := all[customerID]
		if !known {
			b = ledger.NewAging(of.day, f.CurrencyID)
			all[customerID] = b
		}
		return b
	}
	only := ""
	if f.Customer != "" {
		rec, err := findCustomerOrDeleted(tx, f.Livemode, f.Customer)
		if err != nil {
			return nil, err
		}
		only = rec.ID
	}
	err := of.eachUnpaid(tx, only, f.CurrencyID, func(o store.UnpaidAmount) {
		agingOf(o.CustomerID).Add(o.DueDay, o.Left)
	})
	if err != nil {
		return nil, err
	}
	payers := []string{only}
	if only == "" {
		if payers, err = tx.UnappliedCustomers(of.outstanding("", "")); err != nil {
			return nil, err
		}
	}
	for _, customerID := range payers {
		if err := of.addUnapplied(tx, customerID, agingOf(customerID)); err != nil {
			return nil, err
		}
	}
	list := make([]clientele.CustomerAging, 0, len(all))
	for id, b := range all {
		if currencies := b.Buckets(); len(currencies) > 0 {
			list = append(list, clientele.CustomerAging{CustomerID: id, Currencies: currencies})
		}
	}
	slices.SortFunc(list, func(a, b clientele.CustomerAging) int {
		more := 0
		if f.CurrencyID != "" {
			more = ledger.Minus(b.Currencies[f.CurrencyID].Total, a.Currencies[f.CurrencyID].Total).Sign()
		}
		return cmp.Or(more, cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return list, nil
}
