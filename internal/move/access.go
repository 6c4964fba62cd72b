package move

import (
	"context"
	"math"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// access copies who may ask, what was answered, and who is still to be told.
type access struct {
	ctx      context.Context
	from, to store.Store
}

// keptAnswer is an answer to a request that may be sent again.
type keptAnswer struct {
	actor, key string
	answer     store.Answer
}

// answers copies the answers that are kept, so that nothing happens twice because it is sent again.
func (m access) answers() error {
	var all []keptAnswer
	err := m.from.Scan(m.ctx, func(tx store.Tx) error {
		all = nil
		return tx.KeptAnswers(func(actor, key string, a store.Answer) { all = append(all, keptAnswer{actor, key, a}) })
	})
	for some := range slices.Chunk(all, step) {
		if err != nil {
			break
		}
		err = m.to.Update(m.ctx, func(tx store.Tx) error {
			for _, one := range some {
				if err := tx.SaveAnswer(one.actor, one.key, one.answer); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return err
}

// ever is later than any moment that is kept.
var ever = time.UnixMilli(math.MaxInt64)

// told is what is kept of a webhook endpoint beside it.
type told struct {
	secrets    []store.WebhookSecret
	deliveries []store.Delivery
}

// webhooks copies the secrets of webhook endpoints, what they are still to be told, and up to where events are queued.
func (m access) webhooks() error {
	var all []told
	var cursor int64
	var begun bool
	err := m.from.Scan(m.ctx, func(tx store.Tx) (err error) {
		all = nil
		if cursor, begun, err = tx.Webhooks().Cursor(store.WebhookConsumer); err != nil {
			return err
		}
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			endpoints, err := store.WebhookEndpoints.Select(tx, store.Query{Mode: mode})
			if err != nil {
				return err
			}
			for _, w := range endpoints {
				one, err := toldOf(tx, w.ID)
				if err != nil {
					return err
				}
				all = append(all, one)
			}
		}
		return nil
	})
	if err != nil || !begun {
		return err
	}
	for _, one := range all {
		if err := m.to.Update(m.ctx, one.save); err != nil {
			return err
		}
	}
	return m.to.Update(m.ctx, func(tx store.Tx) error {
		return tx.Webhooks().BeginCursor(store.WebhookConsumer, cursor)
	})
}

func toldOf(tx store.Tx, endpointID string) (one told, err error) {
	one.secrets, err = tx.Webhooks().Secrets(endpointID, time.UnixMilli(0))
	if err == nil {
		one.deliveries, err = tx.Webhooks().DueDeliveries(endpointID, ever, math.MaxInt32)
	}
	return one, err
}

func (one told) save(tx store.Tx) error {
	for _, secret := range one.secrets {
		if err := tx.Webhooks().SaveSecret(secret, ever); err != nil {
			return err
		}
	}
	_, err := tx.Webhooks().AddDeliveries(one.deliveries, time.Now())
	return err
}
