package billing

import (
	"context"
	"slices"
	"time"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// LedgerIsDated says whether every movement has a date: a database of before they had is dated by [Service.DateLedger].
func (s *Service) LedgerIsDated(ctx context.Context) (dated bool, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		some, err := tx.UndatedCustomers(1)
		dated = len(some) == 0
		return err
	})
	return dated, err
}

// DateLedger dates the ledger of before movements had dates, by its documents: what was recorded later than its day
// counts from that on, and is known from when it was recorded on as before. progress is told how many customers it has
// dated. What it has done stays when it is ended, and it goes on from there.
func (s *Service) DateLedger(ctx context.Context, progress func(customers int)) error {
	const step = 50
	for done := 0; ; {
		n := 0
		err := s.store.Update(ctx, func(tx store.Tx) error {
			ids, err := tx.UndatedCustomers(step)
			for _, id := range ids {
				if err := s.dateLedgerOf(tx, id); err != nil {
					return err
				}
			}
			n = len(ids)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		done += n
		progress(done)
	}
}

// dateLedgerOf dates a customer's ledger, and adds what it comes to to the sums.
func (s *core) dateLedgerOf(tx store.Tx, customerID string) error {
	var all []store.Movement
	read := func() error {
		all = nil
		return tx.Movements(store.MovementFilter{CustomerID: customerID}, func(m store.Movement) error {
			all = append(all, m)
			return nil
		})
	}
	if err := read(); err != nil {
		return err
	}
	mode := all[0].Livemode
	if _, _, err := tx.Get(store.Customers.Kind, mode, customerID); err != nil { // which locks it
		return err
	}
	if err := read(); err != nil {
		return err
	}
	undated := func(m store.Movement) bool { return m.RecordedDay == 0 }
	if !slices.ContainsFunc(all, undated) { // another server was first
		return nil
	}
	where, err := zone(tx, mode)
	if err != nil {
		return err
	}
	invoices, err := store.Invoices.Select(tx, store.Of(mode, customerID))
	if err != nil {
		return err
	}
	payments, err := store.Payments.Select(tx, store.Of(mode, customerID))
	if err != nil {
		return err
	}
	issued, received := map[string]clientele.Day{}, map[string]clientele.Day{}
	for _, i := range invoices {
		issued[i.ID] = i.Issued()
	}
	for _, p := range payments {
		received[p.ID] = p.Received()
	}
	marks, err := s.marksOf(invoices, all)
	if err != nil {
		return err
	}
	for _, m := range marks {
		at, _ := slices.BinarySearchFunc(all, m, bySeq)
		all = slices.Insert(all, at, m)
	}
	for i := range all {
		all[i].RecordedDay = clientele.DayIn(all[i].Seq.Time(), where)
	}
	ledger.DateAll(all, func(m store.Movement) clientele.Day {
		switch m.Reason {
		case clientele.ReasonInvoiceFinalized:
			return issued[m.InvoiceID]
		case clientele.ReasonPayment:
			return received[m.PaymentID]
		case clientele.ReasonAllocated:
			return max(issued[m.InvoiceID], received[m.PaymentID])
		case clientele.ReasonDebit:
			return m.RecordedDay
		}
		return max(m.RecordedDay, issued[m.InvoiceID], received[m.PaymentID])
	})
	sums := ledger.Sums{}
	books := ledger.NewReplayed(sums)
	var added []store.Movement
	for _, m := range all {
		books.Add(m)
		if m.Reason == clientele.ReasonUncollectible {
			added = append(added, m)
		}
	}
	if err := tx.AppendToLedger(added); err != nil {
		return err
	}
	if err := tx.DateMovements(all); err != nil {
		return err
	}
	return tx.AddToSums(mode, sums.Parts())
}

func bySeq(a, b store.Movement) int { return int(max(-1, min(1, a.Seq-b.Seq))) }

// marksOf are movements that mark invoices uncollectible, which the ledger of before had not, at the moments when they
// were. The balances after one are those before it.
func (s *core) marksOf(invoices []clientele.Invoice, all []store.Movement) (marks []store.Movement, err error) {
	used := map[store.Position]bool{}
	for _, m := range all {
		used[m.Seq] = true
	}
	for _, i := range invoices {
		if i.StatusTransitions.MarkedUncollectibleAt == 0 {
			continue
		}
		zero := clientele.Zero(i.CurrencyID)
		mark := store.Movement{DueDay: int64(i.Due()), BalanceTransaction: clientele.BalanceTransaction{
			Object: "balance_transaction", Livemode: i.Livemode, CustomerID: i.CustomerID, CurrencyID: i.CurrencyID,
			Reason: clientele.ReasonUncollectible, InvoiceID: i.ID, Amount: zero, Receivable: zero, Unapplied: zero,
			EndingBalance: zero, EndingReceivable: zero, EndingUnapplied: zero, Metadata: clientele.Metadata{},
			RequestedBy: "system",
		}}
		mark.Seq = store.PositionAfter(time.Unix(i.StatusTransitions.MarkedUncollectibleAt, 0).UnixMilli() + 999)
		for used[mark.Seq] {
			mark.Seq++
		}
		used[mark.Seq] = true
		if mark.ID, err = s.seqID(store.Movements.Prefix, mark.Seq); err != nil {
			return nil, err
		}
		for _, m := range all {
			if m.CurrencyID == i.CurrencyID && m.Seq < mark.Seq {
				mark.EndingBalance, mark.EndingReceivable = m.EndingBalance, m.EndingReceivable
				mark.EndingUnapplied = m.EndingUnapplied
			}
		}
		marks = append(marks, mark)
	}
	return marks, nil
}
