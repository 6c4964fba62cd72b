package journal

import (
	"bufio"
	"fmt"
	"strings"

	"clientele.dev"
)

// hledger writes what hledger and Ledger read: https://hledger.org/hledger.html#journal
type hledger struct {
	to          *bufio.Writer
	commodities map[string]commodity
}

func newHledger(to *bufio.Writer) Writer { return &hledger{to: to} }

// Begin implements [Writer].
func (w *hledger) Begin(j clientele.Journal) error {
	w.commodities = commodities(j.Currencies)
	_, err := fmt.Fprintf(w.to, "; %s\n\n", intro(j))
	for _, c := range j.Currencies {
		if err == nil {
			_, err = fmt.Fprintf(w.to, "commodity %s\n", w.amount(clientele.NewAmount(c.ID, 0)))
		}
	}
	return err
}

// amount is an amount with its commodity, in quotes where that is more than letters. One without decimals has a point
// all the same, which says that it has none.
func (w *hledger) amount(a clientele.Amount) string {
	c := w.commodities[a.Currency()]
	name := c.name
	if strings.ContainsAny(name, "0123456789-") {
		name = `"` + name + `"`
	}
	return c.amount(a) + map[bool]string{true: "."}[c.decimals == 0] + " " + name
}

// Entry implements [Writer].
func (w *hledger) Entry(e clientele.JournalEntry) error {
	payee := oneLine(e.CustomerName, ";|")
	if payee == "" {
		payee = e.CustomerID
	}
	_, err := fmt.Fprintf(w.to, "\n%s * (%s) %s | %s  ; id:%s, customer:%s, reason:%s\n", e.Date,
		oneLine(e.Document, "();"), payee, oneLine(e.Text, ";"), e.ID, e.CustomerID, e.Reason)
	for _, p := range e.Postings {
		account := p.Account
		if p.Receivable && e.CustomerAccount == "" {
			account += ":" + e.CustomerID
		}
		if err == nil {
			_, err = fmt.Fprintf(w.to, "    %s  %s\n", account, w.amount(p.Amount))
		}
	}
	return err
}

// End implements [Writer].
func (w *hledger) End() error { return nil }
