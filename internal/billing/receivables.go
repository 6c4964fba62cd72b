package billing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Receivables is the part of [Service] about what customers owe.
type Receivables struct{ *core }

// AppendList writes JSON documents as a JSON array.
func AppendList(b []byte, docs [][]byte) []byte {
	b = append(b, '[')
	for i, doc := range docs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, doc...)
	}
	return append(b, ']')
}

// OverdueInvoices answers the customer's uncollectible invoices and what they come to in each currency, and beside them
// those that are past due.
func (s Customers) OverdueInvoices(
	ctx context.Context, mode clientele.Mode, ref string,
) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, c, err := loadCustomer(tx, mode, ref)
		if err != nil {
			return err
		}
		answer := clientele.OverdueInvoices{Customer: *c}
		all, err := unpaid(tx, c.ID, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		answer.Invoices = all
		if answer.Summary, err = summary(tx, mode, answer.Invoices); err != nil {
			return err
		}
		if all, err = unpaid(tx, c.ID, clientele.InvoiceOpen); err != nil {
			return err
		}
		now := s.now().Unix()
		answer.PastDue.Invoices = slices.DeleteFunc(all, func(i clientele.Invoice) bool { return i.DueDate >= now })
		if answer.PastDue.Summary, err = summary(tx, mode, answer.PastDue.Invoices); err != nil {
			return err
		}
		doc.JSON, err = encodeObject(answer)
		doc.Version = rec.Version
		return err
	})
	return doc, err
}

// unpaid are a customer's invoices in a state that have something left to pay, oldest first.
func unpaid(tx store.Tx, customerID string, state clientele.InvoiceStatus) ([]clientele.Invoice, error) {
	docs, err := tx.CustomerInvoices(customerID, state)
	if err != nil {
		return nil, err
	}
	all := make([]clientele.Invoice, 0, len(docs))
	for _, doc := range slices.Backward(docs) {
		var invoice clientele.Invoice
		if err := json.Unmarshal(doc, &invoice); err != nil {
			return nil, err
		}
		if invoice.AmountRemaining.Sign() > 0 {
			all = append(all, invoice)
		}
	}
	return all, nil
}

// summary adds up what is left to pay in each currency.
func summary(tx store.Tx, mode clientele.Mode, invoices []clientele.Invoice) (map[string]clientele.OverdueSum, error) {
	money, err := moneyOf(tx, mode)
	if err != nil {
		return nil, err
	}
	sums := map[string]clientele.OverdueSum{}
	for _, invoice := range invoices {
		sum, seen := sums[invoice.CurrencyID]
		if !seen {
			sum.Amount = clientele.Zero(invoice.CurrencyID)
			sum.Currency = money.currencies[invoice.CurrencyID]
			sum.Method = money.methods[sum.Currency.PaymentMethodID]
		}
		sum.Amount = plus(sum.Amount, invoice.AmountRemaining)
		sums[invoice.CurrencyID] = sum
	}
	return sums, nil
}

// money is every currency and payment method of a mode, by id.
type money struct {
	currencies map[string]clientele.PaymentCurrency
	methods    map[string]clientele.PaymentMethod
}

func moneyOf(tx store.Tx, mode clientele.Mode) (money, error) {
	m := money{map[string]clientele.PaymentCurrency{}, map[string]clientele.PaymentMethod{}}
	currencies, err := tx.PaymentCurrencies(mode)
	if err != nil {
		return m, err
	}
	for _, c := range currencies {
		m.currencies[c.ID] = c
	}
	methods, err := tx.PaymentMethods(mode)
	for _, method := range methods {
		m.methods[method.ID] = method
	}
	return m, err
}

// Explain answers the customer as [Customers.Retrieve] does, with the invoices that make it delinquent.
func (s Customers) Explain(ctx context.Context, mode clientele.Mode, ref string) (doc store.Document, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findCustomer(tx, mode, ref)
		if err != nil {
			return err
		}
		if doc, err = expandCustomer(tx, rec); err != nil {
			return err
		}
		because, err := unpaid(tx, rec.ID, clientele.InvoiceUncollectible)
		if err != nil {
			return err
		}
		list, err := encodeObject(because)
		doc.JSON = slices.Concat(doc.JSON[:len(doc.JSON)-1], []byte(`,"delinquent_because":`), list, []byte("}"))
		return err
	})
	return doc, err
}

// AgingFilter says what to age.
type AgingFilter struct {
	Livemode   clientele.Mode
	AsOf       time.Time // now when zero
	CurrencyID string
	Customer   string // an id or DID; everybody when empty
}

// Aging answers what was outstanding at a moment, by how long it had been due. It adds up the ledger as it was then, so
// that nothing recorded later changes the answer.
func (s Receivables) Aging(ctx context.Context, f AgingFilter) (clientele.Aging, error) {
	if f.AsOf.IsZero() {
		f.AsOf = s.now()
	}
	answer := clientele.Aging{AsOf: clientele.At(f.AsOf), Currencies: map[string]clientele.AgingBuckets{}}
	err := s.scanStore(ctx, func(tx store.Tx) error {
		q := store.OutstandingFilter{Livemode: f.Livemode, CurrencyID: f.CurrencyID, Until: answer.AsOf.UnixMilli()}
		if f.Customer != "" {
			rec, err := findCustomer(tx, f.Livemode, f.Customer)
			if err != nil {
				return err
			}
			q.CustomerID = rec.ID
		}
		if f.CurrencyID != "" {
			if err := knownCurrency(tx, f.Livemode, f.CurrencyID); err != nil {
				return err
			}
		}
		return tx.Outstanding(q, func(due int64, left clientele.Amount) {
			b := answer.Currencies[left.Currency()]
			addTo(&b.Total, left)
			addTo(bucket(&b, daysPast(due, f.AsOf)), left)
			answer.Currencies[left.Currency()] = b
		})
	})
	for currency, b := range answer.Currencies {
		if b.Total.Sign() == 0 {
			delete(answer.Currencies, currency)
		}
	}
	return answer, err
}

// addTo adds an amount to a sum, which has no currency while it is new.
func addTo(sum *clientele.Amount, a clientele.Amount) { *sum = plus(sum.In(a.Currency()), a) }

// daysPast counts the calendar days (UTC) from a due date in unix seconds to a moment.
func daysPast(due int64, at time.Time) int64 {
	const day = 24 * 60 * 60
	return floorDiv(at.Unix(), day) - floorDiv(due, day)
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

func bucket(b *clientele.AgingBuckets, days int64) *clientele.Amount {
	switch {
	case days <= 0:
		return &b.Current
	case days <= 30:
		return &b.Days1To30
	case days <= 60:
		return &b.Days31To60
	case days <= 90:
		return &b.Days61To90
	}
	return &b.DaysOver90
}

func knownCurrency(tx store.Tx, mode clientele.Mode, id string) error {
	m, err := moneyOf(tx, mode)
	if _, known := m.currencies[id]; err == nil && !known {
		err = invalid("currency_id", "no payment currency %q in this mode", id)
	}
	return err
}

// Summary answers where the business stands with all its customers.
func (s Receivables) Summary(ctx context.Context, mode clientele.Mode) (clientele.ReceivablesSummary, error) {
	answer := clientele.ReceivablesSummary{Currencies: map[string]clientele.ReceivablesSum{}}
	customers := map[[2]string]bool{}
	now := s.now().Unix()
	err := s.scanStore(ctx, func(tx store.Tx) error {
		err := tx.Owed(mode, "", func(o store.Owed) {
			sum := answer.Currencies[o.Left.Currency()]
			addTo(&sum.Outstanding, o.Left)
			switch {
			case o.Status == clientele.InvoiceUncollectible:
				addTo(&sum.Overdue, o.Left)
			case o.DueDate < now:
				addTo(&sum.PastDue, o.Left)
			}
			sum.Invoices++
			if who := [2]string{o.CustomerID, o.Left.Currency()}; !customers[who] {
				customers[who] = true
				sum.Customers++
			}
			answer.Currencies[o.Left.Currency()] = sum
		})
		if err != nil {
			return err
		}
		return tx.CreditMovements(mode, func(a clientele.Amount) {
			sum := answer.Currencies[a.Currency()]
			addTo(&sum.Credit, a)
			answer.Currencies[a.Currency()] = sum
		})
	})
	for currency, sum := range answer.Currencies {
		if sum.Outstanding.Sign() == 0 && sum.Credit.Sign() == 0 {
			delete(answer.Currencies, currency)
		}
	}
	return answer, err
}

// Overdue answers a page of the customers who are late, by currency and who owes most, and how many there are.
func (s Receivables) Overdue(
	ctx context.Context, mode clientele.Mode, currency string, w store.Window,
) (page []clientele.Debtor, count int64, err error) {
	now := s.now().Unix()
	err = s.scanStore(ctx, func(tx store.Tx) error {
		if currency != "" {
			if err := knownCurrency(tx, mode, currency); err != nil {
				return err
			}
		}
		all, err := late(tx, mode, currency, now)
		if err != nil {
			return err
		}
		count = int64(len(all))
		page = all[min(w.Offset, count):min(w.Offset+w.Limit, count)]
		return nameDebtors(tx, mode, page)
	})
	return page, count, err
}

// late adds up what every customer is late with, in each currency.
func late(tx store.Tx, mode clientele.Mode, currency string, now int64) ([]clientele.Debtor, error) {
	debtors := map[[2]string]*clientele.Debtor{}
	err := tx.Owed(mode, currency, func(o store.Owed) {
		if o.Status == clientele.InvoiceOpen && o.DueDate >= now {
			return
		}
		who := [2]string{o.CustomerID, o.Left.Currency()}
		d := debtors[who]
		if d == nil {
			d = &clientele.Debtor{CustomerID: o.CustomerID, CurrencyID: o.Left.Currency(), OldestDueDate: o.DueDate}
			debtors[who] = d
		}
		d.Invoices++
		d.OldestDueDate = min(d.OldestDueDate, o.DueDate)
		if o.Status == clientele.InvoiceUncollectible {
			addTo(&d.Overdue, o.Left)
		} else {
			addTo(&d.PastDue, o.Left)
		}
	})
	all := make([]clientele.Debtor, 0, len(debtors))
	for _, d := range debtors {
		d.Overdue, d.PastDue = d.Overdue.In(d.CurrencyID), d.PastDue.In(d.CurrencyID)
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b clientele.Debtor) int {
		if c := cmp.Compare(a.CurrencyID, b.CurrencyID); c != 0 {
			return c
		}
		return cmp.Or(minus(b.Overdue, a.Overdue).Sign(), minus(b.PastDue, a.PastDue).Sign(),
			cmp.Compare(a.CustomerID, b.CustomerID))
	})
	return all, err
}

// nameDebtors writes who the customers of a page are.
func nameDebtors(tx store.Tx, mode clientele.Mode, page []clientele.Debtor) error {
	for i := range page {
		rec, found, err := tx.Customer(mode, store.Ref{ID: page[i].CustomerID})
		if err == nil && !found {
			rec, found, err = tx.DeletedCustomer(mode, page[i].CustomerID)
		}
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		c, err := decodeCustomer(rec)
		if err != nil {
			return err
		}
		page[i].Name, page[i].Email = c.Name, c.Email
	}
	return nil
}
