package journal

import (
	"bufio"

	"clientele.dev"
	"clientele.dev/internal/tables"
)

// csvWriter writes a row for each posting.
type csvWriter struct {
	table      tables.Writer
	currencies map[string]clientele.PaymentCurrency
}

func newCSV(to *bufio.Writer) Writer { return &csvWriter{table: tables.NewWriter(to)} }

// Begin implements [Writer].
func (w *csvWriter) Begin(j clientele.Journal) error {
	w.currencies = tables.ByID(j.Currencies)
	return w.table.Row([]string{
		"date", "entry_id", "reason", "document", "customer_id", "customer", "description", "account", "currency_id",
		"currency", "debit", "credit", "recorded_at", "invoice_id", "payment_id",
	})
}

// Entry implements [Writer].
func (w *csvWriter) Entry(e clientele.JournalEntry) error {
	currency := w.currencies[e.CurrencyID]
	for _, p := range e.Postings {
		debit, credit := p.Amount.Decimal(currency.Decimal), ""
		if p.Amount.Sign() < 0 {
			debit, credit = "", p.Amount.Neg().Decimal(currency.Decimal)
		}
		err := w.table.Row([]string{
			e.Date.String(), e.ID, string(e.Reason), e.Document, e.CustomerID, e.CustomerName, e.Text, p.Account,
			e.CurrencyID, currency.Symbol, debit, credit, e.CreatedAt.String(), e.InvoiceID, e.PaymentID,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// End implements [Writer].
func (w *csvWriter) End() error { return w.table.Flush() }
