package billing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Closings is the part of [Service] about days that are closed.
type Closings struct{ *core }

// Create closes the books of a mode up to a day. From when it is durable nothing dated on that day or before is
// recorded; then its digest is made, which may take a while, and which [Closings.Complete] goes on with when this ends.
func (s Closings) Create(ctx context.Context, call Call, p clientele.ClosingParams) (store.Document, error) {
	if p.Through == nil {
		return store.Document{}, check.Invalid("through", "through is required: the last day to close, such as 2026-01-31")
	}
	doc, err := s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		all, err := closingsOf(tx, call.Livemode) // nobody records anything until this transaction has ended
		if err != nil {
			return store.Document{}, err
		}
		today, err := s.today(tx, call.Livemode)
		if err != nil {
			return store.Document{}, err
		}
		last := lastClosed(all)
		if err := s.checkThrough(*p.Through, last.Through, today); err != nil {
			return store.Document{}, err
		}
		now := s.now()
		c := clientele.Closing{
			Object: "closing", Livemode: call.Livemode, Through: *p.Through, Closed: true, ClosedBy: call.Actor,
			CreatedAt: clientele.At(now),
		}
		if last.ID != "" {
			c.From = last.Through + 1
		}
		settings, _, err := settingsOf(tx, call.Livemode)
		if err != nil {
			return store.Document{}, err
		}
		c.Accounting = settings.Accounting
		if c.ID, err = s.newID(store.Closings.Prefix, now); err != nil {
			return store.Document{}, err
		}
		return s.saveClosing(tx, call, clientele.EventClosingCreated, store.Record{ID: c.ID}, nil, c)
	})
	if err != nil || doc.Replayed {
		return doc, err
	}
	completed, err := s.complete(ctx, call.Livemode, doc.ID)
	if err != nil {
		return doc, nil //nolint:nilerr // the books are closed either way, and [Closings.Complete] goes on
	}
	completed.Created = true
	return completed, nil
}

// checkThrough refuses a day that cannot be closed.
func (s *core) checkThrough(through, last, today clientele.Day) error {
	switch {
	case through < s.firstDate:
		return check.Invalid("through", "through is %s, before %s", through, s.firstDate)
	case through >= today:
		return check.Invalid("through", "through is %s, and today is %s: at most yesterday is closed", through, today)
	case last != 0 && through <= last:
		return conflict("through", "the books are closed through %s already: the first open day is %s", last, last+1)
	}
	return nil
}

// closingsOf are the closings of a mode, oldest first. In a transaction that writes, nobody closes or records anything
// until it has ended.
func closingsOf(tx store.Tx, mode clientele.Mode) ([]clientele.Closing, error) {
	return store.Closings.Select(tx, store.Query{Mode: mode, Order: store.OldestFirst})
}

// lastClosed is the closing that holds and closes most; the zero one when none does.
func lastClosed(all []clientele.Closing) (last clientele.Closing) {
	for _, c := range all {
		if c.Closed && c.Through > last.Through {
			last = c
		}
	}
	return last
}

// saveClosing writes a closing's next version and the event that says what happened to it.
func (s *core) saveClosing(
	tx store.Tx, call Call, event string, rec store.Record, before *clientele.Closing, after clientele.Closing,
) (doc store.Document, err error) {
	after.UpdatedAt = clientele.At(s.now())
	return saveAlone(s, tx, call, store.Closings, event, rec, before, &after)
}

// saveAlone writes the next version of an object that belongs to nobody, with its event.
func saveAlone[T any](
	s *core, tx store.Tx, call Call, of store.Objects[T], event string, rec store.Record, before, after *T,
) (doc store.Document, err error) {
	old := rec.JSON
	if rec.JSON, err = encodeObject(after); err != nil {
		return doc, err
	}
	rec.Version++
	if err := of.Save(tx, rec, before, after); err != nil {
		return doc, err
	}
	doc = store.Document{JSON: rec.JSON, Of: of.Type, ID: rec.ID, Version: rec.Version, Created: before == nil}
	return doc, s.record(tx, call, event, changed{id: rec.ID, version: rec.Version, before: old, after: rec.JSON})
}

// findClosing finds a closing.
func findClosing(tx store.Tx, mode clientele.Mode, id string) (rec store.Record, c clientele.Closing, err error) {
	rec, found, err := tx.Get(store.Closings.Kind, mode, id)
	switch {
	case err != nil:
		return rec, c, err
	case !found:
		return rec, c, clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no closing %q in this mode", id)
	}
	return rec, c, json.Unmarshal(rec.JSON, &c)
}

// Reopen takes back the last closing.
func (s Closings) Reopen(
	ctx context.Context, call Call, id string, p clientele.ClosingReopenParams,
) (store.Document, error) {
	err := clientele.JoinInvalid(check.Given("reason", strings.TrimSpace(p.Reason), "why it is reopened"),
		check.Length("reason", p.Reason, check.MaxText))
	if err != nil {
		return store.Document{}, err
	}
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		all, err := closingsOf(tx, call.Livemode)
		if err != nil {
			return store.Document{}, err
		}
		rec, c, err := findClosing(tx, call.Livemode, id)
		if err == nil {
			err = call.checkVersion(rec)
		}
		if err != nil {
			return store.Document{}, err
		}
		if !c.Closed {
			return store.Document{}, conflict("closed", "the closing %s has been reopened already", id)
		}
		if last := lastClosed(all); last.ID != id {
			return store.Document{}, conflict("id", "only the last closing is reopened: %s, through %s", last.ID,
				last.Through)
		}
		before := c
		c.Closed, c.ReopenedAt, c.ReopenedBy, c.Reason = false, new(clientele.At(s.now())), call.Actor, p.Reason
		return s.saveClosing(tx, call, clientele.EventClosingReopened, rec, &before, c)
	})
}

// Retrieve answers a closing.
func (s Closings) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, _, err := findClosing(tx, mode, id)
		doc = store.Document{JSON: rec.JSON, Version: rec.Version}
		return err
	})
	return doc, err
}

// List answers all closings of a mode, newest first.
func (s Closings) List(ctx context.Context, mode clientele.Mode) (all []clientele.Closing, err error) {
	err = s.store.View(ctx, func(tx store.Tx) (err error) {
		all, err = closingsOf(tx, mode)
		slices.Reverse(all)
		return err
	})
	return all, err
}

// Through answers the last closed day of a mode, 0 when none is.
func (s Closings) Through(ctx context.Context, mode clientele.Mode) (day clientele.Day, err error) {
	err = s.store.View(ctx, func(tx store.Tx) (err error) {
		day, err = tx.ClosedThrough(mode)
		return err
	})
	return day, err
}

// ClosingPreview is what a closing would find.
type ClosingPreview struct {
	Drafts      int64                       // that are dated on the day or before
	Unapplied   map[string]clientele.Amount // by currency: money that was received and not applied on the day
	Differences []string                    // the currencies in which the sums are not what the invoices come to
}

// Preview answers what closing up to a day would find.
func (s Closings) Preview(
	ctx context.Context, mode clientele.Mode, through clientele.Day,
) (found ClosingPreview, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		found = ClosingPreview{Unapplied: map[string]clientele.Amount{}}
		today, err := s.today(tx, mode)
		if err != nil {
			return err
		}
		closed, err := tx.ClosedThrough(mode)
		if err != nil {
			return err
		}
		if err := s.checkThrough(through, closed, today); err != nil {
			return err
		}
		_, found.Drafts, err = tx.List(store.Invoices.Kind, store.Query{Mode: mode, Where: []store.Condition{
			store.OneOf("status", clientele.InvoiceDraft), store.AtLeast("date", int64(s.firstDate)),
			store.Below("date", int64(through)+1),
		}, Window: store.Window{Limit: 1}})
		if err != nil {
			return err
		}
		return s.reconcile(tx, mode, through, &found)
	})
	return found, err
}

// reconcile compares what the sums say of a day with what the invoices come to.
func (s Closings) reconcile(tx store.Tx, mode clientele.Mode, day clientele.Day, found *ClosingPreview) error {
	of, err := s.asOf(tx, mode, AsOf{Day: clientele.OnDay(day)})
	if err != nil {
		return err
	}
	sums, invoices := ledger.NewAging(day, ""), ledger.NewAging(day, "")
	figures := []store.Figure{store.FigureReceivable, store.FigureUnapplied}
	if err := of.eachSum(tx, figures, store.Days{First: 0, Last: int64(day)}, sums.AddPart); err != nil {
		return err
	}
	err = of.eachUnpaid(tx, "", "", func(o store.UnpaidAmount) { invoices.Add(o.DueDay, o.Left) })
	if err != nil {
		return err
	}
	is, must := sums.Buckets(), invoices.Buckets()
	for currency, b := range is {
		if b.Unapplied.Sign() != 0 {
			found.Unapplied[currency] = b.Unapplied
		}
		if !b.Total.Equal(must[currency].Total.In(currency)) {
			found.Differences = append(found.Differences, currency)
		}
	}
	for currency := range must {
		if _, known := is[currency]; !known {
			found.Differences = append(found.Differences, currency)
		}
	}
	return nil
}

// Complete makes the digests of closings that have none yet, of both modes, and says of how many.
func (s Closings) Complete(ctx context.Context) (completed int, err error) {
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		all, err := s.List(ctx, mode)
		if err != nil {
			return completed, err
		}
		for _, c := range all {
			if !c.Closed || c.Digest != "" {
				continue
			}
			if _, err := s.complete(ctx, mode, c.ID); err != nil {
				return completed, err
			}
			completed++
		}
	}
	return completed, nil
}

// complete makes the digest of a closing, whose days no longer change.
func (s Closings) complete(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	var digests []store.ClosingDigest
	var movements int64
	err = s.store.Scan(ctx, func(tx store.Tx) error {
		_, c, err := findClosing(tx, mode, id)
		if err != nil {
			return err
		}
		made := ledger.NewDigests()
		movements = 0
		err = tx.Movements(store.MovementFilter{Livemode: mode, Dated: daysOf(c)}, func(m store.Movement) error {
			made.Add(m)
			movements++
			return nil
		})
		if err != nil {
			return err
		}
		digests = made.Of(id)
		return nameClosed(tx, mode, digests, c.Accounting.CustomerAccountKey)
	})
	if err != nil {
		return doc, err
	}
	const step = 500 // so that other writers do not wait
	for some := range slices.Chunk(digests, step) {
		err := s.store.Update(ctx, func(tx store.Tx) error { return tx.SaveClosingDigests(some) })
		if err != nil {
			return doc, err
		}
	}
	call := Call{Livemode: mode, Actor: "system"}
	doc, err = s.update(ctx, func(tx store.Tx) (store.Document, error) {
		rec, c, err := findClosing(tx, mode, id)
		if err != nil {
			return store.Document{}, err
		}
		if c.Digest != "" || !c.Closed { // by another server
			return store.Document{JSON: rec.JSON, Of: store.TypeClosing, ID: id, Version: rec.Version}, nil
		}
		before := c
		c.Digest, c.Movements = digestOf(digests), movements
		return s.saveClosing(tx, call, clientele.EventClosingUpdated, rec, &before, c)
	})
	return doc, err
}

// nameClosed writes beside digests what the journal calls their customers.
func nameClosed(tx store.Tx, mode clientele.Mode, digests []store.ClosingDigest, accountKey string) error {
	const step = 500
	for some := range slices.Chunk(digests, step) {
		ids := make([]string, len(some))
		for i, d := range some {
			ids[i] = d.CustomerID
		}
		called, err := callCustomers(tx, mode, ids, accountKey)
		if err != nil {
			return err
		}
		for i, d := range some {
			some[i].Name, some[i].Account = called[d.CustomerID].Name, called[d.CustomerID].Account
		}
	}
	return nil
}

// daysOf are the days that a closing closed.
func daysOf(c clientele.Closing) store.Days {
	return store.Days{First: int64(c.From), Last: int64(c.Through)}
}

// digestOf is the digest over those of a closing's customers and currencies.
func digestOf(digests []store.ClosingDigest) string {
	all := sha256.New()
	for _, d := range digests {
		fmt.Fprintf(all, "%s %s %x\n", d.CustomerID, d.CurrencyID, d.Digest)
	}
	return hex.EncodeToString(all.Sum(nil))
}

// checkClosed compares what is closed of a customer with what it was.
func (b *books) checkClosed() error {
	all, err := b.tx.closings(b.customer.Livemode)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Closed || c.Digest == "" {
			continue
		}
		must, is := map[string]string{}, map[string]string{}
		err := b.tx.ClosingDigests(c.ID, []string{b.customer.ID}, func(d store.ClosingDigest) {
			must[d.CurrencyID] = string(d.Digest[:])
		})
		if err != nil {
			return err
		}
		for _, d := range b.ledger.DigestsOf(c.ID, daysOf(c)) {
			is[d.CurrencyID] = string(d.Digest[:])
		}
		for _, currency := range slices.Sorted(maps.Keys(merged(must, is))) {
			if must[currency] != is[currency] {
				b.differ(b.customer.ID, "what was closed through %s in %s is not what it was", c.Through, currency)
			}
		}
	}
	return nil
}

func merged(a, b map[string]string) map[string]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// auditClosings compares the digest of each closing with those of its customers.
func auditClosings(tx store.Tx, differs func(Difference)) error {
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		all, err := closingsOf(tx, mode)
		if err != nil {
			return err
		}
		for _, c := range all {
			if !c.Closed || c.Digest == "" {
				continue
			}
			var digests []store.ClosingDigest
			err := tx.ClosingDigests(c.ID, nil, func(d store.ClosingDigest) { digests = append(digests, d) })
			if err != nil {
				return err
			}
			if digestOf(digests) != c.Digest {
				differs(Difference{c.ID, "its digest is not that of its customers"})
			}
		}
	}
	return nil
}
