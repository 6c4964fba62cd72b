package clientele

import _ "embed"

// OpenAPI describes every route of the server: an OpenAPI 3.1 document in YAML, generated from the server's own table
// of routes.
//
//go:embed openapi.yaml
var OpenAPI string
