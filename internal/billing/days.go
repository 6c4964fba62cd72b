package billing

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
	_ "time/tzdata" // so that every machine knows every time zone

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/store"
)

// zone is where the business of a mode is.
func zone(tx store.Tx, mode clientele.Mode) (*time.Location, error) {
	settings, _, err := settingsOf(tx, mode)
	return settings.Zone(), err
}

// today is what day it is where the business of a mode is.
func (s *core) today(tx store.Tx, mode clientele.Mode) (clientele.Day, error) {
	where, err := zone(tx, mode)
	if err != nil {
		return 0, err
	}
	return clientele.DayIn(s.now(), where), nil
}

// DueDate is when payment is due: a moment in unix seconds, or a day, which is the end of it where the business is.
type DueDate struct {
	At  int64
	Day clientele.Day // 0 for a moment
}

// DueAt is a moment in unix seconds at which payment is due.
func DueAt(seconds int64) *DueDate { return &DueDate{At: seconds} }

// DueOn is a day on which payment is due.
func DueOn(day clientele.Day) *DueDate { return &DueDate{Day: day} }

var errDueDate = errors.New("a day, such as 2026-01-31, or a moment in unix seconds is wanted")

// UnmarshalJSON reads a number or a date.
func (d *DueDate) UnmarshalJSON(data []byte) (err error) {
	if data[0] == '"' {
		if json.Unmarshal(data, &d.Day) != nil {
			return errDueDate
		}
		return nil
	}
	if d.At, err = strconv.ParseInt(string(data), 10, 64); err != nil {
		return errDueDate
	}
	return nil
}

func (d *DueDate) check(field string) error {
	if d == nil || d.Day == 0 {
		return check.UnixTime(field, d.seconds(), 1)
	}
	return check.UnixTime(field, new(d.Day.Begin(time.UTC).Unix()), 1)
}

// seconds is the moment, if it is one.
func (d *DueDate) seconds() *int64 {
	if d == nil {
		return nil
	}
	return &d.At
}

// set writes when an invoice is due, by what days are where the business is.
func (d *DueDate) set(invoice *clientele.Invoice, where *time.Location) {
	invoice.DueDate, invoice.DueDay = d.At, d.Day
	if d.Day != 0 {
		invoice.DueDate = d.Day.End(where).Unix()
	} else {
		invoice.DueDay = clientele.DayIn(time.Unix(d.At, 0), where)
	}
}

// Moment is a moment, or a day where the business is. The zero one is none.
type Moment struct {
	At  time.Time
	Day clientele.Day
}

// IsZero says whether it is none.
func (m Moment) IsZero() bool { return m == Moment{} }

// Before says whether a moment, or a day, is before another of the same kind.
func (m Moment) Before(other Moment) bool {
	return m.Day != 0 && other.Day != 0 && m.Day < other.Day ||
		!m.At.IsZero() && !other.At.IsZero() && m.At.Before(other.At)
}

// first is the moment, or the first one of the day; the zero one when it is none.
func (m Moment) first(where *time.Location) time.Time {
	if m.Day != 0 {
		return m.Day.Begin(where)
	}
	return m.At
}

// last is the moment, or the last one of the day; the zero one when it is none.
func (m Moment) last(where *time.Location) time.Time {
	if m.Day != 0 {
		return m.Day.End(where)
	}
	return m.At
}
