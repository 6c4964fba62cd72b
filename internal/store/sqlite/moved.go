package sqlite

import (
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev/internal/store"
)

// NamesAfter implements [store.Moved].
func (t *tx) NamesAfter(after store.ClaimedName, limit int64) (names []store.ClaimedName, err error) {
	err = t.each(`SELECT n.livemode, n.kind, n.name, c.id, c.seq FROM customer_names n JOIN customers c ON c.seq = n.seq
		WHERE (n.livemode, n.kind, n.name) > ($1, $2, $3) ORDER BY n.livemode, n.kind, n.name LIMIT $4`, func(r row) error {
		names = append(names, store.ClaimedName{
			Livemode: r.int(0) == 1, Ref: store.Ref{Kind: store.NameKind(r.text(1)), Name: r.text(2)},
			Customer: store.Record{ID: r.text(3), Seq: r.seq(4)},
		})
		return nil
	}, after.Livemode, string(after.Ref.Kind), after.Ref.Name, limit)
	return names, err
}

// KeptAnswers implements [store.Moved].
func (t *tx) KeptAnswers(fn func(actor, key string, a store.Answer)) error {
	return t.each(`SELECT actor, key, fingerprint, answered_at, object_version, created, doc, refusal, object_type,
		object_id FROM answers ORDER BY actor, key`, func(r row) (err error) {
		a := store.Answer{
			Fingerprint: [32]byte(r.bytes(2)), At: time.UnixMilli(r.int(3)),
			Document: store.Document{
				Version: r.int(4), Created: r.int(5) == 1, JSON: r.bytes(6),
				Of: store.ObjectType(r.text(8)), ID: r.text(9),
			},
		}
		if refusal := r.bytes(7); len(refusal) > 0 {
			err = json.Unmarshal(refusal, &a.Refusal)
		}
		fn(r.text(0), r.text(1), a)
		return err
	})
}
