package billing

import (
	"context"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Seed gives each mode of a new database the manual payment method and its first currencies. It does nothing to a
// mode that has payment methods.
func (s *Service) Seed(ctx context.Context) error {
	return s.SeedModes(ctx, func(clientele.Mode) bool { return true })
}

// SeedModes is [Service.Seed] of some modes.
func (s *Service) SeedModes(ctx context.Context, which func(clientele.Mode) bool) error {
	return s.store.Update(ctx, func(tx store.Tx) error {
		for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
			if !which(mode) {
				continue
			}
			methods, err := methodsOf(tx, mode)
			if err != nil {
				return err
			}
			if len(methods) > 0 {
				continue
			}
			if err := s.seedMode(tx, mode); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *core) seedMode(tx store.Tx, mode clientele.Mode) error {
	now, call := clientele.At(s.now()), Call{Livemode: mode, Actor: "system"}
	method := clientele.PaymentMethod{
		ID: "pm_" + mode.String() + "_manual", Object: "payment_method", Active: true, Livemode: mode, Locked: true,
		Type: "manual",
		Name: "Manual", Description: "Money received by bank transfer, in cash or by cheque, and recorded by hand.",
		DefaultCurrencyID: "curr_" + mode.String() + "_usd", Confirmation: clientele.Confirmation{Type: "immediate"},
		Settings: []byte("{}"), Features: clientele.MethodFeatures{Refund: true}, Metadata: clientele.Metadata{},
		CreatedAt: now, UpdatedAt: now,
	}
	if _, err := s.addMethod(tx, call, method); err != nil {
		return err
	}
	for _, c := range []struct {
		code, symbol, name string
		decimal, precision int
	}{
		{"usd", "USD", "US Dollar", 2, 2}, {"eur", "EUR", "Euro", 2, 2}, {"gbp", "GBP", "Pound Sterling", 2, 2},
		{"jpy", "JPY", "Japanese Yen", 0, 0}, {"cny", "CNY", "Chinese Yuan", 2, 2}, {"abt", "ABT", "ArcBlock Token", 18, 6},
	} {
		currency := clientele.PaymentCurrency{
			ID: "curr_" + mode.String() + "_" + c.code, Object: "payment_currency", PaymentMethodID: method.ID, Active: true,
			Livemode: mode, Locked: true, IsBaseCurrency: c.code == "usd", Name: c.name, Symbol: c.symbol, Decimal: c.decimal,
			MaximumPrecision: c.precision, Type: "standard", Metadata: clientele.Metadata{}, CreatedAt: now, UpdatedAt: now,
		}
		if _, err := s.addCurrency(tx, call, currency); err != nil {
			return err
		}
	}
	return nil
}
