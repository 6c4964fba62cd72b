package billing

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"clientele.dev"
	"clientele.dev/internal/check"
	"clientele.dev/internal/store"
)

// arrival is an [Arrival] while a transaction takes it in.
type arrival struct {
	*core
	in       Arrival
	on       OnConflict
	refused  map[string][]Mistake // by the id of an object
	outcomes []Arrived

	account  *customerAccount
	where    *time.Location
	invoices map[string]*invoice   // that are here now
	pays     map[string]*payment   // that are here now
	waiting  map[string][]*payment // for an invoice that is not here yet
}

func (a *arrival) told(object, id string, outcome Outcome, mistakes ...Mistake) {
	a.outcomes = append(a.outcomes, Arrived{object, id, outcome, mistakes})
}

// arrivalStep is something that happened to the customer elsewhere.
type arrivalStep struct {
	at    time.Time
	id    string // of the object
	order int    // of what is on the same day
	do    func() error
}

// take takes everything in, in the order in which it happened.
func (a *arrival) take(tx store.Tx, call Call) error {
	id := a.in.Customer.ID
	if mistakes := a.refused[id]; mistakes != nil {
		a.refuseAll(mistakes)
		return nil
	}
	taken, isNew, err := a.takeCustomer(tx, call)
	if err != nil {
		return refusedArrival(tx, call, id, err)
	}
	if !taken || len(a.in.Invoices)+len(a.in.Payments)+len(a.in.Refunds)+len(a.in.Credits)+
		len(a.in.Subscriptions)+len(a.in.Customer.Credit) == 0 {
		return nil
	}
	if a.account, err = a.openAny(tx, call, a.in.Customer.ID); err != nil {
		return err
	}
	a.account.movesIn = true
	if a.where, err = a.account.zone(); err != nil {
		return err
	}
	a.invoices, a.pays, a.waiting = map[string]*invoice{}, map[string]*payment{}, map[string][]*payment{}
	steps := a.steps(isNew)
	slices.SortStableFunc(steps, func(x, y arrivalStep) int {
		return cmp.Or(cmp.Compare(a.day(x.at), a.day(y.at)), cmp.Compare(x.order, y.order), x.at.Compare(y.at))
	})
	for _, step := range steps {
		a.account.now, a.account.given = step.at, a.day(step.at)
		if err := step.do(); err != nil {
			return refusedArrival(tx, call, step.id, err)
		}
	}
	a.account.now, a.account.given = a.in.UpdatedAt, 0
	if isNew {
		if err := a.bringCredit(); err != nil {
			return refusedArrival(tx, call, id, err)
		}
	}
	return a.account.close()
}

// day is the day of a moment where the business is.
func (a *arrival) day(at time.Time) clientele.Day { return clientele.DayIn(at, a.where) }

// refuseAll refuses the customer, and with it what belongs to it.
func (a *arrival) refuseAll(mistakes []Mistake) {
	if a.in.Customer.Known {
		a.outcomes = append(a.outcomes, a.in.belongings(mistakes)...)
		return
	}
	a.told("customer", a.in.Customer.ID, OutcomeRefused, mistakes...)
	a.outcomes = append(a.outcomes, a.in.WithoutCustomer()...)
}

// WithoutCustomer is what becomes of what belongs to a customer who is refused.
func (in Arrival) WithoutCustomer() (refused []Arrived) {
	return in.belongings([]Mistake{{"customer_id", "its customer " + in.Customer.ID + " was refused"}})
}

// belongings are the refusals of all that belongs to the customer.
func (in Arrival) belongings(mistakes []Mistake) (refused []Arrived) {
	told := func(object, id string) {
		refused = append(refused, Arrived{object, id, OutcomeRefused, mistakes})
	}
	for _, i := range in.Invoices {
		told("invoice", i.ID)
	}
	for _, p := range in.Payments {
		told("payment", p.ID)
	}
	for _, r := range in.Refunds {
		told("refund", r.ID)
	}
	for _, c := range in.Credits {
		told("credit", c.ID)
	}
	for _, s := range in.Subscriptions {
		told("subscription", s.ID)
	}
	return refused
}

// steps are what happened, of what is not refused. Credit is given to one who is new.
func (a *arrival) steps(isNew bool) (steps []arrivalStep) {
	for _, c := range a.in.Credits {
		switch mistakes := a.refused[c.ID]; {
		case mistakes != nil:
			a.told("credit", c.ID, OutcomeRefused, mistakes...)
		case !isNew:
			a.told("credit", c.ID, OutcomeEqual)
		default:
			order := -1 // what is given comes before what pays with it, or is taken
			if c.Amount.Sign() < 0 {
				order = 5
			}
			steps = append(steps, arrivalStep{c.CreatedAt, c.ID, order, func() error { return a.takeCredit(c) }})
		}
	}
	for _, i := range a.in.Invoices {
		if mistakes := a.refused[i.ID]; mistakes != nil {
			a.told("invoice", i.ID, OutcomeRefused, mistakes...)
			continue
		}
		at := i.CreatedAt
		if i.Status != clientele.InvoiceDraft {
			at = i.FinalizedAt
		}
		steps = append(steps, arrivalStep{at, i.ID, 0, func() error { return a.takeInvoice(i) }})
		if i.Status == clientele.InvoiceVoid || i.Status == clientele.InvoiceUncollectible {
			end := i.SettledAt
			if end.Before(at) { // no invoice ends before it begins
				end = at
			}
			steps = append(steps, arrivalStep{end, i.ID, 3, func() error { return a.endInvoice(i) }})
		}
	}
	for _, p := range a.in.Payments {
		mistakes := a.refused[p.ID]
		if mistakes == nil && p.InvoiceID != "" && a.refused[p.InvoiceID] != nil {
			mistakes = []Mistake{{"invoice_id", "its invoice " + p.InvoiceID + " was refused"}}
		}
		if mistakes != nil {
			a.refused[p.ID] = mistakes
			a.told("payment", p.ID, OutcomeRefused, mistakes...)
			continue
		}
		at := time.Unix(p.Receipt.ReceivedAt, 0)
		steps = append(steps, arrivalStep{at, p.ID, 1, func() error { return a.takePayment(p) }})
	}
	for _, r := range a.in.Refunds {
		mistakes := a.refused[r.ID]
		if mistakes == nil && r.PaymentID != "" && a.refused[r.PaymentID] != nil {
			mistakes = []Mistake{{"payment_intent_id", "its payment " + r.PaymentID + " was refused"}}
		}
		if mistakes == nil && r.InvoiceID != "" && a.refused[r.InvoiceID] != nil {
			mistakes = []Mistake{{"invoice_id", "its invoice " + r.InvoiceID + " was refused"}}
		}
		if mistakes != nil {
			a.told("refund", r.ID, OutcomeRefused, mistakes...)
			continue
		}
		steps = append(steps, arrivalStep{r.CreatedAt, r.ID, 4, func() error { return a.takeRefund(r) }})
	}
	for _, s := range a.in.Subscriptions {
		if mistakes := a.refused[s.ID]; mistakes != nil {
			a.told("subscription", s.ID, OutcomeRefused, mistakes...)
			continue
		}
		steps = append(steps, arrivalStep{s.CreatedAt, s.ID, 6, func() error { return a.takeSubscription(s) }})
	}
	return steps
}

// contacts are the fields that are kept elsewhere when they cannot be taken.
var contacts = []string{"description", "email", "phone", "address", "shipping", "invoice_settings", "preference",
	"invoice_prefix"}

// takeCustomer makes the customer, or compares the one that is there.
func (a *arrival) takeCustomer(tx store.Tx, call Call) (taken, isNew bool, err error) {
	in := a.in.Customer
	if in.Known {
		rec, err := a.known(tx, call)
		a.in.Customer.ID = rec.ID
		return err == nil, false, err
	}
	fields, kept := in.Fields, []Mistake(nil)
	if !in.Row {
		if in.ID == "" {
			return false, false, check.Invalid("id", "id is required")
		}
		if fields, kept, err = keepElsewhere(in.Fields); err != nil {
			return false, false, err
		}
	}
	n, err := a.parseNewCustomer(call, fields)
	if err != nil {
		return false, false, err
	}
	n.id, n.sequence, n.updatedAt = in.ID, in.Sequence, a.in.UpdatedAt
	rec, found, err := a.recognise(tx, call, n)
	switch {
	case err != nil:
		return false, false, err
	case !found:
		if rec, err = a.addCustomer(tx, call, n); err != nil {
			return false, false, err
		}
		a.in.Customer.ID = rec.ID
		a.told("customer", rec.ID, OutcomeNew, kept...)
		return true, true, nil
	case rec.DeletedAt != 0:
		return false, false, conflict("id", "the customer %s is deleted; restore it first", rec.ID)
	}
	a.in.Customer.ID = rec.ID
	taken, err = a.compareCustomer(tx, call, rec, n)
	return taken, false, err
}

// known finds a customer who must be here by its id, DID, external id or email.
func (a *arrival) known(tx store.Tx, call Call) (rec store.Record, err error) {
	ref := a.in.Customer.ID
	if ref == "" {
		return rec, check.Invalid("customer_id", "customer_id is required: the customer's id, DID, external id or email")
	}
	rec, err = findCustomer(tx, call.Livemode, ref)
	if !isCode(err, clientele.ErrorCodeNotFound) && !isCode(err, clientele.ErrorCodeInvalid) {
		return rec, err
	}
	rec, found, err := tx.Customer(call.Livemode, store.Ref{Kind: store.NameExternalID, Name: ref})
	if err == nil && !found {
		rec, found, err = customerByEmail(tx, call.Livemode, ref)
	}
	if err == nil && !found {
		err = check.Invalid("customer_id", "there is no customer with the id, DID, external id or email %q", ref)
	}
	return rec, err
}

// recognise finds a customer by its id or, of a row that has none, by its DID, its external id or else its email.
func (a *arrival) recognise(tx store.Tx, call Call, n newCustomer) (rec store.Record, found bool, err error) {
	if n.id != "" {
		return tx.Get(store.Customers.Kind, call.Livemode, n.id)
	}
	c := clientele.Customer{Metadata: clientele.Metadata{}}
	if err := n.apply(&c); err != nil {
		return rec, false, err
	}
	for _, name := range []store.Ref{
		{Kind: store.NameDID, Name: n.did}, {Kind: store.NameExternalID, Name: c.ExternalID},
	} {
		if name.Name != "" {
			if rec, found, err = tx.Customer(call.Livemode, name); found || err != nil {
				return rec, found, err
			}
		}
	}
	switch {
	case n.did != "" || c.ExternalID != "":
		return rec, false, nil
	case c.Email == "":
		return rec, false, check.Invalid("id", "a row needs an id, did, external_id or email, by which it is recognised")
	}
	return customerByEmail(tx, call.Livemode, c.Email)
}

// customerByEmail finds the only customer with an email.
func customerByEmail(tx store.Tx, mode clientele.Mode, email string) (rec store.Record, found bool, err error) {
	same, err := tx.Select(store.Customers.Kind, store.Query{
		Mode: mode, Where: []store.Condition{store.Equal("email", strings.ToLower(email))},
	})
	switch {
	case err != nil || len(same) == 0:
		return rec, false, err
	case len(same) > 1:
		return rec, false, conflict("email", "%d customers have the email %s: say which by id or external_id", len(same),
			email)
	}
	return same[0], true, nil
}

// compareCustomer compares a customer who is there with what moves in.
func (a *arrival) compareCustomer(tx store.Tx, call Call, rec store.Record, n newCustomer) (taken bool, err error) {
	c, err := decodeCustomer(rec)
	if err != nil {
		return false, err
	}
	if n.did != "" && n.did != c.DID {
		return false, conflict("did", "the customer %s has the DID %s", c.ID, c.DID)
	}
	after := cloneCustomer(c)
	if err := n.apply(after); err != nil {
		return false, err
	}
	was, err := encodeObject(c)
	if err != nil {
		return false, err
	}
	is, err := encodeObject(after)
	if err != nil {
		return false, err
	}
	switch {
	case string(was) == string(is):
		a.told("customer", c.ID, OutcomeEqual)
		return true, nil
	case a.on == ConflictUpdate:
		_, err := a.patchCustomer(tx, call, rec, n.customerPatch)
		a.told("customer", c.ID, OutcomeChanged)
		return true, err
	case a.on == ConflictSkip:
		a.told("customer", c.ID, OutcomeSkipped)
		return true, nil
	}
	return false, conflict(differing(c, after), "the customer %s is there already and is not the same; --on-conflict "+
		"update or skip says what to do", c.ID)
}

// differing is the first field in which two customers differ.
func differing(x, y *clientele.Customer) string {
	parts := func(c *clientele.Customer) map[string]jsontext.Value {
		var fields map[string]jsontext.Value
		if doc, err := encodeObject(c); err == nil {
			_ = json.Unmarshal(doc, &fields) // of an object
		}
		return fields
	}
	before, after := parts(x), parts(y)
	for _, name := range sortedKeys(after) {
		if string(before[name]) != string(after[name]) {
			return name
		}
	}
	return "id"
}

// keepElsewhere moves the contact details that cannot be taken to the metadata, under imported, and tells of each.
func keepElsewhere(fields Fields) (Fields, []Mistake, error) {
	taken, elsewhere := maps.Clone(fields), map[string]jsontext.Value{}
	var told []Mistake
	for _, name := range contacts {
		raw, sent := fields[name]
		if !sent {
			continue
		}
		var e *clientele.Error
		if _, err := settable[name](name, raw); errors.As(err, &e) {
			delete(taken, name)
			elsewhere[name] = raw
			told = append(told, Mistake{name, e.Message + "; it is kept in the metadata, under imported"})
		}
	}
	if len(elsewhere) == 0 {
		return taken, nil, nil
	}
	metadata := map[string]jsontext.Value{}
	if raw := fields["metadata"]; raw != nil {
		if err := json.Unmarshal(raw, &metadata); err != nil {
			return nil, nil, check.Invalid("metadata", "metadata must be an object")
		}
	}
	kept, err := encodeObject(elsewhere)
	if err != nil {
		return nil, nil, err
	}
	metadata["imported"] = kept
	taken["metadata"], err = encodeObject(metadata)
	return taken, told, err
}
