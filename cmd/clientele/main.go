// Command clientele is the whole of Clientele: the server and the commands to run it with.
//
// main.go wires; the other files hold one command each.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

const description = `A self-hosted server for customers and what they owe.

Start it with "clientele serve --demo" and open the address it prints. The options --db, --addr, --demo and --drain can
also be given in the environment (CLIENTELE_DB, CLIENTELE_ADDR, …) or in a file, ./clientele.yaml or what --config names
(db: …, addr: …). The command line goes before the environment, and that before the file.`

// cli is the command line.
type cli struct {
	PrintVersion versionFlag     `name:"version" help:"Print the version, as the command version does."`
	Config       kong.ConfigFlag `help:"Read options from this YAML file." placeholder:"FILE" env:"CLIENTELE_CONFIG"`
	DB           string          `name:"db" help:"The database, sqlite:PATH or postgres://USER@HOST/NAME (${default})." default:"sqlite:clientele.db" placeholder:"URL" env:"CLIENTELE_DB"`

	Serve     serveCommand     `cmd:"" help:"Run the server."`
	Migrate   migrateCommand   `cmd:"" help:"Show the steps of the database's schema, and apply those that are missing."`
	Customers customersCommand `cmd:"" help:"Find, show and change customers."`
	Invoices  invoicesCommand  `cmd:"" help:"List and show invoices."`
	Events    eventsCommand    `cmd:"" help:"What happened: the last events, or those that come."`
	Aging     agingCommand     `cmd:"" help:"What customers owe, by how long it has been due, on any day."`
	Statement statementCommand `cmd:"" help:"A customer's account: every movement and what was owed after it."`
	Journal   journalCommand   `cmd:"" help:"Every movement as double entry, for hledger, Beancount, DATEV or as CSV."`
	Verify    verifyCommand    `cmd:"" help:"Replay every ledger and tell what differs from what is stored."`
	Hash      hashCommand      `cmd:"" help:"One hash over the content of the database, whichever it is."`
	Backup    backupCommand    `cmd:"" help:"Copy the database to a file while servers use it, once or again and again."`
	Restore   restoreCommand   `cmd:"" help:"Make a database of a backup."`
	Import    importCommand    `cmd:"" help:"Move in from elsewhere, with all ids, dates and amounts."`
	Export    exportCommand    `cmd:"" help:"Everything as lines of JSON."`
	Move      moveCommand      `cmd:"" help:"Move everything to another database: from SQLite to PostgreSQL, or back."`
	Keys      keysCommand      `cmd:"" help:"Create, list, revoke and rotate API keys."`
	Apps      appsCommand      `cmd:"" help:"Manage the signing applications that the server trusts."`
	Console   consoleCommand   `cmd:"" help:"Sign in to the web console."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// app is what commands work with.
type app struct {
	ctx    context.Context
	stdout io.Writer
	stderr io.Writer
	db     string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run runs a command line and returns the exit code: 0, 1 when the command failed, 2 when it was not understood.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	forgetEmpty()
	var c cli
	code := -1
	parser, err := kong.New(&c, kong.Name("clientele"), kong.Description(description),
		kong.Configuration(readConfig, "clientele.yaml"),
		kong.Writers(stdout, stderr), kong.Exit(func(n int) { code = n }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(stderr, "clientele:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if err := checkEnvironment(parser.Model, os.Environ()); err != nil {
		fmt.Fprintln(stderr, "clientele:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if code >= 0 { // --help has been answered
		return code
	}
	if err != nil {
		fmt.Fprintf(stderr, "clientele: %v\nTry clientele --help.\n", err)
		return 2
	}
	if err := command.Run(&app{ctx: ctx, stdout: stdout, stderr: stderr, db: c.DB}); err != nil {
		fmt.Fprintln(stderr, "clientele:", err)
		return 1
	}
	return 0
}
