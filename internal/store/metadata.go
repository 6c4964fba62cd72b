package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// reindexMetadata makes an object findable by its metadata as it is now, writing the keys that changed.
func (t *tx) reindexMetadata(table string, seq int64, live bool, before, after clientele.Metadata) error {
	for key, raw := range before {
		if now, has := after[key]; has && bytes.Equal(now, raw) {
			continue
		}
		err := t.run("DELETE FROM "+table+" WHERE livemode = $1 AND key = $2 AND value = $3 AND seq = $4",
			live, key, metadataKey(metadataText(raw)), seq)
		if err != nil {
			return err
		}
	}
	for key, raw := range after {
		if was, had := before[key]; had && bytes.Equal(was, raw) {
			continue
		}
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
