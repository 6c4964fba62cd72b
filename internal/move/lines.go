package move

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// The lines of an export are JSON. Those of objects and movements are what the API answers, byte by byte, with one more
// member at the end, stored, which says what else the database knows. The others are of the forms below. The first line
// says what is exported, the last how much that was.

// What lines are, in their object.
const (
	lineExport  = "export"
	lineDeleted = "deleted_customer"
	lineName    = "name"
	lineLedger  = "balance_transaction"
	lineSum     = "sum"
	lineDigest  = "closing_digest"
	lineEvent   = "event"
	lineEnd     = "export_end"
)

// format is how the lines of this version are to be read.
const format = 1

type exportLine struct {
	Object string   `json:"object"`
	Format int      `json:"format"`
	Modes  []string `json:"modes"`
}

type endLine struct {
	Object string `json:"object"`
	Lines  int64  `json:"lines"`  // before this one
	SHA256 string `json:"sha256"` // of all of them
}

// storedObject is what a database knows of an object beside its document.
type storedObject struct {
	Position  store.Position `json:"position,string,omitzero"` // none where the database gives it, see [store.Kind]
	Version   int64          `json:"version"`
	DeletedAt int64          `json:"deleted_at,omitzero"` // unix milliseconds
}

// storedMovement is what a database knows of a movement beside its document. Days are counted from 1970.
type storedMovement struct {
	Position    store.Position `json:"position,string"`
	DueDay      int64          `json:"due_day"`
	RecordedDay int64          `json:"recorded_day"`
	LastDate    int64          `json:"last_date"`
}

type deletedLine struct {
	Object   string         `json:"object"`
	Document jsontext.Value `json:"document"`
	Stored   storedObject   `json:"stored"`
}

type nameLine struct {
	Object     string         `json:"object"`
	Livemode   bool           `json:"livemode"`
	Kind       store.NameKind `json:"kind"`
	Name       string         `json:"name"`
	CustomerID string         `json:"customer_id"`
	Position   store.Position `json:"position,string"` // of the customer
}

type sumLine struct {
	Object     string           `json:"object"`
	Livemode   bool             `json:"livemode"`
	Figure     store.Figure     `json:"figure"`
	Day        int64            `json:"day"`
	Recorded   int64            `json:"recorded"`
	DueDay     int64            `json:"due_day"`
	CurrencyID string           `json:"currency_id"`
	Amount     clientele.Amount `json:"amount"`
}

type digestLine struct {
	Object     string `json:"object"`
	ClosingID  string `json:"closing_id"`
	CustomerID string `json:"customer_id"`
	CurrencyID string `json:"currency_id"`
	Digest     string `json:"digest"`
	Name       string `json:"name"`
	Account    string `json:"account"`
}

type eventLine struct {
	Object         string         `json:"object"`
	Position       int64          `json:"position,string"`
	Livemode       bool           `json:"livemode"`
	Type           string         `json:"type"`
	CustomerID     string         `json:"customer_id"`
	ObjectID       string         `json:"object_id"`
	ObjectVersion  int64          `json:"object_version"`
	At             int64          `json:"at"` // unix milliseconds
	RequestID      string         `json:"request_id"`
	IdempotencyKey string         `json:"idempotency_key"`
	RequestedBy    string         `json:"requested_by"`
	Digest         string         `json:"digest"`
	Undo           jsontext.Value `json:"undo,omitzero"`  // see [store.EventRecord]
	State          jsontext.Value `json:"state,omitzero"` // the same
}

// write writes a line, with the texts of documents as they are.
func write(line any) ([]byte, error) {
	return json.Marshal(line, json.Deterministic(true), jsontext.PreserveRawStrings(true))
}

// storedMember begins the member that a line has beyond its document.
const storedMember = `,"stored":`

// withStored is a document with what else the database knows.
func withStored(doc []byte, stored any) ([]byte, error) {
	text, err := write(stored)
	line := append(bytes.Clone(doc[:len(doc)-1]), storedMember...)
	return append(append(line, text...), '}'), err
}

// splitStored reads what withStored wrote.
func splitStored(line []byte, stored any) (doc []byte, err error) {
	at := bytes.LastIndex(line, []byte(storedMember))
	if at < 0 || !bytes.HasSuffix(line[at+len(storedMember):], []byte("}}")) {
		return nil, errors.New("stored is missing at the end")
	}
	err = json.Unmarshal(line[at+len(storedMember):len(line)-1], stored)
	return append(bytes.Clone(line[:at]), '}'), err
}

func writeRow(k *store.Kind, r store.StoredRow) ([]byte, error) {
	stored := storedObject{r.Seq, r.Version, r.DeletedAt}
	if k.Small {
		stored.Position = 0
	}
	if r.DeletedAt != 0 {
		return write(deletedLine{lineDeleted, r.JSON, stored})
	}
	return withStored(r.JSON, stored)
}

// readRow reads an object, without what its document says of it.
func readRow(line []byte) (r store.StoredRow, err error) {
	var stored storedObject
	if objectOf(line) == lineDeleted {
		var deleted deletedLine
		err = json.Unmarshal(line, &deleted)
		r.JSON, stored = bytes.Clone(deleted.Document), deleted.Stored
	} else {
		r.JSON, err = splitStored(line, &stored)
	}
	r.Seq, r.Version, r.DeletedAt = stored.Position, stored.Version, stored.DeletedAt
	return r, err
}

func writeName(n store.ClaimedName) ([]byte, error) {
	return write(nameLine{
		lineName, bool(n.Livemode), n.Ref.Kind, n.Ref.Name, n.Customer.ID, n.Customer.Seq,
	})
}

func readName(line []byte) (store.ClaimedName, error) {
	var l nameLine
	err := json.Unmarshal(line, &l)
	return store.ClaimedName{
		Livemode: clientele.Mode(l.Livemode), Ref: store.Ref{Kind: l.Kind, Name: l.Name},
		Customer: store.Record{ID: l.CustomerID, Seq: l.Position},
	}, err
}

func writeMovement(m store.Movement) ([]byte, error) {
	doc, err := write(m.BalanceTransaction)
	if err != nil {
		return nil, err
	}
	return withStored(doc, storedMovement{m.Seq, m.DueDay, int64(m.RecordedDay), int64(m.LastDate)})
}

func readMovement(line []byte) (m store.Movement, err error) {
	var stored storedMovement
	doc, err := splitStored(line, &stored)
	if err == nil {
		err = json.Unmarshal(doc, &m.BalanceTransaction)
	}
	m.Seq, m.DueDay = stored.Position, stored.DueDay
	m.RecordedDay, m.LastDate = clientele.Day(stored.RecordedDay), clientele.Day(stored.LastDate)
	return m, err
}

func writePart(p part) ([]byte, error) {
	return write(sumLine{
		lineSum, bool(p.mode), p.Figure, p.Day, p.Recorded, p.DueDay, p.Amount.Currency(), p.Amount,
	})
}

func readPart(line []byte) (p part, err error) {
	var l sumLine
	err = json.Unmarshal(line, &l)
	return part{clientele.Mode(l.Livemode), store.SumPart{
		Figure: l.Figure, Day: l.Day, Recorded: l.Recorded, DueDay: l.DueDay, Amount: l.Amount.In(l.CurrencyID),
	}}, err
}

func writeDigest(d store.ClosingDigest) ([]byte, error) {
	return write(digestLine{
		lineDigest, d.ClosingID, d.CustomerID, d.CurrencyID, hex.EncodeToString(d.Digest[:]), d.Name, d.Account,
	})
}

func readDigest(line []byte) (d store.ClosingDigest, err error) {
	var l digestLine
	if err = json.Unmarshal(line, &l); err != nil {
		return d, err
	}
	digest, err := hex.DecodeString(l.Digest)
	if err == nil && len(digest) != len(d.Digest) {
		err = fmt.Errorf("digest is of %d bytes, not of %d", len(digest), len(d.Digest))
	}
	d = store.ClosingDigest{
		ClosingID: l.ClosingID, CustomerID: l.CustomerID, CurrencyID: l.CurrencyID, Name: l.Name, Account: l.Account,
	}
	copy(d.Digest[:], digest)
	return d, err
}

func writeEvent(e store.EventRecord) ([]byte, error) {
	return write(eventLine{
		Object: lineEvent, Position: e.Seq, Livemode: bool(e.Livemode), Type: e.Type, CustomerID: e.CustomerID,
		ObjectID: e.ObjectID, ObjectVersion: e.ObjectVersion, At: e.At.UnixMilli(), RequestID: e.RequestID,
		IdempotencyKey: e.IdempotencyKey, RequestedBy: e.Actor, Digest: hex.EncodeToString(e.Digest), Undo: e.Undo,
		State: e.State,
	})
}

func readEvent(line []byte) (e store.EventRecord, err error) {
	var l eventLine
	if err = json.Unmarshal(line, &l); err != nil {
		return e, err
	}
	digest, err := hex.DecodeString(l.Digest)
	return store.EventRecord{
		Seq: l.Position, Livemode: clientele.Mode(l.Livemode), Type: l.Type, CustomerID: l.CustomerID,
		ObjectID: l.ObjectID, ObjectVersion: l.ObjectVersion, At: time.UnixMilli(l.At), RequestID: l.RequestID,
		IdempotencyKey: l.IdempotencyKey, Actor: l.RequestedBy, Digest: digest, Undo: bytes.Clone(l.Undo),
		State: bytes.Clone(l.State),
	}, err
}

// objectOf is what a line is, which is read no further than that; "" when it does not say so.
func objectOf(line []byte) string {
	d := jsontext.NewDecoder(bytes.NewReader(line))
	for _, err := d.ReadToken(); err == nil && d.PeekKind() == '"'; {
		name, err := d.ReadToken()
		if err != nil {
			return ""
		}
		if name.String() == "object" {
			object, err := d.ReadToken()
			if err != nil || object.Kind() != '"' {
				return ""
			}
			return object.String()
		}
		if d.SkipValue() != nil {
			return ""
		}
	}
	return ""
}
