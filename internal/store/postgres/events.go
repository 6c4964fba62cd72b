package postgres

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// AddEvent implements [store.Events].
func (t *tx) AddEvent(e store.EventRecord) error {
	if t.event.ObjectID == "" {
		t.event = e
	}
	if e.Seq != 0 { // of another database
		t.run(`INSERT INTO events (seq, livemode, type, customer_id, object_id, object_version, created_at, request_id,
				idempotency_key, actor, undo, digest, state, position)
			OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $1)`, e.Seq, e.Livemode,
			e.Type, e.CustomerID, e.ObjectID, e.ObjectVersion, e.At.UnixMilli(), e.RequestID, e.IdempotencyKey, e.Actor,
			e.Undo, e.Digest, e.State)
		t.runLast("SELECT setval(pg_get_serial_sequence('events', 'seq'), $1)", e.Seq)
		return nil
	}
	t.run(`INSERT INTO events
		(livemode, type, customer_id, object_id, object_version, created_at, request_id, idempotency_key, actor, undo,
			digest, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, e.Livemode, e.Type, e.CustomerID, e.ObjectID,
		e.ObjectVersion, e.At.UnixMilli(), e.RequestID, e.IdempotencyKey, e.Actor, e.Undo, e.Digest, e.State)
	return nil
}

// eventColumns are those of a record. An event without a position has 0.
const eventColumns = `coalesce(position, 0), livemode, type, customer_id, object_id, object_version, created_at,
	request_id, idempotency_key, actor, undo, digest, state, hash`

const selectEvents = "SELECT " + eventColumns + " FROM events"

func scanEvent(r pgx.Rows, more ...any) (e store.EventRecord, err error) {
	var at int64
	err = r.Scan(append([]any{&e.Seq, &e.Livemode, &e.Type, &e.CustomerID, &e.ObjectID, &e.ObjectVersion, &at,
		&e.RequestID, &e.IdempotencyKey, &e.Actor, &e.Undo, &e.Digest, &e.State, &e.Hash}, more...)...)
	e.At = time.UnixMilli(at)
	return e, err
}

func (t *tx) eventRecords(query string, args ...any) (events []store.EventRecord, err error) {
	err = t.each(func(r pgx.Rows) error {
		e, err := scanEvent(r)
		events = append(events, e)
		return err
	}, selectEvents+query, args...)
	return events, err
}

// Events implements [store.Events].
func (t *tx) Events(q store.EventQuery) ([]store.EventRecord, error) {
	switch {
	case q.ObjectID != "":
		return t.eventsOf(q)
	case q.Latest: // those without a position first, for null is larger than all
		return t.eventRecords(" WHERE livemode = $1 ORDER BY position DESC, seq DESC LIMIT $2", q.Livemode, q.Limit)
	}
	// Of deleted invoices there is an index.
	return t.eventRecords(" WHERE customer_id = $1 AND type = 'invoice.deleted'", q.CustomerID)
}

// eventsOf are the events of an object, oldest first.
func (t *tx) eventsOf(q store.EventQuery) ([]store.EventRecord, error) {
	var w sql.Where
	w.Add("object_id = ?", q.ObjectID)
	if t.store.distributed {
		customerID, err := t.customerOfEvents(q.ObjectType, q.ObjectID)
		if err != nil {
			return nil, err
		}
		w.Add("customer_id = ?", customerID)
	}
	if q.From != 0 {
		w.Add("object_version >= ?", q.From)
	}
	if q.To != 0 {
		w.Add("object_version <= ?", q.To)
	}
	return t.eventRecords(" WHERE "+w.String()+" ORDER BY object_version", w.Args...)
}

// ClaimAnswer implements [store.Answers]. The second statement sees what whoever had the lock before has committed.
func (t *tx) ClaimAnswer(actor, key string, after time.Time) (a store.Answer, found bool, err error) {
	t.run("SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))", actor, key)
	err = t.each(func(r pgx.Rows) error {
		var fingerprint []byte
		var at int64
		var of, refusal string
		doc := &a.Document
		err := r.Scan(&fingerprint, &at, &of, &doc.ID, &doc.Version, &doc.Created, &doc.JSON, &refusal)
		if err != nil {
			return err
		}
		found = true
		a.Fingerprint, a.At, doc.Of = [32]byte(fingerprint), time.UnixMilli(at), store.ObjectType(of)
		if refusal != "" {
			return json.Unmarshal([]byte(refusal), &a.Refusal)
		}
		return nil
	}, `SELECT fingerprint, answered_at, object_type, object_id, object_version, created, doc, refusal FROM answers
		WHERE actor = $1 AND key = $2 AND answered_at > $3`, actor, key, after.UnixMilli())
	return a, found, err
}

// SaveAnswer implements [store.Answers].
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
	t.run(`INSERT INTO answers
		(actor, key, fingerprint, answered_at, object_type, object_id, object_version, created, doc, refusal)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (actor, key) DO UPDATE SET fingerprint = excluded.fingerprint, answered_at = excluded.answered_at,
			object_type = excluded.object_type, object_id = excluded.object_id, object_version = excluded.object_version,
			created = excluded.created, doc = excluded.doc, refusal = excluded.refusal`,
		actor, key, a.Fingerprint[:], a.At.UnixMilli(), string(doc.Of), doc.ID, doc.Version, doc.Created,
		string(doc.JSON), string(refusal))
	return nil
}

// ForgetAnswers implements [store.Answers].
func (t *tx) ForgetAnswers(before time.Time, limit int) (forgotten int64, err error) {
	t.run("SELECT pg_advisory_xact_lock(hashtextextended('clientele answers', 0))") // of two servers one forgets
	err = t.each(into(&forgotten), `WITH gone AS (DELETE FROM answers WHERE (actor, key) IN (
			SELECT actor, key FROM answers WHERE answered_at <= $1 ORDER BY answered_at LIMIT $2
		) RETURNING 1) SELECT count(*) FROM gone`, before.UnixMilli(), int64(limit))
	return forgotten, err
}
