package budgetview

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// Setting is a person's wish for a new or changed budget.
type Setting struct {
	// Rule is the rule that the person named; nil for a new one, or if they named none.
	Rule     *rules.Rule
	Instance rules.Instance // which of its budgets, if it has several
	Month    billing.Month  // the running month
	// Wanted is the amount or the change that the person named; nil if they named none, or if it cannot be read for the reason in Fault. Doubt says what
	// else they may have meant.
	Wanted       *billing.Step
	Fault, Doubt string
	// RulesURL is where people find the rules file, which may be unknown.
	RulesURL string
	Command  string // the slash command's name, such as "/budget"
}

// Message says where budgets are set, and what to write there.
func (s Setting) Message() blocks.Message {
	lines := []string{blocks.Bold("Budgets Are Set in the Rules File"), s.where()}
	if s.Fault != "" {
		lines = append(lines, blocks.Capital(blocks.Prose(s.Fault))+".")
	}
	switch {
	case s.Rule == nil:
		lines = append(lines, "A new rule needs a name of its own, what it counts and a budget:", blocks.Code(s.newRule()))
		lines = append(lines, "To change a budget that you have, name it: "+blocks.Code(s.Command+" raise NAME by 10%")+".")
	case s.Rule.Kind != rules.RuleBudget:
		lines = append(lines, blocks.Code(s.Rule.Name)+" isn't a budget, so it has no amount.")
	default:
		lines = append(lines, s.change()...)
	}
	if s.Doubt != "" {
		lines = append(lines, blocks.Capital(blocks.Prose(s.Doubt))+".")
	}
	m := blocks.Note(lines...)
	m.Text = "Budgets are set in the rules file. " + s.where()
	m.Blocks = append(m.Blocks, blocks.Context("facts", "I read the rules file when I start")...)
	return m
}

// where is a link to the rule in the file, or to the file.
func (s Setting) where() string {
	if s.Rule == nil {
		place := "the rules file"
		if s.RulesURL != "" {
			place = blocks.Link(s.RulesURL, place)
		}
		return "I can't change them from Slack. Edit " + place + "."
	}
	return "I can't change them from Slack. Edit " + blocks.Code(s.Rule.Name) + " in " + ruleLine(s.RulesURL, s.Rule.Line) + "."
}

// change says what to write for the wanted amount, or what the file has now.
func (s Setting) change() []string {
	now := s.Rule.BudgetOf(s.Month, s.Instance)
	today := "It's " + blocks.Code(now.String()) + " now. "
	unchanged := []string{today + "Write the new amount in this line:", blocks.Code(s.line(now))}
	if s.Wanted == nil {
		return unchanged
	}
	if !s.Wanted.Fits(now) {
		return append([]string{blocks.Code(s.Wanted.Figure()) + " isn't in its unit."}, unchanged...)
	}
	amount, how, err := s.Wanted.From(now)
	switch {
	case err != nil:
		return append([]string{blocks.Capital(err.Error()) + "."}, unchanged...)
	case amount.Value.Equal(now.Value):
		return []string{"It's " + blocks.Code(now.String()) + " already: " + blocks.Code(s.line(now))}
	case how != "":
		today = how + blocks.Code(amount.String()) + ". "
	}
	return []string{today + "Replace its line with this one:", blocks.Code(s.line(amount)), s.exceptions()}
}

// exceptions says that a new limit for all services or teams leaves those of some as they are.
func (s Setting) exceptions() string {
	if s.Instance.Name != "" || len(s.Rule.Except) == 0 {
		return ""
	}
	return "The limits under " + blocks.Code("except:") + " stay as they are."
}

// line returns the line of the file with the amount in it, and with the rule's other amounts unchanged.
func (s Setting) line(amount billing.Amount) string {
	if s.Instance.Name != "" {
		except := maps.Clone(s.Rule.Except)
		if except == nil {
			except = map[string]billing.Amount{}
		}
		except[s.exception()] = amount
		return "except: " + flow(except, "")
	}
	if len(s.Rule.Months) == 0 {
		return "budget: " + amount.String()
	}
	months, usual := map[string]billing.Amount{}, s.Rule.Budget
	for month, of := range s.Rule.Months {
		months[month.String()] = of
	}
	if _, differs := s.Rule.Months[s.Month]; differs {
		months[s.Month.String()] = amount
	} else {
		usual = amount
	}
	return "budget: " + flow(months, "default: "+usual.String())
}

// exception returns the key under except: for the instance.
func (s Setting) exception() string {
	for _, key := range []string{s.Instance.ServiceID, s.Instance.Name, s.Instance.ServiceName()} {
		if _, excepted := s.Rule.Except[key]; excepted && key != "" {
			return key
		}
	}
	if s.Instance.ServiceName() != s.Instance.Name {
		return s.Instance.ServiceID // other services have this name
	}
	return s.Instance.Name
}

// newRule is a small rule to begin with.
func (s Setting) newRule() string {
	amount := "500 TB"
	if s.Wanted != nil && s.Wanted.Amount.Kind == billing.Bytes {
		amount = s.Wanted.Amount.String()
	}
	return fmt.Sprintf("- {name: my-budget, product: cdn_usage, usage_type: North America Bandwidth, budget: %s, channel: cdn-budget}", amount)
}

// plainKey matches a name that YAML reads as a text without quotes.
var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$|^\d{4}-\d{2}$`)

// flow writes amounts as a YAML mapping in one line, with the given entry first.
func flow(amounts map[string]billing.Amount, head string) string {
	var entries []string
	if head != "" {
		entries = append(entries, head)
	}
	for _, key := range slices.Sorted(maps.Keys(amounts)) {
		name := key
		if !plainKey.MatchString(key) {
			name = "'" + strings.ReplaceAll(key, "'", "''") + "'"
		}
		entries = append(entries, name+": "+amounts[key].String())
	}
	return "{" + strings.Join(entries, ", ") + "}"
}

// ruleLine names the line of a rule, as a link if the file has an address.
func ruleLine(url string, line int) string {
	if line == 0 && url == "" {
		return "the rules file"
	}
	if line == 0 {
		return blocks.Link(url, "the rules file")
	}
	place := fmt.Sprintf("line %d of the rules file", line)
	if url == "" {
		return place
	}
	return blocks.Link(fmt.Sprintf("%s#L%d", url, line), place)
}
