package paymentkit

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// row is a row of the file by the names of its columns. What cannot be read of it is a mistake.
type row struct {
	values   map[string]string // of the columns that are not NULL
	mistakes []billing.Mistake
}

func (r *row) wrong(column, reason string, args ...any) {
	r.mistakes = append(r.mistakes, billing.Mistake{Field: column, Reason: fmt.Sprintf(reason, args...)})
}

// text is a text, "" where there is none.
func (r *row) text(column string) string { return r.values[column] }

// amount is an amount in the currency's smallest unit, nothing where there is none.
func (r *row) amount(column, currency string) clientele.Amount {
	text := strings.TrimSpace(r.values[column])
	if text == "" {
		return clientele.Zero(currency)
	}
	a, err := clientele.ParseAmount(currency, text)
	if err != nil {
		r.wrong(column, "%s is %q, and must be digits in the currency's smallest unit", column, text)
		return clientele.Zero(currency)
	}
	if a.Sign() < 0 {
		r.wrong(column, "%s is %s, below 0", column, text)
	}
	return a
}

// number is a whole number, 0 where there is none.
func (r *row) number(column string) int64 {
	text := r.values[column]
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		r.wrong(column, "%s is %q, and must be a whole number", column, text)
	}
	return n
}

// yes is a truth.
func (r *row) yes(column string) bool { return r.values[column] == "1" || r.values[column] == "true" }

// layouts are how Sequelize writes moments into SQLite, and how others do.
var layouts = []string{"2006-01-02 15:04:05.999999999 -07:00", time.RFC3339Nano, "2006-01-02 15:04:05.999999999"}

// moment is a moment, zero where there is none.
func (r *row) moment(column string) time.Time {
	text := r.values[column]
	if text == "" {
		return time.Time{}
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil && at.Unix() > 0 {
			return at.UTC()
		}
	}
	r.wrong(column, "%s is %q, and must be a moment such as 2024-01-31 10:00:00.000 +00:00", column, text)
	return time.Time{}
}

// happened is a moment that must be there.
func (r *row) happened(column string) time.Time {
	at := r.moment(column)
	if r.values[column] == "" {
		r.wrong(column, "%s is missing", column)
	}
	return at
}

// changed is when the row last changed, or else when it was created.
func (r *row) changed() time.Time {
	if at := r.moment("updated_at"); !at.IsZero() {
		return at
	}
	return r.moment("created_at")
}

// value is JSON, nil where there is none.
func (r *row) value(column string) jsontext.Value {
	text := strings.TrimSpace(r.values[column])
	if text == "" || text == "null" {
		return nil
	}
	v := jsontext.Value(text)
	if !v.IsValid() {
		r.wrong(column, "%s is not JSON", column)
		return nil
	}
	return v
}

// mode is the mode of the row.
func (r *row) mode() clientele.Mode { return clientele.Mode(r.yes("livemode")) }
