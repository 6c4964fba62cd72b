package paymentkit

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev/internal/billing"
)

// catalogue are the prices and products of the file, as they are answered, by their ids.
type catalogue struct{ prices, products map[string]jsontext.Value }

// readCatalogue reads what items of subscriptions are of.
func (f *File) readCatalogue() (c catalogue, err error) {
	c = catalogue{map[string]jsontext.Value{}, map[string]jsontext.Value{}}
	for table, all := range map[string]map[string]jsontext.Value{"products": c.products, "prices": c.prices} {
		err = f.table(table, func(r *row) error {
			all[r.text("id")], err = encode(f.members(table, r))
			return err
		})
		if err != nil {
			return c, err
		}
	}
	return c, nil
}

func encode(v any) (jsontext.Value, error) { return json.Marshal(v, json.Deterministic(true)) }

// members are the columns of a row as they are answered: what is JSON in the file, and truths and moments, as such.
func (f *File) members(table string, r *row) map[string]jsontext.Value {
	members := map[string]jsontext.Value{}
	for column, declared := range f.columns[table] {
		members[column] = member(declared, column, r)
	}
	return members
}

func member(declared, column string, r *row) jsontext.Value {
	text, there := r.values[column]
	declared = strings.ToUpper(declared)
	switch {
	case !there:
		return jsontext.Value("null")
	case declared == "JSON" || declared == "JSONB":
		if v := jsontext.Value(text); v.IsValid() {
			return v
		}
	case declared == "TINYINT(1)" || declared == "BOOLEAN":
		return map[bool]jsontext.Value{true: jsontext.Value("true"), false: jsontext.Value("false")}[r.yes(column)]
	case strings.HasPrefix(declared, "DATETIME"):
		for _, layout := range layouts {
			if at, err := time.Parse(layout, text); err == nil {
				return billing.Text(at.UTC().Format("2006-01-02T15:04:05.000Z"))
			}
		}
	case strings.HasPrefix(declared, "INTEGER") || strings.HasPrefix(declared, "BIGINT"):
		if v := jsontext.Value(text); v.Kind() == '0' && v.IsValid() {
			return v
		}
	}
	return billing.Text(text)
}

// subscriptionOf reads a subscription with its items, each with its price and product.
func (f *File) subscriptionOf(r *row, items []*row, of catalogue) *billing.ArrivingSubscription {
	all := []map[string]jsontext.Value{}
	for _, item := range items {
		if item.text("subscription_id") != r.text("id") {
			continue
		}
		members := f.members("subscription_items", item)
		price := map[string]jsontext.Value{}
		if doc := of.prices[item.text("price_id")]; doc != nil && json.Unmarshal(doc, &price) == nil {
			var product string
			if id := price["product_id"]; id != nil && json.Unmarshal(id, &product) == nil && of.products[product] != nil {
				price["product"] = of.products[product]
			}
			members["price"], _ = encode(price) // of JSON
		}
		all = append(all, members)
	}
	members := f.members("subscriptions", r)
	members["object"], members["livemode"] = jsontext.Value(`"subscription"`), jsontext.Value("false")
	if r.mode() {
		members["livemode"] = jsontext.Value("true")
	}
	members["customer_id"] = billing.Text(r.text("owner"))
	var err error
	if members["items"], err = encode(all); err != nil {
		r.wrong("items", "its items cannot be read: %v", err)
	}
	doc, err := encode(members)
	if err != nil {
		r.wrong("", "it cannot be read: %v", err)
	}
	return &billing.ArrivingSubscription{ID: r.text("id"), JSON: doc, CreatedAt: r.moment("created_at")}
}
