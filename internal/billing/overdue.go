package billing

import (
	"context"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// unpaidInvoices selects a customer's invoices that have something left to pay.
func unpaidInvoices(mode clientele.Mode, customerID string) store.Query {
	return store.Of(mode, customerID, store.OneOf("status", clientele.InvoiceOpen, clientele.InvoiceUncollectible),
		store.NotZero("remaining"))
}

// overdueInvoices selects a customer's invoices that make it delinquent.
func overdueInvoices(mode clientele.Mode, customerID string) store.Query {
	return store.Of(mode, customerID, store.OneOf("status", clientele.InvoiceUncollectible), store.NotZero("remaining"))
}

// OverdueInvoices answers the customer's uncollectible invoices and what they come to in each currency, and beside them
// those that are past due.
func (s Customers) OverdueInvoices(
	ctx context.Context, mode clientele.Mode, ref string,
) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findCustomer(tx, mode, ref)
		if err != nil {
			return err
		}
		uncollectible, err := tx.UnpaidInvoices(rec.ID, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		open, err := tx.UnpaidInvoices(rec.ID, clientele.InvoiceOpen)
		if err != nil {
			return err
		}
		today, err := s.today(tx, mode)
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(i store.UnpaidInvoice) bool {
			return clientele.DaysLate(i.DueDay, today) <= 0
		})
		m, err := moneyOf(tx, mode)
		if err != nil {
			return err
		}
		b := slices.Concat([]byte(`{"subscriptionCount":0,"customer":`), rec.JSON, []byte{','})
		if b, err = appendUnpaid(b, uncollectible, m); err != nil {
			return err
		}
		if b, err = appendUnpaid(append(b, `,"past_due":{`...), open, m); err != nil {
			return err
		}
		doc = store.Document{JSON: append(b, "}}"...), Version: rec.Version}
		return nil
	})
	return doc, err
}

// newlyDelinquentLooked is how many invoices NewlyDelinquent looks at.
const newlyDelinquentLooked = 1000

// NewlyDelinquent answers up to limit customers who became delinquent at or after a moment, the latest first: all that
// they owe on uncollectible invoices was marked so since then.
func (s Receivables) NewlyDelinquent(
	ctx context.Context, mode clientele.Mode, since time.Time, limit int,
) (customers []clientele.Customer, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		customers = nil
		invoices, err := store.Invoices.Select(tx, store.Query{
			Mode: mode, Order: []store.Order{{Field: "updated_at", Desc: true}},
			Window: store.Window{Limit: newlyDelinquentLooked},
			Where: []store.Condition{
				store.OneOf("status", clientele.InvoiceUncollectible), store.NotZero("remaining"),
				store.AtLeast("updated_at", since.UnixMilli()),
			},
		})
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for _, i := range invoices {
			if seen[i.CustomerID] || i.StatusTransitions.MarkedUncollectibleAt < since.Unix() {
				continue
			}
			seen[i.CustomerID] = true
			newly, err := allMarkedSince(tx, i.CustomerID, since.Unix())
			if err != nil {
				return err
			}
			rec, found, err := tx.Customer(mode, store.Ref{ID: i.CustomerID})
			if err != nil {
				return err
			}
			if !newly || !found {
				continue
			}
			c, err := decodeCustomer(rec)
			if err != nil {
				return err
			}
			if customers = append(customers, *c); len(customers) == limit {
				return nil
			}
		}
		return nil
	})
	return customers, err
}

// allMarkedSince says whether all uncollectible invoices that a customer owes were marked so at or after a moment.
func allMarkedSince(tx store.Tx, customerID string, since int64) (bool, error) {
	list, err := tx.UnpaidInvoices(customerID, clientele.InvoiceUncollectible)
	if err != nil {
		return false, err
	}
	for _, unpaid := range list {
		var i clientele.Invoice
		if err := json.Unmarshal(unpaid.JSON, &i); err != nil {
			return false, err
		}
		if i.StatusTransitions.MarkedUncollectibleAt < since {
			return false, nil
		}
	}
	return true, nil
}

// appendUnpaid writes invoices and their sums in each currency as members of an object. The invoices are as they are
// stored, and their sums come of columns: nothing of thousands of invoices is decoded.
func appendUnpaid(b []byte, list []store.UnpaidInvoice, m money) ([]byte, error) {
	sums := map[string]clientele.OverdueSum{}
	for _, i := range list {
		id := i.Left.Currency()
		sum, seen := sums[id]
		if !seen {
			sum.Currency = m.currencies[id]
			sum.Method = m.methods[sum.Currency.PaymentMethodID]
		}
		ledger.AddTo(&sum.Amount, i.Left)
		sums[id] = sum
	}
	summary, err := encodeObject(sums)
	if err != nil {
		return nil, err
	}
	size := len(summary) + len(list) + 64
	for _, i := range list {
		size += len(i.JSON)
	}
	b = AppendList(append(slices.Grow(b, size), `"invoices":`...), unpaidDocuments(list))
	return append(append(b, `,"summary":`...), summary...), nil
}

func unpaidDocuments(list []store.UnpaidInvoice) [][]byte {
	docs := make([][]byte, len(list))
	for i := range list {
		docs[i] = list[i].JSON
	}
	return docs
}

// money is every currency and payment method of a mode, by id.
type money struct {
	currencies map[string]clientele.PaymentCurrency
	methods    map[string]clientele.PaymentMethod
}

func moneyOf(tx store.Tx, mode clientele.Mode) (money, error) {
	m := money{map[string]clientele.PaymentCurrency{}, map[string]clientele.PaymentMethod{}}
	currencies, err := currenciesOf(tx, mode)
	if err != nil {
		return m, err
	}
	for _, c := range currencies {
		m.currencies[c.ID] = c
	}
	methods, err := methodsOf(tx, mode)
	for _, method := range methods {
		m.methods[method.ID] = method
	}
	return m, err
}

// Explain answers the customer as [Customers.Retrieve] does, with the invoices that make it delinquent.
func (s Customers) Explain(ctx context.Context, mode clientele.Mode, ref string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findCustomer(tx, mode, ref)
		if err != nil {
			return err
		}
		if doc, err = expandCustomer(tx, rec); err != nil {
			return err
		}
		because, err := tx.UnpaidInvoices(rec.ID, clientele.InvoiceUncollectible)
		doc.JSON = append(doc.JSON[:len(doc.JSON)-1], `,"delinquent_because":`...)
		doc.JSON = append(AppendList(doc.JSON, unpaidDocuments(because)), '}')
		return err
	})
	return doc, err
}
