// Package client is the Go SDK of Clientele. It mirrors the customers protocol of PaymentKit, call by call:
//
//	payment := client.New("http://127.0.0.1:8080", os.Getenv("CLIENTELE_KEY"))
//
//	customer, err := payment.Customers.Retrieve(ctx, "cus_xxxxxxxxxxxxxxxx") // an id or a DID
//	page, err := payment.Customers.List(ctx, clientele.CustomerListParams{Window: clientele.Window{PageSize: 5}})
//	found, err := payment.Customers.Search(ctx, clientele.CustomerSearchParams{Query: "john.doe"})
//	owed, err := payment.Customers.OverdueInvoices(ctx, customer.ID)
//
// # Writing
//
// Only what is set is sent, and only what is sent changes. Fields are pointers, and new makes one of any value:
//
//	customer, err := payment.Customers.Update(ctx, ref, clientele.CustomerParams{
//		Email:    new("john.new.doe@example.com"),
//		Phone:    new(""), // cleared
//		Metadata: map[string]any{"internal_id": "user-456", "old": nil}, // one key set, one deleted, the rest kept
//	})
//
// To change a customer only if nobody else did since it was read, keep its ETag:
//
//	var header http.Header
//	customer, err := payment.Customers.Retrieve(ctx, ref, client.ResponseHeader(&header))
//	…
//	_, err = payment.Customers.Update(ctx, ref, params, client.IfMatch(header.Get("ETag")))
//
// # Many
//
// The All methods walk every page:
//
//	for customer, err := range payment.Customers.All(ctx, clientele.CustomerListParams{Delinquent: new(true)}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(customer.Name)
//	}
//
// # Errors and retries
//
// What the server refuses is an [*Error], which is a [*clientele.Error] too:
//
//	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Code == clientele.ErrorCodeNotFound {
//		…
//	}
//
// Every POST and PUT carries an Idempotency-Key, so repeating one is safe, and calls are repeated by themselves after
// network errors, 429, 500, 502, 503 and 504: at most 3 times, waiting longer each time, as long as the server asks and
// never past the context.
//
// A [Client] may be used by many goroutines at once.
package client
