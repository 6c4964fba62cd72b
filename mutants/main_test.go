package main

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestEveryChangeApplies shows that the list written by hand is of the code as it is, and that the code with all
// changes in it is Go.
func TestEveryChangeApplies(t *testing.T) {
	t.Chdir("..") // where files are named from
	all, err := collect("", usualPart)
	if err != nil {
		t.Fatal(err)
	}
	byFile, seen, made := map[string][]*mutant{}, map[string]bool{}, 0
	for _, m := range all {
		byFile[m.file] = append(byFile[m.file], m)
		if m.operator != byHand && m.operator != control {
			made++
		}
		if seen[m.String()] && m.operator != byHand {
			t.Errorf("two changes are called %s", m)
		}
		seen[m.String()] = true
	}
	if made < 200 {
		t.Errorf("the operators make %d changes, want 200 or more", made)
	}
	for file, changes := range byFile {
		text, err := instrument(file, changes)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), file, text, 0); err != nil && !onlyByOperators(changes) {
			t.Errorf("with its changes it is no Go: %v", err)
		}
		for _, m := range changes {
			if m.firstLine == 0 || m.lastLine < m.firstLine {
				t.Errorf("%s is at no line of the changed file", m)
			}
		}
	}
	why, err := parseEquivalents(equivalents)
	if err != nil {
		t.Fatal(err)
	}
	for change := range why {
		if !seen[change] {
			t.Errorf("equivalent.txt speaks of a change that is not made: %s", change)
		}
	}
}

// onlyByOperators says whether no change was written by hand: what operators make may be no Go, and is left out then.
func onlyByOperators(changes []*mutant) bool {
	for _, m := range changes {
		if m.operator == byHand {
			return false
		}
	}
	return true
}

// TestCore shows that a change is put where it differs, and nowhere else.
func TestCore(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ old, new string }{
		{"a < b", "a <= b"}, {"x", ""}, {"aa", "a"}, {"f(a, b)", "f(b, a)"}, {"", "x"},
	} {
		const before = "0123"
		m := mutant{old: test.old, new: test.new, start: len(before)}
		start, with, until := m.core()
		text := before + test.old + "9"
		if got := text[:start] + with + text[until:]; got != before+test.new+"9" {
			t.Errorf("%s → %s makes %s", test.old, test.new, strings.TrimSuffix(got, "9"))
		}
	}
}
