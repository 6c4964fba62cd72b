// Package did reads decentralized identifiers.
package did

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha3"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/cloudflare/circl/simd/keccakf1600"
	"github.com/mr-tron/base58"
)

// Prefix may stand before a DID that starts with z.
const Prefix = "did:abt:"

// Parse reads a Decentralized Identifier and returns its one canonical form, so that did:abt:zX and zX name the same
// customer. It accepts, with or without the did:abt: prefix,
//
//   - z and base58btc of exactly 26 bytes: role, key and hash types in two bytes (6, 5 and 5 bits), 20 bytes of the
//     hashed public key, and the first 4 bytes of the hash of those 22 as a checksum (ArcBlock's DID specification);
//   - 0x and 40 hex digits, an Ethereum address; mixed case is a checksum and must be right (EIP-55). The canonical
//     form is the checksummed one.
func Parse(text string) (string, error) {
	s := strings.TrimPrefix(text, Prefix)
	switch {
	case strings.HasPrefix(s, "z"):
		return parseABT(s)
	case strings.HasPrefix(s, "0x"):
		return parseEthereum(s)
	}
	return "", errors.New("a DID starts with z, did:abt:z or 0x")
}

// LooksLike says whether a text that is no customer's id was probably meant as a DID.
func LooksLike(text string) bool {
	return strings.HasPrefix(text, "did:") || strings.HasPrefix(text, "0x") ||
		strings.HasPrefix(text, "z") && len(text) > 25 && len(text) < 45
}

func parseABT(s string) (string, error) {
	if len(s) > 64 {
		return "", errors.New("the DID is too long")
	}
	b, err := base58.Decode(s[1:])
	if err != nil {
		return "", errors.New("the DID is not base58")
	}
	if len(b) != 26 {
		return "", errors.New("the DID does not hold 26 bytes")
	}
	kind := uint16(b[0])<<8 | uint16(b[1])
	role, key, hash := kind>>10, kind>>5&31, kind&31
	if role > 24 && role != 63 {
		return "", errors.New("the DID has an unknown role type")
	}
	if key > 3 {
		return "", errors.New("the DID has an unknown key type")
	}
	sum := didHash(hash, b[:22])
	if sum == nil {
		return "", errors.New("the DID has an unknown hash type")
	}
	if !bytes.Equal(sum[:4], b[22:]) {
		return "", errors.New("the DID's checksum does not match; a character is wrong")
	}
	return s, nil
}

// didHash applies the hash a DID names: Keccak, SHA-3 or SHA-2 of 256, 384 or 512 bits. It returns nil for others.
func didHash(kind uint16, data []byte) []byte {
	switch kind {
	case 0:
		return keccak(256, data)
	case 1:
		sum := sha3.Sum256(data)
		return sum[:]
	case 2:
		return keccak(384, data)
	case 3:
		sum := sha3.Sum384(data)
		return sum[:]
	case 4:
		return keccak(512, data)
	case 5:
		sum := sha3.Sum512(data)
		return sum[:]
	case 6:
		sum := sha256.Sum256(data)
		return sum[:]
	}
	return nil
}

func parseEthereum(s string) (string, error) {
	digits := s[2:]
	if len(digits) != 40 {
		return "", errors.New("an Ethereum address is 0x and 40 hex digits")
	}
	if _, err := hex.DecodeString(digits); err != nil {
		return "", errors.New("an Ethereum address is 0x and 40 hex digits")
	}
	lower := strings.ToLower(digits)
	sum := "0x" + checksumCase(lower)
	if digits != lower && digits != strings.ToUpper(digits) && s != sum {
		return "", errors.New("the address's EIP-55 checksum (its capitals) does not match; a character is wrong")
	}
	return sum, nil
}

// checksumCase writes an address's letters as EIP-55 does: a capital where the hash of the lower-case digits has 8 or
// more.
func checksumCase(lower string) string {
	hash := hex.EncodeToString(keccak(256, []byte(lower)))
	out := []byte(lower)
	for i, c := range out {
		if c >= 'a' && hash[i] >= '8' {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}

// keccak is the original Keccak hash (before SHA-3 changed its padding) of data shorter than its block, by the
// permutation of a library: no maintained one offers the 384-bit form.
func keccak(bits int, data []byte) []byte {
	rate := 200 - bits/4
	block := make([]byte, rate)
	copy(block, data)
	block[len(data)] ^= 0x01
	block[rate-1] ^= 0x80

	var permutation keccakf1600.StateX4
	const lanes = 4 // the permutation runs four states side by side; the first is ours
	state := permutation.Initialize(false)
	for i := 0; i < rate/8; i++ {
		state[i*lanes] = binary.LittleEndian.Uint64(block[i*8:])
	}
	permutation.Permute()
	sum := make([]byte, 0, bits/8)
	for i := 0; i < bits/64; i++ {
		sum = binary.LittleEndian.AppendUint64(sum, state[i*lanes])
	}
	return sum
}
