package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"clientele.dev/internal/auth"
	"clientele.dev/internal/billing"
	"clientele.dev/internal/jobs"
	"clientele.dev/internal/store"
	"clientele.dev/internal/webhooks"
)

// serverJobs are what a server does by itself.
func serverJobs(
	service *billing.Service, db store.Access, access *auth.Authenticator, sender *webhooks.Sender,
) []jobs.Job {
	return []jobs.Job{
		{
			Name: "mark_uncollectible", Title: "Mark invoices uncollectible", Every: 2 * time.Second,
			Run: func(ctx context.Context) (string, error) {
				n, err := service.ApplyPolicy(ctx)
				return marked(n), err
			},
		},
		{
			Name: "complete_closings", Title: "Complete closings", Every: time.Minute,
			Run: func(ctx context.Context) (string, error) {
				n, err := service.Closings.Complete(ctx)
				if n == 0 {
					return "", err
				}
				return fmt.Sprintf("made the digests of closings: %d", n), err
			},
		},
		{
			Name: "forget_answers", Title: "Forget kept answers", Every: time.Hour,
			Run: func(ctx context.Context) (string, error) { return "", service.ForgetAnswers(ctx) },
		},
		{
			Name: "forget_sessions", Title: "Forget ended sessions", Every: time.Hour,
			Run: func(ctx context.Context) (string, error) { return "", db.ForgetSessions(ctx, time.Now()) },
		},
		{
			Name: "forget_attempts", Title: "Forget attempts at webhooks", Every: time.Minute,
			Run: func(ctx context.Context) (string, error) { return "", sender.ForgetAttempts(ctx) },
		},
		{
			Name: "note_key_uses", Title: "Note uses of keys", Every: 30 * time.Second, EachServer: true,
			Run: func(ctx context.Context) (string, error) {
				_, err := access.NoteUses(ctx)
				return "", err
			},
		},
	}
}

// backups back the database up.
func (s serveCommand) backups(db string) jobs.Job {
	return jobs.Job{
		Name: "back_up", Title: "Back the database up", Every: s.BackupEvery,
		Run: func(ctx context.Context) (string, error) { return backUpInto(ctx, db, s.BackupTo, s.BackupKeep) },
	}
}

// marked says how many invoices were marked, "" for none.
func marked(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return "marked 1 invoice uncollectible"
	}
	return fmt.Sprintf("marked %d invoices uncollectible", n)
}

// jobFigures are what /metrics shows of jobs.
type jobFigures struct{ runner *jobs.Runner }

var (
	jobSuccess = prometheus.NewDesc("clientele_job_last_success_timestamp_seconds",
		"When this server last did, without a failure, what it does by itself: unix seconds.", []string{"job"}, nil)
	jobDuration = prometheus.NewDesc("clientele_job_last_duration_seconds", "How long the job took the last time.",
		[]string{"job"}, nil)
	jobRuns = prometheus.NewDesc("clientele_job_runs_total", "How often the job ran on this server.",
		[]string{"job"}, nil)
	jobFailures = prometheus.NewDesc("clientele_job_failures_total", "How often the job failed on this server.",
		[]string{"job"}, nil)
)

// Describe implements [prometheus.Collector].
func (f jobFigures) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{jobSuccess, jobDuration, jobRuns, jobFailures} {
		to <- desc
	}
}

// Collect implements [prometheus.Collector].
func (f jobFigures) Collect(to chan<- prometheus.Metric) {
	for _, s := range f.runner.Statuses() {
		if !s.LastSuccess.IsZero() {
			seconds := float64(s.LastSuccess.UnixMilli()) / 1000
			to <- prometheus.MustNewConstMetric(jobSuccess, prometheus.GaugeValue, seconds, s.Name)
			to <- prometheus.MustNewConstMetric(jobDuration, prometheus.GaugeValue, s.Took.Seconds(), s.Name)
		}
		to <- prometheus.MustNewConstMetric(jobRuns, prometheus.CounterValue, float64(s.Runs), s.Name)
		to <- prometheus.MustNewConstMetric(jobFailures, prometheus.CounterValue, float64(s.Failures), s.Name)
	}
}
