package alertview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Alert returns the words of every delivery but those of a digest.
func Alert(d alerts.Delivery, c phrase.AlertContext) blocks.Message {
	switch m := d.Message; {
	case d.Kind == alerts.DeliverAnswer && m.Act != nil && len(m.Budgets) == 1:
		return answerMessage(*m.Act, m.Budgets[0], c)
	case d.Kind == alerts.DeliverRoute && m.Route != nil:
		return routeMessage(*m.Route, c.Now)
	case m.Trouble != nil:
		return troubleMessage(m, c.Now)
	case m.Growth != nil:
		return changeMessage(d, c.Now)
	case m.Spike != nil:
		return spikeMessage(d, c.Now)
	case len(m.Items) > 0:
		return itemsMessage(d, c.Now)
	case d.Kind == alerts.DeliverStart:
		return startMessage(m, c)
	case isEscalation(d):
		return escalationMessage(d, c)
	case len(m.Budgets) == 1 && d.Kind != alerts.DeliverBroadcast && isEnded(m):
		return endedMessage(m, m.Budgets[0], c.Now)
	case d.Kind == alerts.DeliverList || len(m.Budgets) != 1:
		return listMessage(m, c.Now)
	case d.Kind == alerts.DeliverBroadcast:
		c.Buttons = false
	}
	return budgetMessage(d.Message, c)
}

// budgetMessage is a message about one budget. It serves as the parent message, which represents the budget for the rest
// of the month and is edited as the figures grow, and as a broadcast reply, which people read by itself in the channel.
func budgetMessage(m alerts.Message, c phrase.AlertContext) blocks.Message {
	l := m.Budgets[0]
	if phrase.IsCalm(l) {
		return calmMessage(m.Reason, l, c)
	}
	return blocks.Message{Text: alertText(l), Blocks: slices.Concat(
		blocks.Section("budget",
			blocks.Bold(headingOf(m.Reason, l)), phrase.UsedLine(l), phrase.ForecastLine(l), phrase.AboveLine(l), phrase.EstimateLine(l), transitionLine(m.Reason, l), largestLine(l), narrowerLine(l)),
		blocks.Section("drivers", driverLines(l)...),
		answerBlocks(l, c),
		blocks.Context("facts", footer(l, c.Now)...),
	)}
}

// calmMessage is the one line about a budget that has reached a threshold below its limit on course: it mentions nobody, and has no buttons
// until somebody has answered.
func calmMessage(reason alerts.Reason, l alerts.BudgetLine, c phrase.AlertContext) blocks.Message {
	var change string
	if reason == alerts.ReasonRestated || reason == alerts.ReasonWavers || reason == alerts.ReasonBackOn {
		change = transitionLine(reason, l)
	}
	body := blocks.Section("budget", blocks.Joined(" ", phrase.CalmLine(l), change))
	if l.Muted() || phrase.IsAcknowledged(l) {
		body = append(body, answerBlocks(l, c)...)
	}
	return blocks.Message{Text: alertText(l), Blocks: body}
}

// headingOf returns the verdict: "North America Bandwidth: 80% Used, Likely Over", "…: Over Budget, 104% Used", "…:
// Likely Over, 62% Used" before the first threshold.
func headingOf(reason alerts.Reason, l alerts.BudgetLine) string {
	used := phrase.PercentText(l) + " Used"
	isBack := reason == alerts.ReasonBackOn || reason == alerts.ReasonRestated || reason == alerts.ReasonUpdate
	switch p := l.Forecast; {
	case !alerts.PercentOf(l).LessThan(alerts.Hundred):
		used = "Over Budget, " + used
	case l.Threshold == 0 && p != nil && p.Likely:
		used = "Likely Over, " + used
	case l.Threshold == 0 && isBack && !endsOver(l):
		used = "Back on Course, " + used
	default:
		used += phrase.VerdictOf(l)
	}
	return phrase.NameOf(l) + phrase.Stop(l) + used
}

// endsOver reports whether the month is expected to end above the limit, even if by less than the rule warns of.
func endsOver(l alerts.BudgetLine) bool {
	return l.Forecast != nil && l.Forecast.Unknown == "" && l.Forecast.Expected.GreaterThan(l.Limit)
}

// largestLine names what most of the usage is of.
func largestLine(l alerts.BudgetLine) string {
	if l.Drivers != nil && len(l.Drivers.Parts) > 0 {
		return ""
	}
	var parts []string
	for _, p := range l.Largest {
		parts = append(parts, blocks.Escape(p.Name)+" "+blocks.Escape(l.Measure.Format(p.Used)))
	}
	var largest, promise string
	if len(parts) > 0 {
		largest = "Largest: " + strings.Join(parts, " · ")
	}
	if l.NoHistory {
		promise = "From " + phrase.MonthEnd(l) + ", I'll show what grew."
	}
	return blocks.Joined(". ", largest, promise)
}

// transitionLine explains what is unusual: several thresholds crossed at once, or figures that came down.
func transitionLine(reason alerts.Reason, l alerts.BudgetLine) string {
	switch {
	case reason == alerts.ReasonRestated && l.Threshold == 0:
		return "Fastly corrected its figures: usage is back below the first threshold."
	case reason == alerts.ReasonRestated:
		return "Fastly corrected its figures: usage is back to the " + l.Threshold.String() + " threshold."
	case reason == alerts.ReasonWavers:
		return "Fastly's figures keep moving around this threshold. I posted it twice, and I'll post it again only after they stay below it for three days."
	case reason == alerts.ReasonBackOn && endsOver(l):
		return "The month is no longer likely to end above " + l.Forecast.Threshold.String() + " of the budget."
	case reason == alerts.ReasonBackOn:
		return "The month is no longer likely to end above the budget."
	case len(l.Passed) < 2:
		return ""
	}
	var thresholds []string
	for _, threshold := range l.Passed {
		thresholds = append(thresholds, threshold.String())
	}
	return "It crossed " + blocks.And(thresholds) + " at once."
}

// alertText says the whole of it in a sentence, for a notification.
func alertText(l alerts.BudgetLine) string {
	verdict := phrase.Stop(l)
	if !alerts.PercentOf(l).LessThan(alerts.Hundred) {
		verdict = " is over budget: "
	}
	return fmt.Sprintf("%s%s%s used, %s of %s's %s%s. Rule %s.", blocks.Escape(phrase.NameOf(l)), verdict, blocks.Escape(phrase.UsedText(l)),
		blocks.Escape(phrase.PercentText(l)), blocks.LongMonth(l.Month), blocks.Escape(l.Measure.Written(l.Limit)), phrase.ForecastText(l), blocks.Escape(l.Rule))
}

// footer is what stands in small type under an alert: how fresh it is, whose it is, and its rule. Why it was posted is behind a button.
func footer(l alerts.BudgetLine, now time.Time) []string {
	return []string{phrase.FreshFact(l, now), phrase.OwnerFact(l), phrase.RuleFact(l.Rule)}
}
