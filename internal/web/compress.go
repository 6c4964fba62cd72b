package web

import (
	"compress/gzip"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// leastCompressed is from how many bytes on an answer is compressed: below, it takes longer than it saves.
const leastCompressed = 2 << 10

// KeepWhole keeps an answer from being compressed: one that holds a secret beside what somebody else may choose, whose
// size would tell of it (BREACH).
func KeepWhole(w http.ResponseWriter) { w.Header().Set(gzhttp.HeaderNoCompression, "1") }

// Compress lets a handler's texts be compressed for whoever accepts that (RFC 9110, 8.4.1.3).
func Compress(handler http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(leastCompressed), gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.ContentTypes([]string{
			"application/json", "text/html", "text/css", "text/javascript", "text/csv", "image/svg+xml",
		}))
	if err != nil {
		return nil, err
	}
	return wrap(handler), nil
}
