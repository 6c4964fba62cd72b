package store

// Step is a step of a database's schema.
type Step struct {
	Version int64
	Name    string // what it brings
	Applied bool
}
