package console

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/journal"
	"clientele.dev/internal/tables"
)

// journalFile answers with the journal of some days, as a file.
func (s *console) journalFile(v *visit) (page, error) {
	q := v.URL.Query()
	from, err := dayIn("from", q.Get("from"))
	if err != nil {
		return page{}, err
	}
	to, err := dayIn("to", q.Get("to"))
	if err != nil {
		return page{}, err
	}
	format, known := journal.Named(q.Get("format"))
	if !known {
		return page{}, invalid("format", "choose a format")
	}
	file, err := format.Write(func(w journal.Writer) error {
		return s.service.Receivables.Journal(v.Context(), v.Mode, billing.JournalFilter{
			From: clientele.OnDay(from), To: clientele.OnDay(to), CurrencyID: q.Get("currency"),
		}, w)
	})
	if err != nil {
		return page{}, err
	}
	return page{write: func(w http.ResponseWriter) error {
		defer func() { _ = file.Close() }() // it was only read
		w.Header().Set("Content-Type", format.Media)
		w.Header().Set("Content-Disposition", `attachment; filename="`+format.FileName(file.Journal)+`"`)
		if format.Name == "csv" {
			if _, err := io.WriteString(w, tables.ByteOrderMark); err != nil {
				return err
			}
		}
		_, err := io.Copy(w, file)
		return err
	}}, nil
}

// journalFormats are the formats to choose from.
var journalFormats = []option{
	{"csv", "CSV"}, {"hledger", "hledger, Ledger"}, {"beancount", "Beancount"}, {"datev", "DATEV"},
}

// changeAccounting is the form for the accounts of the journal.
func (s *console) changeAccounting() action {
	return action{
		visible: true,
		form: func(v *visit) (form, error) {
			doc, err := s.service.Settings.Retrieve(v.Context(), v.Mode)
			settings, err := decode[clientele.Settings](doc, err)
			a := settings.Accounting
			f := form{
				Title: "Accounts of the journal", Submit: "Save", Version: doc.Version, Cancel: v.Path("closings"),
				Back: "Closed days",
				Intro: "Names with colons between their levels, or numbers. Closed days keep the accounts that there were " +
					"when they were closed.",
			}
			names := clientele.Accounting{}.WithNames()
			own := accountFields(&a)
			for i, by := range accountFields(&names) {
				f.Fields = append(f.Fields, field{
					Name: "accounting." + by.name, Label: by.label, Value: *own[i].account, Narrow: true, Plain: true,
					Hint: *by.account + " when empty",
				})
			}
			f.Fields = append(f.Fields, field{
				Name: "accounting.cash_by_method", Label: "Money received, by how it came", Type: "textarea", Plain: true,
				Value: methodLines(a.CashByMethod), Hint: "A line for each: card = Assets:Card",
			}, field{
				Name: "accounting.customer_account_key", Label: "Metadata key of customers' own accounts",
				Value: a.CustomerAccountKey, Plain: true,
				Hint: "For what each customer owes; one that has none has a part of the account above.",
			}, field{
				Name: "accounting.datev.consultant", Label: "Adviser's number", Group: "DATEV", Narrow: true, Plain: true,
				Value: numberOrNone(a.Datev.Consultant),
			}, field{
				Name: "accounting.datev.client", Label: "Client's number", Narrow: true, Plain: true,
				Value: numberOrNone(a.Datev.Client),
			}, field{
				Name: "accounting.datev.year_begins", Label: "Month in which the year begins", Narrow: true, Plain: true,
				Value: numberOrNone(a.Datev.YearBegins), Hint: "1 when empty",
			})
			return f, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			a, err := accountingSent(sent)
			if err != nil {
				return "", err
			}
			_, err = s.service.Settings.Update(v.Context(), v.call(), clientele.SettingsParams{Accounting: &a})
			return after(v.Path("closings"), "saved", ""), err
		},
	}
}

// accountField is an account that has a name by itself.
type accountField struct {
	name, label string
	account     *string
}

func accountFields(a *clientele.Accounting) []accountField {
	return []accountField{
		{"receivable", "What customers owe", &a.Receivable}, {"revenue", "Revenue", &a.Revenue}, {"tax", "Tax", &a.Tax},
		{"cash", "Money received", &a.Cash}, {"credit", "Customers' credit", &a.Credit},
		{"prepayments", "Received and not applied", &a.Prepayments}, {"bad_debt", "Bad debt", &a.BadDebt},
		{"bad_debt_recovered", "Bad debt recovered", &a.BadDebtRecovered},
		{"credit_granted", "Credit granted", &a.CreditGranted},
	}
}

// accountingSent reads the form of the accounts.
func accountingSent(sent url.Values) (a clientele.Accounting, err error) {
	for _, f := range accountFields(&a) {
		*f.account = strings.TrimSpace(sent.Get("accounting." + f.name))
	}
	a.CustomerAccountKey = strings.TrimSpace(sent.Get("accounting.customer_account_key"))
	for line := range strings.Lines(sent.Get("accounting.cash_by_method")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		method, account, _ := strings.Cut(line, "=")
		method, account = strings.TrimSpace(method), strings.TrimSpace(account)
		if _, twice := a.CashByMethod[method]; twice || method == "" || account == "" {
			return a, invalid("accounting.cash_by_method", "write each once, as card = Assets:Card")
		}
		if a.CashByMethod == nil {
			a.CashByMethod = map[string]string{}
		}
		a.CashByMethod[method] = account
	}
	for name, n := range map[string]*int64{
		"consultant": &a.Datev.Consultant, "client": &a.Datev.Client, "year_begins": &a.Datev.YearBegins,
	} {
		text := strings.TrimSpace(sent.Get("accounting.datev." + name))
		if text == "" {
			continue
		}
		if *n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return a, invalid("accounting.datev."+name, "write a whole number")
		}
	}
	return a, nil
}

// methodLines are the accounts of methods, a line for each.
func methodLines(accounts map[string]string) string {
	var b strings.Builder
	for _, method := range slices.Sorted(maps.Keys(accounts)) {
		fmt.Fprintf(&b, "%s = %s\n", method, accounts[method])
	}
	return b.String()
}

func numberOrNone(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}
