package console

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/check"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/web"
)

// customerFields are what is known of a customer, to fill in.
func customerFields(v *visit, c clientele.Customer) []field {
	currencies := []option{{"", "The base currency"}}
	for _, one := range v.currencies {
		currencies = append(currencies, option{one.ID, one.Symbol + " — " + one.Name})
	}
	a := c.Address
	return []field{
		{Name: "name", Label: "Name", Value: c.Name},
		{Name: "email", Label: "Email", Type: "email", Value: c.Email, Narrow: true},
		{Name: "phone", Label: "Phone", Type: "tel", Value: c.Phone, Narrow: true,
			Hint: "As it is dialled in the country below, or with its code: +44 20 7946 0958"},
		{Name: "description", Label: "Notes", Type: "textarea", Value: c.Description, Hint: "Only you see them."},
		{Name: "address.line1", Label: "Street", Value: a.Line1, Group: "Address"},
		{Name: "address.line2", Label: "Apartment, suite", Value: a.Line2},
		{Name: "address.postal_code", Label: "Postal code", Value: a.PostalCode, Narrow: true},
		{Name: "address.city", Label: "City", Value: a.City, Narrow: true},
		{Name: "address.state", Label: "State or region", Value: a.State, Narrow: true},
		countryField("address.country", a.Country),
		{Name: "currency_id", Label: "Currency of the balance", Type: "select", Value: c.CurrencyID, Options: currencies,
			Group: "Billing", Narrow: true},
		{Name: "external_id", Label: "Your own name for them", Value: c.ExternalID, Narrow: true,
			Hint: "What your application calls this customer."},
	}
}

// countryField is the choice of a country, whose code is the value.
func countryField(name, code string) field {
	return field{Name: name, Label: "Country", Type: "select", Value: code, Options: countries(), Narrow: true}
}

// countries are all countries by name, after the choice of none.
var countries = sync.OnceValue(func() []option {
	names := display.English.Regions()
	var all []option
	for _, code := range check.Countries() {
		name := code
		if region, err := language.ParseRegion(code); err == nil {
			name = names.Name(region)
		}
		all = append(all, option{code, name})
	}
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(fold.Text(a.Label), fold.Text(b.Label)) })
	return append([]option{{"", "—"}}, all...)
})

// addressParts are the parts of an address, as the API names them.
var addressParts = []string{"line1", "line2", "postal_code", "city", "state", "country"}

// customerSent is what a form says about a customer, as a body of the API: what is empty clears. A telephone number
// without a country's code is one of the customer's country, or else of the business's.
func customerSent(v *visit, sent url.Values) billing.Fields {
	fields := billing.Fields{}
	for _, name := range []string{"name", "email", "description", "currency_id", "external_id"} {
		fields[name] = textOrNull(sent.Get(name))
	}
	country := first(sent.Get("address.country"), v.settings.Business.Address.Country)
	fields["phone"] = textOrNull(check.DialledIn(country, sent.Get("phone")))
	address := "{"
	for i, part := range addressParts {
		if i > 0 {
			address += ","
		}
		address += `"` + part + `":` + string(textOrNull(sent.Get("address."+part)))
	}
	fields["address"] = jsontext.Value(address + "}")
	return fields
}

// textOrNull is a text as JSON, and null when it is empty.
func textOrNull(text string) jsontext.Value {
	if text == "" {
		return jsontext.Value("null")
	}
	quoted, err := jsontext.AppendQuote(nil, text)
	if err != nil { // it is no UTF-8: the service refuses what came of it
		quoted, _ = jsontext.AppendQuote(nil, "\ufffd")
	}
	return quoted
}

// createCustomer is the form for a new customer.
func (s *console) createCustomer() action {
	return action{
		form: func(v *visit) (form, error) {
			return form{
				Title: "New customer", Fields: customerFields(v, clientele.Customer{}), Submit: "Create the customer",
				Cancel: v.Path("customers"), Back: "Customers",
			}, nil
		},
		do: func(v *visit, sent url.Values) (string, error) {
			fields := customerSent(v, sent)
			for name, value := range fields { // a new customer has nothing to clear
				if value.Kind() == 'n' {
					delete(fields, name)
				}
			}
			c, err := decode[clientele.Customer](s.service.Customers.Create(v.Context(), v.call(), fields))
			return after(v.Path("customers", c.ID), "created", ""), err
		},
	}
}

// editCustomer is the form for who a customer is.
func (s *console) editCustomer() action {
	return action{
		form: func(v *visit) (form, error) {
			doc, err := s.service.Customers.Retrieve(v.Context(), v.Mode, v.PathValue("id"))
			c, err := decode[clientele.Customer](doc, err)
			return form{
				Title: "Edit " + nameOf(c), Fields: customerFields(v, c), Submit: "Save", Version: doc.Version,
				Cancel: v.Path("customers", c.ID), Back: nameOf(c),
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			c, err := decode[clientele.Customer](
				s.service.Customers.Update(v.Context(), v.call(), v.PathValue("id"), customerSent(v, sent)))
			return after(v.Path("customers", c.ID), "saved", ""), err
		},
	}
}

// openPortal makes an address at which the customer sees what is their own.
func (s *console) openPortal() action {
	return action{
		form: func(v *visit) (form, error) {
			c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
			return form{
				Title: "A link for " + nameOf(c.Customer), Submit: "Make the link",
				Intro: "Whoever opens it within an hour sees what this customer owes, their invoices and statements, and can " +
					"edit their contact details. Send it to nobody else.",
				Cancel: v.Path("customers", c.ID), Back: nameOf(c.Customer),
			}, err
		},
		answer: func(v *visit, _ url.Values) (page, error) {
			c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
			if err == nil && c.Deleted {
				err = clientele.Errorf(clientele.ErrorCodeConflict, "", "the customer is deleted")
			}
			if err != nil {
				return page{}, err
			}
			link, err := s.auth.NewPortal(v.Context(), v.Mode, c.ID)
			address := web.Address(v.Request) + "/portal/" + link.Token
			return page{template: "secret", title: "The link for " + nameOf(c.Customer), data: secretPage{
				"Copy it now. It is good for an hour.", address, v.Path("customers", c.ID),
			}}, err
		},
	}
}

// closePortal ends the addresses at which the customer sees what is their own.
func (s *console) closePortal() action {
	return action{
		form: func(v *visit) (form, error) {
			c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
			if err != nil {
				return form{}, err
			}
			links, err := s.auth.PortalLinks(v.Context(), c.ID)
			f := form{
				Title: "End the links for " + nameOf(c.Customer) + "?", Submit: "End them", Danger: true,
				Intro:  "Whoever has one sees nothing from the next page on.",
				Cancel: v.Path("customers", c.ID), Back: nameOf(c.Customer),
			}
			for _, link := range links {
				f.Facts = append(f.Facts, fact{"Made " + v.Clock(link.Created), "good until " + v.Clock(link.Ends)})
			}
			return f, err
		},
		do: func(v *visit, _ url.Values) (string, error) {
			c, _, err := s.service.Customers.Find(v.Context(), v.Mode, v.PathValue("id"))
			if err != nil {
				return "", err
			}
			links, err := s.auth.PortalLinks(v.Context(), c.ID)
			for _, link := range links {
				if _, _, e := s.auth.EndPortal(v.Context(), v.Mode, link.ID); e != nil {
					err = errors.Join(err, e)
				}
			}
			return after(v.Path("customers", c.ID), "links_ended", ""), err
		},
	}
}

// nameOf is what a customer is called.
func nameOf(c clientele.Customer) string {
	for _, name := range []string{c.Name, c.Email, c.ExternalID} {
		if name != "" {
			return name
		}
	}
	return c.ID
}

// deleteCustomer says what becomes of a customer who is deleted, and deletes them.
func (s *console) deleteCustomer() action {
	return action{
		form: func(v *visit) (form, error) {
			c, err := decode[clientele.CustomerExpanded](
				s.service.Customers.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
			w := newView(s, v, page{})
			return form{
				Title: "Delete " + nameOf(c.Customer) + "?",
				Intro: "The customer is found among the deleted ones from then on and can be brought back. The DID and your " +
					"own name for them become free. A customer who owes anything cannot be deleted.",
				Facts: []fact{
					{"Invoices kept", w.Count(c.InvoiceCount)}, {"Payments kept", w.Count(c.PaymentCount)},
				},
				Submit: "Delete the customer", Danger: true, Cancel: v.Path("customers", c.ID), Back: nameOf(c.Customer),
			}, err
		},
		do: func(v *visit, _ url.Values) (string, error) {
			id := v.PathValue("id")
			_, err := s.service.Customers.Delete(v.Context(), v.call(), id)
			return after(v.Path("customers"), "customer_deleted", id), err
		},
	}
}

// restoreCustomer brings a deleted customer back.
func (s *console) restoreCustomer() action {
	return action{
		form: func(v *visit) (form, error) {
			return form{
				Title: "Bring the customer back?", Submit: "Bring them back", Cancel: v.Path("customers"), Back: "Customers",
				Facts: []fact{{"Customer", v.PathValue("id")}},
			}, nil
		},
		do: func(v *visit, _ url.Values) (string, error) {
			id := v.PathValue("id")
			_, err := s.service.Customers.Restore(v.Context(), v.call(), id)
			return after(v.Path("customers", id), "saved", ""), err
		},
	}
}

// moveCredit gives a customer credit, or takes it.
func (s *console) moveCredit() action {
	return action{
		form: func(v *visit) (form, error) {
			c, err := decode[clientele.Customer](s.service.Customers.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
			w := newView(s, v, page{})
			var facts []fact
			for _, currency := range v.currencies {
				if a, ok := c.TokenBalance[currency.ID]; ok && a.Sign() != 0 {
					facts = append(facts, fact{"Credit in " + currency.Symbol, w.Money(a)})
				}
			}
			return form{
				Title: "Credit of " + nameOf(c), Facts: facts, Submit: "Change the credit",
				Intro:  "Credit pays later invoices. It never falls below nothing.",
				Cancel: v.Path("customers", c.ID), Back: nameOf(c),
				Fields: []field{
					{Name: "direction", Label: "What to do", Type: "select", Required: true, Narrow: true, Options: []option{
						{"give", "Give credit"}, {"take", "Take credit back"}, {"refund", "Record that credit was paid out"},
					}},
					{Name: "currency_id", Label: "Currency", Type: "select", Required: true, Narrow: true,
						Value: first(v.URL.Query().Get("currency"), c.CurrencyID), Options: currencyOptions(v)},
					{Name: "amount", Label: "Amount", Type: "money", Required: true, Narrow: true},
					dateField(v, "On"),
					{Name: "description", Label: "Why", Hint: "It stands on the customer's statement."},
				},
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			id := v.PathValue("id")
			amount, err := amountSent(v, sent)
			day, dayErr := dateSent(sent)
			if err := clientele.JoinInvalid(err, dayErr); err != nil {
				return "", err
			}
			p := clientele.CreditParams{
				CurrencyID: sent.Get("currency_id"), Amount: amount, Description: sent.Get("description"), Date: day,
			}
			if sent.Get("direction") != "give" {
				p.Amount = new(amount.Neg())
			}
			if sent.Get("direction") == "refund" {
				p.Reason = clientele.ReasonRefund
			}
			_, err = s.service.Customers.MoveCredit(v.Context(), v.call(), id, p)
			return after(v.Path("customers", id), "credit", ""), err
		},
	}
}

// amountSent is the amount of a form, above nothing, in the currency that it names.
func amountSent(v *visit, sent url.Values) (*clientele.Amount, error) {
	amount, err := v.amountIn("amount", sent.Get("amount"), v.currency(sent.Get("currency_id")))
	if err == nil && (amount == nil || amount.Sign() <= 0) {
		err = invalid("amount", "write an amount above nothing")
	}
	return amount, err
}

func currencyOptions(v *visit) (all []option) {
	for _, c := range v.currencies {
		if c.Active {
			all = append(all, option{c.ID, c.Symbol + " — " + c.Name})
		}
	}
	return all
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
