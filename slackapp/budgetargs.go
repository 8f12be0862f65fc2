package slackapp

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// budgetAsked is what a person asked with the budget command. All false and Rule empty asks for the budgets of the channel
// that the command was typed in.
type budgetAsked struct {
	Help   bool
	All    bool
	Verb   verb   // what to do about the budget of Rule; empty asks to see it
	Rule   string // the exact name of one rule
	Scope  string // which of the rule's budgets, where it has several
	Reason string // of verbAck, in the person's own words; may be empty
	Digest string // the exact name of a digest, to see what it would say now
}

// verb is what can be done about a budget by typing.
type verb string

const (
	verbAck     verb = "ack"
	verbMute    verb = "mute"
	verbUnmute  verb = "unmute"
	verbHistory verb = "history"
	verbTry     verb = "try"
)

var verbs = []string{string(verbAck), string(verbMute), string(verbUnmute), string(verbHistory), string(verbTry)}

// verbOf reads a field as a verb. In quotes it is a name.
func verbOf(field string) (verb, bool) {
	switch word := strings.ToLower(strings.TrimRight(field, ".:,!")); {
	case word == "acknowledge":
		return verbAck, true
	case slices.Contains(verbs, word):
		return verb(word), true
	}
	return "", false
}

// budgetNames are the names that can be typed after the budget command.
type budgetNames struct {
	rules  []string
	scopes map[string][]string // of the rules that have several budgets
	// digests are typed behind the word digest.
	digests []string
}

// parseBudget reads the text after the budget command: nothing, all, help, the name of a rule, or a verb and the name of a
// rule. The mistake offers the nearest right forms; its Command is for the caller to fill in.
func parseBudget(text string, names budgetNames) (budgetAsked, *blocks.Mistake) {
	cleaned, wrong := clean(text)
	if wrong != nil {
		return budgetAsked{}, &blocks.Mistake{Sentence: wrong.sentence, Corrected: []string{"help"}}
	}
	all := words(cleaned)
	fields := strings.Fields(blocks.Clean(unescape.Replace(text))) // as typed: what follows may be a reason
	switch {
	case isHelp(cleaned):
		return budgetAsked{Help: true}, nil
	case len(all) == 0:
		return budgetAsked{}, nil
	case len(all) == 1 && all[0].is("all"):
		return budgetAsked{All: true}, nil
	case len(all) > 1 && all[0].is("digest"):
		return names.digest(plain(all[1:]))
	}
	asked, mistake := names.read(all, fields)
	if mistake != nil {
		mistake.Corrected = slices.DeleteFunc(mistake.Corrected, func(text string) bool { return utf8.RuneCountInString(text) > maxText })
	}
	return asked, mistake
}

// digest reads the name behind the word digest.
func (n budgetNames) digest(typed string) (budgetAsked, *blocks.Mistake) {
	if name, ok := pick(typed, n.digests); ok {
		return budgetAsked{Digest: name}, nil
	}
	m := &blocks.Mistake{Sentence: fmt.Sprintf("No digest is called %s.", blocks.Quote(typed)), Hint: "The rules file has none."}
	if len(n.digests) > 0 {
		m.Hint = "The digests: " + list(n.digests) + "."
	}
	for _, near := range billing.Nearest(typed, n.digests) {
		m.Corrected = append(m.Corrected, "digest "+near)
	}
	return budgetAsked{}, m
}

// read reads what is neither help nor all.
func (n budgetNames) read(all []word, fields []string) (budgetAsked, *blocks.Mistake) {
	if len(fields) > 0 {
		if v, ok := verbOf(fields[0]); ok {
			return n.order(v, fields[1:])
		}
	}
	if rule, ok := pick(plain(all), n.rules); ok {
		return budgetAsked{Rule: rule}, nil
	}
	if rule, scope, rest, ok := n.find(fields); ok && scope != "" && len(rest) == 0 {
		return budgetAsked{Rule: rule, Scope: scope}, nil
	}
	if wrong := n.misplaced(fields); wrong != nil {
		return budgetAsked{}, wrong
	}
	return budgetAsked{}, unknownRule(plain(all), n.rules)
}

// order reads what stands behind a verb: a rule, which of its budgets, and a reason for those that take one.
func (n budgetNames) order(v verb, fields []string) (budgetAsked, *blocks.Mistake) {
	if len(fields) == 0 {
		return budgetAsked{}, n.ruleless(v)
	}
	rule, scope, rest, ok := n.find(fields)
	switch {
	case !ok:
		return budgetAsked{}, n.unknownTo(v, fields)
	case scope == "" && len(n.scopes[rule]) > 0:
		return budgetAsked{}, n.scopeless(v, rule, rest)
	case v != verbAck && len(rest) > 0:
		return budgetAsked{}, &blocks.Mistake{
			Sentence:  fmt.Sprintf("%s takes the name of a rule and nothing else.", blocks.Quote(string(v))),
			Corrected: []string{typed(v, rule, scope)},
		}
	}
	return budgetAsked{Verb: v, Rule: rule, Scope: scope, Reason: strings.Trim(strings.Join(rest, " "), `"“”„:–—- `)}, nil
}

// maxFields is how many words a name has at most.
const maxFields = 8

// find reads a rule, and which of its budgets, at the beginning of the fields, the longest name first.
func (n budgetNames) find(fields []string) (rule, scope string, rest []string, found bool) {
	rule, rest, found = leadingName(fields, n.rules)
	if found && len(n.scopes[rule]) > 0 {
		scope, rest, _ = leadingName(rest, n.scopes[rule])
	}
	return rule, scope, rest, found
}

func leadingName(fields, names []string) (name string, rest []string, found bool) {
	for i := min(len(fields), maxFields); i > 0; i-- {
		if name, found = pick(strings.Trim(strings.Join(fields[:i], " "), `"“”„:`), names); found {
			return name, fields[i:], true
		}
	}
	return "", fields, false
}

// typed is the command as it can be typed again.
func typed(v verb, rule, scope string, reason ...string) string {
	text := strings.TrimSpace(string(v) + " " + rule)
	if scope != "" {
		text += ": " + scope
	}
	return strings.TrimSpace(text + " " + strings.Join(reason, " "))
}

func (n budgetNames) ruleless(v verb) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: fmt.Sprintf("%s needs the name of a rule.", blocks.Quote(string(v)))}
	if slices.Contains(n.rules, string(v)) {
		m.Corrected = append(m.Corrected, asName(string(v)))
	}
	if len(n.rules) == 0 {
		m.Hint, m.Corrected = "There are no rules yet.", []string{"all"}
		return m
	}
	m.Hint = "The rules: " + list(n.rules) + "."
	for _, rule := range n.rules[:min(len(n.rules), maxOffers-len(m.Corrected))] {
		if len(n.scopes[rule]) == 0 {
			m.Corrected = append(m.Corrected, typed(v, rule, ""))
		}
	}
	return m
}

// scopeless is for a rule with several budgets of which none was named.
func (n budgetNames) scopeless(v verb, rule string, rest []string) *blocks.Mistake {
	scopes := n.scopes[rule]
	m := &blocks.Mistake{
		Sentence: fmt.Sprintf("%s has several budgets; name one of them.", blocks.Quote(rule)),
		Hint:     "They are: " + list(scopes) + ".",
	}
	offered := scopes
	if len(rest) > 0 {
		if near := billing.Nearest(rest[0], scopes); len(near) > 0 {
			offered, rest = near, rest[1:]
		}
	}
	for _, scope := range offered[:min(len(offered), maxOffers)] {
		m.Corrected = append(m.Corrected, typed(v, rule, scope, reasonOf(v, rest)...))
	}
	return m
}

// unknownTo is for a verb whose rule is not known.
func (n budgetNames) unknownTo(v verb, fields []string) *blocks.Mistake {
	m := unknownRule(strings.Join(fields[:min(len(fields), maxFields)], " "), n.rules)
	rest := []string(nil)
	near := billing.Nearest(strings.Join(fields, " "), n.rules)
	if len(near) == 0 {
		near, rest = billing.Nearest(fields[0], n.rules), fields[1:]
	}
	if len(near) == 0 {
		return m
	}
	if rest != nil {
		m = unknownRule(fields[0], n.rules)
	}
	m.Corrected = nil
	for _, rule := range near[:min(len(near), maxOffers)] {
		if scopes := n.scopes[rule]; len(scopes) == 0 {
			m.Corrected = append(m.Corrected, typed(v, rule, "", reasonOf(v, rest)...))
		}
	}
	return m
}

// reasonOf is what follows a name, for the one verb that takes it.
func reasonOf(v verb, rest []string) []string {
	if v == verbAck {
		return rest
	}
	return nil
}

// misplaced is for a verb that is misspelt or stands behind its rule; nil where there is none.
func (n budgetNames) misplaced(fields []string) *blocks.Mistake {
	if rule, scope, rest, ok := n.find(fields); ok && len(rest) > 0 {
		v, isVerb := verbOf(rest[0])
		if !isVerb || scope == "" && len(n.scopes[rule]) > 0 {
			return nil
		}
		return &blocks.Mistake{
			Sentence:  fmt.Sprintf("%s comes before the name.", blocks.Quote(string(v))),
			Corrected: []string{typed(v, rule, scope, reasonOf(v, rest[1:])...)},
		}
	}
	if len(fields) == 0 {
		return nil
	}
	near := billing.Nearest(fields[0], verbs)
	if len(near) == 0 {
		return nil
	}
	rule, scope, rest, ok := n.find(fields[1:])
	if !ok || scope == "" && len(n.scopes[rule]) > 0 {
		return nil
	}
	v := verb(near[0])
	return &blocks.Mistake{
		Sentence:  fmt.Sprintf("I do not know %s. Did you mean %s?", blocks.Quote(fields[0]), blocks.Quote(near[0])),
		Corrected: []string{typed(v, rule, scope, reasonOf(v, rest)...)},
	}
}

func unknownRule(typed string, ruleNames []string) *blocks.Mistake {
	near := billing.Nearest(typed, ruleNames)
	if len(near) == 0 {
		hint := "There are no rules yet."
		if len(ruleNames) > 0 {
			hint = "The rules: " + list(ruleNames) + "."
		}
		sentence := fmt.Sprintf("No rule is called %s.", blocks.Quote(typed))
		return &blocks.Mistake{Sentence: sentence, Hint: hint, Corrected: []string{"all"}}
	}
	m := &blocks.Mistake{Sentence: suggest(typed, "No rule is called", "", near).sentence}
	for _, rule := range near[:min(maxOffers, len(near))] {
		m.Corrected = append(m.Corrected, asName(rule))
	}
	return m
}

// asName returns the rule's name as it is typed alone: in quotes where it would be read as something else.
func asName(rule string) string {
	if _, isVerb := verbOf(rule); isVerb || rule == "all" || isHelp(rule) {
		return `"` + rule + `"`
	}
	return rule
}
