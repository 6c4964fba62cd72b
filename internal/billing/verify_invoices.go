package billing

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

func (b *books) checkInvoices() error {
	for id, i := range b.invoices {
		if i.Status == clientele.InvoiceDraft {
			if *b.ledger.Invoices[id] != (ledger.InvoiceBooks{}) {
				b.differ(id, "it is a draft, and the ledger has it")
			}
			continue
		}
		b.checkInvoice(i, b.ledger.Invoices[id])
		if err := b.checkPrinted(i); err != nil {
			return err
		}
		if err := b.checkCreditNotes(i); err != nil {
			return err
		}
	}
	return nil
}

// checkInvoice compares an invoice's amounts with the ledger's and with each other.
func (b *books) checkInvoice(i *clientele.Invoice, replayed *ledger.InvoiceBooks) {
	b.same(i.ID, "total", i.Total, replayed.Total)
	b.same(i.ID, "amount_remaining", i.AmountRemaining, replayed.Remaining)
	b.same(i.ID, "amount_paid", i.AmountPaid, replayed.Paid)
	b.same(i.ID, "amount_credited", i.AmountCredited, replayed.Credited)
	b.same(i.ID, "amount_written_off", i.AmountWrittenOff, replayed.WrittenOff)
	b.same(i.ID, "pre_payment_credit_notes_amount", i.PrePaymentCreditNotesAmount, replayed.Pre)
	b.same(i.ID, "post_payment_credit_notes_amount", i.PostPaymentCreditNotesAmount, replayed.Post)
	b.same(i.ID, "starting_balance", i.StartingBalance, replayed.Starting)
	var lines, parts clientele.Amount
	for _, line := range i.Lines {
		ledger.AddTo(&lines, line.Amount)
		ledger.AddTo(&lines, line.TaxAmount)
		if !line.UnitAmount.Times(line.Quantity).Equal(line.Amount) {
			b.differ(i.ID, "the amount of its line %s is not quantity times unit_amount", line.ID)
		}
	}
	for _, part := range []clientele.Amount{
		i.AmountPaid, i.AmountCredited, i.PrePaymentCreditNotesAmount, i.AmountWrittenOff, i.AmountRemaining,
	} {
		ledger.AddTo(&parts, part)
		if part.Sign() < 0 {
			b.differ(i.ID, "an amount is negative: %s", part)
		}
	}
	if !lines.Equal(i.Total) || !ledger.Plus(i.Subtotal, i.Tax).Equal(i.Total) {
		b.differ(i.ID, "total is %s; its lines come to %s, subtotal and tax to %s", i.Total, lines,
			ledger.Plus(i.Subtotal, i.Tax))
	}
	if !parts.Equal(i.Total) {
		b.differ(i.ID, "total is %s; paid, credited, taken back, written off and remaining come to %s", i.Total, parts)
	}
	if due := ledger.Minus(ledger.Minus(i.Total, i.AmountCredited),
		i.PrePaymentCreditNotesAmount); !due.Equal(i.AmountDue) {
		b.differ(i.ID, "amount_due is %s, not %s", i.AmountDue, due)
	}
	writtenOff := i.Status == clientele.InvoiceUncollectible && i.AmountWrittenOff.Sign() > 0 &&
		i.AmountRemaining.Sign() == 0
	settled := i.Status == clientele.InvoicePaid || i.Status == clientele.InvoiceVoid || writtenOff
	if settled != (i.AmountRemaining.Sign() == 0) || i.Paid != (i.Status == clientele.InvoicePaid) {
		b.differ(i.ID, "it is %s, with %s left to pay", i.Status, i.AmountRemaining)
	}
}

// printed is what a finalized invoice keeps for ever.
type printed struct {
	Number               string
	Customer             string
	Address              clientele.Address
	Currency             string
	Subtotal, Tax, Total string
	Starting, Ending     string
	Due, Effective       int64
	DueDay               clientele.Day
	Lines                string
}

func printedOn(i *clientele.Invoice) (printed, error) {
	lines, err := encodeObject(i.Lines)
	p := printed{
		Number: i.Number, Customer: strings.Join([]string{i.CustomerName, i.CustomerEmail, i.CustomerPhone}, "\n"),
		Currency: i.CurrencyID, Subtotal: i.Subtotal.String(), Tax: i.Tax.String(), Total: i.Total.String(),
		Starting: i.StartingBalance.String(), Ending: i.EndingBalance.String(), Due: i.DueDate, Effective: i.EffectiveAt,
		DueDay: i.Due(), Lines: string(lines),
	}
	if i.CustomerAddress != nil {
		p.Address = *i.CustomerAddress
	}
	return p, err
}

// checkPrinted compares what is printed on an invoice with what was when it was finalized.
func (b *books) checkPrinted(i *clientele.Invoice) error {
	events := b.events[i.ID]
	at := slices.IndexFunc(events, func(e clientele.Event) bool { return e.Type == clientele.EventInvoiceFinalized })
	if at < 0 {
		b.differ(i.ID, "it is %s, and was never finalized", i.Status)
		return nil
	}
	var finalized clientele.Invoice
	if err := json.Unmarshal(events[at].Data.Object, &finalized); err != nil {
		b.differ(events[at].ID, "its object cannot be read: %v", err)
		return nil
	}
	then, err := printedOn(&finalized)
	if err != nil {
		return err
	}
	now, err := printedOn(i)
	if now != then {
		b.differ(i.ID, "what is printed on it is not what was when it was finalized")
	}
	return err
}

// checkCreditNotes compares an invoice's credit notes with what it says of them.
func (b *books) checkCreditNotes(i *clientele.Invoice) error {
	recs, err := b.tx.Select(store.CreditNotes.Kind, creditNotesQuery(i.Livemode, i.ID))
	if err != nil {
		return err
	}
	off, credited := clientele.Zero(i.CurrencyID), clientele.Zero(i.CurrencyID)
	for n, rec := range recs {
		var note clientele.CreditNote
		if err := json.Unmarshal(rec.JSON, &note); err != nil {
			b.differ(i.ID, "a credit note's document cannot be read: %v", err)
			continue
		}
		if err := b.lastEvent(note.ID, rec.JSON); err != nil {
			return err
		}
		ledger.AddTo(&off, note.AmountOff)
		ledger.AddTo(&credited, note.AmountCredited)
		ledger.AddTo(&credited, note.AmountRefunded)
		if number := creditNoteNumber(i.Number, n+1); note.Number != number {
			b.differ(note.ID, "its number is %s, not %s", note.Number, number)
		}
		if !ledger.Plus(ledger.Plus(note.AmountOff, note.AmountCredited), note.AmountRefunded).Equal(note.Amount) {
			b.differ(note.ID, "its amount is %s, not amount_off, amount_credited and amount_refunded", note.Amount)
		}
	}
	moved := b.ledger.Invoices[i.ID].Moved.In(i.CurrencyID)
	off, credited = ledger.Plus(off, moved), ledger.Minus(credited, moved)
	if !off.Equal(i.PrePaymentCreditNotesAmount) || !credited.Equal(i.PostPaymentCreditNotesAmount) {
		b.differ(i.ID, "its credit notes come to %s and %s, not to %s and %s", off, credited,
			i.PrePaymentCreditNotesAmount, i.PostPaymentCreditNotesAmount)
	}
	return nil
}
