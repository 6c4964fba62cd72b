// Package demo invents a small believable business: people and companies of many countries and scripts, and the
// invoices they were sent. The same seed always invents the same business.
package demo

import (
	"crypto/sha3"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"unicode"

	"github.com/mr-tron/base58"
	"golang.org/x/text/unicode/norm"

	"clientele.dev"
)

// Person is somebody, or a company, a business may serve.
type Person struct {
	// As the person writes it, in the person's own script.
	Name string
	// Made from the romanised name; nearly always of one person only.
	Email string
	// A number in E.164 form that is valid in the person's country, or "".
	Phone string
	// A real city with a plausible street and postal code.
	Address clientele.Address
	// The symbol of the currency the person pays in: USD, EUR, GBP, JPY, CNY or ABT.
	Currency string
	// Language, script and country as a BCP 47 tag: ja-Jpan-JP.
	Locale string
	// An account's DID without its prefix, or "".
	DID string
	// An application's own name for the person, of this person only in one stream, or "".
	ExternalID string
	// A plan, a source and sometimes more.
	Metadata map[string]string
	// Whether this is a company.
	Company bool
}

// People is an endless stream of people, always the same for a seed.
func People(seed uint64) iter.Seq[Person] {
	return func(yield func(Person) bool) {
		dice := dice{rand.New(rand.NewPCG(seed, 0x636c69656e74656c))}
		for n := 1; yield(dice.person(n)); n++ {
		}
	}
}

// dice is the one source of chance.
type dice struct{ *rand.Rand }

// chance is true in percent of cases.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// pick is one of the words.
func (d dice) pick(words []string) string { return words[d.IntN(len(words))] }

// fill replaces each # by a digit and each @ by a letter that British and Canadian postal codes both have.
func (d dice) fill(pattern string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return rune('0' + d.IntN(10))
		case '@':
			return rune("ABEGHJLNPRSTWXYZ"[d.IntN(16)])
		}
		return r
	}, pattern)
}

// person is the n-th person of a stream.
func (d dice) person(n int) Person {
	c := d.culture()
	p := Person{
		Address:  d.address(c),
		Currency: c.currency,
		Locale:   c.locale,
		Metadata: d.metadata(),
		Company:  d.chance(8),
	}
	if p.Company {
		p.Name, p.Email = d.company(c)
	} else {
		p.Name, p.Email = d.human(c)
	}
	if d.chance(85) {
		p.Phone = d.fill(d.pick(c.phones))
	}
	if d.chance(60) {
		p.DID = d.did()
	}
	if d.chance(30) {
		p.ExternalID = fmt.Sprintf("user-%06d", n*7)
	}
	if p.DID != "" && d.chance(12) {
		p.Currency = "ABT"
	}
	return p
}

// culture is chosen by weight.
func (d dice) culture() *culture {
	at := d.IntN(totalWeight)
	for i := range cultures {
		if at -= cultures[i].weight; at < 0 {
			return &cultures[i]
		}
	}
	panic("unreachable: the weights sum to totalWeight")
}

// human is a name as it is written and an email.
func (d dice) human(c *culture) (name, email string) {
	n := d.IntN(len(c.givens))
	given, givenLatin := romanised(c.givens[n])
	surname, surnameLatin := romanised(gendered(d.pick(c.families), n))
	parts := []string{given, surname}
	if c.familyFirst {
		parts[0], parts[1] = surname, given
	}
	name = strings.Join(parts, c.space)
	if c.locale == "es-Latn-ES" || c.locale == "es-Latn-MX" {
		other, _ := romanised(d.pick(c.families))
		name += " " + other
	}
	return name, d.email(c, givenLatin, surnameLatin)
}

// company is a company's name and an email, at the company's own domain or at a big provider.
func (d dice) company(c *culture) (name, email string) {
	family, latin := romanised(gendered(d.pick(c.families), 0))
	if c.english && d.chance(40) {
		name = d.pick(brands) + " " + d.pick(trades)
		latin = name
	} else {
		name = strings.ReplaceAll(c.company, "%s", family)
		latin += " " + d.pick(trades)
	}
	host := slug(latin)
	if d.chance(30) {
		return name, fmt.Sprintf("%s%d@gmail.com", strings.ReplaceAll(host, "-", "."), d.IntN(10000))
	}
	return name, fmt.Sprintf("%s@%s%d.example", d.pick(desks), host, d.IntN(1000))
}

// email joins a romanised name in one of the usual ways.
func (d dice) email(c *culture, given, family string) string {
	given, family = strings.ReplaceAll(slug(given), "-", ""), strings.ReplaceAll(slug(family), "-", "")
	host := "gmail.com"
	if d.chance(52) {
		host = d.pick(c.mailHosts)
	}
	year := 1955 + d.IntN(53)
	switch d.IntN(5) {
	case 0:
		return fmt.Sprintf("%s.%s%d@%s", given, family, d.IntN(10000), host)
	case 1:
		return fmt.Sprintf("%s%s%d%02d@%s", given, family, year, d.IntN(100), host)
	case 2:
		return fmt.Sprintf("%s_%s%d@%s", family, given, d.IntN(10000), host)
	case 3:
		return fmt.Sprintf("%s%s%d@%s", given[:1], family, d.IntN(100000), host)
	}
	return fmt.Sprintf("%s.%s%d@%s", family, given[:1], d.IntN(100000), host)
}

// address is a house in one of the culture's cities, which are written city|state|postal code.
func (d dice) address(c *culture) clientele.Address {
	city := strings.Split(d.pick(c.cities), "|")
	a := clientele.Address{
		Country:    c.country(),
		City:       city[0],
		State:      city[1],
		PostalCode: d.fill(city[2]),
		Line1:      strings.ReplaceAll(d.pick(c.streets), "%d", fmt.Sprint(1+d.IntN(240))),
	}
	if c.english && d.chance(25) {
		a.Line2 = fmt.Sprintf("%s %d", d.pick([]string{"Apt", "Suite", "Unit", "Floor"}), 1+d.IntN(60))
	}
	return a
}

// metadata is what an application attached.
func (d dice) metadata() map[string]string {
	m := map[string]string{"plan": d.pick(plans), "source": d.pick(sources)}
	if d.chance(20) {
		m["seats"] = fmt.Sprint(1 + d.IntN(50))
	}
	if d.chance(10) {
		m["campaign"] = fmt.Sprintf("spring-%d", 2020+d.IntN(7))
	}
	return m
}

// did is an account's DID for an Ed25519 key hashed with SHA3-256: 2 type bytes, 20 bytes that look like a key's hash,
// and the first 4 bytes of the hash of these 22.
func (d dice) did() string {
	raw := make([]byte, 22, 26)
	raw[1] = 1
	for i := 2; i < len(raw); i++ {
		raw[i] = byte(d.Uint32())
	}
	sum := sha3.Sum256(raw)
	return "z" + base58.Encode(append(raw, sum[:4]...))
}

// romanised splits an entry of the tables, 王=Wang, or takes the accents off when it has only one part.
func romanised(entry string) (written, latin string) {
	written, latin, found := strings.Cut(strings.ReplaceAll(entry, "_", " "), "=")
	if !found {
		latin = written
	}
	return written, latin
}

// gendered picks the form of a surname, Kowalski/Kowalska, for the n-th given name; men have the even ones.
func gendered(entry string, n int) string {
	forms := strings.Split(entry, "/")
	return forms[n%2%len(forms)]
}

// unaccented has the letters whose accents are part of them.
var unaccented = strings.NewReplacer("ł", "l", "ø", "o", "ß", "ss", "æ", "ae", "đ", "d", "ı", "i")

// slug is the text in lower case, a to z and digits alone, the rest as single hyphens.
func slug(text string) string {
	text = unaccented.Replace(norm.NFD.String(strings.ToLower(text)))
	var b strings.Builder
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), "-")
}
