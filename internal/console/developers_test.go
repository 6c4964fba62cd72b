package console_test

import (
	"strings"
	"testing"

	"clientele.dev"
	"clientele.dev/internal/apptest"
	"clientele.dev/internal/store"
)

// TestWebhooksAreShown shows what endpoints were told last, and nothing of the other mode.
func TestWebhooksAreShown(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	b := signedIn(t, s, s.TestKey)
	b.get("/test/developers").want(200, "POST /api/webhook-endpoints")
	w, err := s.Test().WebhookEndpoints.Create(t.Context(), clientele.WebhookEndpointParams{
		URL: new("https://example.com/hook?a=<b>"), EnabledEvents: &[]string{"invoice.paid", "*"},
		Description: new("<i>Shop"), Status: new(clientele.WebhookDisabled),
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.DB.Update(t.Context(), func(tx store.Tx) error {
		for n, status := range []string{store.AttemptSucceeded, store.AttemptFailed} {
			err := tx.Webhooks().AddAttempt(clientele.WebhookAttempt{
				ID: "wa_" + status, EventID: "evt_" + status, WebhookEndpointID: w.ID, Status: status, RetryCount: int64(n * 3),
				ResponseStatus: int64(204 + n*299), ResponseBody: strings.Repeat("<b>é", 100), CreatedAt: clientele.At(s.Now()),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page := b.get("/test/developers").want(200, "https://example.com/hook?a=&lt;b&gt;", "&lt;i&gt;Shop", "disabled",
		"<code>invoice.paid</code>, <code>*</code>", "evt_failed", "503, after 3 before", "evt_succeeded", "well 204",
		strings.Repeat("&lt;b&gt;é", 30)+"…")
	if strings.Contains(page.body, "whsec_") {
		t.Error("the page has the secret")
	}
	if live := b.get("/live/developers"); strings.Contains(live.body, w.ID) {
		t.Error("the other mode shows it")
	}
}
