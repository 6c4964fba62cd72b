// Package webhooks tells endpoints of events: it queues each event for the endpoints that want it, and sends what is
// due, with retries, signed as Standard Webhooks says (https://www.standardwebhooks.com).
//
// An event is delivered at least once, and those about one object in their order. One server at a time works on an
// endpoint's queue, and any may: what a server had in hand when it was killed is sent again by another.
package webhooks
