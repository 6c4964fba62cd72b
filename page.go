package clientele

// Page is one page of a list.
type Page[T any] struct {
	// How many there are in all that match, exactly.
	Count int64 `json:"count"`
	// This page's.
	List []T `json:"list"`
	// Which page this is.
	Paging Paging `json:"paging"`
}

// Paging says which page a page is.
type Paging struct {
	// Counting from 1.
	Page int64 `json:"page"`
	// How many a page holds, 1 to 100.
	PageSize int64 `json:"pageSize"`
}
