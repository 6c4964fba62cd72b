package api

import "slices"

// Operation is a route as the Go SDK has it.
type Operation struct {
	Method  string // of the SDK: Invoices.Finalize
	Pattern string // of net/http's ServeMux
	Summary string
	Group   string // which resource it belongs to, and what that is
	About   string
	Params  any // examples of the types of the query parameters, the body and the answer; nil for none
	Body    any
	Answers any
}

// Operations are the routes that the Go SDK has methods for.
func Operations() (all []Operation) {
	for _, r := range table() {
		if r.sdk == "" {
			continue
		}
		of := slices.IndexFunc(groups, func(g group) bool { return g.name == r.group })
		all = append(all, Operation{
			r.sdk, r.pattern, r.summary, r.group, groups[of].about, r.params, r.body, r.answers,
		})
	}
	return all
}
