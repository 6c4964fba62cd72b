package api

import (
	"errors"
	"net/http"

	"clientele.dev"
	"clientele.dev/internal/web"
	"clientele.dev/internal/wire"
)

// portalParams say whose portal a session opens.
type portalParams struct {
	// Whose: an id or a DID.
	CustomerID string `json:"customer_id"`
}

// createPortalSession makes an address for a customer. Each call makes a new one: a secret is not kept to be repeated.
func (a *API) createPortalSession(r *request) (answer, error) {
	var p portalParams
	if err := wire.Decode(r.body, &p); err != nil {
		return answer{}, err
	}
	if _, err := r.call(); err != nil {
		return answer{}, err
	}
	if p.CustomerID == "" {
		return answer{}, invalid("customer_id", "customer_id is required: a customer's id or DID")
	}
	c, _, err := a.service.Customers.Find(r.Context(), r.caller.Livemode, p.CustomerID)
	var unknown *clientele.Error
	if errors.As(err, &unknown) || err == nil && c.Deleted {
		return answer{}, invalid("customer_id", "no customer %q in this mode", p.CustomerID)
	}
	if err != nil {
		return answer{}, err
	}
	token, ends, err := a.auth.NewPortal(r.Context(), r.caller.Livemode, c.ID)
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusCreated, clientele.PortalSession{
		Object: "portal_session", Livemode: r.caller.Livemode, CustomerID: c.ID,
		URL: web.Address(r.Request) + "/portal/" + token, ExpiresAt: clientele.At(ends),
	})
}
