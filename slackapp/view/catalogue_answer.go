package view

import (
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

func sampleAnswer(by, reason string, level rules.Level) alerts.Answer {
	return alerts.Answer{By: by, At: sampleNow.Add(-28 * time.Minute), Reason: reason, Level: level}
}

// answerSamples are roots that were answered, the replies about it, and what the people who pressed are told.
func answerSamples() []Sample {
	plain := sampleLine("na-bandwidth", "North America Bandwidth", bandwidth, 402.6, 500, 80)
	acked, muted, odd := plain, plain, sampleLine(hostile, hostile, billing.Measure{Noun: hostile}, 3, 2, 125)
	acked.Ack = sampleAnswer("U0ANNA001", "launch of the video shop", 80)
	muted.Mute = sampleAnswer("U0BORIS01", "", 80)
	both := acked
	both.Mute = muted.Mute
	risen := sampleLine("na-bandwidth", "North America Bandwidth", bandwidth, 521.3, 500, 100)
	risen.Ack = acked.Ack
	odd.Ack = sampleAnswer("<!channel>", hostile+strings.Repeat("!", 3000), 125)
	scoped := plain
	scoped.Scope = "www-shop"
	late := plain
	late.Month, late.CountedTo = october, november.Start()
	samples := []Sample{
		alertSample("answer-root-acknowledged", alerts.DeliverRefresh, alerts.ReasonFirstLevel, acked),
		alertSample("answer-root-muted", alerts.DeliverRefresh, alerts.ReasonFirstLevel, muted),
		alertSample("answer-root-both", alerts.DeliverRefresh, alerts.ReasonFirstLevel, both),
		alertSample("answer-root-risen", alerts.DeliverRefresh, alerts.ReasonLevelRose, risen),
		alertSample("answer-root-one-service", alerts.DeliverRoot, alerts.ReasonFirstLevel, scoped),
		alertSample("answer-root-month-over", alerts.DeliverRoot, alerts.ReasonFirstLevel, late),
		alertSample("answer-root-hostile-reason", alerts.DeliverRefresh, alerts.ReasonFirstLevel, odd),
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
		acted := alerts.Acted{Act: s.act, By: "U0ANNA001", At: sampleNow, Reason: s.line.Ack.Reason}
		d := alerts.Delivery{
			Kind: alerts.DeliverAnswer, Message: alerts.Message{Budgets: []alerts.BudgetLine{s.line}, Act: &acted},
		}
		c := AnswerContext{Line: s.line, BudgetCommand: "/budget", Value: sampleAlert.Value}
		samples = append(samples, Sample{"answer-thread-" + s.name, Alert(d, sampleAlert)}, Sample{"answer-private-" + s.name, Answered(s.act, c)})
	}
	unexplained := acked
	unexplained.Ack.Reason = ""
	c := AnswerContext{Line: unexplained, BudgetCommand: "/budget", Value: sampleAlert.Value}
	samples = append(samples, Sample{"answer-private-without-reason", Answered(alerts.ActAcknowledge, c)})
	return append(samples, refusedSamples(plain, acked, muted, risen)...)
}

// refusedSamples are what the loser of two presses is told, and whoever presses what cannot be.
func refusedSamples(plain, acked, muted, risen alerts.BudgetLine) []Sample {
	shown := &alerts.Shown{Level: 80}
	var samples []Sample
	for _, s := range []struct {
		name     string
		act      alerts.Act
		obstacle alerts.Obstacle
		line     alerts.BudgetLine
	}{
		{"unwatched", alerts.ActMute, alerts.ObstacleUnwatched, plain},
		{"nothing-said", alerts.ActAcknowledge, alerts.ObstacleNothingSaid, plain},
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
		samples = append(samples, Sample{"answer-refused-" + s.name, AnswerRefused(r, AnswerContext{Line: s.line, BudgetCommand: "/budget"})})
	}
	own := &alerts.Refusal{Press: alerts.Press{Act: alerts.ActAcknowledge, By: acked.Ack.By}, Obstacle: alerts.ObstacleAcknowledged}
	return append(samples, Sample{"answer-refused-own", AnswerRefused(own, AnswerContext{Line: acked, BudgetCommand: "/budget"})})
}

func historySamples() []Sample {
	line := sampleLine("na-bandwidth", "North America Bandwidth", bandwidth, 521.3, 500, 100)
	act := func(ago time.Duration, who string, what alerts.Act, level rules.Level, detail string) Event {
		at := sampleNow.Add(-ago)
		return Event{At: at, Act: &alerts.AuditEntry{At: at, Actor: who, Act: what, BudgetID: line.BudgetID, Level: level, Detail: detail}}
	}
	said := func(ago time.Duration, level rules.Level, state alerts.DeliveryState) Event {
		return Event{At: sampleNow.Add(-ago), Level: level, Reason: alerts.ReasonLevelRose, Channel: "cdn-budget", State: state}
	}
	h := History{Line: line, Now: sampleNow, Earlier: 3, Events: []Event{
		said(time.Minute, 125, alerts.DeliveryPending),
		{At: sampleNow.Add(-2 * time.Hour), Level: 80, Reason: alerts.ReasonRestated, Channel: "cdn-budget", State: alerts.DeliverySent},
		act(3*time.Hour, "U0BORIS01", alerts.ActUnmute, 100, ""),
		{At: sampleNow.Add(-20 * time.Hour), Level: 100, Reason: alerts.ReasonMuted},
		{At: sampleNow.Add(-21 * time.Hour), Level: 100, Foreseen: true, Reason: alerts.ReasonMuted},
		{At: sampleNow.Add(-22 * time.Hour), Reason: alerts.ReasonBackOn, Channel: "cdn-budget", State: alerts.DeliverySent},
		{At: sampleNow.Add(-23 * time.Hour), Level: 100, Foreseen: true, Reason: alerts.ReasonLikelyOver, Channel: "cdn-budget", State: alerts.DeliverySent},
		act(26*time.Hour, "U0BORIS01", alerts.ActMute, 80, ""),
		act(27*time.Hour, "U0ANNA001", alerts.ActUnacknowledge, 80, ""),
		act(28*time.Hour, "U0ANNA001", alerts.ActExplain, 80, "launch of the video shop"),
		act(28*time.Hour, "U0ANNA001", alerts.ActAcknowledge, 80, ""),
		said(30*time.Hour, 80, alerts.DeliverySent),
		said(31*time.Hour, 80, alerts.DeliveryBroken),
		said(32*time.Hour, 80, alerts.DeliveryDropped),
		{At: sampleNow.Add(-40 * time.Hour), Reason: alerts.ReasonRestated},
	}}
	odd := History{Line: sampleLine(hostile, hostile, bandwidth, 1, 2, 0), Now: sampleNow}
	odd.Events = []Event{act(time.Hour, hostile, alerts.ActAcknowledge, 0, hostile), {At: sampleNow, Level: 80, Reason: hostile, Channel: hostile}}
	for range 30 {
		odd.Events = append(odd.Events, act(time.Hour, "U0ANNA001", alerts.ActExplain, 0, strings.Repeat(hostile, 50)))
	}
	root := alerts.Delivery{Kind: alerts.DeliverRoot, Message: alerts.Message{Reason: alerts.ReasonLevelRose, Budgets: []alerts.BudgetLine{line}}}
	quiet := AlertContext{Now: sampleNow, BudgetCommand: "/budget"}
	return []Sample{
		{"history", BudgetHistory(h)},
		{"history-nothing", BudgetHistory(History{Line: line, Now: sampleNow})},
		{"history-hostile", BudgetHistory(odd)},
		{"trial", Trial(Alert(root, quiet), alerts.DeliverRise, "cdn-budget", alerts.ReasonLevelRose)},
		{"trial-silent", Trial(Alert(root, quiet), "", "cdn-budget", alerts.ReasonAlreadySaid)},
		{"trial-edit", Trial(Alert(root, quiet), alerts.DeliverRefresh, hostile, alerts.ReasonRefresh)},
	}
}
