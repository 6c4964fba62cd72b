package billing

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bojanz/currency"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/fold"
	"clientele.dev/internal/ledger"
	"clientele.dev/internal/store"
)

// PaymentCurrencies is the part of [Service] about currencies.
type PaymentCurrencies struct{ *core }

// PaymentMethods is the part of [Service] about payment methods.
type PaymentMethods struct{ *core }

// maxDecimals is the most decimals a currency may have: those of common tokens.
const maxDecimals = 18

// Create adds a payment currency. A symbol is given once per payment method.
func (s PaymentCurrencies) Create(ctx context.Context, call Call, p clientele.CurrencyParams) (store.Document, error) {
	if err := checkNewCurrency(p); err != nil {
		return store.Document{}, err
	}
	now := s.now()
	id, err := s.newID("curr_", now)
	if err != nil {
		return store.Document{}, err
	}
	c := clientele.PaymentCurrency{
		ID: id, Object: "payment_currency", PaymentMethodID: p.PaymentMethodID, Active: true, Livemode: call.Livemode,
		Name: p.Name, Description: p.Description, Logo: p.Logo, Symbol: p.Symbol, Decimal: int(*p.Decimal),
		MaximumPrecision: int(*p.Decimal), Contract: p.Contract, Type: "standard", Metadata: clientele.Metadata{},
		CreatedAt: clientele.At(now), UpdatedAt: clientele.At(now),
	}
	if p.MaximumPrecision != nil {
		c.MaximumPrecision = int(*p.MaximumPrecision)
	}
	if p.MinimumPaymentAmount != nil {
		c.MinimumPaymentAmount = p.MinimumPaymentAmount.In(id)
	}
	if p.MaximumPaymentAmount != nil {
		c.MaximumPaymentAmount = p.MaximumPaymentAmount.In(id)
	}
	if p.Active != nil {
		c.Active = *p.Active
	}
	if err := check.FillMetadata(&c.Metadata, p.Metadata); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		if err := placeCurrency(tx, &c); err != nil {
			return store.Document{}, err
		}
		return s.addCurrency(tx, call, c)
	})
}

func (s *core) addCurrency(tx store.Tx, call Call, c clientele.PaymentCurrency) (store.Document, error) {
	doc, err := encodeObject(c)
	if err != nil {
		return store.Document{}, err
	}
	if err := store.PaymentCurrencies.Save(tx, store.Record{ID: c.ID, JSON: doc}, nil, &c); err != nil {
		return store.Document{}, err
	}
	return store.Document{JSON: doc, Created: true}, s.record(tx, call, clientele.EventPaymentCurrencyCreated,
		changed{id: c.ID, version: 1, after: doc})
}

// placeCurrency checks that the currency's method exists and has no other of its symbol.
func placeCurrency(tx store.Tx, c *clientele.PaymentCurrency) error {
	methods, err := methodsOf(tx, c.Livemode)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(methods, func(m clientele.PaymentMethod) bool {
		return m.ID == c.PaymentMethodID || c.PaymentMethodID == "" && m.Type == "manual"
	})
	if i < 0 {
		return check.Invalid("payment_method_id", "no payment method %q in this mode", c.PaymentMethodID)
	}
	c.PaymentMethodID = methods[i].ID
	currencies, err := currenciesOf(tx, c.Livemode)
	if err != nil {
		return err
	}
	for _, other := range currencies {
		if other.Symbol == c.Symbol && other.PaymentMethodID == c.PaymentMethodID {
			return clientele.Errorf(clientele.ErrorCodeConflict, "symbol", "the payment method has %s already: %s",
				c.Symbol, other.ID)
		}
	}
	return nil
}

func checkNewCurrency(p clientele.CurrencyParams) error {
	switch {
	case p.Name == "":
		return check.Invalid("name", "name is required")
	case p.Symbol == "" || utf8.RuneCountInString(p.Symbol) > check.MaxSymbol:
		return check.Invalid("symbol", "symbol is required, of at most %d characters", check.MaxSymbol)
	case p.Decimal == nil || *p.Decimal < 0 || *p.Decimal > maxDecimals:
		return check.Invalid("decimal", "decimal is required: how many decimals the currency has, 0 to %d", maxDecimals)
	case p.MaximumPrecision != nil && (*p.MaximumPrecision < 0 || *p.MaximumPrecision > *p.Decimal):
		return check.Invalid("maximum_precision", "maximum_precision is 0 to decimal")
	}
	if digits, isMoney := moneyDecimals(p.Symbol); isMoney && p.Contract == "" && *p.Decimal != digits {
		return check.Invalid("decimal", "%s has %d decimals (ISO 4217)", p.Symbol, digits)
	}
	if least, most := p.MinimumPaymentAmount, p.MaximumPaymentAmount; least != nil && most != nil && most.Sign() > 0 &&
		ledger.Minus(most.In(""), least.In("")).Sign() < 0 {
		return check.Invalid("maximum_payment_amount", "maximum_payment_amount is less than minimum_payment_amount")
	}
	return clientele.JoinInvalid(check.NotNegative("minimum_payment_amount", p.MinimumPaymentAmount),
		check.NotNegative("maximum_payment_amount", p.MaximumPaymentAmount),
		check.Length("name", p.Name, check.MaxName), check.Length("description", p.Description, check.MaxText),
		check.Length("logo", p.Logo, check.MaxText), check.Length("contract", p.Contract, check.MaxName))
}

// decimalsOfMoney are the decimals of money that has not two, by ISO 4217.
var decimalsOfMoney = map[string]int64{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}

// moneyDecimals are the decimals of the money that a symbol is the code of (ISO 4217), if it is one.
func moneyDecimals(symbol string) (decimals int64, isMoney bool) {
	code := strings.ToUpper(fold.Label(symbol))
	if decimals, isMoney = decimalsOfMoney[code]; isMoney {
		return decimals, true
	}
	return 2, currency.IsValid(code)
}

// checkBounds refuses a payment that is smaller or larger than its currency allows.
func checkBounds(c clientele.PaymentCurrency, amount clientele.Amount) error {
	least, most := c.MinimumPaymentAmount.In(c.ID), c.MaximumPaymentAmount.In(c.ID)
	switch {
	case ledger.Minus(amount, least).Sign() < 0:
		return check.Invalid("amount", "a payment in %s is at least %s", c.Symbol, least)
	case most.Sign() > 0 && ledger.Minus(most, amount).Sign() < 0:
		return check.Invalid("amount", "a payment in %s is at most %s", c.Symbol, most)
	}
	return nil
}

// Create adds a payment method.
func (s PaymentMethods) Create(ctx context.Context, call Call, p clientele.MethodParams) (store.Document, error) {
	if err := checkNewMethod(p); err != nil {
		return store.Document{}, err
	}
	if p.Livemode != nil && *p.Livemode != call.Livemode {
		return store.Document{}, check.Invalid("livemode", "livemode is that of the request, %v: leave it out",
			call.Livemode)
	}
	settings, err := methodSettings(p.Settings)
	if err != nil {
		return store.Document{}, err
	}
	now := s.now()
	id, err := s.newID("pm_", now)
	if err != nil {
		return store.Document{}, err
	}
	m := clientele.PaymentMethod{
		ID: id, Object: "payment_method", Active: true, Livemode: call.Livemode, Type: p.Type, Name: p.Name,
		Description: p.Description, Logo: p.Logo, Confirmation: clientele.Confirmation{Type: "immediate"},
		Settings: settings, Locked: p.Locked, Metadata: clientele.Metadata{}, CreatedAt: clientele.At(now),
		UpdatedAt: clientele.At(now),
	}
	if p.Active != nil {
		m.Active = *p.Active
	}
	if p.Confirmation != nil {
		m.Confirmation = *p.Confirmation
	}
	if p.Features != nil {
		m.Features = *p.Features
	}
	if err := check.FillMetadata(&m.Metadata, p.Metadata); err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) { return s.addMethod(tx, call, m) })
}

func (s *core) addMethod(tx store.Tx, call Call, m clientele.PaymentMethod) (store.Document, error) {
	doc, err := encodeObject(m)
	if err != nil {
		return store.Document{}, err
	}
	if err := store.PaymentMethods.Save(tx, store.Record{ID: m.ID, JSON: doc}, nil, &m); err != nil {
		return store.Document{}, err
	}
	return store.Document{JSON: doc, Created: true}, s.record(tx, call, clientele.EventPaymentMethodCreated,
		changed{id: m.ID, version: 1, after: doc})
}

// methodTypes are the types of payment methods: Clientele's own and the published ones.
var methodTypes = []string{"manual", "stripe", "arcblock", "ethereum", "bitcoin", "base"}

// methodSettings reads the settings of a payment method: an object with one for each type, without secrets.
func methodSettings(sent any) ([]byte, error) {
	raw, err := check.Raw(sent)
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 || raw.Kind() == 'n' {
		return []byte("{}"), nil
	}
	var ofTypes map[string]map[string]jsontext.Value
	if err := json.Unmarshal(raw, &ofTypes); err != nil {
		return nil, check.Invalid("settings", "settings is an object with one for each type, like {\"arcblock\":{…}}")
	}
	for _, name := range slices.Sorted(maps.Keys(ofTypes)) { // the same mistake is told every time
		settings := ofTypes[name]
		if !slices.Contains(methodTypes, name) {
			return nil, check.Invalid("settings", "settings has one object for each type of %v, and %q is none",
				methodTypes, name)
		}
		for _, secret := range []string{"secret_key", "webhook_signing_secret"} {
			if _, given := settings[secret]; given {
				field := "settings." + name + "." + secret
				return nil, check.Invalid(field, "%s is a secret that Clientele neither needs nor keeps: leave it out", field)
			}
		}
	}
	doc, err := json.Marshal(ofTypes, json.Deterministic(true))
	if err == nil && len(doc) > check.MaxMetadataValue {
		err = check.Invalid("settings", "settings is longer than %d bytes", check.MaxMetadataValue)
	}
	return doc, err
}

func checkNewMethod(p clientele.MethodParams) error {
	switch {
	case p.Name == "":
		return check.Invalid("name", "name is required")
	case !slices.Contains(methodTypes, p.Type):
		return check.Invalid("type", "type is required, one of %v", methodTypes)
	case p.Confirmation != nil && !slices.Contains([]string{"immediate", "callback", "block"}, p.Confirmation.Type):
		return check.Invalid("confirmation.type", "confirmation.type is immediate, callback or block")
	case p.Confirmation != nil && p.Confirmation.Block < 0:
		return check.Invalid("confirmation.block", "confirmation.block is not negative")
	}
	return clientele.JoinInvalid(check.Length("name", p.Name, check.MaxName), check.Length("description", p.Description,
		check.MaxText),
		check.Length("logo", p.Logo, check.MaxText))
}

// currenciesOf are all payment currencies of a mode, oldest first.
func currenciesOf(tx store.Tx, mode clientele.Mode) ([]clientele.PaymentCurrency, error) {
	return store.PaymentCurrencies.Select(tx, store.Query{Mode: mode, Order: store.OldestFirst})
}

// methodsOf are all payment methods of a mode, oldest first.
func methodsOf(tx store.Tx, mode clientele.Mode) ([]clientele.PaymentMethod, error) {
	return store.PaymentMethods.Select(tx, store.Query{Mode: mode, Order: store.OldestFirst})
}

// List answers all payment currencies of a mode, oldest first.
func (s PaymentCurrencies) List(ctx context.Context, mode clientele.Mode) (all []clientele.PaymentCurrency, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		all, err = currenciesOf(tx, mode)
		return err
	})
	return all, err
}

// Retrieve answers a currency of a mode.
func (s PaymentCurrencies) Retrieve(
	ctx context.Context, mode clientele.Mode, id string,
) (c clientele.PaymentCurrency, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		var found bool
		c, found, err = tx.PaymentCurrency(mode, id)
		if err == nil && !found {
			err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no payment currency %q in this mode", id)
		}
		return err
	})
	return c, err
}

// List answers all payment methods of a mode, oldest first.
func (s PaymentMethods) List(ctx context.Context, mode clientele.Mode) (all []clientele.PaymentMethod, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		all, err = methodsOf(tx, mode)
		return err
	})
	return all, err
}

// Retrieve answers a payment method of a mode.
func (s PaymentMethods) Retrieve(ctx context.Context, mode clientele.Mode, id string) (clientele.PaymentMethod, error) {
	all, err := s.List(ctx, mode)
	i := slices.IndexFunc(all, func(m clientele.PaymentMethod) bool { return m.ID == id })
	if err == nil && i < 0 {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no payment method %q in this mode", id)
	}
	if err != nil {
		return clientele.PaymentMethod{}, err
	}
	return all[i], nil
}

func isCode(err error, code clientele.ErrorCode) bool {
	var e *clientele.Error
	return errors.As(err, &e) && e.Code == code
}
