// Package events reads what happened to objects: the feed, which is all events in one order, and the history of one
// object, which goes back from how it is now.
//
// An event is written in the transaction of its change (see internal/billing), and gets its position once that has
// committed (see internal/store): who follows the feed misses nothing and sees nothing twice.
package events
