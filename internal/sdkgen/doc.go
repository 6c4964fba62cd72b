// Package sdkgen writes the calls of the Go SDK, client/*_calls.go, from the API's table of routes. Its test does it
// when make generate asks for that, and holds them to each other otherwise: it needs no client that compiles.
package sdkgen
