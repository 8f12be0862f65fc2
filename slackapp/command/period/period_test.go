package period

import (
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
)

var november = billing.NewMonth(2026, time.November)

func TestAtReadsTheLongestPeriodThatTheWordsBeginWith(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		used             int
	}{
		{"a month and no more", "2026-10 asia", "2026-10", 1},
		{"a range in words", "oct to now asia", "2026-10..2026-11", 3},
		{"small words in front belong to it", "in the last 3 months", "2026-08..2026-10", 5},
		{"since a month is until now", "since august cost", "2026-08..2026-11", 2},
		{"until a month is from that year's first", "until may", "2026-01..2026-05", 2},
		{"a mark without an end is until now", "2026-09 .. by", "2026-09..2026-11", 2},
		{"the end of a range within its year", "2026-03 .. 05", "2026-03..2026-05", 3},
		{"a name is no period", "asia october", "", 0},
		{"small words alone are no period", "in the", "", 0},
		{"no words are no period", "", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, used, wrong := At(strings.Fields(test.text), Now{Month: november})
			if wrong != nil {
				t.Fatal(wrong.Sentence)
			}
			if got := r.String(); used != test.used || used > 0 && got != test.want {
				t.Errorf("%s by %d words, want %s by %d", got, used, test.want, test.used)
			}
		})
	}
}

func TestAtNamesTheWordsAtFault(t *testing.T) {
	for _, test := range []struct{ name, text, fault, fix string }{
		{"a month that there is not", "2026-13", "2026-13", "2026-12"},
		{"the end of a range", "2026-03 .. 13", "13", "2026-12"},
		{"the end of a range in words", "from march to 2026-13", "2026-13", "2026-12"},
		{"the start of a range behind small words", "in the 2026-00 .. 2026-03", "2026-00", "2026-01"},
		{"a start that is none", "octobre .. november", "octobre", "october"},
		{"both ends where they are the wrong way round", "2026-06 to 2026-04", "2026-06 to 2026-04", "2026-04..2026-06"},
		{"a whole range that has not begun", "until 2027-02", "until 2027-02", "this month"},
	} {
		t.Run(test.name, func(t *testing.T) {
			words := strings.Fields(test.text)
			_, _, wrong := At(words, Now{Month: november})
			if wrong == nil {
				t.Fatal("nothing is wrong with it")
			}
			if got := strings.Join(words[wrong.First:wrong.First+wrong.Words], " "); got != test.fault {
				t.Errorf("at fault is %q, want %q: %s", got, test.fault, wrong.Sentence)
			}
			if wrong.Fixes[0] != test.fix {
				t.Errorf("offered is %q, want %q", wrong.Fixes[0], test.fix)
			}
		})
	}
}
