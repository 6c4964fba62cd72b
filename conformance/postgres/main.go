// Command postgres starts a PostgreSQL for a test, prints the address of an empty database of it, and ends it with its
// standard input.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"clientele.dev/internal/pgtest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	server, err := pgtest.Start()
	if err != nil {
		return err
	}
	name, err := server.Database(nil)
	if err == nil {
		fmt.Println(server.URL(name))
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return errors.Join(err, server.Stop())
}
