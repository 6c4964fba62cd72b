package journal

import (
	"bufio"
	"fmt"
	"regexp"
	"strings"

	"clientele.dev"
)

// beancount writes what Beancount reads: https://beancount.github.io/docs/beancount_language_syntax.html
type beancount struct {
	to          *bufio.Writer
	commodities map[string]commodity
}

func newBeancount(to *bufio.Writer) Writer { return &beancount{to: to} }

// Begin implements [Writer].
func (w *beancount) Begin(j clientele.Journal) error {
	w.commodities = commodities(j.Currencies)
	_, err := fmt.Fprintf(w.to, "; %s\n\nplugin \"beancount.plugins.auto_accounts\"\n", intro(j))
	return err
}

// beancountAccount is what Beancount takes for an account.
var beancountAccount = regexp.MustCompile(`^(Assets|Liabilities|Equity|Income|Expenses)(:[\p{Lu}0-9][\p{L}0-9-]*)+$`)

// Entry implements [Writer].
func (w *beancount) Entry(e clientele.JournalEntry) error {
	_, err := fmt.Fprintf(w.to, "\n%s * %s %s\n  id: %q\n  customer: %q\n  reason: %q\n", e.Date, quoted(e.CustomerName),
		quoted(e.Text), e.ID, e.CustomerID, e.Reason)
	if e.Document != "" && err == nil {
		_, err = fmt.Fprintf(w.to, "  document: %s\n", quoted(e.Document))
	}
	for _, p := range e.Postings {
		account := p.Account
		if !beancountAccount.MatchString(account) {
			return refused("format", "Beancount takes no account %s: it begins with Assets, Liabilities, Equity, Income or "+
				"Expenses, and each level with a capital letter or a digit. Name it otherwise in the settings' accounting",
				account)
		}
		if p.Receivable && e.CustomerAccount == "" {
			account += ":" + beancountLevel(e.CustomerID)
		}
		if err == nil {
			c := w.commodities[e.CurrencyID]
			_, err = fmt.Fprintf(w.to, "  %s  %s %s\n", account, c.amount(p.Amount), c.name)
		}
	}
	return err
}

// End implements [Writer].
func (w *beancount) End() error { return nil }

// quoted is a text as Beancount reads it.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(s, "")) + `"`
}

// beancountLevel is an id as the level of an account, which begins with a capital letter and has no underscores.
func beancountLevel(id string) string {
	return strings.ToUpper(id[:1]) + strings.ReplaceAll(id[1:], "_", "-")
}
