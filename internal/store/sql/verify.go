package sql

import (
	"slices"

	"clientele.dev/internal/store"
)

// Check is a statement that finds the ids of rows that something is wrong with.
type Check struct{ Query, Text string }

// Checks find the objects of every kind that contradict their events, or what they belong to.
func Checks() (all []Check) {
	for _, k := range append(slices.Clone(store.Kinds), store.Movements) {
		if k.Created != "" {
			all = append(all, gone(k))
		}
		if k.Versioned && !k.Small {
			all = append(all, withoutEvents(k))
		}
		if k.Owned {
			all = append(all, Check{
				"SELECT id FROM " + k.Table + " o WHERE NOT EXISTS (SELECT 1 FROM customers WHERE id = o.customer_id)",
				"its customer is gone",
			})
		}
	}
	return all
}

// gone finds what was created and is there no longer, unless it was a draft that was deleted.
func gone(k *store.Kind) Check {
	return Check{
		"SELECT object_id FROM events e WHERE type = '" + k.Created + "' AND object_version = 1" +
			" AND NOT EXISTS (SELECT 1 FROM " + k.Table + " o WHERE o.id = e.object_id" +
			" AND o." + k.Owner() + " = e.customer_id)" +
			" AND NOT EXISTS (SELECT 1 FROM events d WHERE d.customer_id = e.customer_id AND d.object_id = e.object_id" +
			" AND d.type = 'invoice.deleted')",
		"was created, and is gone from " + k.Table,
	}
}

// withoutEvents finds what has not as many events as versions or, when events were pruned, not the last.
func withoutEvents(k *store.Kind) Check {
	return Check{
		"SELECT id FROM " + k.Table + " o WHERE version IS DISTINCT FROM" +
			" (SELECT CASE WHEN EXISTS (SELECT 1 FROM pruned_events) THEN max(object_version) ELSE count(*) END" +
			" FROM events WHERE object_id = o.id AND customer_id = o." + k.Owner() + ")",
		"does not have an event for each of its versions",
	}
}

// Miscounted compares the counts that are kept of a kind with those that must be: kind, livemode, bits, bucket, count.
func Miscounted(k *store.Kind, is, must string) Check {
	return Check{
		"SELECT '" + k.Table + "' WHERE EXISTS (" + is + " EXCEPT " + must + ") OR EXISTS (" + must + " EXCEPT " + is + ")",
		"their number is not how many there are",
	}
}
