package period

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"budgetbot/billing"
)

// onDay is the evening of Wednesday, November 18.
var onDay = NowAt(time.Date(2026, time.November, 18, 20, 0, 0, 0, time.UTC), 0)

func TestDaysAtReadsTheLongestRunThatTheWordsBeginWith(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		used             int
	}{
		{"a day ends with yesterday", "yesterday asia", "2026-11-17", 1},
		{"this week begins on Monday", "this week", "2026-11-16..2026-11-17", 2},
		{"last week is whole", "last week by region", "2026-11-09..2026-11-15", 2},
		{"days that are over", "in the last 7 days", "2026-11-11..2026-11-17", 5},
		{"since a day is until yesterday", "since nov 10 cost", "2026-11-10..2026-11-17", 3},
		{"until a day is from its month's first", "until nov 10", "2026-11-01..2026-11-10", 3},
		{"a weekday is the newest that is over", "wednesday", "2026-11-11", 1},
		{"the first of a year without one", "jan 1", "2026-01-01", 2},
		{"a day to come is last year's", "dec 24", "2025-12-24", 2},
		{"a leap day", "2024-02-29 .. 2024-03-01", "", 3},
		{"a range over the end of a year", "dec 30 to jan 2", "2025-12-30..2026-01-02", 5},
		{"the end of a range within its month", "nov 3 to 9", "2026-11-03..2026-11-09", 4},
		{"a mark without an end is until yesterday", "2026-11-09 ..", "2026-11-09..2026-11-17", 2},
		{"a month to a day", "october to nov 3", "2026-10-01..2026-11-03", 4},
		{"months are no days", "october to november", "", 0},
		{"a name is no day", "asia yesterday", "", 0},
		{"small words alone are no days", "in the", "", 0},
		{"no words are no days", "", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			days, used, wrong := DaysAt(strings.Fields(test.text), onDay)
			switch {
			case used != test.used:
				t.Fatalf("%d words are read, want %d (%s)", used, test.used, days)
			case used == 0:
			case test.want == "" && wrong == nil:
				t.Errorf("it is read as %s, want a refusal", days)
			case test.want != "" && wrong != nil:
				t.Error(wrong.Sentence)
			case test.want != "" && days.String() != test.want:
				t.Errorf("%s, want %s", days, test.want)
			}
		})
	}
}

func TestDaysAtSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ name, text, sentence, fixes string }{
		{"a day that runs", "today", "Today isn't over: Fastly counts whole UTC days, and the newest one is Nov 17.", "yesterday|last 7 days"},
		{"a range that ends later", "nov 10 to nov 25", "Nov 25, 2026 isn't over", "2026-11-10..2026-11-17"},
		{"hours", "last 24 hours", "whole days, not of hours", "yesterday|last 7 days"},
		{"a range the wrong way round", "2026-11-09 to 2026-11-03", "Put the earlier day first", "2026-11-03..2026-11-09"},
		{"a day that there is not", "feb 30", "February 2026 has days 1 to 28, not 30.", "2026-02-28|2026-02"},
		{"a day that this month does not have", "nov 31", "November 2026 has days 1 to 30, not 31.", "2026-11-30|2026-11"},
		{"the 29th in a year without one", "29.02.2025", "February 2025 has days 1 to 28, not 29.", "2025-02-28|2025-02"},
		{"a day of no month", "1.13.2026", "A year has months 1 to 12, not 13.", "2026-12"},
		{"days that are no longer kept", "2024-02-29", "I keep the figures of days for 26 months. For February 2024 ask by month.", "2024-02"},
		{"no days", "last 0 days", "I keep the figures of days for 26 months.", "last 365 days|last 12 months"},
		{"a day that may be two", "3/4/2026", "`3/4/2026` may be two days. Write the year first.", "2026-03-04|2026-04-03"},
	} {
		t.Run(test.name, func(t *testing.T) {
			days, _, wrong := DaysAt(strings.Fields(test.text), onDay)
			if wrong == nil {
				t.Fatalf("it is read as %s", days)
			}
			if got := strings.Join(wrong.Fixes, "|"); !strings.Contains(wrong.Sentence, test.sentence) || got != test.fixes {
				t.Errorf("%q with %q, want %q with %q", wrong.Sentence, got, test.sentence, test.fixes)
			}
		})
	}
}

func TestThisWeekOnAMondayHasNoDayYet(t *testing.T) {
	monday := NowAt(time.Date(2026, time.November, 16, 1, 0, 0, 0, time.UTC), 0)
	if days, _, wrong := DaysAt([]string{"this", "week"}, monday); wrong == nil || wrong.Fixes[0] != "last week" {
		t.Errorf("%s, %+v", days, wrong)
	}
	if days, _, _ := DaysAt([]string{"last", "week"}, monday); days.String() != "2026-11-09..2026-11-15" {
		t.Errorf("last week is %s", days)
	}
}

// Whatever is typed, days are in order and over.
func TestDaysAreOver(t *testing.T) {
	word := rapid.SampledFrom(strings.Fields("nov oct dec 3 10 31 2026-11-10 yesterday last 7 days weeks monday to .. since until this week 17.10. 2025 ago a"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(word, 1, 6).Draw(t, "text")
		days, used, wrong := DaysAt(text, onDay)
		if used > len(text) || wrong != nil && wrong.First+wrong.Words > used {
			t.Fatalf("%d words of %q are read", used, text)
		}
		if used > 0 && wrong == nil && (days.Len() < 1 || !days.Last.Before(onDay.Today) || billing.DayOf(days.First) != days.First) {
			t.Fatalf("%q is %s", text, days)
		}
	})
}
