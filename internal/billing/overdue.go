package billing

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// OverdueInvoices answers the customer's uncollectible invoices and what they come to in each currency, and beside them
// those that are past due.
func (s Customers) OverdueInvoices(
	ctx context.Context, mode clientele.Mode, ref string,
) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, c, err := loadCustomer(tx, mode, ref)
		if err != nil {
			return err
		}
		answer := clientele.OverdueInvoices{Customer: *c}
		all, err := unpaid(tx, c.ID, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		answer.Invoices = all
		if answer.Summary, err = summary(tx, mode, answer.Invoices); err != nil {
			return err
		}
		if all, err = unpaid(tx, c.ID, clientele.InvoiceOpen); err != nil {
			return err
		}
		now := s.now().Unix()
		answer.PastDue.Invoices = slices.DeleteFunc(all, func(i clientele.Invoice) bool { return i.DueDate >= now })
		if answer.PastDue.Summary, err = summary(tx, mode, answer.PastDue.Invoices); err != nil {
			return err
		}
		doc.JSON, err = encodeObject(answer)
		doc.Version = rec.Version
		return err
	})
	return doc, err
}

// unpaid are a customer's invoices in a state that have something left to pay, oldest first.
func unpaid(tx store.Tx, customerID string, state clientele.InvoiceStatus) ([]clientele.Invoice, error) {
	docs, err := tx.CustomerInvoices(customerID, state)
	if err != nil {
		return nil, err
	}
	all := make([]clientele.Invoice, 0, len(docs))
	for _, doc := range slices.Backward(docs) {
		var invoice clientele.Invoice
		if err := json.Unmarshal(doc, &invoice); err != nil {
			return nil, err
		}
		if invoice.AmountRemaining.Sign() > 0 {
			all = append(all, invoice)
		}
	}
	return all, nil
}

// summary adds up what is left to pay in each currency.
func summary(tx store.Tx, mode clientele.Mode, invoices []clientele.Invoice) (map[string]clientele.OverdueSum, error) {
	money, err := moneyOf(tx, mode)
	if err != nil {
		return nil, err
	}
	sums := map[string]clientele.OverdueSum{}
	for _, invoice := range invoices {
		sum, seen := sums[invoice.CurrencyID]
		if !seen {
			sum.Amount = clientele.Zero(invoice.CurrencyID)
			sum.Currency = money.currencies[invoice.CurrencyID]
			sum.Method = money.methods[sum.Currency.PaymentMethodID]
		}
		sum.Amount = plus(sum.Amount, invoice.AmountRemaining)
		sums[invoice.CurrencyID] = sum
	}
	return sums, nil
}

// money is every currency and payment method of a mode, by id.
type money struct {
	currencies map[string]clientele.PaymentCurrency
	methods    map[string]clientele.PaymentMethod
}

func moneyOf(tx store.Tx, mode clientele.Mode) (money, error) {
	m := money{map[string]clientele.PaymentCurrency{}, map[string]clientele.PaymentMethod{}}
	currencies, err := tx.PaymentCurrencies(mode)
	if err != nil {
		return m, err
	}
	for _, c := range currencies {
		m.currencies[c.ID] = c
	}
	methods, err := tx.PaymentMethods(mode)
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
		because, err := unpaid(tx, rec.ID, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		list, err := encodeObject(because)
		doc.JSON = slices.Concat(doc.JSON[:len(doc.JSON)-1], []byte(`,"delinquent_because":`), list, []byte("}"))
		return err
	})
	return doc, err
}
