package postgres

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"clientele.dev"
	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
)

// TestServersStartTogether shows that of several servers on a new database one makes the schema.
func TestServersStartTogether(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, nil)
	errs := make([]error, 5)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			s, err := Open(t.Context(), url)
			if err == nil {
				err = s.Close()
			}
			errs[i] = err
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	steps, err := Steps(t.Context(), url)
	if err != nil || len(steps) == 0 || !steps[len(steps)-1].Applied {
		t.Errorf("the steps are %+v, %v", steps, err)
	}
}

func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, prepare(t))
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	const future = "INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', '')"
	if _, err := c.Exec(t.Context(), future); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), "newer Clientele") {
		t.Error(err)
	}
}

// A server stops when a newer program changes the schema: it neither writes nor says that it is ready.
func TestAnOldServerStops(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, prepare(t))
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	change := func(sql string) {
		t.Helper()
		if _, err := c.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	write := func() error {
		return s.Update(t.Context(), func(tx store.Tx) error {
			return store.Settings.Save(tx, store.Record{Version: 1, JSON: []byte("{}")}, nil, &clientele.Settings{})
		})
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	change("INSERT INTO schema_migrations (version, name, checksum) VALUES (9999, 'future', '')")
	change("ALTER TABLE settings RENAME COLUMN doc TO later")
	if err := s.Ready(t.Context()); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("it is ready: %v", err)
	}
	if err := write(); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("it writes: %v", err)
	}
	err = s.View(t.Context(), func(tx store.Tx) error {
		_, _, err := tx.Get(store.Settings.Kind, clientele.Test, store.SettingsID(clientele.Test))
		return err
	})
	if !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("what is not there any more is read: %v", err)
	}
	change("DELETE FROM schema_migrations WHERE version = 9999; ALTER TABLE settings RENAME COLUMN later TO doc")
	if err := errors.Join(write(), s.Ready(t.Context())); err != nil {
		t.Error(err)
	}
	change("UPDATE schema_migrations SET checksum = 'x' WHERE version = 2")
	for _, open := range []func() (*Store, error){
		func() (*Store, error) { return Open(t.Context(), url) },
		func() (*Store, error) { return OpenReadOnly(t.Context(), url) },
	} {
		if _, err := open(); err == nil || !strings.Contains(err.Error(), "0002_counts_by_currency") {
			t.Errorf("a step that was exchanged: %v", err)
		}
	}
}

func TestAnotherEncodingIsRefused(t *testing.T) {
	t.Parallel()
	url := pgtest.URL(t, nil)
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	const name = "latin"
	_, err = c.Exec(t.Context(), "CREATE DATABASE "+name+" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
	if err != nil {
		t.Fatal(err)
	}
	config := c.Config()
	_, err = Open(t.Context(), strings.Replace(url, "/"+config.Database+"?", "/"+name+"?", 1))
	if err == nil || !strings.Contains(err.Error(), "its encoding is LATIN1") {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://clientele:secret@127.0.0.1:x/y": "postgres://USER@HOST/NAME",
		"postgres://clientele:secret@127.0.0.1:1/y": "the database y on 127.0.0.1",
	} {
		_, err := Open(t.Context(), url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%q) = %v, want %q", url, err, want)
		}
	}
}
