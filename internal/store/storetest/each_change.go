package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/store"
)

func (b *breaking) verify() {
	b.Helper()
	var told []int64
	progress := func(done, total int64) {
		if told = append(told, done); done > total {
			b.Errorf("%d of %d are verified", done, total)
		}
	}
	err := b.billing.Verify(b.Context(), progress, func(d billing.Difference) { b.Errorf("%s: %s", d.ID, d.Text) })
	if err != nil {
		b.Error(err)
	}
	const customers = 2 // and sums after them
	if !slices.Contains(told, customers) || !slices.IsSorted(told) || told[len(told)-1] <= customers {
		b.Errorf("the progress told is %v", told)
	}
}

// anyChangeMayFail lets each statement of each change fail, one after the other. Whichever it is, the error is
// told and nothing is changed, so that the same change can be made once it does not fail any more.
func anyChangeMayFail(b *breaking) {
	ctx, customers, invoices, payments := b.Context(), b.billing.Customers, b.billing.Invoices, b.billing.Payments
	customer := b.change("create", func(call billing.Call) (store.Document, error) {
		return customers.Create(ctx, call, b.fields(`{"name":"Ada","external_id":"E1","metadata":{"a":1}}`))
	})
	b.change("update", func(call billing.Call) (store.Document, error) {
		return customers.Update(ctx, call, customer, b.fields(`{"name":"Ada King","metadata":{"a":null,"b":2}}`))
	})
	b.change("replace", func(call billing.Call) (store.Document, error) {
		return customers.UpsertExternal(ctx, call, "E1", b.fields(`{"name":"Ada King","metadata":{"b":2}}`))
	})
	b.change("change what it is called by", func(call billing.Call) (store.Document, error) {
		return customers.Update(ctx, call, customer,
			b.fields(`{"external_id":"E2","invoice_prefix":"ADA","currency_id":"curr_test_usd"}`))
	})
	b.change("drop what it is called by", func(call billing.Call) (store.Document, error) {
		return customers.Update(ctx, call, customer, b.fields(`{"external_id":null}`))
	})
	first, second := b.invoice(customer, 100, 1), b.invoice(customer, 50, 2)
	third, fourth := b.invoice(customer, 30, -40), b.invoice(customer, 70, -3)
	b.on("hold", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Hold(ctx, call, id, clientele.HoldParams{Until: b.now.AddDate(1, 0, 0).Unix(), Reason: "x"})
	})
	b.on("release", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Release(ctx, call, id)
	})
	b.on("uncollectible", third, func(call billing.Call, id string) (store.Document, error) {
		return invoices.MarkUncollectible(ctx, call, id)
	})
	b.on("write off a part", fourth, func(call billing.Call, id string) (store.Document, error) {
		return invoices.WriteOff(ctx, call, id, clientele.WriteOffParams{Amount: cents(30)})
	})
	b.on("write off the rest", fourth, func(call billing.Call, id string) (store.Document, error) {
		return invoices.WriteOff(ctx, call, id, clientele.WriteOffParams{})
	})
	b.pay(customer, 10, fourth) // a recovery
	b.on("reopen", fourth, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Reopen(ctx, call, id)
	})
	b.on("credit note", second, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Credit(ctx, call, id, clientele.CreditNoteParams{Amount: cents(5)})
	})
	payment := b.pay(customer, 120, "")
	b.on("unallocate", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Unallocate(ctx, call, id, clientele.UnallocateParams{})
	})
	b.on("allocate", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Allocate(ctx, call, id, clientele.AllocateParams{Amount: cents(40)})
	})
	b.on("keep as credit", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Credit(ctx, call, id, clientele.RestParams{Amount: cents(20)})
	})
	b.moveCredit("use the credit", customer, clientele.CreditParams{
		Amount: cents(-20), Reason: clientele.ReasonCreditApplied, InvoiceID: first,
	})
	b.on("refund", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Refund(ctx, call, id, clientele.RefundParams{RestParams: clientele.RestParams{Amount: cents(15)}})
	})
	b.on("reverse", payment, func(call billing.Call, id string) (store.Document, error) {
		return payments.Reverse(ctx, call, id, clientele.ReverseParams{Reason: "it bounced"})
	})
	b.on("pay", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Pay(ctx, call, id, clientele.Receipt{})
	})
	b.on("credit note of what was paid", first, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Credit(ctx, call, id, clientele.CreditNoteParams{Amount: cents(30)})
	})
	b.moveCredit("pay credit out", customer, clientele.CreditParams{Amount: cents(-1), Reason: clientele.ReasonRefund})
	b.on("void", second, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Void(ctx, call, id, clientele.VoidParams{})
	})
	b.on("void", third, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Void(ctx, call, id, clientele.VoidParams{})
	})
	b.voidWhatWasPaid(customer)
	b.settingsAndAccount()
	b.policy(customer)
	b.draft(customer)
	b.currencies()
	b.reopenBooks()
	b.verify()
}

// reopenBooks takes a closing back.
func (b *breaking) reopenBooks() {
	long := clientele.DayIn(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), time.UTC)
	closing, err := b.billing.Closings.Create(b.Context(), billing.Call{Actor: "test"}, clientele.ClosingParams{
		Through: &long,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.change("reopen the books", func(call billing.Call) (store.Document, error) {
		return b.billing.Closings.Reopen(b.Context(), call, closing.ID, clientele.ClosingReopenParams{Reason: "test"})
	})
}

// voidWhatWasPaid voids an invoice that was paid in part, by a payment and by credit.
func (b *breaking) voidWhatWasPaid(customer string) {
	id := b.invoice(customer, 60, 3)
	b.pay(customer, 20, id)
	b.moveCredit("credit", customer, clientele.CreditParams{Amount: cents(15), Reason: clientele.ReasonAdjustment})
	b.moveCredit("use a part of it", customer, clientele.CreditParams{
		Amount: cents(-5), Reason: clientele.ReasonCreditApplied, InvoiceID: id,
	})
	b.moveCredit("use the rest", customer, clientele.CreditParams{
		Amount: cents(-10), Reason: clientele.ReasonCreditApplied, InvoiceID: id,
	})
	b.on("void what was paid", id, func(call billing.Call, id string) (store.Document, error) {
		return b.billing.Invoices.Void(b.Context(), call, id, clientele.VoidParams{})
	})
}

func (b *breaking) settingsAndAccount() {
	b.change("settings", func(call billing.Call) (store.Document, error) {
		return b.billing.Settings.Update(b.Context(), call, clientele.SettingsParams{UncollectibleAfterDays: new(int64(9))})
	})
	b.change("account", func(call billing.Call) (store.Document, error) {
		return b.billing.Settings.UpdateAccount(b.Context(), call, clientele.AccountParams{Name: new("King & Co")})
	})
}

// policy lets the policy mark an invoice uncollectible that is late.
func (b *breaking) policy(customer string) {
	id := b.invoice(customer, 25, -30)
	given := 0 // in all tries: one may fail after a mode is done
	b.read("policy", func() error {
		more, err := b.billing.ApplyPolicy(b.Context())
		given += more
		return err
	})
	doc, err := b.billing.Invoices.Retrieve(b.Context(), clientele.Test, id)
	if given != 1 || err != nil || !strings.Contains(string(doc.JSON), `"status":"uncollectible"`) {
		b.Errorf("the policy gave up %d invoices, want 1; %s %v", given, doc.JSON, err)
	}
}

// draft makes a draft, changes it and drops it, and deletes and restores a customer who owes nothing.
func (b *breaking) draft(customer string) {
	ctx, invoices, customers := b.Context(), b.billing.Invoices, b.billing.Customers
	lines := func(price int64) clientele.InvoiceContent {
		return clientele.InvoiceContent{Lines: []clientele.LineParams{{Description: "work", UnitAmount: cents(price)}}}
	}
	draft := b.change("draft", func(call billing.Call) (store.Document, error) {
		return invoices.Create(ctx, call, clientele.InvoiceParams{
			CustomerID: customer, CurrencyID: usd, InvoiceContent: lines(1),
		})
	})
	b.on("change a draft", draft, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Update(ctx, call, id, lines(2))
	})
	b.on("drop a draft", draft, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Delete(ctx, call, id)
	})
	draft = b.change("draft", func(call billing.Call) (store.Document, error) {
		return invoices.Create(ctx, call, clientele.InvoiceParams{
			CustomerID: customer, CurrencyID: usd, InvoiceContent: lines(3),
		})
	})
	b.on("finalize", draft, func(call billing.Call, id string) (store.Document, error) {
		return invoices.Finalize(ctx, call, id)
	})
	eve := b.change("somebody else", func(call billing.Call) (store.Document, error) {
		return customers.Create(ctx, call, b.fields(`{"did":"z1bUPE8NwmggAepyjRdh58cJJioF6XC6YSE"}`))
	})
	b.on("delete", eve, func(call billing.Call, id string) (store.Document, error) {
		return customers.Delete(ctx, call, id)
	})
	b.on("restore", eve, func(call billing.Call, id string) (store.Document, error) {
		return customers.Restore(ctx, call, id)
	})
}

func (b *breaking) currencies() {
	method := b.change("method", func(call billing.Call) (store.Document, error) {
		return b.billing.PaymentMethods.Create(b.Context(), call, clientele.MethodParams{Type: "manual", Name: "Bank"})
	})
	b.change("currency", func(call billing.Call) (store.Document, error) {
		return b.billing.PaymentCurrencies.Create(b.Context(), call, clientele.CurrencyParams{
			PaymentMethodID: method, Name: "Euro", Symbol: "EUR", Decimal: new(int64(2)),
		})
	})
}

// anyAccessMayFail does the same with keys, applications and sessions.
func anyAccessMayFail(b *breaking) {
	ctx, s, by := b.Context(), b.Store, store.By{Actor: "test", At: b.now}
	key := func(n byte) store.Key {
		return store.Key{
			ID: fmt.Sprint("key_", n), Scope: store.ScopeAdmin, Hash: [32]byte{n}, CreatedAt: b.now, Version: 1,
		}
	}
	secret, keys, apps := [32]byte{9}, keysAt(s, b.now), appsAt(s, b.now)
	again := ""
	for _, do := range []struct {
		name string
		do   func() (some bool, err error)
	}{
		{"first keys", func() (bool, error) { return keys.AddFirst(ctx, by, key(1)) }},
		{"key", func() (bool, error) { return true, keys.Add(ctx, by, key(2)) }},
		{"replace a key", func() (bool, error) {
			_, _, err := keys.Replace(ctx, by, key(2), 0)
			return true, err
		}},
		{"note uses", func() (bool, error) {
			return true, s.NoteUses(ctx, map[string]time.Time{"key_1": b.now, "key_2": b.now})
		}},
		{"revoke a key", func() (bool, error) {
			n, err := keys.Revoke(ctx, by, "key_1")
			return n == 1, err
		}},
		{"keys", func() (bool, error) {
			all, err := s.Keys(ctx)
			return len(all) == 3 && !all[0].RevokedAt.IsZero() && !all[0].LastUsed.IsZero(), err
		}},
		{"a key", func() (bool, error) { _, found, err := s.KeyByHash(ctx, [32]byte{1}); return found, err }},
		{"application", func() (bool, error) {
			_, err := apps.Trust(ctx, by, "shop", make([]byte, 32))
			return true, err
		}},
		{"replace an application", func() (bool, error) {
			_, n, err := apps.Create(ctx, by, "shop")
			return n == 1, err
		}},
		{"trust an application again", func() (bool, error) {
			app, err := apps.Trust(ctx, by, "till", make([]byte, 32))
			again = app.ID
			return true, err
		}},
		{"revoke an application", func() (bool, error) { return true, apps.Revoke(ctx, by, again) }},
		{"applications", func() (bool, error) { all, err := s.Apps(ctx); return len(all) == 2, err }},
		{"session", func() (bool, error) {
			return true, s.AddSession(ctx, store.Session{
				Hash: secret, Kind: store.SessionPortal, CustomerID: "cus_1", CreatedAt: b.now, ExpiresAt: b.now.Add(time.Hour),
			})
		}},
		{"a session", func() (bool, error) { _, found, err := s.SessionByHash(ctx, secret); return found, err }},
		{"sessions of a portal", func() (bool, error) {
			all, err := s.PortalSessions(ctx, "cus_1", b.now)
			return len(all) == 1, err
		}},
		{"lease", func() (bool, error) { return s.TakeLease(ctx, "jobs", "a", b.now, b.now.Add(time.Minute)) }},
		{"end a lease", func() (bool, error) { return true, s.EndLease(ctx, "jobs", "a") }},
		{"forget sessions", func() (bool, error) { return true, s.ForgetSessions(ctx, b.now) }},
		{"end a session", func() (bool, error) { return s.EndSession(ctx, secret) }},
	} {
		b.read(do.name, func() error {
			some, err := do.do()
			if err == nil && !some {
				b.Errorf("%s: it did not find what is there", do.name)
			}
			return err
		})
	}
}
