package api

import (
	"bytes"
	"io"
	"iter"
	"net/http"
	"strconv"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/sheet"
	"clientele.dev/internal/store"
)

func (a *API) retrieveAging(r *request) (answer, error) {
	p := params{query: r.query}
	f := billing.AgingFilter{
		Livemode: r.caller.Livemode, AsOf: p.momentOrDay("as_of"), CurrencyID: p.text("currency_id"),
		Customer: p.text("customer_id"),
	}
	format := p.format(r, "json", "csv")
	byCustomer, paging := p.groupBy(), p.page()
	if p.err != nil {
		return answer{}, p.err
	}
	if byCustomer {
		return a.agingByCustomer(r, f, paging, format)
	}
	aging, err := a.service.Receivables.Aging(r.Context(), f)
	if err != nil || format == "json" {
		return encodedOr(aging, err)
	}
	return table(func(yield func([]string) bool) {
		more := yield(append([]string{"as_of", "currency_id"}, bucketNames...))
		for _, id := range sortedKeys(aging.Currencies) {
			more = more && yield(append([]string{aging.AsOf.String(), id}, bucketCells(aging.Currencies[id])...))
		}
	})
}

var bucketNames = []string{"not_due", "days_1_30", "days_31_60", "days_61_90", "days_over_90", "total", "unapplied"}

func bucketCells(b clientele.AgingBuckets) []string {
	return []string{
		b.NotDue.String(), b.Days1To30.String(), b.Days31To60.String(), b.Days61To90.String(), b.DaysOver90.String(),
		b.Total.String(), b.Unapplied.String(),
	}
}

// groupBy reads group_by, which can be customer.
func (p *params) groupBy() bool {
	switch p.text("group_by") {
	case "":
		return false
	case "customer":
		return true
	}
	p.fail(invalid("group_by", "group_by is customer, or absent"))
	return false
}

func (a *API) agingByCustomer(
	r *request, f billing.AgingFilter, paging clientele.Paging, format string,
) (answer, error) {
	window := store.Window{Limit: paging.PageSize, Offset: (paging.Page - 1) * paging.PageSize}
	if format == "csv" { // whole, whatever the page
		window = store.Window{Limit: maxPage}
	}
	aging, err := a.service.Receivables.AgingByCustomer(r.Context(), f, window)
	if err != nil || format == "json" {
		aging.Paging = &paging
		return encodedOr(aging, err)
	}
	return table(func(yield func([]string) bool) {
		more := yield(append([]string{"as_of", "customer_id", "name", "email", "currency_id"}, bucketNames...))
		for _, c := range aging.List {
			for _, id := range sortedKeys(c.Currencies) {
				more = more && yield(append([]string{aging.AsOf.String(), c.CustomerID, c.Name, c.Email, id},
					bucketCells(c.Currencies[id])...))
			}
		}
	})
}

func (a *API) retrieveReceivables(r *request) (answer, error) {
	p := params{query: r.query}
	from, to := p.moment("from", false), p.moment("to", true)
	format := p.format(r, "json", "csv")
	if !from.IsZero() && !to.IsZero() && to.Before(from) {
		p.fail(invalid("to", "to is before from"))
	}
	if p.err != nil {
		return answer{}, p.err
	}
	summary, err := a.service.Receivables.Summary(r.Context(), r.caller.Livemode, from, to)
	if err != nil || format == "json" {
		return encodedOr(summary, err)
	}
	return table(func(yield func([]string) bool) {
		more := yield([]string{"currency_id", "outstanding", "past_due", "overdue", "unapplied", "credit", "invoices",
			"customers", "invoiced", "collected", "refunded", "credit_notes", "written_off", "bad_debt", "paid_invoices",
			"average_days_to_pay"})
		for _, id := range sortedKeys(summary.Currencies) {
			more = more && yield(summaryCells(id, summary.Currencies[id]))
		}
	})
}

func summaryCells(currency string, s clientele.ReceivablesSum) []string {
	average := ""
	if s.AverageDaysToPay != nil {
		average = strconv.FormatFloat(*s.AverageDaysToPay, 'f', 1, 64)
	}
	return []string{
		currency, s.Outstanding.String(), s.PastDue.String(), s.Overdue.String(), s.Unapplied.String(), s.Credit.String(),
		strconv.FormatInt(s.Invoices, 10), strconv.FormatInt(s.Customers, 10), s.Invoiced.String(),
		s.Collected.String(), s.Refunded.String(), s.CreditNotes.String(), s.WrittenOff.String(), s.BadDebt.String(),
		strconv.FormatInt(s.PaidInvoices, 10), average,
	}
}

func (a *API) listDebtors(r *request) (answer, error) {
	p := params{query: r.query}
	currency, paging, format := p.text("currency_id"), p.page(), p.format(r, "json", "csv")
	if p.err != nil {
		return answer{}, p.err
	}
	window := store.Window{Limit: paging.PageSize, Offset: (paging.Page - 1) * paging.PageSize}
	if format == "csv" { // whole, whatever the page
		window = store.Window{Limit: maxPage}
	}
	debtors, count, err := a.service.Receivables.Overdue(r.Context(), r.caller.Livemode, currency, window)
	if err != nil || format == "json" {
		return encodedOr(clientele.Page[clientele.Debtor]{Count: count, List: debtors, Paging: paging}, err)
	}
	return table(func(yield func([]string) bool) {
		more := yield([]string{"customer_id", "name", "email", "currency_id", "overdue", "past_due", "invoices",
			"oldest_due_date"})
		for _, d := range debtors {
			more = more && yield([]string{
				d.CustomerID, d.Name, d.Email, d.CurrencyID, d.Overdue.String(), d.PastDue.String(),
				strconv.FormatInt(d.Invoices, 10), d.OldestDueDay.String(),
			})
		}
	})
}

func (a *API) retrieveStatement(r *request) (answer, error) {
	p := params{query: r.query}
	return a.statement(r, &p, p.format(r, "json", "csv", "html", "pdf"))
}

func (a *API) statementPage(r *request) (answer, error) {
	return a.statement(r, &params{query: r.query}, "html")
}

func (a *API) statementPDF(r *request) (answer, error) {
	return a.statement(r, &params{query: r.query}, "pdf")
}

func (a *API) statement(r *request, p *params, format string) (answer, error) {
	from, to := p.momentOrDay("from"), p.momentOrDay("to")
	if to.Before(from) {
		p.fail(invalid("to", "to is before from"))
	}
	if p.err != nil {
		return answer{}, p.err
	}
	st, err := a.service.Customers.Statement(r.Context(), r.caller.Livemode, r.PathValue("id"), from, to)
	if err != nil || format == "json" {
		return encodedOr(st, err)
	}
	if format == "csv" {
		return table(statementRows(st))
	}
	settings, err := a.service.Settings.Of(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	var b bytes.Buffer
	media, write := "text/html; charset=utf-8", paper.StatementHTML
	if format == "pdf" {
		media, write = "application/pdf", paper.StatementPDF
	}
	err = a.drawing.Do(r.Context(), r.caller.ID, func() error {
		return write(&b, paper.Statement{Statement: st, Settings: settings})
	})
	return answer{status: http.StatusOK, contentType: media, body: b.Bytes()}, err
}

func statementRows(st clientele.Statement) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		more := yield([]string{"currency_id", "at", "reason", "description", "invoice_number", "amount", "balance", "id"})
		for _, id := range sortedKeys(st.Currencies) {
			account := st.Currencies[id]
			more = more &&
				yield([]string{id, st.From.String(), "opening_balance", "", "", "", account.OpeningBalance.String(), ""})
			for _, l := range account.Lines {
				more = more && yield([]string{
					id, l.At.String(), string(l.Reason), l.Description, l.InvoiceNumber, l.Amount.String(),
					l.Balance.String(), l.ID,
				})
			}
			more = more &&
				yield([]string{id, st.To.String(), "closing_balance", "", "", "", account.ClosingBalance.String(), ""})
		}
	}
}

// encodedOr answers with a value, or fails.
func encodedOr(v any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, v)
}

// table answers with CSV, which is written while it is sent.
func table(rows iter.Seq[[]string]) (answer, error) {
	return answer{status: http.StatusOK, contentType: "text/csv; charset=utf-8", stream: func(to io.Writer) error {
		return sheet.Write(to, rows)
	}}, nil
}
