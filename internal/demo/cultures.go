package demo

import (
	"slices"
	"strings"
)

// culture is what people of a country are called and where they live.
type culture struct {
	locale   string // BCP 47
	weight   int    // how many of totalWeight people are of it
	currency string
	english  bool   // whether names of companies and addresses are as in English
	company  string // a company of the family %s

	familyFirst bool
	space       string // between given name and family

	givens    []string // men at even places, women at odd ones, where it matters
	families  []string // 王=Wang: as written, then romanised; masculine/feminine
	phones    []string // E.164, # for any digit
	cities    []string // city|state|postal code
	streets   []string // %d for the number
	mailHosts []string
}

// country is the locale's last part.
func (c *culture) country() string { return c.locale[strings.LastIndexByte(c.locale, '-')+1:] }

// cultures are all of them; the weights make about two in five people of an English-speaking country.
var cultures = slices.Concat(latin, otherScripts)

var totalWeight = func() (total int) {
	for i := range cultures {
		total += cultures[i].weight
	}
	return total
}()

func words(text string) []string { return strings.Fields(text) }

// lines is a list written with semicolons.
func lines(text string) []string {
	list := strings.Split(text, ";")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

var (
	plans   = words("free free free starter starter team business enterprise")
	sources = words("web web web referral referral ads import partner conference app-store")
	desks   = words("billing accounts office hello ap")
	brands  = lines(`Northwind; 🚀 Orbit; Bluebird; ☕ Morning; Copperfield; Harbour; 🌱 Green Leaf; Silver Pine; Old Mill;
		Café Crème ☀️; Lighthouse; Red Kite; 🐙 Octo; Granite; Juniper; Paper Crane; 🍕 Napoli; Summit; Willow; Ironbridge`)
	trades = lines(`Labs; Studio; Trading; Logistics; Books; Bakery; Software; Design; Foods; Robotics; Media; Garden;
		Analytics; Textiles; Energy; Clinic`)
)

// English names are shared by several countries.
var (
	englishGivens = words(`James Mary John Patricia Robert Jennifer Michael Linda David Elizabeth William Barbara Richard
		Susan Joseph Jessica Thomas Sarah Charles Karen Daniel Emily Matthew Olivia Anthony Hannah Mark Grace Paul Chloe
		Steven Amelia Andrew Sophie Joshua Ruby George Alice Kevin Zoë Brian Renée Edward Abigail Ronald Megan Jason Holly`)
	englishFamilies = words(`Smith Johnson Williams Brown Jones Davis Miller Wilson Moore Taylor Anderson Thomas Jackson
		White Harris Martin Thompson Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker
		Nelson Carter Mitchell Roberts Turner Phillips Campbell Parker Evans Edwards Collins Stewart Morris Rogers Reed
		Cook Morgan Bell Murphy Bailey Cooper Richardson Cox Howard Ward Peterson Gray Watson Brooks Kelly Sanders Price
		Bennett Wood Barnes Ross Henderson Coleman Jenkins Perry Powell Long Hughes Fisher O'Connor O'Brien McDonald
		Fitzgerald Washington Hamilton Graham Sullivan Wallace Woods West Jordan Owens Reynolds Marshall Ellis Harrison`)
	englishMail = words("outlook.com yahoo.com icloud.com hotmail.com proton.me aol.com")
)
