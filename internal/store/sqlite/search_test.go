package sqlite

import (
	"fmt"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

// TestBothWaysOfRanking shows that few matches, ranked one by one, and many, ranked by the index, come in one order.
func TestBothWaysOfRanking(t *testing.T) {
	t.Parallel()
	s := open(t)
	service := billing.New(s)
	if err := service.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	names := []string{
		"Jo", "jo", "Ann", "ANN", "Anna", "Anna Jo", "Joanna", "Ann Smith", "Smith Ann", "Ann Smithson", "J", "王伟",
		"王", "x", "Xueue",
	}
	emails := []string{"", "ann@example.com", "jo@ann.example", "smith@example.com"}
	for i := range 150 {
		fields := billing.Fields{
			"name":  jsontext.Value(fmt.Sprintf("%q", names[i%len(names)])),
			"email": jsontext.Value(fmt.Sprintf("%q", emails[i%len(emails)])),
		}
		if _, err := service.Customers.Create(t.Context(), billing.Call{Actor: "test"}, fields); err != nil {
			t.Fatal(err)
		}
	}
	for _, query := range []string{
		"ann", "jo", "j", "王", "王伟", "smith ann", "ann smith", `"ann smith"`, "name:ann", "email:ann", "ann jo", "a j", "x",
		"an jo", "üü",
	} {
		search, err := billing.ParseSearch(query)
		if err != nil {
			t.Fatal(err)
		}
		err = s.View(t.Context(), func(view store.Tx) error {
			tx := view.(*tx)
			all, err := tx.tierPage(false, everything(search), 1000, 0) // short words are read
			if err != nil {
				return err
			}
			everything, err := tx.lookUpPieces(false, everything(search))
			if err != nil {
				return err
			}
			oneByOne, err := tx.ranked(all, *search.Whole)
			if err != nil {
				return err
			}
			if len(oneByOne) == 0 {
				t.Errorf("%q matches nothing", query)
			}
			for _, size := range []int64{1, 7, 100, 1000} {
				var byIndex []int64
				for search.Limit, search.Offset = size, 0; search.Offset < int64(len(all)); search.Offset += size {
					page, err := tx.searchPage(search, everything)
					if err != nil {
						return err
					}
					byIndex = append(byIndex, page...)
				}
				if !slices.Equal(byIndex, oneByOne) {
					t.Errorf("%q in pages of %d: %d matches by the index are not the %d one by one", query, size,
						len(byIndex), len(oneByOne))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
