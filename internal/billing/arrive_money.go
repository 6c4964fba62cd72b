package billing

import (
	"cmp"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// currencyOf is a currency of the mode, which need not be active.
func (a *arrival) currencyOf(id string) (clientele.PaymentCurrency, error) {
	c, found, err := a.account.tx.PaymentCurrency(a.account.call.Livemode, id)
	if err == nil && (!found || id == "") {
		err = check.Invalid("currency_id", "no payment currency %q in this mode", id)
	}
	return c, err
}

// isHere says whether an object is here already, which must be the same customer's and of the same amount.
func (a *arrival) isHere(k *store.Kind, object, id string, amount clientele.Amount, field string) (bool, error) {
	if id == "" {
		return false, check.Invalid("id", "id is required")
	}
	rec, found, err := a.account.tx.Get(k, a.account.call.Livemode, id)
	if err != nil || !found {
		return false, err
	}
	var is struct {
		CustomerID string           `json:"customer_id"`
		CurrencyID string           `json:"currency_id"`
		Amount     clientele.Amount `json:"amount"`
		Total      clientele.Amount `json:"total"`
	}
	if err := json.Unmarshal(rec.JSON, &is); err != nil {
		return false, err
	}
	was := is.Amount
	if field == "total" {
		was = is.Total
	}
	switch {
	case is.CustomerID != a.account.customer.ID:
		return false, conflict("id", "there is a %s %s of the customer %s", object, id, is.CustomerID)
	case is.CurrencyID != amount.Currency() || !was.In(is.CurrencyID).Equal(amount):
		return false, conflict(field, "there is a %s %s already, over %s", object, id, was.In(is.CurrencyID))
	}
	a.told(object, id, OutcomeEqual)
	return true, nil
}

// takeInvoice makes an invoice, finalized unless it is a draft, and pays it with what is there already.
func (a *arrival) takeInvoice(in *ArrivingInvoice) error {
	currency, err := a.currencyOf(in.CurrencyID)
	if err != nil {
		return err
	}
	err = checkNewInvoice(clientele.InvoiceParams{
		CustomerID: a.account.customer.ID, CurrencyID: currency.ID, InvoiceContent: in.Content,
	})
	if err != nil {
		return err
	}
	id, err := a.invoiceID(in)
	if err != nil {
		return err
	}
	here, err := a.isHere(store.Invoices.Kind, "invoice", id, totalOf(in), "total")
	if err != nil {
		return err
	}
	if here {
		h, err := loadInvoice(a.account.tx, a.account.call.Livemode, id)
		a.invoices[in.ID] = h
		return err
	}
	finalized := a.account.now
	a.account.now, a.account.nextID = in.CreatedAt, in.ID
	h, err := a.account.draft(currency, in.Content, clientele.BillingReasonManual)
	if err != nil {
		return err
	}
	h.arriving = in
	for i, id := range in.LineIDs {
		if id != "" {
			h.Lines[i].ID = id
		}
	}
	a.told("invoice", in.ID, OutcomeNew)
	if in.Status == clientele.InvoiceDraft {
		return a.account.saveAs(h, clientele.EventInvoiceUpdated)
	}
	h.CustomerName, h.CustomerEmail, h.CustomerPhone, h.CustomerAddress = in.Name, in.Email, in.Phone, in.Address
	a.account.now = finalized
	if err := a.account.finalize(h); err != nil {
		return err
	}
	a.invoices[in.ID] = h
	if in.Noted.Sign() > 0 {
		noted := in.Noted.In(h.CurrencyID)
		if _, err := a.account.creditNote(h, clientele.CreditNoteParams{Amount: &noted}); err != nil {
			return err
		}
	}
	if err := a.payWithCredit(h, in); err != nil {
		return err
	}
	for _, pay := range a.waiting[in.ID] {
		if err := a.allocate(pay, h); err != nil {
			return err
		}
	}
	return nil
}

// invoiceID is the id of an invoice, or of the one with its number that is here.
func (a *arrival) invoiceID(in *ArrivingInvoice) (string, error) {
	if !in.Numbered || in.Content.Number == nil {
		return in.ID, nil
	}
	rec, found, err := a.account.tx.InvoiceByNumber(a.account.call.Livemode, *in.Content.Number)
	if !found {
		return in.ID, err
	}
	return rec.ID, err
}

// totalOf is what the lines of an invoice come to.
func totalOf(in *ArrivingInvoice) clientele.Amount {
	sum := clientele.Zero(in.CurrencyID)
	for _, line := range in.Content.Lines {
		n := int64(1)
		set(&n, line.Quantity)
		ledger.AddTo(&sum, line.UnitAmount.In(in.CurrencyID).Times(n))
		if line.TaxAmount != nil {
			ledger.AddTo(&sum, line.TaxAmount.In(in.CurrencyID))
		}
	}
	return sum
}

// payWithCredit pays an invoice with the credit that paid a part of it elsewhere. What the customer has not, it brings.
func (a *arrival) payWithCredit(h *invoice, in *ArrivingInvoice) error {
	if in.Credited.Sign() <= 0 {
		return nil
	}
	part := ledger.Least(in.Credited.In(h.CurrencyID), h.AmountRemaining)
	missing := part
	if len(a.in.Credits) > 0 {
		missing = ledger.Minus(part, ledger.Least(part, a.account.credit(h.CurrencyID)))
	}
	if missing.Sign() > 0 {
		if err := a.giveCredit(missing, h.Date); err != nil {
			return err
		}
	}
	if _, err := a.account.useCredit(h, part, clientele.BalanceTransaction{Date: h.Date}); err != nil {
		return err
	}
	return a.account.save(h)
}

// takeCredit gives the customer credit on its day, or takes it.
func (a *arrival) takeCredit(in *ArrivingCredit) error {
	currency, err := a.currencyOf(in.CurrencyID)
	if err != nil {
		return err
	}
	if err := check.Length("description", in.Description, check.MaxText); err != nil {
		return err
	}
	_, err = a.account.post(clientele.BalanceTransaction{
		CurrencyID: currency.ID, Reason: clientele.ReasonAdjustment, Amount: in.Amount.In(currency.ID),
		Date: a.account.given, Description: cmp.Or(in.Description, "Credit brought from elsewhere"),
	})
	if err == nil {
		a.told("credit", in.ID, OutcomeNew)
	}
	return err
}

// giveCredit gives the customer credit that it had elsewhere.
func (a *arrival) giveCredit(amount clientele.Amount, day clientele.Day) error {
	_, err := a.account.post(clientele.BalanceTransaction{
		CurrencyID: amount.Currency(), Reason: clientele.ReasonAdjustment, Amount: amount, Date: day,
		Description: "Credit brought from elsewhere",
	})
	return err
}

// takePayment records money that came, and pays its invoice, if that is here already.
func (a *arrival) takePayment(in *ArrivingPayment) error {
	currency, err := a.currencyOf(in.CurrencyID)
	if err != nil {
		return err
	}
	amount := in.Amount.In(currency.ID)
	p := clientele.PaymentParams{
		CustomerID: a.account.customer.ID, CurrencyID: currency.ID, Amount: &amount, Receipt: in.Receipt,
		Description: in.Description, Metadata: in.Metadata, InvoiceID: in.InvoiceID,
	}
	if err := checkPayment(p); err != nil {
		return err
	}
	if here, err := a.isHere(store.Payments.Kind, "payment", in.ID, amount, "amount"); here || err != nil {
		return err
	}
	received := a.account.now
	a.account.now, a.account.nextID = in.CreatedAt, in.ID
	pay, err := a.account.receive(currency, p)
	if err != nil {
		return err
	}
	pay.arriving, pay.PossibleDuplicate = in, ""
	if in.MethodID != "" {
		pay.PaymentMethodID = in.MethodID
	}
	a.account.now = received
	a.pays[in.ID] = pay
	a.told("payment", in.ID, OutcomeNew)
	if err := a.account.savePayment(pay, clientele.EventPaymentSucceeded); err != nil {
		return err
	}
	if in.Oldest {
		if err := a.account.allocateOldest(pay, pay.Amount); err != nil {
			return err
		}
		return a.account.savePayment(pay, clientele.EventPaymentUpdated)
	}
	if in.InvoiceID == "" {
		return nil
	}
	if h := a.invoices[in.InvoiceID]; h != nil {
		return a.allocate(pay, h)
	}
	for _, i := range a.in.Invoices {
		if i.ID == in.InvoiceID {
			a.waiting[in.InvoiceID] = append(a.waiting[in.InvoiceID], pay)
			return nil
		}
	}
	h, err := a.invoiceHere(in.InvoiceID)
	if err != nil {
		return err
	}
	return a.allocate(pay, h)
}

// invoiceHere finds an invoice of the customer that is here already by its id or its number.
func (a *arrival) invoiceHere(ref string) (*invoice, error) {
	mode := a.account.call.Livemode
	h, err := loadInvoice(a.account.tx, mode, ref)
	if isCode(err, clientele.ErrorCodeNotFound) {
		rec, found, e := a.account.tx.InvoiceByNumber(mode, ref)
		if err = e; found && err == nil {
			h, err = loadInvoice(a.account.tx, mode, rec.ID)
		}
		if !found && err == nil {
			h = nil
		}
	}
	if err == nil && (h == nil || h.CustomerID != a.account.customer.ID) {
		err = check.Invalid("invoice_id", "the customer has no invoice %q", ref)
	}
	return h, err
}

// allocate pays an invoice with what a payment has left.
func (a *arrival) allocate(pay *payment, h *invoice) error {
	part := ledger.Least(pay.AmountUnallocated, h.AmountRemaining)
	if h.CurrencyID != pay.CurrencyID || !payable(h) || part.Sign() <= 0 {
		return nil // it stays unapplied
	}
	given := a.account.given
	defer func() { a.account.given = given }()
	if err := a.account.payInvoice(pay, part, h); err != nil {
		return err
	}
	return a.account.savePayment(pay, clientele.EventPaymentUpdated)
}

// endInvoice voids an invoice, or marks it uncollectible.
func (a *arrival) endInvoice(in *ArrivingInvoice) error {
	h := a.invoices[in.ID]
	switch {
	case h.arriving == nil: // it is here already
		return nil
	case in.Status == clientele.InvoiceVoid: // what had paid it has that left again
		h.Paid, h.PaidOutOfBand = false, false
		return a.account.void(h)
	case !payable(h): // it was paid
		return nil
	}
	return a.account.markUncollectible(h)
}

// takeRefund records money that was sent back: of what its payment has left, or else of what had paid its invoice, by a
// credit note.
func (a *arrival) takeRefund(in *ArrivingRefund) error {
	currency, err := a.currencyOf(in.CurrencyID)
	if err != nil {
		return err
	}
	amount := in.Amount.In(currency.ID)
	err = clientele.JoinInvalid(check.Positive("amount", amount),
		checkRefund(clientele.RefundParams{Reason: in.Reason, Description: in.Description, Metadata: in.Metadata}))
	if err != nil {
		return err
	}
	if here, err := a.isHere(store.Refunds.Kind, "refund", in.ID, amount, "amount"); here || err != nil {
		return err
	}
	r := clientele.Refund{
		Amount: amount, CurrencyID: currency.ID, PaymentIntentID: in.PaymentID, Reason: in.Reason,
		PaymentMethodID: cmp.Or(in.MethodID, currency.PaymentMethodID), Description: in.Description,
		InvoiceID: in.InvoiceID, Metadata: clientele.Metadata{},
	}
	if err := check.FillMetadata(&r.Metadata, in.Metadata); err != nil {
		return err
	}
	pay, h, err := a.refundable(in)
	if err != nil {
		return err
	}
	if pay != nil && ledger.Minus(pay.AmountUnallocated, amount).Sign() >= 0 {
		r.Date, err = a.account.dateOff(amount, pay.Received(), "the payment",
			ledger.OfPayment(pay.ID, pay.AmountUnallocated))
		if err != nil {
			return err
		}
		pay.AmountUnallocated = ledger.Minus(pay.AmountUnallocated, amount)
		pay.AmountRefunded = ledger.Plus(pay.AmountRefunded, amount)
		return a.refund(in, r, pay)
	}
	if h == nil {
		return check.Invalid("payment_intent_id", "there is neither a payment with %s left nor an invoice that it is of",
			amount)
	}
	doc, err := a.account.creditNote(h, clientele.CreditNoteParams{Amount: &amount, Memo: in.Description})
	if err != nil {
		return err
	}
	var note clientele.CreditNote
	if err := json.Unmarshal(doc, &note); err != nil {
		return err
	}
	r.InvoiceID, r.CreditNoteID, r.Date = h.ID, note.ID, note.Date
	return a.refund(in, r, nil)
}

// refundable are the payment and the invoice that money was sent back of, of those of the customer; nil for none.
func (a *arrival) refundable(in *ArrivingRefund) (pay *payment, h *invoice, err error) {
	pay, h = a.pays[in.PaymentID], a.invoices[in.InvoiceID]
	if pay == nil && in.PaymentID != "" { // one that moved in before
		pay, err = loadPayment(a.account.tx, a.account.call.Livemode, in.PaymentID)
		if isCode(err, clientele.ErrorCodeNotFound) || err == nil && pay.CustomerID != a.account.customer.ID {
			pay, err = nil, nil
		}
	}
	if pay != nil && pay.Status == clientele.PaymentCanceled {
		pay = nil
	}
	if pay != nil && h == nil {
		h = a.invoices[pay.InvoiceID]
	}
	return pay, h, err
}

// refund records a refund of what a payment has left, or of the customer's credit.
func (a *arrival) refund(in *ArrivingRefund, r clientele.Refund, pay *payment) error {
	a.account.nextID = in.ID
	if _, _, err := a.account.refund(r, pay == nil); err != nil {
		return err
	}
	a.told("refund", in.ID, OutcomeNew)
	if pay == nil {
		return nil
	}
	return a.account.savePayment(pay, clientele.EventPaymentUpdated)
}

// bringCredit gives the customer the credit that it had in the end, less what it has here.
func (a *arrival) bringCredit() error {
	for _, id := range sortedKeys(a.in.Customer.Credit) {
		currency, err := a.currencyOf(id)
		if err != nil {
			return clientele.Errorf(clientele.ErrorCodeInvalid, "token_balance", "no payment currency %q in this mode", id)
		}
		amount := a.in.Customer.Credit[id].In(currency.ID)
		if amount.Sign() < 0 {
			return check.Invalid("token_balance", "a balance is not below 0, and that in %s is %s", currency.Symbol, amount)
		}
		missing := ledger.Minus(amount, a.account.credit(currency.ID))
		if missing.Sign() == 0 {
			continue
		}
		day := min(a.day(a.in.UpdatedAt), a.day(a.account.recorded))
		if missing.Sign() < 0 { // of a day when it was there
			left := ledger.OfCredit(a.account.credit(currency.ID))
			if day, err = a.account.firstDateOff(missing.Neg(), day, left); err != nil {
				return err
			}
		}
		if err := a.giveCredit(missing, day); err != nil {
			return err
		}
	}
	return nil
}
