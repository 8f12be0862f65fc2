package command

import (
	"strings"

	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// problem is what is wrong with a text: one sentence, and fixes to replace the words at fault. The fixed text may still have a problem of its own.
type problem struct {
	sentence string
	at       []typed.Word // the words at fault; none if the fixes are whole texts
	fixes    []string
	hint     string
	// name is the unknown name, if that is the only problem: the account may have it if its names could not be read.
	name string
}

// in turns the fixes into whole texts: the typed words, with each fix in place of the words at fault.
func (p *problem) in(all []typed.Word) *problem {
	if len(p.at) == 0 {
		return p
	}
	atFault := map[int]bool{}
	for _, w := range p.at {
		atFault[w.At] = true
	}
	mended := *p
	mended.at, mended.fixes = nil, nil
	for _, fix := range p.fixes {
		text := ""
		for _, w := range all {
			switch {
			case w.At == p.at[0].At:
				text += " " + fix
			case !atFault[w.At]:
				text += " " + typed.Again([]typed.Word{w})
			}
		}
		mended.fixes = append(mended.fixes, strings.TrimSpace(text))
	}
	return &mended
}

// ofPeriod makes a problem of what is wrong with a period.
func ofPeriod(wrong *period.Wrong, at []typed.Word) *problem {
	if wrong == nil {
		return nil
	}
	return &problem{sentence: wrong.Sentence, hint: wrong.Hint, fixes: wrong.Fixes, at: at}
}
