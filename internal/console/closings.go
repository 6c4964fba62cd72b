package console

import (
	"net/url"
	"strconv"
	"time"

	"clientele.dev"
)

// closingsPage is what closings.html shows.
type closingsPage struct {
	Closings []clientele.Closing
	Last     string        // the id of the last that holds
	Next     string        // what can be closed next: October 2026; "" when nothing is
	From, To clientele.Day // of the journal that is offered
	Formats  []option
	All      []clientele.PaymentCurrency
}

// closings are the days that are closed.
func (s *console) closings(v *visit) (page, error) {
	all, err := s.service.Closings.List(v.Context(), v.Mode)
	data := closingsPage{
		Closings: all, Next: monthOf(nextToClose(v)), To: nextToClose(v), Formats: journalFormats, All: v.currencies,
	}
	for _, c := range all {
		if c.Closed && c.Through == v.closed {
			data.Last, data.To = c.ID, c.Through
		}
	}
	data.From = firstOfMonth(data.To)
	return page{template: "closings", title: "Closed days", data: data}, err
}

// nextToClose is the last day of the first month that is over and not closed, the last one when none is closed yet; 0
// when there is none.
func nextToClose(v *visit) clientele.Day {
	now := v.today.Begin(time.UTC)
	if v.closed == 0 {
		return clientele.DayIn(time.Date(now.Year(), now.Month(), 0, 0, 0, 0, 0, time.UTC), time.UTC)
	}
	first := (v.closed + 1).Begin(time.UTC)
	last := clientele.DayIn(time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, time.UTC), time.UTC)
	if last >= v.today {
		return 0
	}
	return last
}

// firstOfMonth is the first day of a day's month.
func firstOfMonth(day clientele.Day) clientele.Day {
	return day - clientele.Day(day.Begin(time.UTC).Day()-1)
}

// monthOf is the month that a day ends: October 2026; "" of no day.
func monthOf(last clientele.Day) string {
	if last == 0 {
		return ""
	}
	return last.Begin(time.UTC).Format("January 2006")
}

// closeBooks is the form that closes up to a day.
func (s *console) closeBooks() action {
	return action{
		admin: true,
		form: func(v *visit) (form, error) {
			last := nextToClose(v)
			f := form{
				Title: "Close the books", Submit: "Close the books", Danger: true, Preview: "What that would close",
				Intro: "From then on nothing dated on this day or before is added, changed or taken back. What is taken back " +
					"later counts from its own day. The last closing can be reopened.",
				Fields: []field{{
					Name: "through", Label: "Up to the end of", Type: "date", Required: true, Narrow: true,
					Max: (v.today - 1).String(), Hint: "At most yesterday.",
				}},
				Cancel: v.Path("closings"), Back: "Closed days",
			}
			if v.closed != 0 {
				f.Fields[0].Min = (v.closed + 1).String()
				f.Fields[0].Hint = "The books are closed through " + v.closed.String() + "."
			}
			if last == 0 {
				return f, nil
			}
			f.Title, f.Fields[0].Value = "Close "+monthOf(last), last.String()
			facts, err := s.closingFacts(v, last)
			f.Facts = facts
			return f, err
		},
		preview: func(v *visit, sent url.Values) ([]fact, error) {
			through, err := dayIn("through", sent.Get("through"))
			if err != nil {
				return nil, err
			}
			return s.closingFacts(v, through)
		},
		do: func(v *visit, sent url.Values) (string, error) {
			through, err := dayIn("through", sent.Get("through"))
			if err != nil {
				return "", err
			}
			p := clientele.ClosingParams{}
			if through != 0 {
				p.Through = &through
			}
			_, err = s.service.Closings.Create(v.Context(), v.call(), p)
			return after(v.Path("closings"), "closed", ""), err
		},
	}
}

// closingFacts say in numbers what a closing finds.
func (s *console) closingFacts(v *visit, through clientele.Day) ([]fact, error) {
	found, err := s.service.Closings.Preview(v.Context(), v.Mode, through)
	w := newView(s, v, page{})
	facts := []fact{{"Drafts dated before, which stay drafts", w.Count(found.Drafts)}}
	for _, c := range v.currencies {
		if a, some := found.Unapplied[c.ID]; some {
			facts = append(facts, fact{"Received and not applied, in " + c.Symbol, w.Money(a)})
		}
	}
	return append(facts, fact{"Differences between the books and their sums", strconv.Itoa(len(found.Differences))}), err
}

// reopenBooks takes the last closing back.
func (s *console) reopenBooks() action {
	return action{
		admin: true,
		form: func(v *visit) (form, error) {
			c, err := decode[clientele.Closing](s.service.Closings.Retrieve(v.Context(), v.Mode, v.PathValue("id")))
			return form{
				Title: "Reopen the books?", Submit: "Reopen the books", Danger: true,
				Intro:  "Its days can be changed again, and what was reported of them too.",
				Facts:  []fact{{"Closed through", c.Through.String()}},
				Fields: []field{{Name: "reason", Label: "Why", Required: true}},
				Cancel: v.Path("closings"), Back: "Closed days",
			}, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			_, err := s.service.Closings.Reopen(v.Context(), v.call(), v.PathValue("id"),
				clientele.ClosingReopenParams{Reason: sent.Get("reason")})
			return after(v.Path("closings"), "reopened_books", ""), err
		},
	}
}
