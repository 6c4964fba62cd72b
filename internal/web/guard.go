package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// Guard sets what every page is guarded by: what it may load, who is told where a link was followed from, and that no
// other site may frame it.
func Guard(header http.Header, policy string) {
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY")
}

// StylePolicy is the Content-Security-Policy of a page that loads nothing, has one style inside (CSP 3, 2.3.1), and
// asks nobody else.
func StylePolicy(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src data:; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
