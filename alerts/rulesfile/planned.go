package rulesfile

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// longestEvent bounds the days of one event: what lasts longer is a level, which the forecast follows by itself.
const longestEvent = 92

const plannedForm = "2026-11-27..2026-11-30, +40%"

// planned reads events in the short form or as keys.
func (l *loader) planned(node *yaml.Node) []billing.Event {
	var events []billing.Event
	l.list(node, "planned", func(element *yaml.Node) {
		var e billing.Event
		if element.Kind == yaml.MappingNode {
			e = l.plannedKeys(element)
		} else {
			e = l.plannedText(element)
		}
		if !e.Days.IsZero() && e.Percent != 0 {
			events = append(events, e)
		}
	})
	return events
}

func (l *loader) plannedText(node *yaml.Node) (e billing.Event) {
	written := l.text(node, "an element of planned")
	if written == "" {
		return e
	}
	days, change, both := strings.Cut(written, ",")
	if !both {
		l.note(node, "planned must be days and a change such as %s, not %s", plannedForm, rules.Clip(written))
		return e
	}
	e.Days, e.Percent = l.eventDays(node, strings.TrimSpace(days)), l.eventChange(node, strings.TrimSpace(change))
	return e
}

func (l *loader) plannedKeys(node *yaml.Node) (e billing.Event) {
	written := l.mapping(node, "an element of planned", []entry{
		{"name", func(value *yaml.Node) { e.Name = l.text(value, "name") }},
		{"days", func(value *yaml.Node) {
			if days := l.text(value, "days"); days != "" {
				e.Days = l.eventDays(value, days)
			}
		}},
		{"change", func(value *yaml.Node) {
			if change := l.text(value, "change"); change != "" {
				e.Percent = l.eventChange(value, change)
			}
		}},
	})
	if written["days"] == nil || written["change"] == nil {
		l.note(node, "planned needs both days, such as 2026-11-27..2026-11-30, and change, such as +40%%")
	}
	return e
}

// eventDays reads one day or the first and the last.
func (l *loader) eventDays(node *yaml.Node, written string) billing.Days {
	from, to, run := strings.Cut(written, "..")
	first := l.day(node, from)
	last := first
	if run {
		last = l.day(node, to)
	}
	days := billing.Days{First: first, Last: last}
	switch {
	case first.IsZero() || last.IsZero():
	case last.Before(first):
		l.note(node, "planned: %s ends before it begins", rules.Clip(written))
	case days.Len() > longestEvent:
		l.note(node, "planned: %s are %d days; the most is %d", rules.Clip(written), days.Len(), longestEvent)
	default:
		return days
	}
	return billing.Days{}
}

func (l *loader) day(node *yaml.Node, written string) time.Time {
	day, err := time.Parse(time.DateOnly, strings.TrimSpace(written))
	if err != nil {
		l.note(node, "planned: %s is no day; write days such as 2026-11-27 or 2026-11-27..2026-11-30", rules.Clip(written))
	}
	return day
}

// eventChange reads a percentage with its sign, so that +40% is not taken for a fall to 40%.
func (l *loader) eventChange(node *yaml.Node, written string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(written, "%"))
	switch {
	case err != nil || !strings.HasSuffix(written, "%") || !strings.HasPrefix(written, "+") && !strings.HasPrefix(written, "-"):
		l.note(node, "planned: the change must be a whole percentage with its sign, such as +40%% or -20%%, not %s", rules.Clip(written))
	case n == 0 || n < billing.LeastEvent || n > billing.MostEvent:
		l.note(node, "planned: the change must be from %d%% to +%d%% and not 0, not %s", billing.LeastEvent, billing.MostEvent, rules.Clip(written))
	default:
		return n
	}
	return 0
}
