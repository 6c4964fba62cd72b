package billing

import (
	"testing"
	"time"

	"clientele.dev"
)

func TestCollectionEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	today := clientele.DayIn(now, time.UTC)
	due := func(ago int64) clientele.Invoice {
		return clientele.Invoice{Status: clientele.InvoiceOpen, DueDay: today - clientele.Day(ago), DueDate: 1}
	}
	held := func(until int64) clientele.Invoice {
		i := due(31)
		i.Hold = &clientele.InvoiceHold{Until: until}
		return i
	}
	paid := due(31)
	paid.Status = clientele.InvoicePaid
	for name, test := range map[string]struct {
		invoice clientele.Invoice
		allowed int64
		want    bool
	}{
		"late by a day more than is allowed": {due(31), 30, true},
		"late by as many days as is allowed": {due(30), 30, false},
		"due today, and nothing is allowed":  {due(0), 0, false},
		"due yesterday, nothing is allowed":  {due(1), 0, true},
		"never":                              {due(5000), -1, false},
		"held until now":                     {held(now.Unix()), 30, true},
		"held for a second longer":           {held(now.Unix() + 1), 30, false},
		"paid":                               {paid, 30, false},
	} {
		if got := collectionEnds(&test.invoice, test.allowed, today, now); got != test.want {
			t.Errorf("%s: it ends: %t, want %t", name, got, test.want)
		}
	}
	own := &clientele.Customer{InvoiceSettings: &clientele.InvoiceSettings{UncollectibleAfterDays: new(int64(7))}}
	settings := clientele.Settings{UncollectibleAfterDays: 30}
	none := &clientele.Customer{InvoiceSettings: &clientele.InvoiceSettings{}}
	for c, want := range map[*clientele.Customer]int64{own: 7, {}: 30, none: 30} {
		if got := daysAllowed(c, settings); got != want {
			t.Errorf("%d days are allowed, want %d", got, want)
		}
	}
}
