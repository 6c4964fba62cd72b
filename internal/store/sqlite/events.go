package sqlite

import (
	"math"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev/internal/store"
)

// AddEvent implements [store.Events]. One writes at a time, so the event has its place at once, unless events of before
// they had hashes still wait for theirs.
func (t *tx) AddEvent(e store.EventRecord) error {
	end, err := t.FeedEnd()
	if err != nil {
		return err
	}
	var seq, undo, state, hash any // the next position when it has none
	if e.Seq != 0 {                // of another database
		seq = e.Seq
		if end.Hash, err = t.pruning().HashBefore(end, e.Seq); err != nil {
			return err
		}
	}
	if e.Undo != nil {
		undo = string(e.Undo)
	}
	if e.State != nil {
		state = string(e.State)
	}
	if end.Hash != nil || end.Seq == 0 {
		hash = e.HashAfter(end.Hash)
	}
	return t.run(`INSERT INTO events
		(seq, livemode, type, customer_id, object_id, object_version, created_at, request_id, idempotency_key, actor, undo,
			digest, state, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, seq, e.Livemode, e.Type, e.CustomerID,
		e.ObjectID, e.ObjectVersion, e.At.UnixMilli(), e.RequestID, e.IdempotencyKey, e.Actor, undo, e.Digest, state, hash)
}

const selectEvents = `SELECT seq, livemode, type, customer_id, object_id, object_version, created_at, request_id,
	idempotency_key, actor, undo, digest, state, hash FROM events`

func (t *tx) eventRecords(query string, args ...any) (events []store.EventRecord, err error) {
	optional := func(r row, i int) []byte {
		if r.null(i) {
			return nil
		}
		return r.bytes(i)
	}
	err = t.each(selectEvents+query, func(r row) error {
		events = append(events, store.EventRecord{
			Seq: r.int(0), Livemode: r.int(1) == 1, Type: r.text(2), CustomerID: r.text(3), ObjectID: r.text(4),
			ObjectVersion: r.int(5), At: time.UnixMilli(r.int(6)), RequestID: r.text(7), IdempotencyKey: r.text(8),
			Actor: r.text(9), Undo: optional(r, 10), Digest: r.bytes(11), State: optional(r, 12), Hash: optional(r, 13),
		})
		return nil
	}, args...)
	return events, err
}

// Events implements [store.Events].
func (t *tx) Events(q store.EventQuery) ([]store.EventRecord, error) {
	switch {
	case q.ObjectID != "":
		to := q.To
		if to == 0 {
			to = math.MaxInt64
		}
		return t.eventRecords(" WHERE object_id = $1 AND object_version BETWEEN $2 AND $3 ORDER BY object_version",
			q.ObjectID, q.From, to)
	case q.Latest:
		return t.eventRecords(" WHERE livemode = $1 ORDER BY seq DESC LIMIT $2", q.Livemode, q.Limit)
	}
	// Of deleted invoices there is an index.
	return t.eventRecords(" WHERE customer_id = $1 AND type = 'invoice.deleted'", q.CustomerID)
}

// ClaimAnswer implements [store.Tx]. There is one writer at a time: whoever comes later waits anyway.
func (t *tx) ClaimAnswer(actor, key string, after time.Time) (a store.Answer, found bool, err error) {
	err = t.each(`SELECT fingerprint, answered_at, object_version, created, doc, refusal, object_type, object_id
		FROM answers WHERE actor = $1 AND key = $2 AND answered_at > $3`,
		func(r row) error {
			found = true
			a = store.Answer{
				Fingerprint: [32]byte(r.bytes(0)), At: time.UnixMilli(r.int(1)),
				Document: store.Document{
					Version: r.int(2), Created: r.int(3) == 1, JSON: r.bytes(4),
					Of: store.ObjectType(r.text(6)), ID: r.text(7),
				},
			}
			if refusal := r.bytes(5); len(refusal) > 0 {
				return json.Unmarshal(refusal, &a.Refusal)
			}
			return nil
		}, actor, key, after.UnixMilli())
	return a, found, err
}

// SaveAnswer implements [store.Tx].
func (t *tx) SaveAnswer(actor, key string, a store.Answer) error {
	var refusal []byte
	if a.Refusal != nil {
		var err error
		if refusal, err = json.Marshal(a.Refusal); err != nil {
			return err
		}
	}
	doc := a.Document
	if doc.Of != "" {
		doc.JSON = nil
	}
	return t.run(`INSERT INTO answers
		(actor, key, fingerprint, answered_at, object_version, created, doc, refusal, object_type, object_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (actor, key) DO UPDATE SET fingerprint = excluded.fingerprint, answered_at = excluded.answered_at,
			object_version = excluded.object_version, created = excluded.created, doc = excluded.doc,
			refusal = excluded.refusal, object_type = excluded.object_type, object_id = excluded.object_id`,
		actor, key, a.Fingerprint[:], a.At.UnixMilli(), doc.Version, doc.Created, string(doc.JSON), string(refusal),
		string(doc.Of), doc.ID)
}

// ForgetAnswers implements [store.Tx].
func (t *tx) ForgetAnswers(before time.Time, limit int) (int64, error) {
	return t.exec(`DELETE FROM answers WHERE (actor, key) IN (
		SELECT actor, key FROM answers WHERE answered_at <= $1 ORDER BY answered_at LIMIT $2)`,
		before.UnixMilli(), int64(limit))
}
