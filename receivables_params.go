package clientele

import "time"

// AgingParams says what to age. The zero value is everything, now.
type AgingParams struct {
	// A day (its end, UTC) or a moment; now when absent. What was recorded later does not count.
	AsOf Moment `query:"as_of"`
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

// SummaryParams bounds the time that a summary tells of.
type SummaryParams struct {
	// The first day of what happened; the first there is when absent.
	From time.Time `query:"from"`
	// The last day of what happened; today when absent.
	To time.Time `query:"to"`
}

// DebtorListParams says which late customers to list.
type DebtorListParams struct {
	PageParams
	// Only this currency.
	CurrencyID string `query:"currency_id"`
}
