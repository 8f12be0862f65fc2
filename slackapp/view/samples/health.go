package samples

import (
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/sampledata"
)

func troubleSample(name string, t alerts.Trouble) Sample {
	d := alerts.Delivery{Kind: alerts.DeliverParent, Message: alerts.Message{Reason: alerts.ReasonTrouble, Report: alerts.Report{Trouble: &t}}}
	if !t.Until.IsZero() {
		d.Kind, d.Message.Reason = alerts.DeliverUpdate, alerts.ReasonRecovered
	}
	return Sample{name, view.Alert(d, sampleAlert)}
}

func troubleSamples() []Sample {
	failing := alerts.Trouble{
		Kind: alerts.IncidentFailing, Since: sampledata.Now.Add(-3 * time.Hour), Cause: "Fastly refused the token",
		Next: "Put a valid token into FASTLY_API_TOKEN and restart me.",
	}
	stale := alerts.Trouble{Kind: alerts.IncidentStale, Since: sampledata.ToNov21.AddDate(0, 0, -4), CountedTo: sampledata.ToNov21.AddDate(0, 0, -4), Usual: 24 * time.Hour}
	services := alerts.Trouble{
		Kind: alerts.IncidentServices, Since: sampledata.Now.Add(-90 * time.Minute), Cause: "Fastly did not answer in time",
		Next: "I'll keep trying. Fastly's status page may say why.", UsageTypes: []string{"Asia Bandwidth"},
	}
	bill := services
	bill.Kind, bill.UsageTypes = alerts.IncidentBill, nil
	lastBill := bill
	lastBill.BillOf = sampledata.October
	many, odd := services, services
	for i := range 12 {
		many.UsageTypes = append(many.UsageTypes, fmt.Sprintf("Region %d Bandwidth", i))
	}
	odd.UsageTypes, odd.Cause, odd.Next = []string{sampledata.Hostile, sampledata.Hostile}, sampledata.Hostile, sampledata.Hostile
	unpaced := stale
	unpaced.Usual = 0
	samples := []Sample{
		troubleSample("trouble-failing", failing), troubleSample("trouble-stale", stale), troubleSample("trouble-stale-unpaced", unpaced),
		troubleSample("trouble-services", services), troubleSample("trouble-services-12", many), troubleSample("trouble-hostile", odd),
		troubleSample("trouble-bill", bill), troubleSample("trouble-bill-of-last-month", lastBill),
	}
	unknown := alerts.Trouble{Kind: alerts.IncidentUnknown, Since: sampledata.Now.Add(-36 * time.Hour), Unknown: []alerts.UnknownBudget{{
		Rule: "storage", Title: "Object Storage", Since: sampledata.Now.Add(-36 * time.Hour), Why: "it covers usage in gb and in unit, but a budget needs a single unit",
	}}}
	several, oddUnknown := unknown, unknown
	several.Unknown = nil
	for i := range 9 {
		several.Unknown = append(several.Unknown, alerts.UnknownBudget{
			Rule: fmt.Sprintf("region-%d", i), Since: sampledata.Now.Add(-37 * time.Hour), Why: "Fastly lists no usage of cdn_usage in 2026-11",
		})
	}
	for i := range 6 {
		several.Unknown = append(several.Unknown, alerts.UnknownBudget{
			Rule: "of-services", Instance: fmt.Sprintf("www-%d", i), Since: sampledata.Now.Add(-36 * time.Hour), Why: fmt.Sprintf("reason %d", i),
		})
	}
	oddUnknown.Unknown = []alerts.UnknownBudget{{Rule: sampledata.Hostile, Instance: sampledata.Hostile, Title: sampledata.Hostile, Since: sampledata.Now, Why: sampledata.Hostile}}
	samples = append(samples,
		troubleSample("trouble-unknown", unknown), troubleSample("trouble-unknown-15", several), troubleSample("trouble-unknown-hostile", oddUnknown))
	unknown.Until = sampledata.Now
	samples = append(samples, troubleSample("trouble-unknown-over", unknown))
	failing.Until, services.Until, bill.Until, stale.Until, stale.CountedTo = sampledata.Now, sampledata.Now, sampledata.Now, sampledata.Now, sampledata.ToNov21
	return append(samples, troubleSample("trouble-failing-over", failing), troubleSample("trouble-stale-over", stale),
		troubleSample("trouble-services-over", services), troubleSample("trouble-bill-over", bill))
}
