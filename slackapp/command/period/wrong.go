package period

// Wrong is what is wrong with a period: one sentence, and fixes to replace the words at fault. A fix may still have a problem of its own.
type Wrong struct {
	Sentence string
	Hint     string
	Fixes    []string
	// First is the index of the first word at fault among the words read, and Words how many words are at fault.
	First, Words int
}

// at returns the problem with these words at fault; nil if nothing is wrong.
func (w *Wrong) at(first, words int) *Wrong {
	if w == nil {
		return nil
	}
	of := *w
	of.First, of.Words = first, words
	return &of
}

// shifted returns the problem with its words moved by a number of places.
func (w *Wrong) shifted(by int) *Wrong {
	if w == nil {
		return nil
	}
	return w.at(w.First+by, w.Words)
}
