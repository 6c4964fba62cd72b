package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
)

// john is the DID of the examples' customer.
const john = "did:abt:zNKhmN1i3zutBkzMHrcSv8onT6CSitbVQhRk"

// shop starts a server of its own for an example, with one customer, and returns an SDK client of it. Outside of the
// examples, this is
//
//	payment := client.New("http://127.0.0.1:8080", os.Getenv("CLIENTELE_KEY"))
func shop() (payment *client.Client, customer *clientele.Customer, closeShop func()) {
	dir, err := os.MkdirTemp("", "clientele-example-")
	if err != nil {
		panic(err)
	}
	server, err := apptest.Open("sqlite:" + filepath.Join(dir, "clientele.db"))
	if err != nil {
		panic(err)
	}
	payment = server.Test()
	customer, err = payment.Customers.Create(context.Background(), clientele.CustomerParams{
		DID:   new(john),
		Name:  new("John Doe"),
		Email: new("john.doe@example.com"),
		Phone: new("+1 555 123 4567"),
		Address: &clientele.AddressParams{
			Country: new("US"), State: new("CA"), City: new("San Francisco"), Line1: new("123 Main Street"),
		},
	})
	if err != nil {
		panic(err)
	}
	return payment, customer, func() {
		server.Close()
		_ = os.RemoveAll(dir)
	}
}

// Retrieve a customer by its id or by its DID.
func ExampleCustomers_Retrieve() {
	payment, john, closeShop := shop()
	defer closeShop()
	ctx := context.Background()

	customer, err := payment.Customers.Retrieve(ctx, john.ID)
	if err != nil {
		fmt.Println("Error retrieving customer:", err)
		return
	}
	fmt.Println(customer.Name, customer.Phone, customer.Address.City, customer.Balance)

	same, err := payment.Customers.Retrieve(ctx, "did:abt:zNKhmN1i3zutBkzMHrcSv8onT6CSitbVQhRk")
	if err != nil {
		fmt.Println("Error retrieving customer:", err)
		return
	}
	fmt.Println(same.ID == customer.ID)

	_, err = payment.Customers.Retrieve(ctx, "cus_xxxxxxxxxxxxxxxx")
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Code == clientele.ErrorCodeNotFound {
		fmt.Println(refused.Message)
	}
	// Output:
	// John Doe +15551234567 San Francisco 0.00
	// true
	// no customer "cus_xxxxxxxxxxxxxxxx" in this mode
}

// Retrieve the customer who has a DID, and create it when it is new.
func ExampleCustomers_RetrieveOrCreate() {
	payment, _, closeShop := shop()
	defer closeShop()
	ctx := context.Background()

	const visitor = "did:abt:z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"
	first, err := payment.Customers.RetrieveOrCreate(ctx, visitor)
	if err != nil {
		fmt.Println("Error:", err)
		return
	}
	again, err := payment.Customers.RetrieveOrCreate(ctx, visitor)
	if err != nil {
		fmt.Println("Error:", err)
		return
	}
	fmt.Println(first.DID, first.ID == again.ID)
	// Output: z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE true
}

// Update what has changed about a customer. What is not sent stays as it is.
func ExampleCustomers_Update() {
	payment, john, closeShop := shop()
	defer closeShop()

	updated, err := payment.Customers.Update(context.Background(), john.ID, clientele.CustomerParams{
		Email:    new("john.new.doe@example.com"),
		Metadata: map[string]any{"internal_id": "user-456"},
	})
	if err != nil {
		fmt.Println("Error updating customer:", err)
		return
	}
	fmt.Println(updated.Name, updated.Email, updated.Metadata.String("internal_id"))
	// Output: John Doe john.new.doe@example.com user-456
}

// Update a customer only if nobody else did since it was read.
func ExampleIfMatch() {
	payment, john, closeShop := shop()
	defer closeShop()
	ctx := context.Background()

	var header http.Header
	if _, err := payment.Customers.Retrieve(ctx, john.ID, client.ResponseHeader(&header)); err != nil {
		fmt.Println("Error retrieving customer:", err)
		return
	}
	asRead := client.IfMatch(header.Get("ETag"))
	for _, name := range []string{"Johnny Doe", "Jonathan Doe"} {
		_, err := payment.Customers.Update(ctx, john.ID, clientele.CustomerParams{Name: &name}, asRead)
		refused, changed := errors.AsType[*client.Error](err)
		fmt.Println(name, changed && refused.Code == clientele.ErrorCodePreconditionFailed)
	}
	// Output:
	// Johnny Doe false
	// Jonathan Doe true
}

// List customers by page, the newest first.
func ExampleCustomers_List() {
	payment, _, closeShop := shop()
	defer closeShop()
	ctx := context.Background()
	for i := range 6 {
		_, err := payment.Customers.Create(ctx, clientele.CustomerParams{Name: new(fmt.Sprint("Customer ", i+1))})
		if err != nil {
			fmt.Println("Error creating customer:", err)
			return
		}
	}

	page, err := payment.Customers.List(ctx, clientele.CustomerListParams{Window: clientele.Window{PageSize: 5}})
	if err != nil {
		fmt.Println("Error listing customers:", err)
		return
	}
	fmt.Println("Total customers:", page.Count)
	for _, customer := range page.List {
		fmt.Println(customer.Name)
	}
	// Output:
	// Total customers: 7
	// Customer 6
	// Customer 5
	// Customer 4
	// Customer 3
	// Customer 2
}

// Walk all customers, however many there are.
func ExampleCustomers_All() {
	payment, _, closeShop := shop()
	defer closeShop()

	for customer, err := range payment.Customers.All(context.Background(),
		clientele.CustomerListParams{Order: []string{"created_at:ASC"}}) {
		if err != nil {
			fmt.Println("Error listing customers:", err)
			return
		}
		fmt.Println(customer.Name)
	}
	// Output: John Doe
}

// Search customers by any part of their name, email, phone, DID, id or external id.
func ExampleCustomers_Search() {
	payment, _, closeShop := shop()
	defer closeShop()

	const query = "john.doe"
	results, err := payment.Customers.Search(context.Background(), clientele.CustomerSearchParams{Query: query})
	if err != nil {
		fmt.Println("Error searching for customers:", err)
		return
	}
	fmt.Printf("Found %d customer(s) matching '%s': %s\n", results.Count, query, results.List[0].Name)
	// Output: Found 1 customer(s) matching 'john.doe': John Doe
}

// Ask what a customer owes on uncollectible invoices, in each currency.
func ExampleCustomers_OverdueInvoices() {
	payment, john, closeShop := shop()
	defer closeShop()
	ctx := context.Background()

	invoice, err := payment.Invoices.Create(ctx, clientele.InvoiceParams{
		CustomerID: john.ID, CurrencyID: "curr_test_usd",
		InvoiceContent: clientele.InvoiceContent{
			DueDate: clientele.DueAt(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).Unix()),
			Lines: []clientele.LineParams{{
				Description: "Consulting", Quantity: new(int64(2)),
				UnitAmount: new(clientele.NewAmount("", 1250)),
			}},
		},
	})
	if err != nil {
		fmt.Println("Error creating invoice:", err)
		return
	}
	if _, err := payment.Invoices.Finalize(ctx, invoice.ID); err != nil {
		fmt.Println("Error finalizing invoice:", err)
		return
	}
	if _, err := payment.Invoices.MarkUncollectible(ctx, invoice.ID); err != nil {
		fmt.Println("Error giving the invoice up:", err)
		return
	}

	overdue, err := payment.Customers.OverdueInvoices(ctx, john.ID)
	if err != nil {
		fmt.Println("Error retrieving overdue invoices:", err)
		return
	}
	fmt.Println(overdue.Customer.Name, "has", len(overdue.Invoices), "overdue invoice(s)")
	for _, owed := range overdue.Summary {
		fmt.Println(owed.Amount.Decimal(owed.Currency.Decimal), owed.Currency.Symbol, "by", owed.Method.Name)
	}
	// Output:
	// John Doe has 1 overdue invoice(s)
	// 25.00 USD by Manual
}
