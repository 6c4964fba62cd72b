package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/tables"
)

type exportCSV struct {
	exportOfMode

	Folder string `arg:"" help:"The folder for the spreadsheets, which must be empty or not be there."`
}

// Help is shown by clientele export csv --help.
func (exportCSV) Help() string {
	return `Writes spreadsheets into a folder: customers.csv, invoices.csv, payments.csv, credit_notes.csv, refunds.csv
and ledger.csv, which has every movement. Amounts are in the whole (1234.56), days are 2024-01-31; a text that a
spreadsheet would take for a formula has a quote before it. Metadata is one column of JSON. Deleted customers are left
out, and payments that were taken back: the ledger has both. The first three can be taken in again with clientele import
csv --decimal point, where a payment of several invoices, or of none, pays what is due the longest. Everything is in
clientele export jsonl.

Examples:
  clientele export csv spreadsheets --mode live
  clientele export csv march --mode live --as-of 2026-03-31`
}

// sheet is a spreadsheet that is exported: what is in it, and a row of an object, nil for none.
type sheet struct {
	file   string
	header []string
	row    func(doc []byte, money moneyWriter) ([]string, error)
}

// moneyWriter writes amounts in the whole.
type moneyWriter map[string]clientele.PaymentCurrency

func (m moneyWriter) amount(a clientele.Amount) string { return a.Decimal(m[a.Currency()].Decimal) }

// currency is what people call a currency: its symbol, when no other has it.
func (m moneyWriter) currency(id string) string {
	for other, c := range m {
		if other != id && c.Symbol == m[id].Symbol {
			return id
		}
	}
	return cmp.Or(m[id].Symbol, id)
}

// rowOf reads an object for its row.
func rowOf[T any](row func(of T, money moneyWriter) []string) func([]byte, moneyWriter) ([]string, error) {
	return func(doc []byte, money moneyWriter) ([]string, error) {
		var of T
		if err := json.Unmarshal(doc, &of); err != nil {
			return nil, err
		}
		return row(of, money), nil
	}
}

// dayOrNothing is a day, "" where there is none.
func dayOrNothing(day clientele.Day) string {
	if day == 0 {
		return ""
	}
	return day.String()
}

func metadataText(m clientele.Metadata) string {
	if len(m) == 0 {
		return ""
	}
	text, _ := json.Marshal(m) // of JSON
	return string(text)
}

// exported are the spreadsheets by what is in them.
var exported = map[string]sheet{
	"customer": {"customers.csv", []string{
		"id", "did", "external_id", "name", "description", "email", "phone", "address.country", "address.state",
		"address.city", "address.line1", "address.line2", "address.postal_code", "created_at", "currency_id",
		"invoice_prefix", "metadata",
	}, rowOf(func(c clientele.Customer, _ moneyWriter) []string {
		a := c.Address
		return []string{
			c.ID, c.DID, c.ExternalID, c.Name, c.Description, c.Email, c.Phone, a.Country, a.State, a.City, a.Line1, a.Line2,
			a.PostalCode, c.CreatedAt.String(), c.CurrencyID, c.InvoicePrefix, metadataText(c.Metadata),
		}
	})},
	"invoice": {"invoices.csv", []string{
		"id", "customer_id", "number", "currency", "total", "tax", "description", "date", "due_date", "status", "remaining",
		"metadata",
	}, rowOf(func(i clientele.Invoice, m moneyWriter) []string {
		status := string(i.Status)
		if i.Status == clientele.InvoicePaid { // by payments, which are another sheet
			status = string(clientele.InvoiceOpen)
		}
		return []string{
			i.ID, i.CustomerID, i.Number, m.currency(i.CurrencyID), m.amount(i.Total), m.amount(i.Tax), i.Description,
			dayOrNothing(i.Issued()), dayOrNothing(i.Due()), status, m.amount(i.AmountRemaining), metadataText(i.Metadata),
		}
	})},
	"payment_intent": {"payments.csv", []string{
		"id", "customer_id", "amount", "currency", "date", "invoice", "method", "reference", "description", "metadata",
	}, rowOf(func(p clientele.Payment, m moneyWriter) []string {
		if p.Status != clientele.PaymentSucceeded {
			return nil
		}
		invoice := "" // of none, or of several
		if len(p.Allocations) == 1 {
			invoice = p.Allocations[0].InvoiceID
		}
		return []string{
			p.ID, p.CustomerID, m.amount(p.Amount), m.currency(p.CurrencyID), p.Received().String(), invoice, p.Method,
			p.Reference, p.Description, metadataText(p.Metadata),
		}
	})},
	"credit_note": {"credit_notes.csv", []string{
		"id", "customer_id", "number", "invoice", "currency", "amount", "credited", "refunded", "date", "reason", "memo",
		"metadata",
	}, rowOf(func(n clientele.CreditNote, m moneyWriter) []string {
		return []string{
			n.ID, n.CustomerID, n.Number, n.InvoiceID, m.currency(n.CurrencyID), m.amount(n.Amount),
			m.amount(n.AmountCredited), m.amount(n.AmountRefunded), dayOrNothing(n.Date), n.Reason, n.Memo,
			metadataText(n.Metadata),
		}
	})},
	"refund": {"refunds.csv", []string{
		"id", "customer_id", "payment", "invoice", "currency", "amount", "date", "reason", "description", "metadata",
	}, rowOf(func(r clientele.Refund, m moneyWriter) []string {
		return []string{
			r.ID, r.CustomerID, r.PaymentIntentID, r.InvoiceID, m.currency(r.CurrencyID), m.amount(r.Amount),
			dayOrNothing(r.Date), r.Reason, r.Description, metadataText(r.Metadata),
		}
	})},
	"balance_transaction": {"ledger.csv", []string{
		"id", "customer_id", "date", "recorded", "reason", "currency", "receivable", "credit", "unapplied",
		"receivable_after", "credit_after", "unapplied_after", "invoice", "payment", "description",
	}, rowOf(func(b clientele.BalanceTransaction, m moneyWriter) []string {
		return []string{
			b.ID, b.CustomerID, b.Date.String(), b.CreatedAt.String(), string(b.Reason), m.currency(b.CurrencyID),
			m.amount(b.Receivable), m.amount(b.Amount), m.amount(b.Unapplied), m.amount(b.EndingReceivable),
			m.amount(b.EndingBalance), m.amount(b.EndingUnapplied), b.InvoiceID, b.PaymentID, b.Description,
		}
	})},
}

// Run exports.
func (c exportCSV) Run(a *app) error {
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	service := billing.New(db, billing.WithScanTimeout(commandTimeout))
	filter, currencies, err := c.read(a, service)
	if err != nil {
		return err
	}
	money := moneyWriter{}
	for _, currency := range currencies {
		money[currency.ID] = currency
	}
	books, err := openSheets(c.Folder)
	if err != nil {
		return err
	}
	err = service.Export(a.ctx, filter, func(doc []byte) error {
		var is struct {
			Object string `json:"object"`
		}
		if err := json.Unmarshal(doc, &is); err != nil {
			return err
		}
		to := books[is.Object]
		if to == nil {
			return nil
		}
		row, err := exported[is.Object].row(doc, money)
		if err != nil || row == nil {
			return err
		}
		to.rows++
		return to.table.Row(row)
	})
	if err = errors.Join(err, closeSheets(books)); err != nil {
		return fmt.Errorf("%w; what is in %s is not whole", err, c.Folder)
	}
	for _, object := range slices.Sorted(maps.Keys(exported)) {
		fmt.Fprintf(a.stdout, "%d rows in %s\n", books[object].rows, filepath.Join(c.Folder, exported[object].file))
	}
	return nil
}

// writtenSheet is a spreadsheet that is being written.
type writtenSheet struct {
	out   *os.File
	table tables.Writer
	rows  int64
}

// openSheets makes the spreadsheets, which their owner alone may read, in an empty folder.
func openSheets(folder string) (map[string]*writtenSheet, error) {
	const onlyOurs = 0o700
	if err := os.MkdirAll(folder, onlyOurs); err != nil {
		return nil, err
	}
	if there, err := os.ReadDir(folder); err != nil || len(there) > 0 {
		return nil, cmp.Or(err, fmt.Errorf("%s is not empty: name another folder", folder))
	}
	books := map[string]*writtenSheet{}
	for object, of := range exported {
		out, err := os.OpenFile(filepath.Join(folder, of.file), os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(0o600))
		if err != nil {
			return nil, errors.Join(err, closeSheets(books))
		}
		books[object] = &writtenSheet{out: out, table: tables.NewWriter(out)}
		if err := books[object].table.Row(slices.Clone(of.header)); err != nil {
			return nil, errors.Join(err, closeSheets(books))
		}
	}
	return books, nil
}

func closeSheets(books map[string]*writtenSheet) (err error) {
	for _, b := range books {
		err = errors.Join(err, b.table.Flush(), b.out.Close())
	}
	return err
}
