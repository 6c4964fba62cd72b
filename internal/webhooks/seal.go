package webhooks

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"clientele.dev/internal/store"
)

// Sealer encrypts the secrets of endpoints where they are kept, with AES-256-GCM. The zero one keeps them as they are.
type Sealer struct {
	keys []cipher.AEAD // the first seals, and all open
}

// sealed begins what is encrypted; what does not begin so is the secret itself, of before there was a key.
const sealed = "sealed:"

// NewSealer makes a sealer of keys, each of 32 bytes in base64: the first seals from now on, and the others open what
// they have sealed.
func NewSealer(keys ...string) (s Sealer, err error) {
	for i, text := range keys {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) != 32 {
			return s, fmt.Errorf("key %d is not 32 bytes in base64, such as openssl rand -base64 32 makes", i+1)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return s, err
		}
		gcm, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return s, err
		}
		s.keys = append(s.keys, gcm)
	}
	return s, nil
}

// Seal encrypts a secret.
func (s Sealer) Seal(secret string) (string, error) {
	if len(s.keys) == 0 {
		return secret, nil
	}
	return sealed + base64.StdEncoding.EncodeToString(s.keys[0].Seal(nil, nil, []byte(secret), nil)), nil
}

// Open undoes Seal.
func (s Sealer) Open(kept string) (string, error) {
	text, is := strings.CutPrefix(kept, sealed)
	if !is {
		return kept, nil
	}
	box, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	for _, key := range s.keys {
		if secret, err := key.Open(nil, nil, box, nil); err == nil {
			return string(secret), nil
		}
	}
	return "", errors.New("the secret of a webhook endpoint was sealed with a key that the server was not started with")
}

// current says whether a secret is kept as Seal keeps it.
func (s Sealer) current(kept string) bool {
	text, is := strings.CutPrefix(kept, sealed)
	if !is || len(s.keys) == 0 {
		return len(s.keys) == 0
	}
	box, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	_, err = s.keys[0].Open(nil, nil, box, nil)
	return err == nil
}

// Reseal seals with the first key what is kept otherwise, and says how many secrets that were: after a new key was put
// before the others, the others are needed no longer.
func (s Sealer) Reseal(ctx context.Context, db store.Transactions) (n int, err error) {
	err = db.Update(ctx, func(tx store.Tx) error {
		n = 0
		all, err := tx.Webhooks().AllSecrets()
		if err != nil {
			return err
		}
		for _, one := range all {
			if s.current(one.Secret) {
				continue
			}
			secret, err := s.Open(one.Secret)
			if err != nil {
				return fmt.Errorf("of %s: %w", one.EndpointID, err)
			}
			kept, err := s.Seal(secret)
			if err != nil {
				return err
			}
			if err := tx.Webhooks().KeepSecretAs(one.Secret, kept); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
