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
	FigureDaysReopened  Figure = "days_reopened" // of them those of invoices that were not paid after all
)

// SumPart is a part of a sum, or a change of it.
type SumPart struct {
	Figure Figure
	Day    int64 // of the movement: days since 1970 (UTC)
	DueDay int64 // of the invoice; 0 where the figure is not by due day
	Amount clientele.Amount
}

// A sum is kept of each day, level 0, and of each span of days, level 1, so that the sum up to any day is one of few
// rows.
const (
	SumLevels = 2
	// SpanBits are the last bits of a day's number that those of a span do not share.
	SpanBits = 5
)

// SumRange is a range of days, or of spans, both ends included.
type SumRange struct {
	Level       int
	First, Last int64
}

// SumRanges says which sums those of the days from one to another, both included, are made up of.
func SumRanges(from, to int64) (ranges []SumRange) {
	first, last := (from+1<<SpanBits-1)>>SpanBits, (to+1)>>SpanBits-1 // the spans that lie within
	if last < first {
		return []SumRange{{0, from, to}}
	}
	add := func(level int, first, last int64) {
		if first <= last {
			ranges = append(ranges, SumRange{level, first, last})
		}
	}
	add(0, from, first<<SpanBits-1)
	add(1, first, last)
	add(0, (last+1)<<SpanBits, to)
	return ranges
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
