package api

import (
	"regexp"
	"strings"
	"testing"

	"clientele.dev/internal/apidoc"
)

// TestDocsPage holds the page to show every route and to need nothing from anywhere else.
func TestDocsPage(t *testing.T) {
	t.Parallel()
	html, err := apidoc.Page("")
	if err != nil {
		t.Fatal(err)
	}
	page := string(html)
	for _, r := range new(API).routes() {
		method, path, _ := strings.Cut(strings.TrimSuffix(r.pattern, "{$}"), " ")
		if !strings.Contains(page, `<span class="method `+method+`">`+method+`</span> `+path+"</a>") {
			t.Errorf("the page does not show %s", r.pattern)
		}
		if !strings.Contains(page, `<article id="`+operationID(r)+`">`) {
			t.Errorf("the page has no place for %s", operationID(r))
		}
	}
	if m := regexp.MustCompile(`(?i)<script|@import|url\(|(src|href)="?(https?:)?//`).FindString(page); m != "" {
		t.Errorf("the page needs something beside itself: %s", m)
	}
	targets := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if targets[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		targets[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !targets[m[1]] {
			t.Errorf("a link leads to %s, which is nowhere", m[1])
		}
	}
}
