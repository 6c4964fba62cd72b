package billing

import (
	"bytes"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/did"
	"clientele.dev/internal/store"
)

// This file is how a customer is found, made, changed and saved inside a transaction; customers.go is what a user can
// ask for.

// findCustomer finds a customer by what a path says. A text that looks like a DID and is none is an error of its own.
func findCustomer(tx store.Tx, mode clientele.Mode, text string) (store.Record, error) {
	ref := ParseRef(text)
	rec, found, err := tx.Customer(mode, ref)
	if err != nil || found {
		return rec, err
	}
	if _, err := did.Parse(text); err != nil && did.LooksLike(text) {
		return rec, check.Invalid("id", "%q is neither a customer's id nor a DID: %s", text, err)
	}
	return rec, noCustomer(text)
}

// findCustomerOrDeleted finds a customer that is there or, by id, one that was deleted.
func findCustomerOrDeleted(tx store.Tx, mode clientele.Mode, text string) (store.Record, error) {
	rec, err := findCustomer(tx, mode, text)
	if !isCode(err, clientele.ErrorCodeNotFound) {
		return rec, err
	}
	deleted, found, e := tx.Get(store.Customers.Kind, mode, text)
	if e != nil || found && deleted.DeletedAt != 0 {
		return deleted, e
	}
	return rec, err
}

// loadCustomer finds a customer that is there.
func loadCustomer(tx store.Tx, mode clientele.Mode, ref string) (store.Record, *clientele.Customer, error) {
	rec, err := findCustomer(tx, mode, ref)
	if err != nil {
		return rec, nil, err
	}
	c, err := decodeCustomer(rec)
	return rec, c, err
}

func decodeCustomer(rec store.Record) (*clientele.Customer, error) {
	c := new(clientele.Customer)
	return c, json.Unmarshal(rec.JSON, c)
}

// cloneCustomer copies what a patch may change in place.
func cloneCustomer(c *clientele.Customer) *clientele.Customer {
	copied := *c
	copied.Metadata, copied.TokenBalance = maps.Clone(c.Metadata), maps.Clone(c.TokenBalance)
	if c.Shipping != nil {
		shipping := *c.Shipping
		copied.Shipping = &shipping
	}
	return &copied
}

func noCustomer(ref string) error {
	return clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no customer %q in this mode", ref)
}

// addCustomer makes a new customer.
func (s *core) addCustomer(tx store.Tx, call Call, n newCustomer) (store.Record, error) {
	now := s.now()
	created := now
	if !n.createdAt.IsZero() {
		created = n.createdAt
	}
	seq, err := tx.NextSeq(store.Customers.Kind, created)
	if err != nil {
		return store.Record{}, err
	}
	c := &clientele.Customer{
		Object: "customer", Livemode: call.Livemode, DID: n.did, Metadata: clientele.Metadata{},
		TokenBalance: clientele.Balances{}, NextInvoiceSequence: 1,
		CreatedAt: clientele.At(created), UpdatedAt: clientele.At(now),
	}
	if c.ID = n.id; c.ID == "" {
		c.ID, err = s.seqID(store.Customers.Prefix, seq)
	}
	if err != nil {
		return store.Record{}, err
	}
	if n.sequence > 0 {
		c.NextInvoiceSequence = n.sequence
	}
	if !n.updatedAt.IsZero() {
		c.UpdatedAt = clientele.At(n.updatedAt)
	}
	if c.InvoicePrefix, err = s.newInvoicePrefix(); err != nil {
		return store.Record{}, err
	}
	if err := n.apply(c); err != nil {
		return store.Record{}, err
	}
	rec := store.Record{ID: c.ID, Seq: seq, Version: 1}
	if err := fillBalance(tx, c); err != nil {
		return store.Record{}, err
	}
	if rec.JSON, err = encodeObject(c); err != nil {
		return store.Record{}, err
	}
	for _, name := range append(customerNames(c), store.Ref{Kind: store.NamePrefix, Name: c.InvoicePrefix}) {
		if err := claimName(tx, call.Livemode, rec, name); err != nil {
			return store.Record{}, err
		}
	}
	return rec, s.saveCustomer(tx, call, clientele.EventCustomerCreated, rec, nil, c, nil)
}

// fillBalance writes the balance as decimals of the customer's currency.
func fillBalance(tx store.Tx, c *clientele.Customer) error {
	currency, found, err := tx.PaymentCurrency(c.Livemode, c.CurrencyID)
	if err != nil {
		return err
	}
	if !found {
		return check.Invalid("currency_id", "no payment currency %q in this mode", c.CurrencyID)
	}
	c.Balance = c.TokenBalance[currency.ID].Decimal(currency.Decimal)
	return nil
}

// embedded are the members of a customer that is retrieved which are not the customer's own.
var embedded = []string{"payments", "subscriptions", "invoices", "payment_count", "invoice_count"}

// patchCustomer makes the changes a request asks for. One that changes nothing leaves no trace.
func (s *core) patchCustomer(tx store.Tx, call Call, rec store.Record, patch customerPatch) (store.Record, error) {
	current := rec.JSON
	if slices.ContainsFunc(embedded, func(name string) bool { return patch.fixed[name] != nil }) {
		doc, err := expandCustomer(tx, rec)
		if err != nil {
			return rec, err
		}
		current = doc.JSON
	}
	if err := patch.checkFixed(current); err != nil {
		return rec, err
	}
	before, err := decodeCustomer(rec)
	if err != nil {
		return rec, err
	}
	after := cloneCustomer(before)
	if err := patch.apply(after); err != nil {
		return rec, err
	}
	return s.replaceCustomer(tx, call, rec, before, after)
}

// replaceCustomer saves a customer that may have changed: its names are claimed, and the event says what was before.
func (s *core) replaceCustomer(
	tx store.Tx, call Call, rec store.Record, before, after *clientele.Customer,
) (store.Record, error) {
	if before.CurrencyID != after.CurrencyID {
		if err := fillBalance(tx, after); err != nil {
			return rec, err
		}
	}
	old := rec.JSON
	changed, err := encodeObject(after)
	if err != nil || bytes.Equal(changed, old) {
		return rec, err
	}
	if before.ExternalID != after.ExternalID {
		if err := tx.ReleaseName(after.Livemode, store.NameExternalID, before.ExternalID); err != nil {
			return rec, err
		}
		if after.ExternalID != "" {
			name := store.Ref{Kind: store.NameExternalID, Name: after.ExternalID}
			if err := claimName(tx, call.Livemode, rec, name); err != nil {
				return rec, err
			}
		}
	}
	// A prefix is the customer's for ever: invoices have numbers with it.
	if before.InvoicePrefix != after.InvoicePrefix {
		prefix := store.Ref{Kind: store.NamePrefix, Name: after.InvoicePrefix}
		if err := claimName(tx, call.Livemode, rec, prefix); err != nil {
			return rec, err
		}
	}
	if after.UpdatedAt = clientele.At(s.now()); !call.movedIn.IsZero() {
		after.UpdatedAt = clientele.At(call.movedIn)
	}
	if rec.JSON, err = encodeObject(after); err != nil {
		return rec, err
	}
	rec.Version++
	return rec, s.saveCustomer(tx, call, clientele.EventCustomerUpdated, rec, before, after, old)
}

// saveCustomer writes the customer and the event that says what happened to it.
func (s *core) saveCustomer(
	tx store.Tx, call Call, event string, rec store.Record, before, after *clientele.Customer, old []byte,
) error {
	if err := store.Customers.Save(tx, rec, before, after); err != nil {
		return err
	}
	return s.record(tx, call, event, changed{
		id: after.ID, customerID: after.ID, version: rec.Version, before: old, after: rec.JSON,
	})
}

// customerNames are a customer's unique names, always in one order, so that an error names the same one every time.
func customerNames(c *clientele.Customer) (all []store.Ref) {
	for _, n := range []store.Ref{{Kind: store.NameDID, Name: c.DID}, {Kind: store.NameExternalID, Name: c.ExternalID}} {
		if n.Name != "" {
			all = append(all, n)
		}
	}
	return all
}

// claimName gives a customer a unique name, or says who has it.
func claimName(tx store.Tx, mode clientele.Mode, customer store.Record, n store.Ref) error {
	holder, err := tx.ClaimName(mode, n.Kind, n.Name, customer)
	if err != nil || holder == "" {
		return err
	}
	return clientele.Errorf(clientele.ErrorCodeConflict, string(n.Kind), "another customer, %s, has this %s", holder,
		n.Kind)
}
