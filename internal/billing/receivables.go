package billing

import (
	"context"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Receivables is the part of [Service] about what customers owe.
type Receivables struct{ *core }

// AppendList writes JSON documents as a JSON array.
func AppendList(b []byte, docs [][]byte) []byte {
	b = append(b, '[')
	for i, doc := range docs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, doc...)
	}
	return append(b, ']')
}

// checkCurrency refuses a currency that there is not; "" is every currency.
func checkCurrency(tx store.Tx, mode clientele.Mode, id string) error {
	if id == "" {
		return nil
	}
	_, found, err := tx.PaymentCurrency(mode, id)
	if err == nil && !found {
		err = check.Invalid("currency_id", "no payment currency %q in this mode", id)
	}
	return err
}

// Overdue answers a page of the customers who are late, or were on a day, by currency and who owes most, and how many
// there are.
func (s Receivables) Overdue(
	ctx context.Context, mode clientele.Mode, f AsOf, currency string, w store.Window,
) (page []clientele.Debtor, count int64, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		if err := checkCurrency(tx, mode, currency); err != nil {
			return err
		}
		of, err := s.asOf(tx, mode, f)
		if err != nil {
			return err
		}
		debtors := ledger.NewDebtors(of.day)
		if err := of.eachUnpaid(tx, "", currency, debtors.Add); err != nil {
			return err
		}
		all := debtors.List()
		count = int64(len(all))
		page = all[min(w.Offset, count):min(w.Offset+w.Limit, count)]
		return nameCustomers(tx, mode, page, func(d *clientele.Debtor) (string, *string, *string) {
			return d.CustomerID, &d.Name, &d.Email
		})
	})
	return page, count, err
}

// OwedBy answers what some customers owe now, per currency in the order of the currencies' ids; whoever owes nothing is
// left out.
func (s Receivables) OwedBy(
	ctx context.Context, mode clientele.Mode, customers []string,
) (owed map[string][]clientele.Amount, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		owed = map[string][]clientele.Amount{}
		of, err := s.asOf(tx, mode, AsOf{})
		if err != nil {
			return err
		}
		for _, id := range customers {
			sums := map[string]clientele.Amount{}
			err := of.eachUnpaid(tx, id, "", func(o store.UnpaidAmount) {
				sums[o.Left.Currency()] = ledger.Plus(sums[o.Left.Currency()].In(o.Left.Currency()), o.Left)
			})
			if err != nil {
				return err
			}
			for _, currency := range sortedKeys(sums) {
				owed[id] = append(owed[id], sums[currency])
			}
		}
		return nil
	})
	return owed, err
}

// nameCustomers writes who the customers of a page are; of says where in an entry that stands.
func nameCustomers[T any](
	tx store.Tx, mode clientele.Mode, page []T, of func(*T) (id string, name, email *string),
) error {
	ids := make([]string, len(page))
	for i := range page {
		ids[i], _, _ = of(&page[i])
	}
	names, err := readAll[named](tx, store.Customers.Kind, mode, ids)
	for i := range page {
		id, name, email := of(&page[i])
		*name, *email = names[id].Name, names[id].Email
	}
	return err
}

// named is who a customer is.
type named struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}
