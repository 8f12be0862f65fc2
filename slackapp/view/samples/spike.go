package samples

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

// sampleSpike is of bandwidth that was high on three days of November.
func sampleSpike() alerts.Spike {
	day := func(n int, used, usual float64) alerts.SpikeDay {
		return alerts.SpikeDay{Day: time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC), Used: terabytes(used), Usual: terabytes(usual)}
	}
	return alerts.Spike{
		Title: "Bandwidth", Measure: sampledata.Bandwidth, Newest: day(21, 10.72, 3.73), First: day(19, 0, 0).Day, Days: 3, Above: terabytes(19.4),
		High: day(21, 10.72, 3.73), Parts: []alerts.SpikePart{
			{Name: "video-vod", Used: terabytes(7.31), Usual: terabytes(1.2)},
			{Name: "video-live", Used: terabytes(1.14), Usual: terabytes(0.62)},
			{Name: "launch-day", Used: terabytes(0.31)},
		},
		Cost: &alerts.SpikeCost{Amount: decimal.New(1552, 0), Currency: "USD", Rates: sampledata.November.Add(-1)}, Measured: true,
		Over: 60, AtLeast: terabytes(1), ReadAt: sampledata.Now, Owners: []rules.Person{sampledata.FinOps},
	}
}

func spikeSample(name string, kind alerts.DeliveryKind, why alerts.Reason, s alerts.Spike) Sample {
	d := alerts.Delivery{
		Kind: kind, BudgetID: alerts.BudgetID{Rule: rules.SpikesRule, Month: sampledata.November},
		Message: alerts.Message{Reason: why, Report: alerts.Report{Spike: &s}},
	}
	return Sample{name, view.Alert(d, sampleAlert)}
}

func spikeSamples() []Sample {
	first, third, calm, over, settled, odd := sampleSpike(), sampleSpike(), sampleSpike(), sampleSpike(), sampleSpike(), sampleSpike()
	first.First, first.Days, first.Above, first.Cost.Amount = first.High.Day, 1, terabytes(6.99), decimal.New(559, 0)
	calm.Newest.Used, calm.Newest.Usual, calm.Newest.Day = terabytes(3.91), terabytes(3.8), calm.High.Day.AddDate(0, 0, 1)
	over.Newest, over.Newest.Day = calm.Newest, calm.High.Day.AddDate(0, 0, 2)
	settled.Newest, settled.Newest.Used, settled.Settled = over.Newest, terabytes(4.2), true
	team := sampleSpike()
	team.Instance, team.Cost, team.Measured, team.Elsewhere = "shop", nil, false, true
	odd.Title, odd.Instance, odd.Parts = sampledata.Hostile, sampledata.Hostile, []alerts.SpikePart{{Name: sampledata.Hostile, Used: terabytes(1)}}
	odd.Owners, odd.Measure = []rules.Person{{Name: sampledata.Hostile, ID: "<!here>"}}, billing.Measure{Noun: sampledata.Hostile}
	unknown, quiet, none := sampleSpike(), sampleSpike(), alerts.Spike{Unknown: "your token may not read Fastly's statistics"}
	unknown.Unknown = "the newest day that I have is Nov 21"
	quiet.Newest = calm.Newest
	other := quiet
	other.Instance = "media"
	rule := rules.Rule{
		Name: rules.SpikesRule, Title: "Bandwidth", Kind: rules.RuleChange, Change: rules.DefaultSpike, Channel: "cdn-platform",
		Match: rules.Match{Product: "cdn_usage", UsageType: "* Bandwidth"},
	}
	detail := func(spikes ...budgetview.SpikeWatch) blocks.Message {
		return watchDetail(budgetview.Watch{Rule: rule, Spikes: spikes}, sampledata.Checks)
	}
	return []Sample{
		spikeSample("spike-parent", alerts.DeliverParent, alerts.ReasonSpike, first),
		spikeSample("spike-third-day", alerts.DeliverUpdate, alerts.ReasonUpdate, third),
		spikeSample("spike-calm-day", alerts.DeliverUpdate, alerts.ReasonUpdate, calm),
		spikeSample("spike-over", alerts.DeliverUpdate, alerts.ReasonSpikeOver, over),
		spikeSample("spike-settled", alerts.DeliverUpdate, alerts.ReasonSpikeSettled, settled),
		spikeSample("spike-withdrawn", alerts.DeliverUpdate, alerts.ReasonWithdrawn, third),
		spikeSample("spike-of-a-team", alerts.DeliverParent, alerts.ReasonSpike, team),
		spikeSample("spike-hostile-names", alerts.DeliverParent, alerts.ReasonSpike, odd),
		{"spike-detail-open", detail(budgetview.SpikeWatch{Spike: unknown, State: alerts.IncidentOpen})},
		{"spike-detail-quiet", detail(budgetview.SpikeWatch{Spike: quiet, State: alerts.IncidentOver})},
		{"spike-detail-unknown", detail(budgetview.SpikeWatch{Spike: none, State: alerts.IncidentQuiet})},
		{"spike-detail-teams", detail(
			budgetview.SpikeWatch{Spike: team, State: alerts.IncidentOpen}, budgetview.SpikeWatch{Spike: other, State: alerts.IncidentQuiet},
		)},
	}
}
