package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"clientele.dev/internal/pgtest"
)

// What alerts need is there, whatever the database.
func TestFigures(t *testing.T) {
	t.Parallel()
	for _, url := range []string{newDatabase(t), pgtest.URL(t, nil)} {
		file := t.TempDir() + "/keys"
		s := serve(t, url, "--first-keys-file", file)
		key := secretPattern.FindString(string(contentOf(t, file)))
		s.want(http.StatusBadRequest, "GET", "/api/customers?x=1", key, "")
		figure := func(name string) string {
			t.Helper()
			shown := string(s.want(http.StatusOK, "GET", "/metrics", key, "").body)
			found := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `(?:\{[^}]*\})? (\S+)$`).FindStringSubmatch(shown)
			if found == nil {
				t.Errorf("%s: there is no %s", url, name)
				return ""
			}
			return found[1]
		}
		for name, want := range map[string]string{
			"clientele_ready": "1", "clientele_build_info": "1", "clientele_log_lines_dropped_total": "0",
			`clientele_refusals_total{code="invalid"}`: "1",
		} {
			if got := figure(name); got != want {
				t.Errorf("%s is %s, not %s", name, got, want)
			}
		}
		for _, name := range []string{
			"clientele_database_bytes", "clientele_database_connections_max", "clientele_job_last_success_timestamp_seconds",
		} {
			if got := figure(name); got == "0" || strings.HasPrefix(got, "-") {
				t.Errorf("%s is %s", name, got)
			}
		}
		figure("clientele_database_log_bytes")
		figure("clientele_database_connections_used")
		s.stop()
	}
}
