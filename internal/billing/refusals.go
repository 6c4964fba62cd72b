package billing

import (
	"errors"

	"clientele.dev"
	"clientele.dev/internal/locale"
	"clientele.dev/internal/store"
)

// refusal is an error whose amounts are not written yet: that takes the decimals of their currencies, and the locale of
// the settings, which [core.inWords] reads. Whoever asks for a [clientele.Error] finds it with amounts in the smallest
// unit.
type refusal struct {
	code          clientele.ErrorCode
	field, format string
	args          []any
}

// conflict refuses what does not go with what is there. Amounts in args are written for people.
func conflict(field, format string, args ...any) error {
	return &refusal{clientele.ErrorCodeConflict, field, format, args}
}

// invalidAmount is [invalid] with amounts in args, which are written for people.
func invalidAmount(field, format string, args ...any) error {
	return &refusal{clientele.ErrorCodeInvalid, field, format, args}
}

// Error implements error.
func (r *refusal) Error() string { return r.Unwrap().Error() }

// Unwrap answers the error with amounts in the smallest unit.
func (r *refusal) Unwrap() error { return clientele.Errorf(r.code, r.field, r.format, r.args...) }

// inWords makes refusals of fn say amounts as people write them.
func (s *core) inWords(mode clientele.Mode, fn transaction) transaction {
	return func(tx store.Tx) (store.Document, error) {
		doc, err := fn(tx)
		var r *refusal
		if errors.As(err, &r) {
			err = r.written(tx, mode)
		}
		return doc, err
	}
}

// written is the refusal with its amounts as people write them.
func (r *refusal) written(tx store.Tx, mode clientele.Mode) error {
	settings, _, err := settingsOf(tx, mode)
	if err != nil {
		return err
	}
	args := make([]any, len(r.args))
	for i, arg := range r.args {
		args[i] = arg
		amount, isAmount := arg.(clientele.Amount)
		if !isAmount || amount.Currency() == "" {
			continue
		}
		currency, found, err := tx.PaymentCurrency(mode, amount.Currency())
		if err != nil {
			return err
		}
		if found {
			args[i] = locale.FormatAmount(settings.Locale, currency, amount)
		}
	}
	return clientele.Errorf(r.code, r.field, r.format, args...)
}

// called is how people know an invoice: by its number, or a draft, that has none, by its id.
func (h *invoice) called() string {
	if h.Number == "" {
		return "invoice " + h.ID
	}
	return "invoice " + h.Number
}

// state is in what state an invoice is, to be said after "is".
func (h *invoice) state() string {
	if h.Status == clientele.InvoiceDraft {
		return "a draft"
	}
	return string(h.Status)
}
