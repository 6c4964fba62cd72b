package console_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"
	"time"

	"clientele.dev"
	"clientele.dev/client"
	"clientele.dev/internal/apptest"
)

// portal makes a link for a customer and opens it in a browser of their own.
func portal(t *testing.T, s *apptest.Server, customer string) *browser {
	t.Helper()
	made, err := s.Test().PortalSessions.Create(t.Context(), clientele.PortalParams{CustomerID: customer})
	if err != nil {
		t.Fatal(err)
	}
	if !made.ExpiresAt.Equal(s.Now().Add(time.Hour)) || made.CustomerID != customer ||
		!strings.HasPrefix(made.URL, s.URL) {
		t.Errorf("made %+v", made)
	}
	b := newBrowser(t, s)
	b.get(strings.TrimPrefix(made.URL, s.URL)).leads("/customer")
	return b
}

func TestPortalShowsOneCustomerAlone(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	operator := signedIn(t, s, s.TestKey)
	ada, eve := operator.newCustomer("Ada"), operator.newCustomer("Eve")
	own, other := operator.newInvoice(ada, "12.34"), operator.newInvoice(eve, "99")
	id := func(path string) string { return path[strings.LastIndex(path, "/")+1:] }
	if _, err := s.Test().Customers.Update(t.Context(), id(ada), clientele.CustomerParams{
		Description: new("a note for us alone"),
	}); err != nil {
		t.Fatal(err)
	}
	draft := operator.fill("/test/invoices/new?customer="+id(ada), map[string]string{
		"currency_id": usd(t, s).ID, "lines[0].description": "Secret plan", "lines[0].unit_amount": "1",
	}).made()

	b := portal(t, s, id(ada))
	seen := b.get("/customer").want(200, "$12.34", "1–1 of 1")
	b.get("/customer/invoice/"+id(own)).want(200, "$12.34", "Work")
	if pdf := b.get("/customer/invoice/" + id(own) + "/pdf").want(200); !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Error("the PDF is none")
	}
	statement := b.get("/customer/statement").want(200, "Closing balance", "$12.34")
	printed := b.get("/customer/statement/page").want(200, "$12.34")
	b.get("/customer/statement/pdf").want(200)
	file := b.get("/customer/statement.csv").want(200, "\ufeffcurrency_id,", ",12.34,")
	if strings.Contains(file.body, "99.00") {
		t.Errorf("a statement as a file has what is another's: %s", file.body)
	}
	late := b.get("/customer/invoice/past-due").want(200, "Nothing is.")
	for _, path := range []string{id(other), id(draft), id(other) + "/pdf", id(draft) + "/page", "in_none"} {
		b.get("/customer/invoice/" + path).want(404)
	}
	for _, path := range []string{"/test", ada, own, "/test/customers/" + id(ada) + "/edit"} {
		if got := b.get(path); got.status != 303 {
			t.Errorf("%s answers a customer %d", path, got.status)
		}
	}
	details := b.get("/customer/details").want(200, `value="Ada"`)
	onPaper := b.get("/customer/invoice/"+id(own)+"/page").want(200, "$12.34")
	for _, page := range []answer{seen, details, statement, printed, late, onPaper} {
		// Nothing of Eve's is there, nor in any sum: she owes 99.00, and both together 111.34.
		for _, hidden := range []string{
			"a note for us", "Secret plan", "Eve", "external_id", "99.00", "111.34", id(other), id(eve), id(draft),
		} {
			if strings.Contains(page.body, hidden) {
				t.Errorf("the customer sees %q", hidden)
			}
		}
	}
	form := b.form("/customer/details", map[string]string{
		"email": "ada@example.com", "description": "mine", "external_id": "mine", "currency_id": "mine",
	})
	b.post("/customer/details", form).leads("/customer?done=saved&of=")
	c, err := s.Test().Customers.Retrieve(t.Context(), id(ada))
	if err != nil || c.Email != "ada@example.com" || c.Description != "a note for us alone" || c.ExternalID != "" {
		t.Errorf("%+v, %v", c, err)
	}
	operator.get(ada).want(200, "by the customer")

	nobody := clientele.PortalParams{CustomerID: "cus_nobody"}
	if _, err := s.Test().PortalSessions.Create(t.Context(), nobody); err == nil {
		t.Error("a portal was made for nobody")
	}
	if _, err := s.Live().PortalSessions.Create(t.Context(), clientele.PortalParams{CustomerID: id(ada)}); err == nil {
		t.Error("a portal was made in the other mode")
	}
	s.Advance(time.Hour)
	b.get("/customer").want(401, "no longer good")
	newBrowser(t, s).get("/portal/nothing").want(401)
}

// The links that the vendor's components make lead a customer who has a session, and nobody else, to the invoice.
func TestLinksOfTheVendor(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	operator := signedIn(t, s, s.TestKey)
	ada := operator.newCustomer("Ada")
	own := operator.newInvoice(ada, "12.34")
	s.Advance(40 * 24 * time.Hour)
	id := strings.TrimPrefix(own, "/test/invoices/")
	newBrowser(t, s).get("/customer/invoice/"+id).want(401, "ask whoever sent it")
	operator.post("/sign-in", url.Values{"key": {s.TestKey}}).want(303)
	operator.get("/customer/invoice/" + id).want(401)
	b := portal(t, s, strings.TrimPrefix(ada, "/test/customers/"))
	b.get("/customer/invoice/"+id).want(200, "days past due")
	b.get("/customer/invoice/past-due").want(200, "$12.34")
	made := operator.fill(ada+"/portal", nil).want(200, "good for an hour", s.URL+"/portal/")
	link := made.body[strings.Index(made.body, "/portal/"):]
	c := newBrowser(t, s)
	c.get(link[:strings.IndexByte(link, '<')]).leads("/customer")
	c.get("/customer").want(200, "$12.34")
	if _, err := s.Test().Invoices.Pay(t.Context(), id, clientele.Receipt{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Test().Customers.Delete(t.Context(), strings.TrimPrefix(ada, "/test/customers/")); err != nil {
		t.Fatal(err)
	}
	c.get("/customer").want(401)
}

func TestAccountIsPrinted(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	ctx := t.Context()
	if _, err := s.Test().Settings.UpdateAccount(ctx, clientele.AccountParams{
		Name: new("Analytical Engines"), Address: &clientele.Address{Country: "gb"}, Footer: new("Registered in London"),
	}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Test().Settings.UpdateAccount(ctx, clientele.AccountParams{TaxID: new("GB 123")})
	if err != nil || got.Name != "Analytical Engines" || got.TaxID != "GB 123" || got.Address.Country != "GB" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := s.Test().Settings.UpdateAccount(ctx, clientele.AccountParams{Email: new("nobody")}); err == nil {
		t.Error("an email address that is none was kept")
	}
	if again, err := s.Test().Settings.Account(ctx); err != nil || *again != *got {
		t.Errorf("%+v, %v", again, err)
	}
	b := signedIn(t, s, s.TestKey)
	customer := b.newCustomer("Ada")
	b.get(b.newInvoice(customer, "1")+"/page").want(200, "Registered in London", "GB 123")
	id := strings.TrimPrefix(customer, "/test/customers/")
	page, err := s.Test().Customers.StatementHTML(ctx, id, clientele.StatementPrintParams{})
	if err != nil || !strings.Contains(string(page), "Registered in London") {
		t.Errorf("%v: %s", err, page)
	}
	pdf, err := s.Test().Customers.StatementPDF(ctx, id, clientele.StatementPrintParams{})
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("%v: %.20s", err, pdf)
	}
}

// pngOf is a picture of a size.
func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	picture.Set(0, 0, color.NRGBA{R: 200, A: 128})
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func dataURL(kind string, content []byte) *string {
	return new("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(content))
}

func TestLogoIsPrinted(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	ctx := t.Context()
	small := pngOf(t, 20, 10)
	for name, bad := range map[string]*string{
		"no picture": new("https://evil.example/logo.png"), "a script": new("data:text/html;base64,PHNjcmlwdD4="),
		"another kind": dataURL("jpeg", small), "SVG": dataURL("svg+xml", []byte("<svg onload=alert(1)>")),
		"cut short": dataURL("png", small[:40]), "too wide": dataURL("png", pngOf(t, 1001, 1)),
		"too large": dataURL("png", bytes.Repeat([]byte{0}, 70_000)), "no base64": new("data:image/png;base64,%%%"),
	} {
		_, err := s.Test().Settings.UpdateAccount(ctx, clientele.AccountParams{Logo: bad})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.StatusCode != 400 || e.Field != "logo" {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := signedIn(t, s, s.TestKey)
	upload := func(content []byte, values map[string]string) answer {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for name, sent := range b.form("/test/settings", values) {
			if name != "business.logo" {
				if err := form.WriteField(name, sent[0]); err != nil {
					t.Fatal(err)
				}
			}
		}
		part, err := form.CreateFormFile("business.logo", "logo.png")
		if err == nil {
			_, err = part.Write(content)
		}
		if err = errors.Join(err, form.Close()); err != nil {
			t.Fatal(err)
		}
		b.media = form.FormDataContentType()
		defer func() { b.media = "" }()
		return b.do("POST", "/test/settings", &body)
	}
	upload([]byte("GIF89a"), nil).want(400, "Logo must be a data: URL of a PNG or JPEG")
	upload(small, map[string]string{"business.name": "Analytical Engines"}).want(303)
	b.get("/test/settings").want(200, *dataURL("png", small), `value="Analytical Engines"`)
	invoice := b.newInvoice(b.newCustomer("Ada"), "1")
	b.get(invoice+"/page").want(200, `<img class="logo" src="`+*dataURL("png", small))
	if pdf := b.get(invoice + "/pdf").want(200); !strings.Contains(pdf.body, "/Subtype/Image/Width 20/Height 10") {
		t.Error("the PDF has no picture")
	}
	upload(nil, map[string]string{"business.name": "Engines"}).want(303)        // no file keeps the one there is
	b.get(invoice+"/page").want(200, `<img class="logo"`, "Analytical Engines") // as it was issued
	b.get(b.newInvoice(b.newCustomer("Bo"), "1")+"/page").want(200, `<img class="logo"`, ">Engines<")
	upload(nil, map[string]string{"no_logo": "true"}).want(303)
	b.get(invoice+"/page").want(200, `<img class="logo"`)
	later := b.newInvoice(b.newCustomer("Cy"), "1")
	if page := b.get(later + "/page").want(200); strings.Contains(page.body, "<img") {
		t.Error("the logo that was taken away is printed")
	}
}

// TestCustomersStaySomebody lets a customer drop the name or the email address, and not both.
func TestCustomersStaySomebody(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	ada := signedIn(t, s, s.TestKey).newCustomer("Ada")
	b := portal(t, s, strings.TrimPrefix(ada, "/test/customers/"))
	b.fill("/customer/details", map[string]string{"name": " ", "email": ""}).want(400, "Leave a name")
	b.fill("/customer/details", map[string]string{"name": "", "email": "ada@example.com"}).want(303)
	b.fill("/customer/details", map[string]string{"name": "", "email": ""}).want(400)
	b.get("/customer/details").want(200, "ada@example.com")
}

// TestLinksToThePortalEnd ends links from three sides: the customer signs out, the API ends one, and the console all.
func TestLinksToThePortalEnd(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	operator := signedIn(t, s, s.TestKey)
	ada := operator.newCustomer("Ada")
	customer := strings.TrimPrefix(ada, "/test/customers/")
	first, err := s.Test().PortalSessions.Create(t.Context(), clientele.PortalParams{CustomerID: customer})
	if err != nil {
		t.Fatal(err)
	}
	b := newBrowser(t, s)
	b.get(strings.TrimPrefix(first.URL, s.URL)).want(303)
	b.get("/customer").want(200, "Sign out")
	b.post("/customer/sign-out", nil).want(200, "Signed out")
	b.get("/customer").want(401)
	newBrowser(t, s).get(strings.TrimPrefix(first.URL, s.URL)).want(401) // nor does the link open it again
	b.post("/customer/sign-out", nil).want(200)                          // who has no link is signed out

	link, err := s.Test().PortalSessions.Create(t.Context(), clientele.PortalParams{CustomerID: customer})
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link.URL, s.URL)
	newBrowser(t, s).get(path).want(303)
	if _, err := s.Live().PortalSessions.End(t.Context(), link.ID); err == nil {
		t.Error("the other mode ended it")
	}
	ended, err := s.Test().PortalSessions.End(t.Context(), link.ID)
	if err != nil || ended.CustomerID != customer || ended.URL != "" || ended.ID != link.ID {
		t.Errorf("%+v, %v", ended, err)
	}
	newBrowser(t, s).get(path).want(401)
	for _, id := range []string{link.ID, "ps_", "ps_00", "x", strings.Repeat("0", 64)} {
		if _, err := s.Test().PortalSessions.End(t.Context(), id); err == nil {
			t.Errorf("ended %q, which is not open", id)
		}
	}

	others := []*browser{portal(t, s, customer), portal(t, s, customer)}
	stranger := portal(t, s, strings.TrimPrefix(operator.newCustomer("Eve"), "/test/customers/"))
	operator.get(ada).want(200, "End their links (2)")
	operator.get(ada+"/close").want(200, "Made 2026", "good until")
	operator.fill(ada+"/close", nil).want(303)
	for _, b := range others {
		b.get("/customer").want(401)
	}
	stranger.get("/customer").want(200)
	if page := operator.get(ada).want(200); strings.Contains(page.body, "End their links") {
		t.Error("links are to be ended that are not there")
	}
}
