// Command bench measures Clientele against a floor: a net/http server that answers a constant of the same size, in a
// process of its own, on the same machine, in turns with the real server. The real server is built and started as a
// user would, durable and with authentication. Only ratios are worth comparing between machines.
//
//	go run ./bench                     # everything, 200,000 customers
//	go run ./bench -only search        # retrieve, list, search, update or limits
//	go run ./bench -receivables 1000000  # what is owed, over so many invoices; with -postgres too
//	go run ./bench -postgres           # the same questions on PostgreSQL, against PostgreSQL's own programs
//	go run ./bench -customers 20000 -duration 1s -rounds 1
//
// The customers are made once and kept in the folder given by -data; see README.md beside this file.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// bench is a run.
type bench struct {
	data
	real, floor *server
	duration    time.Duration
	rounds      int
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "floor" {
		log.Fatal(floor(os.Args[2], os.Args[3]))
	}
	if len(os.Args) == 4 && os.Args[1] == "bare" {
		log.Fatal(bare(os.Args[2], os.Args[3]))
	}
	customers := flag.Int("customers", 200_000, "how many customers")
	duration := flag.Duration("duration", 5*time.Second, "how long each measurement of a round takes")
	rounds := flag.Int("rounds", 3, "how many rounds; the median counts")
	only := flag.String("only", "", "measure only this: retrieve, list, search, update or limits")
	onPostgres := flag.Bool("postgres", false, "measure on a PostgreSQL of its own, against what it can do by itself")
	invoices := flag.Int("receivables", 0, "measure what is owed, over so many invoices")
	folder := flag.String("data", "", "folder of the customers (default: in the temporary folder, by their number)")
	flag.Parse()
	if *folder == "" {
		name := fmt.Sprintf("clientele-bench-%d", *customers)
		if *invoices > 0 {
			name = fmt.Sprintf("clientele-bench-receivables-%d", *invoices)
		}
		if *onPostgres {
			name += "-postgres"
		}
		*folder = filepath.Join(os.TempDir(), name)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if *invoices > 0 {
		b := &bench{duration: *duration, rounds: *rounds}
		if err := runReceivables(ctx, *folder, *invoices, b, *onPostgres); err != nil {
			log.Fatal("bench: ", err)
		}
		return
	}
	measure := run
	if *onPostgres {
		measure = runPostgres
	}
	if err := measure(ctx, *folder, *customers, &bench{duration: *duration, rounds: *rounds}, *only); err != nil {
		log.Fatal("bench: ", err)
	}
}

func run(ctx context.Context, folder string, customers int, b *bench, only string) (err error) {
	if b.data, err = prepare(ctx, folder, customers); err != nil {
		return err
	}
	defer os.RemoveAll(filepath.Dir(b.file)) //nolint:errcheck // the next run removes it too
	if b.real, err = startClientele(ctx, folder, "sqlite:"+b.file); err != nil {
		return err
	}
	defer b.real.stop()
	size, err := b.real.size("/api/customers/" + b.ids[0])
	if err != nil {
		return err
	}
	if b.floor, err = startPeer(ctx, "floor", strconv.Itoa(size)); err != nil {
		return err
	}
	defer b.floor.stop()

	fmt.Printf("%d customers, %d bytes a retrieved one; %s\n\n", customers, size, machine())
	fmt.Println("| what | Clientele | against | ratio | target |\n| --- | --- | --- | --- | --- |")
	for _, group := range []struct {
		name    string
		measure func() error
	}{
		{"retrieve", b.retrieve}, {"list", b.list}, {"search", b.search}, {"update", b.update}, {"limits", b.limits},
	} {
		if ctx.Err() == nil && (only == "" || only == group.name) {
			if err := group.measure(); err != nil {
				return fmt.Errorf("%s: %w", group.name, err)
			}
		}
	}
	return ctx.Err()
}

// row prints a line of the table.
func row(what, is, against string, ratio float64, target string) {
	fmt.Printf("| %s | %s | %s | %.3g | %s |\n", what, is, against, ratio, target)
}

// machine says what this ran on.
func machine() string {
	model := "unknown processor"
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores of %s, %s/%s, %s",
		runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH, runtime.Version())
}
