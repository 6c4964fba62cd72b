package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/pgtest"
)

// stripeObjects are objects of an account as Stripe's API answers them, without what is not read.
const stripeObjects = `
{"id":"cus_A","object":"customer","address":{"city":"Berlin","country":"DE","line1":null,"postal_code":"10115"},
 "balance":-500,"created":1704103200,"currency":"eur","email":"ada@example.com","invoice_prefix":"ABC12345",
 "livemode":true,"metadata":{"k":"v"},"name":"Ada","next_invoice_sequence":4,"phone":null,"shipping":null}
{"object":"list","has_more":false,"data":[
 {"id":"cus_J","object":"customer","balance":0,"created":1704103200,"currency":"jpy","livemode":true,"name":"Jun"},
 {"id":"cus_gone","object":"customer","deleted":true}]}
{"id":"in_1","object":"invoice","amount_due":10000,"amount_paid":10000,"amount_remaining":0,"charge":"ch_1",
 "created":1706781600,"currency":"eur","customer":"cus_A","due_date":null,"lines":{"object":"list","data":[
  {"id":"il_1","object":"line_item","amount":9000,"currency":"eur","description":"Seats","quantity":3},
  {"id":"il_2","amount":3000,"currency":"eur","description":"Setup","quantity":1}]},
 "livemode":true,"metadata":{},"number":"ABC12345-0001","status":"paid","total":12900,"subtotal":12000,
 "total_discount_amounts":[{"amount":1000}],"total_taxes":[{"amount":1900,"tax_behavior":"exclusive"}],
 "status_transitions":{"finalized_at":1706781600,"paid_at":1706868000,"voided_at":null},
 "starting_balance":-1500,"pre_payment_credit_notes_amount":1400}
{"id":"ch_1","object":"charge","amount":10000,"amount_captured":10000,"amount_refunded":2500,"captured":true,
 "created":1706868000,"currency":"eur","customer":{"id":"cus_A","object":"customer"},"invoice":"in_1","livemode":true,
 "payment_intent":"pi_1","payment_method_details":{"type":"card"},"status":"succeeded"}
{"id":"pi_1","object":"payment_intent","amount":10000,"amount_received":10000,"created":1706868000,"currency":"eur",
 "customer":"cus_A","livemode":true,"status":"succeeded"}
{"id":"re_1","object":"refund","amount":1500,"charge":"ch_1","payment_intent":"pi_1","created":1707300000,
 "currency":"eur","livemode":true,"reason":"expired_uncaptured_charge","status":"succeeded"}
{"id":"re_2","object":"refund","amount":1500,"charge":"ch_1","created":1707300000,"currency":"eur","livemode":true,
 "status":"failed"}
{"id":"in_2","object":"invoice","amount_due":5000,"amount_paid":0,"created":1717236000,"currency":"jpy",
 "customer":"cus_J","due_date":1719828000,"livemode":true,"number":"J-1","status":"open","total":5000,
 "lines":{"data":[{"id":"il_9","amount":5000,"currency":"jpy","description":"Tea","quantity":3}]},
 "status_transitions":{"finalized_at":1717236000}}
{"id":"in_3","object":"invoice","amount_due":800,"amount_paid":0,"created":1717236000,"currency":"eur",
 "customer":"cus_A","livemode":true,"number":"ABC12345-0002","status":"void","total":800,
 "status_transitions":{"finalized_at":1717236000,"voided_at":1717322400}}
{"id":"in_4","object":"invoice","amount_due":700,"amount_paid":0,"created":1717236000,"currency":"eur",
 "customer":"cus_A","livemode":true,"number":"ABC12345-0003","status":"paid","total":700,"paid_out_of_band":true,
 "status_transitions":{"finalized_at":1717236000,"paid_at":1717322400}}
{"id":"cbtxn_1","object":"customer_balance_transaction","amount":-2000,"created":1705000000,"currency":"eur",
 "customer":"cus_A","type":"adjustment","description":"Goodwill","livemode":true}
{"id":"cbtxn_2","object":"customer_balance_transaction","amount":1500,"created":1706781600,"currency":"eur",
 "customer":"cus_A","type":"applied_to_invoice","invoice":"in_1","livemode":true}
{"id":"ch_2","object":"charge","amount":1234,"captured":true,"created":1708000000,"currency":"kwd","customer":"cus_A",
 "livemode":true,"status":"succeeded","description":"A book"}
{"id":"ch_3","object":"charge","amount":5,"captured":true,"created":1708000000,"currency":"eur","customer":null,
 "livemode":true,"status":"succeeded"}
{"id":"ch_4","object":"charge","amount":5,"created":1708000000,"currency":"eur","customer":"cus_A","status":"failed"}
{"id":"sub_1","object":"subscription","customer":"cus_A"}
{"id":"cus_T","object":"customer","created":1704103200,"livemode":false,"name":"Test"}
`

// The same account as the dashboard exports it, as far as it does.
var stripeSheets = map[string]string{
	"customers.csv": "id,Description,Email,Name,Created (UTC),Delinquent,Card ID,Currency,Account Balance," +
		"Address City,Address Country,Address Postal Code,k (metadata)\n" +
		"cus_A,,ada@example.com,Ada,2024-01-01 10:00,false,card_1,eur,-5.00,Berlin,DE,10115,v\n" +
		"cus_J,,,Jun,2024-01-01 10:00,false,,jpy,0,,,,\n",
	"invoices.csv": "id,Amount Due,Billing,Currency,Customer,Date (UTC),Due Date (UTC),Finalized At (UTC),Number,Paid," +
		"Status,Subtotal,Tax,Total,Amount Paid,Paid At (UTC),Charge\n" +
		"in_1,\"100,00\",charge_automatically,eur,cus_A,2024-02-01 10:00,,2024-02-01 10:00,ABC12345-0001,true,paid," +
		"110.00,19.00,129.00,100.00,2024-02-02 10:00,ch_1\n" +
		"in_2,\"5,000\",send_invoice,jpy,cus_J,2024-06-01 10:00,2024-07-01 10:00,2024-06-01 10:00,J-1,false,open," +
		"5000,,5000,0,,\n",
	"unified_payments.csv": "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Mode,Status,Customer ID," +
		"Customer Email,Invoice ID,Refunded date (UTC)\n" +
		"ch_1,2024-02-02 10:00:00,100.00,25.00,eur,true,Live,Paid,cus_A,ada@example.com,in_1,2024-02-07 10:00:00\n" +
		"ch_2,2024-02-15 12:26:40,1.234,0.000,kwd,true,Live,Paid,cus_A,ada@example.com,,\n" +
		"ch_4,2024-02-15 12:26:40,1.00,0.00,eur,false,Live,Failed,cus_A,ada@example.com,,\n",
}

// TestImportStripe takes an account in from API objects and from the dashboard's spreadsheets, on each database, and
// changes nothing the second time.
func TestImportStripe(t *testing.T) {
	t.Parallel()
	objects := []string{fileWith(t, "stripe.jsonl", stripeObjects)}
	var sheets []string
	for name, content := range stripeSheets {
		sheets = append(sheets, fileWith(t, name, content))
	}
	for name, c := range map[string]struct {
		files []string
		db    string
		want  map[string]string
	}{
		"objects": {objects, newDatabase(t), map[string]string{
			"customers": "3 0 0 0 0", "invoices": "5 0 0 0 0", "payments": "3 0 0 0 0", "refunds": "2 0 0 0 0",
			"credits": "1 0 0 0 0", "payment_currencies": "1 0 0 0 0",
		}},
		"objects on PostgreSQL": {objects, pgtest.URL(t, nil), map[string]string{"invoices": "5 0 0 0 0"}},
		"sheets": {sheets, newDatabase(t), map[string]string{
			"customers": "2 0 0 0 0", "invoices": "3 0 0 0 0", "payments": "2 0 0 0 0", "refunds": "1 0 0 0 0",
			"payment_currencies": "1 0 0 0 0",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"stripe", "--db", c.db}, c.files...)
			dry, told, code := importing(t, append(args, "--dry-run")...)
			if code != 0 {
				t.Fatalf("a dry run exits with %d: %s%s", code, dry, told)
			}
			out, told, code := importing(t, args...)
			if code != 0 {
				t.Fatalf("it exits with %d: %s%s", code, out, told)
			}
			for object, want := range c.want {
				if became(dry, object) != want || became(out, object) != want {
					t.Errorf("%s became %s, dry %s, want %s", object, became(out, object), became(dry, object), want)
				}
			}
			again, told, code := importing(t, args...)
			if n := strings.Fields(became(again, "customers")); code != 0 || n[0] != "0" || n[1] != "0" {
				t.Errorf("again it exits with %d: %s%s", code, again, told)
			}
			checkStripe(t, c.db, strings.HasPrefix(name, "objects"))
			if out, err := command(c.db, "verify").CombinedOutput(); err != nil {
				t.Errorf("verify: %v: %s", err, out)
			}
		})
	}
}

// TestImportStripeCredit takes in credit that the balance of the customer says is gone, with no word of when: it is
// taken on a day when it was there.
func TestImportStripeCredit(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	file := fileWith(t, "stripe.jsonl", `
{"id":"cus_A","object":"customer","balance":0,"created":1704103200,"currency":"eur","livemode":true}
{"id":"cbtxn_1","object":"customer_balance_transaction","amount":-1000,"created":1714564800,"currency":"eur",
 "customer":"cus_A","type":"adjustment","livemode":true}`)
	if out, told, code := importing(t, "stripe", file, "--db", db); code != 0 {
		t.Fatalf("it exits with %d: %s%s", code, out, told)
	}
	if out, err := command(db, "verify").CombinedOutput(); err != nil {
		t.Errorf("verify: %v: %s", err, out)
	}
}

// TestImportStripePaysWithCredit pays an invoice with credit that was given later on the same day: no other is brought.
func TestImportStripePaysWithCredit(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	file := fileWith(t, "stripe.jsonl", `
{"id":"cus_A","object":"customer","balance":0,"created":1704103200,"currency":"eur","livemode":true}
{"id":"cbtxn_1","object":"customer_balance_transaction","amount":-700,"created":1714568400,"currency":"eur",
 "customer":"cus_A","type":"adjustment","livemode":true}
{"id":"in_1","object":"invoice","amount_due":0,"amount_paid":0,"created":1714561200,"currency":"eur",
 "customer":"cus_A","livemode":true,"number":"A-1","status":"paid","total":700,
 "status_transitions":{"finalized_at":1714561200,"paid_at":1714561200}}`)
	if out, told, code := importing(t, "stripe", file, "--db", db); code != 0 {
		t.Fatalf("it exits with %d: %s%s", code, out, told)
	}
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	moved, err := s.Live().Customers.BalanceTransactions(t.Context(), "cus_A", clientele.LedgerParams{Credit: true})
	if err != nil || moved.Count != 2 {
		t.Errorf("its credit moved %d times (%v), want 2: %+v", moved.Count, err, moved.List)
	}
}

// checkStripe looks at what the account became.
func checkStripe(t *testing.T, db string, whole bool) {
	t.Helper()
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ada, err := s.Live().Customers.Retrieve(t.Context(), "cus_A")
	if err != nil {
		t.Fatal(err)
	}
	if ada.Name != "Ada" || ada.Address.PostalCode != "10115" || ada.Address.Line1 != "" ||
		ada.Metadata.String("k") != "v" || ada.TokenBalance["curr_live_eur"].String() != "500" ||
		ada.CreatedAt.String() != "2024-01-01T10:00:00.000Z" {
		t.Errorf("Ada is %+v", ada.Customer)
	}
	i, err := s.Live().Invoices.Retrieve(t.Context(), "in_1")
	if err != nil {
		t.Fatal(err)
	}
	if i.Number != "ABC12345-0001" || i.Total.String() != "12900" || i.Tax.String() != "1900" ||
		i.Status != clientele.InvoicePaid || i.PostPaymentCreditNotesAmount.String() != "2500" ||
		i.Issued().String() != "2024-02-01" || i.AmountPaid.String() != "10000" {
		t.Errorf("the invoice is %+v", i.Invoice)
	}
	if whole && (i.PrePaymentCreditNotesAmount.String() != "1400" || i.AmountCredited.String() != "1500" ||
		len(i.Lines) != 4 || i.Lines[0].ID != "il_1" || i.Lines[0].Quantity != 3) {
		t.Errorf("the invoice is %+v", i.Invoice)
	}
	payment := map[bool]string{true: "pi_1", false: "ch_1"}[whole]
	p, err := s.Live().Payments.Retrieve(t.Context(), payment)
	if err != nil || p.InvoiceID != "in_1" || p.Amount.String() != "10000" || p.Date.String() != "2024-02-02" {
		t.Errorf("the payment is %+v (%v)", p, err)
	}
	book, err := s.Live().Invoices.Retrieve(t.Context(), "in_imported_ch_2")
	if err != nil || book.CurrencyID != "curr_live_kwd" || book.Total.String() != "1234" ||
		book.Status != clientele.InvoicePaid {
		t.Errorf("the book is %+v (%v)", book, err)
	}
	aging, err := s.Live().Receivables.Aging(t.Context(), clientele.AgingParams{})
	if err != nil || aging.Currencies["curr_live_jpy"].Total.String() != "5000" ||
		aging.Currencies["curr_live_eur"].Total.String() != "0" ||
		aging.Currencies["curr_live_eur"].Unapplied.String() != "0" {
		t.Errorf("owed is %+v (%v)", aging, err)
	}
}

// TestImportStripeRefuses what cannot be taken, each by its field, and takes all else.
func TestImportStripeRefuses(t *testing.T) {
	t.Parallel()
	const invoice = `"object":"invoice","created":1706781600,"currency":"usd","customer":"cus_A","status":"open"`
	lines := []struct{ line, object, id, field string }{
		{`{"id":"cus_A","object":"customer","created":1704103200,"name":"Ada"}`, "", "", ""},
		{`{"id":"cus_debt","object":"customer","balance":500,"currency":"usd","name":"Debt"}`, "balance", "cus_debt",
			"balance"},
		{`{"id":"cus_B","object":"customer","name":17}`, "customer", "cus_B", "name"},
		{`{"id":"in_B",` + strings.Replace(invoice, "cus_A", "cus_B", 1) + `,"total":1}`, "invoice", "in_B", "customer_id"},
		{`{"id":"in_nobody",` + strings.Replace(invoice, "cus_A", "cus_no", 1) + `,"total":1}`, "invoice", "in_nobody",
			"customer_id"},
		{`{"id":"in_none",` + strings.Replace(invoice, `"customer":"cus_A",`, "", 1) + `,"total":1}`, "invoice", "in_none",
			"customer"},
		{`{"id":"in_total",` + invoice + `}`, "invoice", "in_total", "total"},
		{`{"id":"in_half",` + invoice + `,"total":1.5}`, "invoice", "in_half", "total"},
		{`{"id":"in_code",` + strings.Replace(invoice, "usd", "zzz", 1) + `,"total":1}`, "invoice", "in_code", "currency"},
		{`{"id":"in_state",` + strings.Replace(invoice, "open", "odd", 1) + `,"total":1}`, "invoice", "in_state", "status"},
		{`{"id":"in_when",` + strings.Replace(invoice, "1706781600", `"soon"`, 1) + `,"total":1}`, "invoice", "in_when",
			"created"},
		{`{"id":"in_paid",` + invoice + `,"total":100,"amount_due":100,"amount_paid":101}`, "invoice", "in_paid",
			"amount_paid"},
		{`{"id":"ch_isk","object":"charge","amount":550,"currency":"isk","customer":"cus_A","created":1706781600,` +
			`"status":"succeeded"}`, "payment", "ch_isk", "amount"},
		{`{"id":"ch_0","object":"charge","amount":0,"currency":"usd","customer":"cus_A","created":1706781600,` +
			`"status":"succeeded"}`, "payment", "ch_0", "amount"},
		{`{"id":"re_0","object":"refund","amount":50,"currency":"usd","charge":"ch_ok","created":1706781600,` +
			`"status":"succeeded"}`, "", "", ""},
		{`{"id":"re_much","object":"refund","amount":100,"currency":"usd","charge":"ch_ok","created":1706781700,` +
			`"status":"succeeded"}`, "refund", "re_much", "amount"},
		{`{"id":"ch_ok","object":"charge","amount":120,"currency":"usd","customer":"cus_A","created":1706781600,` +
			`"status":"succeeded"}`, "", "", ""},
		{`{"id":"cbtxn_less","object":"customer_balance_transaction","amount":50,"currency":"usd","customer":"cus_A",` +
			`"created":1706781600,"type":"adjustment"}`, "credit", "cbtxn_less", "amount"},
	}
	var text, want strings.Builder
	for _, l := range lines {
		text.WriteString(l.line + "\n")
	}
	file, db := fileWith(t, "bad.jsonl", text.String()), newDatabase(t)
	out, told, code := importing(t, "stripe", file, "--db", db, "--mode", "test")
	if code != 1 {
		t.Fatalf("it exits with %d: %s%s", code, out, told)
	}
	refused, err := os.ReadFile(filepath.Join(filepath.Dir(file), "bad.jsonl.refused.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.object != "" && !strings.Contains(string(refused), l.object+","+l.id+","+l.field+",") {
			want.WriteString(l.object + "," + l.id + "," + l.field + "\n")
		}
	}
	n := strings.Count(strings.TrimSpace(string(refused)), "\n")
	if want.Len() > 0 || n != 15 {
		t.Errorf("%d are refused:\n%s\nnot:\n%s%s", n, refused, want.String(), out)
	}
	if became(out, "customers") != "2 0 0 0 1" || became(out, "refunds") != "1 0 0 0 1" {
		t.Errorf("it became %s", out)
	}
	for _, c := range []struct{ name, content, says string }{
		{"empty", "", "it is empty"}, {"text", "hello\nworld\n", "it has no column id"},
		{"json", `{"id":`, "it is not JSON"}, {"what", `{"id":"x"}`, "it says not what it is"},
		{"cells", "id,Amount\nch_1\n", "line 2 has 1 cells"},
	} {
		file := fileWith(t, c.name+".csv", c.content)
		if _, told, code := importing(t, "stripe", file, "--db", db); code != 1 || !strings.Contains(told, c.says) {
			t.Errorf("%s: it exits with %d: %s", c.name, code, told)
		}
	}
}
