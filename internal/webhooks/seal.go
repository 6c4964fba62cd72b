package webhooks

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
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
