package command

import (
	"strings"

	"budgetbot/slackapp/command/period"
)

// quoted returns the name as it can be typed: in quotes where a part of it would be read as something else.
func quoted(name string) string {
	name = strings.ReplaceAll(name, `"`, " ")
	if typed, wrong := clean(name); wrong == nil && !isHelp(typed) {
		if all := words(typed); !anyReserved(all) && !strings.Contains(name, "*") && letters(plain(all)) == letters(name) {
			return name
		}
	}
	return `"` + name + `"`
}

// oneWord returns a name as one word: in quotes where it has spaces.
func oneWord(name string) string {
	if typed := quoted(name); strings.HasPrefix(typed, `"`) || !strings.Contains(name, " ") {
		return typed
	}
	return `"` + name + `"`
}

// anyReserved reports whether a word of a name would be read as something else: as a word of the grammar, or as a time.
func anyReserved(all []word) bool {
	for i, w := range all {
		_, isPhrase := phraseAt(all[i:])
		if isPhrase || isOfTime(w) || period.Begins(timesOf(all[i:])) || isCost(w) || isCharges(w) || isCSV(w) || w.is("by", "per", "top", "who", "showback", "chargeback", period.Mark) ||
			topTogether.MatchString(w.text) {
			return true
		}
	}
	return false
}
