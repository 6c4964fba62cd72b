package sqlite

import (
	"bytes"
	"encoding/json"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// reindexMetadata makes an object findable by its metadata as it is now, writing the keys that changed.
func (t *tx) reindexMetadata(table string, seq int64, mode clientele.Mode, before, after clientele.Metadata) error {
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

// addMetadata adds the filters by metadata to the conditions of a list.
func (w *where) addMetadata(table string, mode clientele.Mode, matches []store.MetadataMatch) {
	for _, m := range matches {
		w.add("seq IN (SELECT seq FROM "+table+" WHERE livemode = ? AND key = ? AND value = ?)",
			mode, m.Key, store.MetadataKey(m.Value))
	}
}

// mendMetadata writes the index of metadata anew where earlier versions wrote it of the text that was sent, which may
// have had escapes that the document does not have.
func (t *tx) mendMetadata() error {
	for table, objects := range map[string]string{"customer_metadata": "customers", "invoice_metadata": "invoices"} {
		stale, err := t.seqs("SELECT DISTINCT seq FROM "+table+` WHERE instr(value, '\') OR value LIKE 'sha256:%'`, nil)
		if err != nil {
			return err
		}
		list, err := json.Marshal(stale)
		if err != nil {
			return err
		}
		if err := t.run("DELETE FROM "+table+" WHERE seq IN (SELECT value FROM json_each($1))", string(list)); err != nil {
			return err
		}
		for _, seq := range stale {
			var object struct {
				Livemode clientele.Mode     `json:"livemode"`
				Metadata clientele.Metadata `json:"metadata"`
			}
			read := func(r row) error { return json.Unmarshal(r.bytes(0), &object) }
			if err := t.each("SELECT doc FROM "+objects+" WHERE seq = $1", read, seq); err != nil {
				return err
			}
			if err := t.reindexMetadata(table, seq, object.Livemode, nil, object.Metadata); err != nil {
				return err
			}
		}
	}
	return nil
}
