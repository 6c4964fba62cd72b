package api

import (
	"bytes"
	"cmp"
	"io"
	"iter"
	"net/http"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/journal"
	"clientele.dev/internal/paper"
	"clientele.dev/internal/store"
	"clientele.dev/internal/tables"
)

func (a *API) retrieveAging(r *request) (answer, error) {
	p := params{query: r.query}
	f := billing.AgingFilter{
		Livemode: r.caller.Livemode, AsOf: p.asOf(), CurrencyID: p.text("currency_id"),
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
		return value(aging, err)
	}
	return a.table(r, func(c tables.Currencies) iter.Seq[[]string] { return tables.Aging(aging, c) })
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

// asOf reads as_of and known_at.
func (p *params) asOf() billing.AsOf {
	return billing.AsOf{Day: p.momentOrDay("as_of"), KnownAt: p.momentOrDay("known_at")}
}

func (a *API) agingByCustomer(
	r *request, f billing.AgingFilter, paging clientele.Paging, format string,
) (answer, error) {
	window := store.PageWindow(paging.Page, paging.PageSize)
	if format == "csv" { // whole, whatever the page
		window = store.Window{Limit: maxPage}
	}
	aging, err := a.service.Receivables.AgingByCustomer(r.Context(), f, window)
	if err != nil || format == "json" {
		aging.Paging = &paging
		return value(aging, err)
	}
	return a.table(r, func(c tables.Currencies) iter.Seq[[]string] { return tables.AgingByCustomer(aging, c) })
}

func (a *API) retrieveReceivables(r *request) (answer, error) {
	p := params{query: r.query}
	f := billing.SummaryFilter{AsOf: p.asOf(), From: p.momentOrDay("from"), To: p.momentOrDay("to")}
	format := p.format(r, "json", "csv")
	if f.To.Before(f.From) {
		p.fail(invalid("to", "to is before from"))
	}
	if p.err != nil {
		return answer{}, p.err
	}
	summary, err := a.service.Receivables.Summary(r.Context(), r.caller.Livemode, f)
	if err != nil || format == "json" {
		return value(summary, err)
	}
	return a.table(r, func(c tables.Currencies) iter.Seq[[]string] { return tables.Summary(summary, c) })
}

func (a *API) listDebtors(r *request) (answer, error) {
	p := params{query: r.query}
	of, currency, paging, format := p.asOf(), p.text("currency_id"), p.page(), p.format(r, "json", "csv")
	if p.err != nil {
		return answer{}, p.err
	}
	window := store.PageWindow(paging.Page, paging.PageSize)
	if format == "csv" { // whole, whatever the page
		window = store.Window{Limit: maxPage}
	}
	debtors, count, err := a.service.Receivables.Overdue(r.Context(), r.caller.Livemode, of, currency, window)
	if err != nil || format == "json" {
		return value(clientele.Page[clientele.Debtor]{Count: count, List: debtors, Paging: paging}, err)
	}
	return a.table(r, func(c tables.Currencies) iter.Seq[[]string] { return tables.Debtors(debtors, c) })
}

func (a *API) retrieveStatement(r *request) (answer, error) {
	p := params{query: r.query}
	format, lines := p.format(r, "json", "csv", "html", "pdf"), p.lines()
	if lines != (billing.LinesWindow{}) && format != "json" && format != "csv" {
		p.fail(invalid("format", "a part of a statement goes with the formats json and csv"))
	}
	return a.statement(r, &p, format, lines)
}

// maxLines is how many lines a part of a statement can have.
const maxLines = 1000

// lines reads which part of the lines of a statement is asked for.
func (p *params) lines() billing.LinesWindow {
	w := billing.LinesWindow{
		Limit: p.integer("limit", 0, 1, maxLines), After: p.text("starting_after"), Before: p.text("ending_before"),
	}
	if w.After != "" && w.Before != "" {
		p.fail(invalid("ending_before", "give starting_after or ending_before, not both"))
	}
	return w
}

func (a *API) statementPage(r *request) (answer, error) {
	return a.statement(r, &params{query: r.query}, "html", billing.LinesWindow{})
}

func (a *API) statementPDF(r *request) (answer, error) {
	return a.statement(r, &params{query: r.query}, "pdf", billing.LinesWindow{})
}

func (a *API) statement(r *request, p *params, format string, lines billing.LinesWindow) (answer, error) {
	f := billing.StatementFilter{
		From: p.momentOrDay("from"), To: p.momentOrDay("to"), KnownAt: p.momentOrDay("known_at"), Lines: lines,
	}
	if f.To.Before(f.From) {
		p.fail(invalid("to", "to is before from"))
	}
	if p.err != nil {
		return answer{}, p.err
	}
	st, err := a.service.Customers.Statement(r.Context(), r.caller.Livemode, r.PathValue("id"), f)
	if err != nil || format == "json" {
		return value(st, err)
	}
	if format == "csv" {
		return a.table(r, func(tables.Currencies) iter.Seq[[]string] { return tables.Statement(st) })
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

// table answers with CSV, which is written while it is sent.
func (a *API) table(r *request, rows func(tables.Currencies) iter.Seq[[]string]) (answer, error) {
	all, err := a.service.PaymentCurrencies.List(r.Context(), r.caller.Livemode)
	if err != nil {
		return answer{}, err
	}
	p := params{query: r.query}
	bom := p.boolean("bom")
	return answer{status: http.StatusOK, contentType: "text/csv; charset=utf-8", stream: func(to io.Writer) error {
		if bom != nil && *bom {
			if _, err := io.WriteString(to, tables.ByteOrderMark); err != nil {
				return err
			}
		}
		return tables.Write(to, rows(tables.ByID(all)))
	}}, p.err
}

func (a *API) retrieveJournal(r *request) (answer, error) {
	p := params{query: r.query}
	f := billing.JournalFilter{From: p.momentOrDay("from"), To: p.momentOrDay("to"), CurrencyID: p.text("currency_id")}
	format, known := journal.Named(cmp.Or(p.text("format"), "csv"))
	if !known {
		p.fail(invalid("format", "format is one of %s", strings.Join(journal.Names(), ", ")))
	}
	bom := p.boolean("bom")
	if p.err != nil {
		return answer{}, p.err
	}
	file, err := format.Write(func(to journal.Writer) error {
		return a.service.Receivables.Journal(r.Context(), r.caller.Livemode, f, to)
	})
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusOK, contentType: format.Media, stream: func(to io.Writer) error {
		defer func() { _ = file.Close() }() // it was only read
		if format.Name == "csv" && bom != nil && *bom {
			if _, err := io.WriteString(to, tables.ByteOrderMark); err != nil {
				return err
			}
		}
		_, err := io.Copy(to, file)
		return err
	}}, nil
}
