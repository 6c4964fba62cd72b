package billing

import (
	"context"

	"github.com/go-json-experiment/json"
	"golang.org/x/text/language"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// Settings is the part of [Service] about what the business decides for all its customers.
type Settings struct{ *core }

// Limits of settings.
const (
	defaultUncollectibleAfter = 30
)

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

// settingsOf are a mode's settings, or the first ones, and their version, which is 0 of these.
func settingsOf(tx store.Tx, mode clientele.Mode) (clientele.Settings, int64, error) {
	rec, settings, err := settingsRecord(tx, mode)
	return settings, rec.Version, err
}

// settingsRecord is [settingsOf] with what is stored of them.
func settingsRecord(tx store.Tx, mode clientele.Mode) (rec store.Record, settings clientele.Settings, err error) {
	rec, found, err := tx.Get(store.Settings.Kind, mode, store.SettingsID(mode))
	if err != nil || !found {
		return store.Record{}, firstSettings(mode), err
	}
	return rec, settings, json.Unmarshal(rec.JSON, &settings)
}

// settingsAt are a mode's settings as they were at a version: an issued invoice is printed with those that there were.
func settingsAt(tx store.Tx, mode clientele.Mode, version int64) (settings clientele.Settings, err error) {
	if version == 0 {
		return firstSettings(mode), nil
	}
	doc, err := events.ObjectAt(tx, mode, store.TypeSettings, store.SettingsID(mode), version)
	if err == nil {
		err = json.Unmarshal(doc, &settings)
	}
	return settings, err
}

// firstSettings are the settings of a mode that nobody has changed.
func firstSettings(mode clientele.Mode) clientele.Settings {
	return clientele.Settings{
		Object: "settings", Livemode: mode, Locale: "en", TimeZone: firstTimeZone,
		UncollectibleAfterDays: defaultUncollectibleAfter,
	}
}

// firstTimeZone is where a business is until it says where.
const firstTimeZone = "UTC"

// Update changes what is sent.
func (s Settings) Update(ctx context.Context, call Call, p clientele.SettingsParams) (store.Document, error) {
	if err := checkSettings(p); err != nil {
		return store.Document{}, err
	}
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		_, doc, err := s.save(tx, call, func(settings *clientele.Settings) error {
			set(&settings.Business, p.Business)
			set(&settings.Locale, p.Locale)
			set(&settings.TimeZone, p.TimeZone)
			set(&settings.UncollectibleAfterDays, p.UncollectibleAfterDays)
			set(&settings.Accounting, p.Accounting)
			return nil
		})
		return doc, err
	})
}

// save changes the settings of a mode.
func (s Settings) save(
	tx store.Tx, call Call, change func(*clientele.Settings) error,
) (settings clientele.Settings, doc store.Document, err error) {
	rec, settings, err := settingsRecord(tx, call.Livemode)
	if err == nil {
		err = call.checkVersionOf(rec, true)
	}
	if err != nil {
		return settings, doc, err
	}
	before := settings
	was, err := encodeObject(before)
	if err != nil {
		return settings, doc, err
	}
	if err := change(&settings); err != nil {
		return settings, doc, err
	}
	settings.UpdatedAt = clientele.At(s.now())
	if rec.JSON, err = encodeObject(settings); err != nil {
		return settings, doc, err
	}
	rec.ID = store.SettingsID(call.Livemode)
	rec.Version++
	var replaced *clientele.Settings
	if rec.Version > 1 {
		replaced = &before
	}
	if err := store.Settings.Save(tx, rec, replaced, &settings); err != nil {
		return settings, doc, err
	}
	return settings, store.Document{JSON: rec.JSON, Version: rec.Version},
		s.record(tx, call, clientele.EventSettingsUpdated,
			changed{id: rec.ID, version: rec.Version, before: was, after: rec.JSON})
}

// Account answers who issues the invoices.
func (s Settings) Account(ctx context.Context, mode clientele.Mode) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		settings, version, err := settingsOf(tx, mode)
		if err != nil {
			return err
		}
		doc.Version = version
		doc.JSON, err = encodeObject(settings.Business)
		return err
	})
	return doc, err
}

// UpdateAccount changes what is sent of who issues the invoices.
func (s Settings) UpdateAccount(ctx context.Context, call Call, p clientele.AccountParams) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		settings, doc, err := s.save(tx, call, func(settings *clientele.Settings) error {
			b := settings.Business
			set(&b.Name, p.Name)
			set(&b.Address, p.Address)
			set(&b.Email, p.Email)
			set(&b.Phone, p.Phone)
			set(&b.TaxID, p.TaxID)
			set(&b.PaymentInstructions, p.PaymentInstructions)
			set(&b.Logo, p.Logo)
			set(&b.Footer, p.Footer)
			settings.Business = b
			return check.Business("", &settings.Business)
		})
		if err != nil {
			return store.Document{}, err
		}
		doc.JSON, err = encodeObject(settings.Business)
		return doc, err
	})
}

func checkSettings(p clientele.SettingsParams) error {
	if p.Locale != nil {
		if _, err := language.Parse(*p.Locale); err != nil {
			return check.Invalid("locale", "locale must be a language tag such as en, de or pt-BR")
		}
	}
	if p.TimeZone != nil {
		if _, err := clientele.LoadZone(*p.TimeZone); err != nil {
			return check.Invalid("time_zone",
				"time_zone must be a name of the IANA time zone database, such as Europe/Berlin")
		}
	}
	if p.UncollectibleAfterDays != nil {
		if err := check.UncollectibleAfter("uncollectible_after_days", *p.UncollectibleAfterDays); err != nil {
			return err
		}
	}
	if p.Accounting != nil {
		if err := check.Accounting("accounting.", *p.Accounting); err != nil {
			return err
		}
	}
	if p.Business != nil {
		return check.Business("business.", p.Business)
	}
	return nil
}
