package client

import (
	"context"
	"encoding/json"
	"iter"
	"strings"
	"time"

	"clientele.dev"
)

// Invoices are the invoices of the key's mode.
type Invoices struct{ c *Client }

// InvoiceParams says what a new invoice asks for.
type InvoiceParams struct {
	// Who is to pay: a customer's id or DID.
	CustomerID string `json:"customer_id"`
	// The currency of the lines.
	CurrencyID string `json:"currency_id"`
	// Free text shown on the invoice.
	Description string `json:"description,omitempty"`
	// When payment is due, to the second; zero means on receipt. The invoice is late from the day after.
	DueDate time.Time `json:"-"`
	// In place of DueDate: the day on which payment is due, where the business is.
	DueDay clientele.Day `json:"-"`
	// The printed number and date of issue of an invoice that was issued elsewhere.
	Number      string    `json:"number,omitempty"`
	EffectiveAt time.Time `json:"-"`
	// The period the invoice is for, to the second.
	PeriodStart time.Time `json:"-"`
	PeriodEnd   time.Time `json:"-"`
	// Labelled lines shown on the invoice; what the customer's invoice_settings say when nil.
	CustomFields *[]clientele.CustomField `json:"custom_fields,omitempty"`
	// What is charged for, 1 to 250 lines.
	Lines []LineParams `json:"lines"`
	// What appears on the customer's bank statement.
	StatementDescriptor string `json:"statement_descriptor,omitempty"`
	// Printed at the foot.
	Footer string `json:"footer,omitempty"`
	// As on a customer.
	Metadata map[string]any `json:"metadata,omitempty"`
	// Whether to finalize it at once.
	Finalize bool `json:"finalize,omitempty"`
}

// InvoiceUpdateParams says what to set on a draft. What is nil is not sent, and stays as it is. Of a finalized invoice
// only the metadata can be set.
type InvoiceUpdateParams struct {
	// What is charged for, replaced as a whole.
	Lines []LineParams `json:"lines,omitempty"`
	// When payment is due, in unix seconds.
	DueDate *int64 `json:"due_date,omitempty"`
	// The printed number and date of issue, in unix seconds, of an invoice that was issued elsewhere.
	Number      *string `json:"number,omitempty"`
	EffectiveAt *int64  `json:"effective_at,omitempty"`
	// The period the invoice is for, in unix seconds.
	PeriodStart *int64 `json:"period_start,omitempty"`
	PeriodEnd   *int64 `json:"period_end,omitempty"`
	// Free text shown on the invoice.
	Description *string `json:"description,omitempty"`
	// What appears on the customer's bank statement.
	StatementDescriptor *string `json:"statement_descriptor,omitempty"`
	// Printed at the foot.
	Footer *string `json:"footer,omitempty"`
	// Labelled lines shown on the invoice, replaced as a whole.
	CustomFields *[]clientele.CustomField `json:"custom_fields,omitempty"`
	// Merged key by key; nil deletes a key.
	Metadata map[string]any `json:"metadata,omitempty"`
}

// Receipt says how money came. The zero value says nothing of it.
type Receipt struct {
	// bank_transfer, cash, cheque, card, or any word of the business's own.
	Method string `json:"method,omitempty"`
	// What the payer or the bank calls it.
	Reference string `json:"reference,omitempty"`
	// When it came, in unix seconds; now when 0.
	ReceivedAt int64 `json:"received_at,omitempty"`
}

// LineParams is one thing an invoice charges for.
type LineParams struct {
	// What it is.
	Description string `json:"description"`
	// How many; 1 when 0.
	Quantity int64 `json:"quantity,omitempty"`
	// What one costs; negative for a discount.
	UnitAmount clientele.Amount `json:"unit_amount"`
	// Tax on the whole line.
	TaxAmount clientele.Amount `json:"tax_amount,omitzero"`
}

// MarshalJSON writes moments as the protocol does, in unix seconds.
func (p InvoiceParams) MarshalJSON() ([]byte, error) {
	type plain InvoiceParams
	return json.Marshal(struct {
		plain
		DueDate     any   `json:"due_date,omitempty"`
		EffectiveAt int64 `json:"effective_at,omitempty"`
		PeriodStart int64 `json:"period_start,omitempty"`
		PeriodEnd   int64 `json:"period_end,omitempty"`
	}{plain(p), due(p.DueDate, p.DueDay), unix(p.EffectiveAt), unix(p.PeriodStart), unix(p.PeriodEnd)})
}

// due is when payment is due, as the protocol has it; nil when it does not say.
func due(at time.Time, day clientele.Day) any {
	switch {
	case day != 0:
		return day
	case at.IsZero():
		return nil
	}
	return at.Unix()
}

// unix is a moment in unix seconds, or 0 when there is none.
func unix(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.Unix()
}

// InvoiceListParams says which invoices to list, which page of them, and in which order. The zero value is the first
// page of all, newest first.
type InvoiceListParams struct {
	// Which page, counting from 1, and how many a page holds: 20 unless told, at most 100.
	Page, PageSize int
	// The other way to page: at most Limit invoices after or before the one of an id.
	Limit                       int
	StartingAfter, EndingBefore string
	// Only those of a customer, by id or by DID.
	CustomerID, CustomerDID string
	// Only those in this currency.
	CurrencyID string
	// Leave out those over nothing.
	IgnoreZero bool
	// Only those in one of these states.
	Status []clientele.InvoiceStatus
	// Only those created, or due, within.
	CreatedAt, DueDate TimeRange
	// Only those whose metadata has all these values.
	Metadata map[string]string
	// What to sort by, such as "updated_at:ASC".
	Order []string
	// "none" leaves out the objects that each invoice refers to.
	Expand string
}

func (p InvoiceListParams) query() query {
	q := query{}
	q.number("page", p.Page)
	q.number("pageSize", p.PageSize)
	q.number("limit", p.Limit)
	q.text("starting_after", p.StartingAfter)
	q.text("ending_before", p.EndingBefore)
	q.text("customer_id", p.CustomerID)
	q.text("customer_did", p.CustomerDID)
	q.text("currency_id", p.CurrencyID)
	q.yes("ignore_zero", p.IgnoreZero)
	states := make([]string, len(p.Status))
	for i, status := range p.Status {
		states[i] = string(status)
	}
	q.text("status", strings.Join(states, ","))
	q.within("created_at", p.CreatedAt)
	q.within("due_date", p.DueDate)
	q.text("expand", p.Expand)
	q.metadata(p.Metadata)
	q.order(p.Order)
	return q
}

// Create writes a draft, or an invoice that is finalized at once.
//
//clientele:operation POST /api/invoices
func (s *Invoices) Create(ctx context.Context, p InvoiceParams, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices", body: p})
}

// Retrieve answers one invoice, by id or printed number, with its customer, currency and payment method.
//
//clientele:operation GET /api/invoices/{id}
func (s *Invoices) Retrieve(ctx context.Context, id string, opts ...CallOption) (*clientele.InvoiceExpanded, error) {
	return fetch[clientele.InvoiceExpanded](ctx, s.c, opts, request{route: "GET /api/invoices/{id}", ref: id})
}

// List answers one page of invoices, each with the objects it refers to, and how many there are in all.
//
//clientele:operation GET /api/invoices
func (s *Invoices) List(
	ctx context.Context, p InvoiceListParams, opts ...CallOption,
) (*clientele.Page[clientele.InvoiceExpanded], error) {
	return fetch[clientele.Page[clientele.InvoiceExpanded]](ctx, s.c, opts,
		request{route: "GET /api/invoices", query: p.query()})
}

// All walks every invoice of the list, 100 a request, without the objects each refers to. Of the paging parameters only
// StartingAfter counts. In an order other than that of creation these are numbered pages: an invoice that changes
// meanwhile may be met twice or missed. It ends after the first error.
//
//clientele:operation GET /api/invoices
func (s *Invoices) All(
	ctx context.Context, p InvoiceListParams, opts ...CallOption,
) iter.Seq2[clientele.Invoice, error] {
	p.Page, p.PageSize, p.Limit, p.EndingBefore, p.Expand = 0, 0, walkSize, "", "none"
	return walk(func(number int, last *clientele.Invoice) (*clientele.Page[clientele.Invoice], error) {
		p := p
		if last != nil {
			p.Page, p.StartingAfter = nextPage(p.Order, number, last.ID)
		}
		return fetch[clientele.Page[clientele.Invoice]](ctx, s.c, opts,
			request{route: "GET /api/invoices", query: p.query()})
	})
}

// Search answers one page of the invoices in which every word occurs, newest first, each with the objects it refers to,
// and how many there are in all.
//
//clientele:operation GET /api/invoices/search
func (s *Invoices) Search(
	ctx context.Context, p SearchParams, opts ...CallOption,
) (*clientele.Page[clientele.InvoiceExpanded], error) {
	return fetch[clientele.Page[clientele.InvoiceExpanded]](ctx, s.c, opts,
		request{route: "GET /api/invoices/search", query: p.query()})
}

// SearchAll walks every invoice found, 100 a request, without the objects each refers to. It ends after the first
// error.
//
//clientele:operation GET /api/invoices/search
func (s *Invoices) SearchAll(
	ctx context.Context, p SearchParams, opts ...CallOption,
) iter.Seq2[clientele.Invoice, error] {
	return walk(func(number int, _ *clientele.Invoice) (*clientele.Page[clientele.Invoice], error) {
		p.Page, p.PageSize, p.Expand = number, walkSize, "none"
		return fetch[clientele.Page[clientele.Invoice]](ctx, s.c, opts,
			request{route: "GET /api/invoices/search", query: p.query()})
	})
}

// Update sets what is given of a draft; of a finalized invoice, metadata.
//
//clientele:operation PUT /api/invoices/{id}
func (s *Invoices) Update(
	ctx context.Context, id string, p InvoiceUpdateParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "PUT /api/invoices/{id}", ref: id, body: p})
}

// Delete deletes a draft.
//
//clientele:operation DELETE /api/invoices/{id}
func (s *Invoices) Delete(ctx context.Context, id string, opts ...CallOption) (*clientele.Deleted, error) {
	return fetch[clientele.Deleted](ctx, s.c, opts, request{route: "DELETE /api/invoices/{id}", ref: id})
}

// Finalize opens a draft: it gets its number, and may be paid.
//
//clientele:operation POST /api/invoices/{id}/finalize
func (s *Invoices) Finalize(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/finalize", ref: id})
}

// Pay records a payment of all that is left to pay on an invoice.
//
//clientele:operation POST /api/invoices/{id}/pay
func (s *Invoices) Pay(ctx context.Context, id string, r Receipt, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/pay", ref: id, body: r})
}

// Void takes an invoice back: it keeps its number, and nothing is owed on it.
//
//clientele:operation POST /api/invoices/{id}/void
func (s *Invoices) Void(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/void", ref: id})
}

// WriteOffParams says how much of an invoice is written off as bad debt: all that is left to pay when Amount is nil.
type WriteOffParams struct {
	// How much, in the currency's smallest unit.
	Amount *clientele.Amount `json:"amount,omitempty"`
	// Free text.
	Reason string `json:"reason,omitempty"`
}

// WriteOff writes what is left to pay on an invoice, or a part of it, off as bad debt. What was paid stays.
//
//clientele:operation POST /api/invoices/{id}/write_off
func (s *Invoices) WriteOff(
	ctx context.Context, id string, p WriteOffParams, opts ...CallOption,
) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/write_off", ref: id, body: p})
}

// Reopen opens an uncollectible invoice again, and takes back what was written off of it as bad debt.
//
//clientele:operation POST /api/invoices/{id}/reopen
func (s *Invoices) Reopen(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/reopen", ref: id})
}

// MarkUncollectible gives an open invoice up, which makes it overdue and its customer delinquent.
//
//clientele:operation POST /api/invoices/{id}/mark_uncollectible
func (s *Invoices) MarkUncollectible(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/mark_uncollectible", ref: id})
}

// Hold keeps an open invoice from being marked uncollectible by itself until a moment, to the second: a promise to pay,
// a dispute.
//
//clientele:operation POST /api/invoices/{id}/hold
func (s *Invoices) Hold(
	ctx context.Context, id string, until time.Time, reason string, opts ...CallOption,
) (*clientele.Invoice, error) {
	body := clientele.InvoiceHold{Until: until.Unix(), Reason: reason}
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "POST /api/invoices/{id}/hold", ref: id, body: body})
}

// Release ends a hold.
//
//clientele:operation DELETE /api/invoices/{id}/hold
func (s *Invoices) Release(ctx context.Context, id string, opts ...CallOption) (*clientele.Invoice, error) {
	return fetch[clientele.Invoice](ctx, s.c, opts, request{route: "DELETE /api/invoices/{id}/hold", ref: id})
}

// HTML returns the invoice as a page to print.
//
//clientele:operation GET /api/invoices/{id}/page
func (s *Invoices) HTML(ctx context.Context, id string, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/invoices/{id}/page", ref: id})
}

// PDF returns the invoice as PDF.
//
//clientele:operation GET /api/invoices/{id}/pdf
func (s *Invoices) PDF(ctx context.Context, id string, opts ...CallOption) ([]byte, error) {
	return fetchFile(ctx, s.c, opts, request{route: "GET /api/invoices/{id}/pdf", ref: id})
}

// CreditNoteParams says what to take back of an invoice. The zero value is all that no other credit note has.
type CreditNoteParams struct {
	// How much.
	Amount clientele.Amount `json:"amount,omitzero"`
	// In place of Amount: what of which lines.
	Lines *[]CreditNoteLineParams `json:"lines,omitempty"`
	// Whether what had been paid is sent back, in place of becoming credit.
	Refund bool `json:"refund,omitempty"`
	// duplicate, fraudulent, order_change or product_unsatisfactory.
	Reason string `json:"reason,omitempty"`
	// Free text for the customer.
	Memo string `json:"memo,omitempty"`
	// As on a customer.
	Metadata map[string]any `json:"metadata,omitempty"`
}

// CreditNoteLineParams says what to take back of a line of an invoice; all that no other credit note has, when it says
// neither how many nor how much.
type CreditNoteLineParams struct {
	// The invoice's line.
	InvoiceLineID string `json:"invoice_line_id"`
	// How many of it, with their tax.
	Quantity int64 `json:"quantity,omitzero"`
	// In place of Quantity: how much of it, with tax.
	Amount clientele.Amount `json:"amount,omitzero"`
}

// Credit takes back a part of a finalized invoice, or the whole: first of what is left to pay, then of what was paid,
// which becomes the customer's credit or is sent back.
//
//clientele:operation POST /api/invoices/{id}/credit_notes
func (s *Invoices) Credit(
	ctx context.Context, id string, p CreditNoteParams, opts ...CallOption,
) (*clientele.CreditNote, error) {
	return fetch[clientele.CreditNote](ctx, s.c, opts,
		request{route: "POST /api/invoices/{id}/credit_notes", ref: id, body: p})
}
