package budget

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

// Asked is what a person asked with the budget command. If nothing else is set, it is a list.
type Asked struct {
	Help     bool
	List     List
	Verb     Verb        // what to do about the budget of Rule; empty asks to see it
	Set      bool        // the person wants a new or changed budget; the fields below may be empty
	Amount   string      // the amount that they want, as typed, or a percentage
	Way      billing.Way // how the amount relates to today's limit
	Rule     string      // the exact name of one rule
	Instance string      // which of the rule's budgets, if it has several
	Page     int         // of the budgets of a rule; 0 is the first
	Reason   string      // of an acknowledgement, in the person's own words; may be empty
	Until    time.Time   // when a mute ends; zero for the month's end
	Digests  bool        // which digests there are
	Digest   string      // the exact name of a digest, to see what it would post now
}

// Parse reads the text after the budget command: nothing, help, which budgets to list, the name of one, or a verb and the name of one. The mistake offers
// the nearest right forms; the caller sets its Command.
func Parse(text string, names Names) (Asked, *blocks.Mistake) {
	asked, mistake := names.parse(text)
	if mistake != nil {
		mistake.Corrected = slices.DeleteFunc(mistake.Corrected, func(text string) bool {
			_, wrong := names.parse(text)
			return wrong != nil
		})
	}
	return asked, mistake
}

// parse is Parse, but its mistake may offer forms that are mistakes themselves.
func (n Names) parse(text string) (Asked, *blocks.Mistake) {
	cleaned, wrong := typed.Clean(text)
	if wrong != nil {
		return Asked{}, wrong
	}
	all := typed.Words(cleaned)
	switch {
	case typed.IsHelp(cleaned):
		return Asked{Help: true}, nil
	case len(all) == 0:
		return Asked{}, nil
	case len(all) == 1 && all[0].Is("digest", "digests") && len(n.exactly(all[0].Text)) == 0:
		return Asked{Digests: true}, nil
	case len(all) > 1 && all[0].Is("digest"):
		name := typed.Plain(all[1:])
		if digest, ok := typed.Pick(name, n.Digests); ok {
			return Asked{Digest: digest}, nil
		}
		return Asked{}, unknown("digest", name, n.Digests, func(near string) string { return "digest " + near })
	}
	fields := typed.Fields(text) // what follows may be a reason
	if v, ok := VerbOf(fields[0]); ok {
		return n.order(v, fields[1:])
	}
	before, page := cutPage(all)
	if page == 0 {
		return n.read(all, fields)
	}
	if len(before) == 0 {
		return Asked{List: List{Page: page}}, nil
	}
	asked, mistake := n.read(before, fields[:len(fields)-2])
	if mistake == nil {
		asked.setPage(page)
	}
	return asked, mistake
}

// setPage sets the page of a list.
func (a *Asked) setPage(page int) {
	if a.Rule == "" {
		a.List.Page = page
	}
	if a.Rule != "" && a.Instance == "" {
		a.Page = page
	}
}

// read reads a list, the name of a budget, or a wish for a new or changed one.
func (n Names) read(all []typed.Word, fields []string) (Asked, *blocks.Mistake) {
	name := typed.Plain(all)
	means := n.named(fields, name)
	list := n.readList(all)
	switch {
	case list == nil:
	case len(means) == 0 || all[0].Is("all"):
		if list.wrong != nil {
			return Asked{}, list.wrong
		}
		return Asked{List: list.list}, nil
	case list.dated || list.list.CSV: // a name that looks like a month, or like csv, is that name
	case !slices.ContainsFunc(means, func(m Asked) bool { return m.List.Text() == list.list.Text() }):
		means = append(means, Asked{List: list.list})
	}
	if asked, wrong, found := n.readRuleIn(fields); found && len(means) == 0 {
		return asked, wrong
	}
	if asked, w, isSet := n.readSet(fields); isSet && len(means) == 0 && !all[0].Quoted {
		return n.setOr(asked, w)
	}
	if wrong := n.verbBehind(fields); wrong != nil && len(means) == 0 {
		return Asked{}, wrong
	}
	if len(means) == 0 {
		means = n.beginning(name)
	}
	switch len(means) {
	case 0:
		return Asked{}, n.unread(name, fields)
	case 1:
		return means[0], nil
	}
	return Asked{}, choice(name, means)
}

// setOr returns the wish for a budget, unless its name is misspelt or that of several, or its percentage may go up or down.
func (n Names) setOr(asked Asked, w wish) (Asked, *blocks.Mistake) {
	if asked.Rule != "" && w.isOpen() {
		return Asked{}, upOrDown(asked.Rule, asked.Instance, w.amount)
	}
	if wrong := n.unknownToSet(w); asked.Rule == "" && wrong != nil {
		return Asked{}, wrong
	}
	return asked, nil
}

// upOrDown asks in which direction a limit should change by a percentage.
func upOrDown(rule, instance, percent string) *blocks.Mistake {
	name := again("", rule, instance)
	return &blocks.Mistake{
		Sentence:  "Should " + blocks.Quote(name) + " go up or down by " + percent + "?",
		Corrected: []string{"raise " + name + " by " + percent, "lower " + name + " by " + percent},
	}
}

// unknownToSet offers the budgets that an unknown name may mean; nil if it may be the name of a new one.
func (n Names) unknownToSet(w wish) *blocks.Mistake {
	name, amount := splitWish(w.words)
	for len(name) > 0 && isFiller(name[0]) {
		name = name[1:]
	}
	if len(name) == 0 || slices.Contains(newWords, w.verb) && !w.isAmountFirst() {
		return nil
	}
	wrong := n.nearTo(Verb(w.verb), asTyped(name), nil)
	switch {
	case wrong == nil && w.direction() != "": // only a budget that there is can be raised or lowered
		return unknown("budget", asTyped(name), n.Rules, RuleText)
	case wrong == nil:
		return nil
	}
	if w.isAmountFirst() && w.direction() != "" {
		amount = append([]string{"by"}, amount...)
	}
	for i, offer := range wrong.Corrected {
		wrong.Corrected[i] = strings.Join(append([]string{offer}, amount...), " ")
	}
	return wrong
}

// nearTo offers the budgets that an unknown name after a verb may mean, or else those with near names; nil if there are none.
func (n Names) nearTo(v Verb, name string, reason []string) *blocks.Mistake {
	if m := n.meantTo(v, name, reason); m != nil {
		return m
	}
	if near := billing.Nearest(name, n.Rules); len(near) > 0 {
		return unknown("budget", name, n.Rules, func(rule string) string { return again(v, rule, "", n.kept(v, reason)...) })
	}
	return nil
}

// named returns everything that the whole text may mean as a name.
func (n Names) named(fields []string, name string) []Asked {
	if rule, instance, rest, found := n.find(fields); found && instance != "" && len(rest) == 0 {
		return []Asked{{Rule: rule, Instance: instance}}
	}
	if asTyped(fields) == "" {
		return nil
	}
	return n.exactly(name)
}

// verbBehind is the mistake of a verb after the name.
func (n Names) verbBehind(fields []string) *blocks.Mistake {
	rule, instance, rest, found := n.find(fields)
	if !found {
		rule, instance, rest, found = n.begun(fields)
	}
	if !found || len(rest) == 0 {
		return nil
	}
	v, isVerb := VerbOf(rest[0])
	if !isVerb {
		return nil
	}
	return &blocks.Mistake{
		Sentence:  fmt.Sprintf("%s comes before the name.", blocks.Quote(string(v))),
		Corrected: []string{again(v, rule, instance, n.kept(v, rest[1:])...)},
	}
}

// unread is the mistake of a text that is neither a list nor a name.
func (n Names) unread(name string, fields []string) *blocks.Mistake {
	if verb, near := misspelt(first(fields)); near && len(fields) > 1 {
		return &blocks.Mistake{
			Sentence:  fmt.Sprintf("I don't know %s.", blocks.Quote(fields[0])) + typed.DidYouMean([]string{verb}),
			Corrected: []string{strings.Join(append([]string{verb}, fields[1:]...), " ")},
		}
	}
	if len(fields) > 1 && strings.EqualFold(fields[0], "team") {
		return unknown("team", asTyped(fields[1:]), n.Teams, func(near string) string { return "team " + near })
	}
	if near := n.near(name); len(near) > 0 {
		return &blocks.Mistake{Sentence: fmt.Sprintf("There's no budget called %s.", blocks.Quote(name)) + typed.DidYouMean(near), Corrected: near}
	}
	if month := period.Unknown(strings.ToLower(name)); month != nil && !startsAmount(name) {
		return &blocks.Mistake{Sentence: month.Sentence, Corrected: month.Fixes}
	}
	return unknown("budget", name, n.Rules, RuleText)
}

// order reads the words after a verb: a rule, which of its budgets, and a reason or an end if the verb takes one.
func (n Names) order(v Verb, fields []string) (Asked, *blocks.Mistake) {
	if len(fields) == 0 {
		return Asked{}, n.ruleless(v)
	}
	rule, instance, rest, ok := n.find(fields)
	if !ok && !v.changes() {
		rule, instance, rest, ok = n.begun(fields)
		ok = ok && len(rest) == 0
	}
	switch {
	case !ok:
		return Asked{}, n.unknownTo(v, fields)
	case instance == "" && len(n.Instances[rule]) > 0:
		return Asked{}, n.withoutInstance(v, rule, rest)
	case v == VerbMute:
		until, wrong := n.muteUntil(rest)
		if wrong != nil {
			wrong.Corrected = []string{again(v, rule, instance)}
			return Asked{}, wrong
		}
		return Asked{Verb: v, Rule: rule, Instance: instance, Until: until}, nil
	case v != VerbAck && len(rest) > 0:
		return Asked{}, &blocks.Mistake{
			Sentence:  fmt.Sprintf("%s takes the name of one budget and nothing else.", blocks.Quote(string(v))),
			Corrected: []string{again(v, rule, instance)},
		}
	}
	return Asked{Verb: v, Rule: rule, Instance: instance, Reason: strings.Trim(strings.Join(rest, " "), `"“”„:–—- `)}, nil
}

// again returns the command as a person can type it again, with the words after the name.
func again(v Verb, rule, instance string, rest ...string) string {
	text := strings.TrimSpace(string(v) + " " + rule)
	if instance != "" {
		text += ": " + instance
	}
	return strings.Join(append([]string{text}, rest...), " ")
}

// WhichToUndo asks what to undo of a budget that is both acknowledged and muted.
func WhichToUndo(rule, instance string) *blocks.Mistake {
	return &blocks.Mistake{
		Sentence:  fmt.Sprintf("%s is acknowledged and muted. Which should I undo?", blocks.Quote(again("", rule, instance))),
		Corrected: []string{again(VerbUnack, rule, instance), again(VerbUnmute, rule, instance)},
	}
}

func (n Names) ruleless(v Verb) *blocks.Mistake {
	m := &blocks.Mistake{Sentence: fmt.Sprintf("%s needs the name of a budget.", blocks.Quote(string(v))), Hint: listed("budget", n.Rules)}
	if slices.Contains(n.Rules, string(v)) {
		m.Corrected = append(m.Corrected, RuleText(string(v)))
	}
	for _, rule := range n.Rules[:min(len(n.Rules), typed.MaxOffers-len(m.Corrected))] {
		m.Corrected = append(m.Corrected, again(v, rule, ""))
	}
	return m
}

// withoutInstance is the mistake of a rule with several budgets, without the name of one.
func (n Names) withoutInstance(v Verb, rule string, rest []string) *blocks.Mistake {
	instances := n.Instances[rule]
	m := &blocks.Mistake{
		Sentence: fmt.Sprintf("%s has several budgets. Pick one.", blocks.Quote(rule)),
		Hint:     "They are, the worst first: " + blocks.List(instances) + ".",
	}
	if len(rest) > 0 {
		if near := billing.Nearest(rest[0], instances); len(near) > 0 {
			instances, rest = near, rest[1:]
		}
	}
	rest = n.kept(v, rest)
	for _, instance := range instances[:min(len(instances), typed.MaxOffers)] {
		m.Corrected = append(m.Corrected, again(v, rule, instance, rest...))
	}
	return m
}

// meantTo offers the budgets whose names begin like this, if the verb changes something or if there are several; nil if there are none.
func (n Names) meantTo(v Verb, name string, reason []string) *blocks.Mistake {
	means := append(n.exactly(name), n.beginning(name)...)
	if len(means) == 1 && means[0].Instance == "" && len(n.Instances[means[0].Rule]) > 0 {
		return n.withoutInstance(v, means[0].Rule, reason)
	}
	reason = n.kept(v, reason)
	m := &blocks.Mistake{Sentence: fmt.Sprintf("%s needs the whole name of a budget.", blocks.Quote(string(v)))}
	var near []string
	for _, meant := range means {
		for _, rule := range n.rulesOf(meant) {
			if offer := again(v, rule, meant.Instance+meant.List.Instance, reason...); !slices.Contains(m.Corrected, offer) && len(near) < typed.MaxOffers {
				m.Corrected, near = append(m.Corrected, offer), append(near, again("", rule, meant.Instance+meant.List.Instance))
			}
		}
	}
	if len(near) == 0 {
		return nil
	}
	if len(near) > 1 {
		m.Sentence = severalThings(name, len(near))
		return m
	}
	m.Sentence += typed.DidYouMean(near)
	return m
}

// rulesOf returns the rules of everything that is meant; none for a team.
func (n Names) rulesOf(meant Asked) []string {
	if meant.Rule != "" {
		return []string{meant.Rule}
	}
	return slices.DeleteFunc(slices.Clone(n.Rules), func(rule string) bool { return !slices.Contains(n.Instances[rule], meant.List.Instance) })
}

// unknownTo is the mistake of a verb with an unknown rule: everything after it may be the misspelt name, or only the first word.
func (n Names) unknownTo(v Verb, fields []string) *blocks.Mistake {
	for i := min(len(fields), maxFields); i > 0; i-- {
		if m := n.meantTo(v, asTyped(fields[:i]), fields[i:]); m != nil {
			return m
		}
	}
	name, reason := strings.Join(fields, " "), []string(nil)
	if len(billing.Nearest(name, n.Rules)) == 0 && len(billing.Nearest(fields[0], n.Rules)) > 0 {
		name, reason = fields[0], fields[1:]
	}
	return unknown("budget", name, n.Rules, func(rule string) string { return again(v, rule, "", n.kept(v, reason)...) })
}

// AsksFastly reports whether the text may take longer, since the answer needs Fastly, such as for a month that is over, or is sent as a file.
func AsksFastly(text string) bool {
	word := FirstWord(text)
	if v, isVerb := VerbOf(word); isVerb {
		return v == VerbTry
	}
	return word == "digest" && len(typed.Fields(text)) > 1 || typed.IsHelp(word) || hasPeriod(text) || AsksFile(text)
}

// AsksFile reports whether the text may ask for a file.
func AsksFile(text string) bool {
	cleaned, tooLong := typed.Clean(text)
	all := typed.Words(cleaned)
	_, isVerb := VerbOf(FirstWord(text))
	return tooLong == nil && !isVerb && slices.ContainsFunc(all, typed.Word.IsFile)
}

// FirstWord is the first word of a text, in lower case.
func FirstWord(text string) string { return strings.ToLower(first(typed.Fields(text))) }
