package billing

import (
	"testing"

	"clientele.dev/internal/fold"
)

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
