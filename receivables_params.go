package clientele

// AgingParams says what to age. The zero value is everything, now.
type AgingParams struct {
	// A day where the business is, or a moment, of which that is the day; today when absent.
	AsOf Moment `query:"as_of"`
	// A moment, or a day, of which that is the end: what was recorded later does not count; now when absent.
	KnownAt Moment `query:"known_at"`
	// Only this currency.
	CurrencyID string `query:"currency_id"`
	// Only this customer, by id or DID.
	CustomerID string `query:"customer_id"`
	// customer adds a page of the customers, each with its own sums; CSV has every page.
	GroupBy string `query:"group_by"`
	// Which page of customers, from 1; 1 when absent.
	Page int64 `query:"page"`
	// How many customers a page holds, 1 to 100; 20 when absent.
	PageSize int64 `query:"pageSize,limit,size"`
}

// SummaryParams says of when a summary tells.
type SummaryParams struct {
	// The day where the business is on which it stands so, or a moment, of which that is the day; today when absent.
	AsOf Moment `query:"as_of"`
	// A moment, or a day, of which that is the end: what was recorded later does not count; now when absent.
	KnownAt Moment `query:"known_at"`
	// The first day of what happened; the first there is when absent.
	From Moment `query:"from"`
	// The last day of what happened; the day of as_of when absent.
	To Moment `query:"to"`
}

// DebtorListParams says which late customers to list.
type DebtorListParams struct {
	PageParams
	// A day where the business is, or a moment, of which that is the day; today when absent.
	AsOf Moment `query:"as_of"`
	// A moment, or a day, of which that is the end: what was recorded later does not count; now when absent.
	KnownAt Moment `query:"known_at"`
	// Only this currency.
	CurrencyID string `query:"currency_id"`
}
