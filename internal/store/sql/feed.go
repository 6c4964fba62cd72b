package sql

import "clientele.dev/internal/store"

// FeedWhere are the conditions of a feed, whose positions are in a column. What selects fewest is found by an index; of
// the others unindexed, a sign before a column, keeps the index from being used, where one is needed.
func FeedWhere(q store.FeedQuery, position, unindexed string) (w Where) {
	if q.ObjectID != "" {
		w.Add(unindexed+position+" > ?", q.After)
	} else {
		w.Add(position+" > ?", q.After)
	}
	if q.BothModes {
		return w
	}
	switch {
	case q.ObjectID != "":
		w.Add("object_id = ?", q.ObjectID)
		w.Given(unindexed+"customer_id", q.CustomerID)
		w.Given(unindexed+"type", q.Type)
	case q.CustomerID != "":
		w.Add("customer_id = ?", q.CustomerID)
		w.Given(unindexed+"type", q.Type)
	case q.Type != "":
		w.Add("type = ?", q.Type)
		w.Add("livemode = ?", q.Livemode)
		return w
	default:
		w.Add("livemode = ?", q.Livemode)
		return w
	}
	w.Add(unindexed+"livemode = ?", q.Livemode)
	return w
}
