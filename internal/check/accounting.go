package check

import (
	"maps"
	"regexp"
	"slices"

	"clientele.dev"
)

// maxAccount is how long an account may be, in characters.
const maxAccount = 200

// account is a name or a number, with colons between its levels.
var account = regexp.MustCompile(`^` + level + `(:` + level + `)*$`)

const level = `[\p{L}\p{N}][\p{L}\p{N}_.&/-]*( [\p{L}\p{N}_.&/-]+)*`

// Account checks that a text can be an account, or is empty.
func Account(field, s string) error {
	if s != "" && !account.MatchString(s) {
		return Invalid(field, "%s must be an account such as Assets:Receivable or 1400: letters, digits, single spaces "+
			"and -_.&/, with colons between its levels", field)
	}
	return Length(field, s, maxAccount)
}

// Accounting checks the accounts of a journal. The names of its fields begin with prefix.
func Accounting(prefix string, a clientele.Accounting) error {
	var errs []error
	for _, of := range []struct{ field, account string }{
		{"receivable", a.Receivable}, {"revenue", a.Revenue}, {"tax", a.Tax}, {"cash", a.Cash}, {"credit", a.Credit},
		{"prepayments", a.Prepayments}, {"bad_debt", a.BadDebt}, {"bad_debt_recovered", a.BadDebtRecovered},
		{"credit_granted", a.CreditGranted},
	} {
		errs = append(errs, Account(prefix+of.field, of.account))
	}
	for _, method := range slices.Sorted(maps.Keys(a.CashByMethod)) {
		field := prefix + "cash_by_method." + method
		switch {
		case len(a.CashByMethod) > MaxMetadataKeys:
			errs = append(errs, Invalid(prefix+"cash_by_method", "%scash_by_method has at most %d accounts", prefix,
				MaxMetadataKeys))
		case method == "" || a.CashByMethod[method] == "":
			errs = append(errs, Invalid(field, "%s needs a method and an account: {\"card\": \"Assets:Card\"}", field))
		}
		errs = append(errs, Length(field, method, MaxStatement), Account(field, a.CashByMethod[method]))
	}
	errs = append(errs, Length(prefix+"customer_account_key", a.CustomerAccountKey, MaxMetadataKey),
		within(prefix+"datev.consultant", a.Datev.Consultant, 1001, 9999999),
		within(prefix+"datev.client", a.Datev.Client, 1, 99999),
		within(prefix+"datev.year_begins", a.Datev.YearBegins, 1, 12))
	return clientele.JoinInvalid(errs...)
}

// within refuses a number that is out of bounds and not 0, which is none.
func within(field string, n, least, most int64) error {
	if n != 0 && (n < least || n > most) {
		return Invalid(field, "%s is between %d and %d, or 0 for none", field, least, most)
	}
	return nil
}
