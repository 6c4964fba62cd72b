package billing

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// customerAccount is a customer's money while a transaction works on it. Every change of what is owed goes through
// post, which appends it to the customer's ledger; close writes what became of the customer.
type customerAccount struct {
	s        *core
	tx       store.Tx
	call     Call
	now      time.Time // that documents say; when it happened for what moves in, see [arrival]
	recorded time.Time // when it is recorded
	movesIn  bool      // whether this is all that a customer had elsewhere
	nextID   string    // of the next object, of one that moves in; made here when ""
	rec      store.Record
	before   *clientele.Customer
	customer *clientele.Customer

	last      store.Position              // the position of the last movement, once ends has an entry
	ends      map[string]*store.LedgerEnd // the balances by currency, of those that were asked for
	movements []store.Movement            // posted and not written yet
	credited  bool                        // whether credit was given since debits were settled with it
	debited   bool                        // whether a debit was made
	working   map[string]bool             // the invoices that are not written as they are
	sums      ledger.Sums

	where  *time.Location // of the business, once it was asked for
	given  clientele.Day  // that the request says something happened on; 0 for today
	closed *clientele.Day // the last closed day, once it was asked for
	states map[string]ledger.InvoiceState
	dated  map[string]*datedMovements // by currency
}

// open starts work on a customer's account that moves money. That of a deleted customer rests until it is restored.
func (s *core) open(tx store.Tx, call Call, customer string) (*customerAccount, error) {
	a, err := s.openAny(tx, call, customer)
	if err == nil {
		err = a.checkNotDeleted("customer_id")
	}
	return a, err
}

// openOn is open for what happened on a day; on today when it is nil.
func (s *core) openOn(tx store.Tx, call Call, customer string, day *clientele.Day) (*customerAccount, error) {
	a, err := s.open(tx, call, customer)
	if err == nil {
		err = a.dateFrom(day)
	}
	return a, err
}

// openAny is open for what moves no money, of a deleted customer too.
func (s *core) openAny(tx store.Tx, call Call, customer string) (*customerAccount, error) {
	rec, err := findCustomerOrDeleted(tx, call.Livemode, customer)
	if err != nil {
		return nil, err
	}
	before, err := decodeCustomer(rec)
	if err != nil {
		return nil, err
	}
	now := s.now()
	return &customerAccount{
		s: s, tx: tx, call: call, now: now, recorded: now, rec: rec, before: before, customer: cloneCustomer(before),
		ends: map[string]*store.LedgerEnd{}, sums: ledger.Sums{}, working: map[string]bool{},
		states: map[string]ledger.InvoiceState{}, dated: map[string]*datedMovements{},
	}, nil
}

// checkNotDeleted refuses what is not possible for a deleted customer.
func (a *customerAccount) checkNotDeleted(field string) error {
	if a.rec.DeletedAt == 0 {
		return nil
	}
	return clientele.Errorf(clientele.ErrorCodeConflict, field, "the customer %s is deleted; restore it first", a.rec.ID)
}

// credit is what the customer has in a currency.
func (a *customerAccount) credit(currency string) clientele.Amount {
	return a.customer.TokenBalance[currency].In(currency)
}

// credits is what the customer has in every currency.
func (a *customerAccount) credits() clientele.Balances { return maps.Clone(a.customer.TokenBalance) }

// post appends a movement to the ledger, of the day of what is done unless it has one. Credit cannot fall below
// nothing.
func (a *customerAccount) post(t clientele.BalanceTransaction) (clientele.BalanceTransaction, error) {
	m, err := a.append(store.Movement{BalanceTransaction: t}, ledger.InvoiceState{})
	return m.BalanceTransaction, err
}

// postOn is post for a movement about an invoice, which counts from its date on at the earliest.
func (a *customerAccount) postOn(
	h *invoice, t clientele.BalanceTransaction,
) (_ clientele.BalanceTransaction, err error) {
	t.InvoiceID, t.CurrencyID = h.ID, h.CurrencyID
	if t.Date == 0 {
		if t.Date, err = a.date(h.Issued()); err != nil {
			return t, err
		}
	}
	state := a.state(h)
	state.Issued = h.Issued()
	m, err := a.append(store.Movement{DueDay: int64(h.Due()), BalanceTransaction: t}, state)
	if err == nil {
		a.states[h.ID] = state.After(m)
	}
	return m.BalanceTransaction, err
}

// append appends a movement, which finds its invoice, if it is about one, in a state.
func (a *customerAccount) append(m store.Movement, invoice ledger.InvoiceState) (store.Movement, error) {
	t := &m.BalanceTransaction
	end, err := a.end(t.CurrencyID)
	if err != nil {
		return m, err
	}
	where, err := a.zone()
	if err != nil {
		return m, err
	}
	if t.Date == 0 {
		if t.Date, err = a.date(); err != nil {
			return m, err
		}
	}
	if err := a.checkOpen("date", t.Date); err != nil {
		return m, err
	}
	t.Object, t.Livemode, t.CustomerID, t.RequestedBy = "balance_transaction", a.call.Livemode, a.customer.ID,
		a.call.Actor
	if t.Metadata == nil {
		t.Metadata = clientele.Metadata{}
	}
	var overdrawn *ledger.OverdrawnError
	if err := ledger.Post(end, a.last, a.recorded, where, &m); errors.As(err, &overdrawn) {
		return m, conflict("amount", "the customer has a credit of %s, which is less than %s", overdrawn.Credit,
			overdrawn.Used)
	} else if err != nil {
		return m, err
	}
	if m.ID, err = a.s.seqID(store.Movements.Prefix, m.Seq); err != nil {
		return m, err
	}
	a.credited = a.credited || m.Amount.Sign() > 0 && givesCredit[m.Reason]
	if m.Amount.Sign() != 0 {
		a.customer.TokenBalance[m.CurrencyID] = m.EndingBalance
	}
	a.last = m.Seq
	var later ledger.Later
	if m.Receivable.Sign() != 0 || m.InvoiceID != "" { // nothing else changes how later days stand
		if later, err = a.later(m.CurrencyID, m.Date); err != nil {
			return m, err
		}
	}
	a.sums.AddMovement(m, invoice, later)
	a.movements = append(a.movements, m)
	a.dated[m.CurrencyID].add(m)
	return m, nil
}

// givesCredit are the reasons for credit that settles debits.
var givesCredit = map[clientele.BalanceReason]bool{
	clientele.ReasonAdjustment: true, clientele.ReasonCredited: true, clientele.ReasonCreditNote: true,
}

// end are the balances of a currency after what was posted.
func (a *customerAccount) end(currency string) (*store.LedgerEnd, error) {
	if end := a.ends[currency]; end != nil {
		return end, nil
	}
	end, err := a.tx.LedgerEnd(a.customer.ID, currency, store.Forever)
	if err != nil {
		return nil, err
	}
	a.last, a.ends[currency] = max(a.last, end.Seq), &end
	return &end, nil
}

// write writes what was posted.
func (a *customerAccount) write() error {
	movements := a.movements
	a.movements = nil
	if len(movements) == 0 {
		return nil
	}
	return a.tx.AppendToLedger(movements)
}

// movementsOf are the customer's movements that match, oldest first.
func (a *customerAccount) movementsOf(f store.MovementFilter) (all []store.Movement, err error) {
	if err := a.write(); err != nil {
		return nil, err
	}
	f.CustomerID = a.customer.ID
	err = a.tx.Movements(f, func(m store.Movement) error {
		all = append(all, m)
		return nil
	})
	return all, err
}

// close writes what was posted, and the customer, if it changed: its balance, whether it is delinquent, its next
// invoice's number.
func (a *customerAccount) close() error {
	if err := a.settleDebits(); err != nil {
		return err
	}
	if err := a.write(); err != nil {
		return err
	}
	if err := a.tx.AddToSums(a.call.Livemode, a.sums.Parts()); err != nil {
		return err
	}
	overdue, err := a.tx.Count(store.Invoices.Kind, overdueInvoices(a.call.Livemode, a.customer.ID))
	if err != nil {
		return err
	}
	a.customer.Delinquent = overdue > 0
	if err := fillBalance(a.tx, a.customer); err != nil {
		return err
	}
	a.rec, err = a.s.replaceCustomer(a.tx, a.call, a.rec, a.before, a.customer)
	return err
}

// invoice is an invoice while a transaction works on it.
type invoice struct {
	*clientele.Invoice
	arriving *ArrivingInvoice  // what it was elsewhere, while it moves in
	before   clientele.Invoice // as it was when it was last read or written
	rec      store.Record
}

func readInvoice(rec store.Record) (*invoice, error) {
	h := &invoice{Invoice: new(clientele.Invoice), rec: rec}
	err := json.Unmarshal(rec.JSON, h.Invoice)
	h.written()
	return h, err
}

// written notes that the invoice is what is stored.
func (h *invoice) written() {
	h.before = *h.Invoice
	h.before.Metadata = maps.Clone(h.Metadata) // which a patch changes in place
}

// loadInvoice finds an invoice to work on.
func loadInvoice(tx store.Tx, mode clientele.Mode, id string) (*invoice, error) {
	rec, err := findInvoice(tx, mode, id)
	if err != nil {
		return nil, err
	}
	return readInvoice(rec)
}

// own finds one of the customer's invoices that a field of a request names, for money of a currency.
func (a *customerAccount) own(field, currency, id string) (*invoice, error) {
	h, err := loadInvoice(a.tx, a.call.Livemode, id)
	switch {
	case isCode(err, clientele.ErrorCodeNotFound), err == nil && h.ID != id: // a number is not an id
		return nil, check.Invalid(field, "no invoice %q in this mode", id)
	case err != nil:
		return nil, err
	case h.CustomerID != a.customer.ID:
		return nil, check.Invalid(field, "%s is another customer's", h.called())
	case h.CurrencyID != currency:
		return nil, invalidAmount(field, "%s is over %s, in another currency than this", h.called(), h.Total)
	}
	return h, nil
}

// save writes an invoice after a change of what was paid on it, and moves it to the state that follows.
func (a *customerAccount) save(h *invoice) error {
	h.addUp()
	if err := a.keepCredited(h); err != nil {
		return err
	}
	h.addUp()
	event := clientele.EventInvoiceUpdated
	switch {
	case h.AmountRemaining.Sign() < 0:
		return fmt.Errorf("invoice %s: %s left to pay", h.ID, h.AmountRemaining)
	case h.AmountRemaining.Sign() == 0 && h.AmountWrittenOff.Sign() > 0:
		if h.Status != clientele.InvoiceUncollectible {
			event = clientele.EventInvoiceMarkedUncollectible
			if h.StatusTransitions.MarkedUncollectibleAt == 0 {
				if _, err := a.postOn(h, clientele.BalanceTransaction{Reason: clientele.ReasonUncollectible}); err != nil {
					return err
				}
			}
			h.Status, h.StatusTransitions.MarkedUncollectibleAt = clientele.InvoiceUncollectible, a.now.Unix()
		}
	case h.AmountRemaining.Sign() == 0 && payable(h):
		event = clientele.EventInvoicePaid
		h.Status, h.Paid, h.StatusTransitions.PaidAt = clientele.InvoicePaid, true, a.now.Unix()
		h.PaidOutOfBand = h.AmountPaid.Sign() > 0
	case h.AmountRemaining.Sign() > 0 && h.Status == clientele.InvoicePaid:
		h.Status, h.Paid, h.PaidOutOfBand, h.StatusTransitions.PaidAt = clientele.InvoiceOpen, false, false, 0
		if h.StatusTransitions.MarkedUncollectibleAt != 0 {
			h.Status = clientele.InvoiceUncollectible
		}
	}
	return a.saveAs(h, event)
}

// addUp writes what is due and what is left of it.
func (h *invoice) addUp() {
	h.AmountDue = ledger.Minus(ledger.Minus(h.Total, h.AmountCredited), h.PrePaymentCreditNotesAmount)
	h.AmountRemaining = ledger.Minus(ledger.Minus(h.AmountDue, h.AmountPaid), h.AmountWrittenOff)
}

// saveAs writes an invoice and the event that says what happened to it.
func (a *customerAccount) saveAs(h *invoice, event string) error {
	h.UpdatedAt = clientele.At(a.now)
	if of := h.arriving; of != nil && of.UpdatedAt.After(a.now) {
		h.UpdatedAt = clientele.At(of.UpdatedAt)
	}
	return a.s.saveInvoice(a.tx, a.call, event, h)
}

// payable says whether money is still expected for an invoice.
func payable(h *invoice) bool {
	return h.Status == clientele.InvoiceOpen || h.Status == clientele.InvoiceUncollectible
}

// checkPayable refuses an invoice on which no money is expected.
func checkPayable(h *invoice) error {
	if payable(h) {
		return nil
	}
	return conflict("status", "%s is %s: nothing can be paid on it", h.called(), h.state())
}
