package billing

import (
	"cmp"
	"context"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// JournalFilter says which part of the journal is read.
type JournalFilter struct {
	From, To   clientele.Moment // the first and the last day; the first there is and today when zero
	CurrencyID string           // only this currency, unless empty
}

// JournalWriter takes a journal, an entry at a time after it began.
type JournalWriter interface {
	Begin(clientele.Journal) error
	Entry(clientele.JournalEntry) error
}

// journalPart is a range of days with what their accounts and customers are called.
type journalPart struct {
	days       store.Days
	until      store.Position // what was recorded from then on is left out; 0 for nothing
	closing    string         // that closed them; "" while they are open
	accounting clientele.Accounting
}

// Journal writes the movements of all customers of a mode as double entries, by their dates and as they were recorded.
// What is closed is written with the names and accounts that there were when it was, so that it is always the same.
func (s Receivables) Journal(ctx context.Context, mode clientele.Mode, f JournalFilter, to JournalWriter) error {
	var journal clientele.Journal
	var parts []journalPart
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		journal, parts, err = s.planJournal(tx, mode, f)
		return err
	})
	if err == nil {
		err = to.Begin(journal)
	}
	for _, part := range parts {
		if err != nil {
			break
		}
		err = s.writeJournal(ctx, mode, f.CurrencyID, part, to)
	}
	return err
}

// planJournal says which days are written with which accounts.
func (s Receivables) planJournal(
	tx store.Tx, mode clientele.Mode, f JournalFilter,
) (journal clientele.Journal, parts []journalPart, err error) {
	settings, _, err := settingsOf(tx, mode)
	if err != nil {
		return journal, nil, err
	}
	where, now := settings.Zone(), s.now()
	journal = clientele.Journal{
		Livemode: mode, To: clientele.DayIn(now, where), At: clientele.At(now), Accounting: settings.Accounting,
	}
	if !f.From.IsZero() {
		journal.From = clientele.DayIn(f.From.Begin(where), where)
	}
	if !f.To.IsZero() {
		journal.To = clientele.DayIn(f.To.Begin(where), where)
	}
	if journal.To < journal.From {
		return journal, nil, check.Invalid("to", "to is before from")
	}
	if journal.Currencies, err = currenciesOf(tx, mode); err != nil {
		return journal, nil, err
	}
	if err := checkCurrency(tx, mode, f.CurrencyID); err != nil {
		return journal, nil, err
	}
	all, err := closingsOf(tx, mode)
	if err != nil {
		return journal, nil, err
	}
	first := journal.From
	for _, c := range all { // each closed from the day after the last that held
		if !c.Closed || c.Through < first || c.From > journal.To {
			continue
		}
		if c.Digest == "" {
			return journal, nil, conflict("to", "the closing through %s is being completed; try again in a moment",
				c.Through)
		}
		last := min(c.Through, journal.To)
		parts = append(parts, journalPart{
			days: store.Days{First: int64(first), Last: int64(last)}, closing: c.ID, accounting: c.Accounting.WithNames(),
		})
		journal.Closed, journal.At, journal.Accounting, first = last == journal.To, c.CreatedAt, c.Accounting, last+1
	}
	if first <= journal.To {
		journal.Closed, journal.At, journal.Accounting = false, clientele.At(now), settings.Accounting
		parts = append(parts, journalPart{
			days:  store.Days{First: int64(first), Last: int64(journal.To)},
			until: store.PositionAfter(now.UnixMilli()), accounting: settings.Accounting.WithNames(),
		})
	}
	journal.Accounting = journal.Accounting.WithNames()
	return journal, parts, nil
}

// writeJournal writes the entries of some days, so many at a time that nobody waits for it.
func (s Receivables) writeJournal(
	ctx context.Context, mode clientele.Mode, currencyID string, part journalPart, to JournalWriter,
) error {
	const step = 1000
	f := store.MovementFilter{Livemode: mode, Dated: part.days, To: part.until, Limit: step}
	for more := true; more; {
		var movements []store.Movement
		var entries []clientele.JournalEntry
		err := s.scanStore(ctx, func(tx store.Tx) (err error) {
			movements = nil
			err = tx.Movements(f, func(m store.Movement) error { movements = append(movements, m); return nil })
			if err == nil {
				entries, err = part.entries(tx, mode, currencyID, movements)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := to.Entry(e); err != nil {
				return err
			}
		}
		if more = len(movements) == step; more {
			f.After = store.PlaceOf(movements[step-1])
		}
	}
	return nil
}

// entries are movements as double entries; nothing of those that move no amount.
func (p journalPart) entries(
	tx store.Tx, mode clientele.Mode, currencyID string, movements []store.Movement,
) (entries []clientele.JournalEntry, err error) {
	about, err := p.readAbout(tx, mode, movements)
	if err != nil {
		return nil, err
	}
	for _, m := range movements {
		if currencyID != "" && m.CurrencyID != currencyID {
			continue
		}
		tax := clientele.Zero(m.CurrencyID)
		switch m.Reason {
		case clientele.ReasonInvoiceFinalized:
			tax = about.invoices[m.InvoiceID].Tax.In(m.CurrencyID)
		case clientele.ReasonInvoiceVoided:
			tax = about.taxLeft[m.InvoiceID]
		case clientele.ReasonCreditNote:
			tax = about.taxTaken[m.CreditNoteID]
		}
		parts, err := ledger.Entry(m, tax)
		if err != nil {
			return nil, err
		}
		if len(parts) == 0 {
			continue
		}
		of, paid := about.customers[m.CustomerID], about.payments[m.PaymentID]
		e := clientele.JournalEntry{
			BalanceTransaction: m.BalanceTransaction, CustomerName: of.Name, CustomerAccount: of.Account,
			Document: about.document(m), Text: ledger.Describe(m.BalanceTransaction, paid.Reference),
		}
		for _, part := range parts {
			e.Postings = append(e.Postings, p.posting(part, of.Account, paid.Method))
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// posting is a part of an entry of a customer, who may have an account of its own, on the account of the settings;
// method is how the money came.
func (p journalPart) posting(part ledger.Posting, customers, method string) clientele.Posting {
	a := p.accounting
	posting := clientele.Posting{Amount: part.Amount, Account: map[ledger.Account]string{
		ledger.Receivable: a.Receivable, ledger.Credit: a.Credit, ledger.Prepayments: a.Prepayments,
		ledger.Revenue: a.Revenue, ledger.Tax: a.Tax, ledger.Cash: a.Cash, ledger.BadDebt: a.BadDebt,
		ledger.BadDebtRecovered: a.BadDebtRecovered, ledger.CreditGranted: a.CreditGranted,
	}[part.Account]}
	switch part.Account {
	case ledger.Receivable:
		posting.Receivable, posting.Account = true, cmp.Or(customers, a.Receivable)
	case ledger.Cash:
		if of := a.CashByMethod[method]; of != "" {
			posting.Account = of
		}
	}
	return posting
}

// aboutMovements is what the journal says of movements beside themselves.
type aboutMovements struct {
	invoices          map[string]invoiceCalled
	payments          map[string]paymentCalled
	notes             map[string]string // the numbers of credit notes
	taxTaken, taxLeft map[string]clientele.Amount
	customers         map[string]store.ClosingDigest // name and account alone
}

type invoiceCalled struct {
	Number string           `json:"number"`
	Tax    clientele.Amount `json:"tax"`
}

type paymentCalled struct {
	Reference string `json:"reference"`
	Method    string `json:"method"`
}

// document is what a movement's document is called.
func (a aboutMovements) document(m store.Movement) string {
	switch {
	case m.CreditNoteID != "":
		return a.notes[m.CreditNoteID]
	case m.InvoiceID != "":
		return a.invoices[m.InvoiceID].Number
	}
	return a.payments[m.PaymentID].Reference
}

// readAbout reads what the journal says of movements.
func (p journalPart) readAbout(
	tx store.Tx, mode clientele.Mode, movements []store.Movement,
) (about aboutMovements, err error) {
	var invoices, payments, customers, credited []string
	for _, m := range movements {
		customers, invoices, payments = append(customers, m.CustomerID), append(invoices, m.InvoiceID),
			append(payments, m.PaymentID)
		if m.InvoiceID != "" && (m.Reason == clientele.ReasonInvoiceVoided || m.Reason == clientele.ReasonCreditNote) {
			credited = append(credited, m.InvoiceID)
		}
	}
	if about.invoices, err = readAll[invoiceCalled](tx, store.Invoices.Kind, mode, invoices); err != nil {
		return about, err
	}
	if about.payments, err = readAll[paymentCalled](tx, store.Payments.Kind, mode, payments); err != nil {
		return about, err
	}
	if about.customers, err = p.customersCalled(tx, mode, customers); err != nil {
		return about, err
	}
	return about, about.readTaxes(tx, mode, credited, movements)
}

// readTaxes reads how much tax is in what was taken back of invoices.
func (a *aboutMovements) readTaxes(
	tx store.Tx, mode clientele.Mode, invoices []string, movements []store.Movement,
) error {
	a.notes, a.taxTaken, a.taxLeft = map[string]string{}, map[string]clientele.Amount{}, map[string]clientele.Amount{}
	whole, err := readAll[clientele.Invoice](tx, store.Invoices.Kind, mode, invoices)
	if err != nil {
		return err
	}
	for id, invoice := range whole {
		notes, err := creditNotesOf(tx, mode, id)
		if err != nil {
			return err
		}
		taken, left := ledger.TaxTakenBack(&invoice, notes)
		a.taxLeft[id] = left
		for _, note := range notes {
			a.notes[note.ID], a.taxTaken[note.ID] = note.Number, taken[note.ID]
		}
	}
	var refunded []string // by credit notes whose own movement is not among these
	for _, m := range movements {
		if _, known := a.notes[m.CreditNoteID]; m.CreditNoteID != "" && !known {
			refunded = append(refunded, m.CreditNoteID)
		}
	}
	notes, err := readAll[invoiceCalled](tx, store.CreditNotes.Kind, mode, refunded)
	for id, note := range notes {
		a.notes[id] = note.Number
	}
	return err
}

// customersCalled are the names and accounts of customers.
func (p journalPart) customersCalled(
	tx store.Tx, mode clientele.Mode, ids []string,
) (called map[string]store.ClosingDigest, err error) {
	if p.closing == "" {
		return callCustomers(tx, mode, ids, p.accounting.CustomerAccountKey)
	}
	called = map[string]store.ClosingDigest{}
	err = tx.ClosingDigests(p.closing, unique(ids), func(d store.ClosingDigest) { called[d.CustomerID] = d })
	return called, err
}

// callCustomers are the names that customers have now, and the accounts under a key of their metadata.
func callCustomers(
	tx store.Tx, mode clientele.Mode, ids []string, key string,
) (called map[string]store.ClosingDigest, err error) {
	type customer struct {
		Name     string             `json:"name"`
		Metadata clientele.Metadata `json:"metadata"`
	}
	all, err := readAll[customer](tx, store.Customers.Kind, mode, ids)
	called = make(map[string]store.ClosingDigest, len(all))
	for id, c := range all {
		account := strings.Trim(string(c.Metadata[key]), `"`) // a number is one too
		if check.Account("", account) != nil {
			account = ""
		}
		called[id] = store.ClosingDigest{Name: c.Name, Account: account}
	}
	return called, err
}
