package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"clientele.dev"
	"clientele.dev/internal/api"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/console"
	"clientele.dev/internal/demo"
	"clientele.dev/internal/events"
	"clientele.dev/internal/jobs"
	"clientele.dev/internal/store"
	"clientele.dev/internal/web"
	"clientele.dev/internal/webhooks"
)

type serveCommand struct {
	Addr           string          `help:"Where to listen (${default}); port 0 takes a free one, unix:PATH is a socket. A socket that systemd passes goes before it." default:"127.0.0.1:8080" placeholder:"HOST:PORT" env:"CLIENTELE_ADDR"`
	URL            string          `name:"url" help:"Where browsers reach the server, when that is not where it listens: behind a proxy, with a path perhaps." placeholder:"URL" env:"CLIENTELE_URL"`
	TrustedProxy   []string        `help:"Networks of proxies that are believed what X-Forwarded-For and X-Forwarded-Proto say, or none; this machine and private networks when absent." placeholder:"NETWORK" env:"CLIENTELE_TRUSTED_PROXY"`
	FirstKeysFile  string          `help:"Where the first keys of a new database are written to; one that is there, with a sk_test_… and a sk_live_… line, is read instead." placeholder:"FILE" env:"CLIENTELE_FIRST_KEYS_FILE"`
	FirstDate      string          `help:"The earliest day that anything may be dated (${default})." default:"1990-01-01" placeholder:"DAY" env:"CLIENTELE_FIRST_DATE"`
	Demo           bool            `help:"Fill the test mode, if it is empty, with a small business to look at." env:"CLIENTELE_DEMO"`
	BackupTo       string          `help:"Back the database up to files in this folder, one after the other. Only of SQLite." placeholder:"DIR" env:"CLIENTELE_BACKUP_TO"`
	BackupEvery    time.Duration   `help:"How often, with --backup-to (${default})." default:"1h" placeholder:"TIME" env:"CLIENTELE_BACKUP_EVERY"`
	BackupKeep     int             `help:"How many backups are kept, with --backup-to (${default})." default:"48" env:"CLIENTELE_BACKUP_KEEP"`
	WebhookAllow   []string        `help:"Networks beside the internet that webhooks may be sent to, such as 127.0.0.0/8." placeholder:"NETWORK" env:"CLIENTELE_WEBHOOK_ALLOW"`
	WebhookWaits   []time.Duration `help:"How long is waited before each time that a webhook is sent again, after which it is given up (${default})." default:"1m,5m,30m,2h,6h,12h,24h,24h" placeholder:"TIME" env:"CLIENTELE_WEBHOOK_WAITS"`
	SecretsKeyFile string          `help:"A file with a key that encrypts the secrets of webhook endpoints in the database, 32 bytes in base64, and below it former keys; CLIENTELE_SECRETS_KEY can hold them too." placeholder:"FILE" env:"CLIENTELE_SECRETS_KEY_FILE"`
	LogLevel       slog.Level      `help:"What the log tells: debug, info, warn or error (${default})." default:"info" placeholder:"LEVEL" env:"CLIENTELE_LOG_LEVEL"`
	Drain          time.Duration   `help:"How long /readyz fails before the server stops listening (${default})." default:"500ms" placeholder:"TIME" env:"CLIENTELE_DRAIN"`
}

// Validate is called by kong.
func (s serveCommand) Validate() error {
	if s.Drain < 0 {
		return errors.New("--drain cannot be negative")
	}
	if _, err := webhooks.ParseNetworks(s.WebhookAllow); err != nil {
		return fmt.Errorf("--webhook-allow: %w", err)
	}
	for _, wait := range s.WebhookWaits {
		if wait < 0 {
			return errors.New("--webhook-waits cannot be negative")
		}
	}
	if s.BackupEvery < time.Second || s.BackupKeep < 1 {
		return errors.New("--backup-every is a second or more, and --backup-keep is 1 or more")
	}
	if day, err := clientele.ParseDay(s.FirstDate); err != nil || day <= 0 {
		return fmt.Errorf("--first-date must be a day after 1970-01-01, such as 1980-01-01, not %q", s.FirstDate)
	}
	if _, err := web.ParseProxies(s.TrustedProxy); err != nil {
		return fmt.Errorf("--trusted-proxy: %w", err)
	}
	if s.URL != "" {
		if _, err := web.ParseBase(s.URL); err != nil {
			return fmt.Errorf("--url: %w", err)
		}
	}
	return nil
}

// readTimeout bounds how long a request may take to come. Its context ends then too, so it is longer than what a
// request may wait for events.
const readTimeout = 75 * time.Second

// finishTimeout bounds how long a stopping server waits for requests in flight.
const finishTimeout = 20 * time.Second

// Help is shown by clientele serve --help.
func (serveCommand) Help() string {
	return `The database is created on the first start, which shows a test-mode and a live-mode secret key and a link that
signs in to the web console, once: on a terminal, or else in a file that its owner alone may read: PATH.keys beside the
database, or clientele.keys in the current folder when it is PostgreSQL, or what --first-keys-file names. A file that is
there gives the first keys: a sk_test_… and a sk_live_… line.
Any number of servers may run on one PostgreSQL.
Ctrl-C or SIGTERM stops the server: /readyz fails first, then requests in flight finish.

Examples:
  clientele serve --demo
  clientele serve --addr 0.0.0.0:8080 --db sqlite:/var/lib/clientele/clientele.db
  CLIENTELE_DB=sqlite:shop.db clientele serve
  clientele serve --url https://example.com/payment
  clientele serve --db postgres://clientele@db.example.com/clientele`
}

// Run serves until the context ends.
func (s serveCommand) Run(a *app) error {
	signal.Ignore(syscall.SIGHUP) // the end of the terminal that it was started from is not the server's
	db, err := a.open()
	if err != nil {
		return err
	}
	err = s.serve(a, db)
	if a.ctx.Err() != nil && errors.Is(err, context.Canceled) { // Ctrl-C while it was starting: nothing is wrong
		err = nil
	}
	return errors.Join(err, db.Close())
}

func (s serveCommand) serve(a *app, db store.Store) error {
	firstDate, err := clientele.ParseDay(s.FirstDate)
	if err != nil {
		return err
	}
	if s.BackupTo != "" && !strings.HasPrefix(a.db, "sqlite:") {
		return errors.New("--backup-to is for SQLite; PostgreSQL is copied by its own tools, see clientele backup --help")
	}
	sealer, err := s.sealer()
	if err != nil {
		return err
	}
	service := billing.New(db, billing.WithFirstDate(firstDate), billing.WithSeal(sealer.Seal))
	if err := service.Seed(a.ctx); err != nil {
		return err
	}
	if s.Demo {
		if err := demo.Fill(a.ctx, db, time.Now().UTC().Truncate(24*time.Hour)); err != nil {
			return err
		}
	}
	listener, err := listen(s.Addr)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // the server has closed it, unless it never ran
	boundMemory()
	log, dropped, flush := newLogger(a.stderr, s.LogLevel)
	defer flush()
	base, address := s.base(listener.Addr())
	if err := s.firstKeys(a, db, log, address); err != nil {
		return err
	}
	failures, access, drawing := new(console.Failures), auth.New(db, time.Now), web.NewQueue()
	allowed, _ := webhooks.ParseNetworks(s.WebhookAllow) // which were validated
	if _, err := sealer.Reseal(a.ctx, db); err != nil {
		return err
	}
	sender := webhooks.NewSender(webhooks.Config{
		Store: db, Log: log, Now: time.Now, Waits: s.WebhookWaits, Allowed: allowed, Open: sealer.Open,
		Disable: service.WebhookEndpoints.Disable,
	})
	all := serverJobs(service, db, access, sender)
	if s.BackupTo != "" {
		all = append(all, s.backups(a.db))
	}
	runner := jobs.NewRunner(db, log, time.Now, all...)
	handler := api.New(api.Config{
		Service: service, Auth: access, Keys: auth.NewKeys(db, time.Now), Feed: events.NewFeed(db),
		Check: db.Ready, Log: log, Now: time.Now,
		Pages: console.New(console.Config{
			Service: service, Auth: access, Access: db, Failures: failures, Log: log, Now: time.Now,
			Version: programVersion(), Drawing: drawing, Jobs: runner.Statuses,
		}),
		Drawing: drawing,
		Failed:  func(f api.Failure) { failures.Add(console.Failure(f)) },
		Figures: figures(db, dropped, runner),
	})
	compressed, err := web.Compress(handler)
	if err != nil {
		return err
	}
	reading, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	server := &http.Server{
		Handler: base.Handler(compressed), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: readTimeout,
		WriteTimeout: 2 * time.Minute,
		IdleTimeout:  2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return reading },
	}
	where := "http://" + listener.Addr().String()
	if listener.Addr().Network() == "unix" {
		where = unixScheme + listener.Addr().String()
	}
	fmt.Fprintf(a.stdout, "Clientele listens on %s (API reference: /docs; to sign in: clientele console link)\n", where)
	stop := runner.Start(a.ctx)
	defer stop()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		sender.Run(a.ctx)
	}()
	defer func() { <-sent }()
	failed := make(chan error, 1)
	drained := newDraining(server, api.GuardFraming(server, listener))
	go func() { failed <- server.Serve(drained) }()
	select {
	case err := <-failed:
		return err
	case <-a.ctx.Done():
	}
	handler.Stop()
	log.Info("stopping")
	time.Sleep(s.Drain)
	ctx, cancel := context.WithTimeout(context.Background(), finishTimeout)
	defer cancel()
	defer time.AfterFunc(finishTimeout/2, interrupt).Stop() // reads that still run by then are ended
	err = drained.shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("requests that had not come whole by then were cut off")
		err = server.Close()
	}
	return err
}

// sealer encrypts secrets with the keys of the file or of the environment, if there are any.
func (s serveCommand) sealer() (webhooks.Sealer, error) {
	keys := os.Getenv("CLIENTELE_SECRETS_KEY")
	if s.SecretsKeyFile != "" {
		text, err := os.ReadFile(s.SecretsKeyFile)
		if err != nil {
			return webhooks.Sealer{}, fmt.Errorf("--secrets-key-file: %w", err)
		}
		keys = string(text)
	}
	sealer, err := webhooks.NewSealer(strings.Fields(strings.ReplaceAll(keys, ",", " "))...)
	if err != nil {
		err = fmt.Errorf("--secrets-key-file or CLIENTELE_SECRETS_KEY: %w", err)
	}
	return sealer, err
}

// base is where browsers reach the server: where it was said, or where it listens, and never where a request says.
func (s serveCommand) base(listens net.Addr) (base web.Base, address string) {
	address = browserURL(listens)
	proxies, _ := web.ParseProxies(s.TrustedProxy) // which were validated, as is the address
	base, _ = web.ParseBase(address)
	if s.URL == "" {
		return web.Base{}.Unless(base).Trusting(proxies), address
	}
	base, _ = web.ParseBase(s.URL)
	return base.Trusting(proxies), s.URL
}

// boundMemory makes the garbage collector work harder rather than let the heap become large, unless the environment
// says how large it may become. What requests and answers keep in memory is bounded well below.
func boundMemory() {
	const heap = 320 << 20
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(heap)
	}
}

// browserURL is where a browser on this machine reaches a server that listens on an address.
func browserURL(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil { // a socket, which only a proxy reaches: --url says where browsers do
		return "http://localhost"
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
