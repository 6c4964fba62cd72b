package stripe

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// record is an object of Stripe's API, or a part of one. What cannot be read of it is a mistake.
type record struct {
	fields   map[string]jsontext.Value
	path     string // of a part, with its dot
	mistakes *[]billing.Mistake
}

func recordOf(raw jsontext.Value) (*record, error) {
	r := &record{mistakes: new([]billing.Mistake)}
	if raw.Kind() != '{' {
		return nil, errors.New("it is not an object of JSON")
	}
	return r, json.Unmarshal(raw, &r.fields, jsontext.AllowDuplicateNames(true))
}

func (r *record) wrong(field, reason string, args ...any) {
	*r.mistakes = append(*r.mistakes, billing.Mistake{Field: r.path + field, Reason: fmt.Sprintf(reason, args...)})
}

// has says whether a field is there and is not null.
func (r *record) has(field string) bool {
	v := r.fields[field]
	return v != nil && v.Kind() != 'n'
}

// text is a text, "" where there is none.
func (r *record) text(field string) (text string) {
	if r.has(field) && json.Unmarshal(r.fields[field], &text) != nil {
		r.wrong(field, "%s must be a text", field)
	}
	return text
}

// ref is the id of another object, which may be there whole.
func (r *record) ref(field string) string {
	if r.has(field) && r.fields[field].Kind() == '{' {
		return r.part(field).text("id")
	}
	return r.text(field)
}

// yes is a truth.
func (r *record) yes(field string) bool { return string(r.fields[field]) == "true" }

// part is an object in a field, an empty one where there is none.
func (r *record) part(field string) *record {
	of := &record{path: r.path + field + ".", mistakes: r.mistakes}
	if r.has(field) && json.Unmarshal(r.fields[field], &of.fields, jsontext.AllowDuplicateNames(true)) != nil {
		r.wrong(field, "%s must be an object", field)
	}
	return of
}

// list are the elements of a list, or of the list object, in a field.
func (r *record) list(field string) (all []jsontext.Value) {
	if r.has(field) && r.fields[field].Kind() == '{' {
		return r.part(field).list("data")
	}
	if r.has(field) && json.Unmarshal(r.fields[field], &all) != nil {
		r.wrong(field, "%s must be a list", field)
	}
	return all
}

// metadata is the metadata as it is, nil for none.
func (r *record) metadata() any {
	if v := r.fields["metadata"]; r.has("metadata") && string(v) != "{}" {
		return v
	}
	return nil
}

// number is a whole number, 0 where there is none.
func (r *record) number(field string) (n int64) {
	if !r.has(field) {
		return 0
	}
	n, err := strconv.ParseInt(strings.Trim(string(r.fields[field]), `"`), 10, 64)
	if err != nil {
		r.wrong(field, "%s is %s, and must be a whole number", field, r.fields[field])
	}
	return n
}

// moment is a moment in unix seconds, zero where there is none.
func (r *record) moment(field string) time.Time {
	n := r.number(field)
	if n == 0 {
		return time.Time{}
	}
	if n < 0 || n > 253402300799 { // the end of the year 9999
		r.wrong(field, "%s is %d, and must be a moment in unix seconds", field, n)
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// created is when the object was created, which must be there.
func (r *record) created() time.Time {
	if !r.has("created") {
		r.wrong("created", "created is missing")
	}
	return r.moment("created")
}

// amount is an amount in the smallest unit that Stripe counts a currency in, as it is here.
func (r *record) amount(field string, currency clientele.PaymentCurrency) clientele.Amount {
	none := clientele.Zero(currency.ID)
	if !r.has(field) || currency.ID == "" { // which is told
		return none
	}
	text := strings.Trim(string(r.fields[field]), `"`)
	n, isNumber := new(big.Int).SetString(text, 10)
	if !isNumber {
		r.wrong(field, "%s is %s, and must be a whole number of the currency's smallest unit", field, text)
		return none
	}
	for more := currency.Decimal - decimalsOf(currency.Symbol); more != 0; {
		if more > 0 {
			n.Mul(n, big.NewInt(10))
			more--
			continue
		}
		rest := new(big.Int)
		if n.QuoRem(n, big.NewInt(10), rest); rest.Sign() != 0 {
			r.wrong(field, "%s is %s, which %s with %d decimals here cannot say", field, text, currency.Symbol,
				currency.Decimal)
			return none
		}
		more++
	}
	a, err := clientele.ParseAmount(currency.ID, n.String())
	if err != nil {
		r.wrong(field, "%s: %v", field, err)
		return none
	}
	return a
}

// positive is an amount that is not below nothing.
func (r *record) positive(field string, currency clientele.PaymentCurrency) clientele.Amount {
	a := r.amount(field, currency)
	if a.Sign() < 0 {
		r.wrong(field, "%s is %s, below 0", field, a)
	}
	return a
}

// decimals are those that Stripe counts a currency with, where they are not two:
// https://docs.stripe.com/currencies#zero-decimal.
var decimals = map[string]int{
	"bif": 0, "clp": 0, "djf": 0, "gnf": 0, "jpy": 0, "kmf": 0, "krw": 0, "mga": 0, "pyg": 0, "rwf": 0, "vnd": 0,
	"vuv": 0, "xaf": 0, "xof": 0, "xpf": 0, "bhd": 3, "jod": 3, "kwd": 3, "omr": 3, "tnd": 3,
}

func decimalsOf(code string) int {
	if n, known := decimals[strings.ToLower(code)]; known {
		return n
	}
	return 2
}
