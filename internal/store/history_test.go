package store_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"testing"

	"clientele.dev/internal/store"
)

// TestUndoOf shows that what a change replaced, with what came of it, gives back what was before, and that a change of
// one key of a large member keeps only that key.
func TestUndoOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ before, after, undo string }{
		{`{"a":1}`, `{"a":1}`, `{}`},
		{`{"a":1,"b":2}`, `{"a":3,"b":2}`, `{"a":1}`},
		{`{"a":1}`, `{"a":1,"b":2}`, `{"b":null}`},
		{`{"a":1,"b":2}`, `{"b":2}`, `{"a":1}`},
		{`{"m":{"x":"1","y":"2"}}`, `{"m":{"x":"1","y":"3","z":"4"}}`, `{"m":{"y":"2","z":null}}`},
		{`{"m":{"x":{"deep":1}}}`, `{"m":{"x":{"deep":2,"new":null}}}`, `{"m":{"x":{"deep":1}}}`},
		{`{"m":{"x":1}}`, `{}`, `{"m":{"x":1}}`},
		{`{"l":[1,2]}`, `{"l":[1,3]}`, `{"l":[1,2]}`},
		{`{"\u000a\"":1}`, `{"\u000a\"":2}`, `{"\n\"":1}`},
	} {
		undo, err := store.UndoOf([]byte(test.before), []byte(test.after))
		if err != nil || string(undo) != test.undo {
			t.Errorf("from %s to %s keeps %s (%v), want %s", test.before, test.after, undo, err, test.undo)
		}
		goesBack(t, test.before, test.after)
	}
}

// TestUndoOfWhatIsNoObject tells it instead of keeping nothing.
func TestUndoOfWhatIsNoObject(t *testing.T) {
	t.Parallel()
	for _, test := range [][2]string{{`x`, `{}`}, {`{}`, `x`}, {`{"m":{"a":x}}`, `{"m":{"a":1}}`}} {
		if undo, err := store.UndoOf([]byte(test[0]), []byte(test[1])); err == nil {
			t.Errorf("from %s to %s keeps %s", test[0], test[1], undo)
		}
	}
}

// TestGoingBackThroughAnyChange does the same with random objects.
func TestGoingBackThroughAnyChange(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	object := func() string {
		value := func() any {
			text := "é\"" + fmt.Sprint(random.IntN(3))
			return []any{random.IntN(3), text, []any{nil, 1}, map[string]any{"n": nil}}[random.IntN(4)]
		}
		o := map[string]any{}
		for range random.IntN(4) {
			o[fmt.Sprint("k", random.IntN(4))] = value()
		}
		if random.IntN(2) == 0 {
			m := maps.Clone(o)
			delete(m, "k0")
			o["m"] = m
		}
		b, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for range 5000 {
		goesBack(t, object(), object())
	}
}

func goesBack(t *testing.T, before, after string) {
	t.Helper()
	undo, err := store.UndoOf([]byte(before), []byte(after))
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := store.Undone([]byte(after), undo)
	if err != nil {
		t.Fatal(err)
	}
	var is, want any
	if json.Unmarshal(got, &is) != nil || json.Unmarshal([]byte(before), &want) != nil || !reflect.DeepEqual(is, want) {
		t.Fatalf("from %s to %s and back by %s is %s", before, after, undo, got)
	}
}
