package budget

import (
	"strings"
	"testing"
	"time"
)

// TestAMuteEndsOnANamedDay: it is typed on Wednesday the 18th.
func TestAMuteEndsOnANamedDay(t *testing.T) {
	names := watchedNames
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	names.Now = time.Date(2026, time.November, 18, 15, 0, 0, 0, berlin)
	for _, test := range []struct {
		name, text string
		want       string // the day; empty for the month's end
	}{
		{"the month's end is the default", "", ""},
		{"a weekday is the next of that name", "until friday", "2026-11-20"},
		{"short", "until Fri.", "2026-11-20"},
		{"today's name means a week from now", "until wednesday", "2026-11-25"},
		{"with the word next before it", "till next tuesday", "2026-11-24"},
		{"tomorrow", "until tomorrow", "2026-11-19"},
		{"a date", "until nov 27", "2026-11-27"},
		{"a date the other way round", "until 27th of November", "2026-11-27"},
		{"a date with its year", "until 2026-11-27", "2026-11-27"},
		{"a day of this month", "until the 20th", "2026-11-20"},
		{"days", "3 days", "2026-11-21"},
		{"days in one word", "for 3d", "2026-11-21"},
		{"days in words", "for three days", "2026-11-21"},
		{"a week", "for a week", "2026-11-25"},
		{"the first of next month is the month's end", "until dec 1", ""},
		{"the month's end by name", "until the end of the month", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, verb := range []string{"mute", "snooze"} {
				asked, mistake := Parse(strings.TrimSpace(verb+" na-bandwidth "+test.text), names)
				if mistake != nil {
					t.Fatalf("%s: %s", verb, mistake.Sentence)
				}
				got := ""
				if !asked.Until.IsZero() {
					got = asked.Until.Format(time.DateOnly)
				}
				if asked.Verb != VerbMute || asked.Rule != "na-bandwidth" || got != test.want || !asked.Until.Equal(asked.Until.Truncate(24*time.Hour)) {
					t.Errorf("%s: %+v, want the end %q", verb, asked, test.want)
				}
			}
		})
	}
	for _, test := range []struct {
		name, text, mistake, corrected string
	}{
		{"a day after the month", "mute na-bandwidth until dec 20", "A mute ends with the month at the latest, and Dec 20 is after that.", "mute na-bandwidth"},
		{"next year's", "mute na-bandwidth until jan 5", "and Jan 5 is after that.", "mute na-bandwidth"},
		{"a day that is over", "mute na-bandwidth until nov 3", "Nov 3 isn't after today.", "mute na-bandwidth"},
		{"today", "mute na-bandwidth until nov 18", "Nov 18 isn't after today.", "mute na-bandwidth"},
		{"a day that there is not", "mute na-bandwidth until the 31st", "I can't read `until the 31st` as a day.", "mute na-bandwidth"},
		{"no day", "mute na-bandwidth please", "I can't read `please` as a day.", "mute na-bandwidth"},
		{"hours are no days", "snooze na-bandwidth 3 hours", "I can't read `3 hours` as a day.", "mute na-bandwidth"},
		{"a misspelt name keeps its day", "mute na-bandwdth until friday", "There's no budget called `na-bandwdth`.", "mute na-bandwidth until friday"},
		{"a misspelt name with what is no day", "mute na-bandwdth please", "There's no budget called `na-bandwdth`.", "mute na-bandwidth"},
		{"which of several keeps its day", "mute shop-services until friday", "`shop-services` has several budgets.", "mute shop-services: www-shop until friday"},
		{"behind the name", "na-bandwidth mute until friday", "`mute` comes before the name.", "mute na-bandwidth until friday"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := Parse(test.text, names)
			if mistake == nil {
				t.Fatalf("it is read as %+v", asked)
			}
			if !strings.Contains(mistake.Sentence, test.mistake) || len(mistake.Corrected) == 0 || mistake.Corrected[0] != test.corrected {
				t.Errorf("%s %q, want %s %q", mistake.Sentence, mistake.Corrected, test.mistake, test.corrected)
			}
		})
	}
	one, mistake := Parse("mute shop-services: www-shop until friday", names)
	if mistake != nil || one.Instance != "www-shop" || one.Until.IsZero() {
		t.Errorf("one of several: %+v, %v", one, mistake)
	}
}
