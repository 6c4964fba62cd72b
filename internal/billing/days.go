package billing

import (
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

// checkDue refuses what is no day and no moment at which an invoice can be due.
func checkDue(field string, d *clientele.DueDate) error {
	switch {
	case d == nil:
		return nil
	case d.Day == 0:
		return check.UnixTime(field, &d.At, 1)
	}
	return check.UnixTime(field, new(d.Day.Begin(time.UTC).Unix()), 1)
}

// setDue writes when an invoice is due, by what days are where the business is.
func setDue(invoice *clientele.Invoice, d *clientele.DueDate, where *time.Location) {
	invoice.DueDate, invoice.DueDay = d.At, d.Day
	if d.Day != 0 {
		invoice.DueDate = d.Day.End(where).Unix()
	} else {
		invoice.DueDay = clientele.DayIn(time.Unix(d.At, 0), where)
	}
}
