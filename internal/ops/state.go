package ops

import (
	"cmp"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// State is what is read at the moment of a scrape. What is not known is left zero, and then there is no sample of it: a
// gauge that says 0 for unknown would be believed.
type State struct {
	Connections, Queued, Unacked int // of the line to Slack
	Reconnects, Renewals         int

	// Stored means that the database answered; the fields below come from it.
	Stored bool
	// ReadOnly means that the database takes no writes, for example because its disk is full.
	ReadOnly         bool
	CheckSucceeded   time.Time // when usage was last read and compared
	CountedTo        time.Time // up to when that usage counts
	CheckFailing     bool      // also where it read usage and could not read the bill
	PendingMessages  int
	KeptMessages     int // for channels that refuse us
	BrokenRoutes     int
	OldestMessage    time.Time // that waits
	Budgets          []Budget  // by rule, the worst first
	UnknownBudgets   int       // budgets of all rules for which the newest check found no figure
	Usage            []Usage
	RulesFileTrouble bool
}

// Budget is what is known of a rule's budget; of a rule with several, of the one that is used most.
type Budget struct {
	Rule    string
	Ratio   float64 // of the limit that is used; 1 is all of it
	Limit   float64 // in Unit
	Unit    string  // bytes, requests, a currency's code, or billed for Fastly's own unit
	Likely  float64 // of the limit at the month's likely end; 0 without a forecast
	Unknown int     // how many of the rule's budgets have no figure
	Known   bool    // whether any has one; Ratio and Limit count only then
}

// Usage is what an account used of a usage type this month.
type Usage struct {
	Product, UsageType, Unit string
	Quantity                 float64 // in Unit, as billed
}

// MaxSeries bounds how many rules, and how many usage types, are exposed each: the worst and the largest ones.
const MaxSeries = 1000

// Collector reads a State at every scrape.
type Collector struct {
	read func() State
	now  func() time.Time
}

// NewCollector returns a collector that calls read at every scrape. now is the clock of the State's times.
func NewCollector(read func() State, now func() time.Time) *Collector { return &Collector{read, now} }

// gauges are all that a Collector may expose.
var gauges []*prometheus.Desc

func gauge(name, help string, labels ...string) *prometheus.Desc {
	desc := prometheus.NewDesc("budgetbot_"+name, help, labels, nil)
	gauges = append(gauges, desc)
	return desc
}

var (
	connections   = gauge("slack_connections", "Open and greeted connections to Slack.")
	queued        = gauge("queue_depth", "Envelopes that wait for a worker.")
	unacked       = gauge("unacked", "Envelopes that wait for their acknowledgement.")
	reconnects    = gauge("slack_reconnects_total", "Connections that followed one that had ended.")
	renewals      = gauge("slack_renewals_total", "Connections that replaced one early.")
	stored        = gauge("database_up", "1 where the database answers and took the newest write.")
	checkAge      = gauge("check_age_seconds", "Since usage was last read and compared.")
	dataAge       = gauge("data_age_seconds", "Since the instant up to which Fastly's figures count; 0 where that is ahead of this machine's clock.")
	checkFailing  = gauge("check_failing", "1 where the newest check failed, or could not read the bill.")
	deliveries    = gauge("deliveries_waiting", "Messages that wait: pending, or kept for a channel that refuses us.", "state")
	oldestWaiting = gauge("delivery_oldest_seconds", "Age of the oldest message that waits.")
	brokenRoutes  = gauge("broken_routes", "Channels that cannot be posted to.")
	rulesTrouble  = gauge("rules_file_bad", "1 where the rules file is wrong and the last good rules are in use.")
	usedRatio     = gauge("budget_used_ratio", "Share of a budget that is used this month; 1 is all of it. Of a rule with several budgets it is that of the worst.", "rule")
	limit         = gauge("budget_limit", "What a budget is, in its unit; of a rule with several budgets that of the one that is used most.", "rule", "unit")
	likelyRatio   = gauge("budget_likely_ratio", "Share of a budget that is likely to be used at the month's end; of a rule with several budgets the greatest.", "rule")
	unknownOf     = gauge("budget_unknown", "Budgets of a rule that have no figure; no sample where there is none.", "rule")
	unknown       = gauge("budgets_unknown", "Budgets of all rules that have no figure.")
	usage         = gauge("usage", "Usage this month in the billed unit.", "product", "usage_type", "unit")
	leftOut       = gauge("series_left_out", "Rules and usage types beyond the bound of what is exposed, which are the ones used least.", "of")
)

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range gauges {
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
	set(stored, truth(s.Stored && !s.ReadOnly))
	if s.Stored {
		c.collectStored(s, set)
	}
}

func (c *Collector) collectStored(s State, set func(*prometheus.Desc, float64, ...string)) {
	age := func(desc *prometheus.Desc, at time.Time) {
		if !at.IsZero() {
			set(desc, max(c.now().Sub(at).Seconds(), 0))
		}
	}
	age(checkAge, s.CheckSucceeded)
	age(dataAge, s.CountedTo)
	age(oldestWaiting, s.OldestMessage)
	set(checkFailing, truth(s.CheckFailing))
	set(deliveries, float64(s.PendingMessages), "pending")
	set(deliveries, float64(s.KeptMessages), "broken")
	set(brokenRoutes, float64(s.BrokenRoutes))
	set(unknown, float64(s.UnknownBudgets))
	for _, b := range s.Budgets[:min(len(s.Budgets), MaxSeries)] {
		collectBudget(b, set)
	}
	for _, u := range largest(s.Usage) {
		set(usage, u.Quantity, u.Product, u.UsageType, u.Unit)
	}
	set(leftOut, float64(max(len(s.Budgets)-MaxSeries, 0)), "budgets")
	set(leftOut, float64(max(len(s.Usage)-MaxSeries, 0)), "usage_types")
}

func collectBudget(b Budget, set func(*prometheus.Desc, float64, ...string)) {
	if b.Unknown > 0 {
		set(unknownOf, float64(b.Unknown), b.Rule)
	}
	if b.Likely > 0 {
		set(likelyRatio, b.Likely, b.Rule)
	}
	if b.Known {
		set(usedRatio, b.Ratio, b.Rule)
		set(limit, b.Limit, b.Rule, b.Unit)
	}
}

// largest returns as many usage types as are exposed, those that are used most.
func largest(all []Usage) []Usage {
	all = slices.SortedFunc(slices.Values(all), func(a, b Usage) int {
		return cmp.Or(cmp.Compare(b.Quantity, a.Quantity), cmp.Compare(a.Product, b.Product), cmp.Compare(a.UsageType, b.UsageType))
	})
	return all[:min(len(all), MaxSeries)]
}

func truth(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
