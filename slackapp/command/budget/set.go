package budget

import (
	"regexp"
	"slices"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// wish is what a person wants of a budget.
type wish struct {
	verb   string   // empty if there is none
	words  []string // after the verb
	joint  string   // "by" or "to" before the amount; empty if there is neither
	amount string   // as typed, a percentage as "10%"; empty if there is none
	sign   string   // "+" or "-" before the amount
}

// What people may write in a wish for a budget: words without a meaning, words before the amount, and the verbs of a new budget, of a higher limit and of a
// lower one.
var (
	setFiller  = []string{"the", "a", "budget", "limit", "of", "for", "is", "=", ":"}
	joints     = []string{"by", "to"}
	newWords   = []string{"add", "new", "create"}
	raiseWords = []string{"raise", "increase", "add"}
	lowerWords = []string{"lower", "decrease", "reduce"}
)

// percentage is a change in percent, in the ways in which people write it.
var percentage = regexp.MustCompile(`(?i)^(\d+(?:\.\d+)?) ?(?:%|percent|pct)$`)

// readSet reads a wish for a new or changed budget: "set na-bandwidth 600 TB", "add 50 TB to na-bandwidth", or a name and an amount.
func (n Names) readSet(fields []string) (Asked, wish, bool) {
	var verb string
	if isSetWord(first(fields)) {
		verb, fields = strings.ToLower(strings.TrimRight(fields[0], ".:,!")), fields[1:]
	}
	rule, instance, amount, found := n.wished(fields, verb != "" || endsInUnit(fields))
	if !found {
		_, amount = splitWish(fields)
	}
	w := readWish(verb, amount)
	w.words = fields
	asked := Asked{Set: true, Rule: rule, Instance: instance, Amount: w.amount}
	if found {
		asked.Way = w.way()
	}
	return asked, w, verb != "" || found && w.amount != ""
}

// endsInUnit reports whether a text ends with an amount and its unit, so that nothing but a wish can be meant: "asia 10%", "asia 550 TB".
func endsInUnit(fields []string) bool {
	_, amount := splitWish(fields)
	text := strings.Join(amount, " ")
	return startsAmount(text) && !strings.ContainsAny(text[len(text)-1:], "0123456789")
}

// wished finds the budget that a wish is about, and the words about its amount. begun means that the beginning of a name will do.
func (n Names) wished(fields []string, begun bool) (rule, instance string, amount []string, found bool) {
	name, rest := fields, []string(nil)
	if startsAmount(first(fields)) {
		name, rest = splitWish(fields)
	}
	for {
		if rule, instance, amount, found = n.find(name); found {
			break
		}
		if len(name) < 2 || !isFiller(name[0]) {
			break
		}
		name = name[1:]
	}
	if means := n.beginning(first(name)); !found && begun && len(means) == 1 && means[0].Rule != "" {
		rule, instance, amount, found = means[0].Rule, means[0].Instance, name[1:], true
	}
	return rule, instance, append(slices.Clone(rest), amount...), found
}

// splitWish splits a wish into the name of a budget and the words about its amount, in either order: "asia by 50 TB", "50 TB to asia".
func splitWish(fields []string) (name, amount []string) {
	if startsAmount(first(fields)) {
		at := slices.IndexFunc(fields, func(field string) bool { return isJoint(field) || isFiller(field) })
		if at < 0 {
			return nil, fields
		}
		return fields[at+1:], fields[:at]
	}
	at := slices.IndexFunc(fields, startsAmount)
	if at < 0 {
		return fields, nil
	}
	for at > 0 && (isJoint(fields[at-1]) || isFiller(fields[at-1])) {
		at--
	}
	return fields[:at], fields[at:]
}

// readWish reads the words about the amount.
func readWish(verb string, words []string) wish {
	w := wish{verb: verb}
	for _, word := range words {
		if isJoint(word) {
			w.joint = strings.ToLower(word)
		}
	}
	text := strings.Join(slices.DeleteFunc(slices.Clone(words), func(word string) bool { return isJoint(word) || isFiller(word) }), " ")
	if !startsAmount(text) {
		return w
	}
	if sign := signOf(text); sign != "" && w.direction() != "" && w.direction() != sign {
		w.amount = blocks.Clip(text, blocks.MaxQuoted) // "raise by -5 TB" is no amount
		return w
	}
	w.sign, text = signOf(text), strings.TrimLeft(text, "+-−– ")
	if m := percentage.FindStringSubmatch(text); m != nil {
		text = m[1] + "%"
	}
	w.amount = blocks.Clip(text, blocks.MaxQuoted)
	return w
}

// direction is the sign that the verb stands for; empty if it may be either.
func (w wish) direction() string {
	switch {
	case slices.Contains(raiseWords, w.verb):
		return "+"
	case slices.Contains(lowerWords, w.verb):
		return "-"
	}
	return ""
}

// isAmountFirst reports whether the amount stands before the name: "add 50 TB to asia".
func (w wish) isAmountFirst() bool { return startsAmount(first(w.words)) }

func (w wish) isPercent() bool { return strings.HasSuffix(w.amount, "%") }

// isOpen reports whether it is not said if a percentage is added or taken away.
func (w wish) isOpen() bool {
	return w.isPercent() && w.joint == "" && w.sign == "" && w.direction() == ""
}

func (w wish) way() billing.Way {
	isStep := w.joint == "by" || w.sign != "" || w.joint == "" && (w.isPercent() || w.isAmountFirst() && w.direction() != "")
	switch {
	case isStep && (w.direction() == "-" || w.sign == "-"):
		return billing.WayDown
	case isStep:
		return billing.WayUp
	case w.direction() == "+" && w.joint == "":
		return billing.WayRaise
	}
	return billing.WayTo
}

func first(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

func isFiller(field string) bool { return slices.Contains(setFiller, strings.ToLower(field)) }

func isJoint(field string) bool { return slices.Contains(joints, strings.ToLower(field)) }

// signOf is the sign before an amount.
func signOf(text string) string {
	switch {
	case strings.HasPrefix(text, "+"):
		return "+"
	case strings.HasPrefix(text, "-"), strings.HasPrefix(text, "−"), strings.HasPrefix(text, "–"):
		return "-"
	}
	return ""
}

// startsAmount reports whether a text may be an amount: a figure, with or without a sign or a currency before it.
func startsAmount(text string) bool {
	text = strings.TrimLeft(text, "+-−–$€£ ")
	return text != "" && text[0] >= '0' && text[0] <= '9'
}
