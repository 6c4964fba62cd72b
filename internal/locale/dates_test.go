package locale

import (
	"strings"
	"testing"
	"time"

	"clientele.dev"
)

// TestDatesAreTheLocales writes a day as people of each locale do, and each of the locales without failing.
func TestDatesAreTheLocales(t *testing.T) {
	t.Parallel()
	auckland := clientele.Settings{TimeZone: "Pacific/Auckland"}
	at := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC) // the next day there
	for locale, want := range map[string]string{
		"en": "Mar 4, 2026", "en-US": "Mar 4, 2026", "en-GB": "4 Mar 2026", "en-CA": "Mar. 4, 2026", "de": "04.03.2026",
		"de-DE": "04.03.2026", "de-AT": "04.03.2026", "fr": "4 mars 2026", "fr-CH": "4 mars 2026", "es": "4 mar. 2026",
		"es-MX": "4 mar. 2026", "it": "4 mar 2026", "nl": "4 mrt. 2026", "pt-BR": "4 de mar. de 2026",
		"pt-PT": "04/03/2026", "pl": "4 mar 2026", "ja": "2026/03/04", "zh": "2026年3月4日", "zh-TW": "2026年3月4日",
		"ko": "2026. 3. 4.", "sv": "4 mars 2026", "no": "4. mar. 2026", "nb": "4. mar. 2026", "fi": "4.3.2026",
		"hi": "4 मार्च 2026", "fa": "۴ مارس ۲۰۲۶", "bn": "৪ মার্চ, ২০২৬", "sr-Latn": "04.03.2026.",
		"x-unknown": "2026-03-04", "tlh": "2026-03-04", "": "2026-03-04",
	} {
		s := auckland
		s.Locale = locale
		if got := DatesOf(s).Moment(at.Unix()); got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
	for locale := range dateLocales {
		s := clientele.Settings{Locale: strings.ReplaceAll(locale, "_", "-")}
		seen := map[string]bool{}
		for month := range 12 {
			got := DatesOf(s).Day(clientele.DayIn(time.Date(2026, time.Month(month+1), 15, 0, 0, 0, 0, time.UTC), time.UTC))
			seen[got] = true
			if got == "" {
				t.Errorf("%s writes no date", locale)
			}
		}
		if len(seen) != 12 {
			t.Errorf("%s writes several months alike: %v", locale, seen)
		}
	}
	if got := DatesOf(auckland).Moment(0); got != "" {
		t.Errorf("no moment is %q", got)
	}
}

// TestMonthsAreTheLocales names months on charts; each locale has a name for each.
func TestMonthsAreTheLocales(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]string{
		"en": "Mar", "de": "März", "fr": "mars", "es": "mar.", "ja": "3月", "ru": "мар.", "": "Mar", "tlh": "Mar",
	} {
		if got := DatesOf(clientele.Settings{Locale: locale}).Month(time.March); got != want {
			t.Errorf("%s writes %q, want %q", locale, got, want)
		}
	}
	for name := range dateLocales {
		for m := time.January; m <= time.December; m++ {
			if DatesOf(clientele.Settings{Locale: strings.ReplaceAll(name, "_", "-")}).Month(m) == "" {
				t.Errorf("%s has no name for %s", name, m)
			}
		}
	}
}
