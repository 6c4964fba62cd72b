package sql

import (
	"math"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Runner runs statements that both databases understand: those of webhooks stand here once.
type Runner interface {
	// Exec runs a statement that answers nothing.
	Exec(query string, args ...any) error
	// Query calls fn with every row; scan reads its columns into *string, *int64, *bool, *[]byte.
	Query(query string, fn func(scan func(...any) error) error, args ...any) error
	// List is a list of texts as a parameter, and the rows that it is: l, of a value each.
	List(parameter string, texts []string) (rows string, arg any)
}

// Webhooks implements [store.Webhooks] on any database.
type Webhooks struct{ Runner }

// Moments that are none: when what waits for something else is due, and when what ends never does.
const (
	waits = math.MaxInt64
	never = math.MaxInt64 - 1
)

// Cursor implements [store.Webhooks].
func (w Webhooks) Cursor(consumer string) (seq int64, begun bool, err error) {
	err = w.Query("SELECT position FROM consumers WHERE name = $1", func(scan func(...any) error) error {
		begun = true
		return scan(&seq)
	}, consumer)
	return seq, begun, err
}

// MoveCursor implements [store.Webhooks].
func (w Webhooks) MoveCursor(consumer string, from, to int64) (moved bool, err error) {
	err = w.Query("UPDATE consumers SET position = $3 WHERE name = $1 AND position = $2 RETURNING position",
		func(func(...any) error) error { moved = true; return nil }, consumer, from, to)
	return moved, err
}

// BeginCursor implements [store.Webhooks].
func (w Webhooks) BeginCursor(consumer string, at int64) error {
	return w.Exec("INSERT INTO consumers (name, position) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", consumer, at)
}

// AddDeliveries implements [store.Webhooks]. The row of a queue is locked first, by whoever adds to it or takes from
// it: what is added does not wait for what is just gone.
func (w Webhooks) AddDeliveries(list []store.Delivery, now time.Time) (added int64, err error) {
	for _, d := range list {
		err := w.Exec(`INSERT INTO webhook_queues AS q (endpoint_id, next_at, holder, held_until) VALUES ($1, $2, '', 0)
			ON CONFLICT (endpoint_id) DO UPDATE SET
				next_at = CASE WHEN q.next_at < excluded.next_at THEN q.next_at ELSE excluded.next_at END`,
			d.EndpointID, now.UnixMilli())
		if err != nil {
			return 0, err
		}
		err = w.Query(`INSERT INTO webhook_deliveries (endpoint_id, position, event_id, object_id, tries, next_at)
			VALUES ($1, $2, $3, $4, 0, CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries
				WHERE endpoint_id = $1 AND object_id = $4 AND position < $2)
				THEN CAST($6 AS bigint) ELSE CAST($5 AS bigint) END)
			ON CONFLICT (endpoint_id, position) DO NOTHING RETURNING tries`,
			func(func(...any) error) error { added++; return nil },
			d.EndpointID, d.Position, d.EventID, d.ObjectID, now.UnixMilli(), int64(waits))
		if err != nil {
			return 0, err
		}
	}
	return added, nil
}

// DueQueues implements [store.Webhooks].
func (w Webhooks) DueQueues(now time.Time, limit int64) (endpointIDs []string, err error) {
	err = w.Query(`SELECT endpoint_id FROM webhook_queues WHERE next_at <= $1 AND held_until <= $1
		ORDER BY next_at LIMIT $2`, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		endpointIDs = append(endpointIDs, id)
		return err
	}, now.UnixMilli(), limit)
	return endpointIDs, err
}

// HoldQueue implements [store.Webhooks].
func (w Webhooks) HoldQueue(endpointID, holder string, now, until time.Time) (held bool, err error) {
	err = w.Query(`UPDATE webhook_queues SET holder = $2, held_until = $4
		WHERE endpoint_id = $1 AND (holder = $2 OR held_until <= $3) RETURNING endpoint_id`,
		func(func(...any) error) error { held = true; return nil }, endpointID, holder, now.UnixMilli(),
		until.UnixMilli())
	return held, err
}

// LeaveQueue implements [store.Webhooks].
func (w Webhooks) LeaveQueue(endpointID, holder string, until time.Time) error {
	return w.Exec(`UPDATE webhook_queues SET holder = '', held_until = $3, next_at = coalesce(
			(SELECT min(next_at) FROM webhook_deliveries d WHERE d.endpoint_id = $1), $4)
		WHERE endpoint_id = $1 AND holder = $2`, endpointID, holder, until.UnixMilli(), int64(waits))
}

// WakeQueue implements [store.Webhooks].
func (w Webhooks) WakeQueue(endpointID string, at time.Time) error {
	return w.Exec(`UPDATE webhook_queues SET held_until = CASE holder WHEN '' THEN CAST($2 AS bigint) ELSE held_until END
		WHERE endpoint_id = $1`, endpointID, at.UnixMilli())
}

// DueDeliveries implements [store.Webhooks].
func (w Webhooks) DueDeliveries(endpointID string, now time.Time, limit int64) (due []store.Delivery, err error) {
	err = w.Query(`SELECT position, event_id, object_id, tries FROM webhook_deliveries
		WHERE endpoint_id = $1 AND next_at <= $2 ORDER BY next_at, position LIMIT $3`,
		func(scan func(...any) error) error {
			d := store.Delivery{EndpointID: endpointID}
			err := scan(&d.Position, &d.EventID, &d.ObjectID, &d.Tries)
			due = append(due, d)
			return err
		}, endpointID, now.UnixMilli(), limit)
	return due, err
}

// DelayDelivery implements [store.Webhooks].
func (w Webhooks) DelayDelivery(d store.Delivery, until time.Time) error {
	return w.Exec(`UPDATE webhook_deliveries SET tries = tries + 1, next_at = $3
		WHERE endpoint_id = $1 AND position = $2`, d.EndpointID, d.Position, until.UnixMilli())
}

// EndDelivery implements [store.Webhooks].
func (w Webhooks) EndDelivery(d store.Delivery, now time.Time) error {
	err := w.Exec("DELETE FROM webhook_deliveries WHERE endpoint_id = $1 AND position = $2", d.EndpointID, d.Position)
	if err != nil {
		return err
	}
	return w.Exec(`UPDATE webhook_deliveries SET next_at = $3 WHERE endpoint_id = $1 AND next_at = $4 AND position = (
		SELECT min(position) FROM webhook_deliveries WHERE endpoint_id = $1 AND object_id = $2)`, d.EndpointID,
		d.ObjectID, now.UnixMilli(), int64(waits))
}

// DropQueue implements [store.Webhooks].
func (w Webhooks) DropQueue(endpointID string) error {
	for _, table := range []string{"webhook_deliveries", "webhook_queues", "webhook_attempts", "webhook_secrets"} {
		if err := w.Exec("DELETE FROM "+table+" WHERE endpoint_id = $1", endpointID); err != nil {
			return err
		}
	}
	return nil
}

// PendingDeliveries implements [store.Webhooks].
func (w Webhooks) PendingDeliveries(eventIDs []string) (map[string]int64, error) {
	rows, list := w.List("$1", eventIDs)
	pending := map[string]int64{}
	err := w.Query("SELECT l.value, (SELECT count(*) FROM webhook_deliveries WHERE event_id = l.value) FROM "+rows,
		func(scan func(...any) error) error {
			var id string
			var n int64
			err := scan(&id, &n)
			pending[id] = n
			return err
		}, list)
	return pending, err
}

// AddAttempt implements [store.Webhooks].
func (w Webhooks) AddAttempt(a clientele.WebhookAttempt) error {
	return w.Exec(`INSERT INTO webhook_attempts (id, livemode, endpoint_id, event_id, succeeded, response_status,
			response_body, retry_count, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.ID, bool(a.Livemode), a.WebhookEndpointID, a.EventID, a.Status == store.AttemptSucceeded, a.ResponseStatus,
		a.ResponseBody, a.RetryCount, a.CreatedAt.UnixMilli())
}

// Attempts implements [store.Webhooks].
func (w Webhooks) Attempts(
	endpointID string, window store.Window,
) (page []clientele.WebhookAttempt, count int64, err error) {
	err = w.Query(`SELECT id, livemode, event_id, succeeded, response_status, response_body, retry_count, created_at
		FROM webhook_attempts WHERE endpoint_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3`,
		func(scan func(...any) error) error {
			a := clientele.WebhookAttempt{
				Object: "webhook_attempt", WebhookEndpointID: endpointID, Status: store.AttemptFailed,
			}
			var livemode, succeeded bool
			var at int64
			err := scan(&a.ID, &livemode, &a.EventID, &succeeded, &a.ResponseStatus, &a.ResponseBody, &a.RetryCount, &at)
			if a.Livemode = clientele.Mode(livemode); succeeded {
				a.Status = store.AttemptSucceeded
			}
			a.CreatedAt = clientele.At(time.UnixMilli(at))
			a.UpdatedAt = a.CreatedAt
			page = append(page, a)
			return err
		}, endpointID, window.Limit, window.Offset)
	if err != nil {
		return nil, 0, err
	}
	err = w.Query("SELECT count(*) FROM webhook_attempts WHERE endpoint_id = $1",
		func(scan func(...any) error) error { return scan(&count) }, endpointID)
	return page, count, err
}

// ForgetAttempts implements [store.Webhooks].
func (w Webhooks) ForgetAttempts(before time.Time, limit int64) error {
	return w.Exec(`DELETE FROM webhook_attempts WHERE id IN (
		SELECT id FROM webhook_attempts WHERE created_at < $1 ORDER BY created_at LIMIT $2)`, before.UnixMilli(), limit)
}

const selectSecrets = "SELECT endpoint_id, secret, component, created_at, expires_at FROM webhook_secrets"

func (w Webhooks) secrets(query string, args ...any) (all []store.WebhookSecret, err error) {
	err = w.Query(selectSecrets+query, func(scan func(...any) error) error {
		var s store.WebhookSecret
		var created, expires int64
		err := scan(&s.EndpointID, &s.Secret, &s.Component, &created, &expires)
		if s.CreatedAt = time.UnixMilli(created); expires != never {
			s.ExpiresAt = time.UnixMilli(expires)
		}
		all = append(all, s)
		return err
	}, args...)
	return all, err
}

// Secrets implements [store.Webhooks].
func (w Webhooks) Secrets(endpointID string, at time.Time) (all []store.WebhookSecret, err error) {
	return w.secrets(" WHERE endpoint_id = $1 AND expires_at > $2 ORDER BY created_at DESC", endpointID, at.UnixMilli())
}

// AllSecrets implements [store.Webhooks].
func (w Webhooks) AllSecrets() (all []store.WebhookSecret, err error) { return w.secrets("") }

// KeepSecretAs implements [store.Webhooks].
func (w Webhooks) KeepSecretAs(kept, now string) error {
	return w.Exec("UPDATE webhook_secrets SET secret = $2 WHERE secret = $1", kept, now)
}

// SaveSecret implements [store.Webhooks].
func (w Webhooks) SaveSecret(s store.WebhookSecret, othersEnd time.Time) error {
	err := w.Exec(`UPDATE webhook_secrets SET expires_at = $2
		WHERE endpoint_id = $1 AND expires_at > $2 AND component = $3`, s.EndpointID, othersEnd.UnixMilli(), s.Component)
	if err != nil || s.Secret == "" {
		return err
	}
	expires := int64(never)
	if !s.ExpiresAt.IsZero() {
		expires = s.ExpiresAt.UnixMilli()
	}
	return w.Exec(`INSERT INTO webhook_secrets (endpoint_id, secret, component, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (secret) DO NOTHING`, s.EndpointID, s.Secret, s.Component,
		s.CreatedAt.UnixMilli(), expires)
}
