package clientele

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Day is a calendar day: how many days after 1970-01-01. On the wire it is a date of ISO 8601, such as 2026-01-31.
type Day int64

const secondsOfDay = 24 * 60 * 60

// DayIn is the day that it is somewhere at a moment.
func DayIn(at time.Time, where *time.Location) Day {
	_, offset := at.In(where).Zone()
	return dayOf(at.Unix() + int64(offset))
}

// dayOf is the day of a clock's reading in seconds since 1970-01-01.
func dayOf(seconds int64) Day {
	day := seconds / secondsOfDay
	if seconds%secondsOfDay < 0 {
		day--
	}
	return Day(day)
}

// ParseDay reads a date such as 2026-01-31, from 0001-01-01 to 9999-12-31.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, fmt.Errorf("%q is not a date such as 2026-01-31", s)
	}
	return dayOf(t.Unix()), nil
}

// Begin is the first moment of the day somewhere.
func (d Day) Begin(where *time.Location) time.Time {
	t := time.Unix(int64(d)*secondsOfDay, 0).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, where)
}

// End is the last millisecond of the day somewhere.
func (d Day) End(where *time.Location) time.Time { return (d + 1).Begin(where).Add(-time.Millisecond) }

// String is the date: 2026-01-31.
func (d Day) String() string { return d.Begin(time.UTC).Format(time.DateOnly) }

// MarshalJSON writes the date.
func (d Day) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads a date.
func (d *Day) UnmarshalJSON(data []byte) (err error) {
	var s string
	if json.Unmarshal(data, &s) != nil {
		return errors.New("a day, such as 2026-01-31, is wanted")
	}
	*d, err = ParseDay(s)
	return err
}

// Due is the day on which an invoice is to be paid: due_day, or, of one that has none, the day of due_date in UTC.
func (i Invoice) Due() Day {
	if i.DueDay != 0 {
		return i.DueDay
	}
	return dayOf(i.DueDate)
}

// Issued is the day from which on the books count an invoice: date, or, of one that has none, the day of effective_at
// in UTC.
func (i Invoice) Issued() Day {
	if i.Date != 0 {
		return i.Date
	}
	return dayOf(i.EffectiveAt)
}

// Received is the day from which on the books count a payment: date, or, of one that has none, the day of received_at
// in UTC.
func (p Payment) Received() Day {
	if p.Date != 0 {
		return p.Date
	}
	return dayOf(p.ReceivedAt)
}

// DaysLate is for how many days what was due on a day is late on another: from the day after on, and not on the day
// itself. It is 0 or less when it is not.
func DaysLate(due, today Day) int64 { return int64(today - due) }

// DaysPastDue is for how many days an open invoice is past due on a day; 0 when it is not, or is not open.
func (i Invoice) DaysPastDue(today Day) int64 {
	if i.Status != InvoiceOpen || i.AmountRemaining.Sign() <= 0 || i.DueDate == 0 && i.DueDay == 0 {
		return 0
	}
	return max(0, DaysLate(i.Due(), today))
}
