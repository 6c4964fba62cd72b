package api

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// TestTheSDKHasEveryOperation holds every operation of the API to a method of the Go SDK, but for the published
// client's other names of payments.
func TestTheSDKHasEveryOperation(t *testing.T) {
	t.Parallel()
	for _, r := range table() {
		_, path, _ := strings.Cut(r.pattern, " ")
		if strings.HasPrefix(path, "/api/") && !strings.HasPrefix(path, "/api/payment-intents") && r.sdk == "" {
			t.Errorf("the Go SDK has no method for %s", r.pattern)
		}
	}
}

// TestCustomerParams holds the fields that are described to those that are read.
func TestCustomerParams(t *testing.T) {
	t.Parallel()
	var described []string
	for field := range reflect.TypeFor[clientele.CustomerParams]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		described = append(described, name)
	}
	slices.Sort(described)
	read := append(billing.SettableCustomerFields(), "did", "created_at")
	slices.Sort(read)
	if !slices.Equal(described, read) {
		t.Errorf("clientele.CustomerParams describes %q, but requests may set %q", described, read)
	}
}

// TestOperationIDs holds the names of operations to be verbs and unique: generated clients make methods of them.
func TestOperationIDs(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	verb := regexp.MustCompile(
		`^(create|retrieve|list|search|update|upsert|delete|restore|finalize|mark|pay|void|check` +
			`|show|send|print|allocate|unallocate|credit|refund|reverse|hold|release|write|reopen|revoke` +
			`|rotate|ping|resend|replay)[A-Z]`)
	for _, r := range table() {
		if seen[r.id] || !verb.MatchString(r.id) {
			t.Errorf("%s: the operation's name %q is taken or does not start with a verb", r.pattern, r.id)
		}
		seen[r.id] = true
	}
}
