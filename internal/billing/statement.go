package billing

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// Statement answers a customer's account from one moment or day to another, both included; zero ones are the first
// movement and now.
func (s Customers) Statement(
	ctx context.Context, mode clientele.Mode, ref string, first, last clientele.Moment,
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
		where, err := zone(tx, mode)
		if err != nil {
			return err
		}
		from, to := first.Begin(where), last.End(where)
		if to.IsZero() {
			to = s.now()
		}
		st = clientele.Statement{
			Object: "statement", Customer: *c, To: clientele.At(to), Currencies: map[string]clientele.StatementAccount{},
		}
		if !from.IsZero() {
			st.From = clientele.At(from)
		}
		numbers, err := invoiceNumbers(tx, c)
		if err != nil {
			return err
		}
		references, err := paymentReferences(tx, c)
		if err != nil {
			return err
		}
		return s.fillStatement(tx, mode, &st, from, names{numbers, references})
	})
	if st.From.IsZero() { // no movement at all
		st.From = st.To
	}
	return st, err
}

// fillStatement writes the accounts of a statement from a moment on, or from the first movement.
func (s Customers) fillStatement(
	tx store.Tx, mode clientele.Mode, st *clientele.Statement, from time.Time, known names,
) error {
	currencies, err := currenciesOf(tx, mode)
	if err != nil {
		return err
	}
	first := store.Beginning
	accounts := map[string]*clientele.StatementAccount{}
	if !from.IsZero() {
		first = store.PositionAt(from)
	}
	for _, c := range currencies {
		zero := clientele.Zero(c.ID)
		a := &clientele.StatementAccount{
			Currency: c, OpeningBalance: zero, ClosingBalance: zero, Lines: []clientele.StatementLine{},
		}
		accounts[c.ID] = a
		if first == 0 {
			continue
		}
		end, err := tx.LedgerEnd(st.Customer.ID, c.ID, first)
		if err != nil {
			return err
		}
		a.OpeningBalance = ledger.Owed(end)
		a.ClosingBalance = a.OpeningBalance
	}
	err = tx.Movements(store.MovementFilter{
		CustomerID: st.Customer.ID, From: first, To: store.PositionAfter(st.To.UnixMilli()),
	}, func(m store.Movement) error {
		if st.From.IsZero() {
			st.From = m.CreatedAt
		}
		ledger.AddLine(accounts[m.CurrencyID], m, known.numbers[m.InvoiceID], known.references[m.PaymentID])
		return nil
	})
	for id, a := range accounts {
		if len(a.Lines) > 0 || a.OpeningBalance.Sign() != 0 {
			st.Currencies[id] = *a
		}
	}
	return err
}

// names are what a customer's invoices and payments are called, by their ids.
type names struct{ numbers, references map[string]string }

// paymentReferences are what payers and banks call a customer's payments, by their ids.
func paymentReferences(tx store.Tx, c *clientele.Customer) (map[string]string, error) {
	recs, err := tx.Select(store.Payments.Kind, store.Of(c.Livemode, c.ID))
	references := map[string]string{}
	for _, rec := range recs {
		var payment struct {
			Reference string `json:"reference"`
		}
		if err := json.Unmarshal(rec.JSON, &payment); err != nil {
			return nil, err
		}
		references[rec.ID] = payment.Reference
	}
	return references, err
}

// invoiceNumbers are the numbers of a customer's invoices by id.
func invoiceNumbers(tx store.Tx, c *clientele.Customer) (map[string]string, error) {
	recs, err := tx.Select(store.Invoices.Kind, store.Of(c.Livemode, c.ID))
	numbers := map[string]string{}
	for _, rec := range recs {
		var invoice struct {
			Number string `json:"number"`
		}
		if err := json.Unmarshal(rec.JSON, &invoice); err != nil {
			return nil, err
		}
		numbers[rec.ID] = invoice.Number
	}
	return numbers, err
}
