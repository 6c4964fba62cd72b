package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"clientele.dev"
)

// Step is a step of a database's schema: a script of the folder migrations/, such as 0001_schema.sql.
type Step struct {
	Version int64  // counts from 1; the schema's after it
	File    string // without its ending
	Name    string // what it brings
	Script  string
	Oldest  int64 // how many steps a program must know to go on beside it; 0 for all up to this one
	Applied bool
}

// oldest is the first line of a script beside which programs that do not know it go on: see docs/upgrade.md.
var oldest = regexp.MustCompile(`^-- oldest: (\d+)\n`)

// StepsIn reads the scripts of a folder that is a part of the program, in their order. It panics when it cannot.
func StepsIn(files fs.FS) (steps []Step) {
	names, err := fs.Glob(files, "migrations/*.sql")
	for i, name := range names {
		script, readErr := fs.ReadFile(files, name)
		err = errors.Join(err, readErr)
		file := strings.TrimSuffix(path.Base(name), ".sql")
		_, words, _ := strings.Cut(file, "_")
		step := Step{
			Version: int64(i) + 1, File: file, Name: strings.ReplaceAll(words, "_", " "), Script: string(script),
		}
		if said := oldest.FindSubmatch(script); said != nil {
			step.Oldest, readErr = strconv.ParseInt(string(said[1]), 10, 64)
			err = errors.Join(err, readErr)
		}
		steps = append(steps, step)
	}
	if err != nil {
		panic(err)
	}
	return steps
}

// Checksum tells a script from another.
func (s Step) Checksum() string {
	sum := sha256.Sum256([]byte(s.Script))
	return hex.EncodeToString(sum[:])
}

// Applied says which steps a database has, of the checksums of those that were applied to it, in their order. A step
// that was applied with another script is refused, as what is in the database is not what the program believes; so is
// a database that has had more steps than there are, unless programs of so many go on beside them.
func Applied(steps []Step, checksums []string, oldest int64) ([]Step, error) {
	applied := append([]Step{}, steps...)
	for i, sum := range checksums {
		switch {
		case i == len(steps) && oldest <= int64(len(steps)):
			return applied, nil
		case i == len(steps):
			return nil, fmt.Errorf("its schema has %d steps, and this Clientele knows %d: a newer Clientele made it; "+
				"upgrade the program", len(checksums), len(steps))
		case sum != steps[i].Checksum():
			return nil, fmt.Errorf("the step %s of its schema was applied with another script than this program has: it is "+
				"a database of another build of Clientele, such as one from before the first release, which is not brought up "+
				"to date", steps[i].File)
		}
		applied[i].Applied = true
	}
	return applied, nil
}

// CheckCurrent refuses a schema that lacks a step. An older one is brought up to date where that is asked for, which is
// the server and clientele migrate: whoever only reads changes nothing.
func CheckCurrent(steps []Step) error {
	for _, s := range steps {
		if !s.Applied {
			return fmt.Errorf("its schema is at version %d, and this program reads version %d: bring it up to date with "+
				"clientele migrate, or by starting this version's server", s.Version-1, len(steps))
		}
	}
	return nil
}

// ErrNewerSchema is what every request gets once a newer program has changed the schema: what this one wrote would not
// be what the newer reads.
var ErrNewerSchema = clientele.Errorf(clientele.ErrorCodeUnavailable, "",
	"the database has the schema of a newer Clientele, and this server is an older one: stop it, or upgrade it")
