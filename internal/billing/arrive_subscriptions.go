package billing

import (
	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/store"
)

// takeSubscription keeps a subscription as it was. One that is here stays, whatever became of it elsewhere.
func (a *arrival) takeSubscription(in *ArrivingSubscription) error {
	mode, tx := a.account.call.Livemode, a.account.tx
	if in.ID == "" {
		return check.Invalid("id", "id is required")
	}
	rec, found, err := tx.Get(store.Subscriptions.Kind, mode, in.ID)
	if err != nil {
		return err
	}
	var s clientele.Subscription
	if found {
		if err := json.Unmarshal(rec.JSON, &s); err != nil {
			return err
		}
		if s.CustomerID != a.account.customer.ID {
			return conflict("id", "there is a subscription %s of the customer %s", in.ID, s.CustomerID)
		}
		a.told("subscription", in.ID, OutcomeEqual)
		return nil
	}
	if err := json.Unmarshal(in.JSON, &s); err != nil {
		return err
	}
	if s.ID != in.ID || s.CustomerID != a.account.customer.ID || s.Livemode != mode {
		return check.Invalid("customer_id", "it is not the customer's, or of another mode")
	}
	doc, err := encodeObject(s)
	if err != nil {
		return err
	}
	seq, err := tx.NextSeq(store.Subscriptions.Kind, a.account.now)
	if err != nil {
		return err
	}
	if err := store.Subscriptions.Save(tx, store.Record{ID: s.ID, Seq: seq, Version: 1, JSON: doc}, nil, &s); err != nil {
		return err
	}
	a.told("subscription", in.ID, OutcomeNew)
	return a.record(tx, a.account.call, clientele.EventSubscriptionCreated,
		changed{id: s.ID, customerID: s.CustomerID, version: 1, after: doc})
}
