package ledger

import (
	"fmt"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// OverdrawnError says that a movement would use more credit than there is.
type OverdrawnError struct {
	Credit, Used clientele.Amount
}

func (e *OverdrawnError) Error() string {
	return fmt.Sprintf("a credit of %s is less than %s", e.Credit, e.Used)
}

// Post completes a movement that comes after an end of the ledger: its balances, its position, its moment, which is now
// or, where another was in the same millisecond, just after that one, and the day of that where the business is. It
// moves the end on. Credit cannot fall below
// nothing (an [OverdrawnError]), nor can what is owed or what is not applied, which is a mistake of ours.
func Post(
	end *store.LedgerEnd, last store.Position, now time.Time, where *time.Location, m *store.Movement,
) error {
	t := &m.BalanceTransaction
	t.Amount, t.Receivable, t.Unapplied = t.Amount.In(t.CurrencyID), t.Receivable.In(t.CurrencyID),
		t.Unapplied.In(t.CurrencyID)
	t.EndingReceivable, t.EndingBalance = Plus(end.Receivable, t.Receivable), Plus(end.Credit, t.Amount)
	t.EndingUnapplied = Plus(end.Unapplied, t.Unapplied)
	switch {
	case t.EndingBalance.Sign() < 0:
		return &OverdrawnError{end.Credit.In(t.CurrencyID), t.Amount.Neg()}
	case t.EndingReceivable.Sign() < 0 || t.EndingUnapplied.Sign() < 0:
		return fmt.Errorf("customer %s: %s would leave %s receivable and %s unapplied in %s", t.CustomerID, t.Reason,
			t.EndingReceivable, t.EndingUnapplied, t.CurrencyID)
	}
	m.Seq = max(last+1, store.PositionAt(now))
	t.CreatedAt, m.RecordedDay = clientele.At(m.Seq.Time()), clientele.DayIn(m.Seq.Time(), where)
	m.LastDate = max(end.LastDate, t.Date)
	end.LastDate = m.LastDate
	end.Receivable, end.Credit, end.Unapplied = t.EndingReceivable, t.EndingBalance, t.EndingUnapplied
	return nil
}
