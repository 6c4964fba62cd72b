// Package paper turns invoices and statements into what people look at: pages and PDFs. Everything is made of a
// [document] first, so that a page and a PDF say the same. The same input always gives the same bytes.
package paper

import (
	"io"

	"clientele.dev"
)

// Invoice is what an invoice is printed from.
type Invoice struct {
	Invoice     clientele.Invoice
	Currency    clientele.PaymentCurrency
	Settings    clientele.Settings
	CreditNotes []clientele.CreditNote
	// The day on which it is printed: an open invoice due before is called past due. On day 0 none is.
	Today clientele.Day
}

// Statement is what a statement is printed from.
type Statement struct {
	Statement clientele.Statement
	Settings  clientele.Settings
}

// InvoiceHTML writes an invoice as one page that needs nothing else: no script, no picture, no font.
func InvoiceHTML(w io.Writer, in Invoice) error { return writePage(w, invoiceDocument(in)) }

// InvoicePDF writes an invoice as a PDF, on A4 or, for a business where that is usual, on Letter.
func InvoicePDF(w io.Writer, in Invoice) error { return writePDF(w, invoiceDocument(in)) }

// MaxMovements is how many movements a printed statement has at most.
const MaxMovements = 5000

// StatementHTML writes a statement as one page that needs nothing else. One of more than [MaxMovements] is refused as
// [clientele.ErrorCodeInvalid].
func StatementHTML(w io.Writer, s Statement) error {
	if err := s.check(); err != nil {
		return err
	}
	return writePage(w, statementDocument(s))
}

// StatementPDF writes a statement as a PDF, on paper as of [InvoicePDF], and refuses as [StatementHTML] does.
func StatementPDF(w io.Writer, s Statement) error {
	if err := s.check(); err != nil {
		return err
	}
	return writePDF(w, statementDocument(s))
}

func (s Statement) check() error {
	n := 0
	for _, account := range s.Statement.Currencies {
		n += len(account.Lines)
	}
	if n > MaxMovements {
		return clientele.Errorf(clientele.ErrorCodeInvalid, "from",
			"the statement has %d movements, and at most %d are printed: choose a shorter time, or take the CSV",
			n, MaxMovements)
	}
	return nil
}
