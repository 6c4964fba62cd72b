package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
)

// manyEvents makes a database with many events.
func manyEvents(t *testing.T, n int) (db string) {
	t.Helper()
	db = newDatabase(t)
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: new("Ada")})
	if err != nil {
		t.Fatal(err)
	}
	err = s.DB.Update(t.Context(), func(tx store.Tx) error {
		for version := range n {
			e, err := store.EventRecord{
				Type: "customer.updated", CustomerID: "x", ObjectID: "cus_gone", ObjectVersion: int64(version + 1),
				Actor: "key", At: s.Now(), RequestID: fmt.Sprint("req_", version),
			}.OfChange(fmt.Appendf(nil, `{"n":%d}`, version), fmt.Appendf(nil, `{"n":%d}`, version+1))
			if err != nil {
				return err
			}
			if err := tx.AddEvent(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || c.ID == "" {
		t.Fatal(err)
	}
	return db
}

// TestVerifyNamesEventsThatWereTamperedWith edits, removes, inserts and swaps a thousand events by hand, with some
// between them that nobody touches: each is named, or its neighbour, and no other.
func TestVerifyNamesEventsThatWereTamperedWith(t *testing.T) {
	t.Parallel()
	const tampered, apart = 1000, 6
	db := manyEvents(t, (tampered+1)*apart)
	out, code := runCommand("verify", "--db", db)
	if code != 0 || !strings.Contains(out, "events are as they were written") {
		t.Fatalf("before, it says %s", out)
	}
	start := int64(0)
	if _, err := fmt.Sscan(ask(t, db, "SELECT min(seq) FROM events WHERE object_id = 'cus_gone'"), &start); err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	named := map[string]string{} // by what was done
	for i := range int64(tampered) {
		version := (i + 1) * apart
		at := start + version - 1
		id := func(version int64) string { return fmt.Sprintf("evt_cus_gone_%d", version) }
		does := rand.IntN(10)
		statement := []string{
			"UPDATE events SET type = 'customer.created' WHERE seq = %d",
			"UPDATE events SET created_at = created_at + 1 WHERE seq = %d",
			"UPDATE events SET request_id = 'req_other' WHERE seq = %d",
			"UPDATE events SET actor = 'nobody' WHERE seq = %d",
			`UPDATE events SET undo = '{"n":-1}' WHERE seq = %d`,
			"UPDATE events SET idempotency_key = 'k' WHERE seq = %d",
			"UPDATE events SET digest = x'00112233445566778899aabbccddeeff' WHERE seq = %d",
			"DELETE FROM events WHERE seq = %d",
			"UPDATE events SET hash = x'00' WHERE seq = %d",
			"UPDATE events SET object_version = -object_version, seq = -seq WHERE seq = %d", // before all others
		}[does]
		fmt.Fprintf(&script, statement+";\n", at)
		switch does {
		case 7:
			named[id(version+1)] = statement
		case 9:
			named[id(version+1)], named[id(-version)] = statement, statement
		default:
			named[id(version)] = statement
		}
	}
	runSQL(t, db, script.String())
	if out, code = runCommand("verify", "--db", db); code != 1 {
		t.Fatalf("it exits with %d: %s", code, out)
	}
	for id, statement := range named {
		if !strings.Contains(out, id+": ") {
			t.Errorf("%s is not named after %s", id, statement)
		}
	}
	if extra := strings.Count(out, "evt_cus_gone_") - len(named); extra > tampered/5 { // neighbours of a wrong hash
		t.Errorf("%d others are named", extra)
	}
}

func TestVerifyHead(t *testing.T) {
	t.Parallel()
	db := manyEvents(t, 3)
	head := ask(t, db, "SELECT 'evt_' || object_id || '_' || object_version || ':' || lower(hex(hash)) FROM events "+
		"ORDER BY seq DESC LIMIT 1")
	if out, code := runCommand("verify", "--db", db, "--head", head); code != 0 {
		t.Errorf("with the head it exits with %d: %s", code, out)
	}
	runSQL(t, db, "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)")
	if out, code := runCommand("verify", "--db", db); code != 0 {
		t.Errorf("without the last, and without a head, it exits with %d: %s", code, out)
	}
	for head, says := range map[string]string{
		head: "it is gone", strings.Replace(head, "_3:", "_2:", 1): "not the one that was kept", "x": "",
	} {
		if out, code := runCommand("verify", "--db", db, "--head", head); code != 1 || !strings.Contains(out, says) {
			t.Errorf("with %s it exits with %d: %s", head, code, out)
		}
	}
}

// ask is the one value that a statement answers.
func ask(t *testing.T, db, query string) (value string) {
	t.Helper()
	c, err := sqlite.OpenConn(strings.TrimPrefix(db, "sqlite:"), sqlite.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		value = stmt.ColumnText(0)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return value
}
