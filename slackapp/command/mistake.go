package command

import (
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

const (
	maxOffers = 3 // corrections that a mistake offers
	maxListed = 8 // names in a sentence
)

// problem is what is wrong with a text: one sentence, and for each way to mend it what to write in place of the words at fault. A mended
// text may have a problem of its own still.
type problem struct {
	sentence string
	at       []word // the words at fault; none where the fixes are whole texts
	fixes    []string
	hint     string
	// name is set where the problem is that nothing of this name is known, so that nothing but the catalog is at fault.
	name string
}

// in returns the problem with its fixes as whole texts: the words that were typed, with each fix in place of those at fault.
func (p *problem) in(typed []word) *problem {
	if len(p.at) == 0 {
		return p
	}
	atFault := map[int]bool{}
	for _, w := range p.at {
		atFault[w.at] = true
	}
	mended := *p
	mended.at, mended.fixes = nil, nil
	for _, fix := range p.fixes {
		text := ""
		for _, w := range typed {
			switch {
			case w.at == p.at[0].at:
				text += " " + fix
			case !atFault[w.at]:
				text += " " + textOf([]word{w})
			}
		}
		mended.fixes = append(mended.fixes, strings.TrimSpace(text))
	}
	return &mended
}

// didYouMean is the question that follows a sentence about a name that is not known.
func didYouMean(near []string) string {
	return " Did you mean " + billing.List(blocks.Most(near, maxOffers, blocks.Quote, blocks.More), " or ") + "?"
}

// List returns names for a sentence, and how many more there are where they are many.
func List(names []string) string {
	return blocks.And(blocks.Most(names, maxListed, blocks.Quote, blocks.More))
}
