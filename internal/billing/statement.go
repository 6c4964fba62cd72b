package billing

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// StatementFilter says of when a statement tells.
type StatementFilter struct {
	From, To clientele.Moment // the first and the last day; those of the first movement and today when zero
	KnownAt  clientele.Moment // see [AsOf]
}

// Statement answers a customer's account from one day to another, both included.
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
		first := clientele.Day(0)
		if from := f.From.Begin(where); !from.IsZero() {
			st.From, first = clientele.At(from), clientele.DayIn(from, where)
		}
		currencies, err := currenciesOf(tx, mode)
		if err != nil {
			return err
		}
		var movements []store.Movement
		accounts := map[string]*clientele.StatementAccount{}
		for _, currency := range currencies {
			account, moved, err := of.account(tx, c.ID, currency, first)
			if err != nil {
				return err
			}
			if len(moved) > 0 || account.OpeningBalance.Sign() != 0 {
				movements = append(movements, moved...)
				accounts[currency.ID] = &account
			}
		}
		if st.From.IsZero() {
			st.From = st.To
			if len(movements) > 0 {
				st.From = clientele.At(slices.MinFunc(movements, ledger.InOrder).Date.Begin(where))
			}
		}
		err = writeLines(tx, mode, accounts, movements)
		for id, account := range accounts {
			st.Currencies[id] = *account
		}
		return err
	})
	return st, err
}

// account is a customer's account in a currency, without its lines, and its movements from a day on.
func (a asOf) account(
	tx store.Tx, customerID string, currency clientele.PaymentCurrency, first clientele.Day,
) (account clientele.StatementAccount, moved []store.Movement, err error) {
	account = clientele.StatementAccount{Currency: currency, Lines: []clientele.StatementLine{}}
	before, err := a.balancesBefore(tx, customerID, currency.ID, first)
	if err != nil {
		return account, nil, err
	}
	account.OpeningBalance = ledger.Owed(before)
	account.ClosingBalance = account.OpeningBalance
	err = tx.Movements(store.MovementFilter{
		CustomerID: customerID, CurrencyID: currency.ID, Since: first, Through: a.day, To: a.until,
	}, func(m store.Movement) error {
		moved = append(moved, m)
		return nil
	})
	return account, moved, err
}

// writeLines writes movements onto the accounts of a statement, by currency.
func writeLines(
	tx store.Tx, mode clientele.Mode, accounts map[string]*clientele.StatementAccount, movements []store.Movement,
) error {
	var invoices, payments []string
	for _, m := range movements {
		invoices, payments = append(invoices, m.InvoiceID), append(payments, m.PaymentID)
	}
	numbers, err := textsOf(tx, store.Invoices.Kind, mode, invoices, "number")
	if err != nil {
		return err
	}
	references, err := textsOf(tx, store.Payments.Kind, mode, payments, "reference")
	for _, m := range movements {
		if m.Reason != clientele.ReasonUncollectible && m.Reason != clientele.ReasonReopened { // of which nothing moves
			ledger.AddLine(accounts[m.CurrencyID], m, numbers[m.InvoiceID], references[m.PaymentID])
		}
	}
	return err
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
