package console

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/locale"
)

// The size of a chart in its own units, which a page scales, and what is left free at its edges.
const (
	chartWidth  = 560
	chartHeight = 200
	chartLeft   = 4
	chartBottom = 28
)

// bar is a bar of a chart, from the base line up, or down for what is below nothing.
type bar struct {
	Label         string
	Amount        clientele.Amount
	Class         string // of the colour
	X, Y          int
	Width, Height int
	LabelX        int // where the middle of its value is
	LabelY        int // where its value stands
}

// chart is a chart of bars, with a line at nothing.
type chart struct {
	Width, Height int
	Base          int // where nothing is
	Bars          []bar
	Labels        []label
}

// label is a text below the bars.
type label struct {
	Text string
	X    int
}

// agingBars are what is outstanding in one currency by how late it is.
type agingBars struct {
	Buckets clientele.AgingBuckets
	chart
}

// bucketLabels are what the buckets of an aging are called.
var bucketLabels = [5]string{"not due", "1–30 days", "31–60 days", "61–90 days", "over 90"}

func barsOfAging(b clientele.AgingBuckets, currency string) agingBars {
	amounts := [5]clientele.Amount{b.NotDue, b.Days1To30, b.Days31To60, b.Days61To90, b.DaysOver90}
	var bars []bar
	var labels []string
	for i, a := range amounts {
		labels = append(labels, strings.TrimSuffix(bucketLabels[i], " days")) // as the title says
		bars = append(bars, bar{Label: bucketLabels[i], Amount: a.In(currency), Class: "late-" + strconv.Itoa(i)})
	}
	return agingBars{b, newChart(bars, 1, labels, lyingValues)}
}

// monthBars are what was invoiced and collected in one currency in each month.
type monthBars struct {
	Months []monthRow
	chart
}

type monthRow struct {
	Month               string // 2026-01
	Invoiced, Collected clientele.Amount
}

func barsOfMonths(past []billing.MonthSums, currency string, dates locale.Dates) monthBars {
	var m monthBars
	var bars []bar
	var labels []string
	for _, month := range past {
		row := monthRow{month.Month, month.Invoiced[currency].In(currency), month.Collected[currency].In(currency)}
		m.Months = append(m.Months, row)
		bars = append(bars, bar{Label: month.Month + " invoiced", Amount: row.Invoiced, Class: "invoiced"},
			bar{Label: month.Month + " collected", Amount: row.Collected, Class: "collected"})
		labels = append(labels, monthLabel(month.Month, dates))
	}
	m.chart = newChart(bars, 2, labels, uprightValues)
	return m
}

// monthLabel is a month on an axis: its name in the business's language, or the year where one begins.
func monthLabel(month string, dates locale.Dates) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	if t.Month() == time.January {
		return t.Format("2006")
	}
	return dates.Month(t.Month())
}

// How much room the values above bars need: in a line, or from the bottom up.
const (
	lyingValues   = 20
	uprightValues = 58
)

// newChart places bars beside each other, several to a group with a label below it, their values above them.
func newChart(bars []bar, group int, labels []string, values int) chart {
	largest, lowest := new(big.Int), new(big.Int)
	c := chart{Width: chartWidth, Height: chartHeight, Bars: bars}
	for _, b := range bars {
		n := units(b.Amount)
		if n.Cmp(largest) > 0 {
			largest = n
		}
		if n.Cmp(lowest) < 0 {
			lowest = n
		}
	}
	span := new(big.Int).Sub(largest, lowest)
	room := chartHeight - values - chartBottom
	c.Base = values + pixels(largest, span, room)
	groups := max(1, len(bars)/group)
	step := (chartWidth - 2*chartLeft) / groups
	gap := max(4, step/6)
	width := (step - gap) / group
	for i := range bars {
		b := &bars[i]
		n := units(b.Amount)
		b.X = chartLeft + i/group*step + gap/2 + i%group*width
		b.Width = max(1, width-1)
		b.Height = pixels(new(big.Int).Abs(n), span, room)
		if n.Sign() != 0 {
			b.Height = max(b.Height, 1) // what is little is not nothing
		}
		if b.Y = c.Base - b.Height; n.Sign() < 0 {
			b.Y = c.Base
		}
		b.LabelX, b.LabelY = b.X+b.Width/2, min(b.Y, c.Base)-5
	}
	for i, text := range labels {
		c.Labels = append(c.Labels, label{text, chartLeft + i*step + step/2})
	}
	return c
}

// pixels is how long a part of a whole is when the whole is room long: for drawing only.
func pixels(part, whole *big.Int, room int) int {
	if whole.Sign() == 0 {
		return 0
	}
	n := new(big.Int).Mul(part, big.NewInt(int64(room)))
	return int(n.Div(n, whole).Int64())
}

func units(a clientele.Amount) *big.Int {
	n, _ := new(big.Int).SetString(a.String(), 10) // it is a number
	return n
}
