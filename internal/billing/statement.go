package billing

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// StatementFilter says of when a statement tells, and which part of it is asked for.
type StatementFilter struct {
	From, To clientele.Moment // the first and the last day; those of the first movement and today when zero
	KnownAt  clientele.Moment // see [AsOf]
	Lines    LinesWindow
}

// LinesWindow is a part of the lines of a statement; all of them when it is zero.
type LinesWindow struct {
	Limit         int64  // at most so many: the first, unless another field says otherwise
	After, Before string // the id of the line that they come after or before
	Last          bool   // the last ones
	Charges       bool   // only those that change what is owed
}

// Statement answers a customer's account from one day to another, both included, or a part of it. Of a part the
// balances are those before its first line and after its last.
func (s Customers) Statement(
	ctx context.Context, mode clientele.Mode, ref string, f StatementFilter,
) (st clientele.Statement, err error) {
	err = s.scanStore(ctx, func(tx store.Tx) error {
		rec, err := findCustomerOrDeleted(tx, mode, ref)
		if err != nil {
			return err
		}
		c, err := decodeCustomer(rec)
		if err != nil {
			return err
		}
		of, err := s.asOf(tx, mode, AsOf{Day: f.To, KnownAt: f.KnownAt})
		if err != nil {
			return err
		}
		where, err := zone(tx, mode)
		if err != nil {
			return err
		}
		st = clientele.Statement{
			Object: "statement", Customer: *c, To: clientele.At(of.at), KnownAt: of.known(),
			Currencies: map[string]clientele.StatementAccount{},
		}
		r := statementReader{asOf: of, tx: tx, customerID: c.ID}
		if r.currencies, err = currenciesOf(tx, mode); err != nil {
			return err
		}
		if from := f.From.Begin(where); !from.IsZero() {
			st.From, r.first = clientele.At(from), clientele.DayIn(from, where)
		} else if st.From, err = r.begin(where); err != nil {
			return err
		}
		part, err := r.lines(f.Lines)
		if err != nil {
			return err
		}
		st.Previous, st.Next = part.beside()
		return r.write(&st, part)
	})
	return st, err
}

// statementReader reads a customer's movements from a day to that of a report.
type statementReader struct {
	asOf
	tx         store.Tx
	customerID string
	currencies []clientele.PaymentCurrency
	first      clientele.Day
}

// begin is the moment when the day of the first movement began; that of the report when there is none.
func (r statementReader) begin(where *time.Location) (clientele.Time, error) {
	first, err := r.read(r.filter(LinesWindow{Limit: 1}))
	if err != nil || len(first) == 0 {
		return clientele.At(r.at), err
	}
	return clientele.At(first[0].Date.Begin(where)), nil
}

// filter selects the movements of a part of the lines, and one more.
func (r statementReader) filter(w LinesWindow) store.MovementFilter {
	f := store.MovementFilter{
		CustomerID: r.customerID, Since: store.BookPlace{Date: r.first}, Before: store.BookPlace{Date: r.day + 1},
		To: r.until, Backwards: w.Last || w.Before != "", Without: ledger.NothingMoves,
	}
	if w.Charges {
		f.Without = ledger.NothingCharged
	}
	if w.Limit != 0 {
		f.Limit = w.Limit + 1
	}
	return f
}

// read reads the movements that a filter selects in each currency, in the order of the books.
func (r statementReader) read(f store.MovementFilter) (movements []store.Movement, err error) {
	for _, currency := range r.currencies {
		f.CurrencyID = currency.ID
		err := r.tx.Movements(f, func(m store.Movement) error { movements = append(movements, m); return nil })
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(movements, ledger.InOrder)
	return movements, nil
}

// statementPart is a part of the movements of a statement.
type statementPart struct {
	movements     []store.Movement
	start         store.BookPlace // no other movement stands between it and the first
	before, after bool            // whether there are others before the first and after the last
}

// beside are the ids that the parts before and after it are asked for by, "" where there is none.
func (p statementPart) beside() (previous, next string) {
	if n := len(p.movements); n > 0 && p.before {
		previous = p.movements[0].ID
	}
	if n := len(p.movements); n > 0 && p.after {
		next = p.movements[n-1].ID
	}
	return previous, next
}

// lines are the movements of a part of the lines.
func (r statementReader) lines(w LinesWindow) (part statementPart, err error) {
	f := r.filter(w)
	if w.After != "" {
		place, err := r.place("starting_after", w.After)
		if err != nil {
			return part, err
		}
		part.before = inBooks(place, f.Since) >= 0
		place.Seq++
		f.Since = slices.MaxFunc([]store.BookPlace{f.Since, place}, inBooks)
	}
	if w.Before != "" {
		place, err := r.place("ending_before", w.Before)
		if err != nil {
			return part, err
		}
		part.after = inBooks(place, f.Before) < 0
		f.Before = slices.MinFunc([]store.BookPlace{f.Before, place}, inBooks)
	}
	if part.movements, err = r.read(f); err != nil {
		return part, err
	}
	if n := int64(len(part.movements)); w.Limit != 0 && n > w.Limit {
		if f.Backwards {
			part.movements, part.before = part.movements[n-w.Limit:], true
		} else {
			part.movements, part.after = part.movements[:w.Limit], true
		}
	}
	part.start = f.Since
	if len(part.movements) > 0 {
		part.start = store.PlaceOf(part.movements[0])
	}
	return part, nil
}

// inBooks compares places in one customer's books.
func inBooks(a, b store.BookPlace) int {
	return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Seq, b.Seq))
}

// place is where the customer's movement stands that a parameter names.
func (r statementReader) place(parameter, id string) (place store.BookPlace, err error) {
	found := false
	err = r.tx.Movements(store.MovementFilter{CustomerID: r.customerID, ID: id}, func(m store.Movement) error {
		found, place = true, store.BookPlace{Date: m.Date, Seq: m.Seq}
		return nil
	})
	if err == nil && !found {
		err = clientele.Errorf(clientele.ErrorCodeInvalid, parameter, "%s names no line of this customer's: %q", parameter,
			id)
	}
	return place, err
}

// write writes a part of the movements onto the accounts of a statement.
func (r statementReader) write(st *clientele.Statement, part statementPart) error {
	var invoices, payments []string
	for _, m := range part.movements {
		invoices, payments = append(invoices, m.InvoiceID), append(payments, m.PaymentID)
	}
	numbers, err := textsOf(r.tx, store.Invoices.Kind, r.mode, invoices, "number")
	if err != nil {
		return err
	}
	references, err := textsOf(r.tx, store.Payments.Kind, r.mode, payments, "reference")
	if err != nil {
		return err
	}
	for _, currency := range r.currencies {
		before, err := r.balancesBefore(r.tx, r.customerID, currency.ID, part.start)
		if err != nil {
			return err
		}
		owed := ledger.Owed(before)
		account := clientele.StatementAccount{
			Currency: currency, OpeningBalance: owed, ClosingBalance: owed, Lines: []clientele.StatementLine{},
		}
		for _, m := range part.movements {
			if m.CurrencyID == currency.ID {
				ledger.AddLine(&account, m, numbers[m.InvoiceID], references[m.PaymentID])
			}
		}
		if len(account.Lines) > 0 || owed.Sign() != 0 {
			st.Currencies[currency.ID] = account
		}
	}
	return nil
}

// textsOf are a member of objects, by their ids, of which "" is none.
func textsOf(
	tx store.Tx, k *store.Kind, mode clientele.Mode, ids []string, member string,
) (map[string]string, error) {
	const step = 500
	ids = unique(ids)
	texts := make(map[string]string, len(ids))
	for some := range slices.Chunk(ids, step) {
		recs, err := tx.GetAll(k, mode, some)
		if err != nil {
			return nil, err
		}
		for id, rec := range recs {
			if texts[id], err = textIn(rec.JSON, member); err != nil {
				return nil, err
			}
		}
	}
	return texts, nil
}

// textIn is a text of a document, which is read no further; "" when it is not there.
func textIn(doc []byte, member string) (string, error) {
	d := jsontext.NewDecoder(bytes.NewReader(doc))
	for _, err := d.ReadToken(); d.PeekKind() == '"'; {
		name, nameErr := d.ReadToken()
		if err = errors.Join(err, nameErr); err != nil {
			return "", err
		}
		if name.String() == member {
			value, err := d.ReadToken()
			return value.String(), err
		}
		if err := d.SkipValue(); err != nil {
			return "", err
		}
	}
	_, err := d.ReadToken()
	return "", err
}
