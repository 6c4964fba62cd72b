package postgres

import (
	"bytes"
	"maps"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// saveMetadata makes an object findable by its metadata as it is now, writing the keys that changed, in one order.
func (t *tx) saveMetadata(
	table, customerID string, seq store.Position, mode clientele.Mode, before, after clientele.Metadata,
) {
	for _, key := range slices.Sorted(maps.Keys(before)) {
		if now, has := after[key]; has && bytes.Equal(now, before[key]) {
			continue
		}
		t.run("DELETE FROM "+table+" WHERE livemode = $1 AND key = $2 AND value = $3 AND seq = $4 AND customer_id = $5",
			mode, key, store.MetadataKey(store.MetadataText(before[key])), seq, customerID)
	}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if was, had := before[key]; had && bytes.Equal(was, after[key]) {
			continue
		}
		text := store.MetadataText(after[key])
		value, folded := store.MetadataKey(text), new(string)
		if *folded = fold.Text(text); *folded == value {
			folded = nil
		}
		t.run("INSERT INTO "+table+" (livemode, key, value, customer_id, seq, folded) VALUES ($1, $2, $3, $4, $5, $6)",
			mode, key, value, customerID, seq, folded)
	}
}
