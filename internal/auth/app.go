package auth

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha3"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"filippo.io/edwards25519"
	"github.com/mr-tron/base58"
)

// paymentKitDID is the component the published client looks for.
const paymentKitDID = "z2qaCNvKMv5GjouKdcDWexv6WqtHbpNPQDnAk"

// ParsePublicKey reads an Ed25519 public key of 64 hex digits, with or without 0x. It refuses what is no point of the
// curve or is written in a second way, and points of low order: anybody can sign for those.
func ParsePublicKey(text string) (ed25519.PublicKey, error) {
	key, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("a public key is 64 hex digits")
	}
	point, err := new(edwards25519.Point).SetBytes(key)
	if err != nil || !bytes.Equal(point.Bytes(), key) {
		return nil, errors.New("this is not an Ed25519 public key")
	}
	if new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return nil, errors.New("this public key is a point of low order, for which anybody can sign")
	}
	return key, nil
}

// DID is the decentralized identifier of an application with an Ed25519 public key, as the published client computes
// it: base58btc of two type bytes, 20 bytes of the key's SHA3-256 and 4 bytes of checksum.
func DID(key ed25519.PublicKey) string {
	hash := sha3.Sum256(key)
	did := append([]byte{0x0c, 0x01}, hash[:20]...) // an application, Ed25519, SHA3-256
	sum := sha3.Sum256(did)
	return "z" + base58.Encode(append(did, sum[:4]...))
}

// Pair is a signing application's new key pair. The secret half is to be shown once and never kept.
type Pair struct {
	Public ed25519.PublicKey
	secret ed25519.PrivateKey
}

// NewPair makes a key pair.
func NewPair() Pair {
	public, secret, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic("auth: crypto/rand failed: " + err.Error()) // it never does
	}
	return Pair{Public: public, secret: secret}
}

// Variable is one variable of an environment.
type Variable struct{ Name, Value, About string }

// Environment is everything the published JavaScript client needs to call a server on a port of 127.0.0.1 as this
// application. It has the secret key in it.
func (p Pair) Environment(port int) []Variable {
	did, public := DID(p.Public), "0x"+hex.EncodeToString(p.Public)
	mounts := fmt.Sprintf(`[{"did":%q,"title":"Payment Kit","name":"payment-kit","status":6,"port":%d,`+
		`"mountPoint":"/payment"}]`,
		paymentKitDID, port)
	return []Variable{
		{"BLOCKLET_MOUNT_POINTS", mounts, "Where the client finds Payment Kit: this server, on a port of 127.0.0.1."},
		{"BLOCKLET_APP_SK", "0x" + hex.EncodeToString(p.secret), "The secret key that requests are signed with. Keep it."},
		{"BLOCKLET_APP_PK", public, "Its public half, which the server trusts."},
		{"BLOCKLET_APP_ID", did, "The application's identity, a DID made of the public key."},
		{"BLOCKLET_APP_PID", did, "The same: its permanent identity."},
		{"BLOCKLET_COMPONENT_DID", did, "The same: the component that calls, a label."},
		{"BLOCKLET_MODE", "test",
			"The client's own test switch, without which it wants the vendor's platform. Not livemode."},
		{"NODE_ENV", "test", "As above."},
		{"ABT_NODE_DID", did, "The node that runs the application: itself, as there is no platform."},
		{"ABT_NODE_PK", public, "That node's public key."},
		{"ABT_NODE_PORT", strconv.Itoa(port), "That node's port: this server."},
	}
}
