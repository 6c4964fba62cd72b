package billing

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// linesOfInvoice are the lines of an invoice as they are stored, and what their published form needs besides.
type linesOfInvoice struct {
	ID         string           `json:"id"`
	Livemode   clientele.Mode   `json:"livemode"`
	CustomerID string           `json:"customer_id"`
	CurrencyID string           `json:"currency_id"`
	AmountPaid clientele.Amount `json:"amount_paid"`
	Lines      jsontext.Value   `json:"lines"`
	CreatedAt  clientele.Time   `json:"created_at"`
	UpdatedAt  clientele.Time   `json:"updated_at"`
}

// published writes the lines with all fields that the published types have.
func (l linesOfInvoice) published(currency clientele.PaymentCurrency) ([]byte, error) {
	var lines []clientele.InvoiceLineExpanded
	if err := json.Unmarshal(l.Lines, &lines); err != nil {
		return nil, err
	}
	for i := range lines {
		line := &lines[i]
		line.Discounts, line.DiscountAmounts = []string{}, []stdjson.RawMessage{}
		line.Metadata, line.CreatedAt, line.UpdatedAt = clientele.Metadata{}, l.CreatedAt, l.UpdatedAt
		line.Price = l.price(line.InvoiceLine, currency)
	}
	return encodeObject(lines)
}

// price is what one of a line costs, as if it had a price and a product.
func (l linesOfInvoice) price(line clientele.InvoiceLine, currency clientele.PaymentCurrency) clientele.LinePrice {
	none := []stdjson.RawMessage{}
	return clientele.LinePrice{
		Object: "price", Active: true, Livemode: l.Livemode, Type: "one_time", BillingScheme: "per_unit",
		UnitAmount: line.UnitAmount, CurrencyID: l.CurrencyID, Currency: currency, CurrencyOptions: none,
		PricingType: "fixed", Metadata: clientele.Metadata{}, CreatedVia: "api", CreatedAt: l.CreatedAt,
		UpdatedAt: l.UpdatedAt,
		Product: clientele.LineProduct{
			Active: true, Livemode: l.Livemode, Type: "service", Name: line.Description, Images: none, Features: none,
			Metadata: clientele.Metadata{}, CreatedVia: "api", CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt,
		},
	}
}

// replaceLines writes other lines into a document whose first so many bytes are an invoice as it is stored. Nothing
// that a client wrote stands behind the lines there, so the last member of that name is theirs.
func replaceLines(doc []byte, stored int, was, is []byte) ([]byte, error) {
	name := []byte(`,"lines":`)
	at := bytes.LastIndex(doc[:stored], name)
	if at += len(name); at < len(name) || !bytes.HasPrefix(doc[at:], was) {
		return nil, errors.New("the lines are not where they are written")
	}
	return slices.Concat(doc[:at], is, doc[at+len(was):]), nil
}
