package postgres

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/store"
)

// NamesAfter implements [store.Moved].
func (t *tx) NamesAfter(after store.ClaimedName, limit int64) (names []store.ClaimedName, err error) {
	err = t.each(func(r pgx.Rows) error {
		var n store.ClaimedName
		err := r.Scan(&n.Livemode, (*string)(&n.Ref.Kind), &n.Ref.Name, &n.Customer.ID, &n.Customer.Seq)
		names = append(names, n)
		return err
	}, `SELECT n.livemode, n.kind, n.name, c.id, c.seq FROM customer_names n JOIN customers c ON c.id = n.customer_id
		WHERE (n.livemode, n.kind, n.name) > ($1, $2, $3) ORDER BY n.livemode, n.kind, n.name LIMIT $4`,
		after.Livemode, string(after.Ref.Kind), after.Ref.Name, limit)
	return names, err
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
