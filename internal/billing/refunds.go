package billing

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Refunds is the part of [Service] about money that was sent back; [Payments.Refund], [Customers.MoveCredit] and
// [Invoices.Credit] record it.
type Refunds struct{ *core }

func checkRefund(p clientele.RefundParams) error {
	switch p.Reason {
	case "", "duplicate", "fraudulent", "requested_by_customer", "requested_by_admin":
	default:
		return check.Invalid("reason", "reason must be duplicate, fraudulent, requested_by_customer or requested_by_admin")
	}
	return clientele.JoinInvalid(checkPart(p.Amount), check.Length("description", p.Description, check.MaxText),
		check.Metadata(p.Metadata))
}

// Refund records that what a payment has left was sent back, or a part of it, and answers the refund.
func (s Payments) Refund(ctx context.Context, call Call, id string, p clientele.RefundParams) (store.Document, error) {
	if err := checkRefund(p); err != nil {
		return store.Document{}, err
	}
	return s.change(ctx, call, func(tx store.Tx) (doc store.Document, err error) {
		_, err = s.updatePayment(tx, call, id, clientele.EventPaymentUpdated, func(a *customerAccount, pay *payment) error {
			part, err := pay.some(p.Amount)
			if err != nil {
				return err
			}
			if err := a.dateFrom(p.Date); err != nil {
				return err
			}
			day, err := a.dateOff(part, pay.Received(), "the payment", ledger.OfPayment(pay.ID, pay.AmountUnallocated))
			if err != nil {
				return err
			}
			pay.AmountUnallocated, pay.AmountRefunded = ledger.Minus(pay.AmountUnallocated, part),
				ledger.Plus(pay.AmountRefunded, part)
			r := clientele.Refund{
				Amount: part, CurrencyID: pay.CurrencyID, PaymentIntentID: pay.ID, PaymentMethodID: pay.PaymentMethodID,
				Reason: p.Reason, Description: p.Description, Metadata: clientele.Metadata{}, Date: day,
			}
			if err := check.FillMetadata(&r.Metadata, p.Metadata); err != nil {
				return err
			}
			doc, _, err = a.refund(r, false)
			return err
		})
		return doc, err
	})
}

// refund records money that was sent back: of the customer's credit, or else of what its payment has left.
func (a *customerAccount) refund(
	r clientele.Refund, ofCredit bool,
) (doc store.Document, t clientele.BalanceTransaction, err error) {
	seq, err := a.tx.NextSeq(store.Refunds.Kind, a.now)
	if err != nil {
		return doc, t, err
	}
	if r.ID, err = a.newID(store.Refunds.Prefix, seq); err != nil {
		return doc, t, err
	}
	if ofCredit {
		r.Date, err = a.dateOff(r.Amount, r.Date, "the customer's credit", ledger.OfCredit(a.credit(r.CurrencyID)))
		if err != nil {
			return doc, t, err
		}
	}
	r.StartingBalance, r.StartingTokenBalance = a.credit(r.CurrencyID), a.credits()
	t = clientele.BalanceTransaction{
		CurrencyID: r.CurrencyID, Reason: clientele.ReasonRefund, CreditNoteID: r.CreditNoteID, RefundID: r.ID,
		Description: r.Description, Metadata: r.Metadata, Date: r.Date,
	}
	if ofCredit {
		t.Amount = r.Amount.Neg()
	} else {
		t.Unapplied, t.PaymentID = r.Amount.Neg(), r.PaymentIntentID
	}
	if t, err = a.post(t); err != nil {
		return doc, t, err
	}
	r.Object, r.Livemode, r.CustomerID, r.Status, r.Type = "refund", a.call.Livemode, a.customer.ID, "succeeded", "refund"
	r.AttemptCount, r.Attempted, r.LastAttemptError = 1, true, []byte("null")
	r.EndingBalance, r.EndingTokenBalance = a.credit(r.CurrencyID), a.credits()
	r.CreatedAt, r.UpdatedAt = clientele.At(a.now), clientele.At(a.now)
	doc = store.Document{ID: r.ID, Created: true}
	if doc.JSON, err = encodeObject(r); err != nil {
		return doc, t, err
	}
	rec := store.Record{ID: r.ID, Seq: seq, Version: 1, JSON: doc.JSON}
	if err := store.Refunds.Save(a.tx, rec, nil, &r); err != nil {
		return doc, t, err
	}
	return doc, t, a.s.record(a.tx, a.call, clientele.EventRefundCreated,
		changed{id: r.ID, customerID: r.CustomerID, version: 1, after: doc.JSON})
}

// Retrieve answers a refund, expanded with its customer, currency and payment method.
func (s Refunds) Retrieve(ctx context.Context, mode clientele.Mode, id string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, found, err := tx.Get(store.Refunds.Kind, mode, id)
		if err != nil {
			return err
		}
		if !found {
			return clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no refund %q in this mode", id)
		}
		docs, err := expandRefunds(tx, mode, [][]byte{rec.JSON})
		if err == nil {
			doc.JSON = docs[0]
		}
		return err
	})
	return doc, err
}

// List answers a page of refunds, expanded, and the exact count of all that match. customer, unless empty, is an id or
// DID; an unknown one has none.
func (s Refunds) List(
	ctx context.Context, customer string, q store.Query,
) (docs [][]byte, count int64, err error) {
	return s.list(ctx, store.Refunds.Kind, customer, q, expandRefunds)
}

// Search answers a page of the refunds that match a query, expanded, and the exact count of all that do.
func (s Refunds) Search(ctx context.Context, q Search) (docs [][]byte, count int64, err error) {
	return s.searchTexts(ctx, store.Refunds.Kind, q, expandRefunds)
}

// expandRefunds adds to refunds the objects that each refers to.
func expandRefunds(tx store.Tx, mode clientele.Mode, docs [][]byte) ([][]byte, error) {
	of := make([]struct {
		PaymentID string `json:"payment_intent_id"`
	}, len(docs))
	var ids []string
	for i, doc := range docs {
		if err := json.Unmarshal(doc, &of[i]); err != nil {
			return nil, err
		}
		if of[i].PaymentID != "" {
			ids = append(ids, of[i].PaymentID)
		}
	}
	expanded, err := expandReferring(tx, mode, docs)
	if err != nil || len(ids) == 0 {
		return expanded, err
	}
	payments, err := tx.GetAll(store.Payments.Kind, mode, ids)
	for i, doc := range expanded {
		if rec, found := payments[of[i].PaymentID]; found {
			expanded[i] = slices.Concat(doc[:len(doc)-1], []byte(`,"paymentIntent":`), rec.JSON, []byte("}"))
		}
	}
	return expanded, err
}
