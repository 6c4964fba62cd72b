package api

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestTheLogNamesTheCallersTrace writes the line of a request with what its caller calls it, when that can be one.
func TestTheLogNamesTheCallersTrace(t *testing.T) {
	t.Parallel()
	const id = "0af7651916cd43dd8448eb211c80319c"
	for _, test := range []struct{ requestID, traceParent, want string }{
		{"", "", ""},
		{"build-42/a", "", " client_request_id=build-42/a"},
		{"", "00-" + id + "-b7ad6b7169203331-01", " trace_id=" + id},
		{"x", "01-" + id + "-b7ad6b7169203331-01-more", " client_request_id=x trace_id=" + id},
		{"", "ff-" + id + "-b7ad6b7169203331-01", ""},
		{"", "00-" + noTrace + "-b7ad6b7169203331-01", ""},
		{"", "00-" + strings.ToUpper(id) + "-b7ad6b7169203331-01", ""},
		{"", "00-" + id + "-b7ad6b7169203331", ""},
		{"two words", "", ""}, {"líne\nbreak", "", ""}, {strings.Repeat("x", 129), "", ""},
	} {
		var b bytes.Buffer
		a := &API{log: slog.New(slog.NewTextHandler(&b, nil))}
		r := httptest.NewRequest("GET", "/api/customers", nil)
		r.Header.Set("X-Request-Id", test.requestID)
		r.Header.Set("Traceparent", test.traceParent)
		a.logRequest(r, &recorder{id: "req_1", status: 200}, 0)
		line := strings.TrimSuffix(b.String(), "\n")
		if _, rest, _ := strings.Cut(line, ` caller=""`); rest != test.want {
			t.Errorf("X-Request-Id %q and traceparent %q are in the log as %q, want %q", test.requestID, test.traceParent,
				rest, test.want)
		}
	}
}
