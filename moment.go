package clientele

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// Moment is a moment, or a day where the business is. The zero one is none.
type Moment struct {
	At  time.Time
	Day Day
}

// OnDay is a day where the business is.
func OnDay(day Day) Moment { return Moment{Day: day} }

// AtTime is a moment.
func AtTime(at time.Time) Moment { return Moment{At: at} }

// IsZero says whether it is none.
func (m Moment) IsZero() bool { return m == Moment{} }

// Before says whether a moment, or a day, is before another of the same kind.
func (m Moment) Before(other Moment) bool {
	return m.Day != 0 && other.Day != 0 && m.Day < other.Day ||
		!m.At.IsZero() && !other.At.IsZero() && m.At.Before(other.At)
}

// Begin is the moment, or the first one of the day somewhere; the zero one when it is none.
func (m Moment) Begin(where *time.Location) time.Time {
	if m.Day != 0 {
		return m.Day.Begin(where)
	}
	return m.At
}

// End is the moment, or the last one of the day somewhere; the zero one when it is none.
func (m Moment) End(where *time.Location) time.Time {
	if m.Day != 0 {
		return m.Day.End(where)
	}
	return m.At
}

// String is the date of a day, or the moment as the wire has it; "" when it is none.
func (m Moment) String() string {
	switch {
	case m.Day != 0:
		return m.Day.String()
	case m.At.IsZero():
		return ""
	}
	return At(m.At).String()
}

// DueDate is when payment is due: a moment in unix seconds, or a day, which is the end of it where the business is.
type DueDate struct {
	At  int64
	Day Day // 0 for a moment
}

// DueAt is a moment in unix seconds at which payment is due.
func DueAt(seconds int64) *DueDate { return &DueDate{At: seconds} }

// DueOn is a day on which payment is due.
func DueOn(day Day) *DueDate { return &DueDate{Day: day} }

var errDueDate = errors.New("a day, such as 2026-01-31, or a moment in unix seconds is wanted")

// MarshalJSON writes a number or a date.
func (d DueDate) MarshalJSON() ([]byte, error) {
	if d.Day != 0 {
		return d.Day.MarshalJSON()
	}
	return strconv.AppendInt(nil, d.At, 10), nil
}

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
