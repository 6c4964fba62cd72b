package store

import (
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
)

// Scope is what an API key allows.
type Scope string

// The scopes.
const (
	ScopeMetrics Scope = "metrics" // GET /metrics alone
	ScopeRead    Scope = "read"    // what can be read
	ScopeWrite   Scope = "write"   // also changes
	ScopeAdmin   Scope = "admin"   // also making and revoking keys of its mode
)

// Reads says whether a scope allows reading what customers owe.
func (s Scope) Reads() bool { return s == ScopeRead || s.Writes() }

// Writes says whether a scope allows changes.
func (s Scope) Writes() bool { return s == ScopeWrite || s.Administers() }

// Administers says whether a scope allows making and revoking keys.
func (s Scope) Administers() bool { return s == ScopeAdmin }

// Key is an API key as it is kept: never the secret itself.
type Key struct {
	ID        string         // key_…
	Name      string         // what the operator calls it
	Livemode  clientele.Mode // the one mode it opens
	Scope     Scope
	Hash      [32]byte // SHA-256 of the secret
	Hint      string   // how the secret begins and ends, to recognise it by: sk_test_…7k2p
	CreatedBy string   // the actor that made it
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time // zero: never; a future time: still good until then
	LastUsed  time.Time // within a minute; zero: never
	Version   int64
}

// Revoked says whether the key is no longer good at a time.
func (k Key) Revoked(at time.Time) bool { return ended(k.RevokedAt, at) }

// Expired says whether the key's time is over.
func (k Key) Expired(at time.Time) bool { return ended(k.ExpiresAt, at) }

// Good says whether the key can still be used.
func (k Key) Good(at time.Time) bool { return !k.Revoked(at) && !k.Expired(at) }

// Wire is the key as the wire has it: without its secret's hash.
func (k Key) Wire() clientele.APIKey {
	return clientele.APIKey{
		ID: k.ID, Object: string(TypeAPIKey), Livemode: k.Livemode, Name: k.Name, Scope: string(k.Scope), Hint: k.Hint,
		CreatedBy: k.CreatedBy, ExpiresAt: timestamp(k.ExpiresAt), RevokedAt: timestamp(k.RevokedAt),
		LastUsedAt: timestamp(k.LastUsed), CreatedAt: clientele.At(k.CreatedAt),
	}
}

// MarshalJSON writes the key as it is kept and as its events have it: as the wire has it, but for when it was used.
func (k Key) MarshalJSON() ([]byte, error) {
	object := k.Wire()
	object.LastUsedAt = nil
	return json.Marshal(object)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (k *Key) UnmarshalJSON(doc []byte) error {
	var object clientele.APIKey
	if err := json.Unmarshal(doc, &object); err != nil {
		return err
	}
	*k = Key{
		ID: object.ID, Livemode: object.Livemode, Name: object.Name, Scope: Scope(object.Scope), Hint: object.Hint,
		CreatedBy: object.CreatedBy, ExpiresAt: momentOf(object.ExpiresAt), RevokedAt: momentOf(object.RevokedAt),
		CreatedAt: object.CreatedAt.Time,
	}
	return nil
}

func momentOf(t *clientele.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.Time
}

func timestamp(t time.Time) *clientele.Time {
	if t.IsZero() {
		return nil
	}
	return new(clientele.At(t))
}

// End brings the end of a key forward to a moment, and says whether that changed anything.
func (k *Key) End(at time.Time) bool {
	at = at.Truncate(time.Millisecond)
	if !k.RevokedAt.IsZero() && !at.Before(k.RevokedAt) {
		return false
	}
	k.RevokedAt = at
	k.Version++
	return true
}

// SaveKey writes a key's next version, and the event of that; before is nil for a new one.
func SaveKey(tx Tx, by By, seq Position, before *Key, after Key) error {
	kind, was := clientele.EventAPIKeyCreated, []byte(nil)
	is, err := after.MarshalJSON()
	if err == nil && before != nil {
		kind = clientele.EventAPIKeyRevoked
		was, err = before.MarshalJSON()
	}
	if err != nil {
		return err
	}
	rec := Record{ID: after.ID, Seq: seq, Version: after.Version, JSON: is}
	if err := APIKeys.Save(tx, rec, before, &after); err != nil {
		return err
	}
	event, err := EventRecord{
		Livemode: after.Livemode, Type: kind, ObjectID: after.ID, ObjectVersion: after.Version, At: by.At,
		RequestID: by.RequestID, Actor: by.Actor,
	}.OfChange(was, is)
	if err != nil {
		return err
	}
	return tx.AddEvent(event)
}

// MadeBy are the keys that a key made, and those that they made, and so on.
func MadeBy(id string, keys []Key) (made []Key) {
	makers := map[string]bool{id: true}
	for found := true; found; {
		found = false
		for _, k := range keys {
			if makers[k.CreatedBy] && !makers[k.ID] {
				makers[k.ID], found = true, true
				made = append(made, k)
			}
		}
	}
	return made
}
