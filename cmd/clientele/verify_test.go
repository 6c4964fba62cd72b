package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// TestVerify shows that verify finds nothing in right books, and every kind of wrong that is done to them behind the
// server's back.
func TestVerify(t *testing.T) {
	t.Parallel()
	right := rightBooks(t)
	if out, code := verify(t, right, ""); code != 0 || !strings.HasPrefix(out, "The books of 2 customers are right.\n") {
		t.Fatalf("exit %d: %s", code, out)
	}
	for _, test := range []struct{ name, sql, want string }{
		{"credit", "UPDATE customers SET doc = replace(doc, '\"token_balance\":{\"curr_test_usd\":\"'," +
			" '\"token_balance\":{\"curr_test_usd\":\"1')", "token_balance of curr_test_usd is 15000"},
		{"balance", "UPDATE customers SET doc = json_set(doc, '$.balance', '7.00') WHERE doc ->> '$.name' = 'Ana'",
			"balance is 7.00, not 50.00"},
		{"delinquent", "UPDATE customers SET doc = json_set(doc, '$.delinquent', json('false')), delinquent = 0",
			"delinquent is false, not true"},
		{"delinquent column", "UPDATE customers SET delinquent = 1 - delinquent",
			"the row in customers does not repeat its document"},
		{"count", "UPDATE row_counts SET count = 7 WHERE bits = 12 AND kind = 'invoices'",
			"invoices: their number is not how many there are"},
		{"remaining", "UPDATE invoices SET doc = json_set(doc, '$.amount_remaining', '1'), remaining = '1'" +
			" WHERE status = 'uncollectible'", "amount_remaining is 1; the ledger says 600"},
		{"starting balance", "UPDATE invoices SET doc = json_set(doc, '$.starting_balance', '77') WHERE status = 'paid'",
			"starting_balance is 77; the ledger says"},
		{"credited", "UPDATE invoices SET doc = json_set(doc, '$.amount_credited', '77') WHERE status = 'paid'",
			"amount_credited is 77; the ledger says"},
		{"written off", "UPDATE invoices SET doc = json_set(doc, '$.amount_written_off', '77') WHERE status = 'paid'",
			"amount_written_off is 77; the ledger says"},
		{"paid", "UPDATE invoices SET doc = json_set(doc, '$.amount_paid', '77') WHERE status = 'paid'",
			"amount_paid is 77; the ledger says"},
		{"taken off", "UPDATE invoices SET doc = json_set(doc, '$.pre_payment_credit_notes_amount', '77')" +
			" WHERE status = 'paid'", "pre_payment_credit_notes_amount is 77; the ledger says"},
		{"given back", "UPDATE invoices SET doc = json_set(doc, '$.post_payment_credit_notes_amount', '77')" +
			" WHERE status = 'paid'", "post_payment_credit_notes_amount is 77; the ledger says"},
		{"remaining column", "UPDATE invoices SET remaining = '1' WHERE status = 'uncollectible'",
			"the row in invoices does not repeat its document"},
		{"status", "UPDATE invoices SET status = 'open', doc = json_set(doc, '$.status', 'open') WHERE status = 'paid'",
			"it is open, with 0 left to pay"},
		{"line", "UPDATE invoices SET doc = json_set(doc, '$.lines[0].amount', '1')", "its lines come to"},
		{"printed", "UPDATE invoices SET doc = json_set(doc, '$.customer_name', 'Eve') WHERE status <> 'draft'",
			"it is not as its last event"},
		{"number", "UPDATE invoices SET number = 'X-0009', doc = json_set(doc, '$.number', 'X-0009') WHERE status = 'paid'",
			"its number X-0009 is not one the customer has given"},
		{"gap", "UPDATE customers SET doc = json_set(doc, '$.next_invoice_sequence', 9)", "no invoice has the number 8"},
		{"movement", "UPDATE ledger SET credit = '5001' WHERE credit = '5000'", "the credit after it is 5001, not 5000"},
		{"ending balance", "UPDATE ledger SET ending_receivable = '3' WHERE credit = '5000'",
			"what is owed after it is 0, not 3"},
		{"due date", "UPDATE ledger SET due_date = 1 WHERE reason = 'invoice_finalized'",
			"it is due on 1970-01-01, and the invoice on 2026-01-02"},
		{"reversal", "UPDATE ledger SET reverses = 'txn_x' WHERE reason = 'credit_note'", "it does not reverse txn_x"},
		{"sum", "UPDATE ledger_sums SET amount = '1' WHERE figure = 'credit' AND level = 0",
			"credit in curr_test_usd of level 0, 20455 and 0, due on day 0, is -5004 more than the ledgers come to"},
		{"sum of a span", "DELETE FROM ledger_sums WHERE figure = 'uncollectible' AND level = 1", "uncollectible in"},
		{"count of unpaid invoices", "UPDATE ledger_sums SET amount = '9' WHERE figure = 'unpaid'", "unpaid in"},
		{"movement gone", "DELETE FROM ledger WHERE receivable = '-400'", "amount_paid is 400; the ledger says 0"},
		{"movement of nobody", "UPDATE ledger SET customer_id = 'cus_x' WHERE credit = '5000'", "its customer is gone"},
		{"allocation", "UPDATE payments SET doc = json_set(doc, '$.allocations[0].amount', '399')",
			"its allocation to in_"},
		{"payment", "UPDATE payments SET doc = json_set(doc, '$.amount_unallocated', '1')", "amount_unallocated is 1"},
		{"payment gone", "DELETE FROM payments", "was created, and is gone from payments"},
		{"invoice gone", "DELETE FROM invoices WHERE status = 'draft'", "was created, and is gone from invoices"},
		{"customer gone", "DELETE FROM customers WHERE doc ->> '$.name' = 'Bo'", "was created, and is gone from customers"},
		{"credit note", "UPDATE credit_notes SET doc = json_set(doc, '$.amount_off', '1')", "its credit notes come to 1"},
		{"credit note's memo", "UPDATE credit_notes SET doc = json_set(doc, '$.memo', 'x')", "it is not as its last event"},
		{"credit note's amount", "UPDATE credit_notes SET doc = json_set(doc, '$.amount', '9')",
			"it is not as its last event"},
		{"credit note gone", "DELETE FROM credit_notes", "its credit notes come to 0"},
		{"refund's reason", "UPDATE refunds SET doc = json_set(doc, '$.reason', 'x')", "it is not as its last event"},
		{"payment's text", "UPDATE payments SET doc = json_set(doc, '$.description', 'x')", "it is not as its last event"},
		{"customer's name", "UPDATE customers SET doc = json_set(doc, '$.name', 'Eve')", "it is not as its last event"},
		{"credit note's number", "UPDATE credit_notes SET doc = json_set(doc, '$.number', 'CN')", "its number is CN, not"},
		{"refund gone", "DELETE FROM refunds", "was created, and is gone from refunds"},
		{"refund's amount", "UPDATE refunds SET doc = json_set(doc, '$.amount', '5')", "the ledger does not have it"},
		{"refund's column", "UPDATE refunds SET payment_id = 'pi_x'", "the row in refunds does not repeat its document"},
		{"what a payment has left", "UPDATE payments SET unallocated = '1'",
			"the row in payments does not repeat its document"},
		{"hold", "UPDATE invoices SET held_until = 1", "the row in invoices does not repeat its document"},
		{"event gone", "DELETE FROM events WHERE type = 'invoice.finalized'", "is missing"},
		{"events gone", "DELETE FROM events", "it has no event"},
		{"last event", "UPDATE events SET digest = x'00' WHERE type LIKE 'customer.%'",
			"it is not as its last event"},
		{"another's event", "UPDATE events SET customer_id = 'cus_x' WHERE type = 'invoice.paid'",
			"does not have an event for each of its versions"},
		{"version", "UPDATE invoices SET version = version + 1", "does not have an event for each of its versions"},
		{"date", "UPDATE ledger SET date = date - 1 WHERE reason = 'invoice_finalized'", "it is dated 2026-01-01, and"},
		{"last date", "UPDATE ledger SET last_date = last_date + 1", "the last date is 2026-01-02, not 2026-01-03"},
		{"what is closed", "UPDATE ledger SET description = 'x', reason = 'refund' WHERE credit = '5000'",
			"what was closed through 2026-01-02 in curr_test_usd is not what it was"},
		{"a closed customer's digest", "UPDATE closing_digests SET digest = x'00' WHERE customer_id = (SELECT id FROM" +
			" customers WHERE doc ->> '$.name' = 'Bo')", "what was closed through 2026-01-02 in curr_test_usd is not"},
		{"a digest gone", "DELETE FROM closing_digests", "its digest is not that of its customers"},
		{"a closing", "UPDATE closings SET doc = json_set(doc, '$.digest', 'x')",
			"its digest is not that of its customers"},
		{"a closing's day", "UPDATE closings SET through = 1", "the row in closings does not repeat its document"},
		{"no JSON", "UPDATE invoices SET doc = 'x' WHERE status = 'paid'", "an invoice's document cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			out, code := verify(t, right, test.sql)
			if code != 1 || !strings.Contains(out, test.want) {
				t.Errorf("exit %d; want 1 and %q in:\n%s", code, test.want, out)
			}
		})
	}
}

// verify runs the command on a copy of a database to which something has been done.
func verify(t *testing.T, database, sql string) (stdout string, code int) {
	t.Helper()
	data, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := sqlite.OpenConn(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteScript(c, sql, nil); err != nil {
		t.Fatal(err)
	}
	if sql != "" && c.Changes() == 0 {
		t.Fatal("nothing was changed")
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	code = run(context.Background(), []string{"verify", "--db", "sqlite:" + path}, &out, &log)
	if (code == 1) != strings.Contains(log.String(), "found; the books are not as they must be") {
		t.Errorf("exit %d: %s", code, log.String())
	}
	return out.String(), code
}

// rightBooks makes a database in which a bit of everything has happened, and returns its path.
func rightBooks(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "clientele.db")
	makeBooks(t, "sqlite:"+path)
	return path
}

// makeBooks makes a bit of everything happen in a new database.
func makeBooks(t *testing.T, url string) {
	t.Helper()
	s, err := apptest.Open(url)
	if err != nil {
		t.Fatal(err)
	}
	ctx, c := t.Context(), s.Test()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must2 := func(_ any, err error) { t.Helper(); must(err) }
	customer := func(name string) string {
		made, err := c.Customers.Create(ctx, clientele.CustomerParams{Name: &name})
		must(err)
		return made.ID
	}
	const usd = "curr_test_usd"
	invoice := func(customer, units string, finalize bool) string {
		price, err := clientele.ParseAmount(usd, units)
		must(err)
		made, err := c.Invoices.Create(ctx, clientele.InvoiceParams{
			CustomerID: customer, CurrencyID: usd, Finalize: finalize,
			InvoiceContent: clientele.InvoiceContent{
				Lines: []clientele.LineParams{{
					Description: "Work", Quantity: new(int64(1)), UnitAmount: new(price),
				}},
			},
		})
		must(err)
		return made.ID
	}
	ana := customer("Ana")
	bo := customer("Bo")
	must2(c.Customers.MoveCredit(ctx, ana,
		clientele.CreditParams{CurrencyID: usd, Amount: new(clientele.NewAmount("", 5000))}))
	paid, late := invoice(ana, "400", true), invoice(ana, "1000", true)
	invoice(ana, "70", false)
	must2(c.Invoices.Delete(ctx, invoice(ana, "80", false)))
	must2(c.Invoices.Pay(ctx, paid, clientele.Receipt{}))
	must2(c.Invoices.Credit(ctx, late, clientele.CreditNoteParams{Amount: new(clientele.NewAmount("", 400))}))
	must2(c.Invoices.MarkUncollectible(ctx, late))
	for _, p := range []clientele.CreditParams{
		{CurrencyID: usd, Amount: new(clientele.NewAmount("", 9))},
		{
			CurrencyID: usd, Amount: new(clientele.NewAmount("", -4)),
			Reason: clientele.ReasonRefund,
		},
	} {
		must2(c.Customers.MoveCredit(ctx, bo, p))
	}
	through := clientele.DayIn(s.Now(), time.UTC)
	s.Advance(24 * time.Hour)
	must2(c.Closings.Create(ctx, clientele.ClosingParams{Through: &through}))
	s.Close()
}

// runsTwice is a database that runs what reads twice, as one does that begins again.
type runsTwice struct{ store.Store }

func (s runsTwice) Scan(ctx context.Context, fn func(store.Tx) error) error {
	return errors.Join(s.Store.Scan(ctx, fn), s.Store.Scan(ctx, fn))
}

// TestVerifyLooksAtEverybodyOnce has a difference at every one of many customers: each is told of, once.
func TestVerifyLooksAtEverybodyOnce(t *testing.T) {
	t.Parallel()
	const many = 130 // more than one part has
	db := newDatabase(t)
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range many {
		name := fmt.Sprint("Ada ", i)
		if _, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: &name}); err != nil {
			t.Fatal(err)
		}
	}
	runSQL(t, db, `UPDATE customers SET doc = replace(doc, '"delinquent":false', '"delinquent":true')`)
	for name, from := range map[string]store.Store{"once": s.DB, "twice": runsTwice{s.DB}} {
		told := map[string]int{}
		err := billing.New(from).Verify(t.Context(), func(int64, int64) {}, func(d billing.Difference) {
			if d.Text == "delinquent is true, not false" {
				told[d.ID]++
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for id, times := range told {
			if times != 1 {
				t.Errorf("%s: %s is told of %d times", name, id, times)
			}
		}
		if len(told) != many {
			t.Errorf("%s: %d of %d customers are told of", name, len(told), many)
		}
	}
}
