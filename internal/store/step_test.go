package store

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestApplied holds what a database says of its schema against the steps that the program knows.
func TestApplied(t *testing.T) {
	t.Parallel()
	steps := StepsIn(fstest.MapFS{
		"migrations/0001_schema.sql":       {Data: []byte("one")},
		"migrations/0002_more_columns.sql": {Data: []byte("-- oldest: 1\ntwo\n")},
	})
	if second := steps[len(steps)-1]; second.Version != 2 || second.Name != "more columns" ||
		second.File != "0002_more_columns" || second.Oldest != 1 || steps[0].Oldest != 0 {
		t.Fatalf("the steps are %+v", steps)
	}
	one, two := steps[0].Checksum(), steps[1].Checksum()
	for name, test := range map[string]struct {
		checksums       []string
		oldest          int64
		refused, behind string // what is said
	}{
		"new":                       {nil, 0, "", "at version 0, and this program reads version 2"},
		"older":                     {[]string{one}, 1, "", "at version 1, and this program reads version 2"},
		"current":                   {[]string{one, two}, 2, "", ""},
		"newer":                     {[]string{one, two, "three"}, 3, "a newer Clientele made it", ""},
		"newer, one goes on beside": {[]string{one, two, "three"}, 2, "", ""},
		"exchanged, and newer":      {[]string{one, one, "three"}, 2, "the step 0002_more_columns", ""},
		"exchanged":                 {[]string{one, one}, 2, "the step 0002_more_columns", ""},
		"of before":                 {[]string{""}, 0, "another build of Clientele", ""},
		"of before, further":        {[]string{"", "", ""}, 0, "another build of Clientele", ""},
	} {
		applied, err := Applied(steps, test.checksums, test.oldest)
		if !saysIt(err, test.refused) {
			t.Errorf("%s: %v, want %q", name, err, test.refused)
		}
		if err == nil && !saysIt(CheckCurrent(applied), test.behind) {
			t.Errorf("%s: %v, want %q", name, CheckCurrent(applied), test.behind)
		}
	}
	if steps[0].Applied {
		t.Error("what one database has is said of all")
	}
}

// saysIt says whether an error has the words, or is none where there are none.
func saysIt(err error, words string) bool {
	if err == nil || words == "" {
		return err == nil && words == ""
	}
	return strings.Contains(err.Error(), words)
}
