package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/demo"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/sqlite"
)

// data is a database of customers, made once and copied for each run.
type data struct {
	file string
	ids  []string
}

// prepare returns a fresh copy of a database of count customers; the original is made when the folder has none.
func prepare(ctx context.Context, folder string, count int) (data, error) {
	made, run, list := filepath.Join(folder, "made"), filepath.Join(folder, "run"), filepath.Join(folder, "ids.txt")
	if _, err := os.Stat(list); err != nil {
		if err := create(ctx, made, list, count); err != nil {
			return data{}, fmt.Errorf("making the customers: %w", err)
		}
	}
	text, err := os.ReadFile(list)
	if err == nil {
		err = os.RemoveAll(run)
	}
	if err == nil {
		err = os.CopyFS(run, os.DirFS(made))
	}
	return data{file: filepath.Join(run, "customers.db"), ids: strings.Fields(string(text))}, err
}

// create makes a database of customers, and then the list of their ids, whose presence says that the database is whole.
func create(ctx context.Context, folder, list string, count int) error {
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, "sqlite:"+filepath.Join(folder, "customers.db"))
	if err != nil {
		return err
	}
	ids, err := fill(ctx, db, count)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	return os.WriteFile(list, []byte(strings.Join(ids, "\n")), 0o644)
}

// fill makes the customers of a new database and returns their ids.
func fill(ctx context.Context, db store.Store, count int) ([]string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Many are made at once, so that they share commits. Customers came one after the other over three years.
	var made atomic.Int64
	began := time.Now()
	apart := 3 * 365 * 24 * time.Hour / time.Duration(count)
	clock := func() time.Time { return began.Add(-apart * time.Duration(int64(count)-made.Load())) }
	service := billing.New(db, billing.WithClock(clock))
	if err := service.Seed(ctx); err != nil {
		return nil, err
	}
	next, stop := iter.Pull(demo.People(1))
	defer stop()
	var turn sync.Mutex
	var group sync.WaitGroup
	ids := make([]string, count)
	for range 128 {
		group.Go(func() {
			for ctx.Err() == nil {
				turn.Lock()
				n := int(made.Load())
				p, _ := next()
				made.Add(1)
				turn.Unlock()
				if n >= count {
					return
				}
				id, err := add(ctx, service, p)
				if err != nil {
					cancel(err)
				}
				ids[n] = id
			}
		})
	}
	group.Wait()
	fmt.Fprintf(os.Stderr, "%d customers made in %s\n", count, time.Since(began).Round(time.Second))
	return ids, context.Cause(ctx)
}

func add(ctx context.Context, service *billing.Service, p demo.Person) (string, error) {
	fields := billing.Fields{}
	for name, value := range map[string]any{
		"name": p.Name, "email": p.Email, "phone": p.Phone, "address": p.Address, "metadata": p.Metadata,
		"external_id": p.ExternalID, "did": p.DID,
	} {
		raw, err := json.Marshal(value)
		if err != nil {
			return "", err
		}
		fields[name] = raw
	}
	doc, err := service.Customers.Create(ctx, billing.Call{Actor: "bench"}, fields)
	if err != nil {
		return "", err
	}
	var c clientele.Customer
	err = json.Unmarshal(doc.JSON, &c)
	return c.ID, err
}
