package billing

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Invoices is the part of [Service] about invoices.
type Invoices struct{ *core }

// Create makes a draft, or an invoice that is finalized at once.
func (s Invoices) Create(ctx context.Context, call Call, p clientele.InvoiceParams) (store.Document, error) {
	if err := checkNewInvoice(p); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		a, err := s.openFor(tx, call, p.CustomerID)
		if err != nil {
			return store.Document{}, err
		}
		currency, err := usableCurrency(tx, call.Livemode, p.CurrencyID)
		if err != nil {
			return store.Document{}, err
		}
		h, err := a.draft(currency, p.InvoiceContent, clientele.BillingReasonManual)
		if err != nil {
			return store.Document{}, err
		}
		if p.Finalize {
			if err := a.finalize(h); err != nil {
				return store.Document{}, err
			}
			err = a.close()
		}
		return invoiceDocument(h, true), err
	})
}

// draft writes a new draft.
func (a *customerAccount) draft(
	currency clientele.PaymentCurrency, content clientele.InvoiceContent, reason string,
) (*invoice, error) {
	seq, err := a.tx.NextSeq(store.Invoices.Kind, a.now)
	if err != nil {
		return nil, err
	}
	id, err := a.newID(store.Invoices.Prefix, seq)
	if err != nil {
		return nil, err
	}
	zero := clientele.Zero(currency.ID)
	h := &invoice{rec: store.Record{ID: id, Seq: seq}, Invoice: &clientele.Invoice{
		ID: id, Object: "invoice", Livemode: a.call.Livemode, Status: clientele.InvoiceDraft,
		CollectionMethod: "send_invoice", BillingReason: reason, CurrencyID: currency.ID, CustomerID: a.customer.ID,
		Subtotal: zero, SubtotalExcludingTax: zero, Tax: zero, Total: zero, AmountDue: zero, AmountPaid: zero,
		AmountCredited: zero, AmountRemaining: zero, AmountWrittenOff: zero, PrePaymentCreditNotesAmount: zero,
		PostPaymentCreditNotesAmount: zero, AmountShipping: zero, StartingBalance: zero, EndingBalance: zero,
		CustomFields: []clientele.CustomField{}, DefaultPaymentMethodID: currency.PaymentMethodID,
		Metadata: clientele.Metadata{}, CreatedAt: clientele.At(a.now),
	}}
	if settings := a.customer.InvoiceSettings; settings != nil {
		h.Footer, h.CustomFields = settings.Footer, append(h.CustomFields, settings.CustomFields...)
	}
	if err := a.s.fill(a.tx, h.Invoice, content, a.recorded); err != nil {
		return nil, err
	}
	return h, a.saveAs(h, clientele.EventInvoiceCreated)
}

// fill writes what a request says onto a draft.
func (s *core) fill(tx store.Tx, invoice *clientele.Invoice, c clientele.InvoiceContent, now time.Time) error {
	if c.DueDate != nil {
		where, err := zone(tx, invoice.Livemode)
		if err != nil {
			return err
		}
		setDue(invoice, c.DueDate, where)
	}
	if err := setIssued(tx, invoice, c); err != nil {
		return err
	}
	set(&invoice.Description, c.Description)
	set(&invoice.StatementDescriptor, c.StatementDescriptor)
	set(&invoice.Footer, c.Footer)
	set(&invoice.PeriodStart, c.PeriodStart)
	set(&invoice.PeriodEnd, c.PeriodEnd)
	set(&invoice.CustomFields, c.CustomFields)
	if err := s.checkDates(tx, invoice, c, now); err != nil {
		return err
	}
	if invoice.PeriodEnd < invoice.PeriodStart {
		return check.Invalid("period_end", "period_end is not before period_start")
	}
	if err := check.FillMetadata(&invoice.Metadata, c.Metadata); err != nil {
		return err
	}
	if c.Number != nil && *c.Number != invoice.Number {
		if err := checkFree(tx, invoice, *c.Number); err != nil {
			return err
		}
		invoice.Number = *c.Number
	}
	if c.Lines == nil {
		return nil
	}
	return s.setLines(invoice, c.Lines, now)
}

// setIssued writes when an invoice is issued: at a moment or, from its first one on, on a day where the business is.
func setIssued(tx store.Tx, invoice *clientele.Invoice, c clientele.InvoiceContent) error {
	if c.EffectiveAt == nil && c.Date == nil {
		return nil
	}
	where, err := zone(tx, invoice.Livemode)
	if err != nil {
		return err
	}
	if c.Date != nil {
		if *c.Date != invoice.Date { // or else its moment of that day stays
			invoice.EffectiveAt, invoice.Date = c.Date.Begin(where).Unix(), *c.Date
		}
		return nil
	}
	invoice.EffectiveAt, invoice.Date = *c.EffectiveAt, 0
	if invoice.EffectiveAt != 0 {
		invoice.Date = clientele.DayIn(time.Unix(invoice.EffectiveAt, 0), where)
	}
	return nil
}

// Bounds of the dates of an invoice, in years.
const (
	mostAhead = 1  // that it is issued
	mostTerm  = 10 // from when it is issued until it is due
)

// checkDates refuses dates that a request sets and that no invoice has: issued long ago or far ahead, due before it was
// issued or long after.
func (s *core) checkDates(
	tx store.Tx, invoice *clientele.Invoice, c clientele.InvoiceContent, now time.Time,
) error {
	if c.DueDate == nil && c.EffectiveAt == nil && c.Date == nil {
		return nil
	}
	where, err := zone(tx, invoice.Livemode)
	if err != nil {
		return err
	}
	issued, field := now.In(where), "effective_at"
	if c.Date != nil {
		field = "date"
	}
	if invoice.EffectiveAt != 0 {
		issued = time.Unix(invoice.EffectiveAt, 0).In(where)
	}
	switch {
	case clientele.DayIn(issued, where) < s.firstDate:
		return check.Invalid(field, "%s is before %s", field, s.firstDate)
	case issued.After(now.AddDate(mostAhead, 0, 0)):
		return check.Invalid(field, "%s is more than a year ahead", field)
	case invoice.DueDate == 0:
		return nil
	}
	if c.DueDate != nil {
		field = "due_date"
	}
	switch day := clientele.DayIn(issued, where); {
	case invoice.EffectiveAt != 0 && invoice.Due() < day:
		return check.Invalid(field, "the invoice is due on %s, before it is issued on %s", invoice.Due(), day)
	case invoice.Due() > clientele.DayIn(issued.AddDate(mostTerm, 0, 0), where):
		return check.Invalid(field, "the invoice is due more than %d years after it is issued", mostTerm)
	}
	return nil
}

// checkFree refuses a number that another invoice has, or will get as the next of another customer's.
func checkFree(tx store.Tx, invoice *clientele.Invoice, number string) error {
	rec, taken, err := tx.InvoiceByNumber(invoice.Livemode, number)
	if err != nil || number == "" {
		return err
	}
	if taken {
		return conflict("number", "another invoice has the number %s: %s", number, rec.ID)
	}
	prefix, _, isOwn := splitNumber(strings.ToUpper(fold.Label(number)))
	if !isOwn {
		return nil
	}
	other, found, err := tx.Customer(invoice.Livemode, store.Ref{Kind: store.NamePrefix, Name: prefix})
	if err == nil && found && other.ID != invoice.CustomerID {
		err = clientele.Errorf(clientele.ErrorCodeConflict, "number",
			"numbers that start with %s- are for invoices of the customer %s",
			prefix, other.ID)
	}
	return err
}

// splitNumber takes apart a number as customers' own are: PREFIX-0001.
func splitNumber(number string) (prefix string, n int64, ok bool) {
	prefix, digits, found := strings.Cut(number, "-")
	n, err := strconv.ParseInt(digits, 10, 64)
	return prefix, n, found && err == nil && n > 0 && ownNumber(prefix, n) == number
}

func ownNumber(prefix string, n int64) string { return fmt.Sprintf("%s-%04d", prefix, n) }

// set copies what is given.
func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

// setLines writes the lines and adds them up.
func (s *core) setLines(invoice *clientele.Invoice, lines []clientele.LineParams, now time.Time) (err error) {
	invoice.Lines = nil
	subtotal, tax := clientele.Zero(invoice.CurrencyID), clientele.Zero(invoice.CurrencyID)
	for i, p := range lines {
		line := clientele.InvoiceLine{
			Object: "invoice_item", Livemode: invoice.Livemode, Quantity: 1, UnitAmount: p.UnitAmount.In(invoice.CurrencyID),
			Description: p.Description, CurrencyID: invoice.CurrencyID, CustomerID: invoice.CustomerID, InvoiceID: invoice.ID,
			TaxAmount: clientele.Zero(invoice.CurrencyID),
		}
		set(&line.Quantity, p.Quantity)
		set(&line.TaxAmount, p.TaxAmount)
		line.TaxAmount = line.TaxAmount.In(invoice.CurrencyID)
		line.Amount = line.UnitAmount.Times(line.Quantity)
		if line.ID, err = s.newID("ii_", now); err != nil {
			return err
		}
		subtotal, tax = ledger.Plus(subtotal, line.Amount), ledger.Plus(tax, line.TaxAmount)
		if ledger.Plus(subtotal, tax).Digits() > clientele.MaxAmountDigits {
			at := fmt.Sprintf("lines[%d].unit_amount", i)
			return check.Invalid(at, "the lines come to more than %d digits", clientele.MaxAmountDigits)
		}
		invoice.Lines = append(invoice.Lines, line)
	}
	invoice.Subtotal, invoice.SubtotalExcludingTax, invoice.Tax = subtotal, subtotal, tax
	invoice.Total = ledger.Plus(subtotal, tax)
	if invoice.Total.Sign() < 0 {
		return invalidAmount("lines", "the lines come to %s; an invoice asks for 0 or more", invoice.Total)
	}
	invoice.AmountDue, invoice.AmountRemaining = invoice.Total, invoice.Total
	return nil
}

// Update changes what is sent of a draft. Of a finalized invoice only metadata can be changed.
func (s Invoices) Update(
	ctx context.Context, call Call, id string, c clientele.InvoiceContent,
) (store.Document, error) {
	if err := checkContent(c); err != nil {
		return store.Document{}, err
	}
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *invoice) error {
		if h.Status != clientele.InvoiceDraft {
			only := clientele.InvoiceContent{Metadata: c.Metadata}
			if !reflect.DeepEqual(only, c) {
				return conflict("status", "%s is %s: only the metadata of a finalized invoice is changed", h.called(),
					h.state())
			}
		}
		now := s.now()
		if err := s.fill(tx, h.Invoice, c, now); err != nil {
			return err
		}
		if same, err := encodeObject(h.Invoice); err != nil || bytes.Equal(same, h.rec.JSON) {
			return err
		}
		h.UpdatedAt = clientele.At(now)
		return s.saveInvoice(tx, call, clientele.EventInvoiceUpdated, h)
	})
}

// Delete deletes a draft.
func (s Invoices) Delete(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		h, err := loadInvoice(tx, call.Livemode, id)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(h.rec); err != nil {
			return store.Document{}, err
		}
		if h.Status != clientele.InvoiceDraft {
			return store.Document{}, conflict("status",
				"%s is %s: only a draft is deleted; void it, or issue a credit note", h.called(), h.state())
		}
		if err := store.Invoices.Delete(tx, h.rec, h.Invoice); err != nil {
			return store.Document{}, err
		}
		err = s.record(tx, call, clientele.EventInvoiceDeleted, changed{
			id: h.ID, customerID: h.CustomerID, version: h.rec.Version + 1, before: h.rec.JSON,
		})
		if err != nil {
			return store.Document{}, err
		}
		gone, err := encodeObject(clientele.Deleted{ID: h.ID, Object: "invoice", Deleted: true})
		return store.Document{JSON: gone}, err
	})
}

// changeInvoice finds an invoice and answers what fn makes of it.
func (s *core) changeInvoice(
	ctx context.Context, call Call, id string, fn func(store.Tx, *invoice) error,
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		h, err := loadInvoice(tx, call.Livemode, id)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(h.rec); err != nil {
			return store.Document{}, err
		}
		err = fn(tx, h)
		return invoiceDocument(h, false), err
	})
}

func invoiceDocument(h *invoice, created bool) store.Document {
	return store.Document{JSON: h.rec.JSON, Of: store.TypeInvoice, ID: h.ID, Version: h.rec.Version, Created: created}
}

// History answers the changes of an invoice, newest first.
func (s Invoices) History(ctx context.Context, mode clientele.Mode, id string) ([]clientele.Event, error) {
	return s.historyOf(ctx, mode, store.TypeInvoice, id)
}

// Retrieve answers an invoice, by id or printed number, expanded with its customer, currency and payment method.
func (s Invoices) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findInvoice(tx, mode, id)
		if err != nil {
			return err
		}
		docs, err := expandInvoices(tx, mode, [][]byte{rec.JSON})
		if err != nil {
			return err
		}
		doc = store.Document{JSON: docs[0], Version: rec.Version}
		return nil
	})
	return doc, err
}

// findInvoice finds an invoice by id or printed number.
func findInvoice(tx store.Tx, mode clientele.Mode, ref string) (store.Record, error) {
	rec, found, err := tx.Get(store.Invoices.Kind, mode, ref)
	if err == nil && !found {
		rec, found, err = tx.InvoiceByNumber(mode, ref)
	}
	if err == nil && !found {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no invoice %q in this mode", ref)
	}
	return rec, err
}

// List answers a page of invoices, expanded if asked for, and the exact count of all that match. customer,
// unless empty, is an id or DID; an unknown one has no invoices.
func (s Invoices) List(
	ctx context.Context, customer string, q store.Query, expand bool,
) (docs [][]byte, count int64, err error) {
	if !expand {
		return s.list(ctx, store.Invoices.Kind, customer, q, nil)
	}
	return s.list(ctx, store.Invoices.Kind, customer, q, expandInvoices)
}

// Search answers a page of the invoices in which every word of a query occurs, and their exact count.
func (s Invoices) Search(ctx context.Context, q Search) (docs [][]byte, count int64, err error) {
	return s.searchTexts(ctx, store.Invoices.Kind, q, expandInvoices)
}

// saveInvoice writes an invoice's next version and the event that says what happened to it.
func (s *core) saveInvoice(tx store.Tx, call Call, event string, h *invoice) (err error) {
	old, before := h.rec.JSON, &h.before
	if h.rec.Version == 0 {
		before = nil
	}
	if h.rec.JSON, err = encodeObject(h.Invoice); err != nil {
		return err
	}
	h.rec.Version++
	if err := store.Invoices.Save(tx, h.rec, before, h.Invoice); err != nil {
		return err
	}
	h.written()
	return s.record(tx, call, event, changed{
		id: h.ID, customerID: h.CustomerID, version: h.rec.Version, before: old, after: h.rec.JSON,
	})
}

func usableCurrency(tx store.Tx, mode clientele.Mode, id string) (clientele.PaymentCurrency, error) {
	currency, found, err := tx.PaymentCurrency(mode, id)
	if err == nil && (!found || !currency.Active) {
		err = check.Invalid("currency_id", "no active payment currency %q in this mode", id)
	}
	return currency, err
}
