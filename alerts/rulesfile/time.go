package rulesfile

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
)

// zone reads the name of a time zone as the IANA database has it.
func (l *loader) zone(node *yaml.Node) *time.Location {
	name := l.text(node, "time_zone")
	if name == "" {
		return time.UTC
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		l.note(node, "time_zone must be a name of the IANA database such as Europe/Berlin or UTC, not %s", rules.Clip(name))
		return time.UTC
	}
	return zone
}

// month reads the number of a month.
func (l *loader) month(node *yaml.Node) time.Month {
	written := l.text(node, "fiscal_year_starts")
	if written == "" {
		return time.January
	}
	n, err := strconv.Atoi(written)
	if err != nil || n < int(time.January) || n > int(time.December) {
		l.note(node, "fiscal_year_starts must be a month from 1 to 12, such as 2 for February, not %s", rules.Clip(written))
		return time.January
	}
	return time.Month(n)
}

func (l *loader) url(node *yaml.Node) string {
	written := l.text(node, "rules_url")
	if written == "" {
		return ""
	}
	address, err := url.Parse(written)
	if err != nil || address.Scheme != "https" && address.Scheme != "http" || address.Host == "" || strings.ContainsAny(written, "<>| ") {
		l.note(node, "rules_url must be an address such as https://git.example.com/budgets/rules.yaml, not %s", rules.Clip(written))
		return ""
	}
	return written
}

// workingHours reads one stretch or a list of them.
func (l *loader) workingHours(node *yaml.Node) []rules.WorkingHours {
	stretches := []*yaml.Node{node}
	if node.Kind == yaml.SequenceNode {
		stretches = node.Content
	}
	if len(stretches) == 0 {
		l.note(node, "working_hours is empty; leave it out to allow alerts at any hour")
	}
	var all []rules.WorkingHours
	for _, element := range stretches {
		if hours, ok := l.stretch(resolve(element)); ok {
			all = append(all, hours)
		}
	}
	return all
}

var stretchPattern = regexp.MustCompile(`^([A-Za-z]+(?:[-,][A-Za-z]+)*) +(\d{1,2}:\d{2})-(\d{1,2}:\d{2})$`)

// stretch reads "Mon-Fri 09:00-18:00".
func (l *loader) stretch(node *yaml.Node) (rules.WorkingHours, bool) {
	written := l.text(node, "working_hours")
	if written == "" {
		return rules.WorkingHours{}, false
	}
	parts := stretchPattern.FindStringSubmatch(written)
	if parts == nil {
		l.note(node, "working_hours must be days and hours such as Mon-Fri 09:00-18:00, not %s", rules.Clip(written))
		return rules.WorkingHours{}, false
	}
	days, daysOK := weekdays(parts[1])
	from, fromOK := sinceMidnight(parts[2])
	to, toOK := sinceMidnight(parts[3])
	switch {
	case !daysOK || !fromOK || !toOK:
		l.note(node, "working_hours: %s needs days from Mon to Sun and times of day from 00:00 to 24:00", rules.Clip(written))
	case from >= to:
		l.note(node, "working_hours: %s does not end after it begins; split hours that cross midnight in two", rules.Clip(written))
	default:
		return rules.WorkingHours{Days: days, From: from, To: to}, true
	}
	return rules.WorkingHours{}, false
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// weekdays reads "Mon-Fri" or "Mon,Wed,Fri". A run may go over the end of the week.
func weekdays(written string) (days rules.Weekdays, ok bool) {
	for part := range strings.SplitSeq(strings.ToLower(written), ",") {
		first, last, run := strings.Cut(part, "-")
		if !run {
			last = first
		}
		from, to := slices.Index(dayNames, first), slices.Index(dayNames, last)
		if from < 0 || to < 0 {
			return days, false
		}
		for day := from; ; day = (day + 1) % len(days) {
			days[day] = true
			if day == to {
				break
			}
		}
	}
	return days, true
}

func sinceMidnight(written string) (time.Duration, bool) {
	hour, minute, _ := strings.Cut(written, ":")
	h, err := strconv.Atoi(hour)
	m, minuteErr := strconv.Atoi(minute)
	at := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	return at, err == nil && minuteErr == nil && m < 60 && at <= 24*time.Hour
}
