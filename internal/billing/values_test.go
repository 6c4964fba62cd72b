package billing

import (
	"regexp"
	"strings"
	"testing"

	"clientele.dev/internal/fold"
)

func TestCountries(t *testing.T) {
	t.Parallel()
	if n := len(strings.Fields(countries)); n != 249+1 {
		t.Errorf("%d countries; ISO 3166-1 has 249 officially assigned codes, and there is Kosovo", n)
	}
}

// TestSplitNumber tells the numbers that Clientele gives, which start at 1, from all others.
func TestSplitNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]int64{
		"ADA-0001": 1, "ADA-12345": 12345, "ADA-0000": 0, "ADA-1": 0, "ADA-00001": 0,
		"ADA": 0, "ADA--001": 0, "ADA-001x": 0,
	} {
		if _, n, own := splitNumber(number); own != (want > 0) || own && n != want {
			t.Errorf("%s is number %d, our own: %v; want %d", number, n, own, want)
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                    "",
		"John DOE":            "john doe",
		"  two\t\n spaces  ":  "two spaces",
		"José Łukasz Søren":   "jose lukasz soren",
		"Straße ŒUVRE Ægir":   "strasse oeuvre aegir",
		"ＦＵＬＬ　ｗｉｄｔｈ":          "full width",
		"İstanbul Iğdır":      "istanbul igdir",
		"Ёлка Йод":            "елка иод",
		"Ὀδυσσεύς":            "οδυσσευσ",
		"שָׁלוֹם":             "שלום",
		"مُحَمَّد":            "محمد",
		"かばん ガ":               "かばん ガ",
		"กำลัง":               "กําลัง",
		"한국":                  "한국",
		"Nguyễn Thị":          "nguyen thi",
		"王伟 👩‍👩‍👧":            "王伟 👩‍👩‍👧",
		"ﬁne":                 "fine",
		"a%_\\b":              "a%_\\b",
		"e\u0301\u0302\u0323": "e",
	} {
		if got := fold.Text(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
		if got := fold.Text(fold.Text(in)); got != fold.Text(in) {
			t.Errorf("Fold twice of %q is %q, once %q", in, got, fold.Text(in))
		}
	}
}

var e164Form = regexp.MustCompile(`^\+[1-9][0-9]{2,14}$`)

func FuzzPhone(f *testing.F) {
	for _, s := range []string{
		"+1 (555) 123-4567", "+442079460958", "+86 138 0013 8000", "++1", "+0", "+1-800-FLOWERS", "+15551234567 ext 5",
		"+999123", "tel:+15551234567", "+1;phone-context=+44", "", "+", "+1 415\u00a0555 2671", "+４４20",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		phone, err := parsePhone("phone", text)
		if err != nil || text == "" {
			return
		}
		if !e164Form.MatchString(phone) {
			t.Errorf("%q became %q, which is not E.164", text, phone)
		}
		if again, err := parsePhone("phone", phone); err != nil || again != phone {
			t.Errorf("%q became %q, which becomes %q, %v", text, phone, again, err)
		}
	})
}
