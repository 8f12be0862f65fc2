package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

// Alert returns the words of a delivery. Nobody is mentioned but the owners of a budget that has reached the level from which
// they are to be pinged, and no message ever calls a whole channel.
func Alert(d alerts.Delivery, c AlertContext) Message {
	switch m := d.Message; {
	case d.Kind == alerts.DeliverAnswer && m.Act != nil && len(m.Budgets) == 1:
		return answerMessage(*m.Act, m.Budgets[0], c)
	case d.Kind == alerts.DeliverRoute && m.Route != nil:
		return routeMessage(*m.Route)
	case m.Trouble != nil:
		return troubleMessage(m, c.Now)
	case m.Growth != nil:
		return changeMessage(d, c.Now)
	case len(m.Things) > 0:
		return thingsMessage(d, c.Now)
	case m.Bulletin != nil && m.Bulletin.Close != nil:
		return closeMessage(*m.Bulletin, *m.Bulletin.Close)
	case m.Bulletin != nil:
		return digestMessage(*m.Bulletin)
	case m.Statement != nil:
		return invoiceMessage(*m.Statement)
	case d.Kind == alerts.DeliverStart:
		return startMessage(m)
	case isCall(d):
		return callMessage(d, c)
	case len(m.Budgets) == 1 && d.Kind != alerts.DeliverRise && isEnded(m):
		return endedMessage(m, m.Budgets[0], c.Now)
	case d.Kind == alerts.DeliverList || len(m.Budgets) != 1:
		return listMessage(m, c.Now)
	case d.Kind == alerts.DeliverRise:
		c.Value = ""
	}
	return budgetMessage(d.Message, c)
}

// AlertContext is what an alert needs beside what it says.
type AlertContext struct {
	Now time.Time
	// BudgetCommand is the slash command's name, such as "/budget".
	BudgetCommand string
	// Value is what the buttons under the root of a budget carry; without it there are none.
	Value string
}

// budgetMessage speaks of one budget. It is the root, which stands for the budget for the rest of the month and is edited as
// the figures grow, and it is the rise, which is read by itself in the channel with the root far above it.
func budgetMessage(m alerts.Message, c AlertContext) Message {
	l := m.Budgets[0]
	text := joined("\n", bold(headingOf(m.Reason, l)), usedLine(l), prospectLine(l), aboveLine(l), turnLine(m.Reason, l), largestLine(l), narrowerLine(l))
	blocks := []slack.Block{section("budget", text)}
	if lines := driverLines(l); len(lines) > 0 {
		blocks = append(blocks, section("drivers", lines...))
	}
	blocks = append(blocks, answerBlocks(l, c)...)
	blocks = append(blocks, context("facts", alertFacts(m, l, c.Now)...)...)
	return Message{Text: alertText(l), Blocks: blocks}
}

// headingOf returns the verdict: "North America Bandwidth: 80% Used, Likely Over", "…: Over Budget, 104% Used", "…: Likely Over,
// 62% Used" where no level is reached yet.
func headingOf(reason alerts.Reason, l alerts.BudgetLine) string {
	used := percentText(l) + " Used"
	isBack := reason == alerts.ReasonBackOn || reason == alerts.ReasonRestated || reason == alerts.ReasonRefresh
	switch p := l.Prospect; {
	case !alerts.PercentOf(l).LessThan(alerts.Hundred):
		used = "Over Budget, " + used
	case l.Level == 0 && p != nil && p.Likely:
		used = "Likely Over, " + used
	case l.Level == 0 && isBack:
		used = "Back on Course, " + used
	default:
		used += verdictOf(l)
	}
	return nameOf(l) + stop(l) + used
}

// stop stands between a budget's name and what is said of it. A name with a scope has a colon in it already.
func stop(l alerts.BudgetLine) string {
	if l.Scope != "" {
		return ", "
	}
	return ": "
}

// usedLine is the bar, the percentage beside it, both figures and the pace.
func usedLine(l alerts.BudgetLine) string {
	line := "`" + bar(l) + "` " + Escape(percentText(l)) + ", *" + Escape(ofLimit(l)) + "*"
	e, ok := elapsedIn(l.Month, l.CountedTo)
	switch {
	case !ok:
		return line + "."
	case e.share == 1:
		return line + " in the whole month."
	case alerts.IsMoney(l):
		return line + fmt.Sprintf(" after %d of %d days.", e.days, e.of)
	}
	return line + fmt.Sprintf(" after %d of %d days (an even pace is %.0f%%).", e.days, e.of, 100*e.share)
}

// largestLine names what most of the usage is of.
func largestLine(l alerts.BudgetLine) string {
	var parts []string
	for _, p := range l.Largest {
		parts = append(parts, Escape(p.Name)+" "+Escape(l.Measure.Format(p.Used)))
	}
	switch {
	case l.Drivers != nil && len(l.Drivers.Parts) > 0:
		return ""
	case l.NoHistory && len(parts) == 0:
		return "I can say what grew from " + monthEnd(l) + " on."
	case l.NoHistory:
		return "Largest so far: " + strings.Join(parts, " · ") + ". I can say what grew from " + monthEnd(l) + " on."
	case len(parts) == 0:
		return ""
	}
	return "Largest: " + strings.Join(parts, " · ")
}

// turnLine tells of what is out of the ordinary: several levels passed at once, or figures that came down.
func turnLine(reason alerts.Reason, l alerts.BudgetLine) string {
	switch {
	case reason == alerts.ReasonRestated && l.Level == 0:
		return "Fastly has corrected its figures: usage is below the first level again."
	case reason == alerts.ReasonRestated:
		return "Fastly has corrected its figures: of the levels, " + l.Level.String() + " still holds."
	case reason == alerts.ReasonWavers:
		return "Fastly's figures go up and down around this level. It was posted twice, and is posted again only once they have stayed below it for three days."
	case reason == alerts.ReasonBackOn:
		return "The month is no longer likely to end above the budget."
	case len(l.Passed) < 2:
		return ""
	}
	var levels []string
	for _, level := range l.Passed {
		levels = append(levels, level.String())
	}
	return "It passed " + and(levels) + " at once."
}

// alertText says the whole of it in a sentence, for a notification.
func alertText(l alerts.BudgetLine) string {
	verdict := stop(l)
	if !alerts.PercentOf(l).LessThan(alerts.Hundred) {
		verdict = " is over budget: "
	}
	return fmt.Sprintf("%s%s%s used, %s of %s's %s%s. Rule %s.", Escape(nameOf(l)), verdict, Escape(usedText(l)),
		Escape(percentText(l)), longMonth(l.Month), Escape(l.Measure.Format(l.Limit)), prospectText(l), Escape(l.Rule))
}

// alertFacts is what stands in small type under an alert.
func alertFacts(m alerts.Message, l alerts.BudgetLine, now time.Time) []string {
	next := "no further message this month"
	if l.Next > 0 && !l.Muted() {
		next = "next message at " + l.Next.String()
	}
	return []string{freshFact(l, now), estimateFact(l), next, ownerFact(l), "rule " + code(l.Rule), Escape(string(m.Reason))}
}

// freshFact says up to when the figures count, or at least when they were read.
func freshFact(l alerts.BudgetLine, now time.Time) string {
	switch {
	case !l.CountedTo.IsZero():
		return dataTo(l)
	case !l.ReadAt.IsZero():
		return "Read from Fastly " + clock(l.ReadAt, now) + ", which did not say up to when it counts"
	}
	return "Fastly did not say up to when this counts"
}

// dataTo says up to when a figure counts that is known to.
func dataTo(l alerts.BudgetLine) string {
	if alerts.IsMoney(l) {
		return "Bill as of " + countedTo(l.CountedTo)
	}
	return "Data to " + countedTo(l.CountedTo)
}

// estimateFact says what an estimate is.
func estimateFact(l alerts.BudgetLine) string {
	if l.Estimate {
		return "an estimate: its usage at the account's rates, without flat fees"
	}
	return ""
}

// ownerFact names the owners, and pings them from their level on.
func ownerFact(l alerts.BudgetLine) string {
	ping := l.PingAt > 0 && l.Level >= l.PingAt
	people := owners(l.Owners, ping)
	switch {
	case people == "":
		return ""
	case ping || l.PingAt == 0:
		return "owner: " + people
	}
	return "owner: " + people + " (pinged from " + l.PingAt.String() + ")"
}
