package sqlite

import "zombiezen.com/go/sqlite"

// variants is how many statements of many variants a connection keeps prepared: those that were used last.
const variants = 32

// variant is a statement that is kept while it is used more often than others.
type variant struct {
	*sqlite.Stmt
	used  uint64 // when it was last used, counted in statements
	inUse bool
}

// eachVariant is each for a statement of many variants, of which those that were used last are kept: to prepare one
// costs as much as to read a few rows. What is bound stays bound, as everything is bound anew: to clear it would have
// SQLite prepare the statement again, since plans can depend on what is bound.
func (c *conn) eachVariant(query string, fn func(row) error, args ...any) error {
	if c.fail != nil {
		if err := c.fail(query); err != nil {
			return err
		}
	}
	trace(query)
	v := c.variants[query]
	if v == nil || v.inUse { // one that reads itself in fn needs another
		stmt, _, err := c.PrepareTransient(sqliteForm(query))
		if err != nil {
			return err
		}
		if v != nil || !c.makeRoom() {
			defer stmt.Finalize() //nolint:errcheck // it repeats the error of the last step
			return step(stmt, fn, args)
		}
		v = &variant{Stmt: stmt}
		c.variants[query] = v
	}
	c.count++
	v.used, v.inUse = c.count, true
	defer func() {
		v.inUse = false
		_ = v.Reset() // it repeats the error of the last step
	}()
	return step(v.Stmt, fn, args)
}

// makeRoom forgets the variant that was not used for the longest time, if there are too many; it says whether there is
// room for another.
func (c *conn) makeRoom() bool {
	if len(c.variants) < variants {
		return true
	}
	oldest := ""
	for query, v := range c.variants {
		if !v.inUse && (oldest == "" || v.used < c.variants[oldest].used) {
			oldest = query
		}
	}
	if oldest == "" {
		return false
	}
	_ = c.variants[oldest].Finalize() // it repeats the error of the last step
	delete(c.variants, oldest)
	return true
}
