package demo

import (
	"crypto/sha3"
	"encoding/hex"
	"iter"
	"net/mail"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/mr-tron/base58"
	"github.com/nyaruka/phonenumbers"
)

// first collects the first n people of a seed.
func first(n int, seed uint64) []Person {
	next, stop := iter.Pull(People(seed))
	defer stop()
	people := make([]Person, n)
	for i := range people {
		people[i], _ = next()
	}
	return people
}

func TestPeopleAreTheSameForASeed(t *testing.T) {
	t.Parallel()
	if !reflect.DeepEqual(first(500, 7), first(500, 7)) {
		t.Error("two streams of one seed differ")
	}
	if reflect.DeepEqual(first(5, 7), first(5, 8)) {
		t.Error("two seeds give the same people")
	}
	want := "Mary Jenkins"
	if got := first(1, 1)[0].Name; got != want {
		t.Errorf("the first person of seed 1 is %q, was %q: data made before can no longer be made again", got, want)
	}
}

func TestPeopleAreValid(t *testing.T) {
	t.Parallel()
	plain := regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*[a-z0-9]@[a-z0-9.-]+\.[a-z]+$`)
	external := map[string]bool{}
	for _, p := range first(20_000, 1) {
		if p.Name == "" || p.Name != strings.TrimSpace(p.Name) || strings.Contains(p.Name, "%") {
			t.Errorf("name %q", p.Name)
		}
		if _, err := mail.ParseAddress(p.Email); err != nil || !plain.MatchString(p.Email) {
			t.Errorf("email %q of %s: %v", p.Email, p.Name, err)
		}
		a := p.Address
		if len(a.Country) != 2 || a.City == "" || a.Line1 == "" || strings.ContainsAny(a.Line1+a.PostalCode, "%#@") {
			t.Errorf("address %+v", a)
		}
		if p.ExternalID != "" && external[p.ExternalID] {
			t.Errorf("external id %s twice", p.ExternalID)
		}
		external[p.ExternalID] = true
		checkPhone(t, p)
		checkDID(t, p.DID)
	}
}

func checkPhone(t *testing.T, p Person) {
	t.Helper()
	if p.Phone == "" {
		return
	}
	number, err := phonenumbers.Parse(p.Phone, "")
	if err != nil || !phonenumbers.IsValidNumberForRegion(number, p.Address.Country) {
		t.Errorf("phone %s of %s: %v", p.Phone, p.Locale, err)
	} else if e164 := phonenumbers.Format(number, phonenumbers.E164); e164 != p.Phone {
		t.Errorf("phone %s is %s", p.Phone, e164)
	}
}

func checkDID(t *testing.T, did string) {
	t.Helper()
	if did == "" {
		return
	}
	raw, err := base58.Decode(did[1:])
	if err != nil || did[0] != 'z' || len(raw) != 26 || raw[0] != 0 || raw[1] != 1 {
		t.Fatalf("did %s: %x %v", did, raw, err)
	}
	if sum := sha3.Sum256(raw[:22]); string(sum[:4]) != string(raw[22:]) {
		t.Errorf("did %s has a wrong checksum", did)
	}
}

// The account of the published description of DIDs has the form made here.
func TestCheckDIDAgreesWithThePublishedOne(t *testing.T) {
	t.Parallel()
	did := "z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"
	checkDID(t, did)
	raw, _ := base58.Decode(did[1:])
	if got := hex.EncodeToString(raw); got != "00017a220fac5bbe17c62d2bb836056459e589a677ce06c3de8b" {
		t.Errorf("%s decodes to %s", did, got)
	}
}

func TestProportions(t *testing.T) {
	t.Parallel()
	is := map[string]func(Person) bool{
		"gmail":      func(p Person) bool { return strings.HasSuffix(p.Email, "@gmail.com") },
		"Kowalski":   func(p Person) bool { return strings.Contains(p.Name, "Kowalski") },
		"English":    func(p Person) bool { return strings.HasPrefix(p.Locale, "en-") },
		"ABT":        func(p Person) bool { return p.Currency == "ABT" },
		"with DID":   func(p Person) bool { return p.DID != "" },
		"company":    func(p Person) bool { return p.Company },
		"with phone": func(p Person) bool { return p.Phone != "" },
		"emoji": func(p Person) bool {
			return strings.IndexFunc(p.Name, func(r rune) bool { return r >= 0x1f300 && r < 0x20000 }) >= 0
		},
	}
	for script, table := range map[string]*unicode.RangeTable{
		"Latin": unicode.Latin, "Cyrillic": unicode.Cyrillic, "Greek": unicode.Greek, "Han": unicode.Han,
		"Hiragana": unicode.Hiragana, "Katakana": unicode.Katakana, "Hangul": unicode.Hangul, "Arabic": unicode.Arabic,
		"Hebrew": unicode.Hebrew, "Devanagari": unicode.Devanagari, "Thai": unicode.Thai,
	} {
		is[script] = func(p Person) bool {
			return strings.IndexFunc(p.Name, func(r rune) bool { return unicode.Is(table, r) }) >= 0
		}
	}
	const n = 40_000
	people := first(n, 1)
	emails := map[string]bool{}
	for _, p := range people {
		emails[p.Email] = true
	}
	if len(emails) < n*99/100 {
		t.Errorf("only %d of %d emails differ", len(emails), n)
	}
	for what, between := range map[string][2]int{ // per 10,000
		"gmail": {4000, 5500}, "Kowalski": {45, 75}, "English": {3200, 4500}, "ABT": {400, 1000}, "with DID": {5500, 6500},
		"company": {600, 1000}, "with phone": {8000, 9000}, "emoji": {10, 200}, "Latin": {6000, 8000},
		"Cyrillic": {300, 800}, "Greek": {100, 300}, "Han": {600, 1500}, "Hiragana": {20, 200}, "Katakana": {20, 200},
		"Hangul": {100, 400}, "Arabic": {150, 500}, "Hebrew": {80, 300}, "Devanagari": {150, 500}, "Thai": {80, 300},
	} {
		count := 0
		for _, p := range people {
			if is[what](p) {
				count++
			}
		}
		if got := count * 10_000 / n; got < between[0] || got > between[1] {
			t.Errorf("%s: %d of 10,000, want between %d and %d", what, got, between[0], between[1])
		}
	}
}
