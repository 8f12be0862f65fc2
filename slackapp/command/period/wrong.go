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

// at returns the problem with these words at fault; nil where nothing is wrong.
func (w *Wrong) at(first, words int) *Wrong {
	if w == nil {
		return nil
	}
	of := *w
	of.First, of.Words = first, words
	return &of
}

// shifted returns the problem with its words so many places further on.
func (w *Wrong) shifted(by int) *Wrong {
	if w == nil {
		return nil
	}
	return w.at(w.First+by, w.Words)
}
