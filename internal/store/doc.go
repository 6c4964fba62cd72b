// Package store is what the rules may ask of a database, and what each database must keep: the contract. The databases
// are packages of their own beside it, and storetest is the suite that all of them pass.
//
// What the rules may assume:
//
//   - [Transactions.Update] makes one transaction, as if no other ran: what it has looked up of a customer, or of what
//     belongs to one, stays until it ends, and so do all currencies and payment methods once it has read them all. A
//     list or search inside it shows what has been committed by then, and promises no more. It may run its function
//     again from the start, so the function keeps nothing outside itself. nil means durable; after an error nothing of
//     it remains.
//   - [Transactions.View] and [Transactions.Scan] show one snapshot, and may run their function again too.
//   - Every call ends soon after its context does.
//   - Names (a DID, an external id, the prefix of invoice numbers) are claimed atomically: of two who claim one at
//     once, one gets it and the other is told by whom it was taken.
//   - Every change of an object raises its version by one; a write of any other version is an error.
//   - Errors that a client can do something about are [clientele.Error]: Unavailable (busy, read-only, stopping) and
//     StorageFull. All others are the database's own.
//
// An object is kept as the JSON that the wire answers, beside the few columns it is found, sorted and counted by. A
// database holds no rule: it finds, saves, counts and sorts.
package store
