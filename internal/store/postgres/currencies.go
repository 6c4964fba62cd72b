package postgres

import (
	"github.com/go-json-experiment/json"
	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// PaymentCurrency implements [store.Currencies].
func (t *tx) PaymentCurrency(mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error) {
	type key struct {
		mode clientele.Mode
		id   string
	}
	if known, found := t.store.currencies.Load(key{mode, id}); found {
		return known.(clientele.PaymentCurrency), true, nil
	}
	query := "SELECT doc FROM payment_currencies WHERE livemode = $1 AND id = $2"
	if id == "" {
		query = "SELECT doc FROM payment_currencies WHERE livemode = $1 AND $2 = '' AND is_base"
	}
	all, err := allOf[clientele.PaymentCurrency](t, query, mode, id)
	if err != nil || len(all) == 0 {
		return c, false, err
	}
	if !t.addsCurrencies { // it is there for good: nobody takes one away
		t.store.currencies.Store(key{mode, id}, all[0])
	}
	return all[0], true, nil
}

// lockAll makes others who add one of a small kind wait: whoever reads all of them in order to write wants to add
// another.
func (t *tx) lockAll(k *store.Kind) {
	if t.writing {
		t.run("SELECT pg_advisory_xact_lock(hashtextextended('clientele ' || $1, 0))", k.Table)
	}
}

// allOf reads objects from a statement's one column of documents.
func allOf[T any](t *tx, query string, args ...any) (all []T, err error) {
	err = t.each(func(r pgx.Rows) error {
		var doc []byte
		var one T
		if err := r.Scan(&doc); err != nil {
			return err
		}
		err := json.Unmarshal(doc, &one)
		all = append(all, one)
		return err
	}, query, args...)
	return all, err
}
