package alertview

import (
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

func TestWhatAThreadIsToldOfAnAnswer(t *testing.T) {
	told := func(act alerts.Act, reason string, line alerts.BudgetLine) blocks.Message {
		acted := &alerts.Acted{Act: act, By: "U0ANNA001", At: sampledata.Now, Reason: reason}
		return Alert(alerts.Delivery{Kind: alerts.DeliverAnswer, Message: alerts.Message{Act: acted, Budgets: []alerts.BudgetLine{line}}}, alertContext)
	}
	checkGolden(t, []golden{
		{"an acknowledgement, and what still comes", told(alerts.ActAcknowledge, "", na(402.6, 80)), `
North America Bandwidth: Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC. 100% will still be said.

Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC. 100% will still be said.
`},
		{"with its reason, and nothing comes", told(alerts.ActAcknowledge, "launch of the *shop*", na(640, 125)), `
North America Bandwidth: Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC: “launch of the *shop*”. There is no higher level left to say.

Acknowledged by @U0ANNA001, Nov 22, 10:42 UTC: “launch of the *shop*”. There is no higher level left to say.
`},
		{"a reason that came later", told(alerts.ActExplain, "launch", na(402.6, 80)), `
North America Bandwidth: The reason of @U0ANNA001: “launch”.

The reason of @U0ANNA001: “launch”.
`},
		{"an acknowledgement that is taken back", told(alerts.ActUnacknowledge, "", na(402.6, 80)), `
North America Bandwidth: @U0ANNA001 took the acknowledgement back.

@U0ANNA001 took the acknowledgement back.
`},
		{"a mute", told(alerts.ActMute, "", na(402.6, 80)), `
North America Bandwidth: Muted until Dec 1 by @U0ANNA001, Nov 22, 10:42 UTC: nothing more is said about it, even above 100%. It stays in '/budget' and in the digest.

Muted until Dec 1 by @U0ANNA001, Nov 22, 10:42 UTC: nothing more is said about it, even above 100%. It stays in '/budget' and in the digest.
`},
		{"a mute that is taken back, and what comes next", told(alerts.ActUnmute, "", na(402.6, 80)), `
North America Bandwidth: @U0ANNA001 took the mute back. The next message comes at 100%; what was passed meanwhile is not said again.

@U0ANNA001 took the mute back. The next message comes at 100%; what was passed meanwhile is not said again.
`},
		{"a mute that is taken back, and nothing comes", told(alerts.ActUnmute, "", na(640, 125)), `
North America Bandwidth: @U0ANNA001 took the mute back. There is no higher level left to say.

@U0ANNA001 took the mute back. There is no higher level left to say.
`},
	})
}

func TestWhatAPersonIsToldOfTheirPress(t *testing.T) {
	answered := func(act alerts.Act, value string, line alerts.BudgetLine) blocks.Message {
		return Answered(act, AnswerContext{Line: line, BudgetCommand: "/budget", Value: value})
	}
	acked := func(reason string) alerts.BudgetLine {
		return na(402.6, 80, func(l *alerts.BudgetLine) { l.Ack = sampledata.Answer("U1", reason, 80) })
	}
	checkGolden(t, []golden{
		{"an acknowledgement can be explained and undone", answered(alerts.ActAcknowledge, "v", acked("")), `
You acknowledged North America Bandwidth. 100% will still be said.

You acknowledged North America Bandwidth. 100% will still be said.

[Add a Reason] [Undo]
`},
		{"one with a reason needs none", answered(alerts.ActExplain, "v", acked("launch")), `
You acknowledged North America Bandwidth: “launch”. 100% will still be said.

You acknowledged North America Bandwidth: “launch”. 100% will still be said.

[Undo]
`},
		{"what was typed has no buttons", answered(alerts.ActAcknowledge, "", acked("")), `
You acknowledged North America Bandwidth. 100% will still be said.

You acknowledged North America Bandwidth. 100% will still be said.
`},
		{"a mute can be undone", answered(alerts.ActMute, "v", na(402.6, 80)), `
North America Bandwidth is muted until Dec 1, even above 100%. It stays in '/budget' and in the digest.

North America Bandwidth is muted until Dec 1, even above 100%. It stays in '/budget' and in the digest.

[Undo]
`},
		{"an acknowledgement that was taken back", answered(alerts.ActUnacknowledge, "v", na(402.6, 80)), `
North America Bandwidth is not acknowledged any more.

North America Bandwidth is not acknowledged any more.
`},
		{"a mute that was taken back", answered(alerts.ActUnmute, "v", na(402.6, 80)), `
North America Bandwidth is not muted any more. The next message comes at 100%; what was passed meanwhile is not said again.

North America Bandwidth is not muted any more. The next message comes at 100%; what was passed meanwhile is not said again.
`},
	})
}

func TestWhyAPressChangesNothing(t *testing.T) {
	refused := func(o alerts.Obstacle, by string, shownThen *alerts.Shown, change func(*alerts.BudgetLine)) blocks.Message {
		l := na(402.6, 80)
		if change != nil {
			change(&l)
		}
		return AnswerRefused(&alerts.Refusal{Obstacle: o, Press: alerts.Press{By: by, Shown: shownThen}}, AnswerContext{Line: l, BudgetCommand: "/budget"})
	}
	ack := func(l *alerts.BudgetLine) { l.Ack = sampledata.Answer("U0ANNA001", "launch", 80) }
	mute := func(l *alerts.BudgetLine) { l.Mute = sampledata.Answer("U0ANNA001", "", 80) }
	at := &alerts.Shown{Threshold: 80}
	checkGolden(t, []golden{
		{"no check has looked", refused(alerts.ObstacleUnwatched, "U1", nil, nil), `
No check has looked at North America Bandwidth in November yet. After the first one it can be answered.

No check has looked at North America Bandwidth in November yet.
After the first one it can be answered.
`},
		{"nothing was posted", refused(alerts.ObstacleNothingSaid, "U1", nil, nil), `
Nothing was said about North America Bandwidth in November, so that there is nothing to acknowledge. '/budget mute na-bandwidth' keeps it silent until Dec 1.

Nothing was said about North America Bandwidth in November, so that there is nothing to acknowledge.
'/budget mute na-bandwidth' keeps it silent until Dec 1.
`},
		{"the month is over", refused(alerts.ObstacleMonthOver, "U1", nil, nil), `
November is over. '/budget na-bandwidth' shows how the budget stands now.

November is over.
'/budget na-bandwidth' shows how the budget stands now.
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
North America Bandwidth is not acknowledged, so that there is nothing to take back or to explain.

North America Bandwidth is not acknowledged, so that there is nothing to take back or to explain.
`},
		{"there is no mute", refused(alerts.ObstacleUnmuted, "U1", nil, nil), `
North America Bandwidth is not muted, so that there is nothing to take back.

North America Bandwidth is not muted, so that there is nothing to take back.
`},
		{"the acknowledgement is another's", refused(alerts.ObstacleOthers, "U1", nil, nil), `
Somebody else acknowledged this, and only they can give the reason.

Somebody else acknowledged this, and only they can give the reason.
`},
		{"usage has reached more since", refused(alerts.ObstacleChanged, "U1", &alerts.Shown{}, nil), `
This has changed since: 80% is reached now. '/budget na-bandwidth' shows all of it.

This has changed since: 80% is reached now.
'/budget na-bandwidth' shows all of it.
`},
		{"usage has come down since", refused(alerts.ObstacleChanged, "U1", &alerts.Shown{Threshold: 100}, nil), `
This has changed since: usage is below 100% again. '/budget na-bandwidth' shows all of it.

This has changed since: usage is below 100% again.
'/budget na-bandwidth' shows all of it.
`},
		{"it was muted since", refused(alerts.ObstacleChanged, "U1", at, mute), `
This has changed since: @U0ANNA001 muted it, Nov 22, 10:14 UTC. '/budget na-bandwidth' shows all of it.

This has changed since: @U0ANNA001 muted it, Nov 22, 10:14 UTC.
'/budget na-bandwidth' shows all of it.
`},
		{"it was acknowledged since", refused(alerts.ObstacleChanged, "U1", at, ack), `
This has changed since: @U0ANNA001 acknowledged it, Nov 22, 10:14 UTC: “launch”. '/budget na-bandwidth' shows all of it.

This has changed since: @U0ANNA001 acknowledged it, Nov 22, 10:14 UTC: “launch”.
'/budget na-bandwidth' shows all of it.
`},
		{"the answer was taken back since", refused(alerts.ObstacleChanged, "U1", at, nil), `
This has changed since: the answer was taken back. '/budget na-bandwidth' shows all of it.

This has changed since: the answer was taken back.
'/budget na-bandwidth' shows all of it.
`},
		{"an obstacle that is not known", refused("?", "U1", nil, nil), `
Nothing was changed.

Nothing was changed.
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

func TestWhatOperatorsAreToldOfAChannel(t *testing.T) {
	route := func(r alerts.RouteTrouble) blocks.Message {
		r.Channel, r.Since = "shop-cdn", november(22, 8)
		return Alert(alerts.Delivery{Kind: alerts.DeliverRoute, Message: alerts.Message{Reason: alerts.ReasonRoute, Route: &r}}, alertContext)
	}
	checkGolden(t, []golden{
		{"it is not invited", route(alerts.RouteTrouble{Reason: "not_in_channel", Waiting: 1}), `
I cannot post to #shop-cdn: not invited. Type '/invite @budgetbot' there; 1 alert is waiting. I try again every few minutes.

I cannot post to #shop-cdn: not invited. Type '/invite @budgetbot' there; 1 alert is waiting. I try again every few minutes.
`},
		{"several alerts wait", route(alerts.RouteTrouble{Reason: "is_archived", Waiting: 2}), `
I cannot post to #shop-cdn: it is archived. Unarchive it, or name another channel in the rules file; 2 alerts are waiting. I try again every few minutes.

I cannot post to #shop-cdn: it is archived. Unarchive it, or name another channel in the rules file; 2 alerts are waiting. I try again every few minutes.
`},
		{"Slack's code where nothing is known of it", route(alerts.RouteTrouble{Reason: "new_error"}), `
I cannot post to #shop-cdn: Slack answers 'new_error'. I try again every few minutes.

I cannot post to #shop-cdn: Slack answers 'new_error'. I try again every few minutes.
`},
		{"messages are late", route(alerts.RouteTrouble{Late: true, Waiting: 3}), `
3 messages have been waiting for #shop-cdn since Nov 22, 08:00 UTC, and I go on trying; the log says why. I try again every few minutes.

3 messages have been waiting for #shop-cdn since Nov 22, 08:00 UTC, and I go on trying; the log says why. I try again every few minutes.
`},
		{"one message is late", route(alerts.RouteTrouble{Late: true, Waiting: 1}), `
1 message has been waiting for #shop-cdn since Nov 22, 08:00 UTC, and I go on trying; the log says why. I try again every few minutes.

1 message has been waiting for #shop-cdn since Nov 22, 08:00 UTC, and I go on trying; the log says why. I try again every few minutes.
`},
	})
}

func TestWhatOperatorsAreToldOfTheBotsHealth(t *testing.T) {
	trouble := func(tr alerts.Trouble, until bool) blocks.Message {
		why := alerts.ReasonTrouble
		if until {
			tr.Until, why = sampledata.Now, alerts.ReasonRecovered
		}
		return Alert(alerts.Delivery{Kind: alerts.DeliverParent, Message: alerts.Message{Reason: why, Report: alerts.Report{Trouble: &tr}}}, alertContext)
	}
	failing := alerts.Trouble{Kind: alerts.IncidentFailing, Since: november(22, 8), Cause: "Fastly refused the token.", Next: "Put a valid token into `FASTLY_API_TOKEN`."}
	stale := alerts.Trouble{Kind: alerts.IncidentStale, Since: november(18, 0), Usual: 24 * time.Hour, CountedTo: sampledata.ToNov21}
	unpaced := stale
	unpaced.Usual = 0
	services := alerts.Trouble{Kind: alerts.IncidentServices, Since: november(22, 8), Cause: "Fastly did not answer", Next: "I go on trying.", UsageTypes: []string{"Asia"}}
	many := services
	many.UsageTypes = []string{"a", "b", "c", "d", "e", "f", "g"}
	bill := services
	bill.Kind = alerts.IncidentBill
	storage := alerts.UnknownBudget{Rule: "storage", Title: "Storage", Since: november(21, 8), Why: "it covers `gb` and `unit`."}
	unknown := alerts.Trouble{Kind: alerts.IncidentUnknown, Since: november(21, 8), Unknown: []alerts.UnknownBudget{storage}}
	several := unknown
	several.Unknown = nil
	for i := range 7 {
		several.Unknown = append(several.Unknown, alerts.UnknownBudget{Rule: "region-" + string(rune('a'+i)), Since: november(21, 8), Why: "no rows"})
	}
	for i := range 6 {
		several.Unknown = append(several.Unknown, alerts.UnknownBudget{Rule: "shop", Instance: "www-" + string(rune('a'+i)), Since: november(21, 9), Why: "reason " + string(rune('a'+i))})
	}
	checkGolden(t, []golden{
		{"checks fail", trouble(failing, false), `
Checks Have Failed for 2 h. None has succeeded since 08:00 UTC: Fastly refused the token. Budgets keep their last figures; what is crossed meanwhile is said afterwards.

Checks Have Failed for 2 h
None has succeeded since 08:00 UTC: Fastly refused the token. Budgets keep their last figures; what is crossed meanwhile is said afterwards.
Next: Put a valid token into 'FASTLY_API_TOKEN'.

times are UTC · trouble of the bot's own
`},
		{"checks succeed again", trouble(failing, true), `
Checks Succeed Again. They failed from 08:00 UTC to 10:42 UTC: Fastly refused the token. What was crossed meanwhile is said now.

Checks Succeed Again
They failed from 08:00 UTC to 10:42 UTC: Fastly refused the token. What was crossed meanwhile is said now.

times are UTC · the trouble is over
`},
		{"figures do not move", trouble(stale, false), `
No Fresh Data for 4 days. Fastly's newest figures count to Nov 17, 24:00 UTC; usually new ones come every 24 h. Budgets are judged by them until newer ones come.

No Fresh Data for 4 days
Fastly's newest figures count to Nov 17, 24:00 UTC; usually new ones come every 24 h. Budgets are judged by them until newer ones come.
Next: Look at Fastly's status page. Where it tells nothing, ask their support why usage metrics are not updated.

times are UTC · trouble of the bot's own
`},
		{"nothing is known of their pace", trouble(unpaced, false), `
No Fresh Data for 4 days. Fastly's newest figures count to Nov 17, 24:00 UTC. Budgets are judged by them until newer ones come.

No Fresh Data for 4 days
Fastly's newest figures count to Nov 17, 24:00 UTC. Budgets are judged by them until newer ones come.
Next: Look at Fastly's status page. Where it tells nothing, ask their support why usage metrics are not updated.

times are UTC · trouble of the bot's own
`},
		{"figures have moved again", trouble(stale, true), `
Fresh Again: Data to Nov 21, 24:00 UTC. No new figures came after Nov 17, 24:00 UTC for 4 days.

Fresh Again: Data to Nov 21, 24:00 UTC
No new figures came after Nov 17, 24:00 UTC for 4 days.

times are UTC · the trouble is over
`},
		{"services of one usage type cannot be read", trouble(services, false), `
Services of 1 Usage Type Cannot Be Read. Asia has not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are watched.

Services of 1 Usage Type Cannot Be Read
Asia has not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are watched.
Next: I go on trying.

times are UTC · trouble of the bot's own
`},
		{"of many, five are named", trouble(many, false), `
Services of 7 Usage Types Cannot Be Read. a, b, c, d, e and 2 more have not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are watched.

Services of 7 Usage Types Cannot Be Read
a, b, c, d, e and 2 more have not been read by service since 08:00 UTC: Fastly did not answer. Budgets that need them keep their last figures; the others are watched.
Next: I go on trying.

times are UTC · trouble of the bot's own
`},
		{"services can be read again", trouble(services, true), `
Services Can Be Read Again. They could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.

Services Can Be Read Again
They could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.

times are UTC · the trouble is over
`},
		{"the bill cannot be read", trouble(bill, false), `
The Bill Could Not Be Read for 2 h. What the month costs has not been told since 08:00 UTC: Fastly did not answer. Budgets of money keep their last figures; the others are watched.

The Bill Could Not Be Read for 2 h
What the month costs has not been told since 08:00 UTC: Fastly did not answer. Budgets of money keep their last figures; the others are watched.
Next: I go on trying.

times are UTC · trouble of the bot's own
`},
		{"the bill can be read again", trouble(bill, true), `
The Bill Can Be Read Again. It could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.

The Bill Can Be Read Again
It could not be read from 08:00 UTC to 10:42 UTC: Fastly did not answer.

times are UTC · the trouble is over
`},
		{"a budget has no figure", trouble(unknown, false), `
No Figure for 26 h: Storage. Storage, since Nov 21, 08:00 UTC: it covers 'gb' and 'unit'. Nothing can be said of this budget until there is a figure again; the others are watched.

No Figure for 26 h: Storage
Storage, since Nov 21, 08:00 UTC: it covers 'gb' and 'unit'.
Nothing can be said of this budget until there is a figure again; the others are watched.
Next: Change what the rule covers, or its unit, so that it fits what Fastly lists; 'bot rules lint' tells what the account has.

times are UTC · trouble of the bot's own
`},
		{"each reason is told once, five of them, with five budgets", trouble(several, false), `
No Figure for 26 h: region-a, region-b, region-c, region-d, region-e and 8 more. region-a, region-b, region-c, region-d, region-e and 2 more, since Nov 21, 08:00 UTC: no rows. shop: www-a, since Nov 21, 09:00 UTC: reason a. shop: www-b, since Nov 21, 09:00 UTC: reason b. shop: www-c, since Nov 21, 09:00 UTC: reason c. shop: www-d, since Nov 21, 09:00 UTC: reason d. And for 2 more reasons; '/readyz' and the overview of budgets name them. Nothing can be said of these budgets until there is a figure again; the others are watched.

No Figure for 26 h: region-a, region-b, region-c, region-d, region-e and 8 more
region-a, region-b, region-c, region-d, region-e and 2 more, since Nov 21, 08:00 UTC: no rows.
shop: www-a, since Nov 21, 09:00 UTC: reason a.
shop: www-b, since Nov 21, 09:00 UTC: reason b.
shop: www-c, since Nov 21, 09:00 UTC: reason c.
shop: www-d, since Nov 21, 09:00 UTC: reason d.
And for 2 more reasons; '/readyz' and the overview of budgets name them.
Nothing can be said of these budgets until there is a figure again; the others are watched.
Next: Change what the rule covers, or its unit, so that it fits what Fastly lists; 'bot rules lint' tells what the account has.

times are UTC · trouble of the bot's own
`},
		{"it has one again", trouble(unknown, true), `
No Longer Without a Figure: Storage. Storage had no figure from Nov 21, 08:00 UTC to 10:42 UTC: it covers 'gb' and 'unit'.

No Longer Without a Figure: Storage
Storage had no figure from Nov 21, 08:00 UTC to 10:42 UTC: it covers 'gb' and 'unit'.

times are UTC · the trouble is over
`},
	})
}
