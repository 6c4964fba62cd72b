package main

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
)

// printed is what a command prints, line by line.
type printed struct {
	mu    sync.Mutex
	text  bytes.Buffer
	lines chan string
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text.Write(b)
	for {
		line, err := p.text.ReadString('\n')
		if err != nil {
			p.text.WriteString(line)
			return len(b), nil
		}
		p.lines <- line
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s, err := apptest.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	create := func(name string) string {
		t.Helper()
		c, err := s.Test().Customers.Create(t.Context(), clientele.CustomerParams{Name: &name})
		if err != nil {
			t.Fatal(err)
		}
		return c.ID
	}
	ada, bob := create("Ada"), create("Bob")
	for args, want := range map[string][]string{
		"-n 1":                           {bob},
		"-n 2":                           {ada, bob},
		"--after evt_" + ada + "_1":      {bob},
		"--after evt_" + bob + "_1":      nil,
		"--customer " + ada:              {ada},
		"--type customer.created -n 1":   {bob},
		"--type customer.created -n 999": {ada, bob},
		"--object " + bob + " --json":    {bob},
		"--mode live --object " + bob:    nil,
	} {
		out, code := runCommand(append([]string{"events", "--db", db}, strings.Fields(args)...)...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if out == "" {
			lines = nil
		}
		ok := code == 0 && len(lines) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = strings.Contains(lines[i], "evt_"+want[i]+"_1") && strings.Contains(lines[i], "customer.created")
		}
		if !ok {
			t.Errorf("%s prints, with %d: %s", args, code, out)
		}
	}
	if out, code := runCommand("events", "--db", db, "--after", "evt_none_1"); code != 1 || out != "" {
		t.Errorf("after what is not there it exits with %d: %s", code, out)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	follows := &printed{lines: make(chan string, 100)}
	ended := make(chan int, 1)
	go func() {
		var log bytes.Buffer
		ended <- run(ctx, []string{"events", "--db", db, "--follow", "-n", "1"}, follows, &log)
	}()
	if line := <-follows.lines; !strings.Contains(line, bob) {
		t.Errorf("it begins with %s", line)
	}
	cy := create("Cy")
	if line := <-follows.lines; !strings.Contains(line, cy) {
		t.Errorf("it goes on with %s", line)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("stopped, it exits with %d", code)
	}
}
