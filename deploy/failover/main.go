// Command failover kills the primary of a PostgreSQL made by formation.sh again and again, under the load of two
// servers of Clientele, and holds what there is in the end against what was acknowledged: nothing lost, nothing twice.
// It tells how long each time nobody was answered.
//
//	go run ./deploy/failover             # twenty times, about ten minutes
//	go run ./deploy/failover -kills 3
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/pgtest"
)

func main() {
	kills := flag.Int("kills", 20, "how often the primary is killed")
	script := flag.String("formation", "deploy/failover/formation.sh", "the script that makes the nodes")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if err := run(ctx, *script, *kills); err != nil {
		log.Fatal("failover: ", err)
	}
}

// drill is a run.
type drill struct {
	script, folder string
	clients        []*client.Client
	answered       atomic.Int64 // when a write was last answered, in unix nanoseconds
	longest        atomic.Int64 // the longest time without an answer since it was last asked for

	mu    sync.Mutex
	acked map[string]bool // external ids
}

func run(ctx context.Context, script string, kills int) (err error) {
	d := &drill{acked: map[string]bool{}}
	if d.script, err = filepath.Abs(script); err != nil {
		return err
	}
	if d.folder, err = os.MkdirTemp("", "clientele-failover"); err != nil {
		return err
	}
	defer os.RemoveAll(d.folder) //nolint:errcheck // a temporary folder
	url, err := d.formation("start")
	if err != nil {
		return err
	}
	defer d.formation("stop") //nolint:errcheck // what goes wrong was said
	stop, err := d.serve(ctx, url)
	if err != nil {
		return err
	}
	defer stop()
	outages, err := d.killUnderLoad(ctx, kills)
	if err != nil {
		return err
	}
	slices.Sort(outages)
	fmt.Printf("%d kills: nobody was answered for %s (median), %s (shortest) to %s (longest)\n", len(outages),
		outages[len(outages)/2], outages[0], outages[len(outages)-1])
	return d.check(ctx, url)
}

// formation runs the script, as an account that PostgreSQL accepts.
func (d *drill) formation(args ...string) (string, error) {
	account, err := pgtest.Unprivileged(d.folder)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, d.script, append([]string{args[0], d.folder}, args[1:]...)...)
	c.SysProcAttr = account
	c.Dir = d.folder
	c.Env = append(os.Environ(), "HOME="+d.folder)
	out, err := os.Create(filepath.Join(d.folder, "script.out")) // a file: the nodes that it starts keep it
	if err != nil {
		return "", err
	}
	defer out.Close() //nolint:errcheck // it is read below
	c.Stdout, c.Stderr = out, out
	err = c.Run()
	text, e := os.ReadFile(out.Name())
	if err != nil {
		return "", fmt.Errorf("formation.sh %s: %w: %s", args[0], err, text)
	}
	return string(bytes.TrimSpace(text)), e
}

// serve starts two servers on the formation.
func (d *drill) serve(ctx context.Context, url string) (stop func(), err error) {
	program := filepath.Join(d.folder, "clientele")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "clientele.dev/cmd/clientele").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("building clientele: %w: %s", err, out)
	}
	var servers []*exec.Cmd
	stop = func() {
		for _, s := range servers {
			s.Process.Signal(os.Interrupt) //nolint:errcheck // it may have ended
			s.Wait()                       //nolint:errcheck // how it ended does not matter
		}
	}
	for n := range 2 {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		addr := free.Addr().String()
		free.Close() //nolint:errcheck // the server takes it
		s := exec.Command(program, "serve", "--db", url, "--addr", addr, "--log-level", "error")
		s.Dir = d.folder
		if s.Stderr, err = os.Create(filepath.Join(d.folder, fmt.Sprint("server", n, ".log"))); err != nil {
			return nil, err
		}
		if err := s.Start(); err != nil {
			return nil, err
		}
		servers = append(servers, s)
		for range 100 {
			if c, err := net.Dial("tcp", addr); err == nil {
				c.Close() //nolint:errcheck // it answers
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		key, err := exec.CommandContext(ctx, program, "keys", "create", "--db", url, "--mode", "test",
			"--name", "drill").Output()
		if err != nil {
			return stop, fmt.Errorf("keys create: %w", err)
		}
		// The SDK's own retries get through, as it comes.
		d.clients = append(d.clients, client.New("http://"+addr, strings.TrimSpace(string(key))))
	}
	return stop, nil
}

// killUnderLoad kills the primary so often, each time waiting until both nodes are there again.
func (d *drill) killUnderLoad(ctx context.Context, kills int) (outages []time.Duration, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	stop := make(chan struct{})
	d.answered.Store(time.Now().UnixNano())
	for n := range 16 {
		workers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if err := d.create(ctx, n, fmt.Sprintf("w%d-%d", n, i)); err != nil {
					cancel(fmt.Errorf("a write was given up: %w", err))
				}
			}
		})
	}
	for n := range kills {
		primary, err := d.awaitHealthy(ctx)
		if err != nil {
			return nil, errors.Join(err, context.Cause(ctx))
		}
		time.Sleep(time.Second) // some load on whole nodes
		d.longest.Store(0)
		if _, err := d.formation("kill", primary); err != nil {
			return nil, err
		}
		killed := time.Now().UnixNano()
		for ctx.Err() == nil && (d.answered.Load() < killed+int64(time.Second) || d.longest.Load() == 0) {
			time.Sleep(50 * time.Millisecond)
		}
		if _, err := d.formation("node", primary); err != nil { // as an init system does
			return nil, err
		}
		outages = append(outages, time.Duration(d.longest.Load()).Round(10*time.Millisecond))
		log.Printf("kill %d of %d, of node %s: no answer for %s", n+1, kills, primary, outages[n])
	}
	close(stop)
	workers.Wait()
	return outages, context.Cause(ctx)
}

// create makes a customer, at any cost, and remembers that it was acknowledged.
func (d *drill) create(ctx context.Context, n int, externalID string) error {
	_, err := d.clients[n%2].Customers.Create(ctx, clientele.CustomerParams{ExternalID: &externalID},
		client.IdempotencyKey(externalID))
	if err != nil {
		return err
	}
	now := time.Now().UnixNano()
	gap := now - d.answered.Swap(now)
	for was := d.longest.Load(); gap > was && !d.longest.CompareAndSwap(was, gap); was = d.longest.Load() {
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.acked[externalID] = true
	return nil
}

// awaitHealthy waits until one node is primary and the other its secondary, and names the primary.
func (d *drill) awaitHealthy(ctx context.Context) (primary string, err error) {
	for began := time.Now(); time.Since(began) < 2*time.Minute && ctx.Err() == nil; time.Sleep(300 * time.Millisecond) {
		state, err := d.formation("state")
		if err != nil {
			continue
		}
		secondary := false
		for line := range strings.Lines(state) {
			fields := strings.Split(line, "|")
			if len(fields) < 7 {
				continue
			}
			switch strings.TrimSpace(fields[5]) + " " + strings.TrimSpace(fields[6]) {
			case "primary primary":
				primary = strings.TrimSpace(fields[0])
			case "secondary secondary":
				secondary = true
			}
		}
		if secondary && primary != "" {
			return primary, nil
		}
		primary = ""
	}
	return "", errors.New("the nodes did not come back")
}

// check holds what there is against what was acknowledged.
func (d *drill) check(ctx context.Context, url string) error {
	there := map[string]int{}
	for c, err := range d.clients[0].Customers.All(ctx, clientele.CustomerListParams{}) {
		if err != nil {
			return err
		}
		there[c.ExternalID]++
	}
	lost, twice := 0, 0
	for id := range d.acked {
		switch there[id] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	fmt.Printf("%d writes acknowledged, %d lost, %d twice; %d customers there\n", len(d.acked), lost, twice, len(there))
	verify := exec.CommandContext(ctx, filepath.Join(d.folder, "clientele"), "verify", "--db", url)
	verify.Stdout, verify.Stderr = os.Stdout, os.Stderr
	if err := verify.Run(); err != nil || lost+twice+len(there)-len(d.acked) != 0 {
		return errors.Join(errors.New("what there is is not what was acknowledged"), err)
	}
	return nil
}
