package billing

import (
	"context"
	stdjson "encoding/json"
	"maps"
	"slices"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

// bookkeeping are the fields that follow from others: a change of them alone is none that somebody made.
var bookkeeping = []string{
	"attempt_count", "attempted", "balance", "ending_balance", "ending_token_balance", "next_invoice_sequence",
	"settings_version", "starting_balance", "starting_token_balance", "token_balance", "updated_at",
}

// FieldChanges are the fields that an event changed, by name; all says that those which follow from others are told
// too. Of an object that was there before, an event has only the members that changed.
func FieldChanges(e clientele.Event, all bool) []clientele.FieldChange {
	var after map[string]stdjson.RawMessage
	_ = stdjson.Unmarshal(e.Data.Object, &after) // an object of ours is one
	fields := []clientele.FieldChange{}
	for _, name := range slices.Sorted(maps.Keys(e.Data.PreviousAttributes)) {
		if !all && slices.Contains(bookkeeping, name) {
			continue
		}
		from, to := e.Data.PreviousAttributes[name], after[name]
		if members := changedMembers(name, from, to); members != nil {
			fields = append(fields, members...)
		} else {
			fields = append(fields, clientele.FieldChange{Field: name, From: orNull(from), To: orNull(to)})
		}
	}
	return fields
}

// changedMembers are the members in which a field that is an object differs, nil for what is none.
func changedMembers(name string, from, to stdjson.RawMessage) (fields []clientele.FieldChange) {
	var before, after map[string]stdjson.RawMessage
	if stdjson.Unmarshal(orNull(from), &before) != nil || stdjson.Unmarshal(orNull(to), &after) != nil ||
		before == nil && after == nil {
		return nil
	}
	changed := before
	if before == nil {
		changed = after
	}
	for _, member := range slices.Sorted(maps.Keys(changed)) {
		fields = append(fields, clientele.FieldChange{
			Field: name + "." + member, From: orNull(before[member]), To: orNull(after[member]),
		})
	}
	return fields
}

func orNull(value stdjson.RawMessage) stdjson.RawMessage {
	if value == nil {
		return stdjson.RawMessage("null")
	}
	return value
}

// changesIn are the changes that events tell of. An update of nothing that is told is none.
func changesIn(past []clientele.Event, all bool) []clientele.Change {
	changes := []clientele.Change{}
	for _, e := range past {
		c := clientele.Change{
			At: e.CreatedAt, Type: e.Type, By: e.Request.RequestedBy, RequestID: e.Request.ID, EventID: e.ID,
			ObjectVersion: e.ObjectVersion, Changes: FieldChanges(e, all),
		}
		if len(c.Changes) > 0 || len(e.Data.PreviousAttributes) == 0 || !strings.HasSuffix(e.Type, ".updated") {
			changes = append(changes, c)
		}
	}
	return changes
}

// changesOf answers a page of the changes of an object, newest first, and how many there are.
func (s *core) changesOf(
	ctx context.Context, mode clientele.Mode, ref string, k *store.Kind,
	find func(store.Tx, clientele.Mode, string) (store.Record, error), w store.Window, all bool,
) (changes []clientele.Change, count int64, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		rec, err := find(tx, mode, ref)
		if err != nil {
			return err
		}
		past, err := events.OfObject(tx, mode, k.Type, rec.ID)
		slices.Reverse(past)
		changes = changesIn(past, all)
		return err
	})
	count = int64(len(changes))
	from := min(w.Offset, count)
	return changes[from:min(from+w.Limit, count)], count, err
}

// Changes answers the changes of a customer, by id or DID, newest first, and how many there are; of a deleted one too.
func (s Customers) Changes(
	ctx context.Context, mode clientele.Mode, ref string, w store.Window, all bool,
) ([]clientele.Change, int64, error) {
	return s.changesOf(ctx, mode, ref, store.Customers.Kind, findCustomerOrDeleted, w, all)
}

// Changes answers the changes of an invoice, by id or printed number, newest first, and how many there are.
func (s Invoices) Changes(
	ctx context.Context, mode clientele.Mode, ref string, w store.Window, all bool,
) ([]clientele.Change, int64, error) {
	return s.changesOf(ctx, mode, ref, store.Invoices.Kind, findInvoice, w, all)
}

// Changes answers the changes of a payment, newest first, and how many there are.
func (s Payments) Changes(
	ctx context.Context, mode clientele.Mode, id string, w store.Window, all bool,
) ([]clientele.Change, int64, error) {
	find := func(tx store.Tx, mode clientele.Mode, id string) (rec store.Record, err error) {
		pay, err := loadPayment(tx, mode, id)
		if err == nil {
			rec = pay.rec
		}
		return rec, err
	}
	return s.changesOf(ctx, mode, id, store.Payments.Kind, find, w, all)
}
