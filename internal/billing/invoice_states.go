package billing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Finalize opens a draft: it gets its number and keeps the customer as printed on it from then on.
func (s Invoices) Finalize(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		if err := checkTransition(h, clientele.InvoiceOpen, clientele.InvoiceDraft); err != nil {
			return err
		}
		a, err := s.open(tx, call, h.CustomerID)
		if err != nil {
			return err
		}
		if err := a.finalize(h); err != nil {
			return err
		}
		return a.close()
	})
}

// finalize opens a draft. The customer's credit pays it if the customer's settings say so, and when nothing is left to
// pay it is paid.
func (a *customerAccount) finalize(h *invoice) error {
	return a.finalizeAs(h, clientele.BalanceTransaction{Reason: clientele.ReasonInvoiceFinalized, Receivable: h.Total})
}

// finalizeAs is finalize with a movement of its own.
func (a *customerAccount) finalizeAs(h *invoice, t clientele.BalanceTransaction) error {
	now, c := a.now.Unix(), a.customer
	if err := a.number(h); err != nil {
		return err
	}
	if h.arriving == nil { // or else it has that of when it was finalized elsewhere
		h.CustomerName, h.CustomerEmail, h.CustomerPhone = c.Name, c.Email, c.Phone
		if address := c.Address; address != (clientele.Address{}) {
			h.CustomerAddress = &address
		}
	}
	if h.EffectiveAt == 0 {
		h.EffectiveAt = now
	}
	if h.DueDate == 0 {
		h.DueDate = h.EffectiveAt
	}
	settings, version, err := settingsOf(a.tx, h.Livemode)
	if err != nil {
		return err
	}
	if h.DueDay == 0 {
		h.DueDay = clientele.DayIn(time.Unix(h.DueDate, 0), settings.Zone())
	}
	h.SettingsVersion = version
	if h.Date == 0 {
		h.Date = clientele.DayIn(time.Unix(h.EffectiveAt, 0), settings.Zone())
	}
	t.Date = h.Date
	h.Status, h.StatusTransitions.FinalizedAt = clientele.InvoiceOpen, now
	h.StartingBalance, h.StartingTokenBalance = a.credit(h.CurrencyID), a.credits()
	if _, err := a.postOn(h, t); err != nil {
		return err
	}
	part := clientele.Zero(h.CurrencyID)
	if c.InvoiceSettings != nil && c.InvoiceSettings.ApplyCredit && t.Reason != clientele.ReasonDebit {
		part = ledger.Least(h.Total, h.StartingBalance)
	}
	h.EndingBalance, h.EndingTokenBalance = ledger.Minus(h.StartingBalance, part), a.credits()
	if part.Sign() > 0 {
		h.EndingTokenBalance[h.CurrencyID] = h.EndingBalance
	}
	if err := a.saveAs(h, clientele.EventInvoiceFinalized); err != nil {
		return err
	}
	if part.Sign() == 0 && h.Total.Sign() > 0 {
		return nil
	}
	if part.Sign() > 0 {
		if _, err := a.useCredit(h, part, clientele.BalanceTransaction{Date: h.Date}); err != nil {
			return err
		}
	}
	return a.save(h)
}

// number gives an invoice the customer's next number, or moves the customer's sequence past a number it was imported
// with.
func (a *customerAccount) number(h *invoice) error {
	c := a.customer
	if h.Number != "" {
		if prefix, n, own := splitNumber(h.Number); own && prefix == c.InvoicePrefix && n >= c.NextInvoiceSequence {
			c.NextInvoiceSequence = n + 1
		}
		return nil
	}
	for taken := true; taken; c.NextInvoiceSequence++ { // by one that was imported
		h.Number = ownNumber(c.InvoicePrefix, c.NextInvoiceSequence)
		var err error
		if _, taken, err = a.tx.InvoiceByNumber(a.call.Livemode, h.Number); err != nil {
			return err
		}
	}
	return nil
}

// Pay records a payment of all that is left to pay on an invoice.
func (s Invoices) Pay(ctx context.Context, call Call, id string, r clientele.Receipt) (store.Document, error) {
	if err := checkReceipt(r); err != nil {
		return store.Document{}, err
	}
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		err := checkTransition(h, clientele.InvoicePaid, clientele.InvoiceOpen, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		a, err := s.open(tx, call, h.CustomerID)
		if err != nil {
			return err
		}
		money, err := moneyOf(tx, call.Livemode)
		if err != nil {
			return err
		}
		pay, err := a.receive(money.currencies[h.CurrencyID], clientele.PaymentParams{
			Amount: new(owing(h)), InvoiceID: h.ID, Receipt: r,
		})
		if err != nil {
			return err
		}
		if err := a.payInvoice(pay, pay.Amount, h); err != nil {
			return err
		}
		if err := a.savePayment(pay, clientele.EventPaymentSucceeded); err != nil {
			return err
		}
		return a.close()
	})
}

// Void takes an invoice back: it keeps its number, and nothing is owed on it. The payments that paid it have that left
// again, and the credit that did is given back.
func (s Invoices) Void(ctx context.Context, call Call, id string, p clientele.VoidParams) (store.Document, error) {
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		err := checkTransition(h, clientele.InvoiceVoid, clientele.InvoiceOpen, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		if given := h.PostPaymentCreditNotesAmount; given.Sign() > 0 { // voiding it would give that twice
			return conflict("status",
				"credit notes have given %s of %s back, so it is not voided; write off what is left", given, h.called())
		}
		a, err := s.openOn(tx, call, h.CustomerID, p.Date)
		if err != nil {
			return err
		}
		if err := a.void(h); err != nil {
			return err
		}
		return a.close()
	})
}

// void takes an invoice back.
func (a *customerAccount) void(h *invoice) error {
	if err := a.recover(h, h.AmountWrittenOff, 0); err != nil {
		return err
	}
	if err := a.takeBackPayments(h); err != nil {
		return err
	}
	rest := ledger.Minus(h.Total, h.PrePaymentCreditNotesAmount)
	day, err := a.dateOff(rest, h.Issued(), h.called(), a.ofInvoice(h))
	if err != nil {
		return err
	}
	_, err = a.postOn(h, clientele.BalanceTransaction{
		Reason: clientele.ReasonInvoiceVoided, Receivable: rest.Neg(), Date: day,
	})
	if err != nil {
		return err
	}
	zero := clientele.Zero(h.CurrencyID)
	h.AmountPaid, h.AmountCredited, h.AmountDue, h.AmountRemaining = zero, zero, rest, zero
	h.AmountWrittenOff = rest
	h.Status, h.StatusTransitions.VoidedAt = clientele.InvoiceVoid, a.now.Unix()
	return a.saveAs(h, clientele.EventInvoiceVoided)
}

// takeBackPayments takes back whatever paid an invoice.
func (a *customerAccount) takeBackPayments(h *invoice) error {
	q := store.Of(a.call.Livemode, a.customer.ID, store.PaidInvoice(h.ID))
	q.Order = store.OldestFirst
	payments, err := a.tx.Select(store.Payments.Kind, q)
	if err != nil {
		return err
	}
	for _, rec := range payments {
		pay, err := loadPayment(a.tx, a.call.Livemode, rec.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(pay.Allocations, func(l clientele.Allocation) bool { return l.InvoiceID == h.ID })
		if i < 0 { // taken back before
			continue
		}
		if err := a.unallocate(pay, h, pay.Allocations[i].Amount); err != nil {
			return err
		}
		if err := a.savePayment(pay, clientele.EventPaymentUpdated); err != nil {
			return err
		}
	}
	return a.unapply(h, h.AmountCredited)
}

// MarkUncollectible makes an open invoice uncollectible, and its customer delinquent.
func (s Invoices) MarkUncollectible(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		if err := checkTransition(h, clientele.InvoiceUncollectible, clientele.InvoiceOpen); err != nil {
			return err
		}
		a, err := s.openAny(tx, call, h.CustomerID)
		if err != nil {
			return err
		}
		if err := a.markUncollectible(h); err != nil {
			return err
		}
		return a.close()
	})
}

// Hold keeps an open invoice from being marked uncollectible by itself until a moment.
func (s Invoices) Hold(ctx context.Context, call Call, id string, p clientele.HoldParams) (store.Document, error) {
	if err := check.Length("reason", p.Reason, check.MaxText); err != nil {
		return store.Document{}, err
	}
	switch {
	case p.Reason == "":
		return store.Document{}, check.Invalid("reason", "reason is required: why the invoice is held")
	case p.Until <= s.now().Unix() || p.Until > check.MaxUnixTime:
		return store.Document{}, check.Invalid("until", "until is required: a moment after now, in unix seconds")
	}
	return s.setHold(ctx, call, id, &clientele.InvoiceHold{Until: p.Until, Reason: p.Reason})
}

// Release ends a hold.
func (s Invoices) Release(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.setHold(ctx, call, id, nil)
}

func (s Invoices) setHold(
	ctx context.Context, call Call, id string, hold *clientele.InvoiceHold,
) (store.Document, error) {
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		if h.Status != clientele.InvoiceOpen {
			return conflict("status", "%s is %s: only open invoices are held", h.called(), h.state())
		}
		a, err := s.openAny(tx, call, h.CustomerID)
		if err != nil {
			return err
		}
		h.Hold = hold
		return a.saveAs(h, clientele.EventInvoiceUpdated)
	})
}

// collectionEnds says whether an open invoice becomes uncollectible by itself on a day: it is late by more days than
// are allowed, which is never for days below 0, and nothing holds it.
func collectionEnds(i *clientele.Invoice, allowed int64, today clientele.Day, now time.Time) bool {
	return i.Status == clientele.InvoiceOpen && allowed >= 0 && clientele.DaysLate(i.Due(), today) > allowed &&
		store.HeldUntil(i) <= now.Unix()
}

// daysAllowed is by how many days an invoice of a customer may be late before its collection ends.
func daysAllowed(c *clientele.Customer, settings clientele.Settings) int64 {
	if c.InvoiceSettings != nil && c.InvoiceSettings.UncollectibleAfterDays != nil {
		return *c.InvoiceSettings.UncollectibleAfterDays
	}
	return settings.UncollectibleAfterDays
}

func (a *customerAccount) markUncollectible(h *invoice) error {
	h.Status, h.StatusTransitions.MarkedUncollectibleAt = clientele.InvoiceUncollectible, a.now.Unix()
	if _, err := a.postOn(h, clientele.BalanceTransaction{Reason: clientele.ReasonUncollectible}); err != nil {
		return err
	}
	return a.saveAs(h, clientele.EventInvoiceMarkedUncollectible)
}

// ApplyPolicy marks uncollectible the open invoices that are past due for longer than the settings, or their customers'
// own, allow. It is safe to call at any time, from any number of servers: an invoice is marked once, in the transaction
// that finds it open. It returns how many were.
func (s *Service) ApplyPolicy(ctx context.Context) (given int, err error) {
	const step = 100 // so that other writers do not wait
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		for n := step; n == step; given += n {
			if n, err = s.applyPolicy(ctx, mode, step); err != nil {
				return given, err
			}
		}
	}
	return given, nil
}

func (s *core) applyPolicy(ctx context.Context, mode clientele.Mode, limit int64) (n int, err error) {
	now := s.now()
	late := func(tx store.Tx) (recs []store.Record, settings clientele.Settings, today clientele.Day, err error) {
		if settings, _, err = settingsOf(tx, mode); err != nil {
			return nil, settings, 0, err
		}
		today = clientele.DayIn(now, settings.Zone())
		recs, err = tx.LateInvoices(mode, now.Unix(), today, settings.UncollectibleAfterDays, limit)
		return recs, settings, today, err
	}
	// A look before writing: most of the time there is nothing to do.
	err = s.store.View(ctx, func(tx store.Tx) error {
		recs, _, _, err := late(tx)
		n = len(recs)
		return err
	})
	if err != nil || n == 0 {
		return n, err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		n = 0
		recs, settings, today, err := late(tx)
		// Databases find them in any order, and their movements have one.
		slices.SortFunc(recs, func(a, b store.Record) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, rec := range recs {
			h, err := readInvoice(rec)
			if err != nil {
				return err
			}
			a, err := s.openAny(tx, Call{Livemode: mode, Actor: "system"}, h.CustomerID)
			if err != nil {
				return err
			}
			if !collectionEnds(h.Invoice, daysAllowed(a.customer, settings), today, now) {
				continue
			}
			if err := a.markUncollectible(h); err != nil {
				return err
			}
			if err := a.close(); err != nil {
				return err
			}
			n++
		}
		return err
	})
	return n, err
}

// checkTransition refuses a change of state that an invoice cannot make.
func checkTransition(h *invoice, to clientele.InvoiceStatus, from ...clientele.InvoiceStatus) error {
	if slices.Contains(from, h.Status) {
		return nil
	}
	only := map[clientele.InvoiceStatus]string{
		clientele.InvoiceOpen:          "only a draft is finalized",
		clientele.InvoicePaid:          "only an open or uncollectible invoice is paid",
		clientele.InvoiceVoid:          "only an open or uncollectible invoice is voided",
		clientele.InvoiceUncollectible: "only an open invoice is marked uncollectible",
	}[to]
	return conflict("status", "%s is %s: %s", h.called(), h.state(), only)
}
