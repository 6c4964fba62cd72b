package billing

import (
	"context"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Printable is an invoice and all that is printed with it.
type Printable struct {
	Invoice     clientele.Invoice
	Currency    clientele.PaymentCurrency
	CreditNotes []clientele.CreditNote
	Settings    clientele.Settings // those that it was issued with
	Today       clientele.Day      // by which it is past due, or not
}

// Printable answers an invoice with all that is printed with it.
func (s Invoices) Printable(ctx context.Context, mode clientele.Mode, id string) (p Printable, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		h, err := loadInvoice(tx, mode, id)
		if err != nil {
			return err
		}
		p, err = printable(tx, h)
		if err != nil {
			return err
		}
		p.Today, err = s.today(tx, mode)
		return err
	})
	return p, err
}

func printable(tx store.Tx, h *invoice) (Printable, error) {
	p := Printable{Invoice: *h.Invoice}
	var err error
	if h.Status == clientele.InvoiceDraft {
		p.Settings, _, err = settingsOf(tx, h.Livemode)
	} else {
		p.Settings, err = settingsAt(tx, h.Livemode, h.SettingsVersion)
	}
	if err != nil {
		return p, err
	}
	all, err := moneyOf(tx, h.Livemode)
	if err != nil {
		return p, err
	}
	p.Currency = all.currencies[h.CurrencyID]
	if h.CustomerName == "" { // a draft has nothing printed yet
		rec, found, err := tx.Customer(h.Livemode, store.Ref{ID: h.CustomerID})
		if err != nil {
			return p, err
		}
		if found && h.Status == clientele.InvoiceDraft {
			c, err := decodeCustomer(rec)
			if err != nil {
				return p, err
			}
			p.Invoice.CustomerName, p.Invoice.CustomerEmail, p.Invoice.CustomerAddress = c.Name, c.Email, &c.Address
		}
	}
	p.CreditNotes, err = creditNotesOf(tx, h.Livemode, h.ID)
	return p, err
}
