package billing

import (
	"slices"
	"strings"
)

// Names are what a question is narrowed to of one kind, such as regions: one name, or several that count together. The zero value is every
// name there is.
//
// It is a string so that questions can be compared, and so that a question stored by an earlier version, which had one name, reads as what it
// was. Several names stand one behind another with a separator between them.
type Names string

// nameSeparator is the control character for separating units of text. Nobody types it in a name.
const nameSeparator = "\x1f"

// NamesOf returns the names as one value, each once.
func NamesOf(names ...string) Names {
	var each []string
	for _, name := range names {
		if !slices.Contains(each, name) {
			each = append(each, name)
		}
	}
	return Names(strings.Join(each, nameSeparator))
}

// List returns the names one by one; none if all are meant.
func (n Names) List() []string {
	if n == "" {
		return nil
	}
	return strings.Split(string(n), nameSeparator)
}

// AreSeveral reports whether there is more than one name.
func (n Names) AreSeveral() bool { return strings.Contains(string(n), nameSeparator) }

// Have reports whether a name is meant.
func (n Names) Have(name string) bool {
	return n == "" || string(n) == name || n.AreSeveral() && slices.Contains(n.List(), name)
}

// Match is Have of names that may be globs.
func (n Names) Match(name string) bool {
	if !n.AreSeveral() {
		return Glob(string(n), name)
	}
	return slices.ContainsFunc(n.List(), func(pattern string) bool { return Glob(pattern, name) })
}
