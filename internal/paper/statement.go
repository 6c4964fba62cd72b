package paper

import (
	"cmp"
	"maps"
	"slices"

	"clientele.dev"
	"clientele.dev/internal/locale"
)

// statementDocument is what a statement says: an account per currency, by symbol.
func statementDocument(s Statement) document {
	st := s.Statement
	on := locale.DatesOf(s.Settings)
	date := func(t clientele.Time) string { return on.Moment(t.Unix()) }
	from, to := date(st.From), date(st.To)
	d := document{
		Title: "Statement", Number: from + " – " + to, From: business(s.Settings.Business),
		To:    party{Label: "Account of", Name: inline(st.Customer.Name), Lines: addressLines(st.Customer.Address)},
		Facts: []fact{{"From", from}, {"To", to}}, Letter: usesLetter(s.Settings),
		Logo: logoOf(s.Settings.Business.Logo),
	}
	d.To.add(st.Customer.Email, st.Customer.Phone)
	if !st.Customer.Livemode {
		d.Badges = []badge{{"Test", calm}}
	}
	ids := slices.SortedFunc(maps.Keys(st.Currencies), func(a, b string) int {
		return cmp.Or(cmp.Compare(st.Currencies[a].Currency.Symbol, st.Currencies[b].Currency.Symbol), cmp.Compare(a, b))
	})
	for _, id := range ids {
		d.Tables = append(d.Tables, accountTable(st.Currencies[id], s.Settings, from, to))
	}
	if len(ids) == 0 {
		d.Text = "Nothing happened in this time, and nothing is owed."
	}
	if how := block(s.Settings.Business.PaymentInstructions); how != "" && owes(st) {
		d.Notes = append(d.Notes, fact{"How to pay", how})
	}
	if footer := block(s.Settings.Business.Footer); footer != "" {
		d.Notes = append(d.Notes, fact{"", footer})
	}
	return d
}

// owes says whether the customer is left owing anything.
func owes(st clientele.Statement) bool {
	for _, account := range st.Currencies {
		if account.ClosingBalance.Sign() > 0 {
			return true
		}
	}
	return false
}

func accountTable(
	account clientele.StatementAccount, settings clientele.Settings, from, to string,
) table {
	on, m := locale.DatesOf(settings), moneyOf(settings.Locale, account.Currency)
	date := func(t clientele.Time) string { return on.Moment(t.Unix()) }
	title := inline(account.Currency.Name)
	if symbol := inline(account.Currency.Symbol); title == "" {
		title = symbol
	} else if symbol != "" && symbol != title {
		title += " (" + symbol + ")"
	}
	t := table{Title: title, Columns: []column{
		{Title: "Date"}, {Title: "Description", Words: true, Head: true}, {Title: "Invoice"},
		{Title: "Amount", Amount: true},
		{Title: "Balance", Amount: true},
	}}
	t.Rows = append(t.Rows, []string{from, "Opening balance", "", "", m.Format(account.OpeningBalance)})
	for _, line := range account.Lines {
		if line.Amount.Sign() == 0 { // a payment that was applied, say: nothing is owed more or less
			continue
		}
		what := block(line.Description)
		if line.EnteredLater {
			what += " (entered " + date(line.At) + ")"
		}
		t.Rows = append(t.Rows, []string{
			on.Day(line.Date), what, inline(line.InvoiceNumber), m.Format(line.Amount), m.Format(line.Balance),
		})
	}
	label := "Closing balance on " + to
	if account.ClosingBalance.Sign() < 0 {
		label += ", in your favour"
	}
	t.Sums = []sum{{Label: label, Value: m.Format(account.ClosingBalance), Strong: true}}
	return t
}
