package api

import (
	"regexp"
	"strings"
	"testing"

	"clientele.dev/internal/apidoc"
)

// TestDocsPages holds the pages to show every route, and to need nothing from anywhere else.
func TestDocsPages(t *testing.T) {
	t.Parallel()
	sections, err := apidoc.Sections()
	if err != nil {
		t.Fatal(err)
	}
	pages, targets := map[string]string{}, map[string]bool{}
	for _, section := range sections {
		html, err := apidoc.Page("", section)
		if err != nil || len(html) == 0 {
			t.Fatalf("%s: %d bytes, %v", section, len(html), err)
		}
		pages[section] = string(html)
		targets["?section="+section] = true
		for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(pages[section], -1) {
			if target := "?section=" + section + "#" + m[1]; targets[target] {
				t.Errorf("%s stands twice", target)
			} else {
				targets[target] = true
			}
		}
	}
	search, err := apidoc.Search("", "customer")
	if err != nil {
		t.Fatal(err)
	}
	pages["search"] = string(search)
	for section, page := range pages {
		if m := regexp.MustCompile(`(?i)<script|@import|url\(|(src|href)="?(https?:)?//`).FindString(page); m != "" {
			t.Errorf("%s needs something beside itself: %s", section, m)
		}
		for _, m := range regexp.MustCompile(`href="([#?][^"]*)"`).FindAllStringSubmatch(page, -1) {
			target := strings.ReplaceAll(m[1], "&#43;", "+")
			if strings.HasPrefix(target, "#") {
				target = "?section=" + section + target
			}
			if target != "?" && !targets[target] && m[1] != "#main" {
				t.Errorf("a link of %s leads to %s, which is nowhere", section, m[1])
			}
		}
	}
	for _, r := range table() {
		method, path, _ := strings.Cut(strings.TrimSuffix(r.pattern, "{$}"), " ")
		page := pages[strings.ToLower(strings.ReplaceAll(r.group, " ", "-"))]
		if !strings.Contains(page, `<span class="method `+method+`">`+method+`</span> `+path+"</a>") {
			t.Errorf("no page shows %s", r.pattern)
		}
		if !strings.Contains(page, `<article id="`+r.id+`">`) {
			t.Errorf("no page has a place for %s", r.id)
		}
	}
}
