package postgres

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

const selectCustomers = "SELECT id, seq, version, coalesce(deleted_at, 0), doc, invoices, payments FROM customers"

// readCustomers appends the rows of selectCustomers to a list. What they say of documents is kept: on one
// snapshot, [tx.CustomerDocuments] need not ask again.
func (t *tx) readCustomers(recs *[]store.Record) func(pgx.Rows) error {
	return func(r pgx.Rows) error {
		var rec store.Record
		var b store.CustomerDocuments
		err := r.Scan(&rec.ID, &rec.Seq, &rec.Version, &rec.DeletedAt, &rec.JSON, &b.InvoiceCount, &b.PaymentCount)
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

// objectOf reads an object that belongs to a customer, whom it locks before when the transaction writes.
func (t *tx) objectOf(table, version string, mode clientele.Mode, id string) (rec store.Record, found bool, err error) {
	var w where
	w.add("id = ? AND livemode = ?", id, mode)
	if t.store.distributed {
		customerID, err := t.customerOf(id)
		if err != nil {
			return rec, false, err
		}
		w.add("customer_id = ?", customerID)
		t.lockCustomer(customerID)
	} else if t.writing {
		t.run("SELECT 1 FROM customers WHERE id = (SELECT customer_id FROM "+table+
			" WHERE id = $1 AND livemode = $2) FOR UPDATE", id, mode)
	}
	return t.record("SELECT id, seq, "+version+", 0::bigint, doc FROM "+table+" WHERE "+w.String(), w.args...)
}

// Customer implements [store.Customers].
func (t *tx) Customer(mode clientele.Mode, ref store.Ref) (rec store.Record, found bool, err error) {
	switch {
	case ref.ID != "":
		return t.customer(" WHERE id = $1 AND livemode = $2 AND deleted_at IS NULL", ref.ID, mode)
	}
	var w where
	w.add("deleted_at IS NULL")
	if err := t.addHolder(&w, mode, ref.Kind, ref.Name); err != nil {
		return rec, false, err
	}
	if ref.Kind == store.NamePrefix { // which stays the customer's for ever, so that nobody need be locked
		recs, err := t.customers(" WHERE "+w.String(), w.args...)
		if err != nil || len(recs) == 0 {
			return rec, false, err
		}
		return recs[0], true, nil
	}
	// The column is compared once more because the customer may lose the name while its lock is waited for.
	w.add(string(ref.Kind)+" = ?", ref.Name)
	rec, found, err = t.customer(" WHERE "+w.String(), w.args...)
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

// DeletedCustomer implements [store.Customers].
func (t *tx) DeletedCustomer(mode clientele.Mode, id string) (store.Record, bool, error) {
	return t.customer(" WHERE id = $1 AND livemode = $2 AND deleted_at IS NOT NULL", id, mode)
}

// CustomersByID implements [store.Customers].
func (t *tx) CustomersByID(mode clientele.Mode, ids []string) (map[string]store.Record, error) {
	recs, err := t.customers(" WHERE id = ANY($1) AND livemode = $2", ids, mode)
	return byID(recs), err
}

func byID(recs []store.Record) map[string]store.Record {
	all := make(map[string]store.Record, len(recs))
	for _, rec := range recs {
		all[rec.ID] = rec
	}
	return all
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

// SaveCustomer implements [store.Customers].
func (t *tx) SaveCustomer(rec store.Record, before, after *clientele.Customer) error {
	t.savePolicy(before, after)
	if before == nil {
		t.addCustomer(rec, after)
		return nil
	}
	deletedAt := &rec.DeletedAt
	if rec.DeletedAt == 0 {
		deletedAt = nil
	}
	wasDeleted, known := t.deleted[after.ID]
	if !known {
		err := t.each(into(&wasDeleted), "SELECT deleted_at IS NOT NULL FROM customers WHERE id = $1", after.ID)
		if err != nil {
			return err
		}
	}
	t.mustChange(fmt.Errorf("customer %s was not at version %d", after.ID, rec.Version-1),
		`UPDATE customers SET version = $2, updated_at = $3, doc = $4, deleted_at = $5, delinquent = $6, email = $7,
			name = $8, did = $9, external_id = $10 WHERE id = $1 AND version = $2 - 1`,
		after.ID, rec.Version, after.UpdatedAt.UnixMilli(), rec.JSON, deletedAt, after.Delinquent,
		strings.ToLower(after.Email), fold.Text(after.Name), after.DID, after.ExternalID)
	t.follow(rec, before, after, wasDeleted)
	t.note(after.ID, rec.DeletedAt != 0)
	return nil
}

// follow brings what a customer is found and counted by up to date.
func (t *tx) follow(rec store.Record, before, after *clientele.Customer, wasDeleted bool) {
	isDeleted := rec.DeletedAt != 0
	switch {
	case isDeleted && !wasDeleted:
		t.countRow("customers", "", after.Livemode, rec.Seq, -1)
		t.run("DELETE FROM customer_texts WHERE customer_id = $1", after.ID)
		t.saveMetadata("customer_metadata", after.ID, rec.Seq, after.Livemode, before.Metadata, nil)
	case wasDeleted && !isDeleted:
		t.countRow("customers", "", after.Livemode, rec.Seq, 1)
		t.saveTexts(rec.Seq, after)
		t.saveMetadata("customer_metadata", after.ID, rec.Seq, after.Livemode, nil, after.Metadata)
	case isDeleted:
	default:
		if store.Searched(before) != store.Searched(after) {
			t.saveTexts(rec.Seq, after)
		}
		t.saveMetadata("customer_metadata", after.ID, rec.Seq, after.Livemode, before.Metadata, after.Metadata)
	}
}

func (t *tx) addCustomer(rec store.Record, c *clientele.Customer) {
	t.run(`INSERT INTO customers
		(id, seq, livemode, version, updated_at, delinquent, email, name, did, external_id, doc)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, rec.Seq, c.Livemode, rec.Version, c.UpdatedAt.UnixMilli(), c.Delinquent, strings.ToLower(c.Email),
		fold.Text(c.Name), c.DID, c.ExternalID, rec.JSON)
	t.register(store.KindCustomer, c.ID, c.ID, rec.Seq)
	t.countRow("customers", "", c.Livemode, rec.Seq, 1)
	t.saveTexts(rec.Seq, c)
	t.saveMetadata("customer_metadata", c.ID, rec.Seq, c.Livemode, nil, c.Metadata)
}

// saveTexts writes what search looks into: every field in a line of its own.
func (t *tx) saveTexts(seq int64, c *clientele.Customer) {
	texts := store.SearchTexts(c)
	lines := lineFeed + strings.Join(texts[:], lineFeed) + lineFeed
	t.run(`INSERT INTO customer_texts (customer_id, seq, livemode, text) VALUES ($1, $2, $3, $4)
		ON CONFLICT (customer_id) DO UPDATE SET text = excluded.text`, c.ID, seq, c.Livemode, lines)
}

// savePolicy keeps the time that a customer has of its own until an invoice becomes uncollectible.
func (t *tx) savePolicy(before, after *clientele.Customer) {
	was, is := store.PolicyOf(before), store.PolicyOf(after)
	switch {
	case is == nil && was == nil, is != nil && was != nil && *is == *was:
	case is == nil:
		t.run("DELETE FROM customer_policies WHERE customer_id = $1", after.ID)
	default:
		t.run(`INSERT INTO customer_policies (customer_id, livemode, days) VALUES ($1, $2, $3)
			ON CONFLICT (customer_id) DO UPDATE SET days = excluded.days`, after.ID, after.Livemode, *is)
	}
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
	var invoices, payments int64
	for _, id := range customerIDs {
		of[id] = t.numbers[id]
		invoices, payments = invoices+of[id].InvoiceCount, payments+of[id].PaymentCount
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

// countBelonging counts something new of a customer, or something gone.
func (t *tx) countBelonging(customerID string, invoices, payments int64) {
	t.run("UPDATE customers SET invoices = invoices + $2, payments = payments + $3 WHERE id = $1",
		customerID, invoices, payments)
}

// CustomersAfter implements [store.Customers].
func (t *tx) CustomersAfter(seq, limit int64) ([]store.Record, error) {
	return t.customers(" WHERE seq > $1 ORDER BY seq LIMIT $2", seq, limit)
}

// CountCustomers implements [store.Customers].
func (t *tx) CountCustomers() (count int64, err error) {
	err = t.each(into(&count), "SELECT count(*) FROM customers")
	return count, err
}
