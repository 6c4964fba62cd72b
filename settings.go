package clientele

import (
	"fmt"
	"sync"
	"time"
)

// NeverUncollectible in place of a number of days leaves unpaid invoices open for ever.
const NeverUncollectible = -1

// Settings are what a business decides once for all its customers, per mode.
type Settings struct {
	// Always "settings".
	Object string `json:"object"`
	// True in live mode, false in test mode.
	Livemode Mode `json:"livemode"`
	// Who issues the invoices, as printed on them.
	Business Business `json:"business"`
	// How amounts and dates are written for people: a BCP 47 language tag, "en" at first.
	Locale string `json:"locale"`
	// Where the business is, which says when its days begin: a name of the IANA time zone database such as
	// Europe/Berlin; "UTC" at first.
	TimeZone string `json:"time_zone"`
	// After how many days past due an open invoice becomes uncollectible: 0 to 3650, 30 at first, or -1 for never. A
	// customer's invoice_settings may say otherwise.
	UncollectibleAfterDays int64 `json:"uncollectible_after_days"`
	// Onto which accounts the journal books; absent while all have the names that they have by themselves.
	Accounting Accounting `json:"accounting,omitzero"`
	// When the settings last changed: ISO-8601 UTC with milliseconds; absent until they do.
	UpdatedAt Time `json:"updated_at,omitzero"`
}

// Business says who issues invoices.
type Business struct {
	// The name.
	Name string `json:"name"`
	// The postal address.
	Address Address `json:"address"`
	// Where customers write to.
	Email string `json:"email"`
	// The phone number, as it is to be printed.
	Phone string `json:"phone"`
	// The tax or registration number, as it is to be printed.
	TaxID string `json:"tax_id"`
	// How to pay, printed on every invoice: a bank account, for instance.
	PaymentInstructions string `json:"payment_instructions"`
	// A picture printed at the head: a data: URL of a PNG or JPEG in base64, at most 64 KiB and 1,000 pixels either way;
	// empty when there is none.
	Logo string `json:"logo"`
	// Printed at the foot of every invoice and statement: a registration, say.
	Footer string `json:"footer"`
}

// zones are the time zones that were asked for, by name: reading one takes a while.
var zones sync.Map

// LoadZone finds a time zone by its name in the IANA database. That of the machine has none.
func LoadZone(name string) (*time.Location, error) {
	if known, found := zones.Load(name); found {
		return known.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" || name == "" {
		return nil, fmt.Errorf("%q is not the name of a time zone, such as Europe/Berlin", name)
	}
	zones.Store(name, zone)
	return zone, nil
}

// Zone is where the business is: UTC when the settings name no zone that is known.
func (s Settings) Zone() *time.Location {
	zone, err := LoadZone(s.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}
