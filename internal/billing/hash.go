package billing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"

	"clientele.dev"
	"clientele.dev/internal/store"
)

// Hash is one hash (SHA-256, in hexadecimal digits) over all objects and ledgers of both modes, whichever database has
// them. Events, keys and sessions are left out. Two databases with the same hash have the same customers, and owe and
// are owed the same.
func (s *Service) Hash(ctx context.Context) (string, error) {
	sum := sha256.New()
	err := s.store.Scan(ctx, func(tx store.Tx) error {
		sum.Reset()
		for _, k := range store.Kinds {
			if k.Private {
				continue
			}
			of, err := hashOfKind(ctx, tx, k)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%s %x\n", k.Table, of)
		}
		of, err := hashOfLedger(tx)
		fmt.Fprintf(sum, "ledger %x\n", of)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}

// setHash is a hash over things in any order: the sum of theirs.
type setHash struct{ sum *big.Int }

func (h setHash) add(format string, args ...any) {
	one := sha256.Sum256(fmt.Appendf(nil, format, args...))
	h.sum.Add(h.sum, new(big.Int).SetBytes(one[:]))
}

// hashOfKind is over the documents of a kind, with the version of each and whether it is deleted.
func hashOfKind(ctx context.Context, tx store.Tx, k *store.Kind) ([]byte, error) {
	const step = 500
	h := setHash{new(big.Int)}
	for seq := store.Beginning; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rows, err := tx.RowsAfter(k, seq, step)
		if err != nil || len(rows) == 0 {
			return h.sum.Bytes(), err
		}
		for _, r := range rows {
			seq = r.Seq
			h.add("%s %d %d %s", r.ID, r.Version, r.DeletedAt, r.JSON)
		}
	}
}

// hashOfLedger is over the movements of all customers.
func hashOfLedger(tx store.Tx) ([]byte, error) {
	h := setHash{new(big.Int)}
	for _, mode := range []clientele.Mode{clientele.Test, clientele.Live} {
		err := tx.Movements(store.MovementFilter{
			Livemode: mode, Dated: store.Days{First: 0, Last: foreverDays},
		}, func(m store.Movement) error {
			doc, err := encodeObject(m.BalanceTransaction)
			h.add("%d %d %d %s", m.Seq, m.DueDay, m.RecordedDay, doc)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return h.sum.Bytes(), nil
}
