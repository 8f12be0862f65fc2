package period

// Wrong is what is wrong with a period: one sentence, and for each way to mend it what to write in place of the words at fault. Such
// a fix may have a problem of its own still.
type Wrong struct {
	Sentence string
	Hint     string
	Fixes    []string
	// First is the place of the first word at fault among those that were read, and Words how many they are.
	First, Words int
}

// at returns the problem as one of the words from that place on. Of nothing wrong it is nil.
func (w *Wrong) at(first, words int) *Wrong {
	if w == nil {
		return nil
	}
	of := *w
	of.First, of.Words = first, words
	return &of
}

// shifted returns the problem among words that follow more of them.
func (w *Wrong) shifted(by int) *Wrong {
	if w == nil {
		return nil
	}
	return w.at(w.First+by, w.Words)
}
