package billing

import "strings"

// Glob reports whether name matches pattern, in which each * stands for any run of characters. The empty pattern matches
// everything.
func Glob(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	head, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return name == pattern
	}
	name, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for {
		piece, later, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(name, rest)
		}
		_, after, found := strings.Cut(name, piece)
		if !found {
			return false
		}
		rest, name = later, after
	}
}
