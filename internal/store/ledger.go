package store

import "clientele.dev"

// Movement is a movement in a customer's ledger as it is kept.
type Movement struct {
	Seq         Position      // rises with each movement of the customer
	DueDay      int64         // of the invoice, days since 1970; 0 when it is about none
	RecordedDay clientele.Day // when it was recorded, where the business was
	LastDate    clientele.Day // the latest date of the customer's movements in the currency up to it
	clientele.BalanceTransaction
}

// LedgerEnd is where a customer's ledger ends: the position of the last movement, 0 when there is none, and of a
// currency the latest date of a movement and the balances.
type LedgerEnd struct {
	Seq                           Position
	LastDate                      clientele.Day
	Receivable, Credit, Unapplied clientele.Amount
}

// ClosingDigest is a digest over what a closing closed of a customer in a currency, with what the journal calls the
// customer: the name, and the account of its own, "" for none.
type ClosingDigest struct {
	ClosingID, CustomerID, CurrencyID string
	Digest                            [32]byte
	Name, Account                     string
}

// BookPlace is the place of a movement in the order of the books of all customers.
type BookPlace struct {
	Date       clientele.Day
	Seq        Position
	CustomerID string
}

// PlaceOf is a movement's place.
func PlaceOf(m Movement) BookPlace { return BookPlace{m.Date, m.Seq, m.CustomerID} }

// Figure is what a sum is of.
type Figure string

// The figures. Those of amounts are in the currency's smallest unit.
const (
	FigureReceivable    Figure = "receivable"    // left to pay, by due day
	FigureUncollectible Figure = "uncollectible" // of it on uncollectible invoices, by due day
	FigureUnpaid        Figure = "unpaid"        // how many invoices have something left to pay
	FigureDebtors       Figure = "debtors"       // how many customers have
	FigureUnapplied     Figure = "unapplied"     // money received that is not applied
	FigureCredit        Figure = "credit"        // the customers' credit
	FigureInvoiced      Figure = "invoiced"      // on invoices that were finalized
	FigureCollected     Figure = "collected"     // money received, less what did not come after all
	FigureRefunded      Figure = "refunded"      // money and credit sent back
	FigureCreditNotes   Figure = "credit_notes"  // what credit notes took back
	FigureWrittenOff    Figure = "written_off"   // what was written off by voiding
	FigureBadDebt       Figure = "bad_debt"      // what was written off, less what was paid after all
	FigurePaid          Figure = "paid"          // how many invoices were paid with money
	FigureReopened      Figure = "reopened"      // how many of them were not after all
	FigureDaysToPay     Figure = "days_to_pay"   // how many days it took, all together
)

// SumPart is a part of a sum, or a change of it. Days are counted from 1970.
type SumPart struct {
	Figure   Figure
	Day      int64 // the date of the movement
	Recorded int64 // when it was recorded, where the business was
	DueDay   int64 // of the invoice; 0 where the figure is not by due day
	Amount   clientele.Amount
}

// A sum is kept of the movements dated on each day, and of those dated in each span of days, so that the sum up to any
// day is one of few rows. Of what was recorded on another day than that of its date, sums are kept by both: what was
// known on a day is all of a date less what was recorded later.
const (
	LevelDays      = iota // Bucket is a date
	LevelSpans            // a span of dates
	LevelLate             // a date, and Second the day when it was recorded
	LevelLateSpans        // a span of dates, and a span of days when they were recorded
	LevelLateDays         // a day when they were recorded, and a span of dates
	SumLevels
	// SpanBits are the last bits of a day's number that those of a span do not share.
	SpanBits = 5
)

// SumCell is one of the sums that are kept.
type SumCell struct {
	Level          int
	Bucket, Second int64
}

// Cells are the sums that a part belongs to.
func (p SumPart) Cells() []SumCell {
	span := p.Day >> SpanBits
	cells := []SumCell{{LevelDays, p.Day, 0}, {LevelSpans, span, 0}}
	if p.Recorded != p.Day {
		cells = append(cells, SumCell{LevelLate, p.Day, p.Recorded},
			SumCell{LevelLateSpans, span, p.Recorded >> SpanBits}, SumCell{LevelLateDays, p.Recorded, span})
	}
	return cells
}

// Days is a range of days, or of spans of them, both ends included.
type Days struct{ First, Last int64 }

// Empty says whether it has no day.
func (d Days) Empty() bool { return d.Last < d.First }

// CellRange is a range of the sums of a level.
type CellRange struct {
	Level          int
	Bucket, Second Days
}

// CellsOf says which sums those of dates are made up of.
func CellsOf(dates Days) (ranges []CellRange) {
	inner, outer := spansIn(dates)
	for _, days := range outer {
		ranges = append(ranges, CellRange{LevelDays, days, Days{}})
	}
	if !inner.Empty() {
		ranges = append(ranges, CellRange{LevelSpans, inner, Days{}})
	}
	return ranges
}

// LateCellsOf says which sums those are made up of that are of dates, and were recorded on other days in a range.
func LateCellsOf(dates, recorded Days) (ranges []CellRange) {
	inner, outer := spansIn(dates)
	for _, days := range outer {
		ranges = append(ranges, CellRange{LevelLate, days, recorded})
	}
	if inner.Empty() {
		return ranges
	}
	spans, days := spansIn(recorded)
	for _, of := range days {
		ranges = append(ranges, CellRange{LevelLateDays, of, inner})
	}
	if !spans.Empty() {
		ranges = append(ranges, CellRange{LevelLateSpans, inner, spans})
	}
	return ranges
}

// spansIn are the spans that lie within days, and the days that are left.
func spansIn(days Days) (spans Days, left []Days) {
	spans = Days{(days.First + 1<<SpanBits - 1) >> SpanBits, (days.Last+1)>>SpanBits - 1}
	add := func(d Days) {
		if !d.Empty() {
			left = append(left, d)
		}
	}
	if spans.Empty() {
		add(days)
		return spans, left
	}
	add(Days{days.First, spans.First<<SpanBits - 1})
	add(Days{(spans.Last + 1) << SpanBits, days.Last})
	return spans, left
}

// SecondsOfDay is how long a day (UTC) is.
const SecondsOfDay = 24 * 60 * 60

// DayOf is the day (UTC) of a moment in unix seconds: days since 1970.
func DayOf(seconds int64) int64 {
	n := seconds / SecondsOfDay
	if seconds%SecondsOfDay < 0 {
		n--
	}
	return n
}
