package billing

import (
	"context"

	"golang.org/x/text/language"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Settings is the part of [Service] about what the business decides for all its customers.
type Settings struct{ *core }

// Limits of settings.
const (
	defaultUncollectibleAfter = 30
	maxUncollectibleAfter     = 3650
)

// SettingsParams are what a request says about the settings. What is absent stays as it is.
type SettingsParams struct {
	// Who issues the invoices; replaced as a whole.
	Business *clientele.Business `json:"business,omitempty"`
	// How amounts and dates are written for people: a BCP 47 language tag.
	Locale *string `json:"locale,omitempty"`
	// After how many days past due an open invoice becomes uncollectible: 0 to 3650, or -1 for never.
	UncollectibleAfterDays *int64 `json:"uncollectible_after_days,omitempty"`
}

// Retrieve answers the settings of a mode.
func (s Settings) Retrieve(ctx context.Context, mode clientele.Mode) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		settings, version, err := settingsOf(tx, mode)
		if err != nil {
			return err
		}
		doc.Version = version
		doc.JSON, err = encodeObject(settings)
		return err
	})
	return doc, err
}

// Of returns the settings of a mode.
func (s Settings) Of(ctx context.Context, mode clientele.Mode) (settings clientele.Settings, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		settings, _, err = settingsOf(tx, mode)
		return err
	})
	return settings, err
}

// settingsOf are a mode's settings, or the first ones, whose version is 0.
func settingsOf(tx store.Tx, mode clientele.Mode) (clientele.Settings, int64, error) {
	settings, version, err := tx.Settings(mode)
	if version == 0 {
		settings = clientele.Settings{
			Object: "settings", Livemode: mode, Locale: "en", UncollectibleAfterDays: defaultUncollectibleAfter,
		}
	}
	return settings, version, err
}

// Update changes what is sent.
func (s Settings) Update(ctx context.Context, call Call, p SettingsParams) (store.Document, error) {
	if err := p.check(); err != nil {
		return store.Document{}, err
	}
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		settings, version, err := settingsOf(tx, call.Livemode)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(store.Record{Version: version}); err != nil {
			return store.Document{}, err
		}
		before, err := encodeObject(settings)
		if err != nil {
			return store.Document{}, err
		}
		set(&settings.Business, p.Business)
		set(&settings.Locale, p.Locale)
		set(&settings.UncollectibleAfterDays, p.UncollectibleAfterDays)
		settings.UpdatedAt = clientele.At(s.now())
		after, err := encodeObject(settings)
		if err != nil {
			return store.Document{}, err
		}
		if err := tx.SaveSettings(store.Record{Version: version + 1, JSON: after}, settings); err != nil {
			return store.Document{}, err
		}
		id := "settings_" + call.Livemode.String()
		return store.Document{JSON: after, Version: version + 1}, s.record(tx, call, clientele.EventSettingsUpdated,
			changed{id: id, version: version + 1, before: before, after: after})
	})
}

func (p SettingsParams) check() error {
	if p.Locale != nil {
		if _, err := language.Parse(*p.Locale); err != nil {
			return invalid("locale", "locale must be a language tag such as en, de or pt-BR")
		}
	}
	if p.UncollectibleAfterDays != nil {
		if err := checkUncollectibleAfter("uncollectible_after_days", *p.UncollectibleAfterDays); err != nil {
			return err
		}
	}
	if b := p.Business; b != nil {
		err := clientele.JoinInvalid(checkLength("business.name", b.Name, maxName), checkLength("business.email", b.Email,
			maxEmail),
			checkLength("business.phone", b.Phone, maxSymbol), checkLength("business.tax_id", b.TaxID, maxStatement),
			checkLength("business.payment_instructions", b.PaymentInstructions, maxText),
			normalize("business.address", &b.Address))
		if err != nil {
			return err
		}
		if b.Email, err = parseEmail("business.email", b.Email); err != nil {
			return err
		}
	}
	return nil
}

func checkUncollectibleAfter(field string, days int64) error {
	if days < clientele.NeverUncollectible || days > maxUncollectibleAfter {
		return invalid(field, "%s is 0 to %d days, or %d for never", field, maxUncollectibleAfter,
			clientele.NeverUncollectible)
	}
	return nil
}

// normalize checks an address and writes its country in capitals.
func normalize(field string, a *clientele.Address) error {
	raw, err := encodeObject(*a)
	if err != nil {
		return err
	}
	merge, err := parseAddress(field, raw)
	if err != nil {
		return err
	}
	merge(a)
	return nil
}
