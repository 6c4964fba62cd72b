package check

import (
	"maps"
	"net/mail"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/nyaruka/phonenumbers"

	"clientele.dev"
	"clientele.dev/internal/wire"
)

// countries are the officially assigned codes of ISO 3166-1 alpha-2, and XK, which the European Commission and the
// CLDR use for Kosovo.
const countries = " " +
	"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO " +
	"FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE " +
	"JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO " +
	"MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW " +
	"PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM " +
	"TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "

// Email checks one address of RFC 5321; it is kept as typed.
func Email(field, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	bare, err := mail.ParseAddress(s)
	if err != nil || bare.Name != "" || bare.String() != "<"+s+">" {
		return "", Invalid(field, "%s must be one email address, such as ada@example.com", field)
	}
	at := strings.LastIndexByte(s, '@')
	if len(s) > MaxEmail || at > MaxEmailLocal {
		return "", Invalid(field, "%s is too long: at most %d bytes before the @ and %d in all",
			field, MaxEmailLocal, MaxEmail)
	}
	return s, nil
}

// Phone reads a phone number in international form, however it is spaced, and returns it in E.164. The numbering
// plan's lengths are checked, not whether the range is in use: plans change faster than servers are updated.
func Phone(field, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	plain := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789+-.()/ \u00a0", r) }) < 0
	phone, ok := e164(s)
	if ok { // a trunk prefix is taken off, as in +44 (0)20; one that could be taken off again is not understood
		again, same := e164(phone)
		ok = same && again == phone
	}
	if !plain || strings.Count(s, "+") != 1 || !ok {
		return "", Invalid(field, "%s must be a phone number with its country code, such as +1 415 555 2671", field)
	}
	return phone, nil
}

// DialledIn is a phone number that is dialled in a country without its code, in E.164 form. What is no such number, or
// has a country's code already, comes back as it is.
func DialledIn(country, phone string) string {
	if country == "" || strings.Contains(phone, "+") || strings.HasPrefix(phone, "00") {
		return phone
	}
	n, err := phonenumbers.Parse(phone, country)
	if err != nil || phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE {
		return phone
	}
	if international, err := Phone("phone", phonenumbers.Format(n, phonenumbers.E164)); err == nil {
		return international
	}
	return phone
}

func e164(s string) (phone string, ok bool) {
	n, err := phonenumbers.Parse(s, "")
	if err != nil || phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE {
		return "", false
	}
	phone = phonenumbers.Format(n, phonenumbers.E164)
	return phone, len(phone) <= len("+")+MaxPhoneDigits
}

// Countries are the codes of all countries.
func Countries() []string { return strings.Fields(countries) }

// Country reads a country code in either case and returns it in capitals.
func Country(field, s string) (string, error) {
	code := strings.ToUpper(s)
	if s != "" && (len(s) != 2 || !strings.Contains(countries, " "+code+" ")) {
		return "", Invalid(field, "%s must be a two-letter country code of ISO 3166-1, such as US", field)
	}
	return code, nil
}

// addressParts are an address's parts by their names on the wire.
func addressParts(a *clientele.Address) map[string]*string {
	return map[string]*string{
		"country": &a.Country, "state": &a.State, "city": &a.City,
		"line1": &a.Line1, "line2": &a.Line2, "postal_code": &a.PostalCode,
	}
}

// Address reads the parts sent and returns how to merge them into an address: a part that is not sent stays, null
// or "" clears it, and null for the whole clears all. In another country than before nothing stays that is not sent.
func Address(field string, raw jsontext.Value) (func(*clientele.Address), error) {
	if raw.Kind() == 'n' {
		return func(a *clientele.Address) { *a = clientele.Address{} }, nil
	}
	members, err := Members(field, raw)
	if err != nil {
		return nil, err
	}
	var sent clientele.Address
	var errs []error
	parts := addressParts(&sent)
	for _, m := range members {
		at := field + "." + m.Name
		part := parts[m.Name]
		if part == nil {
			errs = append(errs, Invalid(at, "%s is not a part of an address%s", at, wire.DidYouMean(m.Name,
				slices.Sorted(maps.Keys(parts)))))
			continue
		}
		if *part, err = String(at, m.Value, MaxAddressPart); err == nil && m.Name == "country" {
			*part, err = Country(at, *part)
		}
		errs = append(errs, err)
	}
	if err := clientele.JoinInvalid(errs...); err != nil {
		return nil, err
	}
	return func(a *clientele.Address) {
		if sent.Country != "" && a.Country != "" && sent.Country != a.Country { // who moves abroad keeps no street
			*a = clientele.Address{}
		}
		to := addressParts(a)
		for _, m := range members {
			*to[m.Name] = *parts[m.Name]
		}
	}, nil
}

// normalize checks an address and writes its country in capitals.
func normalize(field string, a *clientele.Address) error {
	raw, err := json.Marshal(*a, json.Deterministic(true))
	if err != nil {
		return err
	}
	merge, err := Address(field, raw)
	if err != nil {
		return err
	}
	merge(a)
	return nil
}
