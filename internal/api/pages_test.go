package api_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"clientele.dev"
)

// crowd makes n customers, several a millisecond, and returns their ids, the newest first.
func crowd(t *testing.T, s *server, n int) []string {
	t.Helper()
	var wg sync.WaitGroup
	made := make(chan string, n)
	for range 10 {
		for range 16 {
			wg.Go(func() {
				for range n / 160 {
					made <- s.post(t, `{"metadata":{"crowd":"`+fmt.Sprint(len(made)%3)+`"}}`).ID
				}
			})
		}
		wg.Wait()
		s.Advance(time.Millisecond)
	}
	close(made)
	var ids []string
	for id := range made {
		ids = append(ids, id)
	}
	slices.Sort(ids) // ids are in time order
	slices.Reverse(ids)
	return ids
}

// idsOn are the ids on a page.
func idsOn(t testing.TB, r reply) (ids []string, count int64) {
	t.Helper()
	var page struct {
		Count int64
		List  []struct{ ID string }
	}
	if err := json.Unmarshal(r.must(t, 200).body, &page); err != nil {
		t.Fatal(err)
	}
	for _, c := range page.List {
		ids = append(ids, c.ID)
	}
	return ids, page.Count
}

// slice is the page of a list that paging by number must answer.
func slice(all []string, page, size int) []string {
	from := min((page-1)*size, len(all))
	return all[from:min(from+size, len(all))]
}

func TestDeepPagesFollowDeletesAndRestores(t *testing.T) {
	t.Parallel()
	s := start(t)
	all := crowd(t, s, 1600)
	random := rand.New(rand.NewPCG(1, 2))
	deleted := map[string]bool{}
	check := func(when string, pages int) {
		t.Helper()
		var visible []string
		for _, id := range all {
			if !deleted[id] {
				visible = append(visible, id)
			}
		}
		for i := range pages {
			size := []int{100, 20, 7, 1}[i%4]
			page := 1 + random.IntN(len(visible)/size+2)
			if i < 2 { // the ends
				page = 1 + i*(len(visible)-1)/size
			}
			want, order := slice(visible, page, size), ""
			if i%3 == 2 {
				oldest := slices.Clone(visible)
				slices.Reverse(oldest)
				want, order = slice(oldest, page, size), "&order=created_at:ASC"
			}
			query := fmt.Sprintf("?page=%d&pageSize=%d%s", page, size, order)
			got, count := idsOn(t, s.send(t, "GET", "/api/customers"+query, ""))
			if !slices.Equal(got, want) || count != int64(len(visible)) {
				t.Fatalf("%s: %s lists %d of %d, want %d of %d:\n%v\n%v", when, query, len(got), count, len(want),
					len(visible), got, want)
			}
		}
	}
	check("at first", 24)
	for round := range 12 {
		for range 1 + random.IntN(4) {
			id := all[random.IntN(len(all))]
			if round%3 == 0 { // at the ends too
				id = []string{all[0], all[len(all)-1]}[random.IntN(2)]
			}
			if deleted[id] {
				s.send(t, "POST", "/api/customers/"+id+"/restore", "").must(t, 200)
			} else {
				s.send(t, "DELETE", "/api/customers/"+id, "").must(t, 200)
			}
			deleted[id] = !deleted[id]
		}
		check(fmt.Sprint("after deletes and restores ", round), 6)
		if round%2 == 0 {
			s.Advance(time.Millisecond)
			all = slices.Insert(all, 0, s.post(t, `{"name":""}`).ID)
			check("after a new customer", 4)
		}
	}
	s.walks(t, all, deleted)
}

// walks goes through a long list by cursors, both ways, and by numbered pages of a filtered list.
func (s *server) walks(t *testing.T, all []string, deleted map[string]bool) {
	t.Helper()
	visible := slices.DeleteFunc(slices.Clone(all), func(id string) bool { return deleted[id] })
	var walked []string
	for c, err := range s.Test().Customers.All(t.Context(), clientele.CustomerListParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		walked = append(walked, c.ID)
	}
	if !slices.Equal(walked, visible) {
		t.Errorf("walked %d customers by starting_after, want %d", len(walked), len(visible))
	}
	var back []string
	for before := visible[len(visible)-1]; ; before = back[0] {
		page, _ := idsOn(t, s.send(t, "GET", "/api/customers?pageSize=97&ending_before="+before, ""))
		if len(page) == 0 {
			break
		}
		back = append(page, back...)
	}
	if want := visible[:len(visible)-1]; !slices.Equal(back, want) {
		t.Errorf("walked %d customers back by ending_before, want %d", len(back), len(want))
	}
	var byNumber, byCursor []string
	for page, after := 1, ""; ; page++ {
		numbered, count := idsOn(t, s.send(t, "GET", fmt.Sprintf("/api/customers?metadata.crowd=1&pageSize=100&page=%d",
			page), ""))
		beside, countBeside := idsOn(t, s.send(t, "GET", "/api/customers?metadata.crowd=1&limit=100"+after, ""))
		if count != countBeside {
			t.Errorf("the page's count is %d, the cursor's %d", count, countBeside)
		}
		byNumber, byCursor = append(byNumber, numbered...), append(byCursor, beside...)
		if len(numbered) < 100 {
			if int64(len(byNumber)) != count || !slices.Equal(byNumber, byCursor) {
				t.Errorf("pages have %d, cursors %d of %d", len(byNumber), len(byCursor), count)
			}
			break
		}
		after = "&starting_after=" + beside[len(beside)-1]
	}
}

func TestACursorMayBeADeletedCustomer(t *testing.T) {
	t.Parallel()
	s := start(t)
	var ids []string
	for range 5 {
		ids = append(ids, s.post(t, `{"name":""}`).ID)
	}
	s.send(t, "DELETE", "/api/customers/"+ids[2], "").must(t, 200)
	after, _ := idsOn(t, s.send(t, "GET", "/api/customers?starting_after="+ids[2], ""))
	before, _ := idsOn(t, s.send(t, "GET", "/api/customers?ending_before="+ids[2], ""))
	if !slices.Equal(after, []string{ids[1], ids[0]}) || !slices.Equal(before, []string{ids[4], ids[3]}) {
		t.Errorf("after it come %v, before it %v; made %v", after, before, ids)
	}
}

func TestEveryOrderIsWholeSoThatPagesNeverOverlap(t *testing.T) {
	t.Parallel()
	s := start(t)
	texts := []string{"", "Ada", "ada", "Ádá", "Zoë", "王", "Ж", "😀", "a", "B"}
	var all []*clientele.Customer
	for i := range 60 {
		if i%7 == 0 {
			s.Advance(time.Millisecond)
		}
		email := strings.ToLower(strings.Repeat("x", i%4+1)) + "@example.com"
		all = append(all, create(t, s.Test(), clientele.CustomerParams{Name: &texts[i%len(texts)], Email: &email}))
	}
	for _, order := range []string{"name:ASC", "name:DESC", "email:ASC", "email:DESC,name:ASC", "updated_at:DESC",
		"name:ASC,email:DESC",
		"id:DESC", "updated_at:ASC,email:ASC"} {
		var paged []string
		for page := 1; page <= 8; page++ {
			ids, _ := idsOn(t, s.send(t, "GET", fmt.Sprintf("/api/customers?order=%s&pageSize=9&page=%d", order, page), ""))
			paged = append(paged, ids...)
		}
		whole, _ := idsOn(t, s.send(t, "GET", "/api/customers?pageSize=100&order="+order, ""))
		if !slices.Equal(paged, whole) || len(whole) != len(all) {
			t.Errorf("%s: pages have %v, the whole list %v", order, paged, whole)
		}
	}
}

func TestNamesAreSortedPastCaseAndAccents(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, name := range []string{"zoe", "Émile", "adam", "Zebra", "ECHO", "Ådam b", "emil"} {
		s.post(t, `{"name":`+quoted(name)+`}`)
	}
	var got []string
	for _, c := range s.list(t, "order=name:ASC").List {
		got = append(got, c.Name)
	}
	if want := []string{"adam", "Ådam b", "ECHO", "emil", "Émile", "Zebra", "zoe"}; !slices.Equal(got, want) {
		t.Errorf("sorted as %v, want %v", got, want)
	}
}
