package billing

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
		for _, rec := range recs {
			seq = rec.Seq
			c, err := decodeCustomer(rec.Record)
			if err == nil {
				err = sumBooksOf(tx, c, must[c.Livemode])
			}
			if isUnreadable(err) {
				differs(Difference{rec.ID, fmt.Sprintf("its sums cannot be told: %v", err)})
			} else if err != nil {
				return err
			}
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

// isUnreadable says whether an error is that a document cannot be read.
func isUnreadable(err error) bool {
	var syntactic *jsontext.SyntacticError
	var semantic *json.SemanticError
	return errors.As(err, &syntactic) || errors.As(err, &semantic)
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
