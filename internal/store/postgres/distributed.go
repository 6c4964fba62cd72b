package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"clientele.dev"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sql"
)

// This file is what is different when the tables are distributed over several machines with Citus. What belongs to a
// customer is on the machine of the customer, so a statement that names the customer is answered by one machine. Where
// one machine finds an object by a unique index, two small tables say on several whose it is: customer_names and
// object_customers, both distributed by the name itself.

// nameInvoiceNumber is the kind of the names that printed numbers of invoices are, on several machines.
const nameInvoiceNumber store.NameKind = "invoice_number"

// countParts are how many parts counts have on several machines.
const countParts = 16

// countPart is the part that counts what is at a position.
func (s *Store) countPart(seq store.Position) int64 {
	if !s.distributed {
		return 0
	}
	return seq.Milliseconds() % countParts
}

// sumPart is the part that has a part of a sum.
func (s *Store) sumPart(p store.SumPart) int64 {
	return s.countPart(store.PositionOf(p.DueDay + p.Day))
}

// forDistributed is the configuration of connections to several machines.
func forDistributed(config *pgxpool.Config) *pgxpool.Config {
	const connections = "citus.max_adaptive_executor_pool_size" // to each worker, of a statement for all shards
	config = config.Copy()
	parameters := config.ConnConfig.RuntimeParams
	parameters["plan_cache_mode"] = "auto" // which machine a statement is for depends on its parameters
	if parameters[connections] == "" {
		parameters[connections] = "1" // opening more takes longer than the work of most, and many ask at once
	}
	return config
}

// customerOf is the customer that an object belongs to, on several machines, or "" when there is no such object.
func (t *tx) customerOf(id string) (customerID string, err error) {
	if known, found := t.owners[id]; found {
		return known, nil
	}
	if err := t.severalMessages(); err != nil {
		return "", err
	}
	err = t.each(into(&customerID), "SELECT customer_id FROM object_customers WHERE id = $1", id)
	if err == nil && customerID != "" {
		if t.owners == nil {
			t.owners = map[string]string{}
		}
		t.owners[id] = customerID // for ever
	}
	return customerID, err
}

// customerOfEvents is the customer that the events of an object say, on several machines.
func (t *tx) customerOfEvents(of store.ObjectType, id string) (customerID string, err error) {
	switch k := store.KindOf(of); {
	case k == nil:
		return "", nil
	case k.Owned:
		return t.customerOf(id)
	case k == store.Customers.Kind:
		return id, nil
	}
	return "", nil
}

// addCustomerOf adds whose an object is to the conditions of a statement, on several machines: one of them has it then.
func (t *tx) addCustomerOf(w *sql.Where, id string) error {
	if !t.store.distributed {
		return nil
	}
	customerID, err := t.customerOf(id)
	w.Add("customer_id = ?", customerID)
	return err
}

// holderOf is the customer that has a unique name, on several machines, or "".
func (t *tx) holderOf(mode clientele.Mode, kind store.NameKind, name string) (customerID string, err error) {
	if err := t.severalMessages(); err != nil {
		return "", err
	}
	err = t.each(into(&customerID),
		"SELECT customer_id FROM customer_names WHERE livemode = $1 AND kind = $2 AND name = $3", mode, string(kind), name)
	return customerID, err
}

// addHolder adds that a customer has a unique name to the conditions of a statement.
func (t *tx) addHolder(w *sql.Where, mode clientele.Mode, kind store.NameKind, name string) error {
	if !t.store.distributed {
		w.Add("id = (SELECT customer_id FROM customer_names WHERE livemode = ? AND kind = ? AND name = ?)",
			mode, string(kind), name)
		return nil
	}
	customerID, err := t.holderOf(mode, kind, name)
	w.Add("id = ?", customerID)
	return err
}

// register makes a new object's position one that no other has, and says whose the object is, on several machines.
func (t *tx) register(k *store.Kind, row *store.Row, seq store.Position) {
	if !t.store.distributed {
		return
	}
	t.run("INSERT INTO positions (kind, ms, seq) VALUES ($1, $2, $3)", k.Table, seq.Milliseconds(), seq)
	if k.Owned {
		t.run("INSERT INTO object_customers (id, customer_id) VALUES ($1, $2)", row.ID, row.CustomerID)
	}
}

// saveNumber makes an invoice's printed number one that no other has, on several machines.
func (t *tx) saveNumber(one, before, after *store.Row) {
	was, is := numberKey(before), numberKey(after)
	if !t.store.distributed || was == is {
		return
	}
	if was != "" {
		t.run("DELETE FROM customer_names WHERE livemode = $1 AND kind = $2 AND name = $3",
			one.Livemode, string(nameInvoiceNumber), was)
	}
	if is != "" {
		t.run("INSERT INTO customer_names (livemode, kind, name, customer_id) VALUES ($1, $2, $3, $4)",
			one.Livemode, string(nameInvoiceNumber), is, one.CustomerID)
	}
}

// numberKey is the number of an invoice as numbers are compared.
func numberKey(invoice *store.Row) string {
	if invoice == nil {
		return ""
	}
	i := slices.IndexFunc(store.Invoices.Columns, func(c store.Column) bool { return c.Name == "number_key" })
	return invoice.Values[i].(string)
}
