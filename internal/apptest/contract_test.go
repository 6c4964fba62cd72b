package apptest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestContract shows that each way to differ from openapi.yaml is noticed, and what is said of it.
func TestContract(t *testing.T) {
	t.Parallel()
	const good, json = `{"status":"ok"}`, "application/json; charset=utf-8"
	for _, test := range []struct {
		name, pattern, path string
		status              int
		body, media         string
		headers             []string
		want                string
	}{
		{"good", "GET /healthz", "/healthz", 200, good, json, nil, ""},
		{"good error", "GET /healthz", "/healthz", 500, `{"error":"no","code":"internal"}`, json, nil, ""},
		{"no such path", "/", "/none", 404, `{"error":"no","code":"not_found"}`, json, nil, ""},
		{"unknown route", "GET /none", "/none", 200, good, json, nil, "the route is not described"},
		{"unknown method", "DELETE /healthz", "/healthz", 200, good, json, nil, "the route is not described"},
		{"unknown status", "GET /healthz", "/healthz", 204, good, json, nil, "the status is not described"},
		{"field too many", "GET /healthz", "/healthz", 200, `{"status":"ok","more":1}`, json, nil, "'more' not allowed"},
		{"field missing", "GET /healthz", "/healthz", 200, `{}`, json, nil, "missing property 'status'"},
		{"wrong type", "GET /healthz", "/healthz", 200, `{"status":1}`, json, nil, "at '/status': got number, want string"},
		{"not JSON", "GET /healthz", "/healthz", 200, `{`, json, nil, "not JSON"},
		{"wrong media", "GET /healthz", "/healthz", 200, good, "text/plain", nil, "text/plain is not described"},
		{"no media", "GET /healthz", "/healthz", 200, good, "", nil, "Content-Type"},
		{"wrong error", "GET /healthz", "/healthz", 500, `{"error":{}}`, json, nil, "at '/error'"},
		{"unknown code", "GET /healthz", "/healthz", 500, `{"error":"","code":"oops"}`, json, nil, "at '/code'"},
		{"header too many", "GET /healthz", "/healthz", 200, good, json, []string{"ETag", `"1"`}, "ETag is not described"},
		{"header wrong", "GET /healthz", "/healthz", 200, good, json, []string{"X-Request-Id", "7"}, "header X-Request-Id"},
		{"header missing", "GET /healthz", "/healthz", 200, good, json, []string{"X-Request-Id", ""}, "is missing"},
		{"no Allow", "/", "/healthz", 405, `{"error":"no","code":"method_not_allowed"}`, json, nil, "Allow is missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc(test.pattern, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", test.media)
				w.Header().Set("X-Request-Id", "req_a1")
				for i := 0; i < len(test.headers); i += 2 {
					w.Header().Del(test.headers[i])
					if test.headers[i+1] != "" {
						w.Header().Set(test.headers[i], test.headers[i+1])
					}
				}
				w.WriteHeader(test.status)
				_, _ = w.Write([]byte(test.body))
			})
			method, _, named := strings.Cut(test.pattern, " ")
			if !named {
				method = http.MethodGet
			}
			got := ""
			handler := theContract().hold(mux, func(err error) { got += err.Error() })
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, test.path, nil))
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("reported %q, want %q", got, test.want)
			}
		})
	}
}
