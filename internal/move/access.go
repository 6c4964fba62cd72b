package move

import (
	"context"
	"slices"

	"clientele.dev/internal/store"
)

// access copies who may ask, and what was answered.
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

// apps copies the applications that are trusted, or were.
func (m access) apps() error {
	all, err := m.from.Apps(m.ctx)
	if err != nil {
		return err
	}
	there, err := m.to.Apps(m.ctx)
	if err != nil {
		return err
	}
	for _, app := range all {
		if slices.ContainsFunc(there, func(other store.App) bool { return other.ID == app.ID }) {
			continue
		}
		if err := m.to.AddApp(m.ctx, app); err != nil {
			return err
		}
		if !app.RevokedAt.IsZero() {
			if _, err := m.to.RevokeApp(m.ctx, app.ID, app.RevokedAt); err != nil {
				return err
			}
		}
	}
	return nil
}
