package billing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// AgingFilter says what to age.
type AgingFilter struct {
	Livemode   clientele.Mode
	AsOf       clientele.Moment // now when zero; of a day its end
	CurrencyID string
	Customer   string // an id or DID; everybody when empty
}

// The end of time is after every movement: in unix milliseconds, days since 1970 and as a position in time.
const (
	endOfTime   = 1<<47 - 2
	foreverDays = 1 << 40
	forever     = 1<<63 - 1
)

// moment is when something is aged.
type moment struct {
	ms  int64         // unix milliseconds
	day clientele.Day // where the business is
	now bool          // everything counts that was recorded
}

func (s *core) momentOf(tx store.Tx, f AgingFilter) (moment, error) {
	where, err := zone(tx, f.Livemode)
	if err != nil {
		return moment{}, err
	}
	at := f.AsOf.End(where)
	if f.AsOf.IsZero() {
		at = s.now()
	}
	return moment{at.UnixMilli(), clientele.DayIn(at, where), f.AsOf.IsZero()}, nil
}

// until is up to when what was recorded counts, in unix milliseconds.
func (m moment) until() int64 {
	if m.now { // also what another server recorded whose clock is ahead
		return endOfTime
	}
	return m.ms
}

// aging is what was outstanding at a moment, which is asked of the database.
type aging struct {
	*ledger.Aging
	at moment
}

// Aging answers what was outstanding at a moment, by how long it had been due. It adds up what the ledger was then, so
// that nothing recorded later changes the answer.
func (s Receivables) Aging(ctx context.Context, f AgingFilter) (clientele.Aging, error) {
	var answer clientele.Aging
	err := s.scanStore(ctx, func(tx store.Tx) error {
		if err := checkCurrency(tx, f.Livemode, f.CurrencyID); err != nil {
			return err
		}
		at, err := s.momentOf(tx, f)
		if err != nil {
			return err
		}
		answer.AsOf = clientele.At(time.UnixMilli(at.ms))
		b := aging{ledger.NewAging(at.day, f.CurrencyID), at}
		defer func() { answer.Currencies = b.Buckets() }()
		if f.Customer == "" {
			return b.addSums(tx, f.Livemode)
		}
		rec, err := findCustomerOrDeleted(tx, f.Livemode, f.Customer)
		if err != nil {
			return err
		}
		if err := b.addInvoices(tx, f, rec.ID); err != nil {
			return err
		}
		return b.addUnapplied(tx, f.Livemode, rec.ID)
	})
	return answer, err
}

// addInvoices adds what was left to pay on a customer's invoices: now it stands on them; of the past the ledger tells.
func (b aging) addInvoices(tx store.Tx, f AgingFilter, customerID string) error {
	if b.at.now {
		return tx.UnpaidAmounts(store.UnpaidFilter{Livemode: f.Livemode, CurrencyID: f.CurrencyID, CustomerID: customerID},
			func(o store.UnpaidAmount) { b.Add(o.DueDay, o.Left) })
	}
	return tx.Outstanding(store.OutstandingFilter{
		Livemode: f.Livemode, CurrencyID: f.CurrencyID, Until: b.at.until(), CustomerID: customerID,
	}, func(_ string, due clientele.Day, left clientele.Amount) { b.Add(due, left) })
}

// AgingByCustomer is Aging with the customers of a part of the list of those who owe or have money that is not applied.
func (s Receivables) AgingByCustomer(
	ctx context.Context, f AgingFilter, w store.Window,
) (answer clientele.Aging, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		if err := checkCurrency(tx, f.Livemode, f.CurrencyID); err != nil {
			return err
		}
		at, err := s.momentOf(tx, f)
		if err != nil {
			return err
		}
		answer.AsOf = clientele.At(time.UnixMilli(at.ms))
		all, err := ageCustomers(tx, f, at)
		if err != nil {
			return err
		}
		total := map[string]clientele.AgingBuckets{}
		for _, c := range all {
			for currency, b := range c.Currencies {
				total[currency] = ledger.AddBuckets(total[currency], b, currency)
			}
		}
		count := int64(len(all))
		answer.Currencies, answer.Count = total, &count
		answer.List = all[min(w.Offset, count):min(w.Offset+w.Limit, count)]
		return nameCustomers(tx, f.Livemode, answer.List, func(c *clientele.CustomerAging) (string, *string, *string) {
			return c.CustomerID, &c.Name, &c.Email
		})
	})
	return answer, err
}

// ageCustomers ages every customer: those who owe most of a currency first when it is given, or else in the order of
// their ids.
func ageCustomers(tx store.Tx, f AgingFilter, at moment) ([]clientele.CustomerAging, error) {
	all := map[string]aging{}
	of := func(customerID string) aging {
		b, known := all[customerID]
		if !known {
			b = aging{ledger.NewAging(at.day, f.CurrencyID), at}
			all[customerID] = b
		}
		return b
	}
	q := store.OutstandingFilter{Livemode: f.Livemode, CurrencyID: f.CurrencyID, Until: at.until()}
	if f.Customer != "" {
		rec, err := findCustomerOrDeleted(tx, f.Livemode, f.Customer)
		if err != nil {
			return nil, err
		}
		q.CustomerID = rec.ID
	}
	var err error
	if at.now {
		owed := store.UnpaidFilter{Livemode: f.Livemode, CurrencyID: f.CurrencyID, CustomerID: q.CustomerID}
		err = tx.UnpaidAmounts(owed, func(o store.UnpaidAmount) { of(o.CustomerID).Add(o.DueDay, o.Left) })
	} else {
		err = tx.Outstanding(q, func(customerID string, due clientele.Day, left clientele.Amount) {
			of(customerID).Add(due, left)
		})
	}
	if err != nil {
		return nil, err
	}
	payers, err := tx.UnappliedCustomers(f.Livemode, q.CustomerID, at.ms, at.now)
	if err != nil {
		return nil, err
	}
	for _, customerID := range payers {
		if err := of(customerID).addUnapplied(tx, f.Livemode, customerID); err != nil {
			return nil, err
		}
	}
	list := make([]clientele.CustomerAging, 0, len(all))
	for id, b := range all {
		if currencies := b.Buckets(); len(currencies) > 0 {
			list = append(list, clientele.CustomerAging{CustomerID: id, Currencies: currencies})
		}
	}
	slices.SortFunc(list, func(a, b clientele.CustomerAging) int {
		more := 0
		if f.CurrencyID != "" {
			more = ledger.Minus(b.Currencies[f.CurrencyID].Total, a.Currencies[f.CurrencyID].Total).Sign()
		}
		return cmp.Or(more, cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return list, nil
}

// addSums adds the sums of all customers: those of whole days, and of a day that had not ended its movements.
func (b aging) addSums(tx store.Tx, mode clientele.Mode) error {
	const day = 24 * 60 * 60 * 1000
	today := store.DayOf(b.at.ms / 1000) // by which sums are kept
	last, rest := today, false
	switch {
	case b.at.now:
		last = foreverDays
	case (b.at.ms+1)%day != 0:
		last, rest = today-1, true
	}
	figures := []store.Figure{store.FigureReceivable, store.FigureUnapplied}
	if err := tx.Sums(mode, figures, 0, last, b.AddPart); err != nil || !rest {
		return err
	}
	changes := ledger.Sums{}
	err := tx.Movements(store.MovementFilter{
		Livemode: mode, From: store.PositionAt(time.UnixMilli(today * day)), To: store.PositionAfter(b.at.until()),
	}, func(m store.Movement) error {
		changes.AddMovement(m)
		return nil
	})
	for _, p := range changes.Parts() {
		b.AddPart(p)
	}
	return err
}

// addUnapplied adds the money of a customer that was not applied.
func (b aging) addUnapplied(tx store.Tx, mode clientele.Mode, customerID string) error {
	currencies, err := currenciesOf(tx, mode)
	for _, c := range currencies {
		end, err := tx.LedgerEnd(customerID, c.ID, store.PositionAfter(b.at.until()))
		if err != nil {
			return err
		}
		if end.Unapplied.Sign() != 0 {
			b.AddPart(store.SumPart{Figure: store.FigureUnapplied, Amount: end.Unapplied})
		}
	}
	return err
}
