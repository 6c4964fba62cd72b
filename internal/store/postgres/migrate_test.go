package postgres

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"clientele.dev/internal/pgtest"
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
	if _, err := c.Exec(t.Context(), "INSERT INTO schema_migrations VALUES (9999, 'future')"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), url); err == nil || !strings.Contains(err.Error(), "newer Clientele") {
		t.Error(err)
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
