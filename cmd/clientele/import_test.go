package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/pgtest"
)

// became is what an import says became of the objects of a kind: new, changed, equal, skipped and refused.
func became(out, objects string) string {
	for line := range strings.Lines(out) {
		if name, counts, _ := strings.Cut(strings.TrimSpace(line), " "); name == objects {
			return strings.Join(strings.Fields(counts), " ")
		}
	}
	return ""
}

// TestImportPaymentKit moves a file in: applications find everybody by the names they know, and the books of every past
// day are what they were.
func TestImportPaymentKit(t *testing.T) {
	t.Parallel()
	for name, db := range map[string]string{
		"SQLite": "sqlite:" + filepath.Join(t.TempDir(), "new.db"), "PostgreSQL": pgtest.URL(t, nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			movesIn(t, paymentKitFile(t, richBooks(t)+pkSubscriptions), db)
		})
	}
}

func movesIn(t *testing.T, file, db string) {
	t.Helper()
	out, code := runCommand("import", "paymentkit", file, "--dry-run", "--db", db)
	if code != 0 || !strings.Contains(out, "Nothing was changed. Read 2 customers") {
		t.Fatalf("a dry run exits with %d: %s", code, out)
	}
	if _, err := os.Stat(strings.TrimPrefix(db, "sqlite:")); err == nil {
		t.Error("a dry run made the database")
	}
	dry := out
	out, code = runCommand("import", "paymentkit", file, "--db", db)
	if code != 0 {
		t.Fatalf("it exits with %d: %s", code, out)
	}
	for objects, want := range map[string]string{
		"customers": "2 0 0 0 0", "invoices": "9 0 0 0 0", "payments": "6 0 0 0 0", "refunds": "1 0 0 0 0",
		"payment_currencies": "2 0 0 0 0", "payment_methods": "1 0 0 0 0", "subscriptions": "2 0 0 0 0",
	} {
		if got := became(out, objects); got != want {
			t.Errorf("of %s became %s, want %s", objects, got, want)
		}
	}
	for _, want := range []string{
		"1  payment intents that did not succeed", "2  prices", "Of 1 customers a contact detail is kept",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q: %s", want, out)
		}
	}
	counts := func(out string) string { return out[:strings.LastIndex(strings.TrimSpace(out), "\n")] }
	if counts(dry) != counts(out) {
		t.Errorf("a dry run says\n%s\nand it becomes\n%s", dry, out)
	}
	again, code := runCommand("import", "paymentkit", file, "--db", db)
	for objects, want := range map[string]string{
		"customers": "0 0 2 0 0", "invoices": "0 0 9 0 0", "payments": "0 0 6 0 0", "refunds": "0 0 1 0 0",
		"subscriptions": "0 0 2 0 0",
	} {
		if got := became(again, objects); code != 0 || got != want {
			t.Errorf("again it exits with %d, and of %s became %s, want %s", code, objects, got, want)
		}
	}
	if out, code := runCommand("verify", "--db", db); code != 0 {
		t.Errorf("the books are not right: %s", out)
	}
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.Advance(1000 * 24 * time.Hour)
	p, ctx := s.Test(), t.Context()
	ada, err := p.Customers.Retrieve(ctx, adaDID)
	if err != nil {
		t.Fatal(err)
	}
	if ada.ID != "cus_ada" || ada.Email != "Ada@Example.com" || ada.Phone != "" || ada.Address.City != "Ulm" ||
		ada.Metadata.String("plan") != "gold" || string(ada.Metadata["imported"]) != `{"phone":"call me"}` ||
		ada.TokenBalance["pc_usd"].String() != "2500" || ada.TokenBalance["pc_tba"].String() != "1000000000000000000" ||
		ada.InvoicePrefix != "ADA0" || ada.NextInvoiceSequence != 7 || !ada.Delinquent ||
		ada.CreatedAt.String() != "2024-01-02T10:00:00.000Z" || ada.UpdatedAt.String() != "2024-06-01T10:00:00.000Z" {
		t.Errorf("Ada is %+v", ada.Customer)
	}
	wants := []string{ // newest first
		`{"cancel_at_period_end":false,"created_at":null,"current_period_end":1706745600,"customer_id":"cus_ada",` +
			`"description":"10","id":"sub_2","items":[{"id":"si_2","price":{"id":"price_2","product_id":"prod_9",` +
			`"unit_amount":"5"},"price_id":"price_2","quantity":1,"subscription_id":"sub_2"}],"livemode":false,` +
			`"metadata":null,"object":"subscription","status":"canceled"}`,
		`{"cancel_at_period_end":true,"created_at":"2024-01-03T10:00:00.000Z","current_period_end":1735689600,` +
			`"customer_id":"cus_ada","description":null,"id":"sub_1","items":[{"id":"si_1","price":{"id":"price_1",` +
			`"product":{"id":"prod_1","name":"Gold"},"product_id":"prod_1","unit_amount":"1000"},"price_id":"price_1",` +
			`"quantity":2,"subscription_id":"sub_1"}],"livemode":false,"metadata":{"plan":"gold"},` +
			`"object":"subscription","status":"active"}`,
	}
	for i, want := range wants {
		if len(ada.Subscriptions) != len(wants) || string(ada.Subscriptions[i]) != want {
			t.Errorf("the subscriptions are %s\nwant %s", ada.Subscriptions, want)
		}
	}
	moved := map[string]int{}
	for _, e := range apptest.Events(t, s.DB) {
		if e.Type == clientele.EventSubscriptionCreated && strings.Contains(string(e.Data.Object), e.ObjectID) {
			moved[e.ObjectType+" by "+e.Request.RequestedBy]++
		}
	}
	if len(moved) != 1 || moved["subscription by import"] != 2 {
		t.Errorf("the events of the subscriptions are %v", moved)
	}
	for id, want := range map[string]string{
		"in_paid":   "paid 10000 10000 0 0 0 2024-02-01 2024-02-11",
		"in_lost":   "paid 10000 10000 0 0 0 2024-02-02 2024-02-12",
		"in_credit": "paid 10000 4000 6000 0 0 2024-02-03 2024-02-13",
		"in_open":   "open 10000 0 0 10000 0 2024-02-04 1970-01-01",
		"in_part":   "open 10000 3000 0 7000 0 2024-02-05 1970-01-01",
		"in_bad":    "uncollectible 10000 0 0 10000 0 2024-02-06 1970-01-01",
		"in_void":   "void 10000 0 0 0 10000 2024-02-07 1970-01-01", "in_draft": "draft 10000 0 0 10000 0 - 1970-01-01",
		"in_back": "paid 10000 10000 0 0 0 2024-02-09 2024-02-19",
	} {
		i, err := p.Invoices.Retrieve(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		date := "-"
		if i.Date != 0 {
			date = i.Date.String()
		}
		got := fmt.Sprintf("%s %s %s %s %s %s %s %s", i.Status, i.Total, i.AmountPaid, i.AmountCredited, i.AmountRemaining,
			i.AmountWrittenOff, date, time.Unix(i.StatusTransitions.PaidAt, 0).UTC().Format(time.DateOnly))
		if got != want || i.Tax.String() != "2000" || len(i.Lines) != 2 || i.Lines[0].ID != "ii_"+id ||
			i.Lines[0].Quantity != 2 || string(i.Metadata["order"]) != "12345678901234567890" ||
			i.Status != "draft" && (i.CustomerName != "As printed" || i.Number != "OLD-"+id) {
			t.Errorf("%s is %s, want %s: %+v", id, got, want, i.Invoice)
		}
	}
	refund, err := p.Refunds.Retrieve(ctx, "re_1")
	if err != nil || refund.PaymentIntentID != "pi_4" || refund.Amount.String() != "2500" ||
		refund.Date.String() != "2024-05-01" {
		t.Errorf("the refund is %+v (%v)", refund, err)
	}
	// The books of past days, of what counted then.
	for day, want := range map[string]string{
		"2024-01-31": "0 0", "2024-02-06": "54000 0", "2024-02-29": "40000 0", "2024-03-02": "37000 700",
		"2025-01-01": "27000 700",
	} {
		d, err := clientele.ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		aging, err := p.Receivables.Aging(ctx, clientele.AgingParams{AsOf: clientele.OnDay(d)})
		b := aging.Currencies["pc_usd"]
		if got := b.Total.In("pc_usd").String() + " " + b.Unapplied.In("pc_usd").String(); err != nil || got != want {
			t.Errorf("on %s %s was owed and not applied, want %s (%v)", day, got, want, err)
		}
	}
	if bob, err := p.Customers.Retrieve(ctx, bobDID); err != nil || bob.ID != "cus_bob" {
		t.Errorf("Bob is %v (%v)", bob, err)
	}
	history, err := billingOf(s).Customers.History(ctx, clientele.Test, "cus_ada")
	if err != nil || len(history) == 0 || history[0].Request.RequestedBy != "import" {
		t.Errorf("Ada's history is %+v (%v)", history, err)
	}
}

func billingOf(s *apptest.Server) *billing.Service { return billing.New(s.DB) }

// TestImportOfDamage has rows with every kind of damage: each is told by its field, nothing of it is taken, and all
// that is good is.
func TestImportOfDamage(t *testing.T) {
	t.Parallel()
	type damage struct{ name, script, object, field string }
	var all []damage
	invoice := func(name, more, field string) {
		id := "in_" + name
		all = append(all, damage{name, pkInvoice(t, id, "cus_bob", "2024-02-01", "open", more), "invoice " + id, field})
	}
	invoice("letters", "total = 'ten'", "total")
	invoice("negative", "total = '-1'", "total")
	invoice("decimal", "total = '100.00'", "total")
	invoice("missing", "total = NULL", "total")
	invoice("zeros", "total = '007'", "total")
	invoice("large", "total = '"+strings.Repeat("9", 200)+"'", "total")
	invoice("state", "status = 'sent'", "status")
	invoice("overpaid", "amount_paid = '10001'", "amount_paid")
	invoice("overdue", "amount_due = '10001'", "amount_paid")
	invoice("nowhere", "currency_id = 'pc_x'", "currency_id")
	invoice("uncurrency", "currency_id = NULL", "currency_id")
	invoice("ancient", "effective_at = 1000", "effective_at")
	all = append(all, damage{"old", pkInvoice(t, "in_old", "cus_bob", "1985-01-01", "open", ""), "invoice in_old",
		"effective_at"})
	invoice("later", "effective_at = 99999999999", "effective_at")
	invoice("early", "due_date = 1600000000", "due_date")
	invoice("never", "due_date = 99999999999", "due_date")
	invoice("undated", "created_at = 'yesterday'", "created_at")
	invoice("unborn", "created_at = NULL", "created_at")
	invoice("mode", "livemode = 1", "livemode")
	invoice("number", "number = '"+strings.Repeat("x", 65)+"'", "number")
	invoice("taken", "number = 'OLD-in_first'", "number")
	invoice("metadata", "metadata = '[1]'", "metadata")
	invoice("unjson", "metadata = '{\"a\":'", "metadata")
	invoice("tax", "tax = 'x'", "tax")
	all = append(all, damage{"line", pkInvoice(t, "in_line", "cus_bob", "2024-02-01", "open", "") +
		"UPDATE invoice_items SET amount = '1e3' WHERE invoice_id = 'in_line';", "invoice in_line", "lines.amount"})
	all = append(all, damage{"quantity", pkInvoice(t, "in_quantity", "cus_bob", "2024-02-01", "open", "") +
		"UPDATE invoice_items SET quantity = 'two' WHERE invoice_id = 'in_quantity';", "invoice in_quantity", "quantity"})
	all = append(all, damage{"orphan", pkInvoice(t, "in_orphan", "cus_gone", "2024-02-01", "open", ""),
		"invoice in_orphan", "customer_id"})
	payment := func(name, more, field string) {
		id := "pi_" + name
		all = append(all, damage{name, pkIntent(id, "cus_bob", "", "100", more), "payment " + id, field})
	}
	payment("nothing", "amount = '0', amount_received = '0'", "amount")
	payment("words", "amount_received = 'x'", "amount_received")
	payment("elsewhere", "invoice_id = 'in_none'", "invoice_id")
	payment("coin", "currency_id = 'pc_x'", "currency_id")
	payment("future", "updated_at = '2124-01-01 00:00:00.000 +00:00'", "received_at")
	payment("other", "livemode = 1", "livemode")
	payment("nobodys", "customer_id = 'cus_gone'", "customer_id")
	payment("ofrefused", "invoice_id = 'in_letters'", "invoice_id")
	refund := func(name, of, amount, reason, field string) {
		id := "re_" + name
		all = append(all, damage{name, "INSERT INTO refunds VALUES ('" + id + "', 0, '', '" + amount +
			"', 'pc_usd', 'cus_bob', '" + of + "', 'pm_arc', NULL, 'succeeded', '" + reason + "', '{}', 'refund', " +
			sequelized("2024-05-01") + ", " +
			sequelized("2024-05-01") + ");\n", "refund " + id, field})
	}
	refund("ofnothing", "pi_none", "5", "", "payment_intent_id")
	refund("more", "pi_good", "999999", "", "payment_intent_id")
	refund("why", "pi_good", "5", "because", "reason")
	refund("zero", "pi_good", "0", "", "amount")
	customer := func(name, did, more, field string) {
		id := "cus_" + name
		all = append(all, damage{name, pkCustomer(id, did, more), "customer " + id, field})
	}
	customer("did", "z1nonsense", "", "did")
	customer("twin", bobDID, "", "did")
	customer("balance", "", "token_balance = '{\"pc_usd\":\"1.5\"}'", "token_balance")
	customer("balances", "", "token_balance = '[]'", "token_balance")
	customer("debt", "", "token_balance = '{\"pc_usd\":\"-1\"}'", "token_balance")
	customer("coins", "", "token_balance = '{\"pc_none\":\"1\"}'", "token_balance")
	customer("born", "", "created_at = '2124-01-01 00:00:00.000 +00:00'", "created_at")
	customer("meta", "", "metadata = '{\"a\":1,\"a\":2}'", "metadata")
	customer("long", "", "name = '"+strings.Repeat("n", 600)+"'", "name")
	customer("sequence", "", "next_invoice_sequence = 'x'", "next_invoice_sequence")
	all = append(all, damage{"of a refused customer", pkInvoice(t, "in_ofborn", "cus_born", "2024-02-01", "open", ""),
		"invoice in_ofborn", "customer_id"}, damage{"of an unreadable customer",
		pkInvoice(t, "in_ofsequence", "cus_sequence", "2024-02-01", "open", ""), "invoice in_ofsequence", "customer_id"})
	subscription := func(name, customer, mode, field string) {
		all = append(all, damage{name, "INSERT INTO subscriptions VALUES ('sub_" + name + "', " + mode + ", '" + customer +
			"', 'active', 0, 1706745600, NULL, NULL, NULL);\n", "subscription sub_" + name, field})
	}
	subscription("ofnobody", "cus_gone", "0", "customer_id")
	subscription("ofanothermode", "cus_bob", "1", "livemode")
	script := pkCustomer("cus_bob", bobDID, "") + pkInvoice(t, "in_first", "cus_bob", "2024-01-15", "open", "") +
		pkIntent("pi_good", "cus_bob", "", "100", "")
	for _, d := range all {
		script += d.script
	}
	file, db := paymentKitFile(t, script), "sqlite:"+filepath.Join(t.TempDir(), "new.db")
	var printed, log bytes.Buffer
	code := run(t.Context(), []string{"import", "paymentkit", file, "--db", db}, &printed, &log)
	out := printed.String()
	if code != 1 || !strings.Contains(log.String(), "were refused") {
		t.Errorf("it exits with %d: %s%s", code, out, &log)
	}
	f, err := os.Open(file + ".refused.csv")
	if err != nil {
		t.Fatal(err, out)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{}
	for _, row := range rows[1:] {
		key := row[0] + " " + row[1]
		fields[key] = append(fields[key], row[2])
	}
	for _, d := range all {
		if !slices.Contains(fields[d.object], d.field) {
			t.Errorf("%s: %s is refused for %v, want %s", d.name, d.object, fields[d.object], d.field)
		}
		delete(fields, d.object)
	}
	if len(fields) > 0 {
		t.Errorf("refused too: %v %v", fields, rows)
	}
	if !strings.HasPrefix(became(out, "invoices"), "1 ") || !strings.HasPrefix(became(out, "payments"), "1 ") {
		t.Errorf("what is good is not taken: %s", out)
	}
	if out, code := runCommand("verify", "--db", db); code != 0 {
		t.Errorf("the books are not right: %s", out)
	}
	if !strings.Contains(out, "Imported 11 customers") {
		t.Errorf("it counts others than the 11 customers: %s", out)
	}
	t.Logf("%d kinds of damage", len(all))
}

// TestImportOfOddities moves in what is odd, and no mistake; a mistake that is mended moves in the second time.
func TestImportOfOddities(t *testing.T) {
	t.Parallel()
	file := paymentKitFile(t, pkCustomer("cus_bob", bobDID, `updated_at = NULL, token_balance = '{"pc_usd":"7"}'`)+
		pkInvoice(t, "in_void", "cus_bob", "2024-02-01", "void", `status_transitions = '{"voided_at":1}'`)+ // and paid
		pkIntent("pi_void", "cus_bob", "in_void", "10000", "")+
		pkInvoice(t, "in_back", "cus_bob", "2024-02-09", "paid", "")+pkIntent("pi_4", "cus_bob", "in_back", "10000", "")+
		`INSERT INTO refunds VALUES ('re_1', 0, '', '2500', 'pc_usd', 'cus_bob', 'pi_4', 'pm_arc', NULL, 'succeeded',
			'because', '{}', 'refund', `+sequelized("2024-05-01")+`, `+sequelized("2024-05-01")+`);`)
	db := newDatabase(t)
	out, _, code := importing(t, "paymentkit", file, "--db", db)
	if code != 1 || became(out, "refunds") != "0 0 0 0 1" || became(out, "invoices") != "2 0 0 0 0" {
		t.Fatalf("it exits with %d: %s", code, out)
	}
	runSQL(t, "sqlite:"+file, "UPDATE refunds SET reason = 'duplicate'") // which mends it
	if out, told, code := importing(t, "paymentkit", file, "--db", db); code != 0 ||
		became(out, "refunds") != "1 0 0 0 0" || became(out, "payments") != "0 0 2 0 0" {
		t.Errorf("mended it exits with %d: %s%s", code, out, told)
	}
	runSQL(t, "sqlite:"+file, "UPDATE invoices SET total = '10001', amount_due = '10001' WHERE id = 'in_void'")
	if out, _, code := importing(t, "paymentkit", file, "--on-conflict", "update", "--db", db); code != 1 ||
		became(out, "invoices") != "0 0 1 0 1" { // of what is there no amount is ever changed
		t.Errorf("with another total it exits with %d: %s", code, out)
	}
	if out, code := runCommand("verify", "--db", db); code != 0 {
		t.Errorf("the books are not right: %s", out)
	}
	shown, _ := runCommand("invoices", "show", "in_void", "--json", "--db", db)
	for _, want := range []string{`"status":"void"`, `"paid":false`} {
		if !strings.Contains(shown, want) {
			t.Errorf("it has no %s: %s", want, shown)
		}
	}
	if bob, _ := runCommand("customers", "show", "cus_bob", "--db", db); !strings.Contains(bob, `{"pc_usd":"7"}`) {
		t.Errorf("Bob is %s", bob)
	}
}

// TestImportOfOldHistory takes in what is older than usual, when it is told how old anything may be.
func TestImportOfOldHistory(t *testing.T) {
	t.Parallel()
	file := paymentKitFile(t, pkCustomer("cus_bob", bobDID, "")+
		pkInvoice(t, "in_old", "cus_bob", "1985-01-01", "open", ""))
	db := newDatabase(t)
	if _, told, code := importing(t, "paymentkit", file, "--first-date", "soon", "--db", db); code != 1 ||
		!strings.Contains(told, "--first-date must be a day") {
		t.Errorf("it exits with %d: %s", code, told)
	}
	out, _, code := importing(t, "paymentkit", file, "--first-date", "1980-01-01", "--db", db)
	if code != 0 || became(out, "invoices") != "1 0 0 0 0" {
		t.Errorf("it exits with %d: %s", code, out)
	}
}

// TestImportRefusesOtherFiles says what a file is not.
func TestImportRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := "sqlite:" + filepath.Join(t.TempDir(), "new.db")
	for _, file := range []string{text, text + ".none", strings.TrimPrefix(newDatabase(t), "sqlite:")} {
		if out, code := runCommand("import", "paymentkit", file, "--db", db); code == 0 {
			t.Errorf("%s is imported: %s", file, out)
		}
		if _, err := os.Stat(strings.TrimPrefix(db, "sqlite:")); err == nil {
			t.Errorf("of %s a database is made", file)
		}
	}
}
