// Package postgres keeps the contract of package store in PostgreSQL, for as many servers as there are on one database.
//
// Transactions run at READ COMMITTED, where every statement sees what has been committed before it, and what a
// transaction builds on is locked: the first look-up of a customer, or of anything that belongs to one, locks the
// customer's row until the end. So all that a transaction has read of a customer stays, whoever else writes, and
// changes of one customer come one after the other, without failing. Names are claimed by unique indexes, and an
// object's version is checked when it is saved. What still cannot be had is undone and run again.
//
// Statements that answer nothing travel together with the next one that does, or with the commit: a change of a
// customer is two messages to the database.
package postgres
