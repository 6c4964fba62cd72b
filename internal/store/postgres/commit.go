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
	known := !t.store.distributed // whether what the other machines have is all that they will
	for e := t.event; e.ObjectID != "" && ctx.Err() == nil; {
		var committed, atWork bool
		err := t.store.pool.QueryRow(ctx, `SELECT
				EXISTS (SELECT 1 FROM events WHERE customer_id = $1 AND object_id = $2 AND object_version = $3
					AND request_id = $4),
				EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = $5) OR pg_is_in_recovery()`,
			e.CustomerID, e.ObjectID, e.ObjectVersion, e.RequestID, int64(t.pid)).Scan(&committed, &atWork)
		switch {
		case err != nil:
		case committed, !atWork && known:
			t.outcomeOpen = false
			return committed
		case !atWork: // it may have decided, and died before it told the others
			_, err := t.store.pool.Exec(ctx, "SELECT recover_prepared_transactions()")
			known = err == nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}
