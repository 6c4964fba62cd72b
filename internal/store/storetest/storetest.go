// Package storetest is the suite that every database must pass to keep the contract of package store: what each method
// promises, and that several servers on one database are as right as one.
package storetest

import (
	"context"
	"errors"
	"testing"

	"clientele.dev/internal/store"
)

// Open opens a new, empty database twice, as two servers would. The test closes what it opens.
type Open func(t *testing.T) (first, second store.Store)

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for name, test := range map[string]func(*testing.T, store.Store, store.Store){
		"a step that fails leaves nothing":               nestedUndoes,
		"what was looked up of a customer stays":         whatWasLookedUpStays,
		"a transaction that fails leaves nothing":        updateUndoes,
		"who gives up is not waited for":                 callsEnd,
		"saves are of the next version":                  savesAreOfTheNextVersion,
		"rules find objects as they are stored":          selectFindsWhatIsStored,
		"positions rise":                                 positionsRise,
		"a name is one customer's":                       namesAreClaimedOnce,
		"answers are forgotten by age":                   answersAreForgotten,
		"events are in order":                            eventsAreInOrder,
		"followers miss nothing":                         followersMissNothing,
		"consumers act once":                             consumersActOnce,
		"a repeated request has one effect":              repeatsHaveOneEffect,
		"one customer comes of a DID":                    oneCustomerComesOfADID,
		"numbers have no gaps":                           numbersHaveNoGaps,
		"a revoked key is one for all servers":           revocationsAreObeyed,
		"what one server wrote the others read":          writesAreSeen,
		"counts and pages are exact whoever wrote":       pagesAreExact,
		"searches find what one server wrote at another": searchesFind,
		"the books are the same whoever reads":           theBooksAreTheSame,
		"sums are of the days that were added":           sumsAreOfTheirDays,
		"sessions end for all servers":                   sessionsEnd,
		"keys are replaced for all servers":              keysAreReplaced,
		"keys have events":                               keysHaveEvents,
		"applications and sign-ins have events":          appsHaveEvents,
		"revocations are brought forward":                revocationsAreBroughtForward,
		"the last text of a transaction is found":        lastTextsAreFound,
		"a lease is one server's":                        leasesAreOneServers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second := open(t)
			test(t, first, second)
		})
	}
}

// Twice is a store that runs every Update twice, the first time for nothing: a store may do that, so that no rule keeps
// anything outside its transaction.
type Twice struct{ store.Store }

// Update implements [store.Transactions].
func (s Twice) Update(ctx context.Context, fn func(store.Tx) error) error {
	again := errors.New("once more")
	return s.Store.Update(ctx, func(tx store.Tx) error {
		err := tx.Nested(func() error {
			if err := fn(tx); err != nil {
				return err
			}
			return again
		})
		if err != again { //nolint:errorlint // nobody wraps it
			return err
		}
		return fn(tx)
	})
}
