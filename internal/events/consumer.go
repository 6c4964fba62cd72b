package events

import (
	"context"
	"errors"
	"slices"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Consumer is who acts on events, each once: what it does is a part of the transaction that moves its cursor.
type Consumer struct {
	Name string
	// Handle acts on events, in their order.
	Handle func(tx store.Tx, events []store.EventRecord) error
	// Wanted says whether it would act on any event now. While it would not, its cursor is seldom moved.
	Wanted func(tx store.Tx) (bool, error)
}

// writer is what a consumer needs of a database.
type writer interface {
	Store
	Update(ctx context.Context, fn func(store.Tx) error) error
}

// errMoved says that another server has acted on the events meanwhile.
var errMoved = errors.New("another server has moved the cursor")

// consumed is how many events a consumer is given at once.
const consumed = 500

// Run gives a consumer the events that are new, and says how many. One that has not begun begins with those that come
// after now. Of many servers that run it each event is acted on by one.
func (c Consumer) Run(ctx context.Context, db writer) (acted int64, err error) {
	for ctx.Err() == nil {
		n, err := c.step(ctx, db)
		acted += n
		if errors.Is(err, errMoved) {
			return acted, nil
		}
		if err != nil || n < consumed {
			return acted, err
		}
	}
	return acted, ctx.Err()
}

func (c Consumer) step(ctx context.Context, db writer) (n int64, err error) {
	var end store.FeedEnd
	var at int64
	var begun, wanted bool
	err = db.Scan(ctx, func(tx store.Tx) (err error) {
		if at, begun, err = tx.Webhooks().Cursor(c.Name); err == nil {
			end, err = tx.FeedEnd()
		}
		if err == nil && end.Seq > at {
			wanted, err = c.Wanted(tx)
		}
		return err
	})
	if err != nil || begun && (end.Seq <= at || !wanted && end.Seq-at < consumed) {
		return 0, err
	}
	err = db.Update(ctx, func(tx store.Tx) error {
		n = 0
		if !begun {
			return tx.Webhooks().BeginCursor(c.Name, end.Seq)
		}
		recs, err := tx.Feed(store.FeedQuery{BothModes: true, After: at, Limit: consumed})
		if err != nil || len(recs) == 0 {
			return err
		}
		moved, err := tx.Webhooks().MoveCursor(c.Name, at, recs[len(recs)-1].Seq)
		if err == nil && !moved {
			err = errMoved
		}
		if n = int64(len(recs)); err != nil {
			return err
		}
		return c.Handle(tx, recs)
	})
	return n, err
}

// Tells says whether a webhook endpoint is told of an event, by the event's type.
func Tells(w clientele.WebhookEndpoint, e store.EventRecord) bool {
	if e.Type == clientele.EventWebhookEndpointPinged {
		return e.ObjectID == w.ID
	}
	return slices.ContainsFunc(w.EnabledEvents, func(name string) bool {
		family, all := strings.CutSuffix(name, "*")
		return name == e.Type || all && strings.HasPrefix(e.Type, family)
	})
}
