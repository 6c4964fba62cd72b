package tables

import (
	"iter"
	"maps"
	"slices"
	"strconv"

	"clientele.dev"
)

// Currencies are the currencies of a mode by id. Tables write amounts in the main unit, with all decimals that a
// currency has, and name it by its id and its code.
type Currencies map[string]clientele.PaymentCurrency

// ByID are currencies by id.
func ByID(all []clientele.PaymentCurrency) Currencies {
	byID := Currencies{}
	for _, c := range all {
		byID[c.ID] = c
	}
	return byID
}

// named are the cells that say in which currency amounts are, and then the amounts.
func (c Currencies) named(id string, amounts ...clientele.Amount) []string {
	cells := []string{id, c[id].Symbol}
	for _, amount := range amounts {
		cells = append(cells, amount.Decimal(c[id].Decimal))
	}
	return cells
}

// rows are the rows of a table, its head first.
func rows(head []string, body func(row func(...[]string))) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		more := yield(head)
		body(func(cells ...[]string) { more = more && yield(slices.Concat(cells...)) })
	}
}

var buckets = []string{
	"currency_id", "currency", "not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "total", "unapplied",
}

func (c Currencies) bucketCells(id string, b clientele.AgingBuckets) []string {
	return c.named(id, b.NotDue, b.Days1To30, b.Days31To60, b.Days61To90, b.DaysOver90, b.Total, b.Unapplied)
}

// Aging is what was outstanding on a day.
func Aging(aging clientele.Aging, currencies Currencies) iter.Seq[[]string] {
	return rows(slices.Concat([]string{"as_of"}, buckets), func(row func(...[]string)) {
		for _, id := range slices.Sorted(maps.Keys(aging.Currencies)) {
			row([]string{aging.AsOf.String()}, currencies.bucketCells(id, aging.Currencies[id]))
		}
	})
}

// AgingByCustomer is what was outstanding on a day, by customer.
func AgingByCustomer(aging clientele.Aging, currencies Currencies) iter.Seq[[]string] {
	head := slices.Concat([]string{"as_of", "customer_id", "name", "email"}, buckets)
	return rows(head, func(row func(...[]string)) {
		for _, c := range aging.List {
			for _, id := range slices.Sorted(maps.Keys(c.Currencies)) {
				row([]string{aging.AsOf.String(), c.CustomerID, c.Name, c.Email},
					currencies.bucketCells(id, c.Currencies[id]))
			}
		}
	})
}

// Summary is what customers owe, and what happened in a time.
func Summary(summary clientele.ReceivablesSummary, currencies Currencies) iter.Seq[[]string] {
	head := []string{
		"currency_id", "currency", "outstanding", "past_due", "overdue", "unapplied", "credit", "invoiced", "collected",
		"refunded", "credit_notes", "written_off", "bad_debt", "invoices", "customers", "paid_invoices",
		"average_days_to_pay",
	}
	return rows(head, func(row func(...[]string)) {
		for _, id := range slices.Sorted(maps.Keys(summary.Currencies)) {
			s, average := summary.Currencies[id], ""
			if s.AverageDaysToPay != nil {
				average = strconv.FormatFloat(*s.AverageDaysToPay, 'f', 1, 64)
			}
			row(currencies.named(id, s.Outstanding, s.PastDue, s.Overdue, s.Unapplied, s.Credit, s.Invoiced, s.Collected,
				s.Refunded, s.CreditNotes, s.WrittenOff, s.BadDebt),
				[]string{number(s.Invoices), number(s.Customers), number(s.PaidInvoices), average})
		}
	})
}

// Debtors are the customers who are late.
func Debtors(debtors []clientele.Debtor, currencies Currencies) iter.Seq[[]string] {
	head := []string{
		"customer_id", "name", "email", "currency_id", "currency", "overdue", "past_due", "invoices", "oldest_due_date",
	}
	return rows(head, func(row func(...[]string)) {
		for _, d := range debtors {
			row([]string{d.CustomerID, d.Name, d.Email}, currencies.named(d.CurrencyID, d.Overdue, d.PastDue),
				[]string{number(d.Invoices), d.OldestDueDay.String()})
		}
	})
}

// Statement is a customer's account in a time.
func Statement(st clientele.Statement) iter.Seq[[]string] {
	head := []string{
		"currency_id", "currency", "at", "reason", "description", "invoice_number", "amount", "balance", "id", "date",
		"entered_later",
	}
	return rows(head, func(row func(...[]string)) {
		for _, id := range slices.Sorted(maps.Keys(st.Currencies)) {
			account := st.Currencies[id]
			named, decimals := []string{id, account.Currency.Symbol}, account.Currency.Decimal
			row(named, []string{
				st.From.String(), "opening_balance", "", "", "", account.OpeningBalance.Decimal(decimals), "", "", "",
			})
			for _, l := range account.Lines {
				row(named, []string{
					l.At.String(), string(l.Reason), l.Description, l.InvoiceNumber, l.Amount.Decimal(decimals),
					l.Balance.Decimal(decimals), l.ID, l.Date.String(), strconv.FormatBool(l.EnteredLater),
				})
			}
			row(named, []string{
				st.To.String(), "closing_balance", "", "", "", account.ClosingBalance.Decimal(decimals), "", "", "",
			})
		}
	})
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
