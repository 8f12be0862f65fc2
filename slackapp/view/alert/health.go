package alertview

import (
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// troubleMessage reports to operators what keeps the bot from watching, while it lasts and when it is over.
func troubleMessage(m alerts.Message, now time.Time) blocks.Message {
	t := *m.Trouble
	var heading, sentence, next string
	if t.Until.IsZero() {
		heading, sentence, next = trouble(t, now)
		next = "*Next:* " + next
	} else {
		heading, sentence = pastTrouble(t, now)
	}
	text := blocks.Escape(heading) + ". " + strings.ReplaceAll(sentence, "\n", " ")
	return blocks.Message{Text: text, Blocks: blocks.Section("trouble", blocks.Bold(heading), sentence, next)}
}

// causeOf is why there is trouble, as the end of a sentence.
func causeOf(t alerts.Trouble) string {
	return ": " + strings.TrimRight(blocks.Prose(t.Cause), ".") + "."
}

// trouble is the verdict on a trouble that lasts, its effect on the budgets, and what the operator can do.
func trouble(t alerts.Trouble, now time.Time) (heading, sentence, next string) {
	age, since := blocks.Age(now.Sub(t.Since)), blocks.Clock(t.Since, now)
	const others = " keep their last figures; the others are still checked."
	switch t.Kind {
	case alerts.IncidentStale:
		return "No Fresh Data for " + age,
			"Fastly's newest figures run to " + blocks.CountedTo(t.Since, now) + usualPace(t) + ". I check budgets against these until newer ones arrive.",
			"Check Fastly's status page. If it shows nothing, ask their support why usage metrics aren't being updated."
	case alerts.IncidentServices:
		types := blocks.And(blocks.Most(t.UsageTypes, most, blocks.Escape, blocks.More)) + blocks.Plural(len(t.UsageTypes), " has", " have")
		return "Can't Read Services for " + blocks.Counted(len(t.UsageTypes), "Usage Type"),
			types + " not been read by service since " + since + causeOf(t) + " Budgets that need them" + others, blocks.Prose(t.Next)
	case alerts.IncidentBill:
		if !t.BillOf.IsZero() {
			return billOf(t) + " Could Not Be Read for " + age,
				"No bill of " + blocks.LongMonth(t.BillOf) + " from Fastly since " + since + causeOf(t) + " Cost budgets keep their last figures of that month; all others are still checked.", blocks.Prose(t.Next)
		}
		return billOf(t) + " Could Not Be Read for " + age,
			"No cost figure from Fastly since " + since + causeOf(t) + " Cost budgets" + others, blocks.Prose(t.Next)
	case alerts.IncidentUnknown:
		return "No Figure for " + age + ": " + namesOfUnknown(t.Unknown), unknownSentence(t, "", now),
			"Change what the rule covers, or its unit, to match what Fastly lists. `budgetbot rules lint` shows what the account has."
	}
	return "Checks Have Failed for " + age,
		"None has succeeded since " + since + causeOf(t) + " Budgets keep their last figures; anything crossed will be posted once checks work.", blocks.Prose(t.Next)
}

// pastTrouble is the verdict on a trouble that is over, and what there was.
func pastTrouble(t alerts.Trouble, now time.Time) (heading, sentence string) {
	lasted := "from " + blocks.Clock(t.Since, now) + " to " + blocks.Clock(t.Until, now)
	switch t.Kind {
	case alerts.IncidentStale:
		return "Fresh Data Again",
			"Fastly's figures run to " + blocks.CountedTo(t.CountedTo, now) + ". They had stopped at " + blocks.CountedTo(t.Since, now) + " for " + blocks.Age(t.Until.Sub(t.Since)) + "."
	case alerts.IncidentServices:
		return "Services Can Be Read Again", "They could not be read " + lasted + causeOf(t)
	case alerts.IncidentBill:
		return billOf(t) + " Can Be Read Again", "It could not be read " + lasted + causeOf(t)
	case alerts.IncidentUnknown:
		return "Figures Are Back: " + namesOfUnknown(t.Unknown), unknownSentence(t, lasted, now)
	}
	return "Checks Are Working Again", "They failed " + lasted + causeOf(t) + " Thresholds crossed meanwhile are being posted now."
}

// billOf names the bill of a trouble: "The Bill", or "The Bill of October" once that month is over.
func billOf(t alerts.Trouble) string {
	if t.BillOf.IsZero() {
		return "The Bill"
	}
	return "The Bill of " + blocks.LongMonth(t.BillOf)
}

// most is how many usage types, reasons, and budgets of a reason are named.
const most = 5

// usualPace says how often new figures came before.
func usualPace(t alerts.Trouble) string {
	if t.Usual == 0 {
		return ""
	}
	return "; new ones usually arrive every " + blocks.Age(t.Usual)
}

// unknownSentence explains why budgets have no figure: each reason once, with its budgets.
func unknownSentence(t alerts.Trouble, lasted string, now time.Time) string {
	var reasons []string
	of := map[string][]alerts.UnknownBudget{}
	for _, u := range t.Unknown {
		if of[u.Why] == nil {
			reasons = append(reasons, u.Why)
		}
		of[u.Why] = append(of[u.Why], u)
	}
	line := func(why string) string {
		when := ", since " + blocks.Clock(of[why][0].Since, now)
		if lasted != "" {
			when = " had no figure " + lasted
		}
		return blocks.Bold(namesOfUnknown(of[why])) + when + ": " + strings.TrimRight(blocks.Prose(why), ".") + "."
	}
	lines := blocks.Most(reasons, most, line, func(n int) string {
		return "And for " + blocks.Counted(n, "more reason") + ", listed by `/readyz` and the budget overview."
	})
	if lasted == "" {
		lines = append(lines, "I can't check "+blocks.Plural(len(t.Unknown), "this budget", "these budgets")+" until there's a figure again; the others are still checked.")
	}
	return strings.Join(lines, "\n")
}

// namesOfUnknown names the budgets, as many as a heading has room for.
func namesOfUnknown(of []alerts.UnknownBudget) string {
	return blocks.And(blocks.Most(of, most, func(u alerts.UnknownBudget) string {
		return phrase.NameOf(alerts.BudgetLine{BudgetID: alerts.BudgetID{Rule: u.Rule, Instance: u.Instance}, Title: u.Title})
	}, blocks.More))
}

// routeMessage reports to operators a channel that has just refused us.
func routeMessage(r alerts.RouteTrouble, now time.Time) blocks.Message {
	sentence := phrase.RouteSentence(r, now)
	if !phrase.HintPromisesRetry(r) {
		sentence += " I'll retry every few minutes."
	}
	return blocks.Note(sentence)
}
