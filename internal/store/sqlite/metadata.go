package sqlite

import (
	"bytes"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// saveMetadata makes an object findable by its metadata as it is now, writing the keys that changed.
func (t *tx) saveMetadata(
	table string, seq store.Position, mode clientele.Mode, before, after clientele.Metadata,
) error {
	for key, raw := range before {
		if now, has := after[key]; has && bytes.Equal(now, raw) {
			continue
		}
		err := t.run("DELETE FROM "+table+" WHERE livemode = $1 AND key = $2 AND value = $3 AND seq = $4",
			mode, key, store.MetadataKey(store.MetadataText(raw)), seq)
		if err != nil {
			return err
		}
	}
	for key, raw := range after {
		if was, had := before[key]; had && bytes.Equal(was, raw) {
			continue
		}
		value := store.MetadataText(raw)
		found, folded := store.MetadataKey(value), fold.Text(value)
		switch folded { // is kept only where it differs, and a space, which no query is, where it is empty
		case found:
			folded = ""
		case "":
			folded = " "
		}
		err := t.run("INSERT INTO "+table+" (livemode, key, value, seq, folded) VALUES ($1, $2, $3, $4, $5)",
			mode, key, found, seq, folded)
		if err != nil {
			return err
		}
	}
	return nil
}
