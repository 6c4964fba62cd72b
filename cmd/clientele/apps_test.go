package main

import (
	"crypto/ed25519"
	"crypto/sha3"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"clientele.dev/internal/wire"
)

// Applications are trusted, and no longer trusted, from the next request on.
func TestAppsBesideServer(t *testing.T) {
	t.Parallel()
	s := serve(t, newDatabase(t))
	_, port, _ := strings.Cut(strings.TrimPrefix(s.url, "http://"), ":")
	environment := output(t, s.db, "apps", "new", "--name", "shop", "--addr", "127.0.0.1:"+port)
	secret, public := variable(t, environment, "BLOCKLET_APP_SK"), variable(t, environment, "BLOCKLET_APP_PK")
	if got := variable(t, environment, "BLOCKLET_MOUNT_POINTS"); !strings.Contains(got, `"port":`+port+`,`) {
		t.Errorf("mount points %s, want port %s", got, port)
	}
	key, err := hex.DecodeString(strings.TrimPrefix(secret, "0x"))
	if err != nil || len(key) != ed25519.PrivateKeySize {
		t.Fatalf("secret key %d bytes, %v", len(key), err)
	}
	s.wantSigned(http.StatusCreated, key, "POST", "/api/customers", `{"name":"Ada"}`)
	id := regexp.MustCompile(`app_\w+`)
	output(t, s.db, "apps", "revoke", id.FindString(output(t, s.db, "apps", "list")))
	s.wantSigned(http.StatusUnauthorized, key, "POST", "/api/customers", `{"name":"Grace"}`)
	output(t, s.db, "apps", "trust", "--name", "shop again", public)
	s.wantSigned(http.StatusCreated, key, "POST", "/api/customers", `{"name":"Grace"}`)
	s.stop()
	if strings.Contains(s.logged(), secret[2:]) || strings.Contains(s.logged(), "x-component-sig") {
		t.Errorf("the log has a key or a signature:\n%s", s.logged())
	}
}

// variable is the value of a variable in an environment to paste.
func variable(t *testing.T, environment, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^export ` + name + `='(.*)'$`).FindStringSubmatch(environment)
	if found == nil {
		t.Fatalf("no %s in\n%s", name, environment)
	}
	return found[1]
}

// wantSigned signs a test-mode request as the published client does, sends it and wants an answer of a status.
func (s *server) wantSigned(status int, key ed25519.PrivateKey, method, path, body string) {
	s.t.Helper()
	iat := time.Now().Unix()
	payload, err := wire.Canonical(fmt.Appendf(nil, `{"body":%s,"exp":%d,"iat":%d,"method":"%s","query":%s,"url":"%s"}`,
		body, iat+300, iat, strings.ToLower(method), `{"livemode":"false"}`, path))
	if err != nil {
		s.t.Fatal(err)
	}
	digest := sha3.Sum256(payload)
	r, err := http.NewRequest(method, s.url+path+"?livemode=false", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"content-type":            "application/json",
		"x-component-sig":         "0x" + hex.EncodeToString(ed25519.Sign(key, digest[:])),
		"x-component-sig-iat":     strconv.FormatInt(iat, 10),
		"x-component-sig-exp":     strconv.FormatInt(iat+300, 10),
		"x-component-sig-version": "1",
	} {
		r.Header.Set(name, value)
	}
	got, err := do(r)
	if err != nil || got.status != status {
		s.t.Fatalf("%s %s: %d %s, %v, want %d", method, path, got.status, got.body, err, status)
	}
}
