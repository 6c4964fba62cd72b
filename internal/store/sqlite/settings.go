package sqlite

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Settings implements [store.Tx].
func (t *tx) Settings(mode clientele.Mode) (settings clientele.Settings, version int64, err error) {
	err = t.each("SELECT version, doc FROM settings WHERE livemode = $1", func(r row) error {
		version = r.int(0)
		return json.Unmarshal(r.bytes(1), &settings)
	}, mode)
	return settings, version, err
}

// SettingsAt implements [store.Tx].
func (t *tx) SettingsAt(mode clientele.Mode, version int64) (settings clientele.Settings, found bool, err error) {
	err = t.each("SELECT doc FROM settings_versions WHERE livemode = $1 AND version = $2", func(r row) error {
		found = true
		return json.Unmarshal(r.bytes(0), &settings)
	}, mode, version)
	return settings, found, err
}

// SaveSettings implements [store.Tx].
func (t *tx) SaveSettings(rec store.Record, s clientele.Settings) error {
	n, err := t.exec(`INSERT INTO settings (livemode, version, doc) VALUES ($1, $2, $3)
		ON CONFLICT (livemode) DO UPDATE SET version = excluded.version, doc = excluded.doc
		WHERE settings.version = excluded.version - 1`, s.Livemode, rec.Version, string(rec.JSON))
	if err == nil && n != 1 {
		err = fmt.Errorf("the settings were not at version %d", rec.Version-1)
	}
	if err != nil {
		return err
	}
	return t.run("INSERT INTO settings_versions (livemode, version, doc) VALUES ($1, $2, $3)", s.Livemode, rec.Version,
		string(rec.JSON))
}
