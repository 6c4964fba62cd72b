package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

const selectCustomers = `SELECT id, seq, version, coalesce(deleted_at, 0), doc, invoices, payments, subscriptions
	FROM customers`

// readCustomers appends the rows of selectCustomers to a list. What they say of documents is kept: on one
// snapshot, [tx.CustomerDocuments] need not ask again.
func (t *tx) readCustomers(recs *[]store.Record) func(pgx.Rows) error {
	return func(r pgx.Rows) error {
		var rec store.Record
		var b store.CustomerDocuments
		err := r.Scan(&rec.ID, &rec.Seq, &rec.Version, &rec.DeletedAt, &rec.JSON, &b.InvoiceCount, &b.PaymentCount,
			&b.SubscriptionCount)
		*recs = append(*recs, rec)
		if t.numbers == nil {
			t.numbers = map[string]store.CustomerDocuments{}
		}
		t.numbers[rec.ID] = b
		return err
	}
}

// customers reads customers.
func (t *tx) customers(conditions string, args ...any) (recs []store.Record, err error) {
	err = t.each(t.readCustomers(&recs), selectCustomers+conditions, args...)
	return recs, err
}

// customer reads one customer, and locks it when the transaction writes.
func (t *tx) customer(conditions string, args ...any) (rec store.Record, found bool, err error) {
	recs, err := t.customers(conditions+t.forUpdate(), args...)
	if err != nil || len(recs) == 0 {
		return rec, false, err
	}
	t.note(recs[0].ID, recs[0].DeletedAt != 0)
	return recs[0], true, nil
}

// forUpdate is what a look-up of a customer ends with, which locks it when the transaction writes.
func (t *tx) forUpdate() string {
	if t.writing {
		return " FOR UPDATE"
	}
	return ""
}

// lockCustomer locks a customer when the transaction writes.
func (t *tx) lockCustomer(id string) {
	if t.writing {
		t.run("SELECT 1 FROM customers WHERE id = $1 FOR UPDATE", id)
	}
}

// Customer implements [store.Customers].
func (t *tx) Customer(mode clientele.Mode, ref store.Ref) (rec store.Record, found bool, err error) {
	switch {
	case ref.ID != "":
		return t.customer(" WHERE id = $1 AND livemode = $2 AND deleted_at IS NULL", ref.ID, mode)
	}
	var w sql.Where
	w.Add("deleted_at IS NULL")
	if err := t.addHolder(&w, mode, ref.Kind, ref.Name); err != nil {
		return rec, false, err
	}
	if ref.Kind == store.NamePrefix { // which stays the customer's for ever, so that nobody need be locked
		recs, err := t.customers(" WHERE "+w.String(), w.Args...)
		if err != nil || len(recs) == 0 {
			return rec, false, err
		}
		return recs[0], true, nil
	}
	if t.writing { // the customer may lose the name while its lock is waited for
		w.Add("doc::json ->> '"+string(ref.Kind)+"' = ?", ref.Name)
	}
	rec, found, err = t.customer(" WHERE "+w.String(), w.Args...)
	if err == nil && !found {
		t.absent = append(t.absent, claim{mode, ref.Kind, ref.Name})
	}
	return rec, found, err
}

// note remembers whether a customer that was looked up, and so is locked, is deleted.
func (t *tx) note(id string, deleted bool) {
	if t.deleted == nil {
		t.deleted = map[string]bool{}
	}
	t.deleted[id] = deleted
}

// ClaimName implements [store.Customers].
func (t *tx) ClaimName(
	mode clientele.Mode, kind store.NameKind, name string, customer store.Record,
) (holder string, err error) {
	if !t.again { // most names are free: the commit says when one was not
		t.run("INSERT INTO customer_names (livemode, kind, name, customer_id) VALUES ($1, $2, $3, $4)",
			mode, string(kind), name, customer.ID)
		return "", nil
	}
	var mine, holders []string
	t.read(appendTo(&mine), `INSERT INTO customer_names (livemode, kind, name, customer_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING RETURNING customer_id`, mode, string(kind), name, customer.ID)
	err = t.each(appendTo(&holders),
		"SELECT customer_id FROM customer_names WHERE livemode = $1 AND kind = $2 AND name = $3", mode, string(kind), name)
	switch {
	case err != nil:
		return "", err
	case len(holders) == 0: // given back while it was waited for
		return "", errStale
	case len(mine) == 1 || holders[0] == customer.ID:
		return "", nil
	case slices.Contains(t.absent, claim{mode, kind, name}): // it was nobody's when this transaction looked
		return "", errStale
	}
	return holders[0], nil
}

// ReleaseName implements [store.Customers].
func (t *tx) ReleaseName(mode clientele.Mode, kind store.NameKind, name string) error {
	t.run("DELETE FROM customer_names WHERE livemode = $1 AND kind = $2 AND name = $3", mode, string(kind), name)
	return nil
}

// CustomerDocuments implements [store.Customers].
func (t *tx) CustomerDocuments(customerIDs []string, limit int64) (map[string]store.CustomerDocuments, error) {
	known := func(id string) bool { _, known := t.numbers[id]; return known }
	if t.writing || !all(customerIDs, known) {
		if _, err := t.customers(" WHERE id = ANY($1)", customerIDs); err != nil {
			return nil, err
		}
	}
	of := make(map[string]store.CustomerDocuments, len(customerIDs))
	var invoices, payments, subscriptions int64
	for _, id := range customerIDs {
		of[id] = t.numbers[id]
		invoices, payments = invoices+of[id].InvoiceCount, payments+of[id].PaymentCount
		subscriptions += of[id].SubscriptionCount
	}
	if invoices > 0 {
		t.readNewest("invoices", customerIDs, limit, func(id string, doc []byte) {
			b := of[id]
			b.Invoices = append(b.Invoices, doc)
			of[id] = b
		})
	}
	if payments > 0 {
		t.readNewest("payments", customerIDs, limit, func(id string, doc []byte) {
			b := of[id]
			b.Payments = append(b.Payments, doc)
			of[id] = b
		})
	}
	if subscriptions > 0 {
		t.readNewest("subscriptions", customerIDs, limit, func(id string, doc []byte) {
			b := of[id]
			b.Subscriptions = append(b.Subscriptions, doc)
			of[id] = b
		})
	}
	return of, t.send()
}

// all says whether every one of a list is so.
func all[T any](list []T, so func(T) bool) bool {
	return !slices.ContainsFunc(list, func(one T) bool { return !so(one) })
}

// readNewest queues the reading of the newest of what customers have in a table.
func (t *tx) readNewest(table string, customerIDs []string, limit int64, fn func(customerID string, doc []byte)) {
	read := func(r pgx.Rows) error {
		var id string
		var doc []byte
		err := r.Scan(&id, &doc)
		fn(id, doc)
		return err
	}
	if len(customerIDs) == 1 {
		t.read(read, "SELECT customer_id, doc FROM "+table+" WHERE customer_id = $1 ORDER BY seq DESC LIMIT $2",
			customerIDs[0], limit)
		return
	}
	t.read(read, `SELECT o.customer_id, o.doc FROM customers c CROSS JOIN LATERAL
		(SELECT customer_id, seq, doc FROM `+table+` WHERE customer_id = c.id ORDER BY seq DESC LIMIT $2) o
		WHERE c.id = ANY($1) ORDER BY o.customer_id, o.seq DESC`, customerIDs, limit)
}
