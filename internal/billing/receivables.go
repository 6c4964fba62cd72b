package billing

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
)

// expanded is a customer with what belongs to it.
func expanded(tx Tx, rec Record) (Document, error) {
	invoices, err := tx.CustomerInvoices(rec.ID)
	if err != nil {
		return Document{}, err
	}
	size := len(rec.JSON) + 64
	for _, doc := range invoices {
		size += len(doc) + 1
	}
	b := make([]byte, 0, size)
	b = append(b, rec.JSON[:len(rec.JSON)-1]...)
	b = append(b, `,"payments":[],"subscriptions":[],"invoices":`...)
	b = append(AppendList(b, invoices), '}')
	return Document{JSON: b, Version: rec.Version}, nil
}

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

// OverdueInvoices answers the customer's uncollectible invoices and what they come to in each currency.
func (s *Service) OverdueInvoices(ctx context.Context, live bool, ref string) (doc Document, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		rec, c, err := load(tx, live, ref)
		if err != nil {
			return err
		}
		docs, err := tx.CustomerInvoices(c.ID, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		answer := clientele.OverdueInvoices{Customer: *c, Invoices: make([]clientele.Invoice, len(docs))}
		for i := range docs {
			oldestFirst := len(docs) - 1 - i
			if err := json.Unmarshal(docs[i], &answer.Invoices[oldestFirst]); err != nil {
				return err
			}
		}
		if answer.Summary, err = summary(tx, live, answer.Invoices); err != nil {
			return err
		}
		doc.JSON, err = encode(answer)
		doc.Version = rec.Version
		return err
	})
	return doc, err
}

// summary adds up what is left to pay in each currency.
func summary(tx Tx, live bool, invoices []clientele.Invoice) (map[string]clientele.OverdueSum, error) {
	currencies, err := tx.PaymentCurrencies(live)
	if err != nil {
		return nil, err
	}
	methods, err := tx.PaymentMethods(live)
	if err != nil {
		return nil, err
	}
	sums := map[string]clientele.OverdueSum{}
	for _, invoice := range invoices {
		sum, seen := sums[invoice.CurrencyID]
		if !seen {
			sum.Amount = clientele.Zero(invoice.CurrencyID)
			sum.Currency = currencies[slices.IndexFunc(currencies, func(c clientele.PaymentCurrency) bool {
				return c.ID == invoice.CurrencyID
			})]
			sum.Method = methods[slices.IndexFunc(methods, func(m clientele.PaymentMethod) bool {
				return m.ID == sum.Currency.PaymentMethodID
			})]
		}
		if sum.Amount, err = sum.Amount.Add(invoice.AmountRemaining); err != nil {
			return nil, err
		}
		sums[invoice.CurrencyID] = sum
	}
	return sums, nil
}

// refreshDelinquent makes delinquent the truth: whether the customer has an uncollectible invoice with money left to
// pay. It returns the customer unchanged when it is the truth already.
func (s *Service) refreshDelinquent(tx Tx, call Call, customerID string) error {
	rec, before, err := load(tx, call.Livemode, customerID)
	if err != nil {
		return err
	}
	docs, err := tx.CustomerInvoices(customerID, clientele.InvoiceUncollectible)
	if err != nil {
		return err
	}
	after := *before
	after.Delinquent = false
	for _, doc := range docs {
		var invoice clientele.Invoice
		if err := json.Unmarshal(doc, &invoice); err != nil {
			return err
		}
		after.Delinquent = after.Delinquent || invoice.AmountRemaining.Sign() > 0
	}
	_, err = s.replace(tx, call, rec, before, &after)
	return err
}
