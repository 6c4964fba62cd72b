package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/store"
)

// FuzzSearchQuery shows that no query breaks the search, and that what it finds is what a plain comparison finds.
func FuzzSearchQuery(f *testing.F) {
	for _, q := range []string{
		"ann", `"ann smith"`, `"unclosed`, "email:example", "metadata.plan:gold", `name:"a b" x`, "%", "_", `\`, `"`, "'",
		"王", "👩‍👩‍👧", "a b c", "* OR NEAR(", "name : x", "-", "did:abt:z1", "metadata.:x", "ﬁ", "İ", "email:", "{a b}: c",
		"^a", "a AND b NOT c", "\x00", "\xff", strings.Repeat("x ", 300),
	} {
		f.Add(q)
	}
	db, err := Open(f.Context(), "sqlite:"+f.TempDir()+"/fuzz.db")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	service := billing.New(db)
	if err := service.Seed(f.Context()); err != nil {
		f.Fatal(err)
	}
	var all []clientele.Customer
	for i, name := range []string{
		"Ann Smith", "José Łukasz", "王伟", "a%b_c\\d\"e'f", "👩‍👩‍👧 Family", "İpek Ğ", "-- ; DROP", "* OR NEAR(", "{a b}: c",
		"x",
	} {
		fields := map[string]any{
			"name": name, "email": fmt.Sprintf("p%d@example.com", i), "metadata": map[string]string{"plan": "Gold " + name},
		}
		raw := billing.Fields{}
		for key, value := range fields {
			if raw[key], err = json.Marshal(value); err != nil {
				f.Fatal(err)
			}
		}
		doc, err := service.Customers.Create(f.Context(), billing.Call{Actor: "fuzz"}, raw)
		if err != nil {
			f.Fatal(err)
		}
		var c clientele.Customer
		if err := json.Unmarshal(doc.JSON, &c); err != nil {
			f.Fatal(err)
		}
		all = append(all, c)
	}
	f.Fuzz(func(t *testing.T, query string) {
		docs, count, err := service.Customers.Search(t.Context(), billing.Search{Query: query, Limit: 100, Plain: true})
		var refused *clientele.Error
		if errors.As(err, &refused) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		search, _ := billing.ParseSearch(query)
		want := 0
		for i := range all {
			byPhone := search.Phone != "" && strings.Contains(store.SearchTexts(textsOf(&all[i]))[2], search.Phone)
			if matches(&all[i], search.Terms) && (byPhone || matches(&all[i], search.PhoneTerms)) {
				want++
			}
		}
		if len(docs) != want || count != int64(want) {
			t.Errorf("%q finds %d and counts %d, want %d", query, len(docs), count, want)
		}
	})
}

// matches compares as search should, one field at a time.
func matches(c *clientele.Customer, terms []store.Term) bool {
	texts := store.SearchTexts(textsOf(c))
	for _, term := range terms {
		found := false
		if term.Key != "" {
			found = strings.Contains(fold.Text(c.Metadata.String(term.Key)), term.Text) && c.Metadata[term.Key] != nil
		} else {
			for i, column := range textColumns {
				if isOf(column, term.Field) {
					found = found || strings.Contains(texts[i], term.Text) || term.Or != "" && strings.Contains(texts[i], term.Or)
				}
			}
		}
		if !found {
			return false
		}
	}
	return true
}

func textsOf(c *clientele.Customer) []string {
	return []string{c.Name, c.Email, c.Phone, c.DID, c.ID, c.ExternalID}
}
