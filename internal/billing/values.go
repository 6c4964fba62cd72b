package billing

import (
	"net/mail"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/nyaruka/phonenumbers"

	"clientele.dev"
	"clientele.dev/internal/wire"
)

// Limits of values, in characters unless said otherwise.
const (
	maxName          = 512
	maxText          = 5000
	maxExternalID    = 255
	maxAddressPart   = 512
	maxMetadataKeys  = 50
	maxMetadataKey   = 64
	maxMetadataValue = 4 << 10 // bytes of JSON
	maxEmail         = 254     // bytes; RFC 5321 4.5.3.1.3, less the angle brackets of a path
	maxEmailLocal    = 64      // bytes; RFC 5321 4.5.3.1.1
	maxPhoneDigits   = 15      // ITU-T E.164, 6.1; some national plans have longer ones
	maxSymbol        = 32
)

// invalid is the error about a value that cannot be accepted.
func invalid(field, format string, args ...any) *clientele.Error {
	return clientele.Errorf(clientele.ErrorCodeInvalid, field, format, args...)
}

// text reads a string of at most max characters; null is the empty string.
func text(field string, raw jsontext.Value, max int) (string, error) {
	switch raw.Kind() {
	case 'n':
		return "", nil
	case '"':
	default:
		return "", invalid(field, "%s must be a string", field)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", invalid(field, "%s must be a string", field)
	}
	if n := utf8.RuneCountInString(s); n > max {
		return "", invalid(field, "%s has %d characters; at most %d are allowed", field, n, max)
	}
	return s, nil
}

// parseEmail checks one address of RFC 5321; it is kept as typed.
func parseEmail(field, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	bare, err := mail.ParseAddress(s)
	if err != nil || bare.Name != "" || bare.String() != "<"+s+">" {
		return "", invalid(field, "%s must be one email address, such as ada@example.com", field)
	}
	at := strings.LastIndexByte(s, '@')
	if len(s) > maxEmail || at > maxEmailLocal {
		return "", invalid(field, "%s is too long: at most %d bytes before the @ and %d in all",
			field, maxEmailLocal, maxEmail)
	}
	return s, nil
}

// parsePhone reads a phone number in international form, however it is spaced, and returns it in E.164. The numbering
// plan's lengths are checked, not whether the range is in use: plans change faster than servers are updated.
func parsePhone(field, s string) (string, error) {
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
		return "", invalid(field, "%s must be a phone number with its country code, such as +1 415 555 2671", field)
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
	if international, err := parsePhone("phone", phonenumbers.Format(n, phonenumbers.E164)); err == nil {
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
	return phone, len(phone) <= len("+")+maxPhoneDigits
}

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

// Countries are the codes of all countries.
func Countries() []string { return strings.Fields(countries) }

// parseCountry reads a country code in either case and returns it in capitals.
func parseCountry(field, s string) (string, error) {
	code := strings.ToUpper(s)
	if s != "" && (len(s) != 2 || !strings.Contains(countries, " "+code+" ")) {
		return "", invalid(field, "%s must be a two-letter country code of ISO 3166-1, such as US", field)
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

// parseAddress reads the parts sent and returns how to merge them into an address: a part that is not sent stays, null
// or "" clears it, and null for the whole clears all. In another country than before nothing stays that is not sent.
func parseAddress(field string, raw jsontext.Value) (func(*clientele.Address), error) {
	if raw.Kind() == 'n' {
		return func(a *clientele.Address) { *a = clientele.Address{} }, nil
	}
	members, err := object(field, raw)
	if err != nil {
		return nil, err
	}
	var sent clientele.Address
	var errs []error
	parts := addressParts(&sent)
	for _, m := range members {
		at := field + "." + m.name
		part := parts[m.name]
		if part == nil {
			errs = append(errs, invalid(at, "%s is not a part of an address%s", at, wire.DidYouMean(m.name,
				sortedKeys(parts))))
			continue
		}
		if *part, err = text(at, m.value, maxAddressPart); err == nil && m.name == "country" {
			*part, err = parseCountry(at, *part)
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
			*to[m.name] = *parts[m.name]
		}
	}, nil
}

// parseMetadata reads the keys sent and returns how to merge them: a key that is not sent stays, null deletes it, and
// null for the whole deletes all.
func parseMetadata(raw jsontext.Value) (func(*clientele.Metadata) error, error) {
	const field = "metadata"
	if raw.Kind() == 'n' {
		return func(m *clientele.Metadata) error { *m = clientele.Metadata{}; return nil }, nil
	}
	members, err := object(field, raw)
	if err != nil {
		return nil, err
	}
	var errs []error
	for i, m := range members {
		at := field + "." + m.name
		if n := utf8.RuneCountInString(m.name); n == 0 || n > maxMetadataKey {
			errs = append(errs, invalid(at, "a metadata key has 1 to %d characters; %q has %d", maxMetadataKey, m.name, n))
		}
		if members[i].value, err = stored(m.value); err != nil {
			return nil, err
		}
		if len(members[i].value) > maxMetadataValue {
			errs = append(errs, invalid(at, "%s is longer than %d bytes", at, maxMetadataValue))
		}
	}
	if err := clientele.JoinInvalid(errs...); err != nil {
		return nil, err
	}
	return func(to *clientele.Metadata) error {
		if *to == nil {
			*to = clientele.Metadata{}
		}
		for _, m := range members {
			if m.value.Kind() == 'n' {
				delete(*to, m.name)
			} else {
				(*to)[m.name] = []byte(m.value)
			}
		}
		if len(*to) > maxMetadataKeys {
			return invalid(field, "metadata would have %d keys; at most %d are allowed", len(*to), maxMetadataKeys)
		}
		return nil
	}, nil
}

// stored is a value as it is stored, filtered by, indexed and answered: without white space, its strings with no escape
// that they do not need. Its numbers keep their digits and its members their order.
func stored(raw jsontext.Value) (jsontext.Value, error) {
	value := raw.Clone()
	err := value.Format(jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false),
		jsontext.PreserveRawStrings(false), jsontext.SpaceAfterColon(false), jsontext.SpaceAfterComma(false),
		jsontext.Multiline(false))
	return value, err
}

type member struct {
	name  string
	value jsontext.Value
}

// object reads the members of a JSON object, by name.
func object(field string, raw jsontext.Value) ([]member, error) {
	if raw.Kind() != '{' {
		return nil, invalid(field, "%s must be an object", field)
	}
	var byName map[string]jsontext.Value
	if err := json.Unmarshal(raw, &byName); err != nil {
		return nil, invalid(field, "%s must be an object", field)
	}
	members := make([]member, 0, len(byName))
	for _, name := range sortedKeys(byName) {
		members = append(members, member{name, byName[name]})
	}
	return members, nil
}
