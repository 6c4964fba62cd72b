package locale

import (
	"time"

	"github.com/bojanz/currency"
	"golang.org/x/text/language"

	"clientele.dev"
)

// Dates are how dates are written: as a locale has them, where the business is.
type Dates struct {
	where  *time.Location
	write  func(time.Time) string
	month  func(time.Month) string
	digits func(string) string
}

// DatesOf are the dates of the settings' locale and time zone.
func DatesOf(s clientele.Settings) Dates {
	d := Dates{
		where: s.Zone(), write: func(t time.Time) string { return t.Format(time.DateOnly) },
		month:  func(m time.Month) string { return m.String()[:3] },
		digits: func(text string) string { return text },
	}
	tag, err := language.Parse(s.Locale)
	if err != nil {
		return d
	}
	for _, name := range dateNames(tag) {
		if locale, known := dateLocales[name]; known {
			l := locale()
			d.write, d.month = l.FmtDateMedium, l.MonthAbbreviated
			break
		}
	}
	if n, known := numeralsOf(currency.NewLocale(s.Locale)); known {
		d.digits = n.digits
	}
	return d
}

// dateNames are the names that a locale may have in dateLocales, the closest first.
func dateNames(tag language.Tag) []string {
	base, _ := tag.Base()
	script, _ := tag.Script()
	region, _ := tag.Region()
	lang := base.String()
	if lang == "no" { // Norwegian is Bokmål unless it says otherwise
		lang = "nb"
	}
	return []string{
		lang + "_" + script.String() + "_" + region.String(), lang + "_" + region.String(), lang + "_" + script.String(),
		lang,
	}
}

// Moment is a moment's date where the business is; no moment is "".
func (d Dates) Moment(unix int64) string {
	if unix == 0 {
		return ""
	}
	return d.Day(clientele.DayIn(time.Unix(unix, 0), d.where))
}

// Month is a month's short name.
func (d Dates) Month(m time.Month) string { return d.digits(d.month(m)) }

// Day is a day's date.
func (d Dates) Day(day clientele.Day) string { return d.digits(d.write(day.Begin(time.UTC))) }
