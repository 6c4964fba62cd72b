package sql

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// InsertMovement is the statement that appends a movement, whose arguments [MovementValues] are.
const InsertMovement = `INSERT INTO ledger (customer_id, seq, id, livemode, currency_id, reason, invoice_id, payment_id,
		credit_note_id, refund_id, reverses, due_date, receivable, credit, unapplied, ending_receivable,
		ending_credit, ending_unapplied, description, metadata, requested_by, date, recorded_day, last_date)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`

// DateMovement is the statement that dates a movement, whose arguments [DatesOf] are.
const DateMovement = `UPDATE ledger SET date = $3, recorded_day = $4, last_date = $5
	WHERE customer_id = $1 AND seq = $2`

// DatesOf are a movement's dates, and which one it is.
func DatesOf(m store.Movement) []any {
	return []any{m.CustomerID, m.Seq, int64(m.Date), int64(m.RecordedDay), int64(m.LastDate)}
}

// MovementValues are what is kept of a movement. Of the due day that is a moment of it, in unix seconds.
func MovementValues(m store.Movement) ([]any, error) {
	metadata, err := json.Marshal(m.Metadata, json.Deterministic(true))
	return []any{
		m.CustomerID, m.Seq, m.ID, m.Livemode, m.CurrencyID, string(m.Reason), m.InvoiceID, m.PaymentID, m.CreditNoteID,
		m.RefundID, m.Reverses, m.DueDay * store.SecondsOfDay, m.Receivable.String(), m.Amount.String(),
		m.Unapplied.String(), m.EndingReceivable.String(), m.EndingBalance.String(), m.EndingUnapplied.String(),
		m.Description, string(metadata), m.RequestedBy, int64(m.Date), int64(m.RecordedDay), int64(m.LastDate),
	}, err
}

// SelectMovements begins the statement that reads movements into a [MovementRow]; cast is what makes a text of an
// amount, "" where it is one.
func SelectMovements(cast string) string {
	amounts := strings.Join([]string{
		"receivable", "credit", "unapplied", "ending_receivable", "ending_credit", "ending_unapplied",
	}, cast+", ") + cast
	return `SELECT seq, id, livemode, customer_id, currency_id, reason, invoice_id, payment_id, credit_note_id, refund_id,
		reverses, due_date, ` + amounts + `, description, metadata, requested_by, date, recorded_day, last_date
		FROM ledger WHERE `
}

// MovementRow is a row of [SelectMovements].
type MovementRow struct {
	store.Movement           // but for what follows, and what comes of its position
	DueDate        int64     // unix seconds
	Units          [6]string // of the amounts
	Metadata       []byte
}

// Whole is the movement of the row.
func (r *MovementRow) Whole() (store.Movement, error) {
	m := r.Movement
	m.DueDay = store.DayOf(r.DueDate)
	m.Object, m.CreatedAt = "balance_transaction", clientele.At(m.Seq.Time())
	err := Amounts(m.CurrencyID, r.Units[:], &m.Receivable, &m.Amount, &m.Unapplied, &m.EndingReceivable,
		&m.EndingBalance, &m.EndingUnapplied)
	if err != nil {
		return m, err
	}
	if string(r.Metadata) == "{}" { // as nearly all
		m.Metadata = clientele.Metadata{}
		return m, nil
	}
	return m, json.Unmarshal(r.Metadata, &m.Metadata)
}

// OfMovements writes what a filter selects, and the order of it. byInvoice and byPayment find a customer's movements
// about one.
func OfMovements(f store.MovementFilter, byInvoice, byPayment string) (w Where, order string) {
	order = " ORDER BY seq"
	switch {
	case len(f.Customers) > 0:
		compare(&w, "customer_id", store.IsOneOf, store.OneOf("customer_id", f.Customers...).Values)
		order = " ORDER BY customer_id, seq"
	case f.ID != "":
		w.Add("id = ? AND customer_id = ?", f.ID, f.CustomerID)
	case f.InvoiceID != "":
		w.Add(byInvoice, f.InvoiceID, f.CustomerID)
	case f.PaymentID != "":
		w.Add(byPayment, f.PaymentID, f.CustomerID)
	case f.CurrencyID != "":
		order = ofCurrency(&w, f)
	case f.CustomerID != "":
		w.Add("customer_id = ?", f.CustomerID)
	case f.Dated != store.Days{}:
		w.Add("livemode = ? AND date BETWEEN ? AND ?", f.Livemode, max(f.Dated.First, int64(f.After.Date)), f.Dated.Last)
		order = " ORDER BY date, seq, customer_id"
		if f.After != (store.BookPlace{}) {
			w.Add("(date, seq, customer_id) > (?, ?, ?)", int64(f.After.Date), f.After.Seq, f.After.CustomerID)
		}
		order += limited(f)
	default:
		w.Add("livemode = ? AND recorded_day BETWEEN ? AND ?", f.Livemode, f.Recorded.First, f.Recorded.Last)
		order = " ORDER BY recorded_day, seq"
	}
	if f.From != 0 {
		w.Add("seq >= ?", f.From)
	}
	if f.To != 0 {
		w.Add("seq < ?", f.To)
	}
	return w, order
}

// ofCurrency restricts to the movements of a customer in a currency, and writes the order of the books.
func ofCurrency(w *Where, f store.MovementFilter) (order string) {
	w.Add("customer_id = ? AND currency_id = ? AND (date, seq) >= (?, ?)", f.CustomerID, f.CurrencyID,
		int64(f.Since.Date), f.Since.Seq)
	if f.Before != (store.BookPlace{}) {
		w.Add("(date, seq) < (?, ?)", int64(f.Before.Date), f.Before.Seq)
	}
	if f.Late {
		w.Add("date < last_date")
	}
	for _, reason := range f.Without {
		w.Add("reason <> ?", string(reason))
	}
	if f.Backwards {
		return " ORDER BY date DESC, seq DESC" + limited(f)
	}
	return " ORDER BY date, seq" + limited(f)
}

// limited writes how many movements a filter selects at most.
func limited(f store.MovementFilter) string {
	if f.Limit == 0 {
		return ""
	}
	return " LIMIT " + strconv.FormatInt(f.Limit, 10)
}

// Amounts reads amounts of a currency.
func Amounts(currency string, units []string, targets ...*clientele.Amount) (err error) {
	for i, target := range targets {
		if *target, err = store.StoredAmount(currency, units[i]); err != nil {
			return err
		}
	}
	return nil
}
