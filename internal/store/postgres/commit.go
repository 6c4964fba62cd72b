package postgres

import (
	"context"
	"time"
)

// wasCommitted finds out what became of a transaction whose commit was not answered because the connection was lost. It
// asks for the first event of the transaction, once nobody works on it any more, also on the node that took over. A
// client who were told that it failed might send the request again, and it would happen twice.
func (t *tx) wasCommitted() bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), settlePatience)
	defer cancel()
	t.outcomeOpen = true
	for t.event.ObjectID != "" && ctx.Err() == nil {
		var committed, atWork bool
		err := t.store.pool.QueryRow(ctx, `SELECT
				EXISTS (SELECT 1 FROM events WHERE object_id = $1 AND object_version = $2 AND request_id = $3),
				EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = $4) OR pg_is_in_recovery()`,
			t.event.ObjectID, t.event.ObjectVersion, t.event.RequestID, int64(t.pid)).Scan(&committed, &atWork)
		if err == nil && (committed || !atWork) {
			t.outcomeOpen = false
			return committed
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}
