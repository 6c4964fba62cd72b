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

// StatementHTML writes a statement as one page that needs nothing else.
func StatementHTML(w io.Writer, s Statement) error { return writePage(w, statementDocument(s)) }

// StatementPDF writes a statement as a PDF, on paper as of [InvoicePDF].
func StatementPDF(w io.Writer, s Statement) error { return writePDF(w, statementDocument(s)) }
