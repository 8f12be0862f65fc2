package typed

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// Letters returns the letters and digits of a name in lower case, with one space for everything between them.
func Letters(name string) string {
	if strings.Contains(name, "&") {
		name = unescape.Replace(name)
	}
	var b strings.Builder
	b.Grow(len(name))
	gap := false
	for _, r := range name {
		switch {
		case r >= utf8.RuneSelf && unicode.Is(unicode.Cf, r):
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			gap = b.Len() > 0
		default:
			if gap {
				b.WriteByte(' ')
				gap = false
			}
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Pick returns the name that the text is: exactly, else in any case, else without punctuation. It returns none if several fit.
func Pick(text string, names []string) (string, bool) {
	if slices.Contains(names, text) {
		return text, true
	}
	folded := Letters(text)
	same := func(name string) bool { return strings.EqualFold(name, text) }
	samePlain := func(name string) bool { return folded != "" && folded == Letters(name) }
	for _, isIt := range []func(string) bool{same, samePlain} {
		if i := slices.IndexFunc(names, isIt); i >= 0 {
			return names[i], !slices.ContainsFunc(names[i+1:], isIt)
		}
	}
	return "", false
}

// MaxOffers is how many corrections a mistake offers.
const MaxOffers = 3

// DidYouMean is the question that follows a sentence about a name that is not known.
func DidYouMean(near []string) string {
	return " Did you mean " + billing.List(blocks.Most(near, MaxOffers, blocks.Quote, blocks.More), " or ") + "?"
}
