package ops

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// State is what is read at the moment of a scrape. What is not known is left zero, and then there is no sample of it: a
// gauge that says 0 for unknown would be believed.
type State struct {
	Connections, Queued, Unacked int // of the line to Slack
	Reconnects, Renewals         int

	// Stored tells that the database answered; what follows is from there.
	Stored           bool
	CheckSucceeded   time.Time // when usage was last read and compared
	CountedTo        time.Time // up to when that usage counts
	CheckFailing     bool
	PendingMessages  int
	KeptMessages     int // for channels that refuse us
	BrokenRoutes     int
	OldestMessage    time.Time // that waits
	Budgets          []Budget
	Usage            []Usage
	RulesFileTrouble bool
}

// Budget is how much of a budget is used.
type Budget struct {
	Rule  string
	Ratio float64 // 1 is all of it
}

// Usage is what an account used of a usage type this month.
type Usage struct {
	Product, UsageType, Unit string
	Quantity                 float64 // in Unit, as billed
}

// MaxSeries bounds how many budgets, and how many usage types, are exposed each.
const MaxSeries = 1000

// Collector reads a State at every scrape.
type Collector struct {
	read func() State
	now  func() time.Time
}

// NewCollector returns a collector that calls read at every scrape. now is the clock of the State's times.
func NewCollector(read func() State, now func() time.Time) *Collector { return &Collector{read, now} }

func gauge(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("budgetbot_"+name, help, labels, nil)
}

var (
	connections   = gauge("slack_connections", "Open and greeted connections to Slack.")
	queued        = gauge("queue_depth", "Envelopes that wait for a worker.")
	unacked       = gauge("unacked", "Envelopes that wait for their acknowledgement.")
	reconnects    = gauge("slack_reconnects_total", "Connections that followed one that had ended.")
	renewals      = gauge("slack_renewals_total", "Connections that replaced one early.")
	stored        = gauge("database_up", "1 where the database answers.")
	checkAge      = gauge("check_age_seconds", "Since usage was last read and compared.")
	dataAge       = gauge("data_age_seconds", "Since the instant up to which Fastly's figures count.")
	checkFailing  = gauge("check_failing", "1 where the newest check failed.")
	deliveries    = gauge("deliveries_waiting", "Messages that wait: pending, or kept for a channel that refuses us.", "state")
	oldestWaiting = gauge("delivery_oldest_seconds", "Age of the oldest message that waits.")
	brokenRoutes  = gauge("broken_routes", "Channels that cannot be posted to.")
	rulesTrouble  = gauge("rules_file_bad", "1 where the rules file is wrong and the last good rules are in use.")
	usedRatio     = gauge("budget_used_ratio", "Share of a budget that is used this month; 1 is all of it. Of a rule with several budgets it is that of the worst.", "rule")
	usage         = gauge("usage", "Usage this month in the billed unit.", "product", "usage_type", "unit")
	leftOut       = gauge("series_left_out", "Budgets and usage types beyond the bound of what is exposed.")
)

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		connections, queued, unacked, reconnects, renewals, stored, checkAge, dataAge, checkFailing, deliveries, oldestWaiting,
		brokenRoutes, rulesTrouble, usedRatio, usage, leftOut,
	} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	s := c.read()
	set := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	set(connections, float64(s.Connections))
	set(queued, float64(s.Queued))
	set(unacked, float64(s.Unacked))
	out <- prometheus.MustNewConstMetric(reconnects, prometheus.CounterValue, float64(s.Reconnects))
	out <- prometheus.MustNewConstMetric(renewals, prometheus.CounterValue, float64(s.Renewals))
	set(rulesTrouble, truth(s.RulesFileTrouble))
	set(stored, truth(s.Stored))
	if s.Stored {
		c.collectStored(s, set)
	}
}

func (c *Collector) collectStored(s State, set func(*prometheus.Desc, float64, ...string)) {
	age := func(desc *prometheus.Desc, at time.Time) {
		if !at.IsZero() {
			set(desc, c.now().Sub(at).Seconds())
		}
	}
	age(checkAge, s.CheckSucceeded)
	age(dataAge, s.CountedTo)
	age(oldestWaiting, s.OldestMessage)
	set(checkFailing, truth(s.CheckFailing))
	set(deliveries, float64(s.PendingMessages), "pending")
	set(deliveries, float64(s.KeptMessages), "broken")
	set(brokenRoutes, float64(s.BrokenRoutes))
	for _, b := range s.Budgets[:min(len(s.Budgets), MaxSeries)] {
		set(usedRatio, b.Ratio, b.Rule)
	}
	for _, u := range s.Usage[:min(len(s.Usage), MaxSeries)] {
		set(usage, u.Quantity, u.Product, u.UsageType, u.Unit)
	}
	set(leftOut, float64(max(len(s.Budgets)-MaxSeries, 0)+max(len(s.Usage)-MaxSeries, 0)))
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
