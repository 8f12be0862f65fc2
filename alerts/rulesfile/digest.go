package rulesfile

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
)

// whenMonthClose is the only value of when.
const whenMonthClose = "month-close"

func (l *loader) digests(node *yaml.Node) {
	lines := map[string]int{}
	l.list(node, "digests", func(element *yaml.Node) {
		d := rules.Digest{Channel: l.defaults.Channel, Shows: rules.ScheduledSections}
		written := l.mapping(element, "a digest", []entry{
			{"name", func(value *yaml.Node) { d.Name = l.ownName(value, "digest", lines) }},
			{"channel", func(value *yaml.Node) { d.Channel = l.channel(value) }},
			{"schedule", func(value *yaml.Node) { d.Schedule = l.schedule(value) }},
			{"when", func(value *yaml.Node) {
				if oneOf(&l.document, value, "when", whenMonthClose) != "" {
					d.Shows = rules.CloseSections
				}
			}},
			{"shows", func(value *yaml.Node) { d.Shows = someOf(&l.document, value, "shows", d.Shows) }},
		})
		if element.Kind != yaml.MappingNode {
			return
		}
		l.completeDigest(element, d, written)
		l.rules.Digests = append(l.rules.Digests, d)
	})
}

func (l *loader) completeDigest(node *yaml.Node, d rules.Digest, written map[string]*yaml.Node) {
	called := d.Name
	if written["name"] == nil {
		called = "without a name"
		l.note(node, "the digest has no name; add one such as name: monday")
	}
	if written["channel"] == nil && l.defaulted["channel"] == nil {
		l.note(node, "digest %s has no channel; add one to it or to defaults", called)
	}
	switch scheduled, atClose := written["schedule"] != nil, written["when"] != nil; {
	case scheduled && atClose:
		l.note(node, "digest %s has both schedule and when; it takes one", called)
	case !scheduled && !atClose:
		l.note(node, "digest %s has no time; add schedule: \"0 9 * * 1\" or when: %s", called, whenMonthClose)
	}
}

// cronFields takes the names of days and months, and none of the signs that only some programs know, such as L and #.
var cronFields = regexp.MustCompile(`^(?:[0-9*/,-]|[A-Za-z]{3})+(?: +(?:[0-9*/,-]|[A-Za-z]{3})+){4}$`)

// schedule reads five fields of cron.
func (l *loader) schedule(node *yaml.Node) string {
	written := l.text(node, "schedule")
	if written == "" {
		return ""
	}
	if !cronFields.MatchString(written) {
		l.note(node, "schedule must be five fields as in a crontab, such as \"0 9 * * 1\" for Mondays at 9:00, not %s", rules.Clip(written))
		return ""
	}
	if why := wrongSchedule(written); why != "" {
		l.note(node, "schedule: %s", why)
		return ""
	}
	return written
}

// aLeapYear is some instant from which four years and a day hold every day that there is.
var aLeapYear = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)

// wrongSchedule says why five fields are no schedule; empty if they are one.
func wrongSchedule(written string) string {
	if _, err := rules.CronParser.Parse(written); err != nil {
		return strings.TrimSpace(fmt.Sprint(err))
	}
	if (rules.Digest{Schedule: written}).Next(aLeapYear, time.UTC).IsZero() {
		return rules.Clip(written) + " is a day that never comes"
	}
	return ""
}
