package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// MetadataText is a metadata value as filters compare it: a string itself, or another value's JSON.
func MetadataText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// MetadataKey is what a value is found by: itself, or the digest of one too long for an index, or that looks like a
// digest.
func MetadataKey(value string) string {
	const longest, digest = 255, "sha256:"
	if len(value) <= longest && !strings.HasPrefix(value, digest) {
		return value
	}
	sum := sha256.Sum256([]byte(value))
	return digest + hex.EncodeToString(sum[:])
}
