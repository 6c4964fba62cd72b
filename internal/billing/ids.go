package billing

import (
	"encoding/base32"
	"encoding/binary"
	"io"
	"time"

	"clientele.dev/internal/store"
)

// idAlphabet keeps the order of the bytes it encodes, so ids made later sort later.
var idAlphabet = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// seqID makes an id of an object's position in time and 64 random bits.
func (s *core) seqID(prefix string, seq store.Position) (string, error) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(seq))
	if _, err := io.ReadFull(s.random, b[8:]); err != nil {
		return "", err
	}
	return prefix + idAlphabet.EncodeToString(b[:]), nil
}

// newID is the id of the account's next object: the one that it had before it moved in, or a new one.
func (a *customerAccount) newID(prefix string, seq store.Position) (string, error) {
	if id := a.nextID; id != "" {
		a.nextID = ""
		return id, nil
	}
	return a.s.seqID(prefix, seq)
}

// newID makes an id of a moment and random bits, for objects that need no position in time.
func (s *core) newID(prefix string, at time.Time) (string, error) {
	return s.seqID(prefix, store.PositionAt(at))
}

// newInvoicePrefix makes what the numbers of a customer's invoices start with: eight letters and digits that cannot be
// mistaken for each other.
func (s *core) newInvoicePrefix() (string, error) {
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	var b [8]byte
	if _, err := io.ReadFull(s.random, b[:]); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = alphabet[b[i]%byte(len(alphabet))]
	}
	return string(b[:]), nil
}
