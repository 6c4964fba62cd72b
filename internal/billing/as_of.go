package billing

import (
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// AsOf says of when a report tells: what counted on a day, and what was known of it at a moment.
type AsOf struct {
	Day     clientele.Moment // the day, or that of the moment; today when zero
	KnownAt clientele.Moment // what was recorded later does not count; of a day its end; now when zero
}

// The end of time is after every movement: as days since 1970.
const foreverDays = 1 << 40

// asOf is an [AsOf] where the business of a mode is.
type asOf struct {
	mode clientele.Mode
	at   time.Time // the moment, or the last of the day
	day  clientele.Day
	last time.Time // of the day
	// Whether the day is today and all counts that is known.
	now bool

	knownAt  time.Time      // the zero one when all counts that is known
	knownDay clientele.Day  // the day of that
	until    store.Position // before which what counts was recorded
}

func (s *core) asOf(tx store.Tx, mode clientele.Mode, of AsOf) (asOf, error) {
	where, err := zone(tx, mode)
	if err != nil {
		return asOf{}, err
	}
	a := asOf{mode: mode, at: of.Day.End(where), until: store.Forever, now: of == AsOf{}}
	if of.Day.IsZero() {
		a.at = s.now()
	}
	a.day = clientele.DayIn(a.at, where)
	a.last = a.day.End(where)
	if !of.KnownAt.IsZero() {
		a.knownAt = of.KnownAt.End(where)
		a.knownDay, a.until = clientele.DayIn(a.knownAt, where), store.PositionAfter(a.knownAt.UnixMilli())
	}
	return a, nil
}

// known is known_at as the wire has it: nil when all counts that is known.
func (a asOf) known() *clientele.Time {
	if a.knownAt.IsZero() {
		return nil
	}
	return new(clientele.At(a.knownAt))
}

// settledAfter is the moment until which whatever settled an invoice or used a payment up counts, in unix milliseconds.
// What is recorded on a day is dated no later, but for what is about an invoice of a later day.
func (a asOf) settledAfter() int64 {
	if a.knownAt.IsZero() || a.last.Before(a.knownAt) {
		return a.last.UnixMilli()
	}
	return a.knownAt.UnixMilli()
}

// outstanding selects what was left to pay.
func (a asOf) outstanding(customerID, currencyID string) store.OutstandingFilter {
	return store.OutstandingFilter{
		Livemode: a.mode, CustomerID: customerID, CurrencyID: currencyID, Day: a.day, Until: a.until,
		SettledAfter: a.settledAfter(), Now: a.now,
	}
}

// eachUnpaid calls fn with what was left to pay on every invoice that had something left: of today that stands on them.
func (a asOf) eachUnpaid(tx store.Tx, customerID, currencyID string, fn func(store.UnpaidAmount)) error {
	if a.now {
		return tx.UnpaidAmounts(store.UnpaidFilter{
			Livemode: a.mode, CustomerID: customerID, CurrencyID: currencyID, Issued: a.day,
		}, fn)
	}
	return tx.Outstanding(a.outstanding(customerID, currencyID), fn)
}

// balances are a customer's in a currency.
func (a asOf) balances(tx store.Tx, customerID, currencyID string) (store.LedgerEnd, error) {
	return a.balancesBefore(tx, customerID, currencyID, store.BookPlace{Date: a.day + 1})
}

// balancesBefore are a customer's balances in a currency before a place in the books: those after the last movement
// that came in order, and what came later than its date since.
func (a asOf) balancesBefore(
	tx store.Tx, customerID, currencyID string, place store.BookPlace,
) (end store.LedgerEnd, err error) {
	end, err = tx.LastInOrder(customerID, currencyID, place, a.until)
	if err != nil || place == (store.BookPlace{}) { // nothing stands before all
		return end, err
	}
	err = tx.Movements(store.MovementFilter{
		CustomerID: customerID, CurrencyID: currencyID, Before: place, Late: true, From: end.Seq, To: a.until,
	}, func(m store.Movement) error {
		end.Receivable, end.Credit = ledger.Plus(end.Receivable, m.Receivable), ledger.Plus(end.Credit, m.Amount)
		end.Unapplied = ledger.Plus(end.Unapplied, m.Unapplied)
		return nil
	})
	return end, err
}

// eachSum calls fn with parts of which figures of all customers are made up, of dates.
func (a asOf) eachSum(tx store.Tx, figures []store.Figure, dates store.Days, fn func(store.SumPart)) error {
	if a.knownAt.IsZero() {
		return tx.Sums(a.mode, figures, dates, fn)
	}
	known := int64(a.knownDay)
	less := func(p store.SumPart) {
		p.Amount = p.Amount.Neg()
		fn(p)
	}
	if past := (store.Days{First: dates.First, Last: min(dates.Last, known)}); !past.Empty() {
		if err := tx.Sums(a.mode, figures, past, fn); err != nil {
			return err
		}
		if err := tx.LateSums(a.mode, figures, past, store.Days{First: known + 1, Last: foreverDays}, less); err != nil {
			return err
		}
	}
	if ahead := (store.Days{First: max(dates.First, known+1), Last: dates.Last}); !ahead.Empty() {
		if err := tx.LateSums(a.mode, figures, ahead, store.Days{First: 0, Last: known}, fn); err != nil {
			return err
		}
	}
	return a.eachOfPartOfDay(tx, figures, dates, fn)
}

// eachOfPartOfDay calls fn with what corrects sums of what was recorded by the end of the day of known_at to those of
// what was recorded by the moment. Days can have been those of another time zone, which is up to 26 hours away, so that
// the ones beside it are looked at too.
func (a asOf) eachOfPartOfDay(
	tx store.Tx, figures []store.Figure, dates store.Days, fn func(store.SumPart),
) error {
	sums := map[int64]ledger.Sums{-1: {}, 1: {}} // by how often they must be added
	var wrong []struct {
		times int64
		m     store.Movement
	}
	known := int64(a.knownDay)
	for _, of := range []struct {
		times int64
		f     store.MovementFilter
	}{
		{-1, store.MovementFilter{Livemode: a.mode, Recorded: store.Days{First: known - 2, Last: known}, From: a.until}},
		{1, store.MovementFilter{Livemode: a.mode, Recorded: store.Days{First: known + 1, Last: known + 2}, To: a.until}},
	} {
		err := tx.Movements(of.f, func(m store.Movement) error {
			wrong = append(wrong, struct {
				times int64
				m     store.Movement
			}{of.times, m})
			return nil
		})
		if err != nil {
			return err
		}
	}
	ofStates := slices.ContainsFunc(figures, func(f store.Figure) bool { return slices.Contains(ledger.OfStates, f) })
	for _, w := range wrong {
		if !ofStates {
			sums[w.times].AddAmounts(w.m)
			continue
		}
		before, later, err := atRecording(tx, w.m)
		if err != nil {
			return err
		}
		sums[w.times].AddMovement(w.m, before, later)
	}
	for _, times := range []int64{-1, 1} {
		for _, p := range sums[times].Parts() {
			if slices.Contains(figures, p.Figure) && dates.First <= p.Day && p.Day <= dates.Last {
				p.Amount = p.Amount.Times(times)
				fn(p)
			}
		}
	}
	return nil
}

// atRecording is what was there when a movement was recorded: where its invoice stood, and what was dated later.
func atRecording(tx store.Tx, m store.Movement) (before ledger.InvoiceState, later ledger.Later, err error) {
	collect := func(to *ledger.Later) func(store.Movement) error {
		return func(m store.Movement) error { *to = append(*to, m); return nil }
	}
	if m.LastDate > m.Date {
		err = tx.Movements(store.MovementFilter{
			CustomerID: m.CustomerID, CurrencyID: m.CurrencyID, Since: store.BookPlace{Date: m.Date + 1}, To: m.Seq,
		}, collect(&later))
	}
	if err != nil || m.InvoiceID == "" {
		return before, later, err
	}
	var earlier ledger.Later
	err = tx.Movements(store.MovementFilter{CustomerID: m.CustomerID, InvoiceID: m.InvoiceID, To: m.Seq},
		collect(&earlier))
	return ledger.StateBefore(m, earlier), later, err
}
