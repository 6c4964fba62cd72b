package billing

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// ofInvoices are the figures that come of the states of invoices: of their days the invoices of today tell nothing.
var ofInvoices = []store.Figure{
	store.FigureUncollectible, store.FigureUnpaid, store.FigurePaid, store.FigureDaysToPay,
}

// takenOff are the figures that are taken off others.
var takenOff = map[store.Figure]store.Figure{
	store.FigureReopened: store.FigurePaid, store.FigureDaysReopened: store.FigureDaysToPay,
}

// auditSums compares the sums of all customers with what the ledgers and invoices come to, in one snapshot. looked is
// told of every few customers.
func auditSums(tx store.Tx, looked func(n int) error, differs func(Difference)) error {
	must := map[clientele.Mode]sums{clientele.Test: {}, clientele.Live: {}}
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
	is := map[clientele.Mode][store.SumLevels]sums{
		clientele.Test: {{}, {}}, clientele.Live: {{}, {}},
	}
	err := tx.StoredSums(func(mode clientele.Mode, level int, p store.SumPart) {
		is[mode][level].add(sumKey{p.Figure, p.Day, p.DueDay, p.Amount.Currency()}, p.Amount)
	})
	if err != nil {
		return err
	}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		for level := range store.SumLevels {
			compareSums(mode, atLevel(must[mode], level), atLevel(is[mode][level], 0), differs)
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

// atLevel adds up the sums of days to those of a level's spans, or of all time where the days cannot be told.
func atLevel(days sums, level int) sums {
	spans := sums{}
	for k, a := range days {
		k.day >>= level * store.SpanBits
		if from, off := takenOff[k.figure]; off {
			k.figure, a = from, a.Neg()
		}
		if slices.Contains(ofInvoices, k.figure) {
			k.day = 0
		}
		spans.add(k, a)
	}
	return spans
}

func compareSums(mode clientele.Mode, must, is sums, differs func(Difference)) {
	for k, a := range must {
		is.add(k, a.Neg())
	}
	for _, p := range is.parts() {
		differs(Difference{"sums_" + mode.String(), fmt.Sprintf(
			"%s in %s of day %d, due on day %d, is %s more than the ledgers come to", p.Figure, p.Amount.Currency(), p.Day,
			p.DueDay, p.Amount)})
	}
}
