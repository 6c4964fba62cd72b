package postgres

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// PaymentCurrency implements [store.Currencies].
func (t *tx) PaymentCurrency(mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error) {
	type key struct {
		mode clientele.Mode
		id   string
	}
	if known, found := t.store.currencies.Load(key{mode, id}); found {
		return known.(clientele.PaymentCurrency), true, nil
	}
	query := "SELECT doc FROM payment_currencies WHERE livemode = $1 AND id = $2"
	if id == "" {
		query = "SELECT doc FROM payment_currencies WHERE livemode = $1 AND $2 = '' AND is_base"
	}
	all, err := allOf[clientele.PaymentCurrency](t, query, mode, id)
	if err != nil || len(all) == 0 {
		return c, false, err
	}
	if !t.addsCurrencies { // it is there for good: nobody takes one away
		t.store.currencies.Store(key{mode, id}, all[0])
	}
	return all[0], true, nil
}

// lockCurrencies makes others who add one wait: whoever reads all of them in order to write wants to add another.
func (t *tx) lockCurrencies() {
	if t.writing {
		t.run("SELECT pg_advisory_xact_lock(hashtextextended('clientele currencies', 0))")
	}
}

// allOf reads objects from a statement's one column of documents.
func allOf[T any](t *tx, query string, args ...any) (all []T, err error) {
	err = t.each(func(r pgx.Rows) error {
		var doc []byte
		var one T
		if err := r.Scan(&doc); err != nil {
			return err
		}
		err := json.Unmarshal(doc, &one)
		all = append(all, one)
		return err
	}, query, args...)
	return all, err
}

// Settings implements [store.Settings].
func (t *tx) Settings(mode clientele.Mode) (settings clientele.Settings, version int64, err error) {
	err = t.each(func(r pgx.Rows) error {
		var doc []byte
		if err := r.Scan(&version, &doc); err != nil {
			return err
		}
		return json.Unmarshal(doc, &settings)
	}, "SELECT version, doc FROM settings WHERE livemode = $1", mode)
	return settings, version, err
}

// SettingsAt implements [store.Settings].
func (t *tx) SettingsAt(mode clientele.Mode, version int64) (settings clientele.Settings, found bool, err error) {
	err = t.each(func(r pgx.Rows) error {
		var doc []byte
		if err := r.Scan(&doc); err != nil {
			return err
		}
		found = true
		return json.Unmarshal(doc, &settings)
	}, "SELECT doc FROM settings_versions WHERE livemode = $1 AND version = $2", mode, version)
	return settings, found, err
}

// SaveSettings implements [store.Settings].
func (t *tx) SaveSettings(rec store.Record, s clientele.Settings) error {
	t.mustChange(fmt.Errorf("the settings were not at version %d", rec.Version-1),
		`INSERT INTO settings AS s (livemode, version, doc) VALUES ($1, $2, $3)
		ON CONFLICT (livemode) DO UPDATE SET version = excluded.version, doc = excluded.doc
		WHERE s.version = excluded.version - 1`, s.Livemode, rec.Version, rec.JSON)
	t.run("INSERT INTO settings_versions (livemode, version, doc) VALUES ($1, $2, $3)", s.Livemode, rec.Version, rec.JSON)
	return nil
}
