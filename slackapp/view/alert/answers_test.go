package alertview

import (
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

func TestWhatAThreadShowsOfAnAnswer(t *testing.T) {
	told := func(act alerts.Act, reason string, line alerts.BudgetLine) blocks.Message {
		acted := &alerts.Acted{Act: act, By: "U0ANNA001", At: sampledata.Now, Reason: reason}
		return Alert(alerts.Delivery{Kind: alerts.DeliverAnswer, Message: alerts.Message{Act: acted, Budgets: []alerts.BudgetLine{line}}}, alertContext)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"an acknowledgement, and what still comes", told(alerts.ActAcknowledge, "", na(402.6, 80)), `
North America Bandwidth: Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC. You'll still be alerted at 100%.

Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC. You'll still be alerted at 100%.
`},
		{"with its reason, and nothing comes", told(alerts.ActAcknowledge, "launch of the *shop*", na(640, 125)), `
North America Bandwidth: Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC: “launch of the *shop*”. That was the last alert for this month.

Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC: “launch of the *shop*”. That was the last alert for this month.
`},
		{"a reason that came later", told(alerts.ActExplain, "launch", na(402.6, 80)), `
North America Bandwidth: @U0ANNA001's reason: “launch”.

@U0ANNA001's reason: “launch”.
`},
		{"an acknowledgement that is taken back", told(alerts.ActUnacknowledge, "", na(402.6, 80)), `
North America Bandwidth: @U0ANNA001 withdrew the acknowledgement.

@U0ANNA001 withdrew the acknowledgement.
`},
		{"a mute", told(alerts.ActMute, "", na(402.6, 80)), `
North America Bandwidth: Muted until Dec 1 by @U0ANNA001, Nov 22, 10:42 UTC: no more alerts about it, even above 100%. It stays in '/budget' and in the digest.

Muted until Dec 1 by @U0ANNA001, Nov 22, 10:42 UTC: no more alerts about it, even above 100%. It stays in '/budget' and in the digest.
`},
		{"a mute that is taken back, and what comes next", told(alerts.ActUnmute, "", na(402.6, 80)), `
North America Bandwidth: @U0ANNA001 unmuted this. The next message comes at 100%; thresholds crossed while it was muted won't be posted.

@U0ANNA001 unmuted this. The next message comes at 100%; thresholds crossed while it was muted won't be posted.
`},
		{"a mute that is taken back, and nothing comes", told(alerts.ActUnmute, "", na(640, 125)), `
North America Bandwidth: @U0ANNA001 unmuted this. That was the last alert for this month.

@U0ANNA001 unmuted this. That was the last alert for this month.
`},
	})
}

func TestWhatAPersonIsShownTheirPress(t *testing.T) {
	answered := func(act alerts.Act, line alerts.BudgetLine) blocks.Message { return Answered(act, line, "/budget") }
	acked := func(reason string) alerts.BudgetLine {
		return na(402.6, 80, func(l *alerts.BudgetLine) { l.Ack = sampledata.Answer("U1", reason, 80) })
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"an acknowledgement can be explained and undone", answered(alerts.ActAcknowledge, acked("")), `
You acknowledged North America Bandwidth. You'll still be alerted at 100%.

You acknowledged North America Bandwidth. You'll still be alerted at 100%.

[Add a Reason] [Undo]
`},
		{"one with a reason needs none", answered(alerts.ActExplain, acked("launch")), `
You acknowledged North America Bandwidth: “launch”. You'll still be alerted at 100%.

You acknowledged North America Bandwidth: “launch”. You'll still be alerted at 100%.

[Undo]
`},
		{"a mute can be undone", answered(alerts.ActMute, na(402.6, 80)), `
North America Bandwidth is muted until Dec 1, even above 100%. It stays in '/budget' and in the digest.

North America Bandwidth is muted until Dec 1, even above 100%. It stays in '/budget' and in the digest.

[Undo]
`},
		{"an acknowledgement that was taken back", answered(alerts.ActUnacknowledge, na(402.6, 80)), `
North America Bandwidth is no longer acknowledged.

North America Bandwidth is no longer acknowledged.
`},
		{"a mute that was taken back", answered(alerts.ActUnmute, na(402.6, 80)), `
North America Bandwidth is no longer muted. The next message comes at 100%; thresholds crossed while it was muted won't be posted.

North America Bandwidth is no longer muted. The next message comes at 100%; thresholds crossed while it was muted won't be posted.
`},
	})
}

func TestWhyAPressChangesNothing(t *testing.T) {
	refused := func(o alerts.Obstacle, by string, shownThen *alerts.Shown, change func(*alerts.BudgetLine)) blocks.Message {
		l := na(402.6, 80)
		if change != nil {
			change(&l)
		}
		return AnswerRefused(&alerts.Refusal{Obstacle: o, Press: alerts.Press{By: by, Shown: shownThen}}, l, "/budget", sampledata.Now)
	}
	ack := func(l *alerts.BudgetLine) { l.Ack = sampledata.Answer("U0ANNA001", "launch", 80) }
	mute := func(l *alerts.BudgetLine) { l.Mute = sampledata.Answer("U0ANNA001", "", 80) }
	at := &alerts.Shown{Threshold: 80}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"no check has looked", refused(alerts.ObstacleUnwatched, "U1", nil, nil), `
North America Bandwidth hasn't been checked in November yet. Try again after the first check.

North America Bandwidth hasn't been checked in November yet.
Try again after the first check.
`},
		{"nothing was posted", refused(alerts.ObstacleNoAlert, "U1", nil, nil), `
There's been no alert about North America Bandwidth in November, so there's nothing to acknowledge. '/budget mute na-bandwidth' silences it until Dec 1.

There's been no alert about North America Bandwidth in November, so there's nothing to acknowledge.
'/budget mute na-bandwidth' silences it until Dec 1.
`},
		{"the month is over", refused(alerts.ObstacleMonthOver, "U1", nil, nil), `
November is over. See '/budget na-bandwidth' for the current figures.

November is over.
See '/budget na-bandwidth' for the current figures.
`},
		{"somebody acknowledged it", refused(alerts.ObstacleAcknowledged, "U1", nil, ack), `
@U0ANNA001 acknowledged this already, Nov 22, 10:14 UTC: “launch”.

@U0ANNA001 acknowledged this already, Nov 22, 10:14 UTC: “launch”.
`},
		{"you did", refused(alerts.ObstacleAcknowledged, "U0ANNA001", nil, ack), `
You acknowledged this already, Nov 22, 10:14 UTC: “launch”.

You acknowledged this already, Nov 22, 10:14 UTC: “launch”.
`},
		{"somebody muted it", refused(alerts.ObstacleMuted, "U1", nil, mute), `
@U0ANNA001 muted this already, Nov 22, 10:14 UTC, until Dec 1.

@U0ANNA001 muted this already, Nov 22, 10:14 UTC, until Dec 1.
`},
		{"you muted it", refused(alerts.ObstacleMuted, "U0ANNA001", nil, mute), `
You muted this already, Nov 22, 10:14 UTC, until Dec 1.

You muted this already, Nov 22, 10:14 UTC, until Dec 1.
`},
		{"there is no acknowledgement", refused(alerts.ObstacleUnacknowledged, "U1", nil, nil), `
North America Bandwidth isn't acknowledged, so there's nothing to undo or explain.

North America Bandwidth isn't acknowledged, so there's nothing to undo or explain.
`},
		{"there is no mute", refused(alerts.ObstacleUnmuted, "U1", nil, nil), `
North America Bandwidth isn't muted, so there's nothing to undo.

North America Bandwidth isn't muted, so there's nothing to undo.
`},
		{"the acknowledgement is another's", refused(alerts.ObstacleOthers, "U1", nil, nil), `
Someone else acknowledged this, and only they can add the reason.

Someone else acknowledged this, and only they can add the reason.
`},
		{"usage has reached more since", refused(alerts.ObstacleChanged, "U1", &alerts.Shown{}, nil), `
This has changed: it has reached 80%. See '/budget na-bandwidth'.

This has changed: it has reached 80%.
See '/budget na-bandwidth'.
`},
		{"usage has come down since", refused(alerts.ObstacleChanged, "U1", &alerts.Shown{Threshold: 100}, nil), `
This has changed: usage is back below 100%. See '/budget na-bandwidth'.

This has changed: usage is back below 100%.
See '/budget na-bandwidth'.
`},
		{"it was muted since", refused(alerts.ObstacleChanged, "U1", at, mute), `
This has changed: @U0ANNA001 muted it, Nov 22, 10:14 UTC. See '/budget na-bandwidth'.

This has changed: @U0ANNA001 muted it, Nov 22, 10:14 UTC.
See '/budget na-bandwidth'.
`},
		{"it was acknowledged since", refused(alerts.ObstacleChanged, "U1", at, ack), `
This has changed: @U0ANNA001 acknowledged it, Nov 22, 10:14 UTC: “launch”. See '/budget na-bandwidth'.

This has changed: @U0ANNA001 acknowledged it, Nov 22, 10:14 UTC: “launch”.
See '/budget na-bandwidth'.
`},
		{"the answer was taken back since", refused(alerts.ObstacleChanged, "U1", at, nil), `
This has changed: the answer was undone. See '/budget na-bandwidth'.

This has changed: the answer was undone.
See '/budget na-bandwidth'.
`},
		{"an obstacle that is not known", refused("?", "U1", nil, nil), `
Nothing changed.

Nothing changed.
`},
	})
}

func TestAReasonIsAskedForInAModal(t *testing.T) {
	m := AskReason(na(402.6, 80), "metadata")
	if m.CallbackID != ReasonModal || m.PrivateMetadata != "metadata" || m.Title.Text != "Add a Reason" || m.Submit.Text != "Save" || m.Close.Text != "Cancel" {
		t.Errorf("the modal is %+v", m)
	}
	if got := blocks.PlainText(blocks.Message{Blocks: m.Blocks.BlockSet[:1]}); got != "You acknowledged North America Bandwidth, November.\n" {
		t.Errorf("it begins with %q", got)
	}
	if id := m.Blocks.BlockSet[1].ID(); id != ReasonBlock {
		t.Errorf("its input is in block %q", id)
	}
}

func TestWhatOperatorsReadOfAChannel(t *testing.T) {
	route := func(r alerts.RouteTrouble) blocks.Message {
		r.Channel, r.Since = "shop-cdn", viewtest.November(22, 8)
		return Alert(alerts.Delivery{Kind: alerts.DeliverRoute, Message: alerts.Message{Reason: alerts.ReasonRoute, Route: &r}}, alertContext)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"it is not invited", route(alerts.RouteTrouble{Reason: "not_in_channel", Waiting: 1}), `
I can't post to #shop-cdn: not invited. Type '/invite @budgetbot' there; 1 alert is waiting. I'll retry every few minutes.

I can't post to #shop-cdn: not invited. Type '/invite @budgetbot' there; 1 alert is waiting. I'll retry every few minutes.
`},
		{"several alerts wait", route(alerts.RouteTrouble{Reason: "is_archived", Waiting: 2}), `
I can't post to #shop-cdn: it's archived. Unarchive it, or name another channel in the rules file; 2 alerts are waiting. I'll retry every few minutes.

I can't post to #shop-cdn: it's archived. Unarchive it, or name another channel in the rules file; 2 alerts are waiting. I'll retry every few minutes.
`},
		{"Slack's code where nothing is known of it", route(alerts.RouteTrouble{Reason: "new_error"}), `
I can't post to #shop-cdn: Slack answered 'new_error'. I'll retry every few minutes.

I can't post to #shop-cdn: Slack answered 'new_error'. I'll retry every few minutes.
`},
		{"a promise to try again is made once", route(alerts.RouteTrouble{Reason: "internal_error"}), `
I can't post to #shop-cdn: Slack had an internal error. I'll keep trying.

I can't post to #shop-cdn: Slack had an internal error. I'll keep trying.
`},
		{"a late message promises it whatever the code", route(alerts.RouteTrouble{Late: true, Waiting: 3, Reason: "internal_error"}), `
3 messages have been waiting for #shop-cdn since Nov 22, 08:00 UTC. The log says why. I'll retry every few minutes.

3 messages have been waiting for #shop-cdn since Nov 22, 08:00 UTC. The log says why. I'll retry every few minutes.
`},
		{"messages are late", route(alerts.RouteTrouble{Late: true, Waiting: 3}), `
3 messages have been waiting for #shop-cdn since Nov 22, 08:00 UTC. The log says why. I'll retry every few minutes.

3 messages have been waiting for #shop-cdn since Nov 22, 08:00 UTC. The log says why. I'll retry every few minutes.
`},
		{"one message is late", route(alerts.RouteTrouble{Late: true, Waiting: 1}), `
1 message has been waiting for #shop-cdn since Nov 22, 08:00 UTC. The log says why. I'll retry every few minutes.

1 message has been waiting for #shop-cdn since Nov 22, 08:00 UTC. The log says why. I'll retry every few minutes.
`},
	})
}

func TestWhatOperatorsReadOfTheBotsHealth(t *testing.T) {
	trouble := func(tr alerts.Trouble, until bool) blocks.Message {
		why := alerts.ReasonTrouble
		if until {
			tr.Until, why = sampledata.Now, alerts.ReasonRecovered
		}
		return Alert(alerts.Delivery{Kind: alerts.DeliverParent, Message: alerts.Message{Reason: why, Report: alerts.Report{Trouble: &tr}}}, alertContext)
	}
	failing := alerts.Trouble{Kind: alerts.IncidentFailing, Since: viewtest.November(22, 8), Cause: "Fastly refused the token.", Next: "Put a valid token into `FASTLY_API_TOKEN`."}
	stale := alerts.Trouble{Kind: alerts.IncidentStale, Since: viewtest.November(18, 0), Usual: 24 * time.Hour, CountedTo: sampledata.ToNov21}
	unpaced := stale
	unpaced.Usual = 0
	services := alerts.Trouble{Kind: alerts.IncidentServices, Since: viewtest.November(22, 8), Cause: "Fastly did not answer", Next: "I go on trying.", UsageTypes: []string{"Asia"}}
	many := services
	many.UsageTypes = []string{"a", "b", "c", "d", "e", "f", "g"}
	bill := services
	bill.Kind = alerts.IncidentBill
	storage := alerts.UnknownBudget{Rule: "storage", Title: "Storage", Since: viewtest.November(21, 8), Why: "it covers `gb` and `unit`."}
	unknown := alerts.Trouble{Kind: alerts.IncidentUnknown, Since: viewtest.November(21, 8), Unknown: []alerts.UnknownBudget{storage}}
	several := unknown
	several.Unknown = nil
	for i := range 7 {
		several.Unknown = append(several.Unknown, alerts.UnknownBudget{Rule: "region-" + string(rune('a'+i)), Since: viewtest.November(21, 8), Why: "no rows"})
	}
	for i := range 6 {
		several.Unknown = append(several.Unknown, alerts.UnknownBudget{Rule: "shop", Instance: "www-" + string(rune('a'+i)), Since: viewtest.November(21, 9), Why: "reason " + string(rune('a'+i))})
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"checks fail", trouble(failing, false), `
Checks Have Failed for 2 h. None has succeeded since 08:00 UTC: Fastly refused the token. Budgets keep their last figures; anything crossed will be posted once checks work.

Checks Have Failed for 2 h
None has succeeded since 08:00 UTC: Fastly refused the token. Budgets keep their last figures; anything crossed will be posted once checks work.
Next: Put a valid token into 'FASTLY_API_TOKEN'.
`},
		{"checks succeed again", trouble(failing, true), `
Checks Are Working Again. They failed from 08:00 UTC to 10:42 UTC: Fastly refused the token. Thresholds crossed meanwhile are being posted now.

Checks Are Working Again
They failed from 08:00 UTC to 10:42 UTC: Fastly refused the token. Thresholds crossed meanwhile are being posted now.
`},
		{"figures do not move", trouble(stale, false), `
No Fresh Data for 4 days. Fastly's newest figures run to the end of Nov 17; new ones usually arrive every 24 h. I check budgets against these until newer ones arrive.

No Fresh Data for 4 days
Fastly's newest figures run to the end of Nov 17; new ones usually arrive every 24 h. I check budgets against these until newer ones arrive.
Next: Check Fastly's status page. If it shows nothing, ask their support why usage metrics aren't being updated.
`},
		{"nothing is known of their pace", trouble(unpaced, false), `
No Fresh Data for 4 days. Fastly's newest figures run to the end of Nov 17. I check budgets against these until newer ones arrive.

No Fresh Data for 4 days
Fastly's newest figures run to the end of Nov 17. I check budgets against these until newer ones arrive.
Next: Check Fastly's status page. If it shows nothing, ask their support why usage metrics aren't being updated.
`},
		{"figures have moved again", trouble(stale, true), `
Fresh Data Again. Fastly's figures run to the end of Nov 21. They had stopped at the end of Nov 17 for 4 days.

Fresh Data Again
Fastly's figures run to the end of Nov 21. They had stopped at the end of Nov 17 for 4 days.
`},
		{"services of one usage type cannot be read", trouble(services, false), `
Can't Read Services for 1 Usage Type. Asia has not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are still checked.

Can't Read Services for 1 Usage Type
Asia has not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are still checked.
Next: I go on trying.
`},
		{"of many, five are named", trouble(many, false), `
Can't Read Services for 7 Usage Types. a, b, c, d, e and 2 more have not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are still checked.

Can't Read Services for 7 Usage Types
a, b, c, d, e and 2 more have not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are still checked.
Next: I go on trying.
`},
		{"services can be read again", trouble(services, true), `
Services Can Be Read Again. They could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.

Services Can Be Read Again
They could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.
`},
		{"the bill cannot be read", trouble(bill, false), `
The Bill Could Not Be Read for 2 h. No cost figure from Fastly since 08:00 UTC: Fastly did not answer. Cost budgets keep their last figures; the others are still checked.

The Bill Could Not Be Read for 2 h
No cost figure from Fastly since 08:00 UTC: Fastly did not answer. Cost budgets keep their last figures; the others are still checked.
Next: I go on trying.
`},
		{"the bill can be read again", trouble(bill, true), `
The Bill Can Be Read Again. It could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.

The Bill Can Be Read Again
It could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.
`},
		{"a budget has no figure", trouble(unknown, false), `
No Figure for 26 h: Storage. Storage, since Nov 21, 08:00 UTC: it covers 'gb' and 'unit'. I can't check this budget until there's a figure again; the others are still checked.

No Figure for 26 h: Storage
Storage, since Nov 21, 08:00 UTC: it covers 'gb' and 'unit'.
I can't check this budget until there's a figure again; the others are still checked.
Next: Change what the rule covers, or its unit, to match what Fastly lists. 'budgetbot rules lint' shows what the account has.
`},
		{"each reason is given once, five of them, with five budgets", trouble(several, false), `
No Figure for 26 h: region-a, region-b, region-c, region-d, region-e and 8 more. region-a, region-b, region-c, region-d, region-e and 2 more, since Nov 21, 08:00 UTC: no rows. shop: www-a, since Nov 21, 09:00 UTC: reason a. shop: www-b, since Nov 21, 09:00 UTC: reason b. shop: www-c, since Nov 21, 09:00 UTC: reason c. shop: www-d, since Nov 21, 09:00 UTC: reason d. And for 2 more reasons, listed by '/readyz' and the budget overview. I can't check these budgets until there's a figure again; the others are still checked.

No Figure for 26 h: region-a, region-b, region-c, region-d, region-e and 8 more
region-a, region-b, region-c, region-d, region-e and 2 more, since Nov 21, 08:00 UTC: no rows.
shop: www-a, since Nov 21, 09:00 UTC: reason a.
shop: www-b, since Nov 21, 09:00 UTC: reason b.
shop: www-c, since Nov 21, 09:00 UTC: reason c.
shop: www-d, since Nov 21, 09:00 UTC: reason d.
And for 2 more reasons, listed by '/readyz' and the budget overview.
I can't check these budgets until there's a figure again; the others are still checked.
Next: Change what the rule covers, or its unit, to match what Fastly lists. 'budgetbot rules lint' shows what the account has.
`},
		{"it has one again", trouble(unknown, true), `
Figures Are Back: Storage. Storage had no figure from Nov 21, 08:00 UTC to 10:42 UTC: it covers 'gb' and 'unit'.

Figures Are Back: Storage
Storage had no figure from Nov 21, 08:00 UTC to 10:42 UTC: it covers 'gb' and 'unit'.
`},
	})
}
