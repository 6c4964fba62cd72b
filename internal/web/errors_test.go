package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestAnswerPanic answers a panic as an error and logs it, and lets one go on that cuts the connection.
func TestAnswerPanic(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		panics any
		answer string // "" for none
		goesOn bool
	}{
		"none":           {nil, "", false},
		"a mistake":      {"index out of range", "panic: index out of range", false},
		"the connection": {http.ErrAbortHandler, "", true},
	} {
		var log bytes.Buffer
		var answered error
		wentOn := func() (p any) {
			defer func() { p = recover() }()
			func() {
				defer AnswerPanic(slog.New(slog.NewTextHandler(&log, nil)), "req_1", func(err error) { answered = err })
				if test.panics != nil {
					panic(test.panics)
				}
			}()
			return nil
		}()
		if (wentOn != nil) != test.goesOn || test.goesOn && wentOn != any(http.ErrAbortHandler) {
			t.Errorf("%s: %v went on", name, wentOn)
		}
		if test.answer == "" {
			if answered != nil || log.Len() > 0 {
				t.Errorf("%s: answered %v, and logged %s", name, answered, &log)
			}
		} else if answered == nil || answered.Error() != test.answer ||
			!strings.Contains(log.String(), "request_id=req_1") {
			t.Errorf("%s: answered %v, want %s; logged %s", name, answered, test.answer, &log)
		}
	}
}
