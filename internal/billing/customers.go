package billing

import (
	"context"
	"strings"

	"clientele.dev"
)

// ParseRef reads how a path names a customer: a DID in any of its forms, or an id.
func ParseRef(text string) Ref {
	if did, err := ParseDID(text); err == nil {
		return Ref{Kind: NameDID, Name: did}
	}
	return Ref{ID: text}
}

// Customer answers the customer expanded with what belongs to it: its payments and invoices.
func (s *Service) Customer(ctx context.Context, live bool, ref string) (doc Document, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		rec, err := find(tx, live, ref)
		if err != nil {
			return err
		}
		doc, err = expanded(tx, rec)
		return err
	})
	return doc, err
}

// CustomerOrNew answers the customer as [Service.Customer] does, and creates one for a DID that nobody has. However
// many ask at once, one customer comes of it.
func (s *Service) CustomerOrNew(ctx context.Context, call Call, ref string) (Document, error) {
	doc, err := s.Customer(ctx, call.Livemode, ref)
	if !isCode(err, clientele.NotFound) {
		return doc, err
	}
	did, err := ParseDID(ref)
	if err != nil {
		return Document{}, notFound(ref)
	}
	return s.update(ctx, func(tx Tx) (Document, error) {
		rec, found, err := tx.Customer(call.Livemode, Ref{Kind: NameDID, Name: did})
		if err == nil && !found {
			rec, err = s.add(tx, call, customerPatch{}, did)
		}
		if err != nil {
			return Document{}, err
		}
		return expanded(tx, rec)
	})
}

// CreateCustomer creates a customer.
func (s *Service) CreateCustomer(ctx context.Context, call Call, fields Fields) (Document, error) {
	did, fields, err := takeDID(fields)
	if err != nil {
		return Document{}, err
	}
	patch, err := parseCustomer(fields)
	if err != nil {
		return Document{}, err
	}
	return s.create(ctx, call, func(tx Tx) (Document, error) {
		rec, err := s.add(tx, call, patch, did)
		return Document{JSON: rec.JSON, Version: rec.Version, Created: true}, err
	})
}

// UpdateCustomer changes the fields sent and leaves the others.
func (s *Service) UpdateCustomer(ctx context.Context, call Call, ref string, fields Fields) (Document, error) {
	patch, err := parseCustomer(fields)
	if err != nil {
		return Document{}, err
	}
	return s.change(ctx, call, func(tx Tx) (Document, error) {
		rec, err := find(tx, call.Livemode, ref)
		if err != nil {
			return Document{}, err
		}
		if err := call.checkVersion(rec); err != nil {
			return Document{}, err
		}
		rec, err = s.patchCustomer(tx, call, rec, patch)
		return Document{JSON: rec.JSON, Version: rec.Version}, err
	})
}

// UpsertCustomer updates the customer with the external id, or creates it.
func (s *Service) UpsertCustomer(ctx context.Context, call Call, externalID string, fields Fields) (Document, error) {
	raw, err := encode(externalID)
	if err != nil {
		return Document{}, invalid("external_id", "external_id is not text")
	}
	if sent, ok := fields["external_id"]; ok && !same("external_id", raw, sent) {
		return Document{}, invalid("external_id", "external_id differs from the one in the path")
	}
	fields["external_id"] = raw
	sentDID := fields["did"]
	did, fields, err := takeDID(fields)
	if err != nil {
		return Document{}, err
	}
	patch, err := parseCustomer(fields)
	if err != nil {
		return Document{}, err
	}
	if externalID == "" {
		return Document{}, invalid("external_id", "external_id cannot be empty")
	}
	return s.change(ctx, call, func(tx Tx) (Document, error) {
		rec, found, err := tx.Customer(call.Livemode, Ref{Kind: NameExternalID, Name: externalID})
		if err == nil {
			err = call.checkVersion(rec)
		}
		if err != nil {
			return Document{}, err
		}
		if found {
			if sentDID != nil {
				patch.fixed["did"] = sentDID
			}
			rec, err = s.patchCustomer(tx, call, rec, patch)
		} else {
			rec, err = s.add(tx, call, patch, did)
		}
		return Document{JSON: rec.JSON, Version: rec.Version, Created: !found}, err
	})
}

// DeleteCustomer hides a customer and frees its DID, email and external id. One with open invoices stays.
func (s *Service) DeleteCustomer(ctx context.Context, call Call, ref string) (Document, error) {
	return s.change(ctx, call, func(tx Tx) (Document, error) {
		rec, c, err := load(tx, call.Livemode, ref)
		if err != nil {
			return Document{}, err
		}
		if err := call.checkVersion(rec); err != nil {
			return Document{}, err
		}
		open, err := tx.CustomerInvoices(c.ID, clientele.InvoiceOpen)
		if err != nil {
			return Document{}, err
		}
		if len(open) > 0 {
			return Document{}, clientele.Errorf(clientele.Conflict, "",
				"the customer has %d open invoices; settle, void or mark them uncollectible before deleting it", len(open))
		}
		for _, n := range names(c) {
			if err := tx.ReleaseName(call.Livemode, n.Kind, n.Name); err != nil {
				return Document{}, err
			}
		}
		rec.Version, rec.DeletedAt = rec.Version+1, s.now().UnixMilli()
		if err := s.save(tx, call, clientele.EventCustomerDeleted, rec, c, c, nil); err != nil {
			return Document{}, err
		}
		gone, err := encode(clientele.Deleted{ID: c.ID, Object: "customer", Deleted: true})
		return Document{JSON: gone}, err
	})
}

// RestoreCustomer brings a deleted customer back, unless its DID, email or external id has been taken meanwhile.
func (s *Service) RestoreCustomer(ctx context.Context, call Call, id string) (Document, error) {
	return s.change(ctx, call, func(tx Tx) (Document, error) {
		rec, found, err := tx.DeletedCustomer(call.Livemode, id)
		if err != nil {
			return Document{}, err
		}
		if !found {
			if rec, err = find(tx, call.Livemode, id); err != nil {
				return Document{}, err
			}
		}
		if err := call.checkVersion(rec); err != nil {
			return Document{}, err
		}
		if !found { // one that is there is restored already
			return Document{JSON: rec.JSON, Version: rec.Version}, nil
		}
		c, err := decodeCustomer(rec)
		if err != nil {
			return Document{}, err
		}
		if err := reclaim(tx, c); err != nil {
			return Document{}, err
		}
		rec.Version, rec.DeletedAt = rec.Version+1, 0
		err = s.save(tx, call, clientele.EventCustomerRestored, rec, c, c, nil)
		return Document{JSON: rec.JSON, Version: rec.Version}, err
	})
}

// reclaim takes a deleted customer's names again, or says which of them others have now.
func reclaim(tx Tx, c *clientele.Customer) error {
	var taken []string
	for _, n := range names(c) {
		holder, err := tx.ClaimName(c.Livemode, n.Kind, n.Name, c.ID)
		if err != nil {
			return err
		}
		if holder != "" {
			taken = append(taken, string(n.Kind)+" (by "+holder+")")
		}
	}
	if c.Email != "" {
		holder, err := tx.EmailHolder(c.Livemode, strings.ToLower(c.Email))
		if err != nil {
			return err
		}
		if holder != "" {
			taken = append(taken, "email (by "+holder+")")
		}
	}
	if len(taken) > 0 {
		field, _, _ := strings.Cut(taken[0], " ")
		return clientele.Errorf(clientele.Conflict, field,
			"the customer cannot be restored: taken meanwhile: %s", strings.Join(taken, ", "))
	}
	return nil
}

// ListCustomers answers a page of customers and the exact count of all that match.
func (s *Service) ListCustomers(ctx context.Context, f CustomerFilter) (docs [][]byte, count int64, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		docs, count, err = tx.ListCustomers(f)
		return err
	})
	return docs, count, err
}

// SearchCustomers answers a page of the customers that a query matches, see [ParseSearch], and their exact count.
func (s *Service) SearchCustomers(
	ctx context.Context, live bool, query string, limit, offset int64,
) (docs [][]byte, count int64, err error) {
	terms, whole, err := ParseSearch(query)
	if err != nil {
		return nil, 0, err
	}
	err = s.store.View(ctx, func(tx Tx) error {
		if len(terms) == 0 {
			all := CustomerFilter{Livemode: live, Window: Window{Limit: limit, Offset: offset}}
			docs, count, err = tx.ListCustomers(all)
			return err
		}
		docs, count, err = tx.SearchCustomers(CustomerSearch{
			Livemode: live, Terms: terms, Whole: whole, Limit: limit, Offset: offset,
		})
		return err
	})
	return docs, count, err
}
