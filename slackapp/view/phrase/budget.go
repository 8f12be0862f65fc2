package phrase

import (
	"cmp"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// MaxNamed is how many budgets a notification names.
const MaxNamed = 3

// NamedWithPercent lists the first budgets with what is used of each: "asia-bandwidth 104%, na-bandwidth 80%".
func NamedWithPercent(lines []alerts.BudgetLine) string {
	named := func(l alerts.BudgetLine) string { return blocks.Escape(NameOf(l) + " " + PercentText(l)) }
	return blocks.And(blocks.Most(lines, MaxNamed, named, blocks.More))
}

// EndRange is the range in which the month is likely to end; a dash if there is no forecast.
func EndRange(l alerts.BudgetLine) string {
	if l.Forecast == nil || l.Forecast.Unknown != "" {
		return billing.Dash
	}
	return Range(l.Measure, l.Forecast.Low, l.Forecast.High)
}

// About stands before a figure that is an estimate.
func About(l alerts.BudgetLine) string {
	if l.Estimate {
		return "about "
	}
	return ""
}

// UsedText returns how much is used, an estimate without its cents.
func UsedText(l alerts.BudgetLine) string {
	if l.Estimate {
		return AboutMoney(l.Measure, l.Used)
	}
	return l.Measure.Format(l.Used)
}

// PercentText returns the percentage in whole numbers, rounded down: 99.9% is not yet 100%.
func PercentText(l alerts.BudgetLine) string {
	percent := decimal.Max(alerts.PercentOf(l), decimal.Decimal{}) // credits beyond what was charged use nothing of a budget
	if whole := percent.Floor(); whole.IsPositive() || percent.IsZero() {
		return billing.FormatShare(whole.Shift(-2))
	}
	return "<1%"
}

// OfLimit returns both figures: "402.6 of 500 TB", or each in its own unit if they are far apart.
func OfLimit(l alerts.BudgetLine) string {
	limit := l.Measure.Written(l.Limit)
	if alerts.IsMoney(l) {
		return UsedText(l) + " of " + limit
	}
	scale := l.Measure.Scale(l.Limit)
	used := scale.Brief(l.Used)
	if !strings.HasSuffix(limit, " "+scale.Unit()) || strings.HasPrefix(used, "0") || strings.HasPrefix(used, "<") {
		return l.Measure.Format(l.Used) + " of " + limit
	}
	return used + " of " + limit
}

// NameOf returns the budget's name for people: its title, with the instance if a rule has several budgets.
func NameOf(l alerts.BudgetLine) string {
	name := TitleOf(l.Title, l.Rule)
	if instance := blocks.Clean(l.Instance); instance != "" {
		name += ": " + instance
	}
	return blocks.Clip(name, blocks.MaxCell)
}

// TitleOf returns a rule's name for people: its title, or without one its name in the file.
func TitleOf(title, rule string) string { return cmp.Or(blocks.Clean(title), blocks.Clean(rule)) }

// bar draws the percentage in ten cells. It is full from the limit on; the number beside it says the rest.
func bar(l alerts.BudgetLine) string {
	const cells = 10
	full := int(min(max(alerts.PercentOf(l).Div(decimal.New(cells, 0)).IntPart(), 0), cells))
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

// ChannelName returns a channel as people see it: "#cdn-budget", or a link by its id. A direct message has no name.
func ChannelName(channel string) string {
	switch {
	case rules.IsDirectID(channel):
		return "a direct message"
	case rules.IsChannelID(channel):
		return "<#" + channel + ">"
	}
	return "#" + blocks.Escape(strings.TrimPrefix(channel, "#"))
}

// Mention returns mrkdwn that notifies a person or a group by Slack's id. Any other text is shown without notifying
// anyone.
func Mention(id string) string {
	switch {
	case !rules.IsPersonID(id): // never between angle brackets
		return blocks.Escape(id)
	case rules.IsGroupID(id):
		return "<!subteam^" + id + ">"
	}
	return "<@" + id + ">"
}

// Owners lists people: mentioned if ping is set, else by the names that the rules file has for them.
func Owners(people []rules.Person, ping bool) string {
	var parts []string
	for _, p := range people {
		if ping {
			parts = append(parts, Mention(p.ID))
		} else {
			parts = append(parts, blocks.Escape(p.Name))
		}
	}
	return blocks.And(parts)
}
