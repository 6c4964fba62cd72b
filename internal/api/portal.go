package api

import (
	"errors"
	"net/http"

	"clientele.dev"
	"clientele.dev/internal/web"
	"clientele.dev/internal/wire"
)

// createPortalSession makes an address for a customer. Each call makes a new one: a secret is not kept to be repeated.
func (a *API) createPortalSession(r *request) (answer, error) {
	var p clientele.PortalParams
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
	link, err := a.auth.NewPortal(r.Context(), r.caller.Livemode, c.ID)
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusCreated, clientele.PortalSession{
		ID: link.ID, Object: "portal_session", Livemode: r.caller.Livemode, CustomerID: c.ID,
		URL: web.Address(r.Request) + "/portal/" + link.Token, ExpiresAt: clientele.At(link.Ends),
	})
}

// deletePortalSession ends an address of a customer's.
func (a *API) deletePortalSession(r *request) (answer, error) {
	if _, err := r.call(); err != nil {
		return answer{}, err
	}
	id := r.PathValue("id")
	customerID, ended, err := a.auth.EndPortal(r.Context(), r.caller.Livemode, id)
	if err == nil && !ended {
		err = clientele.Errorf(clientele.ErrorCodeNotFound, "id", "no portal session %q in this mode, or it has ended", id)
	}
	if err != nil {
		return answer{}, err
	}
	return encoded(http.StatusOK, clientele.PortalSession{
		ID: id, Object: "portal_session", Livemode: r.caller.Livemode, CustomerID: customerID,
		ExpiresAt: clientele.At(a.now()),
	})
}
