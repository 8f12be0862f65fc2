package command

import (
	"strings"

	"budgetbot/slackapp/command/typed"
)

// problem is what is wrong with a text: one sentence, and for each way to mend it what to write in place of the words at fault. A mended
// text may have a problem of its own still.
type problem struct {
	sentence string
	at       []typed.Word // the words at fault; none where the fixes are whole texts
	fixes    []string
	hint     string
	// name is set where the problem is that nothing of this name is known, so that nothing but the catalog is at fault.
	name string
}

// in returns the problem with its fixes as whole texts: the words that were typed, with each fix in place of those at fault.
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
