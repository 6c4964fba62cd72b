package wire

import (
	"io"
	"net/http"
	"time"
)

// How much of a body that is too large is read, and for how long, so that the client has sent it when the answer comes.
const (
	maxReadAway     = 10 << 20
	readAwayTimeout = 5 * time.Second
)

// ReadAway reads what a client still sends of a body that is refused: a connection that is closed while it sends is
// reset, and the client never sees the answer. Who waits to be asked for the body (RFC 9110, 10.1.1) is not asked.
func ReadAway(w http.ResponseWriter, r *http.Request, body io.Reader) {
	if r.Header.Get("Expect") != "" {
		return
	}
	control := http.NewResponseController(w)
	if control.SetReadDeadline(time.Now().Add(readAwayTimeout)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, body, maxReadAway) // whatever comes of it, the answer is the same
	w.Header().Set("Connection", "close")
}
