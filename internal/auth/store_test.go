package auth_test

import (
	"context"
	"time"

	"clientele.dev/internal/store"
)

// records keeps keys and applications in memory: what auth decides does not depend on where they are kept.
type records struct {
	keys map[[32]byte]store.Key
	apps []store.App
	open map[[32]byte]store.Session
	told []store.EventRecord
	err  error // what every look-up fails with, when set
}

func (s *records) KeyByHash(_ context.Context, hash [32]byte) (store.Key, bool, error) {
	key, found := s.keys[hash]
	return key, found, s.err
}

func (s *records) Apps(context.Context) ([]store.App, error) { return s.apps, s.err }

func (s *records) Keys(context.Context) ([]store.Key, error) {
	var keys []store.Key
	for _, key := range s.keys {
		keys = append(keys, key)
	}
	return keys, s.err
}

func (s *records) AddKey(_ context.Context, key store.Key) error {
	if s.keys == nil {
		s.keys = map[[32]byte]store.Key{}
	}
	s.keys[key.Hash] = key
	return s.err
}

func (s *records) NoteUses(_ context.Context, uses map[string]time.Time) error {
	if s.err != nil {
		return s.err
	}
	for hash, key := range s.keys {
		if at, used := uses[key.ID]; used {
			key.LastUsed = at
			s.keys[hash] = key
		}
	}
	return nil
}

func (s *records) PortalSessions(_ context.Context, customerID string, at time.Time) (all []store.Session, err error) {
	for _, session := range s.open {
		if session.CustomerID == customerID && !session.Expired(at) {
			all = append(all, session)
		}
	}
	return all, s.err
}

func (s *records) RevokeKey(_ context.Context, id string, at time.Time) (bool, error) {
	for hash, key := range s.keys {
		if key.ID == id {
			key.RevokedAt = at
			s.keys[hash] = key
			return true, s.err
		}
	}
	return false, s.err
}

func (s *records) AddApp(_ context.Context, app store.App) error {
	s.apps = append(s.apps, app)
	return s.err
}

func (s *records) RevokeApp(_ context.Context, id string, at time.Time) (bool, error) {
	for i := range s.apps {
		if s.apps[i].ID == id {
			s.apps[i].RevokedAt = at
			return true, s.err
		}
	}
	return false, s.err
}

func (s *records) AddSession(_ context.Context, session store.Session, told ...store.EventRecord) error {
	s.told = append(s.told, told...)
	if s.open == nil {
		s.open = map[[32]byte]store.Session{}
	}
	s.open[session.Hash] = session
	return s.err
}

func (s *records) SessionByHash(_ context.Context, hash [32]byte) (store.Session, bool, error) {
	session, found := s.open[hash]
	return session, found, s.err
}

func (s *records) EndSession(_ context.Context, hash [32]byte) (bool, error) {
	_, found := s.open[hash]
	delete(s.open, hash)
	return found, s.err
}
