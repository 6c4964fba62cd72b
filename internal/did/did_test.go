package did

import (
	"encoding/hex"
	"strings"
	"testing"
)

func TestParseDID(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, err string }{
		{"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE", "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE", ""},
		{"did:abt:z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE", "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE", ""},
		{"zNKhmN1i3zutBkzMHrcSv8onT6CSitbVQhRk", "zNKhmN1i3zutBkzMHrcSv8onT6CSitbVQhRk", ""},
		{"z1EKJe5owVVovvmgr7FxYNBAKNbGadwB7gdS", "z1EKJe5owVVovvmgr7FxYNBAKNbGadwB7gdS", ""},
		{"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YS1", "", "checksum"},
		{"zbUPE8NwmggAepyjRdh58cJJioF6XC6YSE", "", "26 bytes"},
		{"z0OIl", "", "base58"},
		{"z", "", "base58"},
		{"", "", "starts with"},
		{"did:abt:", "", "starts with"},
		{"did:abt:did:abt:z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE", "", "starts with"},
		{"Z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE", "", "starts with"},
		{"z" + strings.Repeat("1", 100), "", "too long"},
		// The examples of EIP-55.
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ""},
		{"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", ""},
		{"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ""},
		{"0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ""},
		{"did:abt:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", ""},
		{"0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "", "EIP-55"},
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "", "40 hex"},
		{"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", "", "40 hex"},
	} {
		got, err := Parse(c.in)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("Parse(%q) = %q, %v; want %q, %q", c.in, got, err, c.want, c.err)
		}
	}
}

// The digests of the empty message, from the Keccak submission to NIST (ShortMsgKAT, Len = 0).
func TestKeccak(t *testing.T) {
	t.Parallel()
	for bits, want := range map[int]string{
		256: "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
		384: "2c23146a63a29acf99e73b88f8c24eaa7dc60aa771780ccc006afbfa8fe2479b2dd2b21362337441ac12b515911957ff",
		512: "0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304c00fa9caf9d87976ba469bcbe06713b4" +
			"35f091ef2769fb160cdab33d3670680e",
	} {
		if got := hex.EncodeToString(keccak(bits, nil)); got != want {
			t.Errorf("keccak(%d) of nothing = %s", bits, got)
		}
	}
}

func FuzzDID(f *testing.F) {
	f.Add("did:abt:z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE")
	f.Add("z1EKJe5owVVovvmgr7FxYNBAKNbGadwB7gdS")
	f.Add("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
	f.Add("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")
	f.Fuzz(func(t *testing.T, text string) {
		did, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(Prefix + did)
		if err != nil || again != did {
			t.Errorf("Parse(%q) = %q, which reads back as %q, %v", text, did, again, err)
		}
	})
}
