package console

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"clientele.dev"
)

// A file whose rows end in an error is cut off, so that nobody takes it for the whole.
func TestFileThatFailsIsCutOff(t *testing.T) {
	t.Parallel()
	s := &console{log: slog.New(slog.DiscardHandler)}
	v := &visit{Request: httptest.NewRequest("GET", "/test/customers.csv", nil)}
	for _, failing := range []int{1, 2, 20_000, -1} { // the row that fails; -1 for none
		rows := func(yield func(int, error) bool) {
			for n := 1; n <= 30_000 && yield(n, map[bool]error{true: io.ErrClosedPipe}[n == failing]); n++ {
			}
		}
		p, err := csvPage(s, v, "numbers", []string{"n"}, rows, func(n int) []string { return []string{strconv.Itoa(n)} })
		if failing == 1 {
			if err == nil {
				t.Error("what is wrong with the request is not told")
			}
			continue
		}
		server := httptest.NewServer(s.guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := p.write(w); err != nil {
				t.Error(err)
			}
		})))
		answer, err := http.Get(server.URL)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
			err = errors.Join(err, answer.Body.Close())
		}
		if whole := err == nil; whole != (failing < 0) {
			t.Errorf("row %d fails: %v", failing, err)
		}
		server.Close()
	}
}

// Bars are drawn inside the chart, and what is little is not nothing.
func TestChart(t *testing.T) {
	t.Parallel()
	amounts := []int64{0, 1, 1e15, -1e14, 5e14}
	var bars []bar
	for _, n := range amounts {
		bars = append(bars, bar{Amount: clientele.NewAmount("curr", n)})
	}
	c := newChart(bars, 1, nil, lyingValues)
	for i, b := range c.Bars {
		if b.X < 0 || b.X+b.Width > c.Width || b.Y < lyingValues || b.Y+b.Height > c.Height-chartBottom+1 {
			t.Errorf("%d is drawn at %+v", amounts[i], b)
		}
		if (b.Height == 0) != (amounts[i] == 0) || amounts[i] < 0 && b.Y != c.Base ||
			amounts[i] > 0 && b.Y+b.Height != c.Base {
			t.Errorf("%d is drawn at %+v, the base at %d", amounts[i], b, c.Base)
		}
	}
	empty := newChart(nil, 2, nil, lyingValues)
	if len(empty.Bars) != 0 {
		t.Error("a chart of nothing has bars")
	}
}
