// Package sqlite is the embedded database.
//
// sqlite.go knows its connections: several that read, each on a snapshot of its own and never waiting, and one that
// writes, whose transactions share commits (writer.go). The other files are SQL, one per resource.
package sqlite
