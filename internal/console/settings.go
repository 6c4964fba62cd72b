package console

import (
	"html/template"
	"net/url"
	"strconv"

	"clientele.dev"
)

// changeSettings is the form for what the business has decided.
func (s *console) changeSettings() action {
	return action{
		visible: true,
		form: func(v *visit) (form, error) {
			doc, err := s.service.Settings.Retrieve(v.Context(), v.Mode)
			settings, err := decode[clientele.Settings](doc, err)
			b, a := settings.Business, settings.Business.Address
			return form{
				Title: "Settings", Submit: "Save", Version: doc.Version,
				Intro: "Who issues the invoices, as printed on them, in " + v.Mode.String() + " mode.",
				Fields: []field{
					{Name: "business.name", Label: "Name of the business", Value: b.Name},
					{Name: "business.address.line1", Label: "Street", Value: a.Line1},
					{Name: "business.address.line2", Label: "Suite, building", Value: a.Line2},
					{Name: "business.address.postal_code", Label: "Postal code", Value: a.PostalCode, Narrow: true},
					{Name: "business.address.city", Label: "City", Value: a.City, Narrow: true},
					{Name: "business.address.state", Label: "State or region", Value: a.State, Narrow: true},
					countryField("business.address.country", a.Country),
					{Name: "business.email", Label: "Email", Type: "email", Value: b.Email, Narrow: true},
					{Name: "business.phone", Label: "Phone", Type: "tel", Value: b.Phone, Narrow: true},
					{Name: "business.tax_id", Label: "Tax or registration number", Value: b.TaxID},
					{Name: "business.payment_instructions", Label: "How to pay", Type: "textarea", Value: b.PaymentInstructions,
						Hint: "Printed on every invoice: a bank account, for instance."},
					{Name: "business.logo", Label: "Logo", Type: "file", Accept: "image/png,image/jpeg", Narrow: true,
						Picture: template.URL(b.Logo),
						Hint:    "A PNG or JPEG of up to 64 KB and 1,000 pixels, printed at the head."},
					{Name: "no_logo", Label: "No logo", Type: "checkbox", Narrow: true},
					{Name: "business.footer", Label: "Footer", Type: "textarea", Value: b.Footer,
						Hint: "Printed at the foot of every invoice and statement."},
					{Name: "locale", Label: "Language of numbers", Value: settings.Locale, Narrow: true,
						Group: "Numbers and policy", Required: true, Hint: "A language tag: en, de-CH, ar-EG"},
					{Name: "time_zone", Label: "Time zone", Value: settings.TimeZone, Narrow: true, Required: true,
						Hint: "Where days begin: Europe/Berlin, America/New_York"},
					{Name: "uncollectible_after_days", Label: "Days past due until an invoice is uncollectible", Type: "number",
						Value: strconv.FormatInt(settings.UncollectibleAfterDays, 10), Narrow: true, Required: true,
						Hint: "0 to 3650, or -1 for never."},
				},
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			days, err := strconv.ParseInt(sent.Get("uncollectible_after_days"), 10, 64)
			if err != nil {
				return "", invalid("uncollectible_after_days", "write a whole number")
			}
			logo, err := v.fileSent("business.logo")
			if err != nil {
				return "", err
			}
			if logo == "" && sent.Get("no_logo") == "" {
				logo = v.settings.Business.Logo
			}
			text := func(name string) string { return sent.Get("business." + name) }
			_, err = s.service.Settings.Update(v.Context(), v.call(), clientele.SettingsParams{
				Business: &clientele.Business{
					Name: text("name"), Email: text("email"), Phone: text("phone"), TaxID: text("tax_id"),
					PaymentInstructions: text("payment_instructions"), Footer: text("footer"), Logo: logo,
					Address: clientele.Address{
						Line1: text("address.line1"), Line2: text("address.line2"), PostalCode: text("address.postal_code"),
						City: text("address.city"), State: text("address.state"), Country: text("address.country"),
					},
				},
				Locale: new(sent.Get("locale")), TimeZone: new(sent.Get("time_zone")), UncollectibleAfterDays: &days,
			})
			return after(v.Path("settings"), "saved", ""), err
		},
	}
}
