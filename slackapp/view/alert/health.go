package alertview

import (
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// troubleMessage reports to operators what keeps the bot from watching, while it lasts and when it is over.
func troubleMessage(m alerts.Message, now time.Time) blocks.Message {
	t := *m.Trouble
	heading, sentence, next := troubleHeading(t, now), troubleSentence(t, now), ""
	if t.Until.IsZero() {
		next = "*Next:* " + troubleNext(t)
	}
	body := []slack.Block{blocks.Section("trouble", blocks.Joined("\n", blocks.Bold(heading), sentence, next))}
	body = append(body, blocks.Context("facts", "times are UTC", blocks.Escape(string(m.Reason)))...)
	return blocks.Message{Text: blocks.Escape(heading) + ". " + strings.ReplaceAll(sentence, "\n", " "), Blocks: body}
}

// troubleHeading is the verdict.
func troubleHeading(t alerts.Trouble, now time.Time) string {
	over := !t.Until.IsZero()
	switch {
	case t.Kind == alerts.IncidentStale && over:
		return "Fresh Again: Data to " + blocks.CountedTo(t.CountedTo)
	case t.Kind == alerts.IncidentStale:
		return "No Fresh Data for " + blocks.Age(now.Sub(t.Since))
	case t.Kind == alerts.IncidentServices && over:
		return "Services Can Be Read Again"
	case t.Kind == alerts.IncidentServices:
		return "Can't Read Services for " + blocks.Counted(len(t.UsageTypes), "Usage Type")
	case t.Kind == alerts.IncidentBill && over:
		return "The Bill Can Be Read Again"
	case t.Kind == alerts.IncidentBill:
		return "The Bill Could Not Be Read for " + blocks.Age(now.Sub(t.Since))
	case t.Kind == alerts.IncidentUnknown && over:
		return "Figures Are Back: " + namesOfUnknown(t.Unknown)
	case t.Kind == alerts.IncidentUnknown:
		return "No Figure for " + blocks.Age(now.Sub(t.Since)) + ": " + namesOfUnknown(t.Unknown)
	case over:
		return "Checks Are Working Again"
	}
	return "Checks Have Failed for " + blocks.Age(now.Sub(t.Since))
}

// mostTypes is how many usage types are named.
const mostTypes = 5

// troubleSentence describes the trouble, past or present, and its effect on the budgets.
func troubleSentence(t alerts.Trouble, now time.Time) string {
	cause := strings.TrimRight(blocks.Prose(t.Cause), ".")
	lasted := ""
	if !t.Until.IsZero() {
		lasted = "from " + blocks.Clock(t.Since, now) + " to " + blocks.Clock(t.Until, now)
	}
	switch {
	case t.Kind == alerts.IncidentUnknown:
		return unknownSentence(t, lasted, now)
	case t.Kind == alerts.IncidentStale && lasted != "":
		return "Fastly sent no new figures after " + blocks.CountedTo(t.Since) + " for " + blocks.Age(t.Until.Sub(t.Since)) + "."
	case t.Kind == alerts.IncidentStale:
		return "Fastly's newest figures run to " + blocks.CountedTo(t.Since) + usualPace(t) + ". I check budgets against these until newer ones arrive."
	case t.Kind == alerts.IncidentServices && lasted != "":
		return "They could not be read " + lasted + ": " + cause + "."
	case t.Kind == alerts.IncidentBill && lasted != "":
		return "It could not be read " + lasted + ": " + cause + "."
	case t.Kind == alerts.IncidentBill:
		return "No cost figure from Fastly since " + blocks.Clock(t.Since, now) + ": " + cause +
			". Cost budgets keep their last figures; the others are still checked."
	case t.Kind == alerts.IncidentServices:
		return namedTypes(t.UsageTypes) + blocks.Plural(len(t.UsageTypes), " has", " have") + " not been read by service since " + blocks.Clock(t.Since, now) + ": " + cause +
			". Budgets that need them keep their last figures; the others are still checked."
	case lasted != "":
		return "They failed " + lasted + ": " + cause + ". Thresholds crossed meanwhile are being posted now."
	}
	return "None has succeeded since " + blocks.Clock(t.Since, now) + ": " + cause +
		". Budgets keep their last figures; anything crossed will be posted once checks work."
}

// usualPace says how often new figures came before.
func usualPace(t alerts.Trouble) string {
	if t.Usual == 0 {
		return ""
	}
	return "; new ones usually arrive every " + blocks.Age(t.Usual)
}

func namedTypes(types []string) string {
	return blocks.And(blocks.Most(types, mostTypes, blocks.Escape, blocks.More))
}

// troubleNext is what the operator can do.
func troubleNext(t alerts.Trouble) string {
	if t.Kind == alerts.IncidentUnknown {
		return "Change what the rule covers, or its unit, to match what Fastly lists. `budgetbot rules lint` shows what the account has."
	}
	if t.Kind == alerts.IncidentStale {
		return "Check Fastly's status page. If it shows nothing, ask their support why usage metrics aren't being updated."
	}
	return blocks.Prose(t.Next)
}
