package ops

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are the figures that the service keeps of itself. Every label has a closed set of values.
type Metrics struct {
	Registry *prometheus.Registry
	// Socket counts what happened on the line to Slack, by signal and by the kind of envelope.
	Socket *prometheus.CounterVec
	// AckSeconds is the time from receiving an envelope to its acknowledgement, of the three seconds that Slack gives.
	AckSeconds prometheus.Histogram
	// Checks counts checks by outcome: ok or failed.
	Checks *prometheus.CounterVec
	// Deliveries counts attempts at a delivery by the state that they ended in.
	Deliveries *prometheus.CounterVec
}

// NewMetrics returns metrics in a registry of their own.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		Socket: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "budgetbot_socket_total", Help: "What happened on the line to Slack.",
		}, []string{"signal", "kind"}),
		AckSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "budgetbot_ack_seconds", Help: "From receiving an envelope to its acknowledgement.",
			Buckets: []float64{.001, .005, .01, .05, .1, .5, 1, 2, 3},
		}),
		Checks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "budgetbot_checks_total", Help: "Checks of usage against the budgets, by outcome.",
		}, []string{"outcome"}),
		Deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "budgetbot_delivery_attempts_total", Help: "Attempts to deliver an alert, by the state they ended in.",
		}, []string{"state"}),
	}
	m.Registry.MustRegister(m.Socket, m.AckSeconds, m.Checks, m.Deliveries,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}
