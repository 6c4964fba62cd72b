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

// searchedOfCustomer are a customer's searched fields.
func searchedOfCustomer(c *clientele.Customer) []string {
	return []string{c.Name, c.Email, c.Phone, c.DID, c.ID, c.ExternalID}
}

// SearchTexts are a customer's searched fields, folded, and as the last the name, which is the first, as [fold.German]
// writes it.
func SearchTexts(fields []string) (texts [len(SearchFields) + 1]string) {
	for i, text := range fields {
		texts[i] = fold.Text(text)
	}
	texts[len(SearchFields)] = fold.German(fields[0])
	return texts
}

// SearchLines are the texts of an object that search looks into as one: folded, and then those that [fold.German]
// writes otherwise, in lines.
func SearchLines(texts ...string) string {
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
