package command

// problem is what is wrong with a text: one sentence, and for each way to mend it the text with that mended. A mended text
// may have a problem of its own still.
type problem struct {
	sentence string
	fixes    []string
	hint     string
	// name is set where the problem is that nothing of this name is known, so that nothing but the catalog is at fault.
	name string
}

// between returns the problem with each fix put between the two texts.
func (p *problem) between(before, after string) *problem {
	mended := *p
	mended.fixes = make([]string, len(p.fixes))
	for i, fix := range p.fixes {
		mended.fixes[i] = before + fix + after
	}
	return &mended
}

// beside returns the problem with each fix followed by the words that had no part in it.
func (p *problem) beside(rest []word) *problem {
	if len(rest) == 0 {
		return p
	}
	return p.between("", " "+textOf(rest))
}
