package store

import (
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// AddEvent implements [billing.Tx].
func (t *tx) AddEvent(e clientele.Event) error {
	doc, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		return err
	}
	return t.run(`INSERT INTO events (id, livemode, type, object_id, object_version, doc)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		e.ID, e.Livemode, e.Type, e.ObjectID, e.ObjectVersion, string(doc))
}

// Answer implements [billing.Tx].
func (t *tx) Answer(actor, key string, after time.Time) (a billing.Answer, found bool, err error) {
	err = t.each(`SELECT fingerprint, answered_at, object_version, created, doc, refusal FROM answers
		WHERE actor = $1 AND key = $2 AND answered_at > $3`,
		func(r row) error {
			found = true
			a = billing.Answer{
				Fingerprint: [32]byte(r.bytes(0)), At: time.UnixMilli(r.int(1)),
				Document: billing.Document{Version: r.int(2), Created: r.int(3) == 1, JSON: r.bytes(4)},
			}
			if refusal := r.bytes(5); len(refusal) > 0 {
				return json.Unmarshal(refusal, &a.Refusal)
			}
			return nil
		}, actor, key, after.UnixMilli())
	return a, found, err
}

// SaveAnswer implements [billing.Tx].
func (t *tx) SaveAnswer(actor, key string, a billing.Answer) error {
	var refusal []byte
	if a.Refusal != nil {
		var err error
		if refusal, err = json.Marshal(a.Refusal); err != nil {
			return err
		}
	}
	return t.run(`INSERT INTO answers (actor, key, fingerprint, answered_at, object_version, created, doc, refusal)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (actor, key) DO UPDATE SET fingerprint = excluded.fingerprint, answered_at = excluded.answered_at,
			object_version = excluded.object_version, created = excluded.created, doc = excluded.doc,
			refusal = excluded.refusal`,
		actor, key, a.Fingerprint[:], a.At.UnixMilli(), a.Document.Version, a.Document.Created,
		string(a.Document.JSON), string(refusal))
}

// ForgetAnswers implements [billing.Tx].
func (t *tx) ForgetAnswers(before time.Time, limit int) (int64, error) {
	return t.exec(`DELETE FROM answers WHERE (actor, key) IN (
		SELECT actor, key FROM answers WHERE answered_at <= $1 ORDER BY answered_at LIMIT $2)`,
		before.UnixMilli(), int64(limit))
}
