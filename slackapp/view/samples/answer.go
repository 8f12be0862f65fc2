package samples

import (
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

// answerSamples are answered parent messages, the thread replies about the answers, and the private replies to the
// people who pressed.
func answerSamples() []Sample {
	plain := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 402.6, 500, 80)
	acked, muted, odd := plain, plain, sampledata.Line(sampledata.Hostile, sampledata.Hostile, billing.Measure{Noun: sampledata.Hostile}, 3, 2, 125)
	acked.Ack = sampledata.Answer("U0ANNA001", "launch of the video shop", 80)
	muted.Mute = sampledata.Answer("U0BORIS01", "", 80)
	both := acked
	both.Mute = muted.Mute
	risen := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 521.3, 500, 100)
	risen.Ack = acked.Ack
	odd.Ack = sampledata.Answer("<!channel>", sampledata.Hostile+strings.Repeat("!", 3000), 125)
	scoped := plain
	scoped.Instance = "www-shop"
	late := plain
	late.Month, late.CountedTo = sampledata.October, sampledata.November.Start()
	samples := []Sample{
		alertSample("answer-parent-acknowledged", alerts.DeliverUpdate, alerts.ReasonFirstThreshold, acked),
		alertSample("answer-parent-muted", alerts.DeliverUpdate, alerts.ReasonFirstThreshold, muted),
		alertSample("answer-parent-both", alerts.DeliverUpdate, alerts.ReasonFirstThreshold, both),
		alertSample("answer-parent-higher-threshold", alerts.DeliverUpdate, alerts.ReasonThresholdRose, risen),
		alertSample("answer-parent-one-service", alerts.DeliverParent, alerts.ReasonFirstThreshold, scoped),
		alertSample("answer-parent-month-over", alerts.DeliverParent, alerts.ReasonFirstThreshold, late),
		alertSample("answer-parent-hostile-reason", alerts.DeliverUpdate, alerts.ReasonFirstThreshold, odd),
	}
	for _, s := range []struct {
		name string
		act  alerts.Act
		line alerts.BudgetLine
	}{
		{"acknowledged", alerts.ActAcknowledge, acked},
		{"explained", alerts.ActExplain, acked},
		{"unacknowledged", alerts.ActUnacknowledge, plain},
		{"muted", alerts.ActMute, muted},
		{"unmuted", alerts.ActUnmute, plain},
		{"acknowledged-hostile-reason", alerts.ActAcknowledge, odd},
	} {
		acted := alerts.Acted{Act: s.act, By: "U0ANNA001", At: sampledata.Now, Reason: s.line.Ack.Reason}
		d := alerts.Delivery{
			Kind: alerts.DeliverAnswer, Message: alerts.Message{Budgets: []alerts.BudgetLine{s.line}, Act: &acted},
		}
		samples = append(samples, Sample{"answer-thread-" + s.name, view.Alert(d, sampleAlert)}, Sample{"answer-private-" + s.name, alertview.Answered(s.act, s.line, "/budget")})
	}
	unexplained := acked
	unexplained.Ack.Reason = ""
	samples = append(samples, Sample{"answer-private-without-reason", alertview.Answered(alerts.ActAcknowledge, unexplained, "/budget")})
	return append(samples, refusedSamples(plain, acked, muted, risen)...)
}

// refusedSamples are the replies to the loser of two presses, and to a press that is not possible.
func refusedSamples(plain, acked, muted, risen alerts.BudgetLine) []Sample {
	shown := &alerts.Shown{Threshold: 80}
	var samples []Sample
	for _, s := range []struct {
		name     string
		act      alerts.Act
		obstacle alerts.Obstacle
		line     alerts.BudgetLine
	}{
		{"unwatched", alerts.ActMute, alerts.ObstacleUnwatched, plain},
		{"nothing-said", alerts.ActAcknowledge, alerts.ObstacleNoAlert, plain},
		{"month-over", alerts.ActMute, alerts.ObstacleMonthOver, plain},
		{"acknowledged", alerts.ActAcknowledge, alerts.ObstacleAcknowledged, acked},
		{"muted", alerts.ActMute, alerts.ObstacleMuted, muted},
		{"unacknowledged", alerts.ActUnacknowledge, alerts.ObstacleUnacknowledged, plain},
		{"unmuted", alerts.ActUnmute, alerts.ObstacleUnmuted, plain},
		{"others", alerts.ActExplain, alerts.ObstacleOthers, acked},
		{"changed-level", alerts.ActAcknowledge, alerts.ObstacleChanged, risen},
		{"changed-answer", alerts.ActMute, alerts.ObstacleChanged, acked},
		{"changed-back", alerts.ActUnacknowledge, alerts.ObstacleChanged, plain},
	} {
		r := &alerts.Refusal{Press: alerts.Press{Act: s.act, By: "U0CARLA01", Shown: shown}, Obstacle: s.obstacle}
		samples = append(samples, Sample{"answer-refused-" + s.name, alertview.AnswerRefused(r, s.line, "/budget", sampledata.Now)})
	}
	own := &alerts.Refusal{Press: alerts.Press{Act: alerts.ActAcknowledge, By: acked.Ack.By}, Obstacle: alerts.ObstacleAcknowledged}
	return append(samples, Sample{"answer-refused-own", alertview.AnswerRefused(own, acked, "/budget", sampledata.Now)})
}

func historySamples() []Sample {
	line := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 521.3, 500, 100)
	act := func(ago time.Duration, who string, what alerts.Act, threshold rules.Threshold, detail string) budgetview.Event {
		at := sampledata.Now.Add(-ago)
		return budgetview.Event{At: at, Act: &alerts.AuditEntry{At: at, Actor: who, Act: what, BudgetID: line.BudgetID, Threshold: threshold, Detail: detail}}
	}
	posted := func(ago time.Duration, threshold rules.Threshold, state alerts.DeliveryState) budgetview.Event {
		return budgetview.Event{At: sampledata.Now.Add(-ago), Threshold: threshold, Reason: alerts.ReasonThresholdRose, Channel: "cdn-budget", State: state}
	}
	h := budgetview.History{Line: line, Now: sampledata.Now, Earlier: 3, Events: []budgetview.Event{
		posted(time.Minute, 125, alerts.DeliveryPending),
		{At: sampledata.Now.Add(-2 * time.Hour), Threshold: 80, Reason: alerts.ReasonRestated, Channel: "cdn-budget", State: alerts.DeliverySent},
		act(3*time.Hour, "U0BORIS01", alerts.ActUnmute, 100, ""),
		{At: sampledata.Now.Add(-20 * time.Hour), Threshold: 100, Reason: alerts.ReasonMuted},
		{At: sampledata.Now.Add(-21 * time.Hour), Threshold: 100, ForecastThreshold: true, Reason: alerts.ReasonMuted},
		{At: sampledata.Now.Add(-22 * time.Hour), Reason: alerts.ReasonBackOn, Channel: "cdn-budget", State: alerts.DeliverySent},
		{At: sampledata.Now.Add(-23 * time.Hour), Threshold: 100, ForecastThreshold: true, Reason: alerts.ReasonLikelyOver, Channel: "cdn-budget", State: alerts.DeliverySent},
		act(26*time.Hour, "U0BORIS01", alerts.ActMute, 80, ""),
		act(27*time.Hour, "U0ANNA001", alerts.ActUnacknowledge, 80, ""),
		act(28*time.Hour, "U0ANNA001", alerts.ActExplain, 80, "launch of the video shop"),
		act(28*time.Hour, "U0ANNA001", alerts.ActAcknowledge, 80, ""),
		posted(30*time.Hour, 80, alerts.DeliverySent),
		posted(31*time.Hour, 80, alerts.DeliveryBroken),
		posted(32*time.Hour, 80, alerts.DeliveryDropped),
		{At: sampledata.Now.Add(-40 * time.Hour), Reason: alerts.ReasonRestated},
	}}
	odd := budgetview.History{Line: sampledata.Line(sampledata.Hostile, sampledata.Hostile, sampledata.Bandwidth, 1, 2, 0), Now: sampledata.Now}
	odd.Events = []budgetview.Event{act(time.Hour, sampledata.Hostile, alerts.ActAcknowledge, 0, sampledata.Hostile), {At: sampledata.Now, Threshold: 80, Reason: sampledata.Hostile, Channel: sampledata.Hostile}}
	for range 30 {
		odd.Events = append(odd.Events, act(time.Hour, "U0ANNA001", alerts.ActExplain, 0, strings.Repeat(sampledata.Hostile, 50)))
	}
	parent := alerts.Delivery{Kind: alerts.DeliverParent, Message: alerts.Message{Reason: alerts.ReasonThresholdRose, Budgets: []alerts.BudgetLine{line}}}
	quiet := phrase.AlertContext{Now: sampledata.Now, BudgetCommand: "/budget"}
	return []Sample{
		{"history", budgetview.BudgetHistory(h)},
		{"history-nothing", budgetview.BudgetHistory(budgetview.History{Line: line, Now: sampledata.Now})},
		{"history-hostile", budgetview.BudgetHistory(odd)},
		{"trial", budgetview.Trial(view.Alert(parent, quiet), alerts.DeliverBroadcast, "cdn-budget", alerts.ReasonThresholdRose, 100)},
		{"trial-silent", budgetview.Trial(view.Alert(parent, quiet), "", "cdn-budget", alerts.ReasonAlreadyPosted, 80)},
		{"trial-edit", budgetview.Trial(view.Alert(parent, quiet), alerts.DeliverUpdate, sampledata.Hostile, alerts.ReasonUpdate, 80)},
	}
}
