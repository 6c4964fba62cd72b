package sqlite

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// kept is what was read and is known not to have changed since: answers about customers, each made of the rows of one
// customer, and API keys. Nothing of it is ever older than the last commit of any process:
//
//   - It is good for one head of the log's index, which every commit of every process changes before it is
//     acknowledged. While the head is another one, nothing is found.
//   - Our writer, while it alone may write, drops everything when the head is not the one it knows: somebody else
//     has written. Before it commits, it drops what it has changed, and keeps others from keeping that again until the
//     commit is over; then it knows the new head, if no other commit came between.
//   - What was read is kept only if nothing was dropped of its part since before it was read.
type kept struct {
	index *walIndex
	head  atomic.Pointer[walHead] // for which it is good; nil for none
	seed  maphash.Seed
	parts [keptParts]keptPart
	names sync.Map // the customer's id, by a keptName
	keys  keptKeys
}

const (
	keptParts = 64
	keptBytes = 96 << 20 / keptParts // of each part
	// entryBytes is about what an answer costs beside its text.
	entryBytes = 400
)

// keptPart are the answers about some customers, by the customers' ids.
type keptPart struct {
	mu      sync.Mutex
	changes uint64 // odd while a commit changes some of them
	answers map[string]*keptAnswer
	bytes   int
}

// keptAnswer is the answer about a customer.
type keptAnswer struct {
	mode  clientele.Mode
	doc   store.Document
	names []string // by which it was asked for, beside the id
}

// keptName is another name that a customer of a mode was asked for by. There are many ways to write one, so of each
// customer a few are kept.
type keptName struct {
	mode clientele.Mode
	name string
}

const mostNames = 4

// keptKeys are the API keys, by the hashes of their secrets.
type keptKeys struct {
	mu      sync.RWMutex
	changes uint64 // as of a part
	byHash  map[[32]byte]store.Key
}

// mostKeys bounds how many keys are kept.
const mostKeys = 10_000

func newKept(index *walIndex) *kept { return &kept{index: index, seed: maphash.MakeSeed()} }

// good says whether what is kept is that of the last commit.
func (k *kept) good() bool {
	head, ok := k.index.read()
	known := k.head.Load()
	return ok && known != nil && *known == head
}

func (k *kept) part(customerID string) (*keptPart, int) {
	i := int(maphash.String(k.seed, customerID) % keptParts)
	return &k.parts[i], i
}

// mark is of when something begins to be read.
type mark [keptParts]uint64

func (k *kept) mark() (m mark) {
	for i := range k.parts {
		k.parts[i].mu.Lock()
		m[i] = k.parts[i].changes
		k.parts[i].mu.Unlock()
	}
	return m
}

// answer finds the answer about a customer of a mode, by its id or another name.
func (k *kept) answer(mode clientele.Mode, name string) (doc store.Document, found bool) {
	if !k.good() {
		return doc, false
	}
	id := name
	if of, is := k.names.Load(keptName{mode, name}); is {
		id = of.(string)
	}
	p, _ := k.part(id)
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.answers[id]
	if a == nil || a.mode != mode || name != id && !slices.Contains(a.names, name) {
		return doc, false
	}
	return a.doc, true
}

// keep keeps an answer about a customer that was read since a mark.
func (k *kept) keep(since *mark, mode clientele.Mode, name, id string, doc store.Document) {
	p, i := k.part(id)
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.index == nil || p.changes != since[i] || p.changes%2 == 1 {
		return
	}
	if p.answers == nil {
		p.answers = map[string]*keptAnswer{}
	}
	a := &keptAnswer{mode: mode, doc: doc}
	if before := p.answers[id]; before != nil {
		a.names = before.names
		k.remove(p, id)
	}
	if name != id && !slices.Contains(a.names, name) && len(a.names) < mostNames {
		a.names = append(slices.Clip(a.names), name)
	}
	for _, name := range a.names {
		k.names.Store(keptName{mode, name}, id)
	}
	p.answers[id] = a
	p.bytes += len(doc.JSON) + entryBytes
	for other := range p.answers {
		if p.bytes <= keptBytes {
			break
		}
		k.remove(p, other)
	}
}

// remove drops the answer about a customer.
func (k *kept) remove(p *keptPart, id string) {
	a := p.answers[id]
	if a == nil {
		return
	}
	delete(p.answers, id)
	p.bytes -= len(a.doc.JSON) + entryBytes
	for _, name := range a.names {
		k.names.Delete(keptName{a.mode, name})
	}
}

// key finds a kept key; since is to be given to keepKey when there is none.
func (k *kept) key(hash [32]byte) (key store.Key, found bool, since uint64) {
	good := k.good()
	k.keys.mu.RLock()
	defer k.keys.mu.RUnlock()
	if good {
		key, found = k.keys.byHash[hash]
	}
	return key, found, k.keys.changes
}

// keepKey keeps a key that was read since a moment.
func (k *kept) keepKey(since uint64, key store.Key) {
	k.keys.mu.Lock()
	defer k.keys.mu.Unlock()
	if k.index == nil || k.keys.changes != since || since%2 == 1 {
		return
	}
	if k.keys.byHash == nil || len(k.keys.byHash) >= mostKeys {
		k.keys.byHash = map[[32]byte]store.Key{}
	}
	k.keys.byHash[key.Hash] = key
}

// begun is for when our writer alone may write.
func (k *kept) begun() {
	if k.good() {
		return
	}
	head, ok := k.index.read()
	if !ok {
		k.head.Store(nil)
		return
	}
	for i := range k.parts {
		p := &k.parts[i]
		p.mu.Lock()
		p.changes += 2
		p.answers, p.bytes = nil, 0
		p.mu.Unlock()
	}
	k.names.Clear()
	k.keys.mu.Lock()
	k.keys.changes += 2
	k.keys.byHash = nil
	k.keys.mu.Unlock()
	k.head.Store(&head)
}

// rewound is for when our writer has begun the log anew: the head is another one, and no commit lies between.
func (k *kept) rewound() {
	before := k.head.Load()
	if head, ok := k.index.read(); ok && before != nil && head[changeWord] == before[changeWord] {
		k.head.Store(&head)
	}
}

// committing drops what a commit changes, and returns what is to be called when it has succeeded or failed.
func (k *kept) committing(customers map[string]bool, keys bool) (committed func(bool)) {
	before := k.head.Load()
	changed := map[*keptPart]bool{}
	for id := range customers {
		p, _ := k.part(id)
		p.mu.Lock()
		if !changed[p] {
			changed[p] = true
			p.changes++
		}
		k.remove(p, id)
		p.mu.Unlock()
	}
	if keys {
		k.keys.mu.Lock()
		k.keys.changes++
		k.keys.byHash = nil
		k.keys.mu.Unlock()
	}
	return func(succeeded bool) {
		if head, ok := k.index.read(); succeeded && ok && before != nil && head.follows(*before) {
			k.head.Store(&head)
		}
		for p := range changed {
			p.mu.Lock()
			p.changes++
			p.mu.Unlock()
		}
		if keys {
			k.keys.mu.Lock()
			k.keys.changes++
			k.keys.mu.Unlock()
		}
	}
}

// Remembered implements [store.Transactions].
func (s *Store) Remembered(
	ctx context.Context, mode clientele.Mode, name string, fn store.Answering,
) (doc store.Document, err error) {
	doc, found := s.kept.answer(mode, name)
	if found {
		return doc, nil
	}
	since, customerID := s.kept.mark(), ""
	err = s.View(ctx, func(tx store.Tx) (err error) {
		doc, customerID, err = fn(tx)
		return err
	})
	if err == nil {
		doc.JSON = slices.Clip(doc.JSON) // so that who appends to it copies it
		s.kept.keep(&since, mode, name, customerID, doc)
	}
	return doc, err
}
