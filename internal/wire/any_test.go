package wire

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// TestAnyIsKeptAsItWasSent decodes fields of any kind: their JSON, null and long numbers too; nil when there is none.
func TestAnyIsKeptAsItWasSent(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]any{
		`{}`:         nil,
		`{"a":null}`: jsontext.Value("null"), `{"a":12345678901234567890.10}`: jsontext.Value("12345678901234567890.10"),
		`{"a":{"b": [1,"x"]}}`: jsontext.Value(`{"b": [1,"x"]}`), `{"a":"é"}`: jsontext.Value(`"é"`),
	} {
		var v struct {
			A any `json:"a"`
		}
		err := Decode([]byte(body), &v)
		got, isValue := v.A.(jsontext.Value)
		if wanted, _ := want.(jsontext.Value); err != nil || isValue != (want != nil) || string(got) != string(wanted) {
			t.Errorf("%s has %v (%T), %v", body, v.A, v.A, err)
		}
	}
}
