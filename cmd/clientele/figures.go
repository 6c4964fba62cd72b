package main

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"clientele.dev/internal/jobs"
	"clientele.dev/internal/store"
)

// figureTimeout bounds how long a figure of the database is waited for.
const figureTimeout = 2 * time.Second

// figures are what /metrics shows of the program, its database and what it does by itself.
func figures(db store.Store, dropped func() int, runner *jobs.Runner) []prometheus.Collector {
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "clientele_build_info", Help: "1, with the version of the program and of Go.",
	}, []string{"version", "go_version"})
	build.WithLabelValues(programVersion(), runtime.Version()).Set(1)
	ready := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "clientele_ready", Help: "Whether the database answers and can be written to: 1 or 0.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), figureTimeout)
		defer cancel()
		if db.Ready(ctx) != nil {
			return 0
		}
		return 1
	})
	lines := prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "clientele_log_lines_dropped_total", Help: "Lines of the log that nobody read in time.",
	}, func() float64 { return float64(dropped()) })
	return []prometheus.Collector{build, ready, lines, jobFigures{runner}, databaseFigures{db}}
}

// databaseFigures are the figures of the database; none while it does not answer.
type databaseFigures struct{ db store.Store }

var (
	databaseBytes = prometheus.NewDesc("clientele_database_bytes", "How large the database is.", nil, nil)
	logBytes      = prometheus.NewDesc("clientele_database_log_bytes",
		"How large the write-ahead log is, where it is a file of its own.", nil, nil)
	usedConns = prometheus.NewDesc("clientele_database_connections_used", "Connections to the database in use.", nil, nil)
	maxConns  = prometheus.NewDesc("clientele_database_connections_max", "How many there can be.", nil, nil)
)

// Describe implements [prometheus.Collector].
func (d databaseFigures) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{databaseBytes, logBytes, usedConns, maxConns} {
		to <- desc
	}
}

// Collect implements [prometheus.Collector].
func (d databaseFigures) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), figureTimeout)
	defer cancel()
	f, err := d.db.Figures(ctx)
	if err != nil {
		return
	}
	for desc, n := range map[*prometheus.Desc]int64{
		databaseBytes: f.Bytes, logBytes: f.LogBytes, usedConns: f.Used, maxConns: f.Connections,
	} {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n))
	}
}
