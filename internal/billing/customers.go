package billing

import (
	"context"
	"maps"
	"strings"
	"unicode/utf8"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/did"
	"clientele.dev/internal/store"
)

// Customers is the part of [Service] about customers, their credit and their account.
type Customers struct{ *core }

// ParseRef reads how a path names a customer: a DID in any of its forms, or an id.
func ParseRef(text string) store.Ref {
	if did, err := did.Parse(text); err == nil {
		return store.Ref{Kind: store.NameDID, Name: did}
	}
	return store.Ref{ID: text}
}

// Retrieve answers the customer expanded with what belongs to it: its payments and invoices.
func (s Customers) Retrieve(ctx context.Context, mode clientele.Mode, ref string) (doc store.Document, err error) {
	return s.store.Remembered(ctx, mode, ref, func(tx store.Tx) (doc store.Document, customerID string, err error) {
		rec, err := findCustomer(tx, mode, ref)
		if err != nil {
			return doc, "", err
		}
		doc, err = expandCustomer(tx, rec)
		return doc, rec.ID, err
	})
}

// RetrieveOrCreate answers the customer as [Customers.Retrieve] does, and creates one for a DID that nobody has.
// However many ask at once, one customer comes of it.
func (s Customers) RetrieveOrCreate(ctx context.Context, call Call, ref string) (store.Document, error) {
	doc, err := s.Retrieve(ctx, call.Livemode, ref)
	if !isCode(err, clientele.ErrorCodeNotFound) {
		return doc, err
	}
	did, err := did.Parse(ref)
	if err != nil {
		return store.Document{}, noCustomer(ref)
	}
	doc, err = s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, found, err := tx.Customer(call.Livemode, store.Ref{Kind: store.NameDID, Name: did})
		if err == nil && !found {
			rec, err = s.addCustomer(tx, call, newCustomer{did: did})
		}
		return customerDocument(rec, false), err
	})
	if err != nil {
		return doc, err
	}
	err = s.store.View(ctx, func(tx store.Tx) error {
		expanded, err := expandCustomer(tx, store.Record{ID: doc.ID, Version: doc.Version, JSON: doc.JSON})
		doc.JSON = expanded.JSON
		return err
	})
	return doc, err
}

func customerDocument(rec store.Record, created bool) store.Document {
	return store.Document{JSON: rec.JSON, Of: store.TypeCustomer, ID: rec.ID, Version: rec.Version, Created: created}
}

// Find answers the customer alone, a deleted one too when it is asked for by id.
func (s Customers) Find(
	ctx context.Context, mode clientele.Mode, ref string,
) (c clientele.CustomerExpanded, version int64, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		rec, err := findCustomerOrDeleted(tx, mode, ref)
		if err != nil {
			return err
		}
		found, err := decodeCustomer(rec)
		if err != nil {
			return err
		}
		c.Customer, version = *found, rec.Version
		_, there, err := tx.Customer(mode, store.Ref{ID: rec.ID})
		c.Deleted = !there
		return err
	})
	return c, version, err
}

// History answers the changes of a customer, newest first.
func (s Customers) History(ctx context.Context, mode clientele.Mode, id string) ([]clientele.Event, error) {
	return s.historyOf(ctx, mode, store.TypeCustomer, id)
}

// Create creates a customer.
func (s Customers) Create(ctx context.Context, call Call, fields Fields) (store.Document, error) {
	if len(fields) == 0 {
		return store.Document{}, check.Invalid("", "the body is empty: send at least one field of the customer, such as "+
			"name, email, did or external_id")
	}
	n, err := s.parseNewCustomer(call, fields)
	if err != nil {
		return store.Document{}, err
	}
	return s.create(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, err := s.addCustomer(tx, call, n)
		return customerDocument(rec, true), err
	})
}

// Update changes the fields sent and leaves the others.
func (s Customers) Update(ctx context.Context, call Call, ref string, fields Fields) (store.Document, error) {
	patch, err := parseCustomer(fields)
	if err != nil {
		return store.Document{}, err
	}
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, err := findCustomer(tx, call.Livemode, ref)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(rec); err != nil {
			return store.Document{}, err
		}
		rec, err = s.patchCustomer(tx, call, rec, patch)
		return customerDocument(rec, false), err
	})
}

// UpsertExternal updates the customer with the external id, or creates it.
func (s Customers) UpsertExternal(
	ctx context.Context, call Call, externalID string, fields Fields,
) (store.Document, error) {
	if externalID == "" || strings.ContainsRune(externalID, 0) || !utf8.ValidString(externalID) {
		return store.Document{}, check.Invalid("external_id",
			"external_id must be text without the character U+0000, and not empty")
	}
	raw, err := encodeObject(externalID)
	if err != nil {
		return store.Document{}, err
	}
	if sent, ok := fields["external_id"]; ok && !same("external_id", raw, sent) {
		return store.Document{}, check.Invalid("external_id", "external_id differs from the one in the path")
	}
	fields = maps.Clone(fields)
	fields["external_id"] = raw
	patch, err := parseCustomer(fields)
	if err != nil {
		return store.Document{}, err
	}
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, found, err := tx.Customer(call.Livemode, store.Ref{Kind: store.NameExternalID, Name: externalID})
		if err == nil {
			err = call.checkVersion(rec)
		}
		if err != nil {
			return store.Document{}, err
		}
		if found {
			rec, err = s.patchCustomer(tx, call, rec, patch)
			return customerDocument(rec, false), err
		}
		n, err := s.parseNewCustomer(call, fields)
		if err != nil {
			return store.Document{}, err
		}
		rec, err = s.addCustomer(tx, call, n)
		return customerDocument(rec, true), err
	})
}

// Delete hides a customer and frees its DID and external id. One who owes anything stays, and one to whom the business
// owes anything.
func (s Customers) Delete(ctx context.Context, call Call, ref string) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, c, err := loadCustomer(tx, call.Livemode, ref)
		if err != nil {
			return store.Document{}, err
		}
		if err := call.checkVersion(rec); err != nil {
			return store.Document{}, err
		}
		unpaid, err := tx.Count(store.Invoices.Kind, unpaidInvoices(call.Livemode, c.ID))
		if err != nil {
			return store.Document{}, err
		}
		if unpaid > 0 {
			return store.Document{}, clientele.Errorf(clientele.ErrorCodeConflict, "",
				"the customer owes something: %d invoices are open or uncollectible; have them paid or void them before "+
					"deleting the customer", unpaid)
		}
		if err := checkOwedNothing(tx, c); err != nil {
			return store.Document{}, err
		}
		for _, n := range customerNames(c) {
			if err := tx.ReleaseName(call.Livemode, n.Kind, n.Name); err != nil {
				return store.Document{}, err
			}
		}
		rec.Version, rec.DeletedAt = rec.Version+1, s.now().UnixMilli()
		if err := s.saveCustomer(tx, call, clientele.EventCustomerDeleted, rec, c, c, rec.JSON); err != nil {
			return store.Document{}, err
		}
		gone, err := encodeObject(clientele.Deleted{ID: c.ID, Object: "customer", Deleted: true})
		return store.Document{JSON: gone}, err
	})
}

// checkOwedNothing refuses to lose sight of a customer's credit, or of money that was not applied.
func checkOwedNothing(tx store.Tx, c *clientele.Customer) error {
	currencies, err := currenciesOf(tx, c.Livemode)
	if err != nil {
		return err
	}
	for _, currency := range currencies {
		end, err := tx.LedgerEnd(c.ID, currency.ID, store.Forever)
		if err != nil {
			return err
		}
		if end.Credit.Sign() > 0 {
			return conflict("",
				"the customer has a credit of %s: use it or record its refund before deleting the customer",
				end.Credit.In(currency.ID))
		}
		if end.Unapplied.Sign() > 0 {
			return conflict("",
				"the customer has paid %s that is not applied: allocate or refund it before deleting the customer",
				end.Unapplied.In(currency.ID))
		}
	}
	return nil
}

// Restore brings a deleted customer back, unless its DID or external id has been taken meanwhile.
func (s Customers) Restore(ctx context.Context, call Call, id string) (store.Document, error) {
	return s.change(ctx, call, func(tx store.Tx) (store.Document, error) {
		rec, _, err := tx.Get(store.Customers.Kind, call.Livemode, id)
		if err != nil {
			return store.Document{}, err
		}
		deleted := rec.DeletedAt != 0
		if !deleted {
			if rec, err = findCustomer(tx, call.Livemode, id); err != nil {
				return store.Document{}, err
			}
		}
		if err := call.checkVersion(rec); err != nil {
			return store.Document{}, err
		}
		if !deleted { // one that is there is restored already
			return customerDocument(rec, false), nil
		}
		c, err := decodeCustomer(rec)
		if err != nil {
			return store.Document{}, err
		}
		if err := reclaimNames(tx, rec, c); err != nil {
			return store.Document{}, err
		}
		old, before := rec.JSON, cloneCustomer(c)
		rec.Version, rec.DeletedAt = rec.Version+1, 0
		c.UpdatedAt = clientele.At(s.now())
		if rec.JSON, err = encodeObject(c); err != nil {
			return store.Document{}, err
		}
		err = s.saveCustomer(tx, call, clientele.EventCustomerRestored, rec, before, c, old)
		return customerDocument(rec, false), err
	})
}

// reclaimNames takes a deleted customer's names again, or says which of them others have now.
func reclaimNames(tx store.Tx, rec store.Record, c *clientele.Customer) error {
	var taken []string
	for _, n := range customerNames(c) {
		holder, err := tx.ClaimName(c.Livemode, n.Kind, n.Name, rec)
		if err != nil {
			return err
		}
		if holder != "" {
			taken = append(taken, string(n.Kind)+" (by "+holder+")")
		}
	}
	if len(taken) > 0 {
		field, _, _ := strings.Cut(taken[0], " ")
		return clientele.Errorf(clientele.ErrorCodeConflict, field,
			"the customer cannot be restored: taken meanwhile: %s", strings.Join(taken, ", "))
	}
	return nil
}

// List answers a page of customers, expanded if asked for, and the exact count of all that match.
func (s Customers) List(
	ctx context.Context, q store.Query, expand bool,
) (docs [][]byte, count int64, err error) {
	look := s.scanStore
	if _, whole := q.WholeMode(); whole && q.ByTime() { // any page of it is found at once
		look = s.store.View
	}
	err = look(ctx, func(tx store.Tx) error {
		var page []store.Record
		if page, count, err = tx.List(store.Customers.Kind, q); err != nil {
			return err
		}
		docs, err = listedCustomers(tx, page, expand)
		return err
	})
	return docs, count, err
}

// listedCustomers are the elements of a list.
func listedCustomers(tx store.Tx, page []store.Record, expand bool) ([][]byte, error) {
	if !expand {
		return documentsOf(page), nil
	}
	return expandCustomers(tx, page, listedDocuments)
}

// Search answers a page of the customers that a query matches, see [ParseSearch], expanded if asked for, and
// their exact count.
func (s Customers) Search(ctx context.Context, q Search) (docs [][]byte, count int64, err error) {
	search, err := ParseSearch(q.Query)
	if err != nil {
		return nil, 0, err
	}
	search.Livemode, search.Order, search.Limit, search.Offset = q.Livemode, q.Order, q.Limit, q.Offset
	err = s.scanStore(ctx, func(tx store.Tx) error {
		var page []store.Record
		if len(search.Terms)+len(search.PhoneTerms) == 0 {
			page, count, err = tx.List(store.Customers.Kind, q.all())
		} else {
			page, count, err = tx.SearchCustomers(search)
		}
		if err != nil {
			return err
		}
		docs, err = listedCustomers(tx, page, !q.Plain)
		return err
	})
	return docs, count, err
}
