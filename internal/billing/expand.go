package billing

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// How many of a customer's newest invoices and payments an answer carries, so that no answer grows without bound.
const (
	retrievedDocuments = 1000 // of a customer that is retrieved
	listedDocuments    = 10   // of each customer of a list
)

// expandCustomer is a customer with what belongs to it.
func expandCustomer(tx store.Tx, rec store.Record) (store.Document, error) {
	docs, err := expandCustomers(tx, []store.Record{rec}, retrievedDocuments)
	if err != nil {
		return store.Document{}, err
	}
	return store.Document{JSON: docs[0], Version: rec.Version}, nil
}

// expandCustomers writes customers with up to limit of each kind of what belongs to them.
func expandCustomers(tx store.Tx, recs []store.Record, limit int64) ([][]byte, error) {
	ids := make([]string, len(recs))
	for i, rec := range recs {
		ids[i] = rec.ID
	}
	documents, err := tx.CustomerDocuments(ids, limit)
	if err != nil {
		return nil, err
	}
	docs := make([][]byte, len(recs))
	for i, rec := range recs {
		docs[i] = expandedCustomer(rec, documents[rec.ID])
	}
	return docs, nil
}

// expandedCustomer is the published TCustomerExpanded, with exact counts beside the lists.
func expandedCustomer(rec store.Record, of store.CustomerDocuments) []byte {
	size := len(rec.JSON) + 128
	for _, docs := range [][][]byte{of.Payments, of.Invoices, of.Subscriptions} {
		for _, doc := range docs {
			size += len(doc) + 1
		}
	}
	b := append(make([]byte, 0, size), rec.JSON[:len(rec.JSON)-1]...)
	b = AppendList(append(b, `,"payments":`...), of.Payments)
	b = AppendList(append(b, `,"subscriptions":`...), of.Subscriptions)
	b = AppendList(append(b, `,"invoices":`...), of.Invoices)
	b = strconv.AppendInt(append(b, `,"payment_count":`...), of.PaymentCount, 10)
	b = strconv.AppendInt(append(b, `,"invoice_count":`...), of.InvoiceCount, 10)
	if rec.DeletedAt != 0 {
		b = append(b, `,"deleted":true`...)
	}
	return append(b, '}')
}

// documentsOf are objects as they are stored.
func documentsOf(recs []store.Record) [][]byte {
	docs := make([][]byte, len(recs))
	for i, rec := range recs {
		docs[i] = rec.JSON
	}
	return docs
}

// expandInvoices adds to invoices the objects that each refers to, with its last payment, and to their lines what the
// published types have besides.
func expandInvoices(tx store.Tx, mode clientele.Mode, docs [][]byte) ([][]byte, error) {
	money, err := moneyOf(tx, mode)
	if err != nil {
		return nil, err
	}
	expanded, err := expandWith(tx, mode, docs, money)
	if err != nil {
		return nil, err
	}
	of := make([]linesOfInvoice, len(docs))
	var ids, customers []string
	for i, doc := range docs {
		if err := json.Unmarshal(doc, &of[i]); err != nil {
			return nil, err
		}
		if of[i].AmountPaid.Sign() > 0 {
			ids, customers = append(ids, of[i].ID), append(customers, of[i].CustomerID)
		}
	}
	payments, err := lastPayments(tx, mode, customers, ids)
	if err != nil {
		return nil, err
	}
	for i, doc := range expanded {
		payment := []byte("null")
		if rec, found := payments[of[i].ID]; found {
			payment = rec.JSON
		}
		lines, err := of[i].published(money.currencies[of[i].CurrencyID])
		if err != nil {
			return nil, err
		}
		if doc, err = replaceLines(doc, len(docs[i]), of[i].Lines, lines); err != nil {
			return nil, fmt.Errorf("invoice %s: %w", of[i].ID, err)
		}
		expanded[i] = slices.Concat(doc[:len(doc)-1], []byte(`,"paymentIntent":`), payment, []byte("}"))
	}
	return expanded, nil
}

// lastPayments are the last payments of invoices, by invoice.
func lastPayments(tx store.Tx, mode clientele.Mode, customers, invoices []string) (map[string]store.Record, error) {
	if len(invoices) == 0 {
		return nil, nil
	}
	last, err := tx.LastPayments(customers, invoices)
	if err != nil {
		return nil, err
	}
	recs, err := tx.GetAll(store.Payments.Kind, mode, slices.Collect(maps.Values(last)))
	payments := map[string]store.Record{}
	for invoice, id := range last {
		if rec, found := recs[id]; found {
			payments[invoice] = rec
		}
	}
	return payments, err
}

// references are the objects that an invoice or payment refers to.
type references struct {
	CustomerID string `json:"customer_id"`
	CurrencyID string `json:"currency_id"`
}

// expandReferring adds to invoices, or payments, the objects that each refers to: its customer, deleted or not, its
// currency and its payment method.
func expandReferring(tx store.Tx, mode clientele.Mode, docs [][]byte) ([][]byte, error) {
	money, err := moneyOf(tx, mode)
	if err != nil {
		return nil, err
	}
	return expandWith(tx, mode, docs, money)
}

// expandWith is [expandReferring] with the currencies and payment methods, which it does not read.
func expandWith(tx store.Tx, mode clientele.Mode, docs [][]byte, money money) ([][]byte, error) {
	refs := make([]references, len(docs))
	ids := make([]string, 0, len(docs))
	for i, doc := range docs {
		if err := json.Unmarshal(doc, &refs[i]); err != nil {
			return nil, err
		}
		if !slices.Contains(ids, refs[i].CustomerID) {
			ids = append(ids, refs[i].CustomerID)
		}
	}
	customers, err := tx.GetAll(store.Customers.Kind, mode, ids)
	if err != nil {
		return nil, err
	}
	expanded := make([][]byte, len(docs))
	for i, doc := range docs {
		currency := money.currencies[refs[i].CurrencyID]
		beside, err := encodeObject(struct {
			Currency clientele.PaymentCurrency `json:"paymentCurrency"`
			Method   clientele.PaymentMethod   `json:"paymentMethod"`
		}{currency, money.methods[currency.PaymentMethodID]})
		if err != nil {
			return nil, err
		}
		expanded[i] = slices.Concat(doc[:len(doc)-1], []byte(`,"customer":`), customers[refs[i].CustomerID].JSON,
			[]byte{','}, beside[1:])
	}
	return expanded, nil
}
