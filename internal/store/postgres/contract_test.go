package postgres

import (
	"testing"

	"clientele.dev/internal/pgtest"
	"clientele.dev/internal/store"
	"clientele.dev/internal/store/storetest"
)

// prepare brings the schema of a new database up to date.
func prepare(t *testing.T) func(url string) error {
	return func(url string) error {
		s, err := Open(t.Context(), url)
		if err != nil {
			return err
		}
		return s.Close()
	}
}

func openAt(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestContract holds the database to the contract.
func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (first, second store.Store) {
		url := pgtest.URL(t, prepare(t))
		return openAt(t, url), openAt(t, url)
	})
}

// TestContractOnACluster is the same on several machines, where CLIENTELE_CITUS_URL names a cluster.
func TestContractOnACluster(t *testing.T) {
	t.Parallel()
	distributed := func(url string) error {
		if err := prepare(t)(url); err != nil {
			return err
		}
		return Distribute(t.Context(), url, func(string, int, int) {})
	}
	storetest.Run(t, func(t *testing.T) (first, second store.Store) {
		url := pgtest.CitusURL(t, distributed)
		return openAt(t, url), openAt(t, url)
	})
}
