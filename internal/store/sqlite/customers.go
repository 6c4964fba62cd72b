package sqlite

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// Customer implements [store.Tx].
func (t *tx) Customer(mode clientele.Mode, ref store.Ref) (store.Record, bool, error) {
	if ref.ID != "" {
		return t.record(`SELECT id, seq, version, 0, doc FROM customers
			WHERE id = $1 AND livemode = $2 AND deleted_at IS NULL`, ref.ID, mode)
	}
	return t.record(`SELECT c.id, c.seq, c.version, 0, c.doc
		FROM customer_names n JOIN customers c ON c.seq = n.seq
		WHERE n.livemode = $1 AND n.kind = $2 AND n.name = $3 AND c.deleted_at IS NULL`,
		mode, string(ref.Kind), ref.Name)
}

// nextNumber numbers a new customer, and notes when it is older than one that was there.
func (t *tx) nextNumber(mode clientele.Mode, seq store.Position) (number int64, err error) {
	read := func(r row) error { number = r.int(0) + 1; return nil }
	if err := t.each("SELECT max(last_number) FROM customer_numbers", read); err != nil {
		return 0, err
	}
	return number, t.run(`UPDATE customer_numbers SET last_number = $1, in_order = in_order
			AND NOT EXISTS (SELECT 1 FROM customers WHERE livemode = $2 AND deleted_at IS NULL AND seq > $3)
			AND NOT EXISTS (SELECT 1 FROM customers WHERE livemode = $2 AND deleted_at IS NOT NULL AND seq > $3)
		WHERE livemode = $2`, number, mode, seq)
}

// ClaimName implements [store.Tx].
func (t *tx) ClaimName(
	mode clientele.Mode, kind store.NameKind, name string, customer store.Record,
) (holder string, err error) {
	n, err := t.exec(`INSERT INTO customer_names (livemode, kind, name, seq) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, mode, string(kind), name, customer.Seq)
	if err != nil || n == 1 {
		return "", err
	}
	read := func(r row) error { holder = r.text(0); return nil }
	err = t.each(`SELECT c.id FROM customer_names n JOIN customers c ON c.seq = n.seq
		WHERE n.livemode = $1 AND n.kind = $2 AND n.name = $3 AND n.seq <> $4`, read,
		mode, string(kind), name, customer.Seq)
	return holder, err
}

// ReleaseName implements [store.Tx].
func (t *tx) ReleaseName(mode clientele.Mode, kind store.NameKind, name string) error {
	return t.run("DELETE FROM customer_names WHERE livemode = $1 AND kind = $2 AND name = $3", mode, string(kind), name)
}

// CustomerDocuments implements [store.Tx].
func (t *tx) CustomerDocuments(customerIDs []string, limit int64) (map[string]store.CustomerDocuments, error) {
	of := make(map[string]store.CustomerDocuments, len(customerIDs))
	var invoices, payments, subscriptions int64
	read := func(r row) error {
		n := store.CustomerDocuments{InvoiceCount: r.int(1), PaymentCount: r.int(2), SubscriptionCount: r.int(3)}
		of[r.text(0)] = n
		invoices, payments = invoices+n.InvoiceCount, payments+n.PaymentCount
		subscriptions += n.SubscriptionCount
		return nil
	}
	if len(customerIDs) == 1 { // the commonest, and most have nothing
		const counts = "SELECT customer_id, invoices, payments, subscriptions FROM customer_counts WHERE customer_id = $1"
		if err := t.each(counts, read, customerIDs[0]); err != nil || invoices+payments+subscriptions == 0 {
			return of, err
		}
	}
	ids := jsonList(customerIDs)
	var err error
	if len(customerIDs) > 1 {
		err = t.each(`SELECT n.customer_id, n.invoices, n.payments, n.subscriptions
			FROM json_each($1) ids CROSS JOIN customer_counts n ON n.customer_id = ids.value`, read, ids)
	}
	if err == nil && invoices > 0 {
		err = t.newestOf("invoices", ids, limit, func(id string, doc []byte) {
			b := of[id]
			b.Invoices = append(b.Invoices, doc)
			of[id] = b
		})
	}
	if err == nil && payments > 0 {
		err = t.newestOf("payments", ids, limit, func(id string, doc []byte) {
			b := of[id]
			b.Payments = append(b.Payments, doc)
			of[id] = b
		})
	}
	if err == nil && subscriptions > 0 {
		err = t.newestOf("subscriptions", ids, limit, func(id string, doc []byte) {
			b := of[id]
			b.Subscriptions = append(b.Subscriptions, doc)
			of[id] = b
		})
	}
	return of, err
}

// newestOf reads the newest of what customers have in a table, in one statement.
func (t *tx) newestOf(table, customerIDs string, limit int64, fn func(customerID string, doc []byte)) error {
	return t.each(`SELECT o.customer_id, o.doc FROM json_each($1) ids CROSS JOIN `+table+` o
		ON o.seq IN (SELECT seq FROM `+table+` WHERE customer_id = ids.value ORDER BY seq DESC LIMIT $2)
		ORDER BY ids.key, o.seq DESC`, func(r row) error {
		fn(r.text(0), r.bytes(1))
		return nil
	}, customerIDs, limit)
}

// countDocument counts a new document of a customer, or one that is gone.
func (t *tx) countDocument(k *store.Kind, customerID string, by int64) error {
	return t.run("INSERT INTO customer_counts (customer_id, "+k.Table+") VALUES ($1, $2)"+
		" ON CONFLICT DO UPDATE SET "+k.Table+" = "+k.Table+" + excluded."+k.Table, customerID, by)
}
