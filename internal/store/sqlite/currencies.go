package sqlite

import (
	"github.com/go-json-experiment/json"

	"clientele.dev"
)

// PaymentCurrency implements [store.PaymentCurrency]. One that is committed is remembered: none ever changes or goes.
func (t *tx) PaymentCurrency(mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error) {
	if t.store == nil { // it is being brought up to date
		return paymentCurrency(t.conn, mode, id)
	}
	type key struct {
		mode clientele.Mode
		id   string
	}
	if known, found := t.store.currencies.Load(key{mode, id}); found {
		return known.(clientele.PaymentCurrency), true, nil
	}
	err = t.store.lookups.read(t.ctx, func(committed *conn) error {
		c, found, err = paymentCurrency(committed, mode, id)
		return err
	})
	if err != nil || !found {
		return paymentCurrency(t.conn, mode, id)
	}
	t.store.currencies.Store(key{mode, id}, c)
	return c, true, nil
}

func paymentCurrency(from *conn, mode clientele.Mode, id string) (c clientele.PaymentCurrency, found bool, err error) {
	query := "SELECT doc FROM payment_currencies WHERE livemode = $1 AND id = $2"
	if id == "" {
		query = "SELECT doc FROM payment_currencies WHERE livemode = $1 AND $2 = '' AND is_base"
	}
	err = from.each(query, func(r row) error {
		found = true
		return json.Unmarshal(r.bytes(0), &c)
	}, mode, id)
	return c, found, err
}
