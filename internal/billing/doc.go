// Package billing holds what may happen: the rules about customers, invoices and what is owed, in one place, whatever
// database remembers them.
//
// [Service] is the door: a method per thing a user can ask for. Reads run on one snapshot, changes in one durable
// transaction that also holds the event saying what changed and, when the request can be repeated, its answer. What
// it needs of a database is said in [clientele.dev/internal/store].
package billing
