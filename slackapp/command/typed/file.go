package typed

// IsFile reports whether a word asks for a file instead of a message.
func (w Word) IsFile() bool { return w.Is("csv", "export", "download", "spreadsheet", "excel") }

// LeadingFile counts the words at the beginning that ask for a file: "csv", "as csv".
func LeadingFile(all []Word) int {
	switch {
	case len(all) > 0 && all[0].IsFile():
		return 1
	case len(all) > 1 && all[0].Is("as", "to", "in") && all[1].IsFile():
		return 2
	}
	return 0
}
