package sqlite

import (
	"maps"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// deferred is what transactions of one batch leave to be written once, just before their commit: sums and counts that
// each of them would write again, and changes of indexes of texts, which SQLite brings to their pages whenever a
// transaction of the batch begins. And it is whose rows they have changed, so that what is kept of those is dropped.
type deferred struct {
	before *deferred // of the transaction around this one, or before it in the batch
	counts map[countKey]int64
	sums   map[sumKey]clientele.Amount
	texts  []textChange

	customers map[string]bool // by their ids
	keys      bool            // whether API keys are among what was changed
}

// countKey says what is counted: the rows of a table and mode that are of one time, in units of the finest count's.
type countKey struct {
	kind string
	mode clientele.Mode
	time int64
}

type sumKey struct {
	mode     clientele.Mode
	figure   store.Figure
	cell     store.SumCell
	currency string
	dueDay   int64
}

// textChange is a row that an index of texts gets or, when the text is empty, loses.
type textChange struct {
	table string
	row   int64
	text  string
}

func newDeferred(before *deferred) *deferred {
	return &deferred{before: before, counts: map[countKey]int64{}, sums: map[sumKey]clientele.Amount{},
		customers: map[string]bool{}}
}

// change notes that a row was changed.
func (d *deferred) change(k *store.Kind, row *store.Row) {
	switch {
	case d == nil:
	case k.Owned || k == store.Customers.Kind:
		d.customers[row.Owner()] = true
	case k == store.APIKeys.Kind:
		d.keys = true
	}
}

// pass adds everything to the one before.
func (d *deferred) pass() error {
	for k, n := range d.counts {
		d.before.counts[k] += n
	}
	for k, amount := range d.sums {
		if err := d.before.add(k, amount); err != nil {
			return err
		}
	}
	d.before.texts = append(d.before.texts, d.texts...)
	maps.Copy(d.before.customers, d.customers)
	d.before.keys = d.before.keys || d.keys
	return nil
}

func (d *deferred) add(k sumKey, amount clientele.Amount) (err error) {
	d.sums[k], err = d.sums[k].In(k.currency).Add(amount.In(k.currency))
	return err
}

// write writes what was left, and by those before.
func (d *deferred) write(c *conn) error {
	if d == nil {
		return nil
	}
	if err := d.before.write(c); err != nil {
		return err
	}
	for k, by := range d.counts {
		if err := c.countRows(k, by); err != nil {
			return err
		}
	}
	for k, amount := range d.sums {
		if err := c.addToSum(k, amount); err != nil {
			return err
		}
	}
	for _, change := range d.texts {
		if err := c.changeText(change); err != nil {
			return err
		}
	}
	return nil
}

// inside runs fn so that its changes are undone when it fails, and what it leaves for later, behind what was left
// before, is forgotten.
func (c *conn) inside(savepoint string, before *deferred, fn func() error) error {
	outer := c.later
	defer func() { c.later = outer }()
	c.later = newDeferred(before)
	if err := c.savepoint(savepoint, fn); err != nil {
		return err
	}
	return c.later.pass()
}

// countRow counts a new row, or one that is gone: among all of its table and among those in its currency.
func (t *tx) countRow(a whole, seq store.Position, by int64) error {
	kinds := []string{a.Table}
	if a.currency != "" {
		kinds = append(kinds, a.key())
	}
	for _, kind := range kinds {
		k := countKey{kind, a.mode, seq.Milliseconds() >> finest}
		if t.later != nil {
			t.later.counts[k] += by
		} else if err := t.countRows(k, by); err != nil {
			return err
		}
	}
	return nil
}

// finest are the last bits of a time in milliseconds that those of one count do not share.
const finest = 12

func (c *conn) countRows(k countKey, by int64) error {
	return c.run(`INSERT INTO row_counts (kind, livemode, bits, bucket, count)
		SELECT $1, $2, column1, $3 >> column1, $4 FROM (VALUES (36), (28), (20), (12)) WHERE true
		ON CONFLICT DO UPDATE SET count = count + excluded.count`, k.kind, k.mode, k.time<<finest, by)
}

// addToSum adds to one sum.
func (c *conn) addToSum(k sumKey, amount clientele.Amount) error {
	key := []any{
		k.mode, string(k.figure), int64(k.cell.Level), k.cell.Bucket, k.cell.Second, k.currency, k.dueDay,
	}
	sum := clientele.Zero(k.currency)
	err := c.each(`SELECT amount FROM ledger_sums WHERE livemode = $1 AND figure = $2 AND level = $3
		AND bucket = $4 AND second = $5 AND currency_id = $6 AND due_day = $7`,
		func(r row) error { return r.amounts(0, k.currency, &sum) }, key...)
	if err != nil {
		return err
	}
	if sum, err = sum.Add(amount); err != nil {
		return err
	}
	return c.run(`INSERT INTO ledger_sums (livemode, figure, level, bucket, second, currency_id, due_day, amount)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO UPDATE SET amount = excluded.amount`,
		append(key, sum.String())...)
}

// indexText gives an index of texts a row, or takes it away when the text is empty.
func (t *tx) indexText(table string, row int64, text string) error {
	change := textChange{table, row, text}
	if t.later == nil {
		return t.changeText(change)
	}
	t.later.texts = append(t.later.texts, change)
	return nil
}

func (c *conn) changeText(change textChange) error {
	if change.text == "" {
		return c.run("DELETE FROM "+change.table+" WHERE rowid = $1", change.row)
	}
	return c.run("INSERT INTO "+change.table+" (rowid, text) VALUES ($1, $2)", change.row, change.text)
}
