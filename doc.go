// Package clientele holds the words of Clientele: what a customer, an invoice, an amount, a currency, an event and an
// error are, and how each is written on the wire.
//
// The package is pure: no I/O, no SQL, no HTTP, nothing outside the standard library. The server and the Go SDK
// (clientele.dev/client) share it, so there is one definition of a customer and its JSON is the wire's: the customers
// protocol of PaymentKit, as the published client @blocklet/payment-js speaks it.
package clientele
