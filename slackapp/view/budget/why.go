package budgetview

import (
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing/forecast"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Why has everything that explains a message about a budget.
type Why struct {
	Line alerts.BudgetLine // the budget as it stands
	// Last is the newest threshold or forecast, posted or recorded without a message; its Reason is empty if there is none.
	Last alerts.Alert
	// RulesURL is where people find the rules file, which may be unknown, and RuleLine the rule's line in it.
	RulesURL string
	RuleLine int
	// Unposted means that there is no message about the budget this month.
	Unposted bool
	Now      time.Time
}

// WhyMessage explains a message in plain words: its reason, the figures at the time, and the rule that asked for it.
func WhyMessage(w Why) blocks.Message {
	l := w.Line
	sentence := whySentence(w)
	facts := []string{w.ruleFact(), phrase.FreshFact(l, w.Now)}
	heading := "Why This Message: "
	if w.Unposted {
		heading = "No Message This Month: "
	}
	body := blocks.Section("why", blocks.Bold(heading+phrase.NameOf(l)), sentence, whatNext(l))
	return blocks.Message{Text: blocks.Escape(phrase.NameOf(l)) + ": " + sentence, Blocks: append(body, blocks.Context("facts", facts...)...)}
}

// whySentence says what happened, when, and at which figures.
func whySentence(w Why) string {
	a, l := w.Last, w.Line
	figures := blocks.Escape(l.Measure.Format(a.Used)) + " of " + blocks.Escape(l.Measure.Written(a.Limit))
	when := "The check of " + blocks.Stamp(a.At, w.Now)
	switch {
	case a.Reason == "" && w.Unposted:
		return "Usage is below every threshold: " + blocks.Escape(phrase.OfLimit(l)) + ", " + blocks.Escape(phrase.PercentText(l)) + "."
	case a.Reason == "":
		return "Usage is below every threshold: " + blocks.Escape(phrase.OfLimit(l)) + ", " + blocks.Escape(phrase.PercentText(l)) + ". The message stays and shows the current figures."
	case a.Kind == alerts.KindForecast:
		return fmt.Sprintf("%s found that the month is likely to end above %s of the budget, with a probability of at least %.0f%%; %s was used then.",
			when, a.Threshold, 100*forecast.LikelyFrom, figures)
	case a.Reason == alerts.ReasonFirstThreshold:
		return fmt.Sprintf("%s found %s used, which is %s of the budget or more. It was the first threshold this month.", when, figures, a.Threshold)
	case a.Reason == alerts.ReasonThresholdRose:
		return fmt.Sprintf("%s found %s used, which is %s of the budget or more: a higher threshold than the last one I posted.", when, figures, a.Threshold)
	}
	return fmt.Sprintf("%s found %s used, which is %s of the budget or more. I posted no separate alert: %s.", when, figures, a.Threshold, blocks.Escape(string(a.Reason)))
}

// whatNext names the next message to expect.
func whatNext(l alerts.BudgetLine) string {
	switch {
	case l.Muted():
		return "It's muted, so I'll post nothing more until " + phrase.MuteEnd(l) + "."
	case l.Next == 0:
		return phrase.LastAlert
	}
	return "The next message comes at " + l.Next.String() + ". Each threshold is posted once a month; figures are updated once a day."
}

// ruleFact names the rule and its line, as a link if the file has an address.
func (w Why) ruleFact() string {
	fact := "rule " + blocks.Code(w.Line.Rule)
	if w.RuleLine == 0 {
		return fact
	}
	return fact + ", " + ruleLine(w.RulesURL, w.RuleLine)
}
