// Command mutants breaks the code on purpose, one change at a time, and says which changes the tests did not notice.
//
//	go run ./mutants                # all of them
//	go run ./mutants -only billing  # those whose file or text contains a word
//	go run ./mutants -every 1       # every change the operators can make, not a part of them (hours)
//	go run ./mutants -unkilled      # those that no test is known to kill (killed.txt), and that should be
//
// The changes are those of mutants.txt, written by hand, and those that operators make over the syntax tree
// (operators.go). All are compiled into one build of the test binaries (instrument.go), in which an environment
// variable turns one on. Each change is tried by the test that killed it the last time (killed.txt). For those that are
// left each test is run once alone to learn which changes it reaches; then each is tried by the tests that reach it,
// the quickest first (run.go).
//
// A change is killed when a named test fails with it and passes without it right afterwards. A timeout is undecided,
// and is told. Some controls change nothing: they must survive, or the verdicts are worth nothing. Survivors that are
// no mistakes are in equivalent.txt, each with the reason. The code itself is not touched: the compiler is given the
// changed files in its place.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed mutants.txt
var handWritten string

//go:embed equivalent.txt
var equivalents string

// usualPart is of how many changes that operators can make one is made, unless -every says otherwise.
const usualPart = 31

func main() {
	only := flag.String("only", "", "only changes whose file or text contains this")
	every := flag.Int("every", usualPart, "make one of so many changes that the operators can make; 0 for none")
	unkilled := flag.Bool("unkilled", false, "only changes that no test killed the last time, and that should be")
	list := flag.Bool("list", false, "list the changes, and try none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *only, *every, *unkilled, *list); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only string, every int, unkilled, list bool) error {
	began := time.Now()
	all, err := collect(only, every)
	if err != nil {
		return err
	}
	if err := readKillers(all); err != nil {
		return err
	}
	why, err := parseEquivalents(equivalents)
	if err != nil {
		return err
	}
	if unkilled {
		all = slices.DeleteFunc(all, func(m *mutant) bool {
			return m.killer != "" || m.operator == control || why[m.String()] != ""
		})
	}
	if list {
		for _, m := range all {
			fmt.Println(m)
		}
		fmt.Printf("%d changes\n", len(all))
		return nil
	}
	dir, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is in the temporary folder
	b := &build{dir: dir}
	all, err = b.compile(ctx, all)
	if err != nil {
		return err
	}
	fmt.Printf("%d changes compiled after %.0f s\n", len(all), time.Since(began).Seconds())
	r := &runner{build: b}
	if err := r.start(); err != nil {
		return err
	}
	defer r.stop()
	r.tryAll(ctx, all, r.tryLast)
	left := slices.DeleteFunc(slices.Clone(all), func(m *mutant) bool { return m.verdict == killed })
	fmt.Printf("%d are killed by the tests that did so the last time, after %.0f s\n", len(all)-len(left),
		time.Since(began).Seconds())
	if len(left) > 0 {
		onPostgres := slices.ContainsFunc(left, func(m *mutant) bool { return strings.Contains(m.file, "postgres") })
		if err := r.lookAtTests(ctx, onPostgres); err != nil {
			return err
		}
		fmt.Printf("%d tests looked at after %.0f s\n", len(r.tests), time.Since(began).Seconds())
		r.tryAll(ctx, left, r.try)
	}
	whole := only == "" && every == usualPart && !unkilled
	if err := keepKillers(all, whole && ctx.Err() == nil); err != nil || ctx.Err() != nil {
		return cmp.Or(err, ctx.Err())
	}
	return report(all, why, whole, time.Since(began))
}

// killersFile has which test killed each change the last time: it is tried first.
const killersFile = "mutants/killed.txt"

// readKillers notes at each change which test killed it the last time.
func readKillers(all []*mutant) error {
	known, err := killers()
	for _, m := range all {
		m.killer = known[m.String()]
	}
	return err
}

// killers are the tests by the changes that they killed.
func killers() (map[string]string, error) {
	content, err := os.ReadFile(killersFile)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	known := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if test, change, found := strings.Cut(strings.TrimSpace(line), "\t"); found {
			known[change] = test
		}
	}
	return known, err
}

// keepKillers writes which test killed each change; of others it keeps what was known, unless all were tried.
func keepKillers(all []*mutant, whole bool) error {
	known, err := killers()
	if err != nil {
		return err
	}
	if whole {
		clear(known)
	}
	for _, m := range all {
		if m.verdict == killed {
			known[m.String()] = m.killer
		}
	}
	var b strings.Builder
	for _, change := range sortedKeys(known) {
		fmt.Fprintf(&b, "%s\t%s\n", known[change], change)
	}
	return os.WriteFile(killersFile, []byte(b.String()), 0o644) //nolint:gosec // a file of the repository
}

// collect gathers the changes and numbers them from 1.
func collect(only string, every int) ([]*mutant, error) {
	all, err := parseHandWritten(handWritten)
	if err != nil {
		return nil, err
	}
	made, err := operate(every)
	if err != nil {
		return nil, err
	}
	all = append(all, made...)
	all = slices.DeleteFunc(all, func(m *mutant) bool { return !strings.Contains(m.String(), only) })
	for i, m := range all {
		m.id = i + 1
	}
	return all, nil
}

// unescaped has the lines of a change that is written on one.
var unescaped = strings.NewReplacer(`\n`, "\n", `\t`, "\t")

// parseHandWritten reads the list: paragraphs of a file's name, a line "- old" and a line "+ new"; # starts a remark.
func parseHandWritten(text string) (all []*mutant, err error) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		m := &mutant{operator: byHand}
		for line := range strings.Lines(paragraph) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case line == "" || strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, "- "):
				m.old = unescaped.Replace(line[2:])
			case strings.HasPrefix(line, "+"):
				m.new = unescaped.Replace(strings.TrimPrefix(line[1:], " "))
			default:
				m.file = strings.TrimSuffix(line, ":")
			}
		}
		if m.file == "" && m.old == "" {
			continue
		}
		content, err := os.ReadFile(m.file)
		if err != nil {
			return nil, err
		}
		if n := strings.Count(string(content), m.old); n != 1 || m.old == "" {
			return nil, fmt.Errorf("%s has %d times, not once: %s", m.file, n, m.old)
		}
		m.start = strings.Index(string(content), m.old)
		all = append(all, m)
	}
	return all, nil
}

// parseEquivalents reads which survivors are no mistakes: a line of the change, and an indented one of why.
func parseEquivalents(text string) (map[string]string, error) {
	why, change := map[string]string{}, ""
	for line := range strings.Lines(text) {
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "\t"):
			change = trimmed
		case change == "":
			return nil, fmt.Errorf("equivalent.txt: of no change: %s", trimmed)
		default:
			why[change] = trimmed
		}
	}
	return why, nil
}

// report prints the table of packages and the survivors.
func report(all []*mutant, why map[string]string, whole bool, took time.Duration) error {
	type row struct{ killed, equivalent, survived, undecided, controls int }
	rows := map[string]*row{}
	var wrong []string
	for _, m := range all {
		r := rows[filepath.Dir(m.file)]
		if r == nil {
			r = &row{}
			rows[filepath.Dir(m.file)] = r
		}
		reason, known := why[m.String()]
		delete(why, m.String())
		switch {
		case m.operator == control && m.verdict == survived:
			r.controls++
		case m.operator == control:
			wrong = append(wrong, "a change that changes nothing was "+m.verdict+": "+m.String())
		case m.verdict == killed && known:
			wrong = append(wrong, "killed, and yet in equivalent.txt: "+m.String())
		case m.verdict == killed:
			r.killed++
		case known && m.verdict == survived:
			r.equivalent++
			fmt.Printf("equivalent  %s\n            %s\n", m, reason)
		case m.verdict == undecided:
			r.undecided++
			fmt.Printf("UNDECIDED   %s\n            %s\n", m, m.why)
			wrong = append(wrong, "undecided: "+m.String())
		default:
			r.survived++
			fmt.Printf("SURVIVED    %s\n", m)
			wrong = append(wrong, "survived: "+m.String())
		}
	}
	fmt.Printf("\n%-26s %7s %10s %9s %9s %9s\n", "package", "killed", "equivalent", "survived", "undecided", "controls")
	var sum row
	for _, name := range sortedKeys(rows) {
		r := rows[name]
		fmt.Printf("%-26s %7d %10d %9d %9d %9d\n", name, r.killed, r.equivalent, r.survived, r.undecided, r.controls)
		sum.killed, sum.equivalent, sum.survived = sum.killed+r.killed, sum.equivalent+r.equivalent, sum.survived+r.survived
		sum.undecided, sum.controls = sum.undecided+r.undecided, sum.controls+r.controls
	}
	fmt.Printf("%-26s %7d %10d %9d %9d %9d   in %.0f s\n", "all", sum.killed, sum.equivalent, sum.survived, sum.undecided,
		sum.controls, took.Seconds())
	if whole {
		for change := range why {
			wrong = append(wrong, "in equivalent.txt, and made no more: "+change)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d changes are not as they must be:\n%s", len(wrong), strings.Join(wrong, "\n"))
	}
	return nil
}
