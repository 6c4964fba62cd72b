package billing

import (
	"fmt"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// auditSums compares the sums of all customers with what the ledgers and invoices come to, in one snapshot. looked is
// told of every few customers.
func auditSums(tx store.Tx, looked func(n int) error, differs func(Difference)) error {
	must := map[clientele.Mode]ledger.Sums{clientele.Test: {}, clientele.Live: {}}
	for seq := store.Beginning; ; {
		recs, err := tx.RowsAfter(store.Customers.Kind, seq, 200)
		if err != nil {
			return err
		}
		if len(recs) == 0 {
			break
		}
		seq = recs[len(recs)-1].Seq
		if err := sumBooks(tx, recs, must); err != nil {
			return err
		}
		if err := looked(len(recs)); err != nil {
			return err
		}
	}
	is := map[clientele.Mode][store.SumLevels]ledger.Sums{}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		is[mode] = [store.SumLevels]ledger.Sums{{}, {}, {}, {}, {}}
	}
	err := tx.StoredSums(func(mode clientele.Mode, cell store.SumCell, p store.SumPart) {
		is[mode][cell.Level].Add(ledger.SumKey{
			Figure: p.Figure, Cell: cell, DueDay: p.DueDay, Currency: p.Amount.Currency(),
		}, p.Amount)
	})
	if err != nil {
		return err
	}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		for level := range store.SumLevels {
			compareSums(mode, ledger.AtLevel(must[mode], level), is[mode][level], differs)
		}
	}
	return nil
}

// sumBooks adds what the ledgers of some customers come to.
func sumBooks(tx store.Tx, customers []store.StoredRow, sums map[clientele.Mode]ledger.Sums) error {
	var ids []string
	modes := map[string]clientele.Mode{}
	for _, c := range customers {
		ids, modes[c.ID] = append(ids, c.ID), c.Livemode
	}
	var books *ledger.Replayed
	of := ""
	return tx.Movements(store.MovementFilter{Customers: ids}, func(m store.Movement) error {
		if m.CustomerID != of {
			books, of = ledger.NewReplayed(sums[modes[m.CustomerID]]), m.CustomerID
		}
		books.Add(m)
		return nil
	})
}

func compareSums(mode clientele.Mode, must, is ledger.Sums, differs func(Difference)) {
	for k, a := range must {
		is.Add(k, a.Neg())
	}
	for _, k := range is.Keys() {
		differs(Difference{"sums_" + mode.String(), fmt.Sprintf(
			"%s in %s of level %d, %d and %d, due on day %d, is %s more than the ledgers come to", k.Figure, k.Currency,
			k.Cell.Level, k.Cell.Bucket, k.Cell.Second, k.DueDay, is[k])})
	}
}
