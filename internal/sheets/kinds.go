package sheets

import (
	"slices"
	"strings"
)

// Kind is what the rows of a sheet are.
type Kind struct {
	Object string   // customer, invoice or payment
	Fields []string // that a column can be, beside metadata.KEY

	headers map[string]string // what the fields are called elsewhere, by their letters and digits
}

// Kinds are the kinds of rows.
var Kinds = []Kind{Customers, Invoices, Payments}

// Customers are rows of customers.
var Customers = Kind{
	Object: "customer",
	Fields: []string{
		"id", "did", "external_id", "name", "description", "email", "phone", "address.country", "address.state",
		"address.city", "address.line1", "address.line2", "address.postal_code", "currency_id", "invoice_prefix",
		"created_at",
	},
	headers: map[string]string{
		"id": "id", "customerid": "id", "did": "did", "externalid": "external_id", "customernumber": "external_id",
		"name": "name", "fullname": "name", "customername": "name", "company": "name", "companyname": "name",
		"kunde": "name", "nom": "name", "email": "email", "emailaddress": "email", "mail": "email",
		"phone": "phone", "phonenumber": "phone", "telephone": "phone", "telefon": "phone", "mobile": "phone",
		"description": "description", "notes": "description", "note": "description",
		"country": "address.country", "countrycode": "address.country", "addresscountry": "address.country",
		"cardaddresscountry": "address.country", "state": "address.state", "region": "address.state",
		"province": "address.state", "addressstate": "address.state", "city": "address.city", "town": "address.city",
		"addresscity": "address.city", "ort": "address.city", "street": "address.line1", "address": "address.line1",
		"addressline1": "address.line1", "line1": "address.line1", "addressline2": "address.line2",
		"line2": "address.line2", "zip": "address.postal_code", "zipcode": "address.postal_code",
		"postalcode": "address.postal_code", "postcode": "address.postal_code", "plz": "address.postal_code",
		"addresspostalcode": "address.postal_code", "created": "created_at", "createdat": "created_at",
		"createdutc": "created_at", "currencyid": "currency_id", "invoiceprefix": "invoice_prefix",
	},
}

// Invoices are rows of invoices.
var Invoices = Kind{
	Object: "invoice",
	Fields: []string{
		"id", "customer_id", "number", "currency", "total", "tax", "description", "date", "due_date", "status",
		"amount_paid", "paid_at",
	},
	headers: withCustomer(map[string]string{
		"id": "id", "invoiceid": "id", "number": "number", "invoice": "number", "invoicenumber": "number",
		"invoiceno": "number", "rechnungsnummer": "number", "rechnungsnr": "number", "total": "total",
		"totalamount": "total", "grandtotal": "total", "amount": "total", "invoicetotal": "total",
		"invoiceamount": "total", "gross": "total", "betrag": "total", "bruttobetrag": "total", "tax": "tax",
		"taxamount": "tax", "vat": "tax", "vatamount": "tax", "mwst": "tax", "ust": "tax", "currency": "currency",
		"currencycode": "currency", "currencyid": "currency", "währung": "currency", "date": "date",
		"invoicedate": "date", "issued": "date", "issuedate": "date", "issuedon": "date", "dateofissue": "date",
		"rechnungsdatum": "date", "datum": "date", "due": "due_date", "duedate": "due_date", "dueon": "due_date",
		"fällig": "due_date", "fälligam": "due_date", "status": "status", "state": "status", "amountpaid": "amount_paid",
		"paid": "amount_paid", "paidamount": "amount_paid", "paidat": "paid_at", "paidon": "paid_at",
		"datepaid": "paid_at", "paiddate": "paid_at", "paymentdate": "paid_at", "description": "description",
		"memo": "description", "notes": "description", "item": "description",
	}),
}

// Payments are rows of payments.
var Payments = Kind{
	Object: "payment",
	Fields: []string{
		"id", "customer_id", "amount", "currency", "date", "invoice", "method", "reference", "description",
	},
	headers: withCustomer(map[string]string{
		"id": "id", "paymentid": "id", "amount": "amount", "total": "amount", "amountreceived": "amount",
		"paymentamount": "amount", "betrag": "amount", "currency": "currency", "currencycode": "currency",
		"currencyid": "currency", "währung": "currency", "date": "date", "paymentdate": "date", "paidat": "date",
		"paidon": "date", "received": "date", "receivedat": "date", "receivedon": "date", "datereceived": "date",
		"datum": "date", "invoice": "invoice", "invoicenumber": "invoice", "invoiceno": "invoice", "invoiceid": "invoice",
		"rechnungsnummer": "invoice", "method": "method", "paymentmethod": "method", "reference": "reference",
		"ref": "reference", "paymentreference": "reference", "transactionid": "reference",
		"verwendungszweck": "reference", "description": "description", "memo": "description", "notes": "description",
	}),
}

// withCustomer adds what the customer is called whose a row is.
func withCustomer(headers map[string]string) map[string]string {
	for _, name := range []string{
		"customer", "customerid", "customeremail", "customernumber", "customerexternalid", "email", "client", "clientid",
		"clientemail", "kundennummer", "did", "externalid",
	} {
		headers[name] = "customer_id"
	}
	return headers
}

// KindNamed finds a kind by what its rows are called: customers, invoices or payments.
func KindNamed(name string) (Kind, bool) {
	for _, k := range Kinds {
		if k.Object+"s" == name {
			return k, true
		}
	}
	return Kind{}, false
}

// KindOf finds out what the rows of a sheet are by its headers: invoices have a number or a day when they are due,
// payments an amount with what names a payment.
func KindOf(header []string) Kind {
	has := func(k Kind, fields ...string) bool {
		return slices.ContainsFunc(header, func(name string) bool { return slices.Contains(fields, k.FieldOf(name)) })
	}
	switch {
	case !has(Payments, "amount"), !has(Payments, "customer_id"):
		return Customers
	case has(Invoices, "due_date", "tax", "status", "amount_paid"):
		return Invoices
	case has(Payments, "method", "reference"), !has(Invoices, "number"):
		return Payments
	}
	return Invoices
}

// Has says whether a column can be the field.
func (k Kind) Has(field string) bool {
	return slices.Contains(k.Fields, field) || field == "metadata" ||
		strings.HasPrefix(field, "metadata.") && field != "metadata."
}

// FieldOf is the field that a header names by itself: one of the kind's, or metadata.KEY; "" when it names none.
func (k Kind) FieldOf(header string) string {
	if key, isMetadata := strings.CutSuffix(header, " (metadata)"); isMetadata {
		return "metadata." + key
	}
	if header == "metadata" || strings.HasPrefix(header, "metadata.") || slices.Contains(k.Fields, header) {
		return header
	}
	return k.headers[Plain(header)]
}
