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
	firstTests = 10               // are tried before all others, the quickest
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

	mu    sync.Mutex
	tests []oneTest
	reach map[int][]oneTest // the tests that reach a change
}

// start runs each test alone, without any change, and notes what it reaches.
func (r *runner) start(ctx context.Context) (err error) {
	if r.postgres, err = pgtest.Start(); err != nil {
		return err
	}
	r.reach = map[int][]oneTest{}
	var tests []oneTest
	for i, binary := range r.binaries {
		list := exec.CommandContext(ctx, binary, "-test.list", "^Test")
		list.Dir = r.folders[i]
		list.Env = append(os.Environ(), "CLIENTELE_TEST_DATABASE=sqlite")
		out, err := list.Output()
		if err != nil {
			return fmt.Errorf("%s: %w", binary, err)
		}
		for name := range strings.FieldsSeq(string(out)) {
			if strings.HasPrefix(name, "Test") {
				tests = append(tests, oneTest{binary: binary, folder: r.folders[i], database: "sqlite", name: name})
			}
		}
	}
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
	for _, tests := range r.reach {
		slices.SortFunc(tests, func(a, b oneTest) int { return cmp.Compare(a.took, b.took) })
	}
	return ctx.Err()
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

// tryAll tries every change.
func (r *runner) tryAll(ctx context.Context, all []*mutant) {
	next := make(chan *mutant)
	var tried sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		tried.Go(func() {
			for m := range next {
				began := time.Now()
				r.try(ctx, m)
				fmt.Printf("%-9s %5.1f s  %s  [%s]\n", m.verdict, time.Since(began).Seconds(), m, m.why)
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

// try gives a change its verdict.
func (r *runner) try(ctx context.Context, m *mutant) {
	tests := r.reach[m.id]
	quick := tests[:min(firstTests, len(tests))]
	groups := append(byBinary(quick), byBinary(tests[len(quick):])...)
	if strings.Contains(m.file, "postgres") { // which the API's tests go through as well
		for i, folder := range r.folders {
			if filepath.Base(folder) == "api" || filepath.Base(folder) == "console" {
				groups = append(groups, []oneTest{{r.binaries[i], folder, "postgres", "Test.*", time.Minute}})
			}
		}
	}
	m.verdict, m.why = survived, fmt.Sprintf("%d tests reach it", len(tests))
	for _, group := range groups {
		switch verdict, why := r.tryWith(ctx, m, group); verdict {
		case killed:
			m.verdict, m.why = killed, why
			return
		case undecided: // another test may still decide it
			m.verdict, m.why = undecided, why
		}
	}
}

// tryWith runs tests of one binary. The first that fails must pass without the change.
func (r *runner) tryWith(ctx context.Context, m *mutant, group []oneTest) (verdict, why string) {
	limit := 20 * time.Second
	for _, test := range group {
		limit += 3 * test.took
	}
	failed, err := r.run(ctx, group, m.id, limit)
	switch {
	case err == nil && failed == "":
		return survived, ""
	case err != nil && len(group) > 1 && !errors.Is(err, errSlow):
		for _, test := range group { // the process ended: by which test is asked one by one
			if verdict, why := r.tryWith(ctx, m, []oneTest{test}); verdict != survived {
				return verdict, why
			}
		}
		return undecided, err.Error()
	case err != nil:
		return undecided, err.Error()
	}
	test := group[0]
	test.name = failed
	again, err := r.run(ctx, []oneTest{test}, 0, 30*time.Second+limit)
	if err != nil || again != "" {
		return undecided, fmt.Sprintf("%s fails without it too: %v", failed, err)
	}
	return killed, filepath.Base(test.folder) + "." + failed
}

// byBinary puts tests of one binary together, those of the binary of the first one first.
func byBinary(tests []oneTest) (groups [][]oneTest) {
	at := map[string]int{}
	for _, test := range tests {
		i, found := at[test.binary]
		if !found {
			i = len(groups)
			at[test.binary] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], test)
	}
	return groups
}
