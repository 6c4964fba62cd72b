package store

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"math"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
)

// App is a signing application the operator trusts. It may act in both modes, and write.
type App struct {
	ID        string // app_…
	Name      string // what the operator calls it
	PublicKey ed25519.PublicKey
	CreatedAt time.Time
	RevokedAt time.Time // zero: never; a future time: still good until then
}

// Revoked says whether the application is no longer trusted at a time.
func (a App) Revoked(at time.Time) bool { return ended(a.RevokedAt, at) }

// MarshalJSON writes the application as it is kept and as its events have it.
func (a App) MarshalJSON() ([]byte, error) {
	return json.Marshal(clientele.Application{
		ID: a.ID, Object: string(TypeApplication), Name: a.Name, PublicKey: hex.EncodeToString(a.PublicKey),
		RevokedAt: timestamp(a.RevokedAt), CreatedAt: clientele.At(a.CreatedAt),
	})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *App) UnmarshalJSON(doc []byte) error {
	var object clientele.Application
	if err := json.Unmarshal(doc, &object); err != nil {
		return err
	}
	key, err := hex.DecodeString(object.PublicKey)
	*a = App{
		ID: object.ID, Name: object.Name, PublicKey: key, CreatedAt: object.CreatedAt.Time,
		RevokedAt: momentOf(object.RevokedAt),
	}
	return err
}

// SaveApp writes an application as it is to be, and the events of that; before is what is stored of it, nil when it is
// new. Each mode has an event of the change, so there is a version for each.
func SaveApp(tx Tx, by By, stored Record, before *App, after App) error {
	doc, err := after.MarshalJSON()
	if err != nil || bytes.Equal(doc, stored.JSON) {
		return err
	}
	kind := clientele.EventApplicationCreated
	switch {
	case !after.RevokedAt.IsZero():
		kind = clientele.EventApplicationRevoked
	case before != nil:
		kind = clientele.EventApplicationUpdated
	}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		next := Record{ID: after.ID, Seq: stored.Seq, Version: stored.Version + 1, JSON: doc}
		event, err := EventRecord{
			Livemode: mode, Type: kind, ObjectID: after.ID, ObjectVersion: next.Version, At: by.At,
			RequestID: by.RequestID, Actor: by.Actor,
		}.OfChange(stored.JSON, doc)
		if err != nil {
			return err
		}
		if err := errors.Join(Applications.Save(tx, next, before, &after), tx.AddEvent(event)); err != nil {
			return err
		}
		before = &after
		if stored, _, err = tx.Get(Applications.Kind, clientele.Test, after.ID); err != nil { // with its position
			return err
		}
	}
	return nil
}

// SelectApps returns all applications with what is stored of each, in the order of their coming. It reads the columns:
// a server of before documents were kept writes these alone.
func SelectApps(tx Tx) (apps []App, stored []Record, err error) {
	rows, err := tx.RowsAfter(Applications.Kind, Beginning, math.MaxInt32)
	for _, row := range rows {
		if len(row.JSON) == 0 {
			row.JSON = nil
		}
		app := App{
			ID: row.ID, Name: row.Values[0].(string), PublicKey: row.Values[1].([]byte),
			CreatedAt: time.UnixMilli(row.Values[2].(int64)).UTC(),
		}
		if at, revoked := row.Values[3].(int64); revoked {
			app.RevokedAt = time.UnixMilli(at).UTC()
		}
		apps, stored = append(apps, app), append(stored, row.Record)
	}
	return apps, stored, err
}
