package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/events"
	"clientele.dev/internal/store"
)

type eventsCommand struct {
	List  eventsList  `cmd:"" default:"withargs" help:"Show the last events, or those that come (what events alone does)."`
	Prune eventsPrune `cmd:"" help:"Remove old events that nothing needs."`
}

type eventsList struct {
	atTheShell
	Follow   bool   `short:"f" help:"Go on with the events that come, until Ctrl-C."`
	After    string `help:"Begin after this event, in place of the last ones." placeholder:"ID"`
	Type     string `help:"Only of this type, such as invoice.paid." placeholder:"TYPE"`
	Object   string `help:"Only about the object with this id." placeholder:"ID"`
	Customer string `help:"Only about the customer with this id, and what belongs to it." placeholder:"ID"`
	Limit    int64  `short:"n" default:"20" help:"How many of the last ones (${default})."`
}

// Help is shown by clientele events list --help.
func (eventsList) Help() string {
	return `What happened, oldest first: the last events, or all after one, and with --follow those that come. A line
each, or with --json the event as the API answers it. In test mode unless --mode says live. A server may run meanwhile.

Examples:
  clientele events --mode live
  clientele events --follow --type invoice.paid --json
  clientele events --after evt_cus_06dnpacf5o003mmr3f5ha119q0_1 --customer cus_06dnpacf5o003mmr3f5ha119q0`
}

// Run prints them.
func (c eventsList) Run(a *app) error {
	if c.Limit < 1 {
		return errors.New("--limit is 1 or more")
	}
	db, err := a.openToRead()
	if err != nil {
		return err
	}
	defer db.Close()
	feed := events.NewFeed(db)
	q := store.FeedQuery{
		Livemode: c.mode(), Type: c.Type, ObjectID: c.Object, CustomerID: c.Customer, Limit: eventsAtOnce,
	}
	if c.After != "" {
		if q.After, err = feed.Position(a.ctx, q.Livemode, c.After); err != nil {
			return err
		}
	} else if q.After, err = c.beforeLast(a, db, q); err != nil {
		return err
	}
	for patience := time.Duration(0); ; {
		list, last, err := feed.ReadOrWait(a.ctx, q, patience)
		if err == nil {
			err = c.print(a, list)
		}
		switch {
		case a.ctx.Err() != nil && c.Follow: // Ctrl-C is how it ends
			return nil
		case err != nil:
			return err
		case len(list) == 0 && !c.Follow:
			return nil
		case c.Follow && len(list) == 0:
			patience = time.Minute
		}
		q.After = last
	}
}

// eventsAtOnce are read at once.
const eventsAtOnce = 500

// beforeLast is the position before the last events that are selected.
func (c eventsList) beforeLast(a *app, db store.Store, q store.FeedQuery) (at int64, err error) {
	var last []int64 // the positions of the last, and of the one before
	all := q.Type == "" && q.ObjectID == "" && q.CustomerID == ""
	for more := true; more; {
		var recs []store.EventRecord
		err := db.Scan(a.ctx, func(tx store.Tx) (err error) {
			if all {
				recs, err = tx.Events(store.EventQuery{Latest: true, Livemode: q.Livemode, Limit: c.Limit + 1})
				slices.Reverse(recs)
				return err
			}
			recs, err = tx.Feed(q)
			return err
		})
		if err != nil {
			return 0, err
		}
		for _, e := range recs {
			if e.Seq > 0 {
				last, q.After = append(last, e.Seq), e.Seq
			}
		}
		last = last[max(0, int64(len(last))-c.Limit-1):]
		more = !all && len(recs) == eventsAtOnce
	}
	if int64(len(last)) <= c.Limit {
		return 0, nil
	}
	return last[0], nil
}

func (c eventsList) print(a *app, list []clientele.Event) error {
	for _, e := range list {
		if !c.JSON {
			_, err := fmt.Fprintf(a.stdout, "%s  %-28s %s  by %s\n", e.CreatedAt.Format(time.RFC3339), e.Type, e.ID,
				e.Request.RequestedBy)
			if err != nil {
				return err
			}
			continue
		}
		line, err := json.Marshal(e, json.Deterministic(true))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(a.stdout, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}
