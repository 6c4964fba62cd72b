package api_test

import (
	"fmt"
	"testing"
	"time"

	"clientele.dev"
)

func TestCreditNotesTakeLinesBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	c := s.post(t, `{"name":"Ada"}`)
	i := ok(p.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: c.ID, CurrencyID: usd, Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{
				{
					Description: "chairs", Quantity: new(int64(4)),
					UnitAmount: new(cents(250)), TaxAmount: new(cents(80)),
				},
				{
					Description: "delivery", Quantity: new(int64(1)),
					UnitAmount: new(cents(90)), TaxAmount: new(cents(7)),
				},
			},
		},
	}))(t)
	chairs, delivery := i.Lines[0].ID, i.Lines[1].ID
	credit := func(lines ...clientele.CreditNoteLineParams) *clientele.CreditNote {
		t.Helper()
		return ok(p.Invoices.Credit(ctx, i.ID, clientele.CreditNoteParams{Lines: &lines}))(t)
	}
	note := credit(clientele.CreditNoteLineParams{InvoiceLineID: chairs, Quantity: new(int64(1))},
		clientele.CreditNoteLineParams{InvoiceLineID: delivery, Amount: new(cents(30))})
	if note.Amount.String() != "300" || note.AmountOff.String() != "300" || len(note.Lines) != 2 ||
		note.Lines[0].Amount.String() != "270" || note.Lines[0].Description != "chairs" || note.Lines[0].Quantity != 1 {
		t.Errorf("the first note is %+v", note)
	}
	if got := credit(clientele.CreditNoteLineParams{InvoiceLineID: delivery}); got.Amount.String() != "67" {
		t.Errorf("the rest of the line is %s", got.Amount)
	}
	before := s.state(t)
	for _, test := range []struct {
		body, field string
		status      int
	}{
		{`{"lines":[]}`, "lines", 400},
		{`{"lines":[{}]}`, "lines[0].invoice_line_id", 400},
		{`{"lines":[{"invoice_line_id":"ii_x"}]}`, "lines[0].invoice_line_id", 400},
		{`{"lines":[{"invoice_line_id":"` + chairs + `","quantity":4}]}`, "lines[0].quantity", 409},
		{`{"lines":[{"invoice_line_id":"` + chairs + `","quantity":0}]}`, "lines[0].quantity", 400},
		{`{"lines":[{"invoice_line_id":"` + chairs + `","quantity":1,"amount":"1"}]}`, "lines[0].amount", 400},
		{`{"lines":[{"invoice_line_id":"` + chairs + `","amount":"811"}]}`, "lines[0].amount", 409},
		{`{"lines":[{"invoice_line_id":"` + delivery + `"}]}`, "lines[0].amount", 409},
		{`{"lines":[{"invoice_line_id":"` + chairs + `"}],"amount":"1"}`, "lines", 400},
		{`{"lines":[{"invoice_line_id":"` + chairs + `"},{"invoice_line_id":"` + chairs + `"}]}`,
			"lines[1].invoice_line_id", 400},
		{`{"amount":"811"}`, "amount", 409},
	} {
		s.send(t, "POST", "/api/invoices/"+i.ID+"/credit_notes", test.body).refused(t, test.status, test.field)
	}
	if s.state(t) != before {
		t.Error("a refused credit note changed something")
	}
	if got := ok(p.Invoices.Credit(ctx, i.ID, clientele.CreditNoteParams{}))(t); got.Amount.String() != "810" {
		t.Errorf("the whole rest is %s", got.Amount)
	}
	for n, got := range ok(p.CreditNotes.List(ctx, clientele.CreditNoteListParams{InvoiceID: i.ID}))(t).List {
		if want := fmt.Sprintf("%s-CN-%02d", i.Number, 3-n); got.Number != want {
			t.Errorf("a note has the number %s, want %s", got.Number, want)
		}
	}
	got := ok(p.Invoices.Retrieve(ctx, i.ID))(t)
	if got.Status != clientele.InvoicePaid || got.AmountRemaining.Sign() != 0 {
		t.Errorf("the invoice is %s with %s left", got.Status, got.AmountRemaining)
	}
	s.rightBooks(t)
}

func TestADiscountIsTakenBackWithItsLine(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	i := ok(p.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: s.post(t, `{"name":"Ada"}`).ID, CurrencyID: usd,
		Finalize: true,
		InvoiceContent: clientele.InvoiceContent{
			Lines: []clientele.LineParams{
				{
					Description: "chairs", Quantity: new(int64(4)),
					UnitAmount: new(cents(250)),
				},
				{
					Description: "discount", Quantity: new(int64(1)),
					UnitAmount: new(cents(-100)),
				},
			},
		},
	}))(t)
	lines := []clientele.CreditNoteLineParams{{InvoiceLineID: i.Lines[1].ID}}
	body := `{"lines":[{"invoice_line_id":"` + i.Lines[1].ID + `"}]}`
	s.send(t, "POST", "/api/invoices/"+i.ID+"/credit_notes", body).refused(t, 409, "amount") // a note is above nothing
	lines = append(lines, clientele.CreditNoteLineParams{InvoiceLineID: i.Lines[0].ID})
	if got := ok(p.Invoices.Credit(ctx, i.ID,
		clientele.CreditNoteParams{Lines: &lines}))(t); got.Amount.String() != "900" {
		t.Errorf("both lines are %s", got.Amount)
	}
	s.rightBooks(t)
}

func TestACreditNoteOfWhatWasPaidIsCreditOrRefund(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	c := s.post(t, `{"name":"Ada"}`)
	i := issue(t, s, c.ID, usd, "100", 3)
	ok(p.Payments.Create(ctx, clientele.PaymentParams{CustomerID: c.ID, CurrencyID: usd, Amount: new(cents(70))}))(t)
	note := ok(p.Invoices.Credit(ctx, i.ID, clientele.CreditNoteParams{Amount: new(cents(50)), Refund: true}))(t)
	if note.AmountOff.String() != "30" || note.AmountRefunded.String() != "20" || note.AmountCredited.Sign() != 0 {
		t.Errorf("the note is %+v", note)
	}
	refund := ok(p.Refunds.Retrieve(ctx, note.RefundID))(t)
	if refund.Amount.String() != "20" || refund.CreditNoteID != note.ID || refund.InvoiceID != i.ID {
		t.Errorf("the refund is %+v", refund)
	}
	ok(p.Invoices.Credit(ctx, i.ID, clientele.CreditNoteParams{Amount: new(cents(5))}))(t)
	if got := ok(p.Customers.Retrieve(ctx, c.ID))(t).TokenBalance[usd]; got.String() != "5" {
		t.Errorf("the credit is %s", got)
	}
	s.rightBooks(t)
}

func TestAHoldStopsThePolicy(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	own := s.post(t, `{"name":"Bo","invoice_settings":{"uncollectible_after_days":5}}`)
	never := s.post(t, `{"name":"Cy","invoice_settings":{"uncollectible_after_days":-1}}`)
	held := []string{issue(t, s, s.post(t, `{"name":"Ada"}`).ID, usd, "1", 0).ID, issue(t, s, own.ID, usd, "2", 0).ID}
	kept := issue(t, s, never.ID, usd, "3", 0).ID
	until := s.Now().AddDate(0, 0, 40)
	for _, id := range held {
		got := ok(p.Invoices.Hold(ctx, id, clientele.HoldParams{Until: until.Unix(), Reason: "promised"}))(t)
		if got.Hold == nil || got.Hold.Until != until.Unix() || got.Hold.Reason != "promised" {
			t.Errorf("it is held as %+v", got.Hold)
		}
	}
	for body, field := range map[string]string{
		`{}`: "reason", `{"until":1}`: "reason", `{"reason":"r"}`: "until", `{"reason":"r","until":"tomorrow"}`: "until",
	} {
		s.send(t, "POST", "/api/invoices/"+held[0]+"/hold", body).refused(t, 400, field)
	}
	given := func(want int) {
		t.Helper()
		if got, err := s.Service.ApplyPolicy(ctx); err != nil || got != want {
			t.Errorf("%d became uncollectible (%v), want %d", got, err, want)
		}
	}
	s.Advance(39 * 24 * time.Hour)
	given(0)
	if got := ok(p.Invoices.Release(ctx, held[0]))(t); got.Hold != nil {
		t.Errorf("it is still held: %+v", got.Hold)
	}
	given(1)
	s.Advance(2 * 24 * time.Hour)
	given(1)
	given(0)
	if got := ok(p.Invoices.Retrieve(ctx, kept))(t).Status; got != clientele.InvoiceOpen {
		t.Errorf("what never becomes uncollectible is %s", got)
	}
	s.send(t, "POST", "/api/invoices/"+held[0]+"/hold", fmt.Sprintf(`{"reason":"r","until":%d}`, s.Now().Unix()+9)).
		refused(t, 409, "status")
	s.rightBooks(t)
}

// TestHeldInvoicesKeepNoOtherFromBeingMarked has more late invoices that are held than are looked at at once, and one
// that nothing holds.
func TestHeldInvoicesKeepNoOtherFromBeingMarked(t *testing.T) {
	t.Parallel()
	s := start(t)
	p, ctx := s.Test(), t.Context()
	c := s.post(t, `{"name":"Ada"}`)
	until := s.Now().AddDate(0, 0, 100).Unix()
	for range 101 {
		held := issue(t, s, c.ID, usd, "1", 0)
		ok(p.Invoices.Hold(ctx, held.ID, clientele.HoldParams{Until: until, Reason: "promised"}))(t)
	}
	s.Advance(time.Hour)
	late := issue(t, s, c.ID, usd, "2", 0)
	s.Advance(40 * 24 * time.Hour)
	if n := ok(s.Service.ApplyPolicy(ctx))(t); n != 1 {
		t.Errorf("%d invoices were marked, want 1", n)
	}
	if got := ok(p.Invoices.Retrieve(ctx, late.ID))(t); got.Status != clientele.InvoiceUncollectible {
		t.Errorf("the one that nothing holds is %s", got.Status)
	}
}
