package budgetview

import (
	"cmp"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Event is one event of a budget: a threshold, a restatement, or a person's answer.
type Event struct {
	At time.Time
	// Threshold and Reason describe what the bot did; Threshold is the highest one after it, or the forecast one.
	Threshold rules.Threshold
	Reason    alerts.Reason
	// ForecastThreshold means that Threshold is a forecast for the month's end, not one that the budget reached.
	ForecastThreshold bool
	// Growth or Spike is what a rule with change reported, for Reason.
	Growth *alerts.Growth
	Spike  *alerts.Spike
	// Items are what a rule with new or vanished reported.
	Items []alerts.Item
	// Channel is where the message goes, and State the state of its delivery; both are empty if there is no message.
	Channel string
	State   alerts.DeliveryState
	// Act is what a person did; nil if the bot did it.
	Act *alerts.AuditEntry
}

// History is what happened to one budget, newest first.
type History struct {
	Line    alerts.BudgetLine // its name and month
	Events  []Event
	Earlier int // events that are not shown
	Now     time.Time
}

// BudgetHistory lists what people did and what the bot posted, with dates.
func BudgetHistory(h History) blocks.Message {
	name, month := phrase.NameOf(h.Line), blocks.LongMonth(h.Line.Month)
	if len(h.Events) == 0 {
		return blocks.Note("Nothing to report for "+blocks.Bold(name)+" in "+month+" yet.", "It hasn't reached a threshold, and nobody has acknowledged or muted it.")
	}
	lines := []string{blocks.Bold(name + ", " + month)}
	for _, e := range h.Events {
		lines = append(lines, "• "+blocks.Stamp(e.At, h.Now)+"  "+e.sentence())
	}
	body := blocks.Section("history", lines...)
	var earlier string
	if h.Earlier > 0 {
		earlier = blocks.Counted(h.Earlier, "earlier event") + " not shown"
	}
	body = append(body, blocks.Context("facts", "newest first", earlier, phrase.RuleFact(h.Line.Rule))...)
	last := h.Events[0]
	return blocks.Message{Text: blocks.Escape(name) + ": " + blocks.Stamp(last.At, h.Now) + ", " + last.sentence() + ".", Blocks: body}
}

func (e Event) sentence() string {
	switch {
	case e.Act != nil:
		return phrase.Mention(e.Act.Actor) + " " + deed(*e.Act)
	case e.Growth != nil && e.Reason != alerts.ReasonGrew, e.Spike != nil && e.Reason != alerts.ReasonSpike, e.Reason == alerts.ReasonBack:
		return e.subject() + ": " + blocks.Escape(string(e.Reason))
	case e.Reason == alerts.ReasonRestated && e.Threshold == 0:
		return "Fastly corrected its figures: below the first threshold"
	case e.Reason == alerts.ReasonRestated:
		return "Fastly corrected its figures: back to " + e.Threshold.String()
	case e.Reason == alerts.ReasonBackOn:
		return "no longer likely to end above the budget"
	case e.Channel == "":
		return e.subject() + ", no separate alert: " + blocks.Escape(string(e.Reason))
	}
	return e.subject() + ", " + becameOf(e.State, e.Channel)
}

// subject is what the event is about.
func (e Event) subject() string {
	switch {
	case e.Growth != nil:
		return phrase.GrowthEvent(*e.Growth)
	case e.Spike != nil:
		return phrase.SpikeEvent(e.Spike.High)
	case len(e.Items) > 0:
		return phrase.ItemsEvent(e.Items, e.Reason)
	case e.ForecastThreshold:
		return "likely to end above " + e.Threshold.String()
	}
	return e.Threshold.String() + " reached"
}

// becameOf says whether a message is in its channel.
func becameOf(state alerts.DeliveryState, channel string) string {
	where := phrase.ChannelName(channel)
	switch state {
	case alerts.DeliverySent:
		return "posted in " + where
	case alerts.DeliveryBroken:
		return "waiting, because I can't post to " + where
	case alerts.DeliveryDropped:
		return "superseded before posting"
	case alerts.DeliveryPending:
	}
	return "queued for " + where
}

// maxBrief is how much of a reason is shown in a list.
const maxBrief = 100

// deed says what a person did.
func deed(entry alerts.AuditEntry) string {
	switch entry.Act {
	case alerts.ActAcknowledge:
		return "acknowledged " + reached(entry.Threshold) + phrase.InBrief(entry.Detail, maxBrief)
	case alerts.ActExplain:
		return "added the reason" + phrase.InBrief(entry.Detail, maxBrief)
	case alerts.ActUnacknowledge:
		return "withdrew the acknowledgement"
	case alerts.ActMute:
		return "muted it until " + blocks.Day(cmp.Or(entry.MuteUntil, entry.Month.End()))
	case alerts.ActUnmute:
		return "unmuted it"
	}
	return blocks.Escape(string(entry.Act))
}

func reached(threshold rules.Threshold) string {
	if threshold == 0 {
		return "it"
	}
	return threshold.String()
}

// whyOfTrial says why a check would post nothing. If the alert is out already, it names its threshold.
func whyOfTrial(why alerts.Reason, posted rules.Threshold) string {
	switch {
	case why == alerts.ReasonForecastPosted:
		return "the Likely Over alert is already out"
	case why == alerts.ReasonAlreadyPosted && posted > 0:
		return "the " + posted.String() + " alert is already out"
	case why == alerts.ReasonAlreadyPosted:
		return "its alert is already out"
	}
	return string(why)
}

// Trial shows an alert as a check would post it now, marked as a preview. kind is how the check would post it, why is its reason, and posted is the
// threshold of the alert that is out already.
func Trial(m blocks.Message, kind alerts.DeliveryKind, channel string, why alerts.Reason, posted rules.Threshold) blocks.Message {
	verdict := "Nothing would be posted now"
	switch kind {
	case "":
	case alerts.DeliverUpdate:
		verdict = "A check now would update its message in " + phrase.ChannelName(channel)
	default:
		verdict = "A check now would post this in " + phrase.ChannelName(channel)
	}
	head := "*Preview.* " + verdict + ": " + blocks.Escape(whyOfTrial(why, posted)) + ". Nothing was recorded, and only you see this."
	return blocks.Message{
		Text:   "Preview, not posted: " + m.Text,
		Blocks: append(blocks.Section("trial", head), m.Blocks...),
	}
}
