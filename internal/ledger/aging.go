package ledger

import (
	"clientele.dev"
	"clientele.dev/internal/store"
)

// Aging adds up what is outstanding on a day, per currency, by how long it has been due.
type Aging struct {
	day        clientele.Day
	currency   string
	currencies map[string]clientele.AgingBuckets
}

// NewAging begins to age on a day what is in a currency, or in any when that is "".
func NewAging(day clientele.Day, currency string) *Aging {
	return &Aging{day, currency, map[string]clientele.AgingBuckets{}}
}

// Add adds what was left to pay, or a change of it.
func (a *Aging) Add(due clientele.Day, left clientele.Amount) {
	sum := a.currencies[left.Currency()]
	AddTo(&sum.Total, left)
	AddTo(bucketOf(&sum, clientele.DaysLate(due, a.day)), left)
	a.currencies[left.Currency()] = sum
}

// AddUnapplied adds money that was not applied.
func (a *Aging) AddUnapplied(unapplied clientele.Amount) {
	sum := a.currencies[unapplied.Currency()]
	AddTo(&sum.Unapplied, unapplied)
	a.currencies[unapplied.Currency()] = sum
}

// AddPart adds a part of a sum of what is owed or not applied; others, and those in another currency, do not count.
func (a *Aging) AddPart(p store.SumPart) {
	switch {
	case a.currency != "" && a.currency != p.Amount.Currency():
	case p.Figure == store.FigureReceivable:
		a.Add(clientele.Day(p.DueDay), p.Amount)
	case p.Figure == store.FigureUnapplied:
		a.AddUnapplied(p.Amount)
	}
}

func bucketOf(b *clientele.AgingBuckets, days int64) *clientele.Amount {
	switch {
	case days <= 0:
		return &b.NotDue
	case days <= 30:
		return &b.Days1To30
	case days <= 60:
		return &b.Days31To60
	case days <= 90:
		return &b.Days61To90
	}
	return &b.DaysOver90
}

// Buckets are those of the currencies in which there is something, all amounts of their currency.
func (a *Aging) Buckets() map[string]clientele.AgingBuckets {
	all := map[string]clientele.AgingBuckets{}
	for currency, sum := range a.currencies {
		if sum.Total.Sign() != 0 || sum.Unapplied.Sign() != 0 {
			all[currency] = AddBuckets(clientele.AgingBuckets{}, sum, currency)
		}
	}
	return all
}

// AddBuckets adds buckets of a currency.
func AddBuckets(a, b clientele.AgingBuckets, currency string) clientele.AgingBuckets {
	add := func(a, b clientele.Amount) clientele.Amount { return Plus(a.In(currency), b.In(currency)) }
	return clientele.AgingBuckets{
		NotDue: add(a.NotDue, b.NotDue), Days1To30: add(a.Days1To30, b.Days1To30),
		Days31To60: add(a.Days31To60, b.Days31To60), Days61To90: add(a.Days61To90, b.Days61To90),
		DaysOver90: add(a.DaysOver90, b.DaysOver90), Total: add(a.Total, b.Total),
		Unapplied: add(a.Unapplied, b.Unapplied),
	}
}
