package ledger

import (
	"cmp"
	"fmt"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Replay adds up the movements of one customer, and so proves what is stored beside them.
type Replay struct {
	Ends     map[string]*store.LedgerEnd // the balances per currency
	Invoices map[string]*InvoiceBooks    // per invoice of the customer
	Payments map[string]*PaymentBooks    // per payment of the customer
	Refunds  []string                    // that movements speak of

	dueDays   map[string]clientele.Day // of the invoices
	dates     map[string]clientele.Day // of the invoices and payments
	lastDates map[string]clientele.Day // by currency
	dated     map[string]Later         // by currency, in the order of the books
	movements map[string]store.Movement
	differ    func(id, text string)
}

// InvoiceBooks are what the ledger says of an invoice.
type InvoiceBooks struct {
	Total, Remaining, Paid, Credited, WrittenOff, Pre, Post clientele.Amount
	Moved                                                   clientele.Amount // of what credit notes gave back
	Starting                                                clientele.Amount
}

// PaymentBooks are what the ledger says of a payment.
type PaymentBooks struct {
	Allocated map[string]clientele.Amount // per invoice
	Left      clientele.Amount            // not applied
	Credited  clientele.Amount
	Refunded  clientele.Amount
}

// NewReplay begins a replay, which tells differ what is wrong with a movement.
func NewReplay(differ func(id, text string)) *Replay {
	return &Replay{
		Ends: map[string]*store.LedgerEnd{}, Invoices: map[string]*InvoiceBooks{}, Payments: map[string]*PaymentBooks{},
		dueDays: map[string]clientele.Day{}, movements: map[string]store.Movement{}, differ: differ,
		dates: map[string]clientele.Day{}, lastDates: map[string]clientele.Day{}, dated: map[string]Later{},
	}
}

// AddInvoice names an invoice of the customer, the day on which it is due, and that of its issue.
func (r *Replay) AddInvoice(id string, due, issued clientele.Day) {
	r.Invoices[id], r.dueDays[id], r.dates[id] = &InvoiceBooks{}, due, issued
}

// AddPayment names a payment of the customer, and the day on which it came.
func (r *Replay) AddPayment(id string, received clientele.Day) {
	r.Payments[id], r.dates[id] = &PaymentBooks{Allocated: map[string]clientele.Amount{}}, received
}

// Add adds the next movement, in the order of the ledger.
func (r *Replay) Add(m store.Movement) {
	end := r.Ends[m.CurrencyID]
	if end == nil {
		end = &store.LedgerEnd{}
		r.Ends[m.CurrencyID] = end
	}
	for _, balance := range []struct {
		name          string
		sum           *clientele.Amount
		change, after clientele.Amount
	}{
		{"what is owed", &end.Receivable, m.Receivable, m.EndingReceivable},
		{"the credit", &end.Credit, m.Amount, m.EndingBalance},
		{"what is not applied", &end.Unapplied, m.Unapplied, m.EndingUnapplied},
	} {
		AddTo(balance.sum, balance.change)
		if !balance.sum.Equal(balance.after) || balance.sum.Sign() < 0 {
			r.differf(m.ID, "%s after it is %s, not %s", balance.name, balance.sum, balance.after)
		}
	}
	r.addDate(m)
	r.addReversal(m)
	r.addToInvoice(m)
	r.addToPayment(m.BalanceTransaction)
	if m.Reason == clientele.ReasonRefund && m.RefundID != "" {
		r.Refunds = append(r.Refunds, m.RefundID)
	}
}

func (r *Replay) differf(id, format string, args ...any) { r.differ(id, fmt.Sprintf(format, args...)) }

// addDate wants a movement to be dated as its documents are, or later, and to say which date is the last.
func (r *Replay) addDate(m store.Movement) {
	earliest, exactly := max(r.dates[m.InvoiceID], r.dates[m.PaymentID]), false
	switch m.Reason {
	case clientele.ReasonInvoiceFinalized, clientele.ReasonDebit:
		earliest, exactly = r.dates[m.InvoiceID], true
	case clientele.ReasonPayment:
		earliest, exactly = r.dates[m.PaymentID], true
	}
	if m.Date < earliest || exactly && m.Date != earliest {
		r.differf(m.ID, "it is dated %s, and what it is about %s", m.Date, earliest)
	}
	last := max(r.lastDates[m.CurrencyID], m.Date)
	if r.lastDates[m.CurrencyID] = last; m.LastDate != last {
		r.differf(m.ID, "the last date is %s, not %s", last, m.LastDate)
	}
	at, _ := slices.BinarySearchFunc(r.dated[m.CurrencyID], m, InOrder)
	r.dated[m.CurrencyID] = slices.Insert(r.dated[m.CurrencyID], at, m)
}

// End wants nothing to be below nothing on any day: what is left of an invoice, of a payment, and the credit.
func (r *Replay) End() {
	for currency, books := range r.dated {
		left := map[string]clientele.Amount{}
		for i, m := range books {
			for of, part := range changes(m) {
				left[of] = Plus(left[of].In(currency), part)
			}
			if i+1 < len(books) && books[i+1].Date == m.Date {
				continue
			}
			for of, amount := range left {
				if amount.Sign() < 0 {
					r.differf(cmp.Or(of, m.CustomerID), "on %s there is %s left of it in %s", m.Date, amount, currency)
				}
				if amount.Sign() <= 0 { // it was told, or is nothing
					delete(left, of)
				}
			}
		}
	}
}

// addReversal wants a movement that reverses another to reverse one of before, and as much.
func (r *Replay) addReversal(m store.Movement) {
	r.movements[m.ID] = m
	if m.Reverses == "" {
		return
	}
	of, known := r.movements[m.Reverses]
	if !known || !of.Receivable.Equal(m.Receivable.Neg()) || of.InvoiceID != m.InvoiceID || of.PaymentID != m.PaymentID {
		r.differf(m.ID, "it does not reverse %s", m.Reverses)
	}
}

func (r *Replay) addToInvoice(m store.Movement) {
	if m.InvoiceID == "" {
		return
	}
	i, known := r.Invoices[m.InvoiceID]
	if !known {
		r.differf(m.ID, "the customer has no invoice %s", m.InvoiceID)
		return
	}
	if due := r.dueDays[m.InvoiceID]; int64(due) != m.DueDay {
		r.differf(m.ID, "it is due on %s, and the invoice on %s", clientele.Day(m.DueDay), due)
	}
	AddTo(&i.Remaining, m.Receivable)
	switch m.Reason {
	case clientele.ReasonInvoiceFinalized:
		AddTo(&i.Total, m.Receivable)
		i.Starting = m.EndingBalance
	case clientele.ReasonDebit:
		AddTo(&i.Total, m.Receivable)
		i.Starting = Minus(m.EndingBalance, m.Amount)
	case clientele.ReasonCreditNoteMoved:
		AddTo(&i.Moved, m.Amount.Neg())
		AddTo(&i.Pre, m.Receivable.Neg())
		AddTo(&i.Post, m.Amount)
	case clientele.ReasonInvoiceVoided, clientele.ReasonWrittenOff, clientele.ReasonRecovered:
		AddTo(&i.WrittenOff, m.Receivable.Neg())
	case clientele.ReasonCreditApplied, clientele.ReasonCreditUnapplied:
		AddTo(&i.Credited, m.Receivable.Neg())
	case clientele.ReasonCreditNote:
		AddTo(&i.Pre, m.Receivable.Neg())
		AddTo(&i.Post, m.Amount)
	case clientele.ReasonPayment, clientele.ReasonAllocated, clientele.ReasonUnallocated, clientele.ReasonPaymentReversed:
		AddTo(&i.Paid, m.Receivable.Neg())
	}
}

func (r *Replay) addToPayment(t clientele.BalanceTransaction) {
	if t.PaymentID == "" {
		return
	}
	p, known := r.Payments[t.PaymentID]
	if !known {
		r.differf(t.ID, "the customer has no payment %s", t.PaymentID)
		return
	}
	AddTo(&p.Left, t.Unapplied)
	switch t.Reason {
	case clientele.ReasonRefund:
		AddTo(&p.Refunded, Plus(t.Amount, t.Unapplied).Neg())
		AddTo(&p.Credited, t.Amount)
	case clientele.ReasonRefundCovered:
	default:
		AddTo(&p.Credited, t.Amount)
	}
	if t.InvoiceID != "" {
		part := p.Allocated[t.InvoiceID]
		AddTo(&part, t.Receivable.Neg())
		p.Allocated[t.InvoiceID] = part
	}
}
