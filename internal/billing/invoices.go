package billing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// Limits of an invoice.
const (
	maxLines     = 250
	maxLineText  = 1000
	maxUnixTime  = 253402300799 // 9999-12-31T23:59:59Z
	maxStatement = 64
)

// InvoiceParams are what a request says about a new invoice.
type InvoiceParams struct {
	// Whom to invoice: an id or a DID.
	CustomerID string `json:"customer_id"`
	// The currency of every amount.
	CurrencyID string `json:"currency_id"`
	// What to charge for, 1 to 250 lines.
	Lines []LineParams `json:"lines"`
	// When payment is due, in unix seconds.
	DueDate *int64 `json:"due_date,omitempty"`
	// Free text shown on the invoice.
	Description string `json:"description,omitempty"`
	// What appears on the customer's bank statement, at most 64 characters.
	StatementDescriptor string `json:"statement_descriptor,omitempty"`
	// Printed at the foot.
	Footer string `json:"footer,omitempty"`
	// The period the invoice is for, in unix seconds.
	PeriodStart int64 `json:"period_start,omitempty"`
	PeriodEnd   int64 `json:"period_end,omitempty"`
	// As on a customer.
	Metadata jsontext.Value `json:"metadata,omitempty"`
}

// LineParams are one line of a new invoice.
type LineParams struct {
	// What it is, at most 1000 characters.
	Description string `json:"description,omitempty"`
	// How many, at least 1; 1 when absent.
	Quantity *int64 `json:"quantity,omitempty"`
	// What one costs, in the currency's smallest unit.
	UnitAmount *clientele.Amount `json:"unit_amount"`
}

// CreateInvoice makes a draft.
func (s *Service) CreateInvoice(ctx context.Context, call Call, p InvoiceParams) (Document, error) {
	if err := p.check(); err != nil {
		return Document{}, err
	}
	return s.create(ctx, call, func(tx Tx) (Document, error) {
		_, c, err := load(tx, call.Livemode, p.CustomerID)
		if err != nil {
			if isCode(err, clientele.NotFound) || isCode(err, clientele.Invalid) {
				err = invalid("customer_id", "no customer %q in this mode", p.CustomerID)
			}
			return Document{}, err
		}
		currency, err := usableCurrency(tx, call.Livemode, p.CurrencyID)
		if err != nil {
			return Document{}, err
		}
		now := s.now()
		seq, err := tx.NextSeq(KindInvoice, now)
		if err != nil {
			return Document{}, err
		}
		invoice, err := s.draft(now, seq, p, c, currency)
		if err != nil {
			return Document{}, err
		}
		rec, err := s.saveInvoice(tx, call, clientele.EventInvoiceCreated, Record{ID: invoice.ID, Seq: seq}, invoice)
		return Document{JSON: rec.JSON, Version: rec.Version, Created: true}, err
	})
}

func (p InvoiceParams) check() error {
	switch {
	case p.CustomerID == "":
		return invalid("customer_id", "customer_id is required: a customer's id or DID")
	case p.CurrencyID == "":
		return invalid("currency_id", "currency_id is required: a payment currency's id")
	case len(p.Lines) == 0 || len(p.Lines) > maxLines:
		return invalid("lines", "an invoice has 1 to %d lines", maxLines)
	case p.DueDate != nil && (*p.DueDate <= 0 || *p.DueDate > maxUnixTime):
		return invalid("due_date", "due_date is a moment in unix seconds")
	case p.PeriodStart < 0 || p.PeriodStart > maxUnixTime:
		return invalid("period_start", "period_start is a moment in unix seconds")
	case p.PeriodEnd < p.PeriodStart || p.PeriodEnd > maxUnixTime:
		return invalid("period_end", "period_end is a moment in unix seconds, not before period_start")
	}
	for field, t := range map[string]struct {
		text string
		max  int
	}{
		"description": {p.Description, maxText}, "footer": {p.Footer, maxText},
		"statement_descriptor": {p.StatementDescriptor, maxStatement},
	} {
		if err := checkLength(field, t.text, t.max); err != nil {
			return err
		}
	}
	for i, line := range p.Lines {
		at := fmt.Sprintf("lines[%d].", i)
		if err := checkLength(at+"description", line.Description, maxLineText); err != nil {
			return err
		}
		switch {
		case line.UnitAmount == nil:
			return invalid(at+"unit_amount", "%sunit_amount is required: a string of digits in the smallest unit", at)
		case line.Quantity != nil && *line.Quantity < 1:
			return invalid(at+"quantity", "%squantity is at least 1", at)
		case line.UnitAmount.Digits() > clientele.MaxAmountDigits:
			return invalid(at+"unit_amount", "%sunit_amount has at most %d digits", at, clientele.MaxAmountDigits)
		case line.UnitAmount.Sign() < 0:
			return invalid(at+"unit_amount", "%sunit_amount is not negative", at)
		}
	}
	return nil
}

func (s *Service) draft(
	now time.Time, seq int64, p InvoiceParams, c *clientele.Customer, currency clientele.PaymentCurrency,
) (*clientele.Invoice, error) {
	id, err := s.seqID("in_", seq)
	if err != nil {
		return nil, err
	}
	zero := clientele.Zero(currency.ID)
	invoice := &clientele.Invoice{
		ID: id, Object: "invoice", Livemode: c.Livemode, Description: p.Description,
		StatementDescriptor: p.StatementDescriptor, PeriodStart: p.PeriodStart, PeriodEnd: p.PeriodEnd,
		Status: clientele.InvoiceDraft, CollectionMethod: "send_invoice", BillingReason: "manual",
		CurrencyID: currency.ID, CustomerID: c.ID, Tax: zero, AmountPaid: zero, AmountShipping: zero,
		StartingBalance: zero, EndingBalance: zero, CustomFields: []clientele.CustomField{}, Footer: p.Footer,
		DefaultPaymentMethodID: currency.PaymentMethodID, Metadata: clientele.Metadata{},
		CreatedAt: clientele.At(now), UpdatedAt: clientele.At(now),
	}
	if p.DueDate != nil {
		invoice.DueDate = *p.DueDate
	}
	if p.Metadata != nil {
		merge, err := parseMetadata(p.Metadata)
		if err != nil {
			return nil, err
		}
		if err := merge(&invoice.Metadata); err != nil {
			return nil, err
		}
	}
	return invoice, s.addLines(invoice, p.Lines)
}

// addLines writes the lines and adds them up.
func (s *Service) addLines(invoice *clientele.Invoice, lines []LineParams) (err error) {
	total := clientele.Zero(invoice.CurrencyID)
	for i, p := range lines {
		line := clientele.InvoiceLine{
			Object: "invoice_item", Livemode: invoice.Livemode, Quantity: 1, UnitAmount: p.UnitAmount.In(invoice.CurrencyID),
			Description: p.Description, CurrencyID: invoice.CurrencyID, CustomerID: invoice.CustomerID, InvoiceID: invoice.ID,
		}
		if p.Quantity != nil {
			line.Quantity = *p.Quantity
		}
		line.Amount = line.UnitAmount.Times(line.Quantity)
		if line.ID, err = s.newID("ii_", invoice.CreatedAt.Time); err != nil {
			return err
		}
		if total, err = total.Add(line.Amount); err != nil {
			return err
		}
		if total.Digits() > clientele.MaxAmountDigits {
			at := fmt.Sprintf("lines[%d].unit_amount", i)
			return invalid(at, "the lines come to more than %d digits", clientele.MaxAmountDigits)
		}
		invoice.Lines = append(invoice.Lines, line)
	}
	invoice.Subtotal, invoice.SubtotalExcludingTax, invoice.Total = total, total, total
	invoice.AmountDue, invoice.AmountRemaining = total, total
	return nil
}

// Invoice answers an invoice expanded with its customer, currency and payment method.
func (s *Service) Invoice(ctx context.Context, live bool, id string) (doc Document, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		rec, found, err := tx.Invoice(live, id)
		if err != nil {
			return err
		}
		if !found {
			return invoiceNotFound(id)
		}
		doc, err = expandInvoice(tx, live, rec)
		return err
	})
	return doc, err
}

// expandInvoice adds to an invoice the objects it refers to.
func expandInvoice(tx Tx, live bool, rec Record) (Document, error) {
	var invoice clientele.Invoice
	if err := json.Unmarshal(rec.JSON, &invoice); err != nil {
		return Document{}, err
	}
	customer, found, err := tx.Customer(live, Ref{ID: invoice.CustomerID})
	if err == nil && !found {
		customer, _, err = tx.DeletedCustomer(live, invoice.CustomerID)
	}
	if err != nil {
		return Document{}, err
	}
	sums, err := summary(tx, live, []clientele.Invoice{invoice})
	if err != nil {
		return Document{}, err
	}
	currency, err := encode(sums[invoice.CurrencyID].Currency)
	if err != nil {
		return Document{}, err
	}
	method, err := encode(sums[invoice.CurrencyID].Method)
	if err != nil {
		return Document{}, err
	}
	b := slices.Concat(rec.JSON[:len(rec.JSON)-1], []byte(`,"customer":`), customer.JSON,
		[]byte(`,"paymentCurrency":`), currency, []byte(`,"paymentMethod":`), method, []byte("}"))
	return Document{JSON: b, Version: rec.Version}, nil
}

// ListInvoices answers a page of invoices and the exact count of all that match. customer, unless empty, is an id or
// DID; an unknown one has no invoices.
func (s *Service) ListInvoices(
	ctx context.Context, customer string, f InvoiceFilter,
) (docs [][]byte, count int64, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		if customer != "" {
			rec, err := find(tx, f.Livemode, customer)
			if isCode(err, clientele.NotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			f.CustomerID = rec.ID
		}
		docs, count, err = tx.ListInvoices(f)
		return err
	})
	return docs, count, err
}

// FinalizeInvoice opens a draft: it gets its number and keeps the customer as printed on it from then on.
func (s *Service) FinalizeInvoice(ctx context.Context, call Call, id string) (Document, error) {
	return s.transition(ctx, call, id, clientele.EventInvoiceFinalized, clientele.InvoiceOpen,
		[]clientele.InvoiceStatus{clientele.InvoiceDraft},
		func(tx Tx, invoice *clientele.Invoice, now int64) error {
			rec, before, err := load(tx, call.Livemode, invoice.CustomerID)
			if isCode(err, clientele.NotFound) {
				return clientele.Errorf(clientele.Conflict, "customer_id",
					"the invoice's customer is deleted; restore it first")
			}
			if err != nil {
				return err
			}
			after := *before
			invoice.Number = fmt.Sprintf("%s-%04d", after.InvoicePrefix, after.NextInvoiceSequence)
			after.NextInvoiceSequence++
			invoice.CustomerName, invoice.CustomerEmail, invoice.CustomerPhone = after.Name, after.Email, after.Phone
			if after.Address != (clientele.Address{}) {
				invoice.CustomerAddress = &after.Address
			}
			if invoice.DueDate == 0 {
				invoice.DueDate = now
			}
			invoice.EffectiveAt, invoice.StatusTransitions.FinalizedAt = now, now
			_, err = s.replace(tx, call, rec, before, &after)
			return err
		})
}

// PayInvoice records that an invoice was paid in whole, outside Clientele.
func (s *Service) PayInvoice(ctx context.Context, call Call, id string) (Document, error) {
	return s.transition(ctx, call, id, clientele.EventInvoicePaid, clientele.InvoicePaid,
		[]clientele.InvoiceStatus{clientele.InvoiceOpen, clientele.InvoiceUncollectible},
		func(_ Tx, invoice *clientele.Invoice, now int64) error {
			invoice.Paid, invoice.PaidOutOfBand = true, true
			invoice.AmountPaid, invoice.AmountRemaining = invoice.AmountDue, clientele.Zero(invoice.CurrencyID)
			invoice.StatusTransitions.PaidAt = now
			return nil
		})
}

// VoidInvoice takes an invoice back: it keeps its number, and nothing is owed on it.
func (s *Service) VoidInvoice(ctx context.Context, call Call, id string) (Document, error) {
	return s.transition(ctx, call, id, clientele.EventInvoiceVoided, clientele.InvoiceVoid,
		[]clientele.InvoiceStatus{clientele.InvoiceOpen, clientele.InvoiceUncollectible},
		func(_ Tx, invoice *clientele.Invoice, now int64) error {
			invoice.AmountRemaining = clientele.Zero(invoice.CurrencyID)
			invoice.StatusTransitions.VoidedAt = now
			return nil
		})
}

// MarkInvoiceUncollectible gives an open invoice up: it counts as overdue from then on.
func (s *Service) MarkInvoiceUncollectible(ctx context.Context, call Call, id string) (Document, error) {
	return s.transition(ctx, call, id, clientele.EventInvoiceMarkedUncollectible, clientele.InvoiceUncollectible,
		[]clientele.InvoiceStatus{clientele.InvoiceOpen},
		func(_ Tx, invoice *clientele.Invoice, now int64) error {
			invoice.StatusTransitions.MarkedUncollectibleAt = now
			return nil
		})
}

// transition moves an invoice to a state from one of those it may come from.
func (s *Service) transition(
	ctx context.Context, call Call, id, event string, to clientele.InvoiceStatus, from []clientele.InvoiceStatus,
	fill func(tx Tx, invoice *clientele.Invoice, now int64) error,
) (Document, error) {
	return s.change(ctx, call, func(tx Tx) (Document, error) {
		rec, found, err := tx.Invoice(call.Livemode, id)
		if err != nil {
			return Document{}, err
		}
		if !found {
			return Document{}, invoiceNotFound(id)
		}
		if err := call.checkVersion(rec); err != nil {
			return Document{}, err
		}
		var invoice clientele.Invoice
		if err := json.Unmarshal(rec.JSON, &invoice); err != nil {
			return Document{}, err
		}
		if !slices.Contains(from, invoice.Status) {
			return Document{}, clientele.Errorf(clientele.Conflict, "status",
				"the invoice cannot go from %s to %s; only from %s", invoice.Status, to, oneOf(from))
		}
		now := s.now()
		if err := fill(tx, &invoice, now.Unix()); err != nil {
			return Document{}, err
		}
		invoice.Status, invoice.UpdatedAt = to, clientele.At(now)
		if rec, err = s.saveInvoice(tx, call, event, rec, &invoice); err != nil {
			return Document{}, err
		}
		return Document{JSON: rec.JSON, Version: rec.Version}, s.refreshDelinquent(tx, call, invoice.CustomerID)
	})
}

// oneOf lists states: open or uncollectible.
func oneOf(states []clientele.InvoiceStatus) string {
	var names []string
	for _, state := range states {
		names = append(names, string(state))
	}
	return strings.Join(names, " or ")
}

// saveInvoice writes an invoice's next version and the event that says what happened to it.
func (s *Service) saveInvoice(tx Tx, call Call, event string, rec Record, invoice *clientele.Invoice) (Record, error) {
	old := rec.JSON
	doc, err := encode(invoice)
	if err != nil {
		return rec, err
	}
	rec.JSON = doc
	rec.Version++
	if err := tx.SaveInvoice(rec, invoice); err != nil {
		return rec, err
	}
	return rec, s.record(tx, call, event, eventObject{
		kind: "invoice", id: invoice.ID, version: rec.Version, before: old, json: doc,
	})
}

func usableCurrency(tx Tx, live bool, id string) (clientele.PaymentCurrency, error) {
	currencies, err := tx.PaymentCurrencies(live)
	if err != nil {
		return clientele.PaymentCurrency{}, err
	}
	for _, c := range currencies {
		if c.ID == id && c.Active {
			return c, nil
		}
	}
	return clientele.PaymentCurrency{}, invalid("currency_id", "no active payment currency %q in this mode", id)
}

func invoiceNotFound(id string) error {
	return clientele.Errorf(clientele.NotFound, "id", "no invoice %q in this mode", id)
}
