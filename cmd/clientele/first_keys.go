package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
)

// firstKeys makes the first keys of a new database and shows them, once: on a terminal, or else in a file that its
// owner alone may read, so that they are never in a log that somebody keeps. A file that is there gives them. Of
// several servers, one does.
func (s serveCommand) firstKeys(a *app, db store.Store, log *slog.Logger, url string) error {
	keys, err := db.Keys(a.ctx)
	if err != nil || len(keys) > 0 {
		return err
	}
	if s.FirstKeysFile == "" && isTerminal(a.stdout) {
		return showFirstKeys(a, db, url)
	}
	path := cmp.Or(s.FirstKeysFile, a.keysFile())
	given, err := readFirstKeys(path)
	if errors.Is(err, fs.ErrNotExist) {
		return writeFirstKeys(a, db, log, url, path)
	}
	if err != nil {
		return err
	}
	first, err := auth.NewKeys(db, time.Now).AddFirst(a.ctx, bySystem(), given...)
	if err == nil && first {
		log.Info("this is a new database: its first keys are those of a file", "file", path)
	}
	return err
}

// newFirstKeys makes the first keys, and says in words what they are.
func newFirstKeys(a *app, db store.Store, url string) (keys []store.Key, secrets string, err error) {
	test, testSecret := auth.NewKey(firstTestKey, clientele.Test, store.ScopeAdmin, time.Now())
	live, liveSecret := auth.NewKey(firstLiveKey, clientele.Live, store.ScopeAdmin, time.Now())
	link, err := newConsoleLink(a, db, url)
	return []store.Key{test, live}, fmt.Sprintf("  test mode  %s\n  live mode  %s\nThe console, for whoever opens this "+
		"link first, within 15 minutes:\n  %s\n", testSecret, liveSecret, link), err
}

// What the first keys are called.
const (
	firstTestKey = "first test key"
	firstLiveKey = "first live key"
)

// bySystem is who makes the first keys.
func bySystem() store.By { return store.By{Actor: "system", At: time.Now()} }

func showFirstKeys(a *app, db store.Store, url string) error {
	keys, secrets, err := newFirstKeys(a, db, url)
	if err != nil {
		return err
	}
	first, err := auth.NewKeys(db, time.Now).AddFirst(a.ctx, bySystem(), keys...)
	if err == nil && first {
		_, err = fmt.Fprintf(a.stdout, "This is a new database. Its secret keys, shown this once:\n%s", secrets)
	}
	return err
}

// writeFirstKeys writes the first keys into a new file, whole or not at all: another server may read it at once.
func writeFirstKeys(a *app, db store.Store, log *slog.Logger, url, path string) error {
	keys, secrets, err := newFirstKeys(a, db, url)
	if err != nil {
		return err
	}
	err = createWhole(path, secrets)
	if errors.Is(err, fs.ErrExist) { // another server was quicker
		if keys, err = readFirstKeys(path); err == nil {
			_, err = auth.NewKeys(db, time.Now).AddFirst(a.ctx, bySystem(), keys...)
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("the first keys of the new database cannot be written: %w; say with --first-keys-file (or "+
			"CLIENTELE_FIRST_KEYS_FILE) where they can, or name a file there that has a sk_test_… and a sk_live_… line", err)
	}
	first, err := auth.NewKeys(db, time.Now).AddFirst(a.ctx, bySystem(), keys...)
	if err == nil && first {
		log.Warn("this is a new database: its secret keys are in a file; take them out and remove it", "file", path)
		return nil
	}
	if _, ours, e := db.KeyByHash(a.ctx, keys[0].Hash); e == nil && ours { // another server took them from the file
		return err
	}
	return errors.Join(err, os.Remove(path))
}

// createWhole makes a file that is not there, for its owner's eyes.
func createWhole(path, content string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".keys-*") // which nobody else may read
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is the other name of the file by then
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}

var secretForm = regexp.MustCompile(`sk_(?:test|live)_[0-9A-Za-z]+`)

// readFirstKeys reads the first keys from a file: one of each mode.
func readFirstKeys(path string) ([]store.Key, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []store.Key
	for _, secret := range secretForm.FindAllString(string(content), -1) {
		mode, hash, good := auth.ParseSecret(secret)
		if !good {
			return nil, fmt.Errorf("the file %s has a key that is mistyped or cut: %s", path, auth.Hint(secret))
		}
		key, _ := auth.NewKey(map[clientele.Mode]string{
			clientele.Test: firstTestKey, clientele.Live: firstLiveKey,
		}[mode], mode, store.ScopeAdmin, time.Now())
		key.Hash, key.Hint = hash, auth.Hint(secret)
		keys = append(keys, key)
	}
	if len(keys) != 2 || keys[0].Livemode == keys[1].Livemode {
		return nil, fmt.Errorf("the file %s is there and has not one sk_test_… and one sk_live_… line, which the first "+
			"keys of the new database would be: remove it, or name another with --first-keys-file", path)
	}
	return keys, nil
}
