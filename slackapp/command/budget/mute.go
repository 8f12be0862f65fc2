package budget

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
)

// kept returns the words after the name that remain when the name is corrected: the reason of an acknowledgement, or the end of a mute.
func (n Names) kept(v Verb, rest []string) []string {
	if v == VerbMute {
		if _, wrong := n.muteEnd(rest); wrong == "" {
			return rest
		}
	}
	if v == VerbAck {
		return rest
	}
	return nil
}

// muteUntil reads the end of a mute. The caller adds right forms to the mistake.
func (n Names) muteUntil(rest []string) (time.Time, *blocks.Mistake) {
	end, wrong := n.muteEnd(rest)
	if wrong == "" {
		return end, nil
	}
	return time.Time{}, &blocks.Mistake{
		Sentence: wrong,
		Hint:     fmt.Sprintf("A mute lasts until %s, or until a day before that: %s, %s.", blocks.Day(n.month().End()), blocks.Code("until friday"), blocks.Code("for 3 days")),
	}
}

func (n Names) month() billing.Month { return billing.MonthOf(n.Now) }

// muteEnd returns the instant at which a mute ends: the beginning of the named day. It returns zero if the mute lasts to the end of the month. wrong
// says, for the person, what is wrong with the day.
func (n Names) muteEnd(rest []string) (end time.Time, wrong string) {
	text := strings.Trim(strings.ToLower(strings.Join(rest, " ")), ".,!:")
	day := muteLead.ReplaceAllString(text, "")
	if text == "" || isMonthEnd.MatchString(day) {
		return time.Time{}, ""
	}
	y, m, d := n.Now.Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	end, ok := dayFrom(day, today)
	switch last := n.month().End(); {
	case !ok:
		return time.Time{}, fmt.Sprintf("I can't read %s as a day.", blocks.Quote(text))
	case !end.After(today):
		return time.Time{}, fmt.Sprintf("%s isn't after today.", blocks.Day(end))
	case end.After(last):
		return time.Time{}, fmt.Sprintf("A mute ends with the month at the latest, and %s is after that.", blocks.Day(end))
	case end.Equal(last):
		return time.Time{}, ""
	}
	return end, ""
}

var (
	muteLead   = regexp.MustCompile(`^(?:until|till|til|for)\b ?`)
	isMonthEnd = regexp.MustCompile(`^(?:(?:the )?end of (?:the )?month|(?:the )?month(?:'s)? end|next month)$`)
	someDays   = regexp.MustCompile(`^(an?|` + period.Counts + `) ?(d|w|days?|weeks?)$`)
	weekday    = regexp.MustCompile(`^(?:next |this )?(sun|mon|tue|wed|thu|fri|sat)(?:s|rs|nes|ur)?(?:day)?$`)
	dayOfMonth = regexp.MustCompile(`^(?:the )?(\d{1,2})(?:st|nd|rd|th)?$`)
	ordinal    = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)\b`)
)

var (
	weekdays = strings.Fields("sun mon tue wed thu fri sat")
	dayForms = []string{"Jan 2", "January 2", "2 Jan", "2 January", "Jan 2 2006", "January 2 2006", "2 Jan 2006", "2 January 2006", time.DateOnly}
)

// dayFrom reads a day as people name it: "tomorrow", "friday", "3 days", "dec 20", "the 20th".
func dayFrom(text string, today time.Time) (time.Time, bool) {
	if text == "tomorrow" {
		return today.AddDate(0, 0, 1), true
	}
	if parts := someDays.FindStringSubmatch(text); parts != nil {
		days := 1 // "a day"
		if !strings.HasPrefix(parts[1], "a") {
			days = period.CountOf(parts[1])
		}
		if strings.HasPrefix(parts[2], "w") {
			days *= 7
		}
		return today.AddDate(0, 0, days), true
	}
	if parts := weekday.FindStringSubmatch(text); parts != nil {
		ahead := (slices.Index(weekdays, parts[1]) - int(today.Weekday()) + 7) % 7
		if ahead == 0 {
			ahead = 7
		}
		return today.AddDate(0, 0, ahead), true
	}
	if parts := dayOfMonth.FindStringSubmatch(text); parts != nil {
		day := period.CountOf(parts[1])
		at := time.Date(today.Year(), today.Month(), day, 0, 0, 0, 0, time.UTC)
		return at, at.Day() == day
	}
	return dateFrom(text, today)
}

// dateFrom reads a date. Without a year it is in this month, or else the next such day.
func dateFrom(text string, today time.Time) (time.Time, bool) {
	text = strings.Join(strings.Fields(strings.NewReplacer(",", " ", " of ", " ", "the ", "").Replace(ordinal.ReplaceAllString(text, "$1"))), " ")
	for _, form := range dayForms {
		at, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		if at.Year() == 0 {
			at = at.AddDate(today.Year(), 0, 0)
			if at.Before(today) && at.Month() != today.Month() {
				at = at.AddDate(1, 0, 0)
			}
		}
		return at, true
	}
	return time.Time{}, false
}
