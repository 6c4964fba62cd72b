package billing

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

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
		for kind, name := range names(c) {
			if err := tx.ReleaseName(call.Livemode, kind, name); err != nil {
				return Document{}, err
			}
		}
		rec.Version, rec.DeletedAt = rec.Version+1, s.now().UnixMilli()
		if err := s.save(tx, call, clientele.CustomerDeleted, rec, c, c, nil); err != nil {
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
			rec, err := find(tx, call.Livemode, id) // one that is there is restored already
			return Document{JSON: rec.JSON, Version: rec.Version}, err
		}
		if err := call.checkVersion(rec); err != nil {
			return Document{}, err
		}
		c, err := decodeCustomer(rec)
		if err != nil {
			return Document{}, err
		}
		if err := reclaim(tx, c); err != nil {
			return Document{}, err
		}
		rec.Version, rec.DeletedAt = rec.Version+1, 0
		err = s.save(tx, call, clientele.CustomerRestored, rec, c, c, nil)
		return Document{JSON: rec.JSON, Version: rec.Version}, err
	})
}

// reclaim takes a deleted customer's names again, or says which of them others have now.
func reclaim(tx Tx, c *clientele.Customer) error {
	var taken []string
	for _, kind := range []NameKind{NameDID, NameExternalID} {
		name := names(c)[kind]
		if name == "" {
			continue
		}
		holder, err := tx.ClaimName(c.Livemode, kind, name, c.ID)
		if err != nil {
			return err
		}
		if holder != "" {
			taken = append(taken, string(kind)+" (by "+holder+")")
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

// find finds a customer by what a path says. A text that looks like a DID and is none is an error of its own.
func find(tx Tx, live bool, text string) (Record, error) {
	ref := ParseRef(text)
	rec, found, err := tx.Customer(live, ref)
	if err != nil || found {
		return rec, err
	}
	if _, err := ParseDID(text); err != nil && looksLikeDID(text) {
		return rec, invalid("id", "%q is neither a customer's id nor a DID: %s", text, err)
	}
	return rec, notFound(text)
}

func load(tx Tx, live bool, ref string) (Record, *clientele.Customer, error) {
	rec, err := find(tx, live, ref)
	if err != nil {
		return rec, nil, err
	}
	c, err := decodeCustomer(rec)
	return rec, c, err
}

func decodeCustomer(rec Record) (*clientele.Customer, error) {
	c := new(clientele.Customer)
	return c, json.Unmarshal(rec.JSON, c)
}

// clone copies what a patch may change in place.
func clone(c *clientele.Customer) *clientele.Customer {
	copied := *c
	copied.Metadata = maps.Clone(c.Metadata)
	if c.Shipping != nil {
		shipping := *c.Shipping
		copied.Shipping = &shipping
	}
	return &copied
}

func notFound(ref string) error {
	return clientele.Errorf(clientele.NotFound, "id", "no customer %q in this mode", ref)
}

// add makes a new customer.
func (s *Service) add(tx Tx, call Call, patch customerPatch, did string) (Record, error) {
	now := s.now()
	seq, err := tx.NextSeq(KindCustomer, now)
	if err != nil {
		return Record{}, err
	}
	c := &clientele.Customer{
		Object: "customer", Livemode: call.Livemode, DID: did, Metadata: clientele.Metadata{},
		TokenBalance: clientele.Balances{}, NextInvoiceSequence: 1,
		CreatedAt: clientele.At(now), UpdatedAt: clientele.At(now),
	}
	if c.ID, err = s.seqID("cus_", seq); err != nil {
		return Record{}, err
	}
	if c.InvoicePrefix, err = s.newInvoicePrefix(); err != nil {
		return Record{}, err
	}
	if err := patch.apply(c); err != nil {
		return Record{}, err
	}
	if err := patch.checkNew(call.Livemode); err != nil {
		return Record{}, err
	}
	rec := Record{ID: c.ID, Seq: seq, Version: 1}
	if err := settle(tx, c); err != nil {
		return Record{}, err
	}
	if rec.JSON, err = encode(c); err != nil {
		return Record{}, err
	}
	for kind, name := range names(c) {
		if err := claim(tx, c, kind, name); err != nil {
			return Record{}, err
		}
	}
	return rec, s.save(tx, call, clientele.CustomerCreated, rec, nil, c, nil)
}

// checkNew refuses fields that a new customer cannot be given; livemode may be said if it is the request's.
func (p customerPatch) checkNew(live bool) error {
	for _, name := range sortedKeys(p.fixed) {
		if name != "livemode" {
			return invalid(name, "%s is not a field that can be set", name)
		}
		if mode, _ := encode(live); !same(name, mode, p.fixed[name]) {
			return invalid(name, "livemode differs from the mode of this request")
		}
	}
	return nil
}

// settle fills what depends on other fields: the balance's form depends on the currency.
func settle(tx Tx, c *clientele.Customer) error {
	currencies, err := tx.PaymentCurrencies(c.Livemode)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(currencies, func(p clientele.PaymentCurrency) bool {
		return p.ID == c.CurrencyID || c.CurrencyID == "" && p.IsBaseCurrency
	})
	if i < 0 {
		return invalid("currency_id", "no payment currency %q in this mode", c.CurrencyID)
	}
	c.Balance = c.TokenBalance[currencies[i].ID].Decimal(currencies[i].Decimal)
	return nil
}

// patchCustomer makes the changes a request asks for. One that changes nothing leaves no trace.
func (s *Service) patchCustomer(tx Tx, call Call, rec Record, patch customerPatch) (Record, error) {
	current := rec.JSON
	if patch.fixed["invoices"] != nil || patch.fixed["payments"] != nil || patch.fixed["subscriptions"] != nil {
		doc, err := expanded(tx, rec)
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
	after := clone(before)
	if err := patch.apply(after); err != nil {
		return rec, err
	}
	return s.replace(tx, call, rec, before, after)
}

// replace saves a customer that may have changed: its names are claimed, and the event says what was before.
func (s *Service) replace(tx Tx, call Call, rec Record, before, after *clientele.Customer) (Record, error) {
	if before.CurrencyID != after.CurrencyID {
		if err := settle(tx, after); err != nil {
			return rec, err
		}
	}
	old := rec.JSON
	changed, err := encode(after)
	if err != nil || bytes.Equal(changed, old) {
		return rec, err
	}
	if before.ExternalID != after.ExternalID {
		if err := tx.ReleaseName(after.Livemode, NameExternalID, before.ExternalID); err != nil {
			return rec, err
		}
		if after.ExternalID != "" {
			if err := claim(tx, after, NameExternalID, after.ExternalID); err != nil {
				return rec, err
			}
		}
	}
	after.UpdatedAt = clientele.At(s.now())
	if rec.JSON, err = encode(after); err != nil {
		return rec, err
	}
	rec.Version++
	return rec, s.save(tx, call, clientele.CustomerUpdated, rec, before, after, old)
}

// save writes the customer and the event that says what happened to it.
func (s *Service) save(
	tx Tx, call Call, event string, rec Record, before, after *clientele.Customer, old []byte,
) error {
	if err := tx.SaveCustomer(rec, before, after); err != nil {
		return err
	}
	return s.record(tx, call, event, eventObject{
		kind: "customer", id: after.ID, version: rec.Version, before: old, json: rec.JSON,
	})
}

// names are a customer's unique names.
func names(c *clientele.Customer) map[NameKind]string {
	m := map[NameKind]string{}
	if c.DID != "" {
		m[NameDID] = c.DID
	}
	if c.ExternalID != "" {
		m[NameExternalID] = c.ExternalID
	}
	return m
}

func claim(tx Tx, c *clientele.Customer, kind NameKind, name string) error {
	holder, err := tx.ClaimName(c.Livemode, kind, name, c.ID)
	if err != nil || holder == "" {
		return err
	}
	return clientele.Errorf(clientele.Conflict, string(kind), "another customer, %s, has this %s", holder, kind)
}

// takeDID takes the DID out of a request to create a customer.
func takeDID(fields Fields) (string, Fields, error) {
	raw, sent := fields["did"]
	if !sent {
		return "", fields, nil
	}
	rest := Fields{}
	for name, value := range fields {
		if name != "did" {
			rest[name] = value
		}
	}
	s, err := text("did", raw, maxText)
	if err != nil || s == "" {
		return "", rest, err
	}
	did, err := ParseDID(s)
	if err != nil {
		return "", rest, invalid("did", "did is not a DID: %s", err)
	}
	return did, rest, nil
}
