package main

import (
	"strings"
	"testing"
)

// TestExportedPayments name the invoice that they paid when it is one: what is taken in again must not be paid twice.
func TestExportedPayments(t *testing.T) {
	t.Parallel()
	const payment = `{"id":"pi_1","amount":"300","currency_id":"c","status":"succeeded","invoice_id":"in_1","allocations":[`
	one, two := `{"invoice_id":"in_1","amount":"100"}`, `{"invoice_id":"in_2","amount":"200"}`
	for doc, want := range map[string]string{
		payment + one + "]}": "in_1", payment + one + "," + two + "]}": "", payment + "]}": "",
	} {
		row, err := exported["payment_intent"].row([]byte(doc), moneyWriter{})
		if err != nil || row[5] != want {
			t.Errorf("%s is %q (%v), want the invoice %q", doc, row, err, want)
		}
	}
	row, err := exported["payment_intent"].row([]byte(strings.Replace(payment, "succeeded", "canceled", 1)+"]}"),
		moneyWriter{})
	if err != nil || row != nil {
		t.Errorf("one that was taken back is %q (%v), want none", row, err)
	}
}
