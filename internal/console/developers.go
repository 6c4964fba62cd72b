package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"clientele.dev"
	"clientele.dev/internal/jobs"
	"clientele.dev/internal/store"
)

// Failure is a request that the API refused or failed.
type Failure struct {
	RequestID, Method, Route string
	Status                   int
	Code                     clientele.ErrorCode
	Field, Caller            string
	At                       time.Time
}

// keptFailures is how many failures are remembered.
const keptFailures = 200

// Failures remembers the last requests that failed on this server. It never has what a request said.
type Failures struct {
	mu   sync.Mutex
	last []Failure // oldest first
}

// Add remembers a failure.
func (f *Failures) Add(one Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.last) == keptFailures {
		f.last = append(f.last[:0], f.last[1:]...)
	}
	f.last = append(f.last, one)
}

// of are the failures of some callers, or of everybody, newest first.
func (f *Failures) of(visible func(caller string) bool) (all []Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range slices.Backward(f.last) {
		if visible(one.Caller) {
			all = append(all, one)
		}
	}
	return all
}

// developersPage is what who writes applications looks at.
type developersPage struct {
	Keys     []keyRow
	Apps     []store.App
	Events   []eventRow
	Webhooks []clientele.WebhookEndpointExpanded
	Attempts []attemptRow // at all of them, newest first
	Failures []Failure
	Jobs     []jobs.Status
	Request  string // whose failure alone is shown, or ""
	Now      time.Time
	Both     bool // whether the visitor may change both modes
}

func (s *console) developers(v *visit) (page, error) {
	keys, err := s.keys.List(v.Context(), v.Mode)
	if err != nil {
		return page{}, err
	}
	names, err := s.namesOfCallers(v)
	if err != nil {
		return page{}, err
	}
	apps, err := s.apps.All(v.Context())
	if err != nil {
		return page{}, err
	}
	const many = 50
	events, err := s.service.LatestEvents(v.Context(), v.Mode, many)
	if err != nil {
		return page{}, err
	}
	data := developersPage{
		Keys: keyRows(keys, names), Apps: apps, Jobs: s.jobs(), Now: s.now(), Both: administersBoth(v),
		Request: strings.TrimSpace(v.URL.Query().Get("request")),
	}
	for _, e := range events {
		data.Events = append(data.Events, eventRow{e, names.of(e.Request.RequestedBy)})
	}
	ours := map[string]bool{}
	for _, k := range keys {
		ours[k.ID] = true
	}
	const endpoints = 100
	data.Webhooks, _, err = s.service.WebhookEndpoints.List(v.Context(), v.Mode, store.Window{Limit: endpoints})
	if err != nil {
		return page{}, err
	}
	data.Attempts = attemptRows(data.Webhooks)
	data.Failures = s.failures.of(func(caller string) bool { return data.Both || ours[caller] })
	if data.Request != "" {
		data.Failures = slices.DeleteFunc(data.Failures, func(f Failure) bool { return f.RequestID != data.Request })
	}
	return page{template: "developers", title: "Developers", data: data}, nil
}

// attemptRow is an attempt to tell an endpoint of an event.
type attemptRow struct {
	clientele.WebhookAttempt
	URL string
}

// Failed says whether it failed.
func (r attemptRow) Failed() bool { return r.Status == store.AttemptFailed }

// Answer is the beginning of what was answered, or why nothing was.
func (r attemptRow) Answer() string {
	const enough = 120
	text := []rune(strings.TrimSpace(r.ResponseBody))
	if len(text) > enough {
		return string(text[:enough]) + "…"
	}
	return string(text)
}

// attemptRows are the last attempts at all endpoints, newest first.
func attemptRows(endpoints []clientele.WebhookEndpointExpanded) (rows []attemptRow) {
	const many = 20
	for _, w := range endpoints {
		for _, a := range w.Attempts {
			rows = append(rows, attemptRow{a, w.URL})
		}
	}
	slices.SortStableFunc(rows, func(a, b attemptRow) int { return b.CreatedAt.Compare(a.CreatedAt.Time) })
	return rows[:min(many, len(rows))]
}

// eventRow is an event, and who caused it in words.
type eventRow struct {
	Event clientele.Event
	By    string
}

// keyRow is an API key, and who made it in words.
type keyRow struct {
	store.Key
	Maker string
}

func keyRows(keys []store.Key, names callers) (rows []keyRow) {
	for _, k := range keys {
		rows = append(rows, keyRow{k, names.of(k.CreatedBy)})
	}
	return rows
}

// administersBoth says whether a visitor may make keys of both modes.
func administersBoth(v *visit) bool {
	test, live := v.visitor.Test, v.visitor.Live
	return test != nil && test.Scope.Administers() && live != nil && live.Scope.Administers()
}

// secretPage shows a secret, once.
type secretPage struct {
	Intro  string
	Secret string
	Back   string
}

// createKey makes an API key of the mode.
func (s *console) createKey() action {
	return action{
		admin: true,
		form: func(v *visit) (form, error) {
			return form{
				Title: "New API key for " + v.Mode.String() + " mode", Submit: "Make the key",
				Cancel: v.Path("developers"), Back: "Developers",
				Fields: []field{
					{Name: "name", Label: "What it is for", Required: true},
					{Name: "scope", Label: "What it allows", Type: "select", Required: true, Options: []option{
						{string(store.ScopeRead), "Reading only"},
						{string(store.ScopeWrite), "Reading and changing"},
						{string(store.ScopeAdmin), "Also making and revoking keys"},
						{string(store.ScopeMetrics), "The figures of /metrics alone"},
					}},
					{Name: "expires", Label: "Good until the end of", Type: "date", Narrow: true, Hint: "For ever when empty."},
				},
			}, nil
		},
		answer: func(v *visit, sent url.Values) (page, error) {
			p := clientele.KeyParams{Name: sent.Get("name"), Scope: sent.Get("scope")}
			last, err := dayIn("expires", sent.Get("expires"))
			if err != nil {
				return page{}, err
			}
			if last != 0 {
				p.ExpiresAt = new(clientele.At((last + 1).Begin(v.settings.Zone())))
			}
			_, secret, err := s.keys.Create(v.Context(), s.by(v), v.Mode, p)
			return page{template: "secret", title: "The new key", data: secretPage{
				"Copy it now. It is kept as a hash, and nobody can show it again.", secret, v.Path("developers"),
			}}, ofField(err, "expires_at", "expires")
		},
	}
}

// ofField says of an error about a field of the API which field of a form it is about.
func ofField(err error, field, inForm string) error {
	var e *clientele.Error
	if errors.As(err, &e) && e.Field == field {
		return clientele.Errorf(e.Code, inForm, "%s", e.Message)
	}
	return err
}

// by is who makes or revokes a key.
func (s *console) by(v *visit) store.By {
	return store.By{Actor: v.Caller.ID, At: s.now(), RequestID: v.id}
}

// revokeKey ends an API key of the mode and, if wanted, those that it made.
func (s *console) revokeKey() action {
	return action{
		admin: true,
		form: func(v *visit) (form, error) {
			key, made, err := s.keys.Find(v.Context(), v.Mode, v.PathValue("id"))
			f := form{
				Title: "Revoke this key?", Submit: "Revoke the key", Danger: true,
				Cancel: v.Path("developers"), Back: "Developers",
				Intro: "The server refuses it from the next request on. This cannot be undone.",
				Facts: []fact{{"Key", key.Hint}, {"For", key.Name}, {"Created", v.Day(key.CreatedAt.Unix())}},
			}
			for _, k := range made {
				f.Facts = append(f.Facts, fact{"It made", k.Hint + ", for " + k.Name})
			}
			if len(made) > 0 {
				f.Fields = []field{{
					Name: "made", Label: "Also revoke the keys that it made", Type: "checkbox", Plain: true, Value: "on",
				}}
			}
			return f, err
		},
		do: func(v *visit, sent url.Values) (string, error) {
			key, made, err := s.keys.Find(v.Context(), v.Mode, v.PathValue("id"))
			if err != nil {
				return "", err
			}
			ids := []string{key.ID}
			if sent.Get("made") != "" {
				for _, k := range made {
					ids = append(ids, k.ID)
				}
			}
			_, err = s.keys.Revoke(v.Context(), s.by(v), ids...)
			return after(v.Path("developers"), "key_revoked", ""), err
		},
	}
}

var errOneMode = clientele.Errorf(clientele.ErrorCodeForbidden, "",
	"An application may act in both modes, and outlives the session that trusts it: sign in with a key of scope admin "+
		"of each mode, or by a link of clientele console link")

// createApp trusts a new application and shows the environment that it needs.
func (s *console) createApp() action {
	return action{
		admin: true,
		form: func(v *visit) (form, error) {
			f := form{
				Title: "New application", Submit: "Trust it and show its environment",
				Intro: "For the published JavaScript client. It may read and write both modes. The same name again makes a " +
					"new key pair in place of the old one.",
				Cancel: v.Path("developers"), Back: "Developers",
				Fields: []field{
					{Name: "name", Label: "What it is called", Required: true, Narrow: true},
					{Name: "port", Label: "The server's port", Type: "number", Required: true, Narrow: true,
						Value: first(portOf(v.Request), "8080"), Hint: "Where the application reaches it."},
				},
			}
			if !administersBoth(v) {
				return f, errOneMode
			}
			return f, nil
		},
		answer: func(v *visit, sent url.Values) (page, error) {
			if !administersBoth(v) {
				return page{}, errOneMode
			}
			port, err := strconv.ParseUint(sent.Get("port"), 10, 16)
			if err != nil || port == 0 {
				return page{}, invalid("port", "a port is a number from 1 to 65535")
			}
			pair, _, err := s.apps.Create(v.Context(), s.by(v), sent.Get("name"))
			if err != nil {
				return page{}, err
			}
			text := ""
			for _, variable := range pair.Environment(int(port)) {
				text += "# " + variable.About + "\nexport " + variable.Name + "='" + variable.Value + "'\n"
			}
			return page{template: "secret", title: "The application's environment", data: secretPage{
				"Copy it now: it holds the application's secret key, which is kept nowhere else.", text, v.Path("developers"),
			}}, nil
		},
	}
}

// portOf is the port that a request was sent to, or "".
func portOf(r *http.Request) string {
	_, port, _ := strings.Cut(r.Host, ":")
	return port
}

// revokeApp stops trusting an application.
func (s *console) revokeApp() action {
	return action{
		admin: true,
		form: func(v *visit) (form, error) {
			if !administersBoth(v) {
				return form{}, errOneMode
			}
			return form{
				Title: "Stop trusting this application?", Submit: "Stop trusting it", Danger: true,
				Intro:  "The server refuses it from the next request on, in both modes. This cannot be undone.",
				Facts:  []fact{{"Application", v.PathValue("id")}},
				Cancel: v.Path("developers"), Back: "Developers",
			}, nil
		},
		do: func(v *visit, _ url.Values) (string, error) {
			if !administersBoth(v) {
				return "", errOneMode
			}
			err := s.apps.Revoke(v.Context(), s.by(v), v.PathValue("id"))
			return after(v.Path("developers"), "app_revoked", ""), err
		},
	}
}
