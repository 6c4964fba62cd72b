package store

import (
	"hash/fnv"
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

// SearchTexts are a customer's searched fields, folded, and as the last the name as [fold.German] writes it.
func SearchTexts(c *clientele.Customer) (texts [len(SearchFields) + 1]string) {
	for i, text := range Searched(c) {
		texts[i] = fold.Text(text)
	}
	texts[len(SearchFields)] = fold.German(c.Name)
	return texts
}

// InvoiceText is what search looks into of an invoice: its number, id, description and the customer printed on it,
// folded, in lines, and its amounts as [AmountWord] writes them.
func InvoiceText(i *clientele.Invoice) string {
	texts := searchedOfInvoice(i)
	return linesOf(texts[:]...)
}

// HasNewInvoiceText says whether search is to look into something else of an invoice than before.
func HasNewInvoiceText(before, after *clientele.Invoice) bool {
	return before == nil || searchedOfInvoice(before) != searchedOfInvoice(after)
}

func searchedOfInvoice(i *clientele.Invoice) [7]string {
	return [...]string{
		i.Number, i.ID, i.Description, i.CustomerName, i.CustomerEmail, AmountWord(i.CurrencyID, i.Total),
		AmountWord(i.CurrencyID, i.AmountDue),
	}
}

// PaymentText is what search looks into of a payment: its id, reference, method and description, folded, in lines, and
// its amount.
func PaymentText(p *clientele.Payment) string {
	return linesOf(p.ID, p.Reference, p.Method, p.Description, AmountWord(p.CurrencyID, p.Amount))
}

// RefundText is what search looks into of a refund: its id, payment, invoice, reason and description, folded, in lines,
// and its amount.
func RefundText(r *clientele.Refund) string {
	return linesOf(r.ID, r.PaymentIntentID, r.InvoiceID, r.Reason, r.Description, AmountWord(r.CurrencyID, r.Amount))
}

// linesOf are texts, folded, and then those that [fold.German] writes otherwise, in lines.
func linesOf(texts ...string) string {
	var lines, german []string
	for _, text := range texts {
		lines = append(lines, fold.Text(text))
		if text = fold.German(text); text != "" {
			german = append(german, text)
		}
	}
	return strings.Join(append(lines, german...), "\n")
}

// amountRune is the first of the letters that [AmountWord] writes with: the syllables of Yi, which indexes of pieces of
// words know as letters, and which no business searches for.
const amountRune = 'ꀀ'

// AmountWord is an amount of a currency as a word of a searched text, that is found as a whole only.
func AmountWord(currencyID string, a clientele.Amount) string {
	const bits = 10 // so that every letter is one of the 1,165
	h := fnv.New32a()
	_, _ = h.Write([]byte(currencyID)) // which never fails
	sum := rune(h.Sum32() >> (32 - 2*bits))
	word := []rune{amountRune, amountRune + 1 + sum>>bits, amountRune + 1 + sum&(1<<bits-1)}
	for _, digit := range a.String() {
		word = append(word, amountRune+digit)
	}
	return string(append(word, amountRune))
}
