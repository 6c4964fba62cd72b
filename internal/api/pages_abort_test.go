package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"clientele.dev/internal/api"
	"clientele.dev/internal/billing"
)

// A page that gives up in the middle is cut off: nobody takes half of it for the whole.
func TestPageThatGivesUpIsCutOff(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(api.New(api.Config{
		Service: new(billing.Service), Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Pages: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.WriteString(w, "half of it"); err != nil {
				t.Error(err)
			}
			if r.URL.Path == "/half" {
				panic(http.ErrAbortHandler)
			}
		}),
	}))
	defer s.Close()
	for path, whole := range map[string]bool{"/half": false, "/whole": true} {
		answer, err := http.Get(s.URL + path)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
			_ = answer.Body.Close()
		}
		if (err == nil) != whole {
			t.Errorf("%s: %v", path, err)
		}
	}
}
