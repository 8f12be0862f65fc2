package ops

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics are what the service counts of itself as it goes. Every label has a closed set of values; what stands still
// between scrapes, such as ages and depths, is read by a Collector instead.
type Metrics struct {
	Registry *prometheus.Registry
	// Requests counts what people asked: usage, budget, press or other, and how it ended.
	Requests *prometheus.CounterVec
	// AnswerSeconds is the time from a request to its answer.
	AnswerSeconds *prometheus.HistogramVec
	// Socket counts what happened on the line to Slack, by signal and by the kind of envelope.
	Socket *prometheus.CounterVec
	// AckSeconds is the time from receiving an envelope to its acknowledgement, of the three seconds that Slack gives.
	AckSeconds prometheus.Histogram
	// FastlySeconds is how long attempts at calls of Fastly took, by path and status; status 0 is no answer.
	FastlySeconds *prometheus.HistogramVec
	// Checks counts checks by outcome: ok, early or failed.
	Checks *prometheus.CounterVec
	// CheckSeconds is how long a check took.
	CheckSeconds prometheus.Histogram
	// SlackErrors counts calls of Slack's Web API that were refused or came to nothing, by method and code.
	SlackErrors *prometheus.CounterVec
	// Deliveries counts attempts at a delivery by what was delivered and the state that it ended in.
	Deliveries *prometheus.CounterVec
}

// NewMetrics returns metrics in a registry of their own.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		Requests: counter("requests_total", "What people asked, and how it ended.", "what", "outcome"),
		AnswerSeconds: prometheus.NewHistogramVec(
			duration("answer", "From a request to its answer.", .005, .025, .1, .5, 1, 2, 5, 10, 25), []string{"what"}),
		Socket: counter("socket_total", "What happened on the line to Slack.", "signal", "kind"),
		AckSeconds: prometheus.NewHistogram(
			duration("ack", "From receiving an envelope to its acknowledgement.", .001, .005, .01, .05, .1, .5, 1, 2, 3)),
		FastlySeconds: prometheus.NewHistogramVec(
			duration("fastly", "Attempts at calls of Fastly, by path and status (0: no answer).", .05, .1, .25, .5, 1, 2.5, 5, 10, 20), []string{"path", "status"}),
		Checks:       counter("checks_total", "Checks of usage against the budgets.", "outcome"),
		CheckSeconds: prometheus.NewHistogram(duration("check", "How long a check took.", .05, .25, 1, 2.5, 5, 10, 30, 45)),
		SlackErrors:  counter("slack_errors_total", "Calls of Slack's Web API that failed, by method and by Slack's code, http_ and the status, or no_answer.", "method", "code"),
		Deliveries:   counter("delivery_attempts_total", "Attempts to deliver an alert, by the state they ended in.", "kind", "state"),
	}
	m.Registry.MustRegister(m.Requests, m.AnswerSeconds, m.Socket, m.AckSeconds, m.FastlySeconds, m.Checks, m.CheckSeconds, m.SlackErrors, m.Deliveries,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "budgetbot_" + name, Help: help}, labels)
}

func duration(of, help string, buckets ...float64) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Name: "budgetbot_" + of + "_seconds", Help: help, Buckets: buckets}
}
