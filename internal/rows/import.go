package rows

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"sync"

	"clientele.dev"
	"clientele.dev/internal/billing"
)

// Import takes rows in.
type Import struct {
	Service *billing.Service
	Mode    clientele.Mode
	On      billing.OnConflict
	Dry     bool // whether it is only told what would become of them

	money      map[string]clientele.PaymentCurrency // by how rows call them
	currencies []clientele.PaymentCurrency          // that are new
	added      func(billing.Arrived) error
}

// Reading is how rows are read for the import. added is told of currencies that are added, or would be.
func (i *Import) Reading(ctx context.Context, added func(billing.Arrived) error) (*Reading, error) {
	settings, err := i.Service.Settings.Of(ctx, i.Mode)
	i.money, i.added = map[string]clientele.PaymentCurrency{}, added
	return &Reading{Zone: settings.Zone(), Money: func(symbol string) (clientele.PaymentCurrency, error) {
		return i.currency(ctx, symbol)
	}}, err
}

// currency finds a currency, or adds it.
func (i *Import) currency(ctx context.Context, symbol string) (clientele.PaymentCurrency, error) {
	if c, known := i.money[symbol]; known {
		return c, nil
	}
	c, told, err := i.Service.Imports.Money(ctx, i.Mode, symbol, i.Dry)
	switch told.Outcome {
	case billing.OutcomeNew:
		i.currencies = append(i.currencies, c)
	case billing.OutcomeRefused:
		c = clientele.PaymentCurrency{}
	}
	if err == nil && told.Outcome != "" {
		err = i.added(told)
	}
	i.money[symbol] = c
	return c, err
}

// atOnce is how many rows are taken in at the same time, which share what a commit costs.
const atOnce = 16

// Run takes in all rows until next answers [io.EOF], and tells what became of the objects of each; told may be called
// at the same time. Rows of one customer are taken in their order, and rows of another kind after all those before. A
// row that is like one before is refused. name is what a row is called.
func (i *Import) Run(
	ctx context.Context, name string, next func() (Row, error), told func(Row, []billing.Arrived) error,
) error {
	during, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var lanes [atOnce]chan Row
	var running, pending sync.WaitGroup
	for n := range lanes {
		lane := make(chan Row, atOnce)
		lanes[n] = lane
		running.Go(func() {
			for row := range lane {
				if during.Err() == nil {
					if err := i.take(ctx, row, told); err != nil {
						stop(fmt.Errorf("%s %d: %w", name, row.Line, err))
					}
				}
				pending.Done()
			}
		})
	}
	kind := ""
	err := i.read(name, next, func(row Row) error {
		if kind != row.Object {
			pending.Wait()
		}
		kind = row.Object
		pending.Add(1)
		lanes[row.lane()] <- row
		return context.Cause(during)
	})
	for _, lane := range lanes {
		close(lane)
	}
	running.Wait()
	return cmp.Or(context.Cause(during), err)
}

// read reads all rows.
func (i *Import) read(name string, next func() (Row, error), do func(Row) error) error {
	first := map[string]int{} // the line that has a key
	for {
		row, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, key := range row.Keys {
			key = row.Object + " " + strings.ToLower(key)
			if line := first[key]; line != 0 && len(row.Wrong) == 0 {
				row.wrong("", "it is the same %s as %s %d", row.Object, name, line)
			} else if line == 0 {
				first[key] = row.Line
			}
		}
		row.Arrival.Currencies = i.currencies // of this row or one before
		if err := do(row); err != nil {
			return err
		}
	}
}

// lane is which of the lanes takes a row: the same for all rows of a customer.
func (r *Row) lane() int {
	if r.Object == "customer" { // there is one row of each
		return r.Line % atOnce
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(r.Arrival.Customer.ID)) // it does not fail
	return int(sum.Sum32() % atOnce)
}

// take takes a row in, and tells what became of it.
func (i *Import) take(ctx context.Context, row Row, told func(Row, []billing.Arrived) error) error {
	if len(row.Wrong) > 0 {
		return told(row, []billing.Arrived{{
			Object: row.Object, Outcome: billing.OutcomeRefused, Mistakes: row.Wrong,
		}})
	}
	outcomes, err := i.Service.Imports.Add(ctx, i.Mode, row.Arrival, i.On, i.Dry)
	if err != nil {
		return err
	}
	if row.Cells != nil {
		inColumns(outcomes)
	}
	return told(row, outcomes)
}

// inColumns calls fields as the columns of spreadsheets are called.
func inColumns(outcomes []billing.Arrived) {
	for _, of := range outcomes {
		for n, m := range of.Mistakes {
			if column := columns[m.Field]; column != "" {
				if rest, begins := strings.CutPrefix(m.Reason, m.Field+" "); begins {
					m.Reason = column + " " + rest
				}
				of.Mistakes[n] = billing.Mistake{Field: column, Reason: m.Reason}
			}
		}
	}
}

var columns = map[string]string{
	"received_at": "date", "effective_at": "date", "currency_id": "currency",
}
