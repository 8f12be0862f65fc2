package budget

import (
	"fmt"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// inLowerCase returns the words as package period reads them. A quoted word is a name and no part of a period, so that it becomes empty.
func inLowerCase(words []typed.Word) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		if !w.Quoted {
			texts[i] = strings.ToLower(w.Text)
		}
	}
	return texts
}

// hasPeriod reports whether a text may name a period.
func hasPeriod(text string) bool {
	cleaned, tooLong := typed.Clean(text)
	if tooLong != nil {
		return false
	}
	texts := inLowerCase(typed.Words(cleaned))
	for i := range texts {
		if period.Begins(texts[i:]) {
			return true
		}
	}
	return false
}

// period reads a month, such as "october", "in 2026-10" or "last month". It notes any other period, such as a quarter or a
// future month, which is a mistake only if everything else is a list.
func (r *listReader) period() bool {
	now := period.NowAt(r.names.Now, 0)
	months, used, wrong := period.At(inLowerCase(r.words), now)
	if days, words, _ := period.DaysAt(inLowerCase(r.words), now); words > 0 {
		used = words
		m := r.mistaken(&period.Wrong{Sentence: "Budgets are of whole months, so I can't tell how they stood on a day.", Fixes: monthsOf(days), Words: words})
		r.refuse(m)
	}
	switch {
	case used == 0:
		return false
	case wrong != nil:
		r.refuse(r.mistaken(wrong))
	case r.dated:
		r.refuse(oneMonth(r.list.Month, months.Last))
	case months.Len() > 1:
		m := oneMonth(r.offered(months)...)
		for i, month := range m.Corrected {
			m.Corrected[i] = r.instead(0, used, month)
		}
		r.refuse(m)
	case months.Last.Before(r.names.month()):
		r.list.Month = months.Last
	}
	r.dated, r.words = true, r.words[used:]
	return true
}

// monthsOf returns the months of some days as they are typed; this month if the days are none.
func monthsOf(days billing.Days) []string {
	if days.IsZero() || days.Months().Len() > 1 {
		return []string{"this month"}
	}
	return []string{days.Months().String()}
}

// instead returns the text with a fix in place of some of the words that are not read yet.
func (r *listReader) instead(first, words int, fix string) string {
	first += len(r.all) - len(r.words)
	return strings.TrimSpace(typed.Again(r.all[:first]) + " " + fix + " " + typed.Again(r.all[first+words:]))
}

func (r *listReader) mistaken(wrong *period.Wrong) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: wrong.Sentence, Hint: wrong.Hint}
	for _, fix := range append(slices.Clone(wrong.Fixes), "last month") {
		if text := r.instead(wrong.First, wrong.Words, fix); !slices.Contains(m.Corrected, text) {
			m.Corrected = append(m.Corrected, text)
		}
	}
	return m
}

// oneMonth refuses a period of several months, and offers some months that are over.
func oneMonth(offered ...billing.Month) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: "I can show how budgets ended in one month at a time. Pick one."}
	for _, month := range offered {
		if !month.IsZero() {
			m.Corrected = append(m.Corrected, "in "+month.String())
		}
	}
	return m
}

// refuse notes a mistake, unless there is one already.
func (r *listReader) refuse(m *blocks.Mistake) {
	if r.wrong == nil {
		r.wrong = m
	}
}

// offered returns the months of a range, or only the last one that is over if a mistake cannot offer so many.
func (r *listReader) offered(months billing.Range) []billing.Month {
	if months.Len() > typed.MaxOffers {
		last := months.Last
		if last == r.names.month() {
			last = last.Add(-1)
		}
		return []billing.Month{last}
	}
	var each []billing.Month
	for m := months.First; !m.After(months.Last); m = m.Add(1) {
		each = append(each, m)
	}
	return each
}

// forecastStates are the states that budgets have only while the month runs.
var forecastStates = []string{"likely over", "may end over", "ahead of pace"}

// refuseForecasts says that in a month that is over no budget has a state that comes from a forecast or a pace.
func (r *listReader) refuseForecasts() {
	i := slices.IndexFunc(r.list.States, func(state string) bool { return slices.Contains(forecastStates, state) })
	if i < 0 || r.list.Month.IsZero() {
		return
	}
	over := r.list
	over.States = []string{"over"}
	r.refuse(&blocks.Mistake{
		Sentence:  fmt.Sprintf("%s is over, so no budget of it is %s.", blocks.Period(billing.One(r.list.Month)), blocks.Quote(r.list.States[i])),
		Corrected: []string{over.Text()},
	})
}
