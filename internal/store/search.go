package store

import (
	"strings"

	"clientele.dev"
	"clientele.dev/internal/fold"
)

// SearchField is a field that search looks into.
type SearchField string

// SearchFields are the fields that search looks into, in the order of [SearchTexts].
var SearchFields = [...]SearchField{"name", "email", "phone", "did", "id", "external_id"}

// Searched are a customer's searched fields.
func Searched(c *clientele.Customer) [len(SearchFields)]string {
	return [...]string{c.Name, c.Email, c.Phone, c.DID, c.ID, c.ExternalID}
}

// SearchTexts are a customer's searched fields, folded.
func SearchTexts(c *clientele.Customer) [len(SearchFields)]string {
	texts := Searched(c)
	for i := range texts {
		texts[i] = fold.Text(texts[i])
	}
	return texts
}

// InvoiceText is what search looks into of an invoice: its number, id, description and the customer printed on it,
// folded, in lines.
func InvoiceText(i *clientele.Invoice) string {
	texts := searchedOfInvoice(i)
	return linesOf(texts[:]...)
}

// HasNewInvoiceText says whether search is to look into something else of an invoice than before.
func HasNewInvoiceText(before, after *clientele.Invoice) bool {
	return before == nil || searchedOfInvoice(before) != searchedOfInvoice(after)
}

func searchedOfInvoice(i *clientele.Invoice) [5]string {
	return [...]string{i.Number, i.ID, i.Description, i.CustomerName, i.CustomerEmail}
}

// PaymentText is what search looks into of a payment: its id, reference, method and description, folded, in lines.
func PaymentText(p *clientele.Payment) string {
	return linesOf(p.ID, p.Reference, p.Method, p.Description)
}

// RefundText is what search looks into of a refund: its id, payment, invoice, reason and description, folded, in lines.
func RefundText(r *clientele.Refund) string {
	return linesOf(r.ID, r.PaymentIntentID, r.InvoiceID, r.Reason, r.Description)
}

func linesOf(texts ...string) string {
	for n := range texts {
		texts[n] = fold.Text(texts[n])
	}
	return strings.Join(texts, "\n")
}
