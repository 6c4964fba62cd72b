// Command mutants breaks the code on purpose, one change at a time, and says which changes the tests did not notice.
//
//	go run ./mutants              # all of them
//	go run ./mutants -only store  # those whose file or change contains a word
//
// The changes are in mutants.txt beside this file: a file and the packages whose tests must fail, then what is replaced
// and by what. A change that no longer applies is an error, so that the list stays true. The code itself is not
// touched: the compiler is given the changed file in its place.
package main

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed mutants.txt
var list string

// mutant is one change.
type mutant struct {
	file, tests string // the file that is changed, and the packages whose tests must notice
	old, new    string
}

func main() {
	only := flag.String("only", "", "only changes whose file or text contains this")
	flag.Parse()
	all, err := parse(list)
	if err == nil {
		err = run(all, *only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// parse reads the list: paragraphs of a line "file: packages", a line "- old" and a line "+ new"; # starts a remark.
func parse(text string) (all []mutant, err error) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		var m mutant
		for line := range strings.Lines(paragraph) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case line == "" || strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "- "):
				m.old = strings.ReplaceAll(line[2:], `\n`, "\n")
			case strings.HasPrefix(line, "+"):
				m.new = strings.ReplaceAll(strings.TrimPrefix(line[1:], " "), `\n`, "\n")
			default:
				m.file, m.tests, _ = strings.Cut(line, ": ")
			}
		}
		switch {
		case m == mutant{}:
		case m.file == "" || m.tests == "" || m.old == "":
			return nil, fmt.Errorf("this is not a mutant:\n%s", paragraph)
		default:
			all = append(all, m)
		}
	}
	return all, nil
}

func run(all []mutant, only string) error {
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is in the temporary folder
	var tried, survived int
	for _, m := range all {
		if !strings.Contains(m.file+m.old+m.new, only) {
			continue
		}
		began := time.Now()
		killed, err := m.try(dir)
		if err != nil {
			return err
		}
		tried++
		verdict := "killed  "
		if !killed {
			survived++
			verdict = "SURVIVED"
		}
		fmt.Printf("%s %5.1fs  %s: %s\n", verdict, time.Since(began).Seconds(), m.file, strings.TrimSpace(m.old))
	}
	fmt.Printf("%d mutants, %d survived\n", tried, survived)
	if survived > 0 {
		return fmt.Errorf("%d changes were not noticed", survived)
	}
	return nil
}

// try runs the tests against the changed file and says whether they failed.
func (m mutant) try(dir string) (killed bool, err error) {
	file, err := filepath.Abs(m.file)
	if err != nil {
		return false, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return false, err
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		return false, fmt.Errorf("%s has %d times, not once: %s", m.file, n, m.old)
	}
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return false, err
	}
	for path, content := range map[string]string{
		changed: strings.Replace(string(text), m.old, m.new, 1), overlay: string(replace),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return false, err
		}
	}
	args := append([]string{"test", "-overlay", overlay, "-count=1", "-failfast", "-timeout=60s"},
		strings.Fields(m.tests)...)
	out, err := exec.Command("go", args...).CombinedOutput()
	if strings.Contains(string(out), "[build failed]") {
		return false, fmt.Errorf("%s does not compile with %s:\n%s", m.file, m.new, out)
	}
	return err != nil, nil
}
