// Package wire reads what clients send: query strings and JSON bodies, strictly and in one place, so that what is
// handled is exactly what was signed. Its errors are [*clientele.Error] of code Invalid and name the field at fault.
package wire
