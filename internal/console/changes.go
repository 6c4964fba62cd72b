package console

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// change is a change of an object, for people.
type change struct {
	What, Who string
	At        clientele.Time
	Request   string
	Fields    []changedField
}

// changedField is a field of an object, before and after.
type changedField struct{ Name, From, To string }

// changesOf are changes in words, as many as people read.
func (s *console) changesOf(v *visit, events []clientele.Event) (all []change, err error) {
	const many = 30
	names, err := s.namesOfCallers(v)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		c := change{What: inPlainWords(e.Type), Who: names.of(e.Request.RequestedBy),
			At: e.CreatedAt, Request: e.Request.ID, Fields: v.changedFields(e)}
		if len(c.Fields) == 0 && len(e.Data.PreviousAttributes) > 0 && strings.HasSuffix(e.Type, ".updated") {
			continue
		}
		if all = append(all, c); len(all) == many {
			break
		}
	}
	return all, nil
}

// changedFields are what an event changed, by the names of fields; of an object, each of its parts.
func (v *visit) changedFields(e clientele.Event) (fields []changedField) {
	var after struct {
		CurrencyID string `json:"currency_id"`
	}
	_ = json.Unmarshal(e.Data.Object, &after) // an object of ours is one
	for _, c := range billing.FieldChanges(e, false) {
		f := changedField{fieldInWords(c.Field), valueInWords(c.From), valueInWords(c.To)}
		switch {
		case isAmount(c.Field):
			f.From, f.To = v.inMainUnit(f.From, after.CurrencyID), v.inMainUnit(f.To, after.CurrencyID)
		case c.Field == "allocations":
			f.From, f.To = v.allocationsInWords(c.From, after.CurrencyID), v.allocationsInWords(c.To, after.CurrencyID)
		case isMoment(c.Field):
			f.From, f.To = v.dayInWords(c.From), v.dayInWords(c.To)
		}
		fields = append(fields, f)
	}
	return fields
}

// fieldInWords is what people call a field: address.postal_code is Address postal code.
func fieldInWords(name string) string {
	name = strings.NewReplacer("_", " ", ".", " ").Replace(name)
	return strings.ToUpper(name[:1]) + name[1:]
}

// allocationsInWords are the parts of a payment with the invoices that they paid.
func (v *visit) allocationsInWords(value json.RawMessage, currency string) string {
	var parts []struct {
		InvoiceID string      `json:"invoice_id"`
		Amount    json.Number `json:"amount"`
	}
	if json.Unmarshal(value, &parts) != nil || len(parts) == 0 {
		return valueInWords(value)
	}
	words := make([]string, len(parts))
	for i, p := range parts {
		words[i] = v.inMainUnit(p.Amount.String(), currency) + " of " + p.InvoiceID
	}
	return strings.Join(words, ", ")
}

// isMoment says whether a field of an invoice or a payment is a moment in unix seconds.
func isMoment(name string) bool {
	return slices.Contains([]string{
		"canceled_at", "due_date", "effective_at", "period_end", "period_start", "received_at",
	}, name)
}

// dayInWords is the day of a moment in unix seconds.
func (v *visit) dayInWords(value json.RawMessage) string {
	seconds, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil || seconds == 0 {
		return "—"
	}
	return v.Day(seconds)
}

// callers are what people call those who can have asked for a change, by their ids.
type callers map[string]string

// of is what somebody is called.
func (c callers) of(id string) string {
	if opened, ok := auth.LinkOpened(id); ok {
		return "link of " + opened.Format("2006-01-02 15:04")
	}
	if strings.HasPrefix(id, "cus_") {
		return "the customer"
	}
	return first(c[id], id)
}

// namesOfCallers names the keys and applications, and who has the database.
func (s *console) namesOfCallers(v *visit) (callers, error) {
	keys, err := s.keys.All(v.Context())
	if err != nil {
		return nil, err
	}
	apps, err := s.apps.All(v.Context())
	names := callers{"system": "the server itself", store.CommandLine: "the command line", "operator": "a link"}
	for _, k := range keys {
		names[k.ID] = "key " + k.Name
	}
	for _, a := range apps {
		names[a.ID] = "application " + a.Name
	}
	return names, err
}

// isAmount says whether a field of an invoice is an amount.
func isAmount(name string) bool {
	return strings.HasPrefix(name, "amount_") || strings.HasPrefix(name, "subtotal") ||
		strings.HasSuffix(name, "_amount") || name == "amount" || name == "total" || name == "tax"
}

// inMainUnit writes units of a currency as people do.
func (v *visit) inMainUnit(units string, currency string) string {
	a, err := clientele.ParseAmount(currency, units)
	if err != nil {
		return units
	}
	return v.money(a)
}

// inPlainWords is what a type of event is called: invoice.marked_uncollectible is marked uncollectible.
func inPlainWords(kind string) string {
	_, what, _ := strings.Cut(kind, ".")
	what = strings.ReplaceAll(what, "_", " ")
	return strings.ToUpper(what[:1]) + what[1:]
}

// valueInWords is a value of JSON as people read it: a text without quotes, nothing as —.
func valueInWords(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		text = string(value)
	}
	const long = 300
	if runes := []rune(text); len(runes) > long {
		text = string(runes[:long]) + "…"
	}
	switch text {
	case "", "null", "{}", "[]":
		return "—"
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	return text
}
