package wire

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Canonical is the canonical form (RFC 8785) of a body that passes [Check]. An empty body's is {}.
func Canonical(body []byte) ([]byte, error) {
	if err := Check(body); err != nil {
		return nil, err
	}
	value := jsontext.Value(bytes.Clone(orEmpty(body)))
	if err := value.Canonicalize(); err != nil {
		return nil, err
	}
	return value, nil
}

// Signed is the canonical form of a body that a signature is to cover. It refuses numbers not written as ECMAScript
// writes them: the canonical form rounds numbers to double precision, so two bodies that differ in digits beyond it
// would share a signature, though the digits are kept. No JavaScript client writes such a number.
func Signed(body []byte) ([]byte, error) {
	canonical, err := Canonical(body)
	if err != nil {
		return nil, err
	}
	decoder := jsontext.NewDecoder(bytes.NewBuffer(orEmpty(body)))
	for {
		token, err := decoder.ReadToken()
		if errors.Is(err, io.EOF) {
			return canonical, nil
		}
		if err != nil {
			return nil, err
		}
		if token.Kind() != '0' {
			continue
		}
		number := jsontext.Value(token.String())
		if err := number.Canonicalize(); err != nil || string(number) != token.String() {
			field := path(decoder, decoder.StackPointer())
			return nil, invalid(field, "a signed request writes the number %s as %s", shorten(field), number)
		}
	}
}
