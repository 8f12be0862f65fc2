package command

import (
	"slices"
	"strings"

	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// quoted returns the name as a person can type it: in quotes if a part of it would be read as something else.
func quoted(name string) string {
	name = strings.ReplaceAll(name, `"`, " ")
	if text, wrong := typed.Clean(name); wrong == nil && !typed.IsHelp(text) {
		if all := typed.Words(text); !anyReserved(all) && !isMeasure(all) && !strings.Contains(name, "*") && typed.Letters(typed.Plain(all)) == typed.Letters(name) {
			return name
		}
	}
	return `"` + name + `"`
}

// oneWord returns a name as one word: in quotes if it has spaces, or is a word with a meaning among names.
func oneWord(name string) string {
	text, lower := quoted(name), strings.ToLower(name)
	isPlain := !strings.Contains(name, " ") && !slices.Contains(joiners, lower) && kindsTyped[lower] == ""
	if isPlain || strings.HasPrefix(text, `"`) {
		return text
	}
	return `"` + name + `"`
}

// anyReserved reports whether a word of a name would be read as something else: as a word of the grammar, or as a time.
func anyReserved(all []typed.Word) bool {
	for i, w := range all {
		_, isPhrase := phraseAt(all[i:])
		if isPhrase || isOfTime(w) || period.Begins(timesOf(all[i:])) || isCost(w) || isCharges(w) || w.IsFile() || w.Is("by", "per", "top", "who", "where", "showback", "chargeback", period.Mark) ||
			topTogether(w.Text) != "" {
			return true
		}
	}
	return false
}
