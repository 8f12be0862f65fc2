package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// BudgetAsked is what a person asked with the budget command. All false and Rule empty asks for the budgets of the channel
// that the command was typed in.
type BudgetAsked struct {
	Help     bool
	All      bool
	Verb     Verb   // what to do about the budget of Rule; empty asks to see it
	Rule     string // the exact name of one rule
	Instance string // which of the rule's budgets, where it has several
	Reason   string // of an acknowledgement, in the person's own words; may be empty
	Digest   string // the exact name of a digest, to see what it would post now
}

// Verb is what can be done about a budget by typing.
type Verb string

// The verbs, as they are typed.
const (
	VerbAck     Verb = "ack"
	VerbMute    Verb = "mute"
	VerbUnmute  Verb = "unmute"
	VerbHistory Verb = "history"
	VerbTry     Verb = "try"
)

var verbs = map[string]Verb{
	"ack": VerbAck, "acknowledge": VerbAck, "mute": VerbMute, "unmute": VerbUnmute, "history": VerbHistory, "try": VerbTry,
}

// VerbOf reads a field as a verb. In quotes it is a name.
func VerbOf(field string) (Verb, bool) {
	verb, known := verbs[strings.ToLower(strings.TrimRight(field, ".:,!"))]
	return verb, known
}

// BudgetNames are the names that can be typed after the budget command.
type BudgetNames struct {
	Rules     []string
	Instances map[string][]string // of the rules that have several budgets
	// digests are typed behind the word digest.
	Digests []string
}

// ParseBudget reads the text after the budget command: nothing, all, help, the name of a rule, or a verb and the name of a
// rule. The mistake offers the nearest right forms; its Command is for the caller to fill in.
func ParseBudget(text string, names BudgetNames) (BudgetAsked, *blocks.Mistake) {
	asked, mistake := names.parse(text)
	if mistake != nil {
		mistake.Corrected = slices.DeleteFunc(mistake.Corrected, func(text string) bool {
			_, wrong := names.parse(text)
			return wrong != nil
		})
	}
	return asked, mistake
}

// parse is ParseBudget, whose mistake may offer what would be a mistake itself.
func (n BudgetNames) parse(text string) (BudgetAsked, *blocks.Mistake) {
	cleaned, wrong := clean(text)
	if wrong != nil {
		return BudgetAsked{}, &blocks.Mistake{Sentence: wrong.sentence, Corrected: wrong.fixes}
	}
	all := words(cleaned)
	switch {
	case isHelp(cleaned):
		return BudgetAsked{Help: true}, nil
	case len(all) == 0:
		return BudgetAsked{}, nil
	case len(all) == 1 && all[0].is("all"):
		return BudgetAsked{All: true}, nil
	case len(all) > 1 && all[0].is("digest"):
		name := plain(all[1:])
		if digest, ok := pick(name, n.Digests); ok {
			return BudgetAsked{Digest: digest}, nil
		}
		return BudgetAsked{}, unknown("digest", name, n.Digests, func(near string) string { return "digest " + near })
	}
	return n.read(all, strings.Fields(blocks.Clean(unescape.Replace(text)))) // as typed: what follows may be a reason
}

// read reads what is neither help nor all.
func (n BudgetNames) read(all []word, fields []string) (BudgetAsked, *blocks.Mistake) {
	if v, ok := VerbOf(fields[0]); ok {
		return n.order(v, fields[1:])
	}
	rule, instance, rest, found := n.find(fields)
	if found && len(rest) == 0 {
		return BudgetAsked{Rule: rule, Instance: instance}, nil
	}
	if found && len(rest) > 0 {
		if v, isVerb := VerbOf(rest[0]); isVerb {
			return BudgetAsked{}, &blocks.Mistake{
				Sentence:  fmt.Sprintf("%s comes before the name.", blocks.Quote(string(v))),
				Corrected: []string{typed(v, rule, instance, rest[1:]...)},
			}
		}
	}
	if near := billing.Nearest(fields[0], slices.Collect(maps.Keys(verbs))); len(near) > 0 && len(fields) > 1 {
		return BudgetAsked{}, &blocks.Mistake{
			Sentence:  fmt.Sprintf("I don't know %s.", blocks.Quote(fields[0])) + didYouMean(near[:1]),
			Corrected: []string{strings.Join(append(near[:1], fields[1:]...), " ")},
		}
	}
	return BudgetAsked{}, unknown("budget", plain(all), n.Rules, asName)
}

// order reads what stands behind a verb: a rule, which of its budgets, and a reason for those that take one.
func (n BudgetNames) order(v Verb, fields []string) (BudgetAsked, *blocks.Mistake) {
	if len(fields) == 0 {
		return BudgetAsked{}, n.ruleless(v)
	}
	rule, instance, rest, ok := n.find(fields)
	switch {
	case !ok:
		return BudgetAsked{}, n.unknownTo(v, fields)
	case instance == "" && len(n.Instances[rule]) > 0:
		return BudgetAsked{}, n.withoutInstance(v, rule, rest)
	case v != VerbAck && len(rest) > 0:
		return BudgetAsked{}, &blocks.Mistake{
			Sentence:  fmt.Sprintf("%s takes the name of one budget and nothing else.", blocks.Quote(string(v))),
			Corrected: []string{typed(v, rule, instance)},
		}
	}
	return BudgetAsked{Verb: v, Rule: rule, Instance: instance, Reason: strings.Trim(strings.Join(rest, " "), `"“”„:–—- `)}, nil
}

// maxFields is how many words a name has at most.
const maxFields = 8

// find reads a rule, and which of its budgets, at the beginning of the fields, the longest name first.
func (n BudgetNames) find(fields []string) (rule, instance string, rest []string, found bool) {
	rule, rest, found = leadingName(fields, n.Rules)
	if found && len(n.Instances[rule]) > 0 {
		instance, rest, _ = leadingName(rest, n.Instances[rule])
	}
	return rule, instance, rest, found
}

func leadingName(fields, names []string) (name string, rest []string, found bool) {
	for i := min(len(fields), maxFields); i > 0; i-- {
		if name, found = pick(strings.Trim(strings.Join(fields[:i], " "), `"“”„:`), names); found {
			return name, fields[i:], true
		}
	}
	return "", fields, false
}

// typed is the command as it can be typed again, with the reason for the one verb that takes it.
func typed(v Verb, rule, instance string, reason ...string) string {
	text := string(v) + " " + rule
	if instance != "" {
		text += ": " + instance
	}
	if v == VerbAck && len(reason) > 0 {
		text += " " + strings.Join(reason, " ")
	}
	return text
}

func (n BudgetNames) ruleless(v Verb) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: fmt.Sprintf("%s needs the name of a budget.", blocks.Quote(string(v))), Hint: listed("budget", n.Rules)}
	if slices.Contains(n.Rules, string(v)) {
		m.Corrected = append(m.Corrected, asName(string(v)))
	}
	for _, rule := range n.Rules[:min(len(n.Rules), maxOffers-len(m.Corrected))] {
		m.Corrected = append(m.Corrected, typed(v, rule, ""))
	}
	return m
}

// withoutInstance is the mistake of naming a rule with several budgets without naming one of them.
func (n BudgetNames) withoutInstance(v Verb, rule string, rest []string) *blocks.Mistake {
	instances := n.Instances[rule]
	m := &blocks.Mistake{
		Sentence: fmt.Sprintf("%s has several budgets. Pick one.", blocks.Quote(rule)),
		Hint:     "They are: " + List(instances) + ".",
	}
	if len(rest) > 0 {
		if near := billing.Nearest(rest[0], instances); len(near) > 0 {
			instances, rest = near, rest[1:]
		}
	}
	for _, instance := range instances[:min(len(instances), maxOffers)] {
		m.Corrected = append(m.Corrected, typed(v, rule, instance, rest...))
	}
	return m
}

// unknownTo is for a verb whose rule is not known: all that follows is its misspelt name, or the first word of it is.
func (n BudgetNames) unknownTo(v Verb, fields []string) *blocks.Mistake {
	name, reason := strings.Join(fields, " "), []string(nil)
	if len(billing.Nearest(name, n.Rules)) == 0 && len(billing.Nearest(fields[0], n.Rules)) > 0 {
		name, reason = fields[0], fields[1:]
	}
	return unknown("budget", name, n.Rules, func(rule string) string { return typed(v, rule, "", reason...) })
}

// unknown says that there is no budget or digest of this name, and offers the near ones, each as offer has it typed.
func unknown(what, name string, names []string, offer func(near string) string) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: fmt.Sprintf("There's no %s called %s.", what, blocks.Quote(name))}
	near := billing.Nearest(name, names)
	if len(near) == 0 {
		m.Hint, m.Corrected = listed(what, names), []string{"all"}
		return m
	}
	near = near[:min(maxOffers, len(near))]
	m.Sentence += didYouMean(near)
	for _, n := range near {
		m.Corrected = append(m.Corrected, offer(n))
	}
	return m
}

// listed is the hint that names what there is.
func listed(what string, names []string) string {
	if len(names) == 0 {
		return "There are no " + what + "s yet."
	}
	return "The " + what + "s: " + List(names) + "."
}

// asName returns the rule's name as it is typed alone: in quotes where it would be read as something else.
func asName(rule string) string {
	if _, isVerb := VerbOf(rule); isVerb || rule == "all" || isHelp(rule) {
		return `"` + rule + `"`
	}
	return rule
}

// BudgetAsksFastly reports whether the budget command's text may ask for more than what the bot has written down.
func BudgetAsksFastly(text string) bool {
	word := FirstWord(text)
	v, _ := VerbOf(word)
	return v == VerbTry || word == "digest" || isHelp(word)
}

// FirstWord is the first word of a text, in lower case.
func FirstWord(text string) string {
	words := strings.Fields(strings.ToLower(blocks.Clean(unescape.Replace(text))))
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
