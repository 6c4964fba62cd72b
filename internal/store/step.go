package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"clientele.dev"
)

// Step is a step of a database's schema.
type Step struct {
	Version int64
	Name    string // what it brings
	Applied bool
}

// StepsOf reads the names of files like 0001_customers.sql, in their order, of which so many are applied.
func StepsOf(files []string, applied int64) []Step {
	steps := make([]Step, len(files))
	for i, file := range files {
		_, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "_")
		version := int64(i) + 1
		steps[i] = Step{Version: version, Name: strings.ReplaceAll(name, "_", " "), Applied: version <= applied}
	}
	return steps
}

// CheckSchema refuses a schema that is not the one this program knows. An older one is brought up to date where that is
// asked for, which is the server and clientele migrate: whoever only reads changes nothing.
func CheckSchema(current, newest int64) error {
	switch {
	case current > newest:
		return fmt.Errorf("its schema (version %d) was made by a newer Clientele; this one knows up to version %d: "+
			"upgrade the program", current, newest)
	case current < newest:
		return fmt.Errorf("its schema is at version %d, and this program reads version %d: bring it up to date with "+
			"clientele migrate, or by starting this version's server", current, newest)
	}
	return nil
}

// ErrNewerSchema is what every request gets once a newer program has changed the schema: what this one wrote would not
// be what the newer reads.
var ErrNewerSchema = clientele.Errorf(clientele.ErrorCodeUnavailable, "",
	"the database has the schema of a newer Clientele, and this server is an older one: stop it, or upgrade it")

// Checksum tells one script of a step from another.
func Checksum(script []byte) string {
	sum := sha256.Sum256(script)
	return hex.EncodeToString(sum[:])
}

// CheckStep refuses a step that was applied with another script: what is in the database is not what the program
// believes. A step that was applied before checksums were kept has none.
func CheckStep(name, applied string, script []byte) error {
	if applied != "" && applied != Checksum(script) {
		return fmt.Errorf("the step %s of its schema was applied with another script than this program has under that "+
			"name: it is a database of another build of Clientele", name)
	}
	return nil
}
