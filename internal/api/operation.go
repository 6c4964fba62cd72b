package api

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"clientele.dev"
)

// health is what the health routes answer.
type health struct {
	// Always ok.
	Status string `json:"status"`
}

func (a *API) health(*request) (answer, error) { return encoded(http.StatusOK, health{"ok"}) }

func (a *API) ready(r *request) (answer, error) {
	if a.stopping.Load() {
		return answer{}, clientele.Errorf(clientele.ErrorCodeUnavailable, "", "the server is stopping")
	}
	if err := a.check(r.Context()); err != nil {
		a.log.Error("not ready", "request_id", r.id, "error", err)
		reason := "the database does not answer"
		if known, ok := errors.AsType[*clientele.Error](err); ok {
			reason = known.Message
		}
		return answer{}, clientele.Errorf(clientele.ErrorCodeUnavailable, "", "not ready: %s", reason)
	}
	return encoded(http.StatusOK, health{"ok"})
}

// metrics are the figures that /metrics shows.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	refusals *prometheus.CounterVec
}

func newMetrics(figures []prometheus.Collector) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "clientele_http_requests_total", Help: "Requests answered, by method, route and status.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "clientele_http_request_duration_seconds", Help: "How long requests took, by route.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
		}, []string{"route"}),
	}
	m.refusals = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "clientele_refusals_total", Help: "Requests refused or failed, by the code of the error.",
	}, []string{"code"})
	m.registry.MustRegister(figures...)
	m.registry.MustRegister(m.requests, m.duration, m.refusals, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// knownMethods keeps a made-up method from becoming a label of its own.
var knownMethods = map[string]bool{"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	if !knownMethods[method] {
		method = "other"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(route).Observe(took.Seconds())
}

func (a *API) metricsPage(*request) (answer, error) {
	families, err := a.metrics.registry.Gather()
	if err != nil {
		return answer{}, err
	}
	var b bytes.Buffer
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	encoder := expfmt.NewEncoder(&b, format)
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return answer{}, err
		}
	}
	return answer{status: http.StatusOK, contentType: string(format), body: b.Bytes()}, nil
}
