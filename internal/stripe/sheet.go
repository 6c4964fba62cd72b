package stripe

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/locale"
	"clientele.dev/internal/sheets"
)

// columns are the fields of the API that the dashboard's columns are, by the letters and digits of their headers.
var columns = map[string]string{
	"id": "id", "description": "description", "currency": "currency", "created": "created", "createdutc": "created",
	"createddateutc": "created", "dateutc": "created", "status": "status", "mode": "livemode", "livemode": "livemode",
	"number": "number", "invoicenumber": "number",
	// Customers.
	"email": "email", "name": "name", "phone": "phone", "accountbalance": "balance", "delinquent": "",
	"addressline1": "address.line1", "cardaddressline1": "address.line1", "addressline2": "address.line2",
	"cardaddressline2": "address.line2", "addresscity": "address.city", "cardaddresscity": "address.city",
	"addressstate": "address.state", "cardaddressstate": "address.state", "addresscountry": "address.country",
	"cardaddresscountry": "address.country", "addresspostalcode": "address.postal_code",
	"cardaddresszip": "address.postal_code", "shippingname": "shipping.name",
	"shippingaddressline1": "shipping.address.line1", "shippingaddressline2": "shipping.address.line2",
	"shippingaddresscity": "shipping.address.city", "shippingaddressstate": "shipping.address.state",
	"shippingaddresscountry": "shipping.address.country", "shippingaddresspostalcode": "shipping.address.postal_code",
	// Invoices.
	"customer": "customer", "customerid": "customer", "customername": "customer_name",
	"customeremail": "customer_email", "customerphone": "customer_phone", "amountdue": "amount_due",
	"amountpaid": "amount_paid", "amountremaining": "amount_remaining", "subtotal": "subtotal", "tax": "tax",
	"total": "total", "duedateutc": "due_date", "finalizedatutc": "status_transitions.finalized_at",
	"paidatutc": "status_transitions.paid_at", "voidedatutc": "status_transitions.voided_at",
	"markeduncollectibleatutc": "status_transitions.marked_uncollectible_at", "paid": "paid",
	"periodstartutc": "period_start", "periodendutc": "period_end", "statementdescriptor": "statement_descriptor",
	"charge": "charge", "chargeid": "charge", "footer": "footer",
	// Charges, refunds, lines and balance transactions.
	"amount": "amount", "amountrefunded": "amount_refunded", "captured": "captured", "invoice": "invoice",
	"invoiceid": "invoice", "paymentintent": "payment_intent", "paymentintentid": "payment_intent", "reason": "reason",
	"refundeddateutc": "refunded_at", "type": "type", "quantity": "quantity", "lineitemdescription": "description",
	"lineitemamount": "amount", "endingbalance": "ending_balance",
}

// moments and amounts are the fields that a spreadsheet has as people write them.
var (
	moments = []string{
		"created", "due_date", "period_start", "period_end", "refunded_at", "status_transitions.finalized_at",
		"status_transitions.paid_at", "status_transitions.voided_at", "status_transitions.marked_uncollectible_at",
	}
	amounts = []string{
		"amount", "amount_due", "amount_paid", "amount_remaining", "amount_refunded", "subtotal", "tax", "total", "balance",
		"ending_balance",
	}
)

// columnsOf are the fields that the columns are, "" for none. The first of two columns of one field is it.
func columnsOf(header []string) (fields []string) {
	for _, name := range header {
		field, isMetadata := strings.CutSuffix(name, " (metadata)")
		if field = "metadata." + field; !isMetadata {
			field = columns[sheets.Plain(name)]
		}
		if slices.Contains(fields, field) {
			field = ""
		}
		fields = append(fields, field)
	}
	return fields
}

// objects are what the ids of the dashboard's rows say that they are.
var objects = map[string]string{
	"cus": "customer", "in": "invoice", "ch": "charge", "py": "charge", "pi": "payment_intent", "re": "refund",
	"pyr": "refund", "il": "line_item", "ii": "line_item", "sli": "line_item", "cbtxn": "customer_balance_transaction",
}

// objectOfRow makes the object of a row, as the API would have it.
func objectOfRow(fields, cells []string) (jsontext.Value, error) {
	object := map[string]any{}
	currency := ""
	for i, field := range fields {
		if field == "currency" {
			currency = strings.TrimSpace(cells[i])
		}
	}
	for i, field := range fields {
		cell := strings.TrimSpace(cells[i])
		if field == "" || cell == "" {
			continue
		}
		var value any = cell
		switch {
		case slices.Contains(moments, field):
			value = unixOf(cell)
		case slices.Contains(amounts, field):
			value = unitsOf(cell, currency)
		case field == "livemode":
			value = strings.EqualFold(cell, "live") || strings.EqualFold(cell, "true")
		case field == "paid":
			value = strings.EqualFold(cell, "true")
		case field == "status":
			value = statusOf(cell)
		}
		put(object, strings.Split(field, "."), value)
	}
	id, _ := object["id"].(string)
	prefix, _, _ := strings.Cut(id, "_")
	object["object"] = objects[prefix]
	if object["object"] == "invoice" && object["status"] == nil {
		if object["status"] = "open"; object["paid"] == true {
			object["status"] = "paid"
		}
	}
	if object["object"] == "charge" && object["status"] == "paid" {
		object["status"] = "succeeded"
	}
	return json.Marshal(object, json.Deterministic(true))
}

// put sets a field, or one of a part.
func put(object map[string]any, path []string, value any) {
	for _, name := range path[:len(path)-1] {
		part, isThere := object[name].(map[string]any)
		if !isThere {
			part = map[string]any{}
			object[name] = part
		}
		object = part
	}
	object[path[len(path)-1]] = value
}

// statusOf is a state as the API has it.
func statusOf(cell string) string {
	switch status := strings.ToLower(cell); status {
	case "paid out of band":
		return "paid"
	case "refunded", "partially refunded", "partial refund", "disputed":
		return "succeeded"
	default:
		return status
	}
}

// unixOf is a moment in unix seconds, or the text where it is none.
func unixOf(cell string) any {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.Unix()
		}
	}
	return cell
}

// unitsOf is an amount in the smallest unit, as a text, of one in the whole; or the text where it is none.
func unitsOf(cell, code string) string {
	c := clientele.PaymentCurrency{Symbol: strings.ToUpper(code), Decimal: decimalsOf(code)}
	a, readings, ok := locale.ReadAmount("en", c, cell)
	switch {
	case ok:
		return a.String()
	case len(readings) == 1 && strings.Contains(cell, ","): // 12,34 where commas are the decimals' point
		return readings[0].String()
	}
	return cell
}
