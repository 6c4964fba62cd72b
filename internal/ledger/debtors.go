package ledger

import (
	"cmp"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Debtors add up what customers are late with, in each currency.
type Debtors struct {
	today clientele.Day
	all   map[[2]string]*clientele.Debtor // by customer and currency
}

// NewDebtors begins to add up who is late on a day.
func NewDebtors(today clientele.Day) Debtors {
	return Debtors{today, map[[2]string]*clientele.Debtor{}}
}

// Add adds what is left to pay on an invoice, if that is late: uncollectible, or open after its due day.
func (d Debtors) Add(o store.UnpaidAmount) {
	if o.Status == clientele.InvoiceOpen && clientele.DaysLate(o.DueDay, d.today) <= 0 {
		return
	}
	who := [2]string{o.CustomerID, o.Left.Currency()}
	debtor := d.all[who]
	if debtor == nil {
		debtor = &clientele.Debtor{
			CustomerID: o.CustomerID, CurrencyID: o.Left.Currency(), OldestDueDate: o.DueDate, OldestDueDay: o.DueDay,
		}
		d.all[who] = debtor
	}
	debtor.Invoices++
	debtor.OldestDueDate = min(debtor.OldestDueDate, o.DueDate)
	debtor.OldestDueDay = min(debtor.OldestDueDay, o.DueDay)
	if o.Status == clientele.InvoiceUncollectible {
		AddTo(&debtor.Overdue, o.Left)
	} else {
		AddTo(&debtor.PastDue, o.Left)
	}
}

// List are the debtors by currency, who owes most first.
func (d Debtors) List() []clientele.Debtor {
	list := make([]clientele.Debtor, 0, len(d.all))
	for _, debtor := range d.all {
		debtor.Overdue, debtor.PastDue = debtor.Overdue.In(debtor.CurrencyID), debtor.PastDue.In(debtor.CurrencyID)
		list = append(list, *debtor)
	}
	slices.SortFunc(list, func(a, b clientele.Debtor) int {
		if c := cmp.Compare(a.CurrencyID, b.CurrencyID); c != 0 {
			return c
		}
		more := Minus(Plus(b.Overdue, b.PastDue), Plus(a.Overdue, a.PastDue))
		return cmp.Or(more.Sign(), cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return list
}
