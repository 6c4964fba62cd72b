package postgres

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Names implements [store.Moved].
func (t *tx) Names(fn func(clientele.Mode, store.Ref, store.Record)) error {
	return t.each(func(r pgx.Rows) error {
		var mode clientele.Mode
		var name store.Ref
		var customer store.Record
		err := r.Scan(&mode, (*string)(&name.Kind), &name.Name, &customer.ID, &customer.Seq)
		fn(mode, name, customer)
		return err
	}, `SELECT n.livemode, n.kind, n.name, c.id, c.seq FROM customer_names n JOIN customers c ON c.id = n.customer_id
		ORDER BY n.livemode, n.kind, n.name`)
}

// KeptAnswers implements [store.Moved].
func (t *tx) KeptAnswers(fn func(actor, key string, a store.Answer)) error {
	return t.each(func(r pgx.Rows) error {
		var a store.Answer
		var fingerprint []byte
		var at int64
		var actor, key, of, refusal string
		doc := &a.Document
		err := r.Scan(&actor, &key, &fingerprint, &at, &of, &doc.ID, &doc.Version, &doc.Created, &doc.JSON, &refusal)
		if err != nil {
			return err
		}
		a.Fingerprint, a.At, doc.Of = [32]byte(fingerprint), time.UnixMilli(at), store.ObjectType(of)
		if refusal != "" {
			err = json.Unmarshal([]byte(refusal), &a.Refusal)
		}
		fn(actor, key, a)
		return err
	}, `SELECT actor, key, fingerprint, answered_at, object_type, object_id, object_version, created, doc, refusal
		FROM answers ORDER BY actor, key`)
}
