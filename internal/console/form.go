package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/locale"
	"clientele.dev/internal/store"
	"clientele.dev/internal/web"
	"clientele.dev/internal/wire"
)

// maxForm is how large a form may be, in bytes.
const maxForm = 1 << 20

// action is something that can be done: a form that says what it will do, and the doing.
type action struct {
	// form is what is shown first. The names of its fields are those of the API, so that its errors find their fields.
	form func(*visit) (form, error)
	// admin says that only who may make keys may do it.
	admin bool
	// visible says that who can only read sees the form, without being able to send it.
	visible bool
	// before, unless it is nil, can answer with a page to choose something on, first.
	before func(*visit) (page, bool, error)
	// preview, unless it is nil, says what would come of it.
	preview func(*visit, url.Values) ([]fact, error)
	// do does it and answers where to go then.
	do func(*visit, url.Values) (goTo string, err error)
	// answer, unless it is nil, does it in place of do and answers with a page: a secret that is shown once.
	answer func(*visit, url.Values) (page, error)
}

// form is what a person fills in, or only agrees to.
type form struct {
	Title    string
	Intro    string
	Facts    []fact // what it will do, in numbers
	Fields   []field
	Submit   string
	ReadOnly bool
	Danger   bool   // whether it takes something away
	Cancel   string // the page to go back to
	Back     string // what that page is called
	Error    string // about no field
	// Preview, when it is not "", is the button that shows what would come of it before it is done.
	Preview   string
	Previewed []fact // what would come of it
	More      string // the button that shows more fields
	// Version is that of the object which is changed; 0 when it does not matter.
	Version int64
	// Once recognises the form when it is sent twice.
	Once string
}

// fact is a label and what it says.
type fact struct{ Label, Value string }

// field is one thing to fill in.
type field struct {
	Name, Label, Hint string
	Type              string // of the input; text when "", or select, textarea, checkbox, hidden
	Value, Error      string
	Options           []option
	Required          bool
	Group             string // starts a group of fields
	Plain             bool   // whether it goes without saying that it is optional
	Narrow            bool   // whether it takes half of the width
	Min, Max          string // of a date
	Autocomplete      string
	Accept            string       // the kinds of files
	Picture           template.URL // that there is already
	Means             []option     // what was typed can mean, to choose from
	Current           string       // what another editor has made of it
	Shown             string       // its value when the form was shown
	SendsShown        bool         // whether Shown is sent along, to be compared
}

type option struct{ Value, Label string }

var errNoAdmin = clientele.Errorf(clientele.ErrorCodeForbidden, "",
	"Keys and applications outlive the session that makes them, and closing the books binds everybody. Sign in with a "+
		"key of scope admin, or by a link of clientele console link, for that")

var errReadOnly = clientele.Errorf(clientele.ErrorCodeForbidden, "",
	"The API key that you signed in with can only read. Sign in with one that can write to change anything")

// allowed says why a visitor may not do it.
func (a action) allowed(v *visit) error {
	switch {
	case !v.Caller.Scope.Writes():
		return errReadOnly
	case a.admin && !v.Caller.Scope.Administers():
		return errNoAdmin
	}
	return nil
}

// show shows the form.
func (a action) show(v *visit) (page, error) {
	if err := a.allowed(v); err != nil && !a.visible {
		return page{}, err
	}
	if a.before != nil {
		if p, chosen, err := a.before(v); err != nil || chosen {
			return p, err
		}
	}
	f, err := a.form(v)
	f.Once, f.ReadOnly = rand.Text(), !v.Caller.Scope.Writes()
	f.remember()
	return page{template: "form", title: f.Title, data: f}, err
}

// send does what the form says, or shows it again with what is wrong.
func (a action) send(v *visit) (page, error) {
	if err := a.allowed(v); err != nil {
		return page{}, err
	}
	if err := v.parseForm(); err != nil {
		wire.ReadAway(v.answer, v.Request, v.whole)
		return page{}, invalid("", "The form could not be read: it may be too large")
	}
	var done page
	var err error
	var previewed []fact
	switch {
	case v.PostForm.Get("more") != "":
		return a.showForm(v, http.StatusOK, nil, nil)
	case v.PostForm.Get("preview") != "" && a.preview != nil:
		if previewed, err = a.preview(v, v.PostForm); err == nil {
			return a.showForm(v, http.StatusOK, previewed, nil)
		}
	case a.answer != nil:
		done, err = a.answer(v, v.PostForm)
	default:
		done.goTo, err = a.do(v, v.PostForm)
	}
	var refused *clientele.Error
	if !errors.As(err, &refused) || refused.Code == clientele.ErrorCodeNotFound && refused.Field == "" {
		return done, err
	}
	return a.showForm(v, web.Statuses[refused.Code], nil, refused)
}

// parseForm reads what was sent, a file too.
func (v *visit) parseForm() error {
	if strings.HasPrefix(v.Header.Get("Content-Type"), "multipart/form-data") {
		return v.ParseMultipartForm(maxForm)
	}
	return v.ParseForm()
}

// fileSent is a file of a form as a data: URL (RFC 2397) of the kind that its first bytes say; "" when there is none.
func (v *visit) fileSent(name string) (string, error) {
	if v.MultipartForm == nil || len(v.MultipartForm.File[name]) == 0 {
		return "", nil
	}
	content, err := contentOf(v.MultipartForm.File[name][0])
	if err != nil || len(content) == 0 {
		return "", err
	}
	return "data:" + http.DetectContentType(content) + ";base64," + base64.StdEncoding.EncodeToString(content), nil
}

// contentOf reads a file that was sent.
func contentOf(sent *multipart.FileHeader) ([]byte, error) {
	file, err := sent.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return io.ReadAll(file)
}

// Files says whether the form takes a file.
func (f form) Files() bool {
	return slices.ContainsFunc(f.Fields, func(field field) bool { return field.Type == "file" })
}

// showForm shows a form as it was sent, with what would come of it or what is wrong.
func (a action) showForm(v *visit, status int, previewed []fact, refused *clientele.Error) (page, error) {
	f, err := a.form(v)
	if err != nil {
		return page{}, err
	}
	f.Previewed = previewed
	f.remember()
	f.fill(v.PostForm)
	f.Once = v.PostForm.Get("once")
	if refused != nil {
		f.refuse(refused)
		for i := range f.Fields {
			f.Fields[i].Means = v.readings[f.Fields[i].Name]
		}
		if refused.Code != clientele.ErrorCodeInvalid { // whose answer is kept
			f.Once = rand.Text()
		}
	}
	return page{template: "form", title: f.Title, data: f, status: status}, nil
}

// remember keeps what the fields of an object were when the form was shown, so that a conflict can be told.
func (f *form) remember() {
	for i := range f.Fields {
		f.Fields[i].Shown, f.Fields[i].SendsShown = f.Fields[i].Value, f.Version != 0 && f.Fields[i].Type != "file"
	}
}

// fill puts what was sent into the fields. When somebody else has changed the object meanwhile, fields that the sender
// left alone have what that one wrote, and beside those that both changed it is shown.
func (f *form) fill(sent url.Values) {
	conflict := f.Version != 0 && sent.Get("version") != strconv.FormatInt(f.Version, 10)
	for i := range f.Fields {
		field := &f.Fields[i]
		typed, was := sent.Get(field.Name), sent.Get("was."+field.Name)
		switch {
		case !conflict || !field.SendsShown:
			field.Value = typed
		case typed == was: // it was left alone
		case field.Value == was || field.Value == typed:
			field.Value = typed
		default:
			field.Current, field.Value = first(field.Value, "—"), typed
		}
	}
}

// refuse puts each error beside its field.
func (f *form) refuse(e *clientele.Error) {
	errs := e.Errors
	if errs == nil {
		errs = []clientele.FieldError{{Field: e.Field, Message: e.Message}}
	}
	var others []string
	for _, one := range errs {
		i := slices.IndexFunc(f.Fields, func(field field) bool { return field.Name == one.Field && field.Type != "hidden" })
		if i < 0 {
			others = append(others, sentence(one.Message))
			continue
		}
		f.Fields[i].Error = sentence(f.inWords(one.Message))
	}
	if e.Code == clientele.ErrorCodePreconditionFailed {
		others = []string{"Somebody else has changed this meanwhile. What you typed is kept below; where they changed " +
			"the same, theirs stands beside. Send the form again to save yours."}
	}
	f.Error = strings.Join(others, " ")
}

// inWords calls fields by their labels: messages of the service have their names.
func (f *form) inWords(message string) string {
	for _, field := range f.Fields {
		if rest, ok := strings.CutPrefix(message, field.Name+" "); ok {
			return field.Label + " " + rest
		}
	}
	return message
}

// call is how the service is asked for what a form says: twice the same form is once.
func (v *visit) call() billing.Call {
	call := billing.Call{Livemode: v.Mode, Actor: v.Caller.ID, RequestID: v.id}
	if once := v.PostForm.Get("once"); once != "" {
		call.Repeat = billing.Repeat{
			Key: "console:" + once, Fingerprint: sha256.Sum256([]byte(v.URL.Path + "?" + v.PostForm.Encode())),
		}
	}
	if version, err := strconv.ParseInt(v.PostForm.Get("version"), 10, 64); err == nil && version > 0 {
		call.IfMatch = []int64{version}
	}
	return call
}

// done is what was done before a page, and the form that takes it back.
type done struct{ Text, Undo, Path string }

// after is a page's path once something was done to the object with an id, by the name of what was done.
func after(path, what, id string) string {
	return path + "?" + url.Values{"done": {what}, "of": {id}}.Encode()
}

// outcome is what a page says was done, and where the form is that takes it back: the section of the object and the
// name of the action.
type outcome struct{ text, undo, section, action string }

var outcomes = map[string]outcome{
	"saved":   {text: "Saved."},
	"closed":  {text: "The books are closed."},
	"created": {text: "Created."},
	"credit":  {text: "The credit was changed."},

	"finalized":     {text: "The invoice was finalized: it has its number and is owed."},
	"voided":        {text: "The invoice was voided."},
	"given_up":      {"The invoice was marked uncollectible.", "Open it again", "invoices", "reopen"},
	"written_off":   {"What was left was written off.", "Undo it", "invoices", "reopen"},
	"reopened":      {text: "The invoice is open again."},
	"draft_deleted": {text: "The draft was deleted."},
	"released":      {text: "The hold was ended."},
	"credited":      {text: "The credit note was issued."},
	"credit_used":   {text: "The credit was used."},
	"held":          {"The invoice is held.", "End the hold", "invoices", "release"},

	"paid":           {"The payment was recorded.", "Reverse it", "payments", "reverse"},
	"allocated":      {"The payment was applied.", "Take it back", "payments", "unallocate"},
	"unallocated":    {"The invoices are owed again.", "Apply it again", "payments", "allocate"},
	"reversed":       {text: "The payment was reversed: what it paid is owed again."},
	"refunded":       {text: "The refund was recorded."},
	"reopened_books": {text: "The books are open again."},
	"made_credit":    {text: "What was left is the customer's credit now."},

	"links_ended": {text: "The links to their account are ended."},

	"key_revoked":      {text: "The key was revoked."},
	"app_revoked":      {text: "The application is no longer trusted."},
	"customer_deleted": {"The customer was deleted.", "Bring them back", "customers", "restore"},
}

// plainID is what an id can be that is taken from an address.
var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

func doneIn(v *visit) done {
	outcome, known := outcomes[v.URL.Query().Get("done")]
	if !known {
		return done{}
	}
	d := done{Text: outcome.text}
	id, may := v.URL.Query().Get("of"), v.Caller.Scope.Writes() && v.customer == nil
	if outcome.undo != "" && may && plainID.MatchString(id) {
		d.Undo, d.Path = outcome.undo, v.Path(outcome.section, id, outcome.action)
	}
	return d
}

// invalid is the error about a field.
func invalid(field, format string, args ...any) error {
	return clientele.Errorf(clientele.ErrorCodeInvalid, field, format, args...)
}

// amountIn reads an amount that was typed as the settings' locale writes it, in the currency's main unit and exactly:
// 12,50 of EUR in German is 1250. No text is nil. What the locale would not write so is asked about: the form has what
// it could mean, to choose from.
func (v *visit) amountIn(name, text string, c clientele.PaymentCurrency) (*clientele.Amount, error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	text = v.chosen(name, text)
	a, readings, ok := locale.ReadAmount(v.settings.Locale, c, text)
	switch {
	case ok:
		return &a, nil
	case len(readings) == 0:
		return nil, invalid(name, "write digits as in %s, with %d decimals at most",
			locale.PlainAmount(v.settings.Locale, c, clientele.NewAmount(c.ID, 123456)), c.Decimal)
	}
	for _, reading := range readings {
		plain := locale.PlainAmount(v.settings.Locale, c, reading)
		v.readings[name] = append(v.readings[name], option{text + meaning + plain, v.money(reading)})
	}
	return nil, invalid(name, "%q is not how numbers are written here: choose what it means", text)
}

// means ends the name of the field in which the sender chose what a typed text means; meaning stands between the two.
const (
	means   = ".means"
	meaning = " = "
)

// chosen is what the sender chose that a typed text means, or the text itself.
func (v *visit) chosen(name, text string) string {
	typed, chosen, found := strings.Cut(v.PostForm.Get(name+means), meaning)
	if found && typed == text { // nothing else was typed meanwhile
		return chosen
	}
	return text
}

// wholeIn reads a whole number that was typed as the settings' locale writes it.
func (v *visit) wholeIn(name, text string) (int64, error) {
	a, err := v.amountIn(name, text, clientele.PaymentCurrency{})
	switch {
	case err != nil && v.readings[name] == nil:
		return 0, invalid(name, "write a whole number")
	case err != nil || a == nil:
		return 0, err
	}
	n, err := strconv.ParseInt(a.String(), 10, 64)
	if err != nil {
		err = invalid(name, "write a smaller number")
	}
	return n, err
}

// plain is an amount as [visit.amountIn] reads it.
func (v *visit) plain(a clientele.Amount) string {
	return locale.PlainAmount(v.settings.Locale, v.currency(a.Currency()), a)
}

// pageOf is which page of a list is asked for, from 1.
func pageOf(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get("page"), 10, 64)
	if err != nil || n < 1 || n > 1<<40 {
		return 1
	}
	return n
}

// perPage is how many rows a list shows at once.
const perPage = 25

func window(page int64) store.Window {
	return store.PageWindow(page, perPage)
}

// renamed is an error whose fields have the names that they have in a form, by how they begin in the API.
func renamed(err error, names map[string]string) error {
	var e *clientele.Error
	if !errors.As(err, &e) {
		return err
	}
	rename := func(field string) string {
		for from, to := range names {
			if rest, ok := strings.CutPrefix(field, from); ok {
				if strings.HasSuffix(to, ".") {
					return to + rest
				}
				return to
			}
		}
		return field
	}
	copied := *e
	copied.Field, copied.Errors = rename(e.Field), slices.Clone(e.Errors)
	for i := range copied.Errors {
		copied.Errors[i].Field = rename(copied.Errors[i].Field)
	}
	return &copied
}

// dateField asks from which day on the books count what a form does: today unless it is changed.
func dateField(v *visit, label string) field {
	f := field{Name: "date", Label: label, Type: "date", Narrow: true, Value: v.today.String(), Plain: true}
	f.Hint = "The books count it from this day on."
	f.limitToOpen(v)
	return f
}

// limitToOpen lets a field take days that are not closed, and says so.
func (f *field) limitToOpen(v *visit) {
	if v.closed != 0 {
		f.Min = (v.closed + 1).String()
		f.Hint = strings.TrimSpace(f.Hint + " Closed through " + v.closed.String() + ".")
	}
}

// dateSent is the day that a form says; nil when it says none.
func dateSent(sent url.Values) (*clientele.Day, error) {
	day, err := dayIn("date", sent.Get("date"))
	if err != nil || day == 0 {
		return nil, err
	}
	return &day, nil
}

// dayIn reads a day that was typed; 0 when there is none.
func dayIn(name, text string) (clientele.Day, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	day, err := clientele.ParseDay(text)
	if err != nil || day <= 0 {
		return 0, invalid(name, "write a day as 2026-01-31")
	}
	return day, nil
}
