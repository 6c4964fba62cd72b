// Package store remembers what the service decides, in SQL. It holds no rule: it finds, saves, counts and sorts.
//
// sqlite.go opens the embedded database and knows its connections: several that read, each on a snapshot of its own
// and never waiting, and one that writes, whose transactions share commits (writer.go). The other files are SQL, one
// per kind of object. An object is kept as the JSON document that the wire answers, beside the few columns that it is
// found, sorted and counted by.
package store
