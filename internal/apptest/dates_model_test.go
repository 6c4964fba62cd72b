package apptest_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"clientele.dev"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/journal"
	"clientele.dev/internal/store"
)

// TestEveryDayAsKnownAtEveryMoment does random things that are dated on any day, closes days and reopens them, on each
// database and two servers of it, which die in the midst of some and are asked again, beside a slow model that is
// written from docs/api.md and knows nothing of the ledger.
// Every refusal is the model's, and what is owed on a day as it was known at a moment is what the model says, for pairs
// of all days and moments; what is closed never moves. CLIENTELE_MODEL says how many things are done.
func TestEveryDayAsKnownAtEveryMoment(t *testing.T) {
	t.Parallel()
	n := 250
	if text := os.Getenv("CLIENTELE_MODEL"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	for name, open := range map[string]func(*testing.T) func() store.Store{
		"SQLite": reopenSQLite, "PostgreSQL": reopenPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for done := 0; done < n; done += modelSize {
				m := newModel(t, uint64(done), open(t))
				for range min(n-done, modelSize) {
					m.step()
				}
				m.compare(100)
				m.compareJournal()
				m.verify()
				t.Logf("%d of %d things done; servers died in %d of them", min(done+modelSize, n), n, m.deaths)
				m.stop()
			}
		})
	}
}

// modelSize is how many things are done with one database: a model is slower the more it has done.
const modelSize = 5000

const modelCurrency = "curr_test_usd"

// The days that the model knows: from so many before the first to so many after.
const modelDays = 900

// entry is a change of a balance: from a day on, known since a moment.
type entry struct {
	day    clientele.Day
	known  time.Time
	amount int64
}

// balance is what is left of something.
type balance []entry

// on is what is left on a day, of what was known at a moment.
func (b balance) on(day clientele.Day, known time.Time) (sum int64) {
	for _, e := range b {
		if e.day <= day && !e.known.After(known) {
			sum += e.amount
		}
	}
	return sum
}

type modelInvoice struct {
	id, customer string
	issued, due  clientele.Day
	left         balance
	total, noted int64 // noted is what credit notes took off
	open         bool
}

type modelPayment struct {
	id, customer string
	received     clientele.Day
	amount       int64
	left         balance
	parts        []modelPart
	reversed     bool
}

// modelPart is an allocation, or a part of one.
type modelPart struct {
	invoice *modelInvoice
	day     clientele.Day
	amount  int64
}

type model struct {
	*testing.T
	service   *billing.Service // of the server that is asked next, servers[at]
	at        int
	servers   [2]*billing.Service // on one database
	stores    [2]*mortalStore
	open      func() store.Store
	asked     int // changes
	deaths    int // of servers in the midst of a change
	r         *rand.Rand
	now       time.Time
	customers []string
	invoices  []*modelInvoice
	payments  []*modelPayment
	closings  []modelClosing
	moments   []time.Time
}

type modelClosing struct {
	id      string
	through clientele.Day
	figures string // of its last day, when it was closed
	journal string // up to that day, as it was then
}

func newModel(t *testing.T, seed uint64, open func() store.Store) *model {
	t.Helper()
	m := &model{
		T: t, r: rand.New(rand.NewPCG(7, seed)), now: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), open: open,
	}
	t.Cleanup(m.stop)
	for i := range m.servers {
		m.start(i)
	}
	m.service = m.servers[0]
	if err := m.service.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		name, _ := json.Marshal(fmt.Sprint("Customer ", n))
		doc := m.must(m.ask(func(call billing.Call) (store.Document, error) {
			return m.service.Customers.Create(t.Context(), call, billing.Fields{"name": name})
		}))
		m.customers = append(m.customers, doc.ID)
	}
	return m
}

// start starts one of the servers.
func (m *model) start(i int) {
	m.stores[i] = &mortalStore{Store: m.open()}
	m.servers[i] = billing.New(m.stores[i], billing.WithClock(func() time.Time { return m.now }))
}

// stop stops the servers.
func (m *model) stop() {
	for _, db := range m.stores {
		_ = db.Close()
	}
}

// chooseServer says which server is asked next. Now and then one is started anew.
func (m *model) chooseServer() {
	m.at = m.r.IntN(len(m.servers))
	if m.r.IntN(50) == 0 {
		m.restart()
	}
	m.service = m.servers[m.at]
}

func (m *model) restart() {
	_ = m.stores[m.at].Close()
	m.start(m.at)
}

// ask asks a server for a change. Every eighth time the server dies somewhere in the midst of it; then one of the two
// is asked the same again, as a client does who got no answer.
func (m *model) ask(do func(billing.Call) (store.Document, error)) (store.Document, error) {
	m.Helper()
	m.asked++
	call := billing.Call{Actor: "test", Repeat: billing.Repeat{Key: strconv.Itoa(m.asked)}}
	if m.r.IntN(8) == 0 {
		db := m.stores[m.at]
		db.dieAfter(m.r.IntN(15))
		doc, err := do(call)
		if !db.dead {
			db.dieAfter(-1)
			return doc, err
		}
		m.deaths++
		m.restart()
		m.chooseServer()
		doc, err = do(call)
		if _, err := m.service.Closings.Complete(m.Context()); err != nil { // which servers do every minute
			m.Fatal(err)
		}
		return doc, err
	}
	return do(call)
}

func (m *model) verify() {
	m.Helper()
	err := m.service.Verify(m.Context(), func(int64, int64) {}, func(d billing.Difference) {
		m.Errorf("%s: %s", d.ID, d.Text)
	})
	if err != nil {
		m.Error(err)
	}
}

func (m *model) must(doc store.Document, err error) store.Document {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
	return doc
}

func (m *model) today() clientele.Day { return clientele.DayIn(m.now, time.UTC) }

// firstOpen is the first day that is not closed.
func (m *model) firstOpen() clientele.Day {
	if len(m.closings) == 0 {
		return 0
	}
	return m.closings[len(m.closings)-1].through + 1
}

// free is how much is there on a day and on every later one.
func (m *model) free(b balance, day clientele.Day) int64 {
	least := b.on(day+modelDays, m.now)
	days := map[clientele.Day]bool{day: true}
	for _, e := range b {
		days[e.day] = true
	}
	for d := range days {
		if d >= day {
			least = min(least, b.on(d, m.now))
		}
	}
	return least
}

// firstFree is the first day, from one on, from which so much is there.
func (m *model) firstFree(b balance, day clientele.Day, amount int64) clientele.Day {
	for m.free(b, day) < amount {
		day++
	}
	return day
}

// step does something, at a later moment.
func (m *model) step() {
	m.Helper()
	m.now = m.now.Add(time.Duration(1+m.r.IntN(5000)) * time.Millisecond)
	if m.r.IntN(8) == 0 {
		m.now = m.now.AddDate(0, 0, 1+m.r.IntN(3))
	}
	m.moments = append(m.moments, m.now)
	m.chooseServer()
	switch m.r.IntN(13) {
	case 0, 1, 2:
		m.issue()
	case 3, 4, 5:
		m.pay()
	case 6:
		m.allocate()
	case 7:
		m.credit()
	case 8:
		m.writeOff()
	case 9:
		m.reverse()
	case 10:
		m.void()
	case 11:
		m.closeBooks()
	case 12:
		m.unallocate()
	}
}

// someDay is a day of the past, or none.
func (m *model) someDay() *clientele.Day {
	switch m.r.IntN(3) {
	case 0:
		return nil
	case 1:
		return new(m.today() - clientele.Day(m.r.IntN(10)))
	}
	return new(m.today() - clientele.Day(m.r.IntN(300)))
}

func (m *model) dayOf(day *clientele.Day) clientele.Day {
	if day == nil {
		return m.today()
	}
	return *day
}

// want compares whether something was refused with whether the model refuses it.
func (m *model) want(what string, refused bool, err error) (done bool) {
	m.Helper()
	var e *clientele.Error
	if err != nil && !errors.As(err, &e) {
		m.Fatal(err)
	}
	if (err != nil) != refused {
		m.Fatalf("%s at %v: %v; the model refuses it: %t", what, m.now, err, refused)
	}
	return err == nil
}

func (m *model) issue() {
	i := &modelInvoice{customer: m.customers[m.r.IntN(3)], total: 1 + m.r.Int64N(1000), open: true}
	day := m.someDay()
	if m.r.IntN(10) == 0 {
		day = new(m.today() + clientele.Day(1+m.r.IntN(40)))
	}
	i.issued = m.dayOf(day)
	i.due = i.issued + clientele.Day(m.r.IntN(60))
	doc, err := m.ask(func(call billing.Call) (store.Document, error) {
		return m.service.Invoices.Create(m.Context(), call, clientele.InvoiceParams{
			CustomerID: i.customer, CurrencyID: modelCurrency, Finalize: true, InvoiceContent: clientele.InvoiceContent{
				Date: day, DueDate: clientele.DueOn(i.due),
				Lines: []clientele.LineParams{{UnitAmount: new(clientele.NewAmount(modelCurrency, i.total))}},
			},
		})
	})
	if m.want("an invoice", i.issued < m.firstOpen(), err) {
		i.id = doc.ID
		i.left = balance{{i.issued, m.now, i.total}}
		m.invoices = append(m.invoices, i)
	}
}

// owing is a random invoice that something is left to pay on, of a customer or of any; nil when there is none.
func (m *model) owing(customer string) *modelInvoice {
	some := slices.DeleteFunc(slices.Clone(m.invoices), func(i *modelInvoice) bool {
		return !i.open || customer != "" && i.customer != customer || m.whole(i.left) == 0
	})
	if len(some) == 0 {
		return nil
	}
	return some[m.r.IntN(len(some))]
}

func (m *model) whole(b balance) int64 { return b.on(m.today()+modelDays, m.now) }

func (m *model) pay() {
	p := &modelPayment{customer: m.customers[m.r.IntN(3)], amount: 1 + m.r.Int64N(1200)}
	day := m.someDay()
	p.received = m.dayOf(day)
	of := clientele.PaymentParams{
		CustomerID: p.customer, CurrencyID: modelCurrency, Amount: new(clientele.NewAmount(modelCurrency, p.amount)),
		Receipt: clientele.Receipt{Date: day}, Allocations: &[]clientele.AllocationParams{},
	}
	i := m.owing(p.customer)
	if i != nil && m.r.IntN(4) > 0 {
		of.InvoiceID, of.Allocations = i.id, nil
	}
	doc, err := m.ask(func(call billing.Call) (store.Document, error) {
		return m.service.Payments.Create(m.Context(), call, of)
	})
	if !m.want("a payment", p.received < m.firstOpen(), err) {
		return
	}
	p.id = doc.ID
	p.left = balance{{p.received, m.now, p.amount}}
	m.payments = append(m.payments, p)
	if of.InvoiceID != "" {
		m.apply(p, i, min(p.amount, m.whole(i.left)), 0)
	}
}

// apply pays a part of an invoice: from the later of the dates on as much as both have, the rest from when they have.
func (m *model) apply(p *modelPayment, i *modelInvoice, amount int64, notBefore clientele.Day) {
	for day := max(p.received, i.issued, m.firstOpen(), notBefore); amount > 0; day++ {
		part := min(amount, m.free(p.left, day), m.free(i.left, day))
		if part <= 0 {
			continue
		}
		p.left, i.left = append(p.left, entry{day, m.now, -part}), append(i.left, entry{day, m.now, -part})
		p.parts = append(p.parts, modelPart{i, day, part})
		amount -= part
	}
}

func (m *model) allocate() {
	for _, p := range m.payments {
		left := m.whole(p.left)
		if p.reversed || left == 0 {
			continue
		}
		i := m.owing(p.customer)
		if i == nil {
			continue
		}
		part := 1 + m.r.Int64N(min(left, m.whole(i.left)))
		_, err := m.ask(func(call billing.Call) (store.Document, error) {
			return m.service.Payments.Allocate(m.Context(), call, p.id, clientele.AllocateParams{
				InvoiceID: i.id, Amount: new(clientele.NewAmount(modelCurrency, part)),
			})
		})
		if m.want("an allocation", false, err) {
			m.apply(p, i, part, 0)
		}
		return
	}
}

// off takes an amount off an invoice, on a day or on the first that has it.
func (m *model) off(
	what string, i *modelInvoice, day *clientele.Day, amount int64, do func(billing.Call) (store.Document, error),
) bool {
	m.Helper()
	first := m.firstFree(i.left, max(m.dayOf(day), i.issued), amount)
	refused := day != nil && (*day != first || *day < m.firstOpen())
	_, err := m.ask(do)
	if !m.want(what, refused, err) {
		return false
	}
	i.left = append(i.left, entry{first, m.now, -amount})
	return true
}

func (m *model) credit() {
	i, day := m.owing(""), m.someDay()
	if i == nil {
		return
	}
	part := 1 + m.r.Int64N(m.whole(i.left))
	if m.off("a credit note", i, day, part, func(call billing.Call) (store.Document, error) {
		return m.service.Invoices.Credit(m.Context(), call, i.id, clientele.CreditNoteParams{
			Amount: new(clientele.NewAmount(modelCurrency, part)), Date: day,
		})
	}) {
		i.noted += part
	}
}

func (m *model) writeOff() {
	i, day := m.owing(""), m.someDay()
	if i == nil {
		return
	}
	if m.off("a write-off", i, day, m.whole(i.left), func(call billing.Call) (store.Document, error) {
		return m.service.Invoices.WriteOff(m.Context(), call, i.id, clientele.WriteOffParams{Date: day})
	}) {
		i.open = false
	}
}

// takeBack takes back what a payment paid of an invoice, or of all: from a day on, and not before it was paid.
func (m *model) takeBack(p *modelPayment, of *modelInvoice, day clientele.Day) {
	p.parts = slices.DeleteFunc(p.parts, func(part modelPart) bool {
		if of != nil && part.invoice != of {
			return false
		}
		on := max(day, part.day)
		p.left = append(p.left, entry{on, m.now, part.amount})
		part.invoice.left = append(part.invoice.left, entry{on, m.now, part.amount})
		return true
	})
}

func (m *model) reverse() {
	some := slices.DeleteFunc(slices.Clone(m.payments), func(p *modelPayment) bool {
		return p.reversed || slices.ContainsFunc(p.parts, func(part modelPart) bool { return !part.invoice.open })
	})
	if len(some) == 0 {
		return
	}
	p, day := some[m.r.IntN(len(some))], m.someDay()
	restore := m.keep()
	on := m.dayOf(day)
	m.takeBack(p, nil, on)
	first := m.firstFree(p.left, max(on, p.received), p.amount)
	_, err := m.ask(func(call billing.Call) (store.Document, error) {
		return m.service.Payments.Reverse(m.Context(), call, p.id, clientele.ReverseParams{Date: day})
	})
	if !m.want("a reversal", day != nil && (first != *day || *day < m.firstOpen()), err) {
		restore()
		return
	}
	p.left = append(p.left, entry{first, m.now, -p.amount})
	p.reversed = true
}

// keep keeps the balances, and returns what puts them back.
func (m *model) keep() (restore func()) {
	var puts []func()
	for _, i := range m.invoices {
		left := slices.Clone(i.left)
		puts = append(puts, func() { i.left = left })
	}
	for _, p := range m.payments {
		left, parts := slices.Clone(p.left), slices.Clone(p.parts)
		puts = append(puts, func() { p.left, p.parts = left, parts })
	}
	return func() {
		for _, put := range puts {
			put()
		}
	}
}

// unallocate takes back a part of what a payment paid of an invoice: whole allocations, the newest first, of which what
// is too much is paid again from then on.
func (m *model) unallocate() {
	for _, p := range m.payments {
		if p.reversed || len(p.parts) == 0 || m.r.IntN(3) > 0 {
			continue
		}
		i := p.parts[m.r.IntN(len(p.parts))].invoice
		if !i.open {
			continue
		}
		paid := int64(0)
		for _, part := range p.parts {
			if part.invoice == i {
				paid += part.amount
			}
		}
		amount, day := 1+m.r.Int64N(paid), m.someDay()
		_, err := m.ask(func(call billing.Call) (store.Document, error) {
			return m.service.Payments.Unallocate(m.Context(), call, p.id, clientele.UnallocateParams{
				InvoiceID: i.id, Amount: new(clientele.NewAmount(modelCurrency, amount)), Date: day,
			})
		})
		if !m.want("taking back", day != nil && *day < m.firstOpen(), err) {
			return
		}
		for n := len(p.parts) - 1; n >= 0 && amount > 0; n-- {
			part := p.parts[n]
			if part.invoice != i {
				continue
			}
			on := max(m.dayOf(day), part.day)
			p.left, i.left = append(p.left, entry{on, m.now, part.amount}), append(i.left, entry{on, m.now, part.amount})
			p.parts = slices.Delete(p.parts, n, n+1)
			amount -= part.amount
		}
		if amount < 0 {
			m.apply(p, i, -amount, m.dayOf(day))
		}
		return
	}
}

func (m *model) void() {
	i, day := m.owing(""), m.someDay()
	if i == nil {
		return
	}
	restore := m.keep()
	for _, p := range m.payments {
		m.takeBack(p, i, max(m.dayOf(day), i.issued))
	}
	if m.off("a void", i, day, i.total-i.noted, func(call billing.Call) (store.Document, error) {
		return m.service.Invoices.Void(m.Context(), call, i.id, clientele.VoidParams{Date: day})
	}) {
		i.open = false
		return
	}
	restore()
}

func (m *model) closeBooks() {
	if len(m.closings) > 0 && m.r.IntN(2) == 0 {
		last := m.closings[len(m.closings)-1]
		if got := m.figures(last.through, time.Time{}); got != last.figures {
			m.Fatalf("what was closed through %s is %s, and was %s", last.through, got, last.figures)
		}
		if got := m.journal(last.through); got != last.journal {
			m.Fatalf("the journal through %s is\n%s\nand was\n%s", last.through, got, last.journal)
		}
		m.must(m.ask(func(call billing.Call) (store.Document, error) {
			return m.service.Closings.Reopen(m.Context(), call, last.id, clientele.ClosingReopenParams{Reason: "test"})
		}))
		m.closings = m.closings[:len(m.closings)-1]
		return
	}
	through := m.today() - clientele.Day(m.r.IntN(60))
	doc, err := m.ask(func(call billing.Call) (store.Document, error) {
		return m.service.Closings.Create(m.Context(), call, clientele.ClosingParams{Through: &through})
	})
	if m.want("a closing", through >= m.today() || through < m.firstOpen(), err) {
		m.closings = append(m.closings, modelClosing{
			doc.ID, through, m.figures(through, time.Time{}), m.journal(through),
		})
		name, _ := json.Marshal(fmt.Sprint("Renamed ", len(m.moments)))
		m.must(m.ask(func(call billing.Call) (store.Document, error) {
			return m.service.Customers.Update(m.Context(), call, m.customers[m.r.IntN(3)], billing.Fields{"name": name})
		}))
	}
}

// journal is the journal up to a day, as hledger has it.
func (m *model) journal(through clientele.Day) string {
	m.Helper()
	format, _ := journal.Named("hledger")
	file, err := format.Write(func(to journal.Writer) error {
		return m.service.Receivables.Journal(m.Context(), clientele.Test,
			billing.JournalFilter{To: clientele.OnDay(through)}, to)
	})
	if err != nil {
		m.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		m.Fatal(err)
	}
	return string(text)
}

// booked adds up the journal by accounts and days; each entry comes to zero.
type booked struct {
	*model
	days map[string]map[clientele.Day]int64
}

func (b booked) Begin(clientele.Journal) error { return nil }

func (b booked) Entry(e clientele.JournalEntry) error {
	sum := clientele.Zero(modelCurrency)
	for _, p := range e.Postings {
		n, err := strconv.ParseInt(p.Amount.String(), 10, 64)
		if err != nil {
			return err
		}
		if b.days[p.Account] == nil {
			b.days[p.Account] = map[clientele.Day]int64{}
		}
		b.days[p.Account][e.Date] += n
		if sum, err = sum.Add(p.Amount); err != nil {
			return err
		}
	}
	if sum.Sign() != 0 {
		b.Errorf("the entry %s comes to %s", e.ID, sum)
	}
	return nil
}

// through is what is on an account at the end of a day.
func (b booked) through(account string, day clientele.Day) (sum int64) {
	for d, n := range b.days[account] {
		if d <= day {
			sum += n
		}
	}
	return sum
}

// compareJournal compares what the journal has on its accounts on every day with what the model says is owed and is not
// applied.
func (m *model) compareJournal() {
	m.Helper()
	last := m.today() + 40
	b := booked{m, map[string]map[clientele.Day]int64{}}
	err := m.service.Receivables.Journal(m.Context(), clientele.Test, billing.JournalFilter{To: clientele.OnDay(last)}, b)
	if err != nil {
		m.Fatal(err)
	}
	for day := last - 400; day <= last; day++ {
		var owed, unapplied int64
		for _, i := range m.invoices {
			owed += i.left.on(day, m.now)
		}
		for _, p := range m.payments {
			unapplied += p.left.on(day, m.now)
		}
		if got := b.through("Assets:Receivable", day); got != owed {
			m.Fatalf("on %s the journal has %d receivable, and the model says %d", day, got, owed)
		}
		if got := -b.through("Liabilities:Prepayments", day); got != unapplied {
			m.Fatalf("on %s the journal has %d prepaid, and the model says %d", day, got, unapplied)
		}
	}
}

// asOf is a day as it was known at a moment, or is now.
func asOf(day clientele.Day, known time.Time) billing.AsOf {
	of := billing.AsOf{Day: clientele.OnDay(day)}
	if !known.IsZero() {
		of.KnownAt = clientele.AtTime(known)
	}
	return of
}

// figures are those of a day as the service tells them: of all, of each customer, and the statements' balances.
func (m *model) figures(day clientele.Day, known time.Time) (text string) {
	m.Helper()
	of := asOf(day, known)
	write := func(aging clientele.Aging, err error) {
		m.Helper()
		if err != nil {
			m.Fatal(err)
		}
		b := aging.Currencies[modelCurrency]
		for _, a := range []clientele.Amount{
			b.NotDue, b.Days1To30, b.Days31To60, b.Days61To90, b.DaysOver90, b.Total, b.Unapplied,
		} {
			text += a.In(modelCurrency).String() + " "
		}
		text += "\n"
	}
	write(m.service.Receivables.Aging(m.Context(), billing.AgingFilter{AsOf: of}))
	write(m.service.Receivables.AgingByCustomer(m.Context(), billing.AgingFilter{AsOf: of}, store.Window{Limit: 10}))
	sums, err := m.service.Receivables.Summary(m.Context(), clientele.Test, billing.SummaryFilter{AsOf: of})
	if err != nil {
		m.Fatal(err)
	}
	sum := sums.Currencies[modelCurrency]
	text += fmt.Sprintln(sum.Outstanding.In(modelCurrency), sum.Invoices, sum.Customers, sum.Invoiced.In(modelCurrency))
	for _, id := range m.customers {
		write(m.service.Receivables.Aging(m.Context(), billing.AgingFilter{AsOf: of, Customer: id}))
		st, err := m.service.Customers.Statement(m.Context(), clientele.Test, id,
			billing.StatementFilter{To: of.Day, KnownAt: of.KnownAt})
		if err != nil {
			m.Fatal(err)
		}
		text += st.Currencies[modelCurrency].ClosingBalance.In(modelCurrency).String() + "\n"
	}
	return text
}

// expected are the same figures as the model tells them.
func (m *model) expected(day clientele.Day, known time.Time) (text string) {
	if known.IsZero() {
		known = m.now
	}
	var invoices, customers, invoiced, outstanding int64
	of := func(customer string) string {
		var buckets [7]int64
		for _, i := range m.invoices {
			left := i.left.on(day, known)
			if customer != "" && i.customer != customer {
				continue
			}
			late := int64(day - i.due)
			bucket := min(max(0, (late+29)/30), 4)
			buckets[bucket] += left
			buckets[5] += left
			if customer == "" && left > 0 {
				invoices++
			}
			if customer == "" && i.issued <= day && !i.left[0].known.After(known) {
				invoiced += i.total
			}
		}
		for _, p := range m.payments {
			if customer == "" || p.customer == customer {
				buckets[6] += p.left.on(day, known)
			}
		}
		if customer == "" {
			outstanding = buckets[5]
		} else if buckets[5] > 0 {
			customers++
		}
		line := ""
		for _, b := range buckets {
			line += strconv.FormatInt(b, 10) + " "
		}
		if customer == "" {
			return line + "\n"
		}
		return line + "\n" + strconv.FormatInt(buckets[5]-buckets[6], 10) + "\n"
	}
	all, each := of(""), ""
	for _, id := range m.customers {
		each += of(id)
	}
	return all + all + fmt.Sprintln(outstanding, invoices, customers, invoiced) + each
}

// compare compares the figures of so many pairs of days and moments.
func (m *model) compare(pairs int) {
	m.Helper()
	for range pairs {
		day := m.today() - clientele.Day(m.r.IntN(400)) + 40
		known := time.Time{}
		if m.r.IntN(4) > 0 {
			known = m.moments[m.r.IntN(len(m.moments))].Add(-time.Duration(m.r.IntN(2)) * time.Millisecond)
		}
		if got, want := m.figures(day, known), m.expected(day, known); got != want {
			m.Fatalf("on %s as known at %v it is\n%s, and the model says\n%s", day, known, got, want)
		}
	}
}
