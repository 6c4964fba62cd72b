package clientele

import (
	"encoding/json"
	"testing"
	"time"
)

func TestDayIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ at, zone, want string }{
		{"2026-03-10T00:00:00Z", "UTC", "2026-03-10"},
		{"2026-03-09T23:59:59.999Z", "UTC", "2026-03-09"},
		{"2026-03-10T02:00:00Z", "America/New_York", "2026-03-09"},
		{"2026-03-10T04:00:00Z", "America/New_York", "2026-03-10"}, // in summer time
		{"2026-03-09T15:00:00Z", "Asia/Tokyo", "2026-03-10"},
		{"2026-03-09T14:59:59Z", "Asia/Tokyo", "2026-03-09"},
		{"2026-12-31T10:00:00Z", "Pacific/Kiritimati", "2027-01-01"},
		{"1969-12-31T23:59:59Z", "UTC", "1969-12-31"},
		{"1970-01-01T00:00:00Z", "UTC", "1970-01-01"},
	} {
		at, err := time.Parse(time.RFC3339Nano, test.at)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := LoadZone(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		day := DayIn(at, zone)
		if day.String() != test.want {
			t.Errorf("%s in %s is %s, not %s", test.at, test.zone, day, test.want)
		}
		begin, end := day.Begin(zone), day.End(zone)
		before := DayIn(begin.Add(-time.Millisecond), zone)
		if at.Before(begin) || at.After(end) || before != day-1 || DayIn(end, zone) != day {
			t.Errorf("%s in %s is from %s to %s", day, test.zone, begin, end)
		}
	}
}

func TestDayOnTheWire(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{`"2026-02-30"`, `"20260101"`, `"2026-1-1"`, `20260101`, `""`, `"0000-01-01"`} {
		var d Day
		if err := json.Unmarshal([]byte(wrong), &d); err == nil {
			t.Errorf("%s is %s", wrong, d)
		}
	}
	for _, right := range []string{`"2026-02-28"`, `"9999-12-31"`, `"0001-01-01"`} {
		var d Day
		if err := json.Unmarshal([]byte(right), &d); err != nil {
			t.Errorf("%s: %v", right, err)
		}
		if again, _ := json.Marshal(d); string(again) != right {
			t.Errorf("%s is written %s", right, again)
		}
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{"", "Local", "Mars/Olympus", "../etc/passwd", "berlin"} {
		if zone, err := LoadZone(wrong); err == nil {
			t.Errorf("%q is %s", wrong, zone)
		}
	}
	if zone := (Settings{TimeZone: "Europe/Berlin"}).Zone(); zone.String() != "Europe/Berlin" {
		t.Errorf("the zone is %s", zone)
	}
	if zone := (Settings{}).Zone(); zone != time.UTC {
		t.Errorf("without a zone it is %s", zone)
	}
}

// An open invoice is late from the day after its due day.
func TestDaysPastDue(t *testing.T) {
	t.Parallel()
	const noon = 20455*secondsOfDay + secondsOfDay/2
	for name, test := range map[string]struct {
		invoice Invoice
		today   Day
		want    int64
	}{
		"the day before":          {Invoice{Status: InvoiceOpen, DueDay: 20455}, 20454, 0},
		"the due day":             {Invoice{Status: InvoiceOpen, DueDay: 20455}, 20455, 0},
		"the day after":           {Invoice{Status: InvoiceOpen, DueDay: 20455}, 20456, 1},
		"a month later":           {Invoice{Status: InvoiceOpen, DueDay: 20455}, 20485, 30},
		"paid":                    {Invoice{Status: InvoicePaid, DueDay: 20455}, 20485, 0},
		"uncollectible":           {Invoice{Status: InvoiceUncollectible, DueDay: 20455}, 20485, 0},
		"without a day, the same": {Invoice{Status: InvoiceOpen, DueDate: noon}, 20455, 0},
		"without a day, after":    {Invoice{Status: InvoiceOpen, DueDate: noon}, 20456, 1},
		"its day, not its moment": {Invoice{Status: InvoiceOpen, DueDate: noon, DueDay: 20454}, 20455, 1},
	} {
		test.invoice.AmountRemaining = NewAmount("c", 1)
		if got := test.invoice.DaysPastDue(test.today); got != test.want {
			t.Errorf("%s: %d days, want %d", name, got, test.want)
		}
	}
	if late := (Invoice{Status: InvoiceOpen, DueDay: 1}).DaysPastDue(9); late != 0 {
		t.Errorf("with nothing left it is %d days past due", late)
	}
}
