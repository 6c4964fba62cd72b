// Package auth says who is asking: the holder of an API key, or an application that signs its requests with Ed25519 as
// the published client does.
package auth
