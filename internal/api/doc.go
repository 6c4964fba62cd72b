// Package api is the HTTP door: it reads a request strictly, finds out who is asking, calls the service and writes its
// answer.
//
// routes.go shows every route in one table, from which openapi.yaml is generated too. errors.go is the one place where
// errors become statuses. The other files are handlers, one per resource.
package api
