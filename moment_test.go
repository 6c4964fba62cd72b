package clientele

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestDueDate writes and reads when payment is due: a day as a date, a moment as a number.
func TestDueDate(t *testing.T) {
	t.Parallel()
	day, err := ParseDay("2026-01-31")
	if err != nil {
		t.Fatal(err)
	}
	for text, due := range map[string]*DueDate{
		`"2026-01-31"`: DueOn(day), `1780000000`: DueAt(1_780_000_000), `-1`: DueAt(-1),
	} {
		written, err := json.Marshal(due)
		var read DueDate
		if err == nil {
			err = json.Unmarshal([]byte(text), &read)
		}
		if err != nil || string(written) != text || read != *due {
			t.Errorf("%+v is written %s and %s read as %+v, %v", *due, written, text, read, err)
		}
	}
	for _, text := range []string{`"2026-02-30"`, `1.5`, `"1780000000"`, `true`, `{}`} {
		var d DueDate
		if err := json.Unmarshal([]byte(text), &d); err == nil {
			t.Errorf("%s is read as %+v", text, d)
		}
	}
}

// TestMoment bounds a day where the business is, and leaves a moment as it is.
func TestMoment(t *testing.T) {
	t.Parallel()
	where := time.FixedZone("", -5*60*60)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	day := OnDay(DayIn(at, time.UTC))
	if got := day.Begin(where).UTC().Format(time.RFC3339) + " " + day.End(where).UTC().Format(time.RFC3339Nano) + " " +
		day.String(); got != "2026-01-02T05:00:00Z 2026-01-03T04:59:59.999Z 2026-01-02" {
		t.Errorf("the day is %s", got)
	}
	if m := AtTime(at); !m.Begin(where).Equal(at) || !m.End(where).Equal(at) || m.String() != "2026-01-02T03:04:05.000Z" {
		t.Errorf("the moment is %+v, %s", m, m)
	}
	if none := (Moment{}); !none.IsZero() || none.String() != "" || none.Before(day) || day.Before(AtTime(at)) {
		t.Error("none, and what is of two kinds, is before nothing")
	}
}

// TestQueryFields finds the parameters of embedded structs in their place.
func TestQueryFields(t *testing.T) {
	t.Parallel()
	var names []string
	for _, field := range QueryFields(reflect.TypeFor[RefundSearchParams]()) {
		names = append(names, field.Tag.Get("query"))
	}
	if got := strings.Join(names, " "); got != "page pageSize,limit,size order,o query" {
		t.Errorf("the parameters are %s", got)
	}
}
