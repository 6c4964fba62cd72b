package billing

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/did"
	"clientele.dev/internal/wire"
)

// Fields are the members of a request's body, as sent. Their values are strict JSON (internal/wire checks it).
type Fields map[string]jsontext.Value

// Text is a text as the value of a field, which is refused where the text is not UTF-8.
func Text(text string) jsontext.Value {
	v, err := jsontext.AppendQuote(nil, text)
	if err != nil {
		return jsontext.Value(strconv.QuoteToASCII(text)) // \xff is no JSON
	}
	return v
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// customerPatch is what a request asks to change about a customer, checked as far as that goes without the customer.
type customerPatch struct {
	set []func(*clientele.Customer) error
	// fixed are the fields sent that a request cannot change: they must be what they are.
	fixed Fields
}

// settable are the fields of a customer that a request may set, and how each is read.
var settable = map[string]func(field string, raw jsontext.Value) (func(*clientele.Customer) error, error){
	"name":        plainText(check.MaxName, func(c *clientele.Customer) *string { return &c.Name }, nil),
	"description": plainText(check.MaxText, func(c *clientele.Customer) *string { return &c.Description }, nil),
	"email":       plainText(check.MaxText, func(c *clientele.Customer) *string { return &c.Email }, check.Email),
	"phone":       plainText(check.MaxText, func(c *clientele.Customer) *string { return &c.Phone }, check.Phone),
	"external_id": plainText(check.MaxExternalID, func(c *clientele.Customer) *string { return &c.ExternalID },
		check.ExternalID),
	"currency_id": plainText(check.MaxName, func(c *clientele.Customer) *string { return &c.CurrencyID }, nil),
	"invoice_prefix": plainText(check.MaxName, func(c *clientele.Customer) *string { return &c.InvoicePrefix },
		check.InvoicePrefix),
	"address": func(field string, raw jsontext.Value) (func(*clientele.Customer) error, error) {
		merge, err := check.Address(field, raw)
		return func(c *clientele.Customer) error { merge(&c.Address); return nil }, err
	},
	"metadata": func(_ string, raw jsontext.Value) (func(*clientele.Customer) error, error) {
		merge, err := check.MetadataPatch(raw)
		return func(c *clientele.Customer) error { return merge(&c.Metadata) }, err
	},
	"shipping":         parseShipping,
	"invoice_settings": parseInvoiceSettings,
	"preference":       parsePreference,
}

// customerFields are the fields of a customer that a request may set, in the order of the documentation.
var customerFields = []string{
	"external_id", "name", "description", "email", "phone", "address", "shipping", "metadata", "currency_id",
	"invoice_prefix", "invoice_settings", "preference",
}

// SettableCustomerFields are the names of the fields a request may set, in the order of the documentation.
func SettableCustomerFields() []string { return slices.Clone(customerFields) }

// parseCustomer reads the fields of a request about a customer.
func parseCustomer(fields Fields) (customerPatch, error) {
	p := customerPatch{fixed: Fields{}}
	for name, value := range fields {
		if settable[name] == nil {
			p.fixed[name] = value
		}
	}
	var errs []error
	for _, name := range customerFields {
		raw, sent := fields[name]
		if !sent {
			continue
		}
		set, err := settable[name](name, raw)
		errs = append(errs, err)
		p.set = append(p.set, set)
	}
	return p, clientele.JoinInvalid(errs...)
}

// newCustomer is what a request says about a customer that is to be made.
type newCustomer struct {
	customerPatch
	did       string
	createdAt time.Time // when it was created elsewhere; zero for now

	// Of one that moves in; made here when zero.
	id        string
	sequence  int64
	updatedAt time.Time
}

// parseNewCustomer reads the fields of a request to make a customer.
func (s *core) parseNewCustomer(call Call, fields Fields) (n newCustomer, err error) {
	var errs [4]error
	rest := maps.Clone(fields)
	if raw, sent := fields["did"]; sent {
		n.did, errs[0] = check.DID("did", raw)
		delete(rest, "did")
	}
	if raw, sent := fields["created_at"]; sent {
		n.createdAt, errs[2] = check.CreatedAt("created_at", raw, s.now())
		delete(rest, "created_at")
	}
	n.customerPatch, errs[1] = parseCustomer(rest)
	errs[3] = n.checkNew(call.Livemode)
	return n, clientele.JoinInvalid(errs[:]...)
}

// checkNew refuses fields that a new customer cannot be given; livemode may be said if it is the request's.
func (p customerPatch) checkNew(mode clientele.Mode) error {
	var errs []error
	for _, name := range sortedKeys(p.fixed) {
		mode, _ := encodeObject(mode)
		switch {
		case name != "livemode":
			errs = append(errs, unknownField(name, name+" is not a field that can be set"))
		case !same(name, mode, p.fixed[name]):
			errs = append(errs, check.Invalid(name, "livemode differs from the mode of this request"))
		}
	}
	return clientele.JoinInvalid(errs...)
}

// unknownField is the error about a field that a customer does not have, with the nearest that it has.
func unknownField(name, message string) error {
	return check.Invalid(name, "%s%s", message, wire.DidYouMean(name, append([]string{"did", "created_at"},
		customerFields...)))
}

// apply makes the changes.
func (p customerPatch) apply(c *clientele.Customer) error {
	for _, set := range p.set {
		if err := set(c); err != nil {
			return err
		}
	}
	return nil
}

// checkFixed refuses a field that is not the customer's, or that is but would change. An application may so send back
// a whole customer it retrieved.
func (p customerPatch) checkFixed(current []byte) error {
	if len(p.fixed) == 0 {
		return nil
	}
	var is Fields
	if err := json.Unmarshal(current, &is); err != nil {
		return err
	}
	var errs []error
	for _, name := range sortedKeys(p.fixed) {
		value, known := is[name]
		switch {
		case !known && !fixedWhenAbsent[name]:
			errs = append(errs, unknownField(name, name+" is not a field of a customer"))
		case !same(name, value, p.fixed[name]):
			errs = append(errs, check.Invalid(name, "%s cannot be changed by an update; leave it out", name))
		}
	}
	return clientele.JoinInvalid(errs...)
}

// fixedWhenAbsent are fields of the published type that no customer here has a value for.
var fixedWhenAbsent = map[string]bool{"discount_id": true, "invoice_credit_balance": true, "last_sync_at": true}

// same compares two JSON values; any form of a DID is that DID.
func same(name string, is, sent jsontext.Value) bool {
	if is == nil {
		return sent.Kind() == 'n'
	}
	if name == "did" && sent.Kind() == '"' {
		var text string
		if json.Unmarshal(sent, &text) == nil {
			if canonical, err := did.Parse(text); err == nil {
				sent, _ = encodeObject(canonical)
			}
		}
	}
	a, b := is.Clone(), sent.Clone()
	return a.Canonicalize() == nil && b.Canonicalize() == nil && bytes.Equal(a, b)
}

// plainText makes the reader of a string field, with a further check of a value that is not empty.
func plainText(
	max int, at func(*clientele.Customer) *string, further func(field, s string) (string, error),
) func(string, jsontext.Value) (func(*clientele.Customer) error, error) {
	return func(field string, raw jsontext.Value) (func(*clientele.Customer) error, error) {
		s, err := check.String(field, raw, max)
		if err == nil && further != nil {
			s, err = further(field, s)
		}
		return func(c *clientele.Customer) error { *at(c) = s; return nil }, err
	}
}

func parseShipping(field string, raw jsontext.Value) (func(*clientele.Customer) error, error) {
	if raw.Kind() == 'n' {
		return func(c *clientele.Customer) error { c.Shipping = nil; return nil }, nil
	}
	members, err := check.Members(field, raw)
	if err != nil {
		return nil, err
	}
	var set []func(*clientele.Shipping)
	for _, m := range members {
		at := field + "." + m.Name
		var s string
		switch m.Name {
		case "address":
			merge, e := check.Address(at, m.Value)
			err = e
			set = append(set, func(to *clientele.Shipping) { merge(&to.Address) })
		case "name":
			s, err = check.String(at, m.Value, check.MaxName)
			set = append(set, func(to *clientele.Shipping) { to.Name = s })
		case "phone":
			if s, err = check.String(at, m.Value, check.MaxText); err == nil {
				s, err = check.Phone(at, s)
			}
			set = append(set, func(to *clientele.Shipping) { to.Phone = s })
		default:
			err = check.Invalid(at, "%s is not a field of shipping", at)
		}
		if err != nil {
			return nil, err
		}
	}
	return func(c *clientele.Customer) error {
		if c.Shipping == nil {
			c.Shipping = &clientele.Shipping{}
		}
		for _, f := range set {
			f(c.Shipping)
		}
		return nil
	}, nil
}

func parseInvoiceSettings(field string, raw jsontext.Value) (func(*clientele.Customer) error, error) {
	var settings *clientele.InvoiceSettings
	if err := json.Unmarshal(raw, &settings, json.RejectUnknownMembers(true)); err != nil {
		return nil, check.Invalid(field,
			"%s holds custom_fields [{name, value}], default_payment_method, footer, apply_credit "+
				"(true or false) and uncollectible_after_days (a number)", field)
	}
	if settings != nil && settings.UncollectibleAfterDays != nil {
		err := check.UncollectibleAfter(field+".uncollectible_after_days", *settings.UncollectibleAfterDays)
		if err != nil {
			return nil, err
		}
	}
	if settings != nil {
		if err := check.CustomFields(field+".custom_fields", &settings.CustomFields); err != nil {
			return nil, err
		}
	}
	if err := check.Size(field, raw); err != nil {
		return nil, err
	}
	return func(c *clientele.Customer) error { c.InvoiceSettings = settings; return nil }, nil
}

func parsePreference(field string, raw jsontext.Value) (func(*clientele.Customer) error, error) {
	if raw.Kind() == 'n' {
		return func(c *clientele.Customer) error { c.Preference = nil; return nil }, nil
	}
	if raw.Kind() != '{' {
		return nil, check.Invalid(field, "%s must be an object", field)
	}
	if err := check.Size(field, raw); err != nil {
		return nil, err
	}
	preference, err := check.Canonical(raw)
	return func(c *clientele.Customer) error { c.Preference = []byte(preference); return nil }, err
}
