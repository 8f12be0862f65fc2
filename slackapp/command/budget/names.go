package budget

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// Names are the names that people can type after the budget command.
type Names struct {
	Rules []string
	// Called are the other names of a rule: its title, its former name, and the only thing that it counts.
	Called map[string][]string
	// Instances are the services or teams of each rule that has several budgets, in the order in which mistakes offer them.
	Instances map[string][]string
	Teams     []string // typed after the word team
	Digests   []string // typed after the word digest
	// Now is when the person types, in the time zone of the rules file.
	Now time.Time
}

// maxFields is how many words a name has at most.
const maxFields = 8

// find reads the longest name of a rule, or of one of its budgets, at the beginning of the fields. It finds nothing if several rules have the name.
func (n Names) find(fields []string) (rule, instance string, rest []string, found bool) {
	rest = fields
	for i := min(len(fields), maxFields); i > 0 && !found; i-- {
		if means := n.exactly(asTyped(fields[:i])); len(means) == 1 && means[0].Rule != "" {
			rule, instance, rest, found = means[0].Rule, means[0].Instance, fields[i:], true
		}
	}
	if found && instance == "" && len(n.Instances[rule]) > 0 {
		instance, rest = leadingName(rest, n.Instances[rule])
	}
	return rule, instance, rest, found
}

// begun is find for the beginning of a name, or for a service or team, if only one budget can be meant.
func (n Names) begun(fields []string) (rule, instance string, rest []string, found bool) {
	for i := min(len(fields), maxFields); i > 0; i-- {
		name := asTyped(fields[:i])
		means := budgetsIn(n.exactly(name))
		if len(means) == 0 {
			means = budgetsIn(n.beginning(name))
		}
		if len(means) != 1 || means[0].Rule == "" {
			continue
		}
		rule, instance, rest = means[0].Rule, means[0].Instance, fields[i:]
		if instance == "" && len(n.Instances[rule]) > 0 {
			instance, rest = leadingName(rest, n.Instances[rule])
		}
		return rule, instance, rest, true
	}
	return "", "", fields, false
}

// budgetsIn leaves out the teams, which are no budgets.
func budgetsIn(means []Asked) []Asked {
	return slices.DeleteFunc(means, func(m Asked) bool { return m.List.Team != "" })
}

func leadingName(fields, names []string) (name string, rest []string) {
	for i := min(len(fields), maxFields); i > 0; i-- {
		if name, found := typed.Pick(asTyped(fields[:i]), names); found {
			return name, fields[i:]
		}
	}
	return "", fields
}

// asTyped returns a name without the signs that people may put around it.
func asTyped(fields []string) string { return strings.Trim(strings.Join(fields, " "), `"“”„:`) }

// exactly returns everything that a name may mean. A rule's own name means only that rule, since messages use it.
func (n Names) exactly(name string) []Asked {
	if rule, ok := typed.Pick(name, n.Rules); ok {
		return []Asked{{Rule: rule}}
	}
	return n.meant(func(names []string) []string {
		if found, ok := typed.Pick(name, names); ok {
			return []string{found}
		}
		return nil
	})
}

// beginning returns everything that the beginning of a name may mean.
func (n Names) beginning(name string) []Asked {
	folded := typed.Letters(name)
	if len(folded) < 2 {
		return nil
	}
	begins := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.HasPrefix(typed.Letters(name), folded) })
	}
	return n.meant(begins)
}

// meant returns the rules, the budgets of services and the teams, if chosen picks one of their names.
func (n Names) meant(chosen func(names []string) []string) []Asked {
	var means []Asked
	having := map[string][]string{} // rules, by instance
	var instances []string
	for _, rule := range n.Rules {
		if len(chosen(n.namesOf(rule))) > 0 {
			means = append(means, Asked{Rule: rule})
			continue
		}
		for _, instance := range chosen(n.Instances[rule]) {
			if len(having[instance]) == 0 {
				instances = append(instances, instance)
			}
			having[instance] = append(having[instance], rule)
		}
	}
	for _, instance := range instances {
		if rules := having[instance]; len(rules) == 1 {
			means = append(means, Asked{Rule: rules[0], Instance: instance})
			continue
		}
		means = append(means, Asked{List: List{Instance: instance}})
	}
	for _, team := range chosen(n.Teams) {
		means = append(means, Asked{List: List{Team: team}})
	}
	return means
}

// namesOf returns a rule's names, those that read alike only once.
func (n Names) namesOf(rule string) []string {
	names := []string{rule}
	for _, called := range n.Called[rule] {
		if !slices.ContainsFunc(names, func(name string) bool { return typed.Letters(name) == typed.Letters(called) }) {
			names = append(names, called)
		}
	}
	return names
}

// text returns the command as a person can type it again.
func (a Asked) text() string {
	switch {
	case a.Instance != "":
		return a.Rule + ": " + a.Instance
	case a.Rule != "":
		return RuleText(a.Rule)
	}
	return a.List.Text()
}

// choice offers everything that a name may mean.
func choice(name string, means []Asked) *blocks.Mistake {
	texts := make([]string, len(means))
	for i, m := range means {
		texts[i] = m.text()
	}
	shown := min(len(texts), typed.MaxOffers)
	m := &blocks.Mistake{Sentence: severalThings(name, len(texts)), Corrected: texts[:shown]}
	if more := texts[shown:]; len(more) > 0 {
		m.Hint = "The others: " + blocks.List(more) + "."
	}
	return m
}

func severalThings(name string, n int) string {
	return fmt.Sprintf("%s could be %d things. Pick one.", blocks.Quote(name), n)
}

// unknown says that no budget or digest has this name, and offers similar names; offer returns the text to type for each.
func unknown(what, name string, names []string, offer func(near string) string) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: fmt.Sprintf("There's no %s called %s.", what, blocks.Quote(name))}
	near := billing.Nearest(name, names)
	if len(near) == 0 {
		m.Hint, m.Corrected = listed(what, names), []string{"all"}
		return m
	}
	near = near[:min(typed.MaxOffers, len(near))]
	m.Sentence += typed.DidYouMean(near)
	for _, n := range near {
		m.Corrected = append(m.Corrected, offer(n))
	}
	return m
}

// near returns the names nearest to an unknown one, as people can type them.
func (n Names) near(name string) []string {
	names := slices.Concat(n.Rules, n.Teams)
	for _, rule := range n.Rules {
		names = slices.Concat(names, n.Called[rule], n.Instances[rule])
	}
	var texts []string
	for _, near := range billing.Nearest(name, names) {
		for _, means := range n.exactly(near) {
			if text := means.text(); !slices.Contains(texts, text) && len(texts) < typed.MaxOffers {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// listed is the hint that names what there is.
func listed(what string, names []string) string {
	if len(names) == 0 {
		return "There are no " + what + "s yet."
	}
	return "The " + what + "s: " + blocks.List(names) + "."
}

// RuleText returns the rule's name as a whole text: in quotes if it would be read as something else.
func RuleText(rule string) string {
	_, isVerb := VerbOf(rule)
	isList := Names{}.readList(typed.Words(rule)) != nil
	if isVerb || isList || isSetWord(rule) || typed.IsHelp(rule) {
		return `"` + rule + `"`
	}
	return rule
}

// Verb is what a person can do about a budget by typing.
type Verb string

// The verbs as people type them.
const (
	VerbAck     Verb = "ack"
	VerbUnack   Verb = "unack"
	VerbMute    Verb = "mute"
	VerbUnmute  Verb = "unmute"
	VerbUndo    Verb = "undo" // the acknowledgement or the mute, whichever there is
	VerbHistory Verb = "history"
	VerbTry     Verb = "try"
	VerbWhy     Verb = "why"
)

var verbs = map[string]Verb{
	"ack": VerbAck, "acknowledge": VerbAck, "unack": VerbUnack, "unacknowledge": VerbUnack, "mute": VerbMute, "snooze": VerbMute, "unmute": VerbUnmute,
	"undo": VerbUndo, "history": VerbHistory, "try": VerbTry, "why": VerbWhy,
}

// changes reports whether the verb changes something; its name must then be complete.
func (v Verb) changes() bool { return v != VerbHistory && v != VerbTry && v != VerbWhy }

// VerbOf reads a field as a verb. In quotes it is a name.
func VerbOf(field string) (Verb, bool) {
	verb, known := verbs[strings.ToLower(strings.TrimRight(field, ".:,!?"))]
	return verb, known
}

// misspelt returns the verb that the person probably meant by a word.
func misspelt(word string) (verb string, found bool) {
	near := billing.Nearest(word, slices.SortedFunc(maps.Keys(verbs), cmp.Compare[string]))
	if len(near) == 0 {
		return "", false
	}
	return near[0], true
}

// setWords ask for a new or changed budget, which only the rules file can give.
var setWords = []string{
	"set", "add", "new", "create", "raise", "lower", "increase", "decrease", "reduce", "edit", "change", "update", "delete", "remove",
}

func isSetWord(field string) bool {
	return slices.Contains(setWords, strings.ToLower(strings.TrimRight(field, ".:,!")))
}
