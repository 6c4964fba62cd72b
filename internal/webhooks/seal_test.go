package webhooks_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/webhooks"
)

// TestSecretsAreSealedAnew gives a key to a database that had none, and then a newer one before it: each time the
// secrets are sealed anew, and can be read with the newest key alone.
func TestSecretsAreSealedAnew(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	first, second := base64.StdEncoding.EncodeToString(make([]byte, 32)), strings.Repeat("MTIz", 10)+"MTI="
	secrets := map[string]string{"we_1": "whsec_one", "we_2": "we_2:aabb"}
	err := s.DB.Update(t.Context(), func(tx store.Tx) error {
		for id, secret := range secrets {
			kept := store.WebhookSecret{EndpointID: id, Secret: secret, CreatedAt: s.Now(), Component: id == "we_2"}
			if err := tx.Webhooks().SaveSecret(kept, s.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		keys string
		want int
	}{{"", 0}, {first, 2}, {first, 0}, {second + " " + first, 2}, {second, 0}} {
		sealer, err := webhooks.NewSealer(strings.Fields(test.keys)...)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := sealer.Reseal(t.Context(), s.DB); n != test.want || err != nil {
			t.Errorf("with the keys %q %d are sealed, %v; want %d", test.keys, n, err, test.want)
		}
		wantSecrets(t, s, sealer, secrets, test.keys != "")
	}
	other, err := webhooks.NewSealer(first)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Reseal(t.Context(), s.DB); err == nil || !strings.Contains(err.Error(), "we_") {
		t.Errorf("with a key that opens none it ends with %v", err)
	}
}

// wantSecrets opens all secrets that are kept.
func wantSecrets(t *testing.T, s *apptest.Server, sealer webhooks.Sealer, want map[string]string, sealed bool) {
	t.Helper()
	err := s.DB.View(t.Context(), func(tx store.Tx) error {
		all, err := tx.Webhooks().AllSecrets()
		for _, kept := range all {
			secret, err := sealer.Open(kept.Secret)
			if err != nil || secret != want[kept.EndpointID] || kept.Component != (kept.EndpointID == "we_2") {
				t.Errorf("the secret of %s is %q, %v", kept.EndpointID, secret, err)
			}
			if is := strings.HasPrefix(kept.Secret, "sealed:"); is != sealed {
				t.Errorf("%q is sealed: %t", kept.Secret, is)
			}
		}
		if len(all) != len(want) {
			t.Errorf("there are %d secrets", len(all))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
