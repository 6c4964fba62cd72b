package billing

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Limits of an invoice.
const (
	maxLines     = 250
	maxLineText  = 1000
	maxUnixTime  = 253402300799 // 9999-12-31T23:59:59Z
	maxStatement = 64

	maxCustomFields = 10
	maxNumber       = 64
)

// InvoiceParams are what a request says about a new invoice.
type InvoiceParams struct {
	// Whom to invoice: an id or a DID.
	CustomerID string `json:"customer_id"`
	// The currency of every amount.
	CurrencyID string `json:"currency_id"`
	// Whether to finalize it at once.
	Finalize bool `json:"finalize,omitempty"`
	InvoiceContent
}

// InvoiceContent is what a draft may say. What is absent stays as it is.
type InvoiceContent struct {
	// What to charge for, 1 to 250 lines.
	Lines []LineParams `json:"lines,omitempty"`
	// When payment is due, in unix seconds; on receipt when absent.
	DueDate *int64 `json:"due_date,omitempty"`
	// The printed number of an invoice that was issued elsewhere, which no other invoice has; the next of the customer's
	// own when absent.
	Number *string `json:"number,omitempty"`
	// The date of issue of an invoice that was issued elsewhere, in unix seconds; when it is finalized when absent.
	EffectiveAt *int64 `json:"effective_at,omitempty"`
	// Free text shown on the invoice.
	Description *string `json:"description,omitempty"`
	// What appears on the customer's bank statement, at most 64 characters.
	StatementDescriptor *string `json:"statement_descriptor,omitempty"`
	// Printed at the foot; what the customer's invoice_settings say when absent.
	Footer *string `json:"footer,omitempty"`
	// The period the invoice is for, in unix seconds.
	PeriodStart *int64 `json:"period_start,omitempty"`
	PeriodEnd   *int64 `json:"period_end,omitempty"`
	// Labelled lines shown on the invoice, at most 10; what the customer's invoice_settings say when absent.
	CustomFields *[]clientele.CustomField `json:"custom_fields,omitempty"`
	// As on a customer.
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

// LineParams are one line of an invoice.
type LineParams struct {
	// What it is, at most 1000 characters.
	Description string `json:"description,omitempty"`
	// How many, at least 1; 1 when absent.
	Quantity *int64 `json:"quantity,omitempty"`
	// What one costs, in the currency's smallest unit; negative for a discount, as long as the total is not.
	UnitAmount *clientele.Amount `json:"unit_amount"`
	// Tax on the whole line, in the currency's smallest unit; negative where a discount lowers it.
	TaxAmount *clientele.Amount `json:"tax_amount,omitempty"`
}

// CreateInvoice makes a draft, or an invoice that is finalized at once.
func (s *Service) CreateInvoice(ctx context.Context, call Call, p InvoiceParams) (store.Document, error) {
	if err := p.check(); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		a, err := s.openFor(tx, call, p.CustomerID)
		if err == nil {
			err = a.checkNotDeleted("customer_id")
		}
		if err != nil {
			return store.Document{}, err
		}
		currency, err := usableCurrency(tx, call.Livemode, p.CurrencyID)
		if err != nil {
			return store.Document{}, err
		}
		h, err := a.draft(currency, p.InvoiceContent)
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
func (a *account) draft(currency clientele.PaymentCurrency, content InvoiceContent) (*held, error) {
	seq, err := a.tx.NextSeq(store.KindInvoice, a.now)
	if err != nil {
		return nil, err
	}
	id, err := a.s.seqID("in_", seq)
	if err != nil {
		return nil, err
	}
	zero := clientele.Zero(currency.ID)
	h := &held{rec: store.Record{ID: id, Seq: seq}, Invoice: &clientele.Invoice{
		ID: id, Object: "invoice", Livemode: a.call.Livemode, Status: clientele.InvoiceDraft,
		CollectionMethod: "send_invoice", BillingReason: "manual", CurrencyID: currency.ID, CustomerID: a.customer.ID,
		Subtotal: zero, SubtotalExcludingTax: zero, Tax: zero, Total: zero, AmountDue: zero, AmountPaid: zero,
		AmountCredited: zero, AmountRemaining: zero, AmountWrittenOff: zero, PrePaymentCreditNotesAmount: zero,
		PostPaymentCreditNotesAmount: zero, AmountShipping: zero, StartingBalance: zero, EndingBalance: zero,
		CustomFields: []clientele.CustomField{}, DefaultPaymentMethodID: currency.PaymentMethodID,
		Metadata: clientele.Metadata{}, CreatedAt: clientele.At(a.now),
	}}
	if settings := a.customer.InvoiceSettings; settings != nil {
		h.Footer, h.CustomFields = settings.Footer, append(h.CustomFields, settings.CustomFields...)
	}
	if err := a.s.fill(a.tx, h.Invoice, content, a.now); err != nil {
		return nil, err
	}
	return h, a.saveAs(h, clientele.EventInvoiceCreated)
}

func (p InvoiceParams) check() error {
	var lines error
	if p.Lines == nil {
		lines = invalid("lines", "lines is required: an invoice has 1 to %d lines", maxLines)
	}
	return clientele.JoinInvalid(
		checkGiven("customer_id", p.CustomerID, "a customer's id or DID"),
		checkGiven("currency_id", p.CurrencyID, "a payment currency's id"), lines, p.InvoiceContent.check())
}

// checkGiven refuses a field that is empty.
func checkGiven(field, value, what string) error {
	if value == "" {
		return invalid(field, "%s is required: %s", field, what)
	}
	return nil
}

func (c InvoiceContent) check() error {
	var errs []error
	if c.Lines != nil && (len(c.Lines) == 0 || len(c.Lines) > maxLines) {
		errs = append(errs, invalid("lines", "an invoice has 1 to %d lines", maxLines))
	}
	for i, line := range c.Lines {
		errs = append(errs, line.check(fmt.Sprintf("lines[%d].", i)))
	}
	return clientele.JoinInvalid(append(errs,
		checkUnixTime("due_date", c.DueDate, 1), checkNumber("number", c.Number),
		checkUnixTime("effective_at", c.EffectiveAt, 0), checkText("description", c.Description, maxText),
		checkText("statement_descriptor", c.StatementDescriptor, maxStatement), checkText("footer", c.Footer, maxText),
		checkUnixTime("period_start", c.PeriodStart, 0), checkUnixTime("period_end", c.PeriodEnd, 0),
		checkCustomFields("custom_fields", c.CustomFields), checkMetadata(c.Metadata))...)
}

// checkUnixTime bounds a moment in unix seconds.
func checkUnixTime(field string, at *int64, least int64) error {
	if at != nil && (*at < least || *at > maxUnixTime) {
		return invalid(field, "%s is a moment in unix seconds, such as 1767225600 for 2026-01-01, from %d to %d", field,
			least,
			int64(maxUnixTime))
	}
	return nil
}

// checkText bounds a text that may be absent.
func checkText(field string, s *string, max int) error {
	if s == nil {
		return nil
	}
	return checkLength(field, *s, max)
}

// checkNumber refuses what cannot be the number of an invoice.
func checkNumber(field string, number *string) error {
	if number == nil || *number == "" {
		return nil
	}
	n := *number
	bad := strings.TrimSpace(n) != n || strings.HasPrefix(n, "in_") || strings.ContainsFunc(n, unicode.IsControl)
	if bad || utf8.RuneCountInString(n) > maxNumber {
		return invalid(field, "%s has 1 to %d printable characters, no space at its ends and not the form of an id", field,
			maxNumber)
	}
	return nil
}

func checkCustomFields(at string, fields *[]clientele.CustomField) error {
	if fields == nil {
		return nil
	}
	if len(*fields) > maxCustomFields {
		return invalid(at, "%s has at most %d entries", at, maxCustomFields)
	}
	var errs []error
	for i, f := range *fields {
		one := fmt.Sprintf("%s[%d].", at, i)
		errs = append(errs, checkLength(one+"name", f.Name, maxName), checkLength(one+"value", f.Value, maxName))
	}
	return clientele.JoinInvalid(errs...)
}

// check checks a line, which stands at a place like lines[0].
func (line LineParams) check(at string) error {
	errs := []error{checkLength(at+"description", line.Description, maxLineText)}
	if line.Quantity != nil && *line.Quantity < 1 {
		errs = append(errs, invalid(at+"quantity", "%squantity is at least 1", at))
	}
	if line.UnitAmount == nil {
		errs = append(errs,
			invalid(at+"unit_amount", "%sunit_amount is required: a string of digits in the smallest unit", at))
	}
	return clientele.JoinInvalid(append(errs,
		checkDigits(at+"unit_amount", line.UnitAmount), checkDigits(at+"tax_amount", line.TaxAmount))...)
}

// checkDigits bounds an amount that may be absent.
func checkDigits(field string, a *clientele.Amount) error {
	if a != nil && a.Digits() > clientele.MaxAmountDigits {
		return invalid(field, "%s has at most %d digits", field, clientele.MaxAmountDigits)
	}
	return nil
}

// fill writes what a request says onto a draft.
func (s *Service) fill(tx store.Tx, invoice *clientele.Invoice, c InvoiceContent, now time.Time) error {
	set(&invoice.DueDate, c.DueDate)
	set(&invoice.EffectiveAt, c.EffectiveAt)
	set(&invoice.Description, c.Description)
	set(&invoice.StatementDescriptor, c.StatementDescriptor)
	set(&invoice.Footer, c.Footer)
	set(&invoice.PeriodStart, c.PeriodStart)
	set(&invoice.PeriodEnd, c.PeriodEnd)
	set(&invoice.CustomFields, c.CustomFields)
	if invoice.PeriodEnd < invoice.PeriodStart {
		return invalid("period_end", "period_end is not before period_start")
	}
	if err := fillMetadata(&invoice.Metadata, c.Metadata); err != nil {
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

// checkFree refuses a number that another invoice has, or will get as the next of another customer's.
func checkFree(tx store.Tx, invoice *clientele.Invoice, number string) error {
	rec, taken, err := tx.InvoiceByNumber(invoice.Livemode, number)
	if err != nil || number == "" {
		return err
	}
	if taken {
		return clientele.Errorf(clientele.ErrorCodeConflict, "number", "the invoice %s has the number %s", rec.ID, number)
	}
	prefix, _, isOwn := splitNumber(number)
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
func (s *Service) setLines(invoice *clientele.Invoice, lines []LineParams, now time.Time) (err error) {
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
		subtotal, tax = plus(subtotal, line.Amount), plus(tax, line.TaxAmount)
		if plus(subtotal, tax).Digits() > clientele.MaxAmountDigits {
			at := fmt.Sprintf("lines[%d].unit_amount", i)
			return invalid(at, "the lines come to more than %d digits", clientele.MaxAmountDigits)
		}
		invoice.Lines = append(invoice.Lines, line)
	}
	invoice.Subtotal, invoice.SubtotalExcludingTax, invoice.Tax = subtotal, subtotal, tax
	invoice.Total = plus(subtotal, tax)
	if invoice.Total.Sign() < 0 {
		return invalid("lines", "the lines come to %s; an invoice asks for 0 or more", invoice.Total)
	}
	invoice.AmountDue, invoice.AmountRemaining = invoice.Total, invoice.Total
	return nil
}

// UpdateInvoice changes what is sent of a draft. Of a finalized invoice only metadata can be changed.
func (s *Service) UpdateInvoice(ctx context.Context, call Call, id string, c InvoiceContent) (store.Document, error) {
	if err := c.check(); err != nil {
		return store.Document{}, err
	}
	return s.changeInvoice(ctx, call, id, func(tx store.Tx, h *held) error {
		if h.Status != clientele.InvoiceDraft {
			only := InvoiceContent{Metadata: c.Metadata}
			if !reflect.DeepEqual(only, c) {
				return clientele.Errorf(clientele.ErrorCodeConflict, "status",
					"the invoice is %s; only the metadata of a finalized invoice can be changed", h.Status)
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
		var err error
		h.rec, err = s.saveInvoice(tx, call, clientele.EventInvoiceUpdated, h.rec, h.Invoice)
		return err
	})
}

// DeleteInvoice deletes a draft.
func (s *Service) DeleteInvoice(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		h, err := holdInvoice(tx, call.Livemode, id)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(h.rec); err != nil {
			return store.Document{}, err
		}
		if h.Status != clientele.InvoiceDraft {
			return store.Document{}, clientele.Errorf(clientele.ErrorCodeConflict, "status",
				"the invoice is %s; only a draft can be deleted: void it, or issue a credit note", h.Status)
		}
		if err := tx.DeleteInvoice(h.rec, h.Invoice); err != nil {
			return store.Document{}, err
		}
		err = s.record(tx, call, clientele.EventInvoiceDeleted, changed{
			id: h.ID, version: h.rec.Version + 1, before: h.rec.JSON,
		})
		if err != nil {
			return store.Document{}, err
		}
		gone, err := encodeObject(clientele.Deleted{ID: h.ID, Object: "invoice", Deleted: true})
		return store.Document{JSON: gone}, err
	})
}

// changeInvoice finds an invoice and answers what fn makes of it.
func (s *Service) changeInvoice(
	ctx context.Context, call Call, id string, fn func(store.Tx, *held) error,
) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		h, err := holdInvoice(tx, call.Livemode, id)
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

func invoiceDocument(h *held, created bool) store.Document {
	return store.Document{JSON: h.rec.JSON, Of: store.TypeInvoice, ID: h.ID, Version: h.rec.Version, Created: created}
}

// Invoice answers an invoice, by id or printed number, expanded with its customer, currency and payment method.
func (s *Service) Invoice(ctx context.Context, live bool, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findInvoice(tx, live, id)
		if err != nil {
			return err
		}
		docs, err := expandReferring(tx, live, [][]byte{rec.JSON})
		if err != nil {
			return err
		}
		doc = store.Document{JSON: docs[0], Version: rec.Version}
		return nil
	})
	return doc, err
}

// findInvoice finds an invoice by id or printed number.
func findInvoice(tx store.Tx, live bool, ref string) (store.Record, error) {
	rec, found, err := tx.Invoice(live, ref)
	if err == nil && !found {
		rec, found, err = tx.InvoiceByNumber(live, ref)
	}
	if err == nil && !found {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no invoice %q in this mode", ref)
	}
	return rec, err
}

// ListInvoices answers a page of invoices, expanded if asked for, and the exact count of all that match. customer,
// unless empty, is an id or DID; an unknown one has no invoices.
func (s *Service) ListInvoices(
	ctx context.Context, customer string, f store.InvoiceFilter, expand bool,
) (docs [][]byte, count int64, err error) {
	err = s.scanOf(ctx, f.Livemode, customer, func(tx store.Tx, id string) error {
		f.CustomerID = id
		if docs, count, err = tx.ListInvoices(f); err == nil && expand {
			docs, err = expandReferring(tx, f.Livemode, docs)
		}
		return err
	})
	return docs, count, err
}

// SearchInvoices answers a page of the invoices in which every word of a query occurs, newest first, expanded if asked
// for, and their exact count.
func (s *Service) SearchInvoices(
	ctx context.Context, live bool, query string, limit, offset int64, expand bool,
) (docs [][]byte, count int64, err error) {
	terms, err := invoiceTerms(query)
	if err != nil {
		return nil, 0, err
	}
	err = s.scanStore(ctx, func(tx store.Tx) error {
		docs, count, err = tx.SearchInvoices(store.InvoiceSearch{
			Livemode: live, Terms: terms, Limit: limit, Offset: offset,
		})
		if err == nil && expand {
			docs, err = expandReferring(tx, live, docs)
		}
		return err
	})
	return docs, count, err
}

// scanOf is Scan for what may be restricted to one customer: fn gets the id of the one that is named, or "". An unknown
// one has nothing: fn is not called.
func (s *Service) scanOf(ctx context.Context, live bool, customer string, fn func(tx store.Tx, id string) error) error {
	return s.scanStore(ctx, func(tx store.Tx) error {
		if customer == "" {
			return fn(tx, "")
		}
		rec, err := findCustomerOrDeleted(tx, live, customer)
		if isCode(err, clientele.ErrorCodeNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return fn(tx, rec.ID)
	})
}

// saveInvoice writes an invoice's next version and the event that says what happened to it.
func (s *Service) saveInvoice(
	tx store.Tx, call Call, event string, rec store.Record, invoice *clientele.Invoice,
) (store.Record, error) {
	old := rec.JSON
	doc, err := encodeObject(invoice)
	if err != nil {
		return rec, err
	}
	rec.JSON = doc
	rec.Version++
	if err := tx.SaveInvoice(rec, invoice); err != nil {
		return rec, err
	}
	return rec, s.record(tx, call, event, changed{
		id: invoice.ID, version: rec.Version, before: old, after: doc,
	})
}

func usableCurrency(tx store.Tx, live bool, id string) (clientele.PaymentCurrency, error) {
	currency, found, err := tx.PaymentCurrency(live, id)
	if err == nil && (!found || !currency.Active) {
		err = invalid("currency_id", "no active payment currency %q in this mode", id)
	}
	return currency, err
}
