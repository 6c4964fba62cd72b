package ledger

import (
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// DateAll dates the movements of a customer, in the order in which they were recorded, by the days of their documents,
// which of says: as [Split] dates what is recorded from now on, but that each counts as a whole.
func DateAll(movements []store.Movement, of func(store.Movement) clientele.Day) {
	dated := map[string]Later{}
	days := map[string]clientele.Day{} // by movement
	ends := map[[2]string]clientele.Amount{}
	for i := range movements {
		m := &movements[i]
		all := dated[m.CurrencyID]
		m.Date = max(of(*m), days[m.Reverses])
		if taken, balances := takenBy(*m, ends); taken.Sign() > 0 {
			parts := Split(taken, m.Date, all.After(m.Date), balances...)
			m.Date = parts[len(parts)-1].Date
		}
		for id, part := range changes(*m) {
			key := [2]string{m.CurrencyID, id}
			ends[key] = Plus(ends[key].In(m.CurrencyID), part)
		}
		days[m.ID], m.LastDate = m.Date, m.Date
		if len(all) > 0 {
			m.LastDate = max(m.Date, all[len(all)-1].Date)
		}
		at, _ := slices.BinarySearchFunc(all, *m, InOrder)
		dated[m.CurrencyID] = slices.Insert(all, at, *m)
	}
}

// changes are by how much a movement changes what is left of its invoice and its payment, and the credit, which is "".
func changes(m store.Movement) map[string]clientele.Amount {
	all := map[string]clientele.Amount{"": m.Amount}
	if m.InvoiceID != "" {
		all[m.InvoiceID] = m.Receivable
	}
	if m.PaymentID != "" {
		all[m.PaymentID] = m.Unapplied
	}
	return all
}

// takenBy is how much a movement takes off balances, and off which; ends are what was left of each.
func takenBy(m store.Movement, ends map[[2]string]clientele.Amount) (taken clientele.Amount, of []Balance) {
	taken = clientele.Zero(m.CurrencyID)
	for id, part := range changes(m) {
		if part.Sign() >= 0 {
			continue
		}
		taken = part.Neg() // of several balances as much of each
		end := ends[[2]string{m.CurrencyID, id}].In(m.CurrencyID)
		switch id {
		case "":
			of = append(of, OfCredit(end))
		case m.InvoiceID:
			of = append(of, OfInvoice(id, end))
		default:
			of = append(of, OfPayment(id, end))
		}
	}
	return taken, of
}
