package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Imports is the part of [Service] about what moves in from elsewhere.
type Imports struct{ *core }

// arrivalError says which object of an arrival cannot be taken.
type arrivalError struct {
	id  string
	err error
}

func (e *arrivalError) Error() string { return e.id + ": " + e.err.Error() }
func (e *arrivalError) Unwrap() error { return e.err }

// refusedArrival says of which object an error is, with amounts as people write them.
func refusedArrival(tx store.Tx, call Call, id string, err error) error {
	var r *refusal
	if errors.As(err, &r) {
		err = r.written(tx, call.Livemode)
	}
	return &arrivalError{id, err}
}

// Add takes in a customer with all that belongs to it, in one transaction, or with dry only says what would become of
// it. What is there already stays as it is, so that the same can be added again. An object that cannot be taken is left
// out, with all that needs it, and the others are taken.
func (s Imports) Add(
	ctx context.Context, mode clientele.Mode, in Arrival, on OnConflict, dry bool,
) (outcomes []Arrived, err error) {
	if now := s.now(); in.UpdatedAt.IsZero() || in.UpdatedAt.After(now) {
		in.UpdatedAt = now
	}
	refused := map[string][]Mistake{}
	for {
		a := &arrival{core: s.core, in: in, on: on, refused: refused}
		call := Call{Livemode: mode, Actor: "import", movedIn: in.UpdatedAt}
		err = s.store.Update(ctx, func(tx store.Tx) error {
			a.outcomes = nil
			err := a.addCurrencies(tx, call, dry)
			if err == nil {
				err = a.take(tx, call)
			}
			if err == nil && dry {
				err = errPreviewed
			}
			return err
		})
		var bad *arrivalError
		switch {
		case err == nil, errors.Is(err, errPreviewed):
			return a.outcomes, nil
		case !errors.As(err, &bad):
			return nil, err
		}
		var told *clientele.Error
		if !errors.As(bad.err, &told) {
			return nil, err
		}
		if refused[bad.id] != nil { // an object is refused once
			return nil, fmt.Errorf("import of %s: %w", bad.id, err)
		}
		refused[bad.id] = mistakesOf(told)
	}
}

// AddMethod adds a payment method with the id that it had elsewhere.
func (s Imports) AddMethod(ctx context.Context, m clientele.PaymentMethod, dry bool) (Arrived, error) {
	err := checkNewMethod(clientele.MethodParams{
		Type: m.Type, Name: m.Name, Description: m.Description, Logo: m.Logo, Confirmation: &m.Confirmation,
	})
	return s.addOnce(ctx, "payment_method", m.ID, m.Livemode, dry, err, func(tx store.Tx) (bool, error) {
		all, err := methodsOf(tx, m.Livemode)
		return slices.ContainsFunc(all, func(other clientele.PaymentMethod) bool { return other.ID == m.ID }), err
	}, func(tx store.Tx, call Call) error {
		_, err := s.addMethod(tx, call, m)
		return err
	})
}

// AddCurrency adds a payment currency with the id that it had elsewhere. It is the base currency if there is none yet.
func (s Imports) AddCurrency(ctx context.Context, c clientele.PaymentCurrency, dry bool) (Arrived, error) {
	decimal := int64(c.Decimal)
	err := checkNewCurrency(clientele.CurrencyParams{
		Name: c.Name, Symbol: c.Symbol, Decimal: &decimal, Description: c.Description, Logo: c.Logo,
		Contract: cmp.Or(c.Contract, "elsewhere"), // whose decimals nobody knows better
	})
	return s.addOnce(ctx, "payment_currency", c.ID, c.Livemode, dry, err, func(tx store.Tx) (bool, error) {
		is, found, err := tx.PaymentCurrency(c.Livemode, c.ID)
		if found && is.Decimal != c.Decimal {
			err = conflict("decimal", "there is a currency %s already, of %d decimals", c.ID, is.Decimal)
		}
		return found, err
	}, func(tx store.Tx, call Call) error {
		if _, found, err := tx.PaymentCurrency(c.Livemode, ""); err != nil || found {
			c.IsBaseCurrency = false
		}
		_, err := s.addCurrency(tx, call, c)
		return err
	})
}

// Money finds a currency by its id or its symbol, one that is active before others. Money that is not there (ISO 4217)
// is added, or with dry only would be; told says so, and is zero when it is there.
func (s Imports) Money(
	ctx context.Context, mode clientele.Mode, symbol string, dry bool,
) (c clientele.PaymentCurrency, told Arrived, err error) {
	var here []clientele.PaymentCurrency
	err = s.store.View(ctx, func(tx store.Tx) (err error) {
		here, err = currenciesOf(tx, mode)
		return err
	})
	if err != nil {
		return c, told, err
	}
	for _, other := range here {
		if other.ID == symbol || strings.EqualFold(other.Symbol, symbol) && (c.ID == "" || !c.Active) {
			c = other
		}
	}
	digits, isMoney := moneyDecimals(symbol)
	if c.ID != "" || !isMoney {
		return c, told, nil
	}
	code, now := strings.ToUpper(symbol), clientele.At(s.now())
	c = clientele.PaymentCurrency{
		ID: "curr_" + mode.String() + "_" + strings.ToLower(symbol), Object: "payment_currency", Livemode: mode,
		Active: true, Name: code, Symbol: code, Decimal: int(digits), MaximumPrecision: int(digits), Type: "standard",
		Metadata: clientele.Metadata{}, CreatedAt: now, UpdatedAt: now,
	}
	told, err = s.addOnce(ctx, "payment_currency", c.ID, mode, dry, nil, func(tx store.Tx) (bool, error) {
		methods, err := methodsOf(tx, mode)
		if err == nil && (len(methods) > 0 || !dry) { // a database that nobody has seeded yet has none
			err = placeCurrency(tx, &c)
		}
		return false, err
	}, func(tx store.Tx, call Call) error {
		_, err := s.addCurrency(tx, call, c)
		return err
	})
	return c, told, err
}

// addOnce adds an object unless it is there.
func (s Imports) addOnce(
	ctx context.Context, object, id string, mode clientele.Mode, dry bool, wrong error,
	isThere func(store.Tx) (bool, error), add func(store.Tx, Call) error,
) (Arrived, error) {
	told := Arrived{Object: object, ID: id, Outcome: OutcomeNew}
	_, err := s.update(ctx, s.inWords(mode, func(tx store.Tx) (store.Document, error) {
		there, err := isThere(tx)
		switch err = cmp.Or(err, wrong); {
		case err != nil:
		case there:
			told.Outcome = OutcomeEqual
		case dry:
			err = errPreviewed
		default:
			err = add(tx, Call{Livemode: mode, Actor: "import"})
		}
		return store.Document{}, err
	}))
	var e *clientele.Error
	switch {
	case errors.Is(err, errPreviewed):
		err = nil
	case errors.As(err, &e):
		told.Outcome, told.Mistakes, err = OutcomeRefused, mistakesOf(e), nil
	}
	return told, err
}

// mistakesOf are the mistakes that an error tells of.
func mistakesOf(e *clientele.Error) (all []Mistake) {
	for _, f := range e.Errors {
		all = append(all, Mistake{f.Field, f.Message})
	}
	if len(all) == 0 {
		all = []Mistake{{e.Field, e.Message}}
	}
	return all
}

// addCurrencies adds the currencies that would be there, to a database that nobody has seeded yet also those of the
// seed.
func (a *arrival) addCurrencies(tx store.Tx, call Call, dry bool) error {
	if !dry {
		return nil
	}
	based := false
	for _, c := range a.in.Currencies {
		based = based || c.Livemode == call.Livemode && c.IsBaseCurrency
	}
	methods, err := methodsOf(tx, call.Livemode)
	if err == nil && len(methods) == 0 && !based {
		err = a.seedMode(tx, call.Livemode)
	}
	if err != nil {
		return err
	}
	for _, c := range a.in.Currencies {
		if c.Livemode != call.Livemode {
			continue
		}
		_, found, err := tx.PaymentCurrency(call.Livemode, c.ID)
		if err == nil && !found {
			_, err = a.addCurrency(tx, call, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
