package move

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// TestLinesAreReadAsWritten holds what is read against what was written: texts in all their spellings, amounts of any
// size, positions that no float has.
func TestLinesAreReadAsWritten(t *testing.T) {
	t.Parallel()
	const position = store.Position(1)<<62 + 1
	odd := `a "stored":{}} <b> é \u2028 ` + "\u2028\x7f"
	huge := clientele.NewAmount("abt", 1<<62).Times(1 << 62)
	doc := `{"id":"cus_1","object":"customer","livemode":true,"name":"\u00e9,\"stored\":{}}","metadata":{"stored":{}}}`
	one := store.StoredRow{Record: store.Record{Seq: position, Version: 7, JSON: []byte(doc)}}
	gone := one
	gone.DeletedAt = 1_700_000_000_001
	row := func(r store.StoredRow) ([]byte, error) { return writeRow(store.Customers.Kind, r) }
	same(t, one, row, readRow)
	same(t, gone, row, readRow)
	same(t, store.ClaimedName{
		Livemode: clientele.Live, Ref: store.Ref{Kind: store.NameDID, Name: odd},
		Customer: store.Record{ID: "cus_1", Seq: position},
	},
		writeName, readName)
	same(t, part{clientele.Test, store.SumPart{
		Figure: store.FigureCredit, Day: 1, Recorded: 2, DueDay: 3, Amount: huge.Neg(),
	}}, writePart, readPart)
	same(t, store.ClosingDigest{ClosingID: "clo_1", Digest: [32]byte{1, 2}, Name: odd}, writeDigest, readDigest)
	same(t, store.EventRecord{
		Seq: 1<<62 + 1, Type: "customer.updated", Actor: odd, At: time.UnixMilli(1_700_000_000_001), Digest: []byte{1},
		Undo: []byte(`{"name":"\u00e9 \/"}`),
	}, writeEvent, readEvent)
	same(t, store.EventRecord{Seq: 1, At: time.UnixMilli(0), Digest: []byte{}}, writeEvent, readEvent)
}

// same writes, reads and compares.
func same[T any](t *testing.T, one T, write func(T) ([]byte, error), read func([]byte) (T, error)) {
	t.Helper()
	line, err := write(one)
	if err != nil {
		t.Fatal(err)
	}
	again, err := read(line)
	if got, want := fmt.Sprintf("%+v", again), fmt.Sprintf("%+v", one); err != nil || got != want {
		t.Errorf("%s\nis read as %s (%v), want %s", line, got, err, want)
	}
}

// FuzzLines reads any text as an export: it is refused, or read, and nothing panics.
func FuzzLines(f *testing.F) {
	f.Add(`{"object":"export","format":1,"modes":[]}` + "\n" + `{"object":"customer","stored":{"version":1}}`)
	f.Add(`{"object":"balance_transaction","amount":"5","stored":}`)
	f.Add(`{"object":"name","stored":` + "\n" + `{"object":"event","digest":"0"}`)
	f.Fuzz(func(_ *testing.T, text string) {
		_, _, _ = CheckExport(strings.NewReader(text))
		for line := range bytes.SplitSeq([]byte(text), []byte{'\n'}) {
			objectOf(line)
			_, _ = readRow(line)
			_, _ = readMovement(line)
			_, _ = readName(line)
			_, _ = readPart(line)
			_, _ = readDigest(line)
			_, _ = readEvent(line)
		}
	})
}
