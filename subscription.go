package clientele

import "encoding/json"

// Subscription is a subscription that a customer had elsewhere and that moved in with the customer, to be read: nothing
// renews or changes it here. Its members are those that it had there (@blocklet/payment-types, TSubscription), with
// items, and object, which is "subscription".
type Subscription struct {
	ID, CustomerID string
	Livemode       Mode
	// The whole of it.
	JSON json.RawMessage
}

// MarshalJSON writes the whole of it.
func (s Subscription) MarshalJSON() ([]byte, error) { return s.JSON, nil }

// UnmarshalJSON reads a subscription.
func (s *Subscription) UnmarshalJSON(data []byte) error {
	var of struct {
		ID         string `json:"id"`
		CustomerID string `json:"customer_id"`
		Livemode   Mode   `json:"livemode"`
	}
	if err := json.Unmarshal(data, &of); err != nil {
		return err
	}
	*s = Subscription{of.ID, of.CustomerID, of.Livemode, append(json.RawMessage{}, data...)}
	return nil
}
