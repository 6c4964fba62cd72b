package billing

import (
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// firstDate is the first day that anything is dated, unless the server is told another: of 1990.
var firstDate = clientele.DayIn(time.Date(1990, time.January, 1, 0, 0, 0, 0, time.UTC), time.UTC)

// checkDate refuses a day that nothing which has happened is dated.
func (s *core) checkDate(field string, day, today clientele.Day) error {
	switch {
	case day < s.firstDate:
		return check.Invalid(field, "%s is %s, before %s", field, day, s.firstDate)
	case day > today:
		return check.Invalid(field, "%s is %s, and today is %s: what has not happened yet is not recorded", field, day,
			today)
	}
	return nil
}

// dateFrom reads the day that a request says something happened on: what the account does from then on counts from that
// day, or from today when it is nil.
func (a *customerAccount) dateFrom(day *clientele.Day) error {
	if day == nil {
		return nil
	}
	today, err := a.today()
	if err == nil {
		err = a.s.checkDate("date", *day, today)
	}
	if err == nil {
		err = a.checkOpen("date", *day)
	}
	a.given = *day
	return err
}

// firstOpen is the first day that is not closed. Nobody closes more until the transaction has ended.
func (a *customerAccount) firstOpen() (clientele.Day, error) {
	if a.closed == nil {
		closed, err := a.tx.ClosedThrough(a.call.Livemode)
		if err != nil {
			return 0, err
		}
		a.closed = &closed
	}
	return *a.closed + 1, nil
}

// checkOpen refuses to date something on a closed day.
func (a *customerAccount) checkOpen(field string, day clientele.Day) error {
	open, err := a.firstOpen()
	if err == nil && day < open {
		err = conflict(field, "the books are closed through %s, and this would be of %s: the first open day is %s", open-1,
			day, open)
	}
	return err
}

// zone is where the business is.
func (a *customerAccount) zone() (*time.Location, error) {
	if a.where == nil {
		where, err := zone(a.tx, a.call.Livemode)
		if err != nil {
			return nil, err
		}
		a.where = where
	}
	return a.where, nil
}

// today is what day it is where the business is.
func (a *customerAccount) today() (clientele.Day, error) {
	where, err := a.zone()
	if err != nil {
		return 0, err
	}
	return clientele.DayIn(a.recorded, where), nil
}

// date is the day of what is done: the one that the request says, or else today, which may be closed where the time
// zone has changed since; but not before others.
func (a *customerAccount) date(notBefore ...clientele.Day) (clientele.Day, error) {
	day := a.given
	if day == 0 {
		today, err := a.today()
		if err != nil {
			return 0, err
		}
		open, err := a.firstOpen()
		if err != nil {
			return 0, err
		}
		day = max(today, open)
	}
	return slices.Max(append(notBefore, day)), nil
}

// later are the customer's movements in a currency that are dated after a day, in the order of the books.
func (a *customerAccount) later(currency string, day clientele.Day) (ledger.Later, error) {
	end, err := a.end(currency)
	if err != nil || day >= end.LastDate {
		return nil, err
	}
	kept := a.dated[currency]
	if kept == nil || day < kept.from {
		if err := a.write(); err != nil {
			return nil, err
		}
		kept = &datedMovements{from: day}
		err := a.tx.Movements(store.MovementFilter{
			CustomerID: a.customer.ID, CurrencyID: currency, Since: store.BookPlace{Date: day + 1},
		}, func(m store.Movement) error { kept.list = append(kept.list, m); return nil })
		if err != nil {
			return nil, err
		}
		a.dated[currency] = kept
	}
	return kept.list.After(day), nil
}

// datedMovements are a customer's movements in a currency that are dated after a day.
type datedMovements struct {
	from clientele.Day
	list ledger.Later
}

// add adds a movement that was posted.
func (d *datedMovements) add(m store.Movement) {
	if d == nil || m.Date <= d.from {
		return
	}
	at, _ := slices.BinarySearchFunc(d.list, m, ledger.InOrder)
	d.list = slices.Insert(d.list, at, m)
}

// split dates an amount that is taken off balances, from a day on that is not closed: none of them is below nothing on
// any day.
func (a *customerAccount) split(
	amount clientele.Amount, day clientele.Day, of ...ledger.Balance,
) ([]ledger.Part, error) {
	open, err := a.firstOpen()
	if err != nil {
		return nil, err
	}
	day = max(day, open)
	later, err := a.later(amount.Currency(), day)
	if err != nil {
		return nil, err
	}
	return ledger.Split(amount, day, later, of...), nil
}

// dateOff is the first day, from that of what is done on, from which all of an amount can be taken off balances. A day
// that the request says is refused when it cannot be on that one; what says where that is short of it.
func (a *customerAccount) dateOff(
	amount clientele.Amount, notBefore clientele.Day, what string, of ...ledger.Balance,
) (clientele.Day, error) {
	first, err := a.firstDateOff(amount, notBefore, of...)
	if err == nil && a.given != 0 && first != a.given {
		err = conflict("date", "on %s %s has less than %s; from %s on it has that", a.given, what, amount, first)
	}
	return first, err
}

// firstDateOff is dateOff for what comes of what a request says: it may be on a later day.
func (a *customerAccount) firstDateOff(
	amount clientele.Amount, notBefore clientele.Day, of ...ledger.Balance,
) (clientele.Day, error) {
	day, err := a.date(notBefore)
	if err != nil {
		return 0, err
	}
	parts, err := a.split(amount, day, of...)
	if err != nil || len(parts) == 0 {
		return day, err
	}
	return parts[len(parts)-1].Date, nil
}

// ofInvoice is what is left to pay on an invoice, as [customerAccount.split] takes it.
func (a *customerAccount) ofInvoice(h *invoice) ledger.Balance {
	return ledger.OfInvoice(h.ID, a.state(h).Left)
}

// state is where an invoice stands after what was posted.
func (a *customerAccount) state(h *invoice) ledger.InvoiceState {
	s, known := a.states[h.ID]
	if !known {
		s = ledger.StateOf(&h.before)
		a.states[h.ID] = s
	}
	return s
}
