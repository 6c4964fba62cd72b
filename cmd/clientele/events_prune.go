package main

import (
	"errors"
	"fmt"
	"time"

	"clientele.dev/internal/events"
)

type eventsPrune struct {
	Before string `required:"" help:"Those written before this day or moment, at least 7 days ago." placeholder:"DATE"`
	DryRun bool   `help:"Only say how many."`
}

// Help is shown by clientele events prune --help.
func (eventsPrune) Help() string {
	return `Events are kept for ever, unless this is run. Of every object its first event stays, its last before the day,
and all since: what it was on any day since can still be had. Of an invoice all stay until it was finalized, and of
settings all. No balance, statement, aging or other figure comes of what goes. What a webhook endpoint is still to be
told stays too. A hash stays of every event that goes, so that clientele verify proves the others as before, and that a
pruning took it; whoever follows events after one that is gone is told so (410). Both modes are pruned; a server may run
meanwhile. It can be stopped, and goes on when it is run again. SQLite's file gets no smaller: its free pages are used
again.

Examples:
  clientele events prune --before 2024-01-01 --dry-run
  clientele events prune --before 2024-01-01`
}

// shortestEvents is how long events are kept at least: the answers to requests that are sent again are had of them.
const shortestEvents = 7 * 24 * time.Hour

// Run removes them.
func (p eventsPrune) Run(a *app) error {
	moment, err := parseMoment("--before", p.Before)
	if err != nil {
		return err
	}
	before, now := moment.At, time.Now()
	if moment.Day > 0 {
		before = moment.Day.Begin(time.UTC)
	}
	if before.After(now.Add(-shortestEvents)) {
		return errors.New("--before must be at least 7 days ago: answers to requests that are sent again are had of events")
	}
	open := a.openExisting
	if p.DryRun {
		open = a.openToRead
	}
	db, err := open()
	if err != nil {
		return err
	}
	defer db.Close()
	bar := newProgress(a.stderr, "events")
	prune := events.Prune{Before: before, By: byCommandLine(), Dry: p.DryRun}
	done, err := prune.Run(a.ctx, db, bar.show)
	bar.clear()
	says := "were removed"
	if p.DryRun {
		says = "would be removed"
	}
	text := fmt.Sprintf("%d of %d events before %s %s.", done.Removed, done.Removed+done.Kept,
		before.UTC().Format(time.RFC3339), says)
	if err != nil && a.ctx.Err() != nil {
		return fmt.Errorf("stopped: %s Run it again to go on", text)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stdout, text)
	return err
}
