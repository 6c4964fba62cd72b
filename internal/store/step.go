package store

import (
	"path"
	"strings"
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
