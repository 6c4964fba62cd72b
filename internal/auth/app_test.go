package auth_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"clientele.dev/internal/auth"
)

func TestParsePublicKey(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	bare := strings.TrimPrefix(s.PublicKey, "0x")
	for _, text := range []string{s.PublicKey, bare, strings.ToUpper(bare), "0x" + strings.ToUpper(bare)} {
		if key, err := auth.ParsePublicKey(text); err != nil || hex.EncodeToString(key) != bare {
			t.Errorf("%s: %x, %v", text, key, err)
		}
	}
	zeros := strings.Repeat("00", 31)
	tests := []struct{ text, message string }{
		{"", "64 hex digits"},
		{bare[2:], "64 hex digits"},
		{bare + "00", "64 hex digits"},
		{"0x0x" + bare, "64 hex digits"},
		{" " + bare, "64 hex digits"},
		{bare[:63] + "g", "64 hex digits"},
		{s.DID, "64 hex digits"},
		// The points of order 1, 2, 4 and 8 (https://eprint.iacr.org/2020/1244, table 1), then some of them written
		// with the sign of a zero or a y beyond the field's prime.
		{"01" + zeros, "low order"},
		{"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "low order"},
		{zeros + "80", "low order"},
		{zeros + "00", "low order"},
		{"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "low order"},
		{"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "low order"},
		{"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "low order"},
		{"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "low order"},
		{"01" + zeros[:60] + "80", "not an Ed25519 public key"},
		{"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not an Ed25519 public key"},
		{"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not an Ed25519 public key"},
		{"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "not an Ed25519 public key"},
		{"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "not an Ed25519 public key"},
		// No point has this y.
		{"02" + zeros, "not an Ed25519 public key"},
	}
	for _, test := range tests {
		if key, err := auth.ParsePublicKey(test.text); err == nil || !strings.Contains(err.Error(), test.message) {
			t.Errorf("%s: %x, %v, want %s", test.text, key, err, test.message)
		}
	}
}

func TestDID(t *testing.T) {
	t.Parallel()
	s := readSamples(t)
	key, err := auth.ParsePublicKey(s.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	if got := auth.DID(key); got != s.DID {
		t.Errorf("%s, want %s", got, s.DID)
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	pair := auth.NewPair()
	lines := pair.Environment(8080)
	value := func(name string) string {
		for _, line := range lines {
			if line.Name == name && line.About != "" {
				return line.Value
			}
		}
		t.Errorf("%s is missing", name)
		return ""
	}
	mount := `[{"did":"z2qaCNvKMv5GjouKdcDWexv6WqtHbpNPQDnAk","title":"Payment Kit","name":"payment-kit","status":6,` +
		`"port":8080,"mountPoint":"/payment"}]`
	did, public := auth.DID(pair.Public), "0x"+hex.EncodeToString(pair.Public)
	for name, want := range map[string]string{
		"BLOCKLET_MOUNT_POINTS": mount, "BLOCKLET_APP_PK": public, "BLOCKLET_APP_ID": did, "BLOCKLET_APP_PID": did,
		"BLOCKLET_COMPONENT_DID": did, "BLOCKLET_MODE": "test", "NODE_ENV": "test", "ABT_NODE_DID": did,
		"ABT_NODE_PK": public, "ABT_NODE_PORT": "8080",
	} {
		if got := value(name); got != want {
			t.Errorf("%s=%s, want %s", name, got, want)
		}
	}
	secret, err := hex.DecodeString(strings.TrimPrefix(value("BLOCKLET_APP_SK"), "0x"))
	if err != nil || len(secret) != ed25519.PrivateKeySize {
		t.Fatalf("secret key of %d bytes, %v", len(secret), err)
	}
	if !ed25519.Verify(pair.Public, []byte("x"), ed25519.Sign(secret, []byte("x"))) {
		t.Errorf("the secret key is not the public key's")
	}
	if slices.Equal(lines, auth.NewPair().Environment(8080)) {
		t.Errorf("the same pair twice")
	}
	if _, err := auth.ParsePublicKey(public); err != nil {
		t.Errorf("a new public key is refused: %v", err)
	}
}
