// Package check has the validators of values: each refuses what cannot be accepted with an error that names the field,
// and says how the value is kept.
package check

import (
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
)

// Limits of values, in characters unless said otherwise.
const (
	MaxName               = 512
	MaxText               = 5000
	MaxExternalID         = 255
	MaxAddressPart        = 512
	MaxMetadataKeys       = 50
	MaxMetadataKey        = 64
	MaxMetadataValue      = 4 << 10 // bytes of JSON
	MaxEmail              = 254     // bytes; RFC 5321 4.5.3.1.3, less the angle brackets of a path
	MaxEmailLocal         = 64      // bytes; RFC 5321 4.5.3.1.1
	MaxPhoneDigits        = 15      // ITU-T E.164, 6.1; some national plans have longer ones
	MaxSymbol             = 32
	MaxUnixTime           = 253402300799 // 9999-12-31T23:59:59Z
	MaxStatement          = 64
	MaxCustomFields       = 10
	MaxNumber             = 64
	MaxUncollectibleAfter = 3650     // days
	MaxLogo               = 64 << 10 // bytes of the picture
	MaxLogoPixels         = 1000     // of its width and its height
)

// Invalid is the error about a value that cannot be accepted.
func Invalid(field, format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.ErrorCodeInvalid, field, format, args...)
}

// Given refuses a field that is empty.
func Given(field, value, what string) error {
	if value == "" {
		return Invalid(field, "%s is required: %s", field, what)
	}
	return nil
}

// Length refuses a text of more than max characters.
func Length(field, s string, max int) error {
	if n := utf8.RuneCountInString(s); n > max {
		return Invalid(field, "%s has %d characters; at most %d are allowed", field, n, max)
	}
	return nil
}

// OptionalText bounds a text that may be absent.
func OptionalText(field string, s *string, max int) error {
	if s == nil {
		return nil
	}
	return Length(field, *s, max)
}

// String reads a string of at most max characters; null is the empty string.
func String(field string, raw jsontext.Value, max int) (string, error) {
	switch raw.Kind() {
	case 'n':
		return "", nil
	case '"':
	default:
		return "", Invalid(field, "%s must be a string", field)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", Invalid(field, "%s must be a string", field)
	}
	if n := utf8.RuneCountInString(s); n > max {
		return "", Invalid(field, "%s has %d characters; at most %d are allowed", field, n, max)
	}
	return s, nil
}

// UnixTime bounds a moment in unix seconds.
func UnixTime(field string, at *int64, least int64) error {
	if at != nil && (*at < least || *at > MaxUnixTime) {
		return Invalid(field, "%s is a moment in unix seconds, such as 1767225600 for 2026-01-01, from %d to %d", field,
			least, int64(MaxUnixTime))
	}
	return nil
}

// CreatedAt reads when an object was created elsewhere.
func CreatedAt(field string, raw jsontext.Value, now time.Time) (time.Time, error) {
	s, err := String(field, raw, MaxText)
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || at.Before(time.UnixMilli(0)) || at.After(now) {
		return time.Time{}, Invalid(field,
			"%s must be an ISO-8601 moment with its zone, from 1970 to now, such as 2023-10-27T10:00:00.000Z", field)
	}
	return at, nil
}
