package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/sha3"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"

	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

// The headers of the published client's signature. The fifth, x-component-did, is a label that nobody signs: it may
// be there once, and is not read.
const (
	signatureHeader = "X-Component-Sig"
	issuedHeader    = "X-Component-Sig-Iat"
	expiresHeader   = "X-Component-Sig-Exp"
	versionHeader   = "X-Component-Sig-Version"
	labelHeader     = "X-Component-Did"
)

const (
	maxLifetime = 300 // seconds from iat to exp; the client uses all of them
	maxAhead    = 60  // seconds the client's clock may be ahead of ours
)

var (
	signatureForm = regexp.MustCompile(`^0x[0-9a-fA-F]{128}$`)
	timeForm      = regexp.MustCompile(`^[0-9]{10}$`)
)

// signature is what a request's headers claim.
type signature struct {
	bytes           []byte
	issued, expires string // unix seconds, ten digits
}

// isSigned says whether a request has any part of a signature.
func isSigned(r *http.Request) bool {
	return slices.ContainsFunc([]string{signatureHeader, issuedHeader, expiresHeader, versionHeader},
		func(name string) bool { return len(r.Header.Values(name)) > 0 })
}

func (a *Authenticator) bySignature(
	ctx context.Context, r *http.Request, query *wire.Query, readBody func() ([]byte, error),
) (Caller, error) {
	now := a.now()
	claim, err := readSignature(r.Header, now)
	if err != nil {
		return Caller{}, err
	}
	body, err := readBody()
	if err != nil {
		return Caller{}, err
	}
	payload, err := signedPayload(r, claim, query, body)
	if err != nil {
		return Caller{}, err
	}
	apps, err := a.store.Apps(ctx)
	if err != nil {
		return Caller{}, err
	}
	digest := sha3.Sum256(payload)
	signer := slices.IndexFunc(apps, func(app store.App) bool {
		return !app.Revoked(now) && len(app.PublicKey) == ed25519.PublicKeySize &&
			ed25519.Verify(app.PublicKey, digest[:], claim.bytes)
	})
	if path := (&url.URL{Path: r.URL.Path}).EscapedPath(); signer < 0 && strings.Contains(path, "%") {
		return Caller{}, clientele.Errorf(clientele.ErrorCodeInvalid, "id",
			"the signature is not one for this path: %q has characters that are sent otherwise than they are signed; "+
				"an id has none, so it may not be one", r.URL.Path)
	}
	if signer < 0 {
		return Caller{}, unauthorized("the signature is not one that a trusted application made for this request")
	}
	livemode, err := livemode(query, clientele.Live)
	if err != nil {
		return Caller{}, err
	}
	return Caller{
		ID: apps[signer].ID, Livemode: livemode, Scope: store.ScopeWrite, Signature: hex.EncodeToString(claim.bytes),
	}, nil
}

// readSignature reads the headers and holds their times against the clock.
func readSignature(header http.Header, now time.Time) (signature, error) {
	for _, name := range []string{signatureHeader, issuedHeader, expiresHeader, versionHeader, labelHeader} {
		if len(header.Values(name)) > 1 {
			return signature{}, unauthorized("the header %s is given twice", strings.ToLower(name))
		}
	}
	text, issued, expires := header.Get(signatureHeader), header.Get(issuedHeader), header.Get(expiresHeader)
	switch {
	case header.Get(versionHeader) != "1":
		return signature{}, unauthorized("x-component-sig-version must be 1")
	case !signatureForm.MatchString(text):
		return signature{}, unauthorized("x-component-sig must be 0x and 128 hex digits")
	case !timeForm.MatchString(issued) || !timeForm.MatchString(expires):
		return signature{}, unauthorized("x-component-sig-iat and x-component-sig-exp must be unix seconds, ten digits")
	}
	iat, _ := strconv.ParseInt(issued, 10, 64)
	exp, _ := strconv.ParseInt(expires, 10, 64)
	switch {
	case exp <= iat || exp-iat > maxLifetime:
		return signature{}, unauthorized(
			"x-component-sig-exp must be at most %d seconds after x-component-sig-iat", maxLifetime)
	case iat > now.Unix()+maxAhead:
		return signature{}, unauthorized("x-component-sig-iat is in the future: check the application's clock")
	case exp < now.Unix():
		return signature{}, unauthorized("the signature has expired: check the application's clock")
	}
	bytes, _ := hex.DecodeString(text[len("0x"):])
	return signature{bytes: bytes, issued: issued, expires: expires}, nil
}

// SignComponent signs a request as the published client does, at a moment in unix seconds: what its verifySig accepts
// with the same key.
func SignComponent(r *http.Request, key ed25519.PrivateKey, body []byte, unix int64) error {
	query, err := wire.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	claim := signature{issued: strconv.FormatInt(unix, 10), expires: strconv.FormatInt(unix+maxLifetime, 10)}
	payload, err := signedPayload(r, claim, query, body)
	if err != nil {
		return err
	}
	digest := sha3.Sum256(payload)
	r.Header.Set(signatureHeader, "0x"+hex.EncodeToString(ed25519.Sign(key, digest[:])))
	r.Header.Set(issuedHeader, claim.issued)
	r.Header.Set(expiresHeader, claim.expires)
	r.Header.Set(versionHeader, "1")
	r.Header.Set(labelHeader, DID(key.Public().(ed25519.PublicKey)))
	return nil
}

// signedPayload is the canonical JSON the client signs. The path is the one on the request line, as the client wrote
// it: whatever a header or a proxy's rewriting says of it is not what was signed.
func signedPayload(r *http.Request, claim signature, query *wire.Query, body []byte) ([]byte, error) {
	canonical, err := wire.Signed(body)
	if err != nil {
		return nil, err
	}
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(path, "/") {
		path = r.URL.EscapedPath()
	}
	out := append([]byte(`{"body":`), canonical...)
	out = append(out, `,"exp":`+claim.expires+`,"iat":`+claim.issued+`,"method":`...)
	out, err = jsontext.AppendQuote(out, strings.ToLower(r.Method))
	if err != nil {
		return nil, unauthorized("the request's method is not valid UTF-8")
	}
	out = append(append(out, `,"query":`...), query.JSON()...)
	out, err = jsontext.AppendQuote(append(out, `,"url":`...), path)
	if err != nil {
		return nil, unauthorized("the request's path is not valid UTF-8")
	}
	return append(out, '}'), nil
}
