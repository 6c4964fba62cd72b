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

// oneTest is a test, or with several names some of a binary.
type oneTest struct {
	binary, folder string
	database       string
	name           string
	took           time.Duration
}

// laboratory runs tests.
type laboratory struct {
	*build
	postgres *pgtest.Server

	mu    sync.Mutex
	tests []oneTest
	reach map[int][]oneTest // the tests that reach a change
}

// start runs each test alone, without any change, and notes what it reaches.
func (l *laboratory) start(ctx context.Context) (err error) {
	if l.postgres, err = pgtest.Start(); err != nil {
		return err
	}
	l.reach = map[int][]oneTest{}
	var tests []oneTest
	for i, binary := range l.binaries {
		list := exec.CommandContext(ctx, binary, "-test.list", "^Test")
		list.Dir = l.folders[i]
		list.Env = append(os.Environ(), "CLIENTELE_TEST_DATABASE=sqlite")
		out, err := list.Output()
		if err != nil {
			return fmt.Errorf("%s: %w", binary, err)
		}
		for name := range strings.FieldsSeq(string(out)) {
			if strings.HasPrefix(name, "Test") {
				tests = append(tests, oneTest{binary: binary, folder: l.folders[i], database: "sqlite", name: name})
			}
		}
	}
	var looked sync.WaitGroup
	next := make(chan oneTest)
	for worker := range runtime.GOMAXPROCS(0) {
		looked.Go(func() {
			for test := range next {
				l.look(ctx, test, filepath.Join(l.dir, fmt.Sprint("reached", worker)))
			}
		})
	}
	for _, test := range tests {
		next <- test
	}
	close(next)
	looked.Wait()
	for _, tests := range l.reach {
		slices.SortFunc(tests, func(a, b oneTest) int { return cmp.Compare(a.took, b.took) })
	}
	return ctx.Err()
}

func (l *laboratory) stop() { _ = l.postgres.Stop() }

// look runs a test alone and notes what it reaches. One that fails without any change, or is slow, is not used.
func (l *laboratory) look(ctx context.Context, test oneTest, file string) {
	_ = os.Remove(file)
	began := time.Now()
	failed, err := l.run(ctx, []oneTest{test}, 0, slowest, variableReached+"="+file)
	if err != nil || failed != "" {
		if !errors.Is(err, errSlow) {
			fmt.Printf("not used: %s %s: %s %v\n", filepath.Base(test.folder), test.name, failed, err)
		}
		return
	}
	test.took = time.Since(began)
	reached, _ := os.ReadFile(file)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tests = append(l.tests, test)
	for id := range strings.FieldsSeq(string(reached)) {
		if n, err := strconv.Atoi(id); err == nil {
			l.reach[n] = append(l.reach[n], test)
		}
	}
}

var errSlow = errors.New("it took too long")

var failLine = regexp.MustCompile(`^\x16?\s*--- FAIL: (Test\w+)`)

// run runs tests of one binary with a change on, until the first fails, and names that.
func (l *laboratory) run(
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
		"CLIENTELE_TEST_POSTGRES="+l.postgres.URL("postgres"), variableOn+"="+strconv.Itoa(change))
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
	end()
	err = c.Wait()
	if !stop() && failed == "" {
		return "", errSlow
	}
	_ = l.postgres.DropOf(c.Process.Pid) // what it left takes memory, no more
	switch {
	case failed != "":
		return failed, nil
	case err == nil || strings.HasPrefix(err.Error(), "signal: killed"):
		return "", nil
	case len(tests) == 1: // it ended the process
		return tests[0].name, nil
	}
	return "", fmt.Errorf("%w: %s", err, last)
}

// tryAll tries every change.
func (l *laboratory) tryAll(ctx context.Context, all []*mutant) {
	next := make(chan *mutant)
	var tried sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		tried.Go(func() {
			for m := range next {
				began := time.Now()
				l.try(ctx, m)
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
func (l *laboratory) try(ctx context.Context, m *mutant) {
	tests := l.reach[m.id]
	quick := tests[:min(firstTests, len(tests))]
	m.verdict = survived
	for _, some := range [][]oneTest{quick, tests[len(quick):]} {
		for _, group := range byBinary(some) {
			if m.verdict = l.tryWith(ctx, m, group); m.verdict != survived {
				return
			}
		}
	}
	if strings.Contains(m.file, "postgres") { // which the API's tests go through as well
		for i, folder := range l.folders {
			if filepath.Base(folder) == "api" || filepath.Base(folder) == "console" {
				whole := []oneTest{{l.binaries[i], folder, "postgres", "Test.*", time.Minute}}
				if m.verdict = l.tryWith(ctx, m, whole); m.verdict != survived {
					return
				}
			}
		}
	}
	m.why = fmt.Sprintf("%d tests reach it", len(tests))
}

// tryWith runs tests of one binary. The first that fails must pass without the change.
func (l *laboratory) tryWith(ctx context.Context, m *mutant, group []oneTest) (verdict string) {
	limit := 20 * time.Second
	for _, test := range group {
		limit += 3 * test.took
	}
	failed, err := l.run(ctx, group, m.id, limit)
	switch {
	case err == nil && failed == "":
		return survived
	case err != nil:
		// Which one it was is asked one by one.
		if len(group) > 1 && !errors.Is(err, errSlow) {
			for _, test := range group {
				if verdict := l.tryWith(ctx, m, []oneTest{test}); verdict != survived {
					return verdict
				}
			}
		}
		m.why = err.Error()
		return undecided
	}
	test := group[0]
	test.name = failed
	again, err := l.run(ctx, []oneTest{test}, 0, 30*time.Second+limit)
	if err != nil || again != "" {
		m.why = fmt.Sprintf("%s fails without it too: %v", failed, err)
		return undecided
	}
	m.why = filepath.Base(test.folder) + "." + failed
	return killed
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
