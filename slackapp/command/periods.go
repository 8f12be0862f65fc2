package command

import (
	"fmt"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
)

// periods finds the one range of months that the words name, wherever it stands among them, and returns it with the words
// that belong to something else. It reports false where they name none.
func periods(all []word, now billing.Month) (months billing.Range, rest []word, found bool, wrong *problem) {
	var read []word // of periods
	for times := timesOf(all); len(all) > 0; times = times[len(times)-len(all):] {
		r, used, problem := period.At(times, now)
		switch {
		case problem != nil:
			return billing.Range{}, nil, true, ofPeriod(problem, all[problem.First:problem.First+problem.Words])
		case used == 0:
			rest, all = append(rest, all[0]), all[1:]
			continue
		}
		read, all = append(read, all[:used]...), all[used:]
		if found && r != months {
			return billing.Range{}, nil, true, twoPeriods(months, r, read)
		}
		months, found = r, true
	}
	return months, rest, found, nil
}

func twoPeriods(a, b billing.Range, at []word) *problem {
	return &problem{
		sentence: fmt.Sprintf("That's two periods, %s and %s. Pick one.", blocks.Period(a), blocks.Period(b)),
		at:       at,
		fixes:    []string{a.String(), b.String()},
	}
}

// timesOf returns the words, in lower case, as they may be part of a time: quoted ones are names.
func timesOf(all []word) []string {
	texts := make([]string, len(all))
	for i, w := range all {
		if !w.quoted {
			texts[i] = strings.ToLower(w.text)
		}
	}
	return texts
}

// ofPeriod returns what is wrong with a period as a problem of the words.
func ofPeriod(wrong *period.Wrong, at []word) *problem {
	if wrong == nil {
		return nil
	}
	return &problem{sentence: wrong.Sentence, hint: wrong.Hint, fixes: wrong.Fixes, at: at}
}

// unknownPeriod is for words that were meant to be a time. It is nil for others.
func unknownPeriod(names []word) *problem { return ofPeriod(period.Unknown(plain(names)), names) }
