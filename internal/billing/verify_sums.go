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
	is := map[clientele.Mode][store.SumLevels]ledger.Sums{
		clientele.Test: {{}, {}}, clientele.Live: {{}, {}},
	}
	err := tx.StoredSums(func(mode clientele.Mode, level int, p store.SumPart) {
		is[mode][level].Add(ledger.SumKey{Figure: p.Figure, Day: p.Day, DueDay: p.DueDay, Currency: p.Amount.Currency()},
			p.Amount)
	})
	if err != nil {
		return err
	}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		for level := range store.SumLevels {
			compareSums(mode, ledger.AtLevel(must[mode], level), ledger.AtLevel(is[mode][level], 0), differs)
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
	for _, p := range is.Parts() {
		differs(Difference{"sums_" + mode.String(), fmt.Sprintf(
			"%s in %s of day %d, due on day %d, is %s more than the ledgers come to", p.Figure, p.Amount.Currency(), p.Day,
			p.DueDay, p.Amount)})
	}
}
