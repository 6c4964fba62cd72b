package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// paymentKitSchema are the tables of PaymentKit as Sequelize makes them in SQLite, with the columns that are read.
const paymentKitSchema = `
CREATE TABLE SequelizeMeta (name VARCHAR(255) PRIMARY KEY);
CREATE TABLE payment_methods (id VARCHAR(30) PRIMARY KEY, active TINYINT(1), livemode TINYINT(1), locked TINYINT(1),
	type TEXT, name VARCHAR(255), description VARCHAR(255), logo VARCHAR(255), default_currency_id VARCHAR(15),
	confirmation JSON, settings JSON, features JSON, metadata JSON, created_at DATETIME, updated_at DATETIME);
CREATE TABLE payment_currencies (id VARCHAR(15) PRIMARY KEY, payment_method_id VARCHAR(15), active TINYINT(1),
	livemode TINYINT(1), locked TINYINT(1), is_base_currency TINYINT(1), name VARCHAR(64), description VARCHAR(255),
	logo VARCHAR(255), symbol VARCHAR(16), decimal INTEGER, maximum_precision INTEGER, minimum_payment_amount VARCHAR(32),
	maximum_payment_amount VARCHAR(32), contract VARCHAR(40), metadata JSON, type TEXT, created_at DATETIME,
	updated_at DATETIME);
CREATE TABLE customers (id VARCHAR(18) PRIMARY KEY, livemode TINYINT(1), did VARCHAR(40), address JSON,
	description VARCHAR(255), name VARCHAR(64), email VARCHAR(128), phone VARCHAR(32), shipping JSON,
	balance VARCHAR(32) DEFAULT '0', token_balance JSON, currency_id VARCHAR(15), delinquent TINYINT(1),
	discount_id VARCHAR(30), metadata JSON, invoice_credit_balance JSON, invoice_prefix VARCHAR(8),
	invoice_settings JSON, next_invoice_sequence INTEGER DEFAULT 1, preference JSON, created_at DATETIME,
	updated_at DATETIME);
CREATE TABLE invoices (id VARCHAR(32) PRIMARY KEY, number VARCHAR(24), livemode TINYINT(1), description VARCHAR(255),
	statement_descriptor VARCHAR(30), period_start INTEGER, period_end INTEGER, status TEXT, currency_id VARCHAR(15),
	customer_id VARCHAR(18), payment_intent_id VARCHAR(30), subscription_id VARCHAR(30), subtotal VARCHAR(32),
	tax VARCHAR(32), total VARCHAR(32), amount_due VARCHAR(32), amount_paid VARCHAR(32), amount_remaining VARCHAR(32),
	customer_name VARCHAR(255), customer_email VARCHAR(255), customer_phone VARCHAR(255), customer_address JSON,
	due_date INTEGER, effective_at INTEGER, footer VARCHAR(255), custom_fields JSON, status_transitions JSON,
	metadata JSON, created_at DATETIME, updated_at DATETIME);
CREATE TABLE invoice_items (id VARCHAR(30) PRIMARY KEY, livemode TINYINT(1), amount VARCHAR(32), quantity INTEGER,
	description VARCHAR(255), currency_id VARCHAR(15), customer_id VARCHAR(18), invoice_id VARCHAR(30),
	created_at DATETIME, updated_at DATETIME);
CREATE TABLE payment_intents (id VARCHAR(30) PRIMARY KEY, livemode TINYINT(1), description VARCHAR(255),
	amount VARCHAR(32), amount_received VARCHAR(32), currency_id VARCHAR(15), customer_id VARCHAR(18),
	payment_method_id VARCHAR(30), invoice_id VARCHAR(30), status TEXT, metadata JSON, created_at DATETIME,
	updated_at DATETIME);
CREATE TABLE refunds (id VARCHAR(30) PRIMARY KEY, livemode TINYINT(1), description VARCHAR(255), amount VARCHAR(32),
	currency_id VARCHAR(15), customer_id VARCHAR(18), payment_intent_id VARCHAR(30), payment_method_id VARCHAR(30),
	invoice_id VARCHAR(30), status TEXT, reason TEXT, metadata JSON, type TEXT, created_at DATETIME, updated_at DATETIME);
CREATE TABLE subscriptions (id VARCHAR(30) PRIMARY KEY, livemode TINYINT(1), customer_id VARCHAR(18), status TEXT,
	cancel_at_period_end TINYINT(1), current_period_end INTEGER, metadata JSON, description VARCHAR(255),
	created_at DATETIME);
CREATE TABLE subscription_items (id VARCHAR(30) PRIMARY KEY, subscription_id VARCHAR(30), price_id VARCHAR(30),
	quantity INTEGER);
CREATE TABLE prices (id VARCHAR(30) PRIMARY KEY, product_id VARCHAR(30), unit_amount VARCHAR(32));
CREATE TABLE products (id VARCHAR(30) PRIMARY KEY, name VARCHAR(255));
INSERT INTO payment_methods VALUES ('pm_arc', 1, 0, 1, 'arcblock', 'ArcBlock', 'ABT', '', 'pc_tba',
	'{"type":"immediate"}', '{"arcblock":{"api_host":"https://beta.abtnetwork.io/api/"}}', '{"refund":true}', '{}',
	'2024-01-01 00:00:00.000 +00:00', '2024-01-01 00:00:00.000 +00:00');
INSERT INTO payment_currencies VALUES
	('pc_tba', 'pm_arc', 1, 0, 1, 1, 'Token', 'Beta token', '', 'TBA', 18, 6, '1', '0', 'z35n6', '{}', 'standard',
		'2024-01-01 00:00:00.000 +00:00', '2024-01-01 00:00:00.000 +00:00'),
	('pc_usd', 'pm_arc', 0, 0, 1, 0, 'Dollar', '', '', 'USD', 2, 2, '500', '0', NULL, NULL, 'standard',
		'2024-01-01 00:00:00.000 +00:00', '2024-01-01 00:00:00.000 +00:00');
`

const (
	adaDID = "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"
	bobDID = "z1EKJe5owVVovvmgr7FxYNBAKNbGadwB7gdS"
)

// sequelized writes a moment as Sequelize does.
func sequelized(at string) string { return "'" + at + " 10:00:00.000 +00:00'" }

func unixOf(t testing.TB, day string) int64 {
	t.Helper()
	at, err := time.Parse(time.DateTime, day+" 10:00:00")
	if err != nil {
		t.Fatal(err)
	}
	return at.Unix()
}

// pkCustomer is the statement that adds a customer; more are columns and values.
func pkCustomer(id, did, more string) string {
	s := "INSERT INTO customers (id, livemode, did, name, metadata, token_balance, invoice_prefix, " +
		"next_invoice_sequence, created_at, updated_at) VALUES ('" + id + "', 0, '" + did + "', '" + id +
		"', '{}', '{}', upper('" +
		strings.TrimPrefix(id, "cus_") + "0'), 7, " + sequelized("2024-01-02") + ", " + sequelized("2024-06-01") + ");\n"
	if more != "" {
		s += "UPDATE customers SET " + more + " WHERE id = '" + id + "';\n"
	}
	return s
}

// pkInvoice adds an invoice of 100.00 with a line of two and tax, issued on a day.
func pkInvoice(t testing.TB, id, customer, day, status, more string) string {
	t.Helper()
	paid, due, remaining := "0", "10000", "10000"
	if status == "paid" {
		paid, remaining = "10000", "0"
	}
	s := fmt.Sprintf(`INSERT INTO invoices (id, number, livemode, status, currency_id, customer_id, subtotal, tax, total,
		amount_due, amount_paid, amount_remaining, customer_name, period_start, period_end, due_date, effective_at,
		status_transitions, metadata, created_at, updated_at) VALUES ('%[1]s', 'OLD-%[1]s', 0, '%[2]s', 'pc_usd', '%[3]s',
		'8000', '2000', '10000', '%[4]s', '%[5]s', '%[6]s', 'As printed', 0, 0, %[7]d, %[7]d,
		'{"finalized_at":%[7]d,"paid_at":%[8]d}', '{"order":12345678901234567890}', %[9]s, %[10]s);
		INSERT INTO invoice_items VALUES ('ii_%[1]s', 0, '8000', 2, 'Seats', 'pc_usd', '%[3]s', '%[1]s', %[9]s, %[9]s);
		`, id, status, customer, due, paid, remaining, unixOf(t, day), unixOf(t, day)+86400*10, sequelized(day),
		sequelized("2024-12-01"))
	if more != "" {
		s += "UPDATE invoices SET " + more + " WHERE id = '" + id + "';\n"
	}
	return s
}

// pkIntent adds a payment that succeeded.
func pkIntent(id, customer, invoice, amount, more string) string {
	s := fmt.Sprintf(`INSERT INTO payment_intents VALUES ('%s', 0, 'pay', '%s', '%[2]s', 'pc_usd', '%s', 'pm_arc', '%s',
		'succeeded', '{}', %s, %s);
		`, id, amount, customer, invoice, sequelized("2024-03-01"), sequelized("2024-03-02"))
	if more != "" {
		s += "UPDATE payment_intents SET " + more + " WHERE id = '" + id + "';\n"
	}
	return s
}

func paymentKitFile(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "payment-kit.db")
	runSQL(t, "sqlite:"+path, paymentKitSchema+script)
	return path
}

// pkSubscriptions are two of cus_ada.
const pkSubscriptions = `
INSERT INTO products VALUES ('prod_1', 'Gold');
INSERT INTO prices VALUES ('price_1', 'prod_1', '1000'), ('price_2', 'prod_9', '5');
INSERT INTO subscriptions VALUES
	('sub_1', 0, 'cus_ada', 'active', 1, 1735689600, '{"plan":"gold"}', NULL, '2024-01-03 10:00:00.000 +00:00'),
	('sub_2', 0, 'cus_ada', 'canceled', 0, 1706745600, NULL, '10', NULL);
INSERT INTO subscription_items VALUES ('si_1', 'sub_1', 'price_1', 2), ('si_2', 'sub_2', 'price_2', 1),
	('si_3', 'sub_9', 'price_1', 1);`

// richBooks is a customer of whom everything is there that moves in.
func richBooks(t testing.TB) string {
	t.Helper()
	return pkCustomer("cus_ada", adaDID, `email = 'Ada@Example.com', phone = 'call me',
		address = '{"country":"DE","city":"Ulm"}', metadata = '{"plan":"gold"}',
		token_balance = '{"pc_usd":"2500","pc_tba":"1000000000000000000"}'`) +
		pkInvoice(t, "in_paid", "cus_ada", "2024-02-01", "paid", "") + pkIntent("pi_1", "cus_ada", "in_paid", "10000", "") +
		pkInvoice(t, "in_lost", "cus_ada", "2024-02-02", "paid", "") + // no intent says by what
		pkInvoice(t, "in_credit", "cus_ada", "2024-02-03", "paid", "amount_due = '4000', amount_paid = '4000'") +
		pkIntent("pi_2", "", "in_credit", "4000", "") +
		pkInvoice(t, "in_open", "cus_ada", "2024-02-04", "open", "") +
		pkInvoice(t, "in_part", "cus_ada", "2024-02-05", "open", "amount_paid = '3000', amount_remaining = '7000'") +
		pkIntent("pi_3", "cus_ada", "in_part", "3000", "") +
		pkInvoice(t, "in_bad", "cus_ada", "2024-02-06", "uncollectible", "") +
		pkInvoice(t, "in_void", "cus_ada", "2024-02-07", "void", "") +
		pkInvoice(t, "in_draft", "cus_ada", "2024-02-08", "draft", "number = '', effective_at = NULL") +
		pkInvoice(t, "in_back", "cus_ada", "2024-02-09", "paid", "") + pkIntent("pi_4", "cus_ada", "in_back", "10000", "") +
		`INSERT INTO refunds VALUES ('re_1', 0, 'sorry', '2500', 'pc_usd', 'cus_ada', 'pi_4', 'pm_arc', 'in_back',
			'succeeded', 'requested_by_customer', '{}', 'refund', ` +
		sequelized("2024-05-01") + `, ` + sequelized("2024-05-01") + `);` +
		pkIntent("pi_none", "cus_ada", "", "700", "") +
		pkIntent("pi_failed", "cus_ada", "in_open", "1", "status = 'canceled'") +
		pkCustomer("cus_bob", bobDID, "")
}
