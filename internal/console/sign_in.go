package console

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/auth"
	"clientele.dev/internal/store"
	"clientele.dev/internal/web"
)

// maxSignIn is how large the form for signing in may be, in bytes.
const maxSignIn = 8 << 10

// sessionCookie is the cookie's name. With TLS, its prefix keeps other hosts from setting it (RFC 6265bis, 4.1.3.2), or
// what came without TLS when it is good for a path alone.
func sessionCookie(r *http.Request) string {
	switch {
	case !web.OverTLS(r):
		return "clientele"
	case web.Root(r) != "":
		return "__Secure-clientele"
	}
	return "__Host-clientele"
}

// token is the secret of a request's session, or "".
func token(r *http.Request) string {
	cookie, err := r.Cookie(sessionCookie(r))
	if err != nil {
		return ""
	}
	return cookie.Value
}

func setCookie(w http.ResponseWriter, r *http.Request, name, value string, lasts time.Duration) {
	seconds := int(lasts.Seconds())
	if value == "" {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: web.Root(r) + "/", MaxAge: seconds, HttpOnly: true,
		Secure:   web.OverTLS(r),
		SameSite: http.SameSiteLaxMode,
	})
}

func (s *console) visitor(r *http.Request) (auth.Visitor, error) {
	return s.auth.Visit(r.Context(), token(r))
}

// start leads to the overview of the mode to begin with: live when there are customers, or else what can be opened.
func (s *console) start(w http.ResponseWriter, r *http.Request) {
	visitor, err := s.visitor(r)
	if err != nil {
		s.fail(w, &visit{Request: r}, err)
		return
	}
	if visitor.Test == nil && visitor.Live == nil {
		http.Redirect(w, r, web.Root(r)+"/sign-in", http.StatusSeeOther)
		return
	}
	mode := clientele.Live
	if visitor.Live == nil {
		mode = clientele.Test
	} else if visitor.Test != nil {
		one := store.Query{Mode: clientele.Live, Window: store.Window{Limit: 1}}
		_, count, err := s.service.Customers.List(r.Context(), one, false)
		if err != nil {
			s.fail(w, &visit{Request: r}, err)
			return
		}
		mode = clientele.Mode(count > 0)
	}
	http.Redirect(w, r, web.Root(r)+"/"+mode.String(), http.StatusSeeOther)
}

// askToSignIn leads whoever has not signed in for a mode to the form, and back afterwards.
func (s *console) askToSignIn(w http.ResponseWriter, r *http.Request, mode clientele.Mode) {
	q := url.Values{"mode": {mode.String()}}
	if r.Method == http.MethodGet {
		q.Set("next", r.URL.RequestURI())
	}
	http.Redirect(w, r, web.Root(r)+"/sign-in?"+q.Encode(), http.StatusSeeOther)
}

// signInForm is what the form for signing in shows.
type signInForm struct {
	Next  string
	Mode  string // that a key is asked for, or ""
	Error string
}

func (s *console) showSignIn(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.writeSignIn(w, r, http.StatusOK, signInForm{Next: q.Get("next"), Mode: q.Get("mode")})
}

func (s *console) writeSignIn(w http.ResponseWriter, r *http.Request, status int, form signInForm) {
	if form.Mode != "test" && form.Mode != "live" {
		form.Mode = ""
	}
	p := page{template: "sign-in", title: "Sign in", data: form, status: status}
	v := &visit{Request: r}
	if err := s.render(w, p, newView(s, v, p)); err != nil {
		s.fail(w, v, err)
	}
}

func (s *console) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxSignIn) // of who has not said yet who they are
	if err := r.ParseForm(); err != nil {
		s.fail(w, &visit{Request: r}, invalid("", "The form could not be read"))
		return
	}
	form := signInForm{Next: r.PostForm.Get("next"), Mode: r.PostForm.Get("mode")}
	from := web.Neighbourhood(r)
	secret, caller, err := s.auth.SignIn(r.Context(), requestID(w), r.PostForm.Get("key"), token(r))
	var refused *clientele.Error
	switch wait := s.refusals.wait(from); {
	case errors.As(err, &refused) && wait > 0: // a good key passes: somebody else nearby may have had the bad ones
		seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
		w.Header().Set("Retry-After", seconds)
		form.Error = "Too many keys that are not good came from your address. Try again in " + seconds + " seconds."
		s.writeSignIn(w, r, http.StatusTooManyRequests, form)
		return
	case errors.As(err, &refused):
		s.refusals.add(from)
		form.Error = sentence(refused.Message)
		s.writeSignIn(w, r, http.StatusUnauthorized, form)
		return
	case err != nil:
		s.fail(w, &visit{Request: r}, err)
		return
	}
	s.refusals.forget(from)
	sayCaller(w, caller.ID)
	setCookie(w, r, sessionCookie(r), secret, auth.SessionLasts)
	to := "/" + caller.Livemode.String()
	if next := form.Next; next == to || strings.HasPrefix(next, to+"/") || strings.HasPrefix(next, to+"?") {
		to = next
	}
	http.Redirect(w, r, web.Root(r)+to, http.StatusSeeOther)
}

func (s *console) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.auth.SignOut(r.Context(), token(r)); err != nil {
		s.fail(w, &visit{Request: r}, err)
		return
	}
	setCookie(w, r, sessionCookie(r), "", 0)
	http.Redirect(w, r, web.Root(r)+"/sign-in", http.StatusSeeOther)
}

// openLink opens the session of a one-time link. A HEAD request, by which programs look at links, does not use it up.
func (s *console) openLink(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return
	}
	secret, good, err := s.auth.OpenLink(r.Context(), requestID(w), r.PathValue("token"))
	if err == nil && !good {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "",
			"This link has been used, or its time is over. Make another with: clientele console link")
	}
	if err != nil {
		s.fail(w, &visit{Request: r}, err)
		return
	}
	setCookie(w, r, sessionCookie(r), secret, auth.SessionLasts)
	http.Redirect(w, r, web.Root(r)+"/", http.StatusSeeOther)
}
