package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"clientele.dev/internal/pgtest"
)

// The verdicts.
const (
	killed    = "killed"
	survived  = "survived"
	undecided = "undecided"
)

const (
	slowest    = 30 * time.Second // a test that takes longer alone is not used
	firstTests = 10               // are tried before all others
	nearer     = 4                // how much sooner tests of the changed package are tried than as quick ones elsewhere
)

// oneTest is a test of a binary, on a database.
type oneTest struct {
	binary, folder string
	database       string
	name           string
	took           time.Duration
}

// runner runs tests.
type runner struct {
	*build
	postgres *pgtest.Server

	mu     sync.Mutex
	tests  []oneTest
	reach  map[int][]oneTest // the tests that reach a change
	passed map[oneTest]bool  // without any change, since the start
}

// String names a test: its folder, its database and itself.
func (t oneTest) String() string {
	return filepath.Base(t.folder) + " " + t.database + " " + t.name
}

func (r *runner) start() (err error) {
	r.postgres, err = pgtest.Start()
	r.passed = map[oneTest]bool{}
	return err
}

// lookAtTests runs each test alone, without any change, and notes what it reaches.
func (r *runner) lookAtTests(ctx context.Context, onPostgres bool) error {
	r.reach = map[int][]oneTest{}
	tests, err := r.listTests(ctx, onPostgres)
	if err != nil {
		return err
	}
	r.lookAtAll(ctx, tests)
	return ctx.Err()
}

// listTests names the tests of all binaries. Those of the API and the console are also used on PostgreSQL, if asked.
func (r *runner) listTests(ctx context.Context, onPostgres bool) (tests []oneTest, err error) {
	for i, binary := range r.binaries {
		folder := r.folders[i]
		list := exec.CommandContext(ctx, binary, "-test.list", "^Test")
		list.Dir = folder
		list.Env = append(os.Environ(), "CLIENTELE_TEST_DATABASE=sqlite")
		out, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", binary, err)
		}
		throughServer := slices.Contains([]string{"api", "console"}, filepath.Base(folder))
		for name := range strings.FieldsSeq(string(out)) {
			if !strings.HasPrefix(name, "Test") {
				continue
			}
			tests = append(tests, oneTest{binary: binary, folder: folder, database: "sqlite", name: name})
			if onPostgres && throughServer {
				tests = append(tests, oneTest{binary: binary, folder: folder, database: "postgres", name: name})
			}
		}
	}
	return tests, nil
}

// lookAtAll runs each test alone.
func (r *runner) lookAtAll(ctx context.Context, tests []oneTest) {
	var looked sync.WaitGroup
	next := make(chan oneTest)
	for worker := range runtime.GOMAXPROCS(0) {
		looked.Go(func() {
			for test := range next {
				r.look(ctx, test, filepath.Join(r.dir, fmt.Sprint("reached", worker)))
			}
		})
	}
	for _, test := range tests {
		next <- test
	}
	close(next)
	looked.Wait()
}

func (r *runner) stop() { _ = r.postgres.Stop() }

// look runs a test alone and notes what it reaches. One that fails without any change, or is slow, is not used.
func (r *runner) look(ctx context.Context, test oneTest, file string) {
	_ = os.Remove(file)
	began := time.Now()
	failed, err := r.run(ctx, []oneTest{test}, 0, slowest, variableReached+"="+file)
	if err != nil || failed != "" {
		if !errors.Is(err, errSlow) {
			fmt.Printf("not used: %s %s: %s %v\n", filepath.Base(test.folder), test.name, failed, err)
		}
		return
	}
	test.took = time.Since(began)
	reached, _ := os.ReadFile(file)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tests = append(r.tests, test)
	for id := range strings.FieldsSeq(string(reached)) {
		if n, err := strconv.Atoi(id); err == nil {
			r.reach[n] = append(r.reach[n], test)
		}
	}
}

var errSlow = errors.New("it took too long")

var failLine = regexp.MustCompile(`^\x16?\s*--- FAIL: (Test\w+)`)

// run runs tests of one binary with a change on, until the first fails, and names that.
func (r *runner) run(
	ctx context.Context, tests []oneTest, change int, limit time.Duration, env ...string,
) (failed string, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var names []string
	for _, test := range tests {
		names = append(names, test.name)
	}
	c := exec.Command(tests[0].binary, "-test.run", "^("+strings.Join(names, "|")+")$", "-test.v=test2json",
		"-test.timeout", "0")
	c.Dir = tests[0].folder
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Env = append(os.Environ(), "CLIENTELE_TEST_DATABASE="+tests[0].database,
		pgtest.Variable+"="+r.postgres.URL("postgres"), variableOn+"="+strconv.Itoa(change))
	c.Env = append(c.Env, env...)
	out, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := c.Start(); err != nil {
		return "", err
	}
	end := func() { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	stop := context.AfterFunc(ctx, end)
	last := ""
	for lines := bufio.NewReader(out); failed == ""; {
		line, err := lines.ReadString('\n')
		if m := failLine.FindStringSubmatch(line); m != nil {
			failed = m[1]
		}
		if strings.Contains(line, "panic:") || strings.HasPrefix(line, "FAIL") {
			last = strings.TrimSpace(line)
		}
		if err != nil {
			break
		}
	}
	if failed != "" { // the others need not go on
		end()
	}
	err = c.Wait()
	inTime := stop()
	end()                                // also what it started
	_ = r.postgres.DropOf(c.Process.Pid) // what it left takes memory, no more
	switch {
	case failed != "":
		return failed, nil
	case !inTime:
		return "", errSlow
	case err == nil:
		return "", nil
	case len(tests) == 1: // it ended the process
		return tests[0].name, nil
	}
	return "", fmt.Errorf("%w: %s", err, last)
}

// tryAll tries every change, two or so at a time.
func (r *runner) tryAll(ctx context.Context, all []*mutant, try func(context.Context, *mutant)) {
	next := make(chan *mutant)
	var tried sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		tried.Go(func() {
			for m := range next {
				began := time.Now()
				if try(ctx, m); m.verdict != "" {
					fmt.Printf("%-9s %5.1f s  %s  [%s]\n", m.verdict, time.Since(began).Seconds(), m, m.why)
				}
			}
		})
	}
	for _, m := range all {
		if ctx.Err() == nil {
			next <- m
		}
	}
	close(next)
	tried.Wait()
}

// tryLast tries the test that killed a change the last time.
func (r *runner) tryLast(ctx context.Context, m *mutant) {
	folder, rest, _ := strings.Cut(m.killer, " ")
	database, name, _ := strings.Cut(rest, " ")
	for i, f := range r.folders {
		if filepath.Base(f) == folder && name != "" {
			test := oneTest{binary: r.binaries[i], folder: f, database: database, name: name, took: slowest}
			if r.tryWith(ctx, m, []oneTest{test}); m.verdict != killed {
				m.verdict = ""
			}
		}
	}
}

// try gives a change its verdict.
func (r *runner) try(ctx context.Context, m *mutant) {
	tests := r.reach[m.id]
	m.why = fmt.Sprintf("%d tests reach it", len(tests))
	soon := func(t oneTest) time.Duration {
		if strings.HasSuffix(t.folder, filepath.Dir(m.file)) {
			return t.took / nearer
		}
		return t.took
	}
	slices.SortFunc(tests, func(a, b oneTest) int { return cmp.Compare(soon(a), soon(b)) })
	for n := firstTests; len(tests) > 0; n *= 3 {
		n = min(n, len(tests))
		for _, group := range byBinary(tests[:n]) { // an undecided one leaves it to the others
			if r.tryWith(ctx, m, group); m.verdict == killed {
				return
			}
		}
		tests = tests[n:]
	}
	if m.verdict == "" {
		m.verdict = survived
	}
}

// tryWith runs tests of one binary. The first that fails must pass without the change.
func (r *runner) tryWith(ctx context.Context, m *mutant, group []oneTest) {
	limit := 20 * time.Second
	for _, test := range group {
		limit += 3 * test.took
	}
	failed, err := r.run(ctx, group, m.id, limit)
	switch {
	case err == nil && failed == "":
	case err != nil && len(group) > 1 && !errors.Is(err, errSlow):
		for _, test := range group { // the process ended: by which test is asked one by one
			if r.tryWith(ctx, m, []oneTest{test}); m.verdict == killed {
				return
			}
		}
		m.verdict, m.why = undecided, err.Error()
	case err != nil:
		m.verdict, m.why = undecided, err.Error()
	default:
		r.judge(ctx, m, group, failed, limit)
	}
}

// judge sees whether a test that failed with a change passes without it.
func (r *runner) judge(ctx context.Context, m *mutant, group []oneTest, failed string, limit time.Duration) {
	test := oneTest{binary: group[0].binary, folder: group[0].folder, database: group[0].database, name: failed}
	r.mu.Lock()
	passed := r.passed[test]
	r.mu.Unlock()
	if !passed {
		if again, err := r.run(ctx, []oneTest{test}, 0, 30*time.Second+limit); err != nil || again != "" {
			m.verdict, m.why = undecided, fmt.Sprintf("%s fails without it too: %v", test, err)
			return
		}
		r.mu.Lock()
		r.passed[test] = true
		r.mu.Unlock()
	}
	m.verdict, m.why, m.killer = killed, test.String(), test.String()
}

// byBinary puts tests of one binary and database together, those of the first one first.
func byBinary(tests []oneTest) (groups [][]oneTest) {
	at := map[string]int{}
	for _, test := range tests {
		run := test.binary + " " + test.database
		i, found := at[run]
		if !found {
			i = len(groups)
			at[run] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], test)
	}
	return groups
}
