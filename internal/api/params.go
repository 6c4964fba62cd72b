package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/did"
	"clientele.dev/internal/store"
	"clientele.dev/internal/wire"
)

const (
	defaultPageSize = 20
	maxPageSize     = 100
	maxPage         = 1 << 40
	maxOrder        = 4
	maxFilters      = 10
)

// params reads query parameters and remembers every error.
type params struct {
	query *wire.Query
	err   error
}

func (p *params) fail(err error) { p.err = clientele.JoinInvalid(p.err, err) }

// text reads a parameter. One that is empty, as a form's blank field sends it, is as good as absent.
func (p *params) text(name string) string {
	s, _, err := p.query.String(name)
	if err != nil {
		p.fail(err)
	}
	return s
}

func (p *params) integer(name string, absent, lowest, highest int64) int64 {
	s := p.text(name)
	if s == "" {
		return absent
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < lowest || n > highest || s != strconv.FormatInt(n, 10) {
		p.fail(invalid(name, "%s must be a whole number from %d to %d", name, lowest, highest))
	}
	return n
}

func (p *params) boolean(name string) *bool {
	switch s := p.text(name); s {
	case "":
		return nil
	case "true", "false":
		b := s == "true"
		return &b
	default:
		p.fail(invalid(name, "%s must be true or false", name))
		return nil
	}
}

// page reads page and pageSize.
func (p *params) page() clientele.Paging {
	paging := clientele.Paging{
		Page:     p.integer("page", 1, 1, maxPage),
		PageSize: p.integer("pageSize", defaultPageSize, 1, maxPageSize),
	}
	given := p.query.Value("pageSize") != nil
	for _, name := range []string{"limit", "size"} {
		n := p.integer(name, 0, 1, maxPageSize)
		if n == 0 {
			continue
		}
		if given && n != paging.PageSize {
			p.fail(invalid(name, "%s and pageSize mean the same; give one of them", name))
		}
		paging.PageSize, given = n, true
	}
	return paging
}

// window reads which part of a list is asked for: by page, or beside an object.
func (p *params) window(order []store.Order) (store.Window, clientele.Paging) {
	paging := p.page()
	w := store.PageWindow(paging.Page, paging.PageSize)
	w.After, w.Before = p.text("starting_after"), p.text("ending_before")
	byTime := len(order) == 0 || len(order) == 1 && order[0].Field == "created_at"
	switch {
	case w.After != "" && w.Before != "":
		p.fail(invalid("ending_before", "give starting_after or ending_before, not both"))
	case (w.After != "" || w.Before != "") && p.query.Value("page") != nil:
		p.fail(invalid("page", "page does not go with starting_after or ending_before"))
	case (w.After != "" || w.Before != "") && !byTime:
		p.fail(invalid("order", "starting_after and ending_before go with the order created_at only"))
	}
	return w, paging
}

// order reads the sort order in the client's forms: order=name:ASC, also several separated by commas or as a list, and
// order[0][0]=name&order[0][1]=ASC.
func (p *params) order(fields []string) []store.Order {
	name := "order"
	if p.query.Value("o") != nil {
		name = "o"
		if p.query.Value("order") != nil {
			p.fail(invalid("o", "o and order mean the same; give one of them"))
		}
	}
	var terms [][]string
	switch v := p.query.Value(name).(type) {
	case nil:
		return nil
	case string:
		if v == "" {
			return nil
		}
		for term := range strings.SplitSeq(v, ",") {
			terms = append(terms, strings.Split(term, ":"))
		}
	case []any:
		terms = orderList(v)
	}
	var order []store.Order
	var named []string
	for _, term := range terms {
		o, ok := orderTerm(term, fields)
		twice := slices.Contains(named, o.Field)
		if named = append(named, o.Field); !ok || twice || len(named) > maxOrder {
			p.fail(invalid(name, "%s must be like created_at:DESC, by up to %d different of %s", name, maxOrder,
				strings.Join(fields, ", ")))
			return nil
		}
		if o.Field == "id" { // which rises with the time of creation
			o.Field = "created_at"
		}
		if slices.ContainsFunc(order, func(b store.Order) bool { return b.Field == o.Field }) {
			continue // what is of one time is in order
		}
		order = append(order, o)
	}
	if order == nil {
		p.fail(invalid(name, "%s is empty; leave it out or give it a value", name))
	}
	return order
}

// orderList reads the list forms: pairs, field:DIRECTION strings, or one field and its direction.
func orderList(list []any) (terms [][]string) {
	for _, item := range list {
		switch v := item.(type) {
		case string:
			if _, isDirection := directions[strings.ToLower(v)]; isDirection && len(terms) > 0 {
				last := &terms[len(terms)-1]
				*last = append(*last, v)
				continue
			}
			terms = append(terms, strings.Split(v, ":"))
		case []any:
			var term []string
			for _, part := range v {
				s, _ := part.(string)
				term = append(term, s)
			}
			terms = append(terms, term)
		default:
			terms = append(terms, nil)
		}
	}
	return terms
}

// directions says which words mean descending.
var directions = map[string]bool{"asc": false, "desc": true, "1": false, "-1": true}

// shortNames are older names of fields that clients still send.
var shortNames = map[string]string{"created": "created_at", "updated": "updated_at"}

func orderTerm(term []string, fields []string) (o store.Order, ok bool) {
	if len(term) == 0 || len(term) > 2 {
		return o, false
	}
	o.Field = strings.TrimSpace(term[0])
	if long, short := shortNames[o.Field]; short {
		o.Field = long
	}
	ok = true
	if len(term) == 2 {
		o.Desc, ok = directions[strings.ToLower(strings.TrimSpace(term[1]))]
	}
	return o, ok && slices.Contains(fields, o.Field)
}

// metadata reads the filters metadata.key=value and metadata[key]=value.
func (p *params) metadata() (matches []store.Condition) {
	for _, name := range p.query.Names() {
		if key, ok := strings.CutPrefix(name, "metadata."); ok {
			value, _, err := p.query.String(name)
			if err != nil {
				p.fail(err)
			}
			if value == "" {
				continue
			}
			matches = append(matches, store.WithMetadata(key, value))
		}
	}
	switch v := p.query.Value("metadata").(type) {
	case nil:
	case map[string]any:
		for _, key := range sortedKeys(v) {
			value, ok := v[key].(string)
			if !ok {
				p.fail(invalid("metadata."+key, "metadata.%s must be one value", key))
			}
			if value == "" {
				continue
			}
			matches = append(matches, store.WithMetadata(key, value))
		}
	case string:
		if v != "" {
			p.fail(invalid("metadata", "metadata is filtered by key: metadata.plan=gold"))
		}
	default:
		p.fail(invalid("metadata", "metadata is filtered by key: metadata.plan=gold"))
	}
	if len(matches) > maxFilters {
		p.fail(invalid("metadata", "at most %d metadata filters can be given", maxFilters))
	}
	return matches
}

// created reads the filter by time of creation.
func (p *params) created() []store.Condition {
	from, to := p.moments("created_at")
	return []store.Condition{store.AtLeast("created_at", from), store.Below("created_at", to)}
}

// moments reads a range of time: created_at[gte]=…&created_at[lt]=…, as from (inclusive) and to (exclusive) in unix
// milliseconds; 0 is open.
func (p *params) moments(name string) (from, to int64) {
	bounds, ok := p.query.Value(name).(map[string]any)
	if !ok {
		if v := p.query.Value(name); v != nil && v != "" {
			p.fail(invalid(name, "%s is given as a range: %s[gte]=2026-01-01&%s[lt]=2026-02-01", name, name, name))
		}
		return 0, 0
	}
	for _, bound := range sortedKeys(bounds) {
		at := name + "[" + bound + "]"
		s, isText := bounds[bound].(string)
		if isText && s == "" {
			continue
		}
		ms, ok := parseMoment(s)
		if !ok {
			p.fail(invalid(at, "%s must be a date, an ISO-8601 moment with its zone, or unix seconds", at))
		}
		ms = min(ms, lastPosition)
		switch bound {
		case "gte":
			from = max(from, ms)
		case "gt":
			from = max(from, ms+1)
		case "lt":
			to = least(to, ms)
		case "lte":
			to = least(to, ms+1)
		default:
			p.fail(invalid(at, "%s has the bounds gt, gte, lt and lte", name))
		}
	}
	return from, to
}

// lastPosition is the last moment that has a position in time, in the year 6429: no object is younger.
const lastPosition = 1<<47 - 2

func least(to, ms int64) int64 {
	if to == 0 {
		return ms
	}
	return min(to, ms)
}

// parseMoment reads a moment from 1970 to 9999 as unix milliseconds, at least 1 so that 0 stays open. Eight digits are
// refused: they are a date without its hyphens, or a moment of 1970 that nobody means.
func parseMoment(s string) (ms int64, ok bool) {
	const last, dateDigits = 253402300799999, 8
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err == nil && seconds >= 0 && seconds <= last/1000 && s != "-0" {
		return max(seconds*1000, 1), len(s) != dateDigits
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			ms = t.UnixMilli()
			return max(ms, 1), ms >= 0 && ms <= last
		}
	}
	return 0, false
}

// search reads what is searched for, and which page, in which order. The query may be empty, not absent.
func (p *params) search(r *request) (billing.Search, clientele.Paging) {
	query, given, err := p.query.String("query")
	if err == nil && !given {
		err = invalid("query", `query is required: search({query: "ada"}), not search("ada")`)
	}
	if err != nil {
		p.fail(err)
	}
	paging := p.page()
	return billing.Search{
		Livemode: r.caller.Livemode, Query: query, Order: p.order(r.sorts), Limit: paging.PageSize,
		Offset: (paging.Page - 1) * paging.PageSize,
	}, paging
}

// explain reads whether an answer is to be explained.
func (p *params) explain() bool {
	switch s := p.text("explain"); s {
	case "", "0", "false":
		return false
	case "1", "true":
		return true
	}
	p.fail(invalid("explain", "explain must be 1 or 0"))
	return false
}

// expand reads whether the objects of a list carry what belongs to them: they do, unless expand=none.
func (p *params) expand() bool {
	switch s := p.text("expand"); s {
	case "":
		return true
	case "none":
		return false
	}
	p.fail(invalid("expand", "expand can only be none; leave it out for whole objects"))
	return false
}

// customer reads which customer is asked about: customer_id, an id or DID, or customer_did.
func (p *params) customer() string {
	customer, byDID := p.text("customer_id"), p.text("customer_did")
	if customer != "" && byDID != "" {
		p.fail(invalid("customer_did", "give customer_id or customer_did, not both"))
	}
	if byDID == "" {
		return customer
	}
	if _, err := did.Parse(byDID); err != nil {
		p.fail(invalid("customer_did", "customer_did is not a DID: %s", err))
	}
	return byDID
}

// momentOrDay reads a date, or else a moment with its zone or unix seconds; zero when it is absent.
func (p *params) momentOrDay(name string) clientele.Moment {
	if day, err := clientele.ParseDay(p.text(name)); err == nil && day > 0 {
		return clientele.Moment{Day: day}
	}
	return clientele.Moment{At: p.moment(name, true)}
}

// moment reads a date, a moment with its zone or unix seconds; zero when absent. A date is its first millisecond or, at
// the end, its last (UTC).
func (p *params) moment(name string, end bool) time.Time {
	s := p.text(name)
	if s == "" {
		return time.Time{}
	}
	ms, ok := parseMoment(s)
	if !ok {
		p.fail(invalid(name, "%s must be a date, an ISO-8601 moment with its zone, or unix seconds", name))
	}
	at := time.UnixMilli(ms).UTC()
	if _, err := time.Parse(time.DateOnly, s); err == nil && end {
		at = at.Truncate(24*time.Hour).AddDate(0, 0, 1).Add(-time.Millisecond)
	}
	return at
}

// medias are the media types of formats.
var medias = map[string]string{
	"json": "application/json", "csv": "text/csv", "html": "text/html", "pdf": "application/pdf",
}

// format reads in which of some formats to answer: format=csv, or else the first that the Accept header names.
func (p *params) format(r *request, formats ...string) string {
	if format := p.text("format"); format != "" {
		if !slices.Contains(formats, format) {
			p.fail(invalid("format", "format is one of %s", strings.Join(formats, ", ")))
		}
		return format
	}
	for accepted := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, _, _ := strings.Cut(accepted, ";")
		for _, format := range formats {
			if strings.TrimSpace(media) == medias[format] {
				return format
			}
		}
	}
	return formats[0]
}
