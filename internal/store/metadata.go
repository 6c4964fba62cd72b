package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// indexMetadata makes an object findable by its metadata, and no longer by what it had before.
func (t *tx) indexMetadata(table string, seq int64, live bool, metadata clientele.Metadata) error {
	if err := t.run("DELETE FROM "+table+" WHERE seq = $1", seq); err != nil {
		return err
	}
	for key, raw := range metadata {
		value := metadataText(raw)
		err := t.run("INSERT INTO "+table+" (livemode, key, value, seq, folded) VALUES ($1, $2, $3, $4, $5)",
			live, key, metadataKey(value), seq, billing.Fold(value))
		if err != nil {
			return err
		}
	}
	return nil
}

// addMetadata adds the filters by metadata to the conditions of a list.
func (w *where) addMetadata(table string, live bool, matches []billing.MetadataMatch) {
	for _, m := range matches {
		w.add("seq IN (SELECT seq FROM "+table+" WHERE livemode = ? AND key = ? AND value = ?)",
			live, m.Key, metadataKey(m.Value))
	}
}

func sameMetadata(a, b clientele.Metadata) bool {
	return maps.EqualFunc(a, b, func(x, y json.RawMessage) bool { return slices.Equal(x, y) })
}

// metadataText is a metadata value as filters compare it: a string itself, or another value's JSON.
func metadataText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// metadataKey is what a value is found by: itself, or the digest of one too long for an index.
func metadataKey(value string) string {
	const longest = 255
	if len(value) <= longest {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return "sha256:" + hex.EncodeToString(sum[:])
}
