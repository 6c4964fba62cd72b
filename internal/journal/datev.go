package journal

import (
	"bufio"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"clientele.dev"
)

// datev writes a batch of entries (Buchungsstapel, category 21, version 13 of format 700), as DATEV's accounting reads
// it: https://developer.datev.de/en/file-format/details/datev-format/format-description/booking-batch
type datev struct {
	to         *bufio.Writer
	journal    clientele.Journal
	currencies map[string]clientele.PaymentCurrency
	digits     int                       // of an account
	currency   clientele.PaymentCurrency // of the file, once it has an entry
	begun      bool
	lines      int
}

func newDatev(to *bufio.Writer) Writer { return &datev{to: to} }

// Limits of a batch.
const (
	maxDatevLines  = 99999
	maxDatevDigits = 12 // of an amount, in cents
	maxDatevText   = 60
	maxDatevNumber = 36
)

var (
	datevNumber  = regexp.MustCompile(`^[0-9]{4,9}$`)
	datevCode    = regexp.MustCompile(`^[A-Z]{3}$`)
	notInNumbers = regexp.MustCompile(`[^A-Za-z0-9$&%*+/-]`)
)

// Begin implements [Writer].
func (w *datev) Begin(j clientele.Journal) error {
	a := j.Accounting
	w.journal, w.currencies, w.digits = j, map[string]clientele.PaymentCurrency{}, len(a.Revenue)
	for _, c := range j.Currencies {
		w.currencies[c.ID] = c
	}
	switch {
	case a.Datev.Consultant == 0 || a.Datev.Client == 0:
		return refused("format", "DATEV asks for the numbers of the adviser and the client: set datev.consultant and "+
			"datev.client in the settings' accounting")
	case !datevNumber.MatchString(a.Revenue) || w.digits > 8:
		return refused("format", "DATEV takes accounts of 4 to 8 digits, and that of the revenue is %s: set them in the "+
			"settings' accounting", a.Revenue)
	case j.From == 0:
		return refused("from", "DATEV takes the days of one business year: from is required")
	case j.To >= w.yearBegins(1):
		return refused("to", "DATEV takes the days of one business year, and another begins on %s", w.yearBegins(1))
	}
	return nil
}

// yearBegins is the first day of the business year of the journal's first day, or of a later one.
func (w *datev) yearBegins(later int) clientele.Day {
	month := time.Month(max(1, w.journal.Accounting.Datev.YearBegins))
	first := w.journal.From.Begin(time.UTC)
	year := first.Year()
	if first.Month() < month {
		year--
	}
	return clientele.DayIn(time.Date(year+later, month, 1, 0, 0, 0, 0, time.UTC), time.UTC)
}

// Entry implements [Writer].
func (w *datev) Entry(e clientele.JournalEntry) error {
	if err := w.take(w.currencies[e.CurrencyID]); err != nil {
		return err
	}
	var debits, credits []clientele.Posting
	for _, p := range e.Postings {
		if err := w.checkAccount(e, p); err != nil {
			return err
		}
		if p.Amount.Sign() > 0 {
			debits = append(debits, p)
		} else {
			p.Amount = p.Amount.Neg()
			credits = append(credits, p)
		}
	}
	for len(debits) > 0 && len(credits) > 0 { // of each line the amount is on one account and against one other
		part := debits[0].Amount
		rest, err := part.Sub(credits[0].Amount)
		if err != nil {
			return err
		}
		if rest.Sign() > 0 {
			part = credits[0].Amount
		}
		if err := w.line(e, debits[0].Account, credits[0].Account, part); err != nil {
			return err
		}
		if debits, err = without(debits, part); err != nil {
			return err
		}
		if credits, err = without(credits, part); err != nil {
			return err
		}
	}
	return nil
}

// without are postings of which the first has a part less, or is gone.
func without(all []clientele.Posting, part clientele.Amount) ([]clientele.Posting, error) {
	rest, err := all[0].Amount.Sub(part)
	if all[0].Amount = rest; rest.Sign() == 0 {
		all = all[1:]
	}
	return all, err
}

// take begins the file with the currency of its first entry, which all others have too.
func (w *datev) take(c clientele.PaymentCurrency) error {
	switch {
	case c.Decimal != 2 || !datevCode.MatchString(c.Symbol):
		return refused("currency_id", "DATEV takes currencies of two decimals with a code of three letters, and %s (%s) "+
			"has %d decimals: give currency_id to leave it out", c.Symbol, c.ID, c.Decimal)
	case !w.begun:
		w.currency = c
		return w.head()
	case c.ID != w.currency.ID:
		return refused("currency_id", "a DATEV file is in one currency, and there are entries in %s (%s) and %s (%s): "+
			"give currency_id", w.currency.Symbol, w.currency.ID, c.Symbol, c.ID)
	}
	return nil
}

// checkAccount refuses an account that is no number of as many digits as all have, or one more for what customers owe.
func (w *datev) checkAccount(e clientele.JournalEntry, p clientele.Posting) error {
	n, most := len(p.Account), w.digits
	if p.Receivable {
		most++
	}
	if !datevNumber.MatchString(p.Account) || n < w.digits || n > most {
		return refused("format", "DATEV takes accounts of %d digits, as that of the revenue has, and of one more for what "+
			"customers owe; this one is %s, of %s of customer %s. Set it in the settings' accounting", w.digits, p.Account,
			e.ID, e.CustomerID)
	}
	return nil
}

// head writes what a batch begins with: whose it is, and its columns.
func (w *datev) head() error {
	w.begun = true
	j := w.journal
	created := strings.ReplaceAll(j.At.UTC().Format("20060102150405.000"), ".", "")
	day := func(d clientele.Day) string { return strings.ReplaceAll(d.String(), "-", "") }
	fields := []string{
		`"EXTF"`, "700", "21", `"Buchungsstapel"`, "13", created, "", `"CL"`, `"Clientele"`, `""`,
		strconv.FormatInt(j.Accounting.Datev.Consultant, 10), strconv.FormatInt(j.Accounting.Datev.Client, 10),
		day(w.yearBegins(0)), strconv.Itoa(w.digits), day(j.From), day(j.To), `"Clientele"`, `""`, "1", "0", "0",
		text(w.currency.Symbol), "", `""`, "", "", `""`, "", "", `""`, `""`,
	}
	if err := w.write(fields); err != nil {
		return err
	}
	return w.write(datevColumns)
}

// line writes an amount on one account against another.
func (w *datev) line(e clientele.JournalEntry, debit, credit string, amount clientele.Amount) error {
	if w.lines++; w.lines > maxDatevLines {
		return refused("from", "a DATEV file has at most %d lines, and this one would have more: ask for fewer days",
			maxDatevLines)
	}
	if amount.Digits() > maxDatevDigits {
		return refused("format", "DATEV takes amounts of up to %d digits, and %s of customer %s moves %s", maxDatevDigits,
			e.ID, e.CustomerID, amount.Decimal(w.currency.Decimal))
	}
	row := make([]string, len(datevColumns))
	row[0], row[1], row[2] = strings.Replace(amount.Decimal(2), ".", ",", 1), `"S"`, text(w.currency.Symbol)
	row[6], row[7], row[9] = debit, credit, e.Date.Begin(time.UTC).Format("0201")
	row[10] = text(cut(notInNumbers.ReplaceAllString(e.Document, ""), maxDatevNumber))
	words := e.Text
	if e.CustomerName != "" {
		words = e.CustomerName + ": " + e.Text
	}
	row[13] = text(cut(oneLine(words, ""), maxDatevText))
	row[47], row[48], row[49], row[50] = `"Kunde"`, text(e.CustomerID), `"Buchung"`, text(e.ID)
	return w.write(row)
}

func (w *datev) write(fields []string) error {
	_, err := w.to.WriteString(strings.Join(fields, ";") + "\r\n")
	return err
}

// End implements [Writer].
func (w *datev) End() error {
	if w.begun {
		return nil
	}
	for _, c := range w.journal.Currencies { // of days without entries, in the first currency that there can be
		if c.Decimal == 2 && datevCode.MatchString(c.Symbol) {
			w.currency = c
			break
		}
	}
	return w.head()
}

// text is a text in quotes.
func text(s string) string { return `"` + strings.ReplaceAll(ansi(s), `"`, `""`) + `"` }

// cut is the beginning of a text, so many characters long.
func cut(s string, most int) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), most)])
}

// ansi is a text in Windows-1252. What that has not is written as the letter it is made of, or as a question mark.
func ansi(s string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(s) {
		c, known := charmap.Windows1252.EncodeRune(r)
		if !known {
			base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
			c, known = charmap.Windows1252.EncodeRune(base)
		}
		if !known {
			c = '?'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// datevColumns are the columns of a batch.
var datevColumns = func() (names []string) {
	pairs := func(n int, kind, content string) {
		for i := 1; i <= n; i++ {
			names = append(names, fmt.Sprintf(kind, i), fmt.Sprintf(content, i))
		}
	}
	add := func(list string) { names = append(names, strings.Split(list, ";")...) }
	add("Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;" +
		"Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;" +
		"Postensperre;Diverse Adressnummer;Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink")
	pairs(8, "Beleginfo - Art %d", "Beleginfo - Inhalt %d")
	add("KOST1 - Kostenstelle;KOST2 - Kostenstelle;Kost-Menge;EU-Land u. UStID (Bestimmung);" +
		"EU-Steuersatz (Bestimmung);Abw. Versteuerungsart;Sachverhalt L+L;Funktionsergänzung L+L;" +
		"BU 49 Hauptfunktionstyp;BU 49 Hauptfunktionsnummer;BU 49 Funktionsergänzung")
	pairs(20, "Zusatzinformation - Art %d", "Zusatzinformation- Inhalt %d")
	add("Stück;Gewicht;Zahlweise;Forderungsart;Veranlagungsjahr;Zugeordnete Fälligkeit;Skontotyp;Auftragsnummer;" +
		"Buchungstyp;USt-Schlüssel (Anzahlungen);EU-Land (Anzahlungen);Sachverhalt L+L (Anzahlungen);" +
		"EU-Steuersatz (Anzahlungen);Erlöskonto (Anzahlungen);Herkunft-Kz;Buchungs GUID;KOST-Datum;" +
		"SEPA-Mandatsreferenz;Skontosperre;Gesellschaftername;Beteiligtennummer;Identifikationsnummer;" +
		"Zeichnernummer;Postensperre bis;Bezeichnung SoBil-Sachverhalt;Kennzeichen SoBil-Buchung;Festschreibung;" +
		"Leistungsdatum;Datum Zuord. Steuerperiode;Fälligkeit;Generalumkehr (GU);Steuersatz;Land;" +
		"Abrechnungsreferenz;BVV-Position;EU-Land u. UStID (Ursprung);EU-Steuersatz (Ursprung);Abw. Skontokonto")
	for i := range names {
		names[i] = ansi(names[i])
	}
	return names
}()
