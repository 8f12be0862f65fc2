package budget

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// List is which budgets a list has. The zero one has those of the channel, or all of them where the channel has none; each field narrows it.
type List struct {
	All bool // of every channel, unless something else narrows it
	// States are the states that a budget may be in, in the words of StateWords; none allows any.
	States   []string
	Mine     bool   // whose owner is the person, or a group of theirs
	Here     bool   // that post in the channel that the command was typed in
	Channel  string // that post there: a name without "#", or an id
	Team     string
	Instance string // of a service, or of a team, in whichever rule
	Rule     string // of this rule alone; set only where Month or CSV is
	// Month is a month that is over, to see how its budgets ended; zero is the month that runs.
	Month billing.Month
	CSV   bool // as a file, with every page
	Page  int  // from 1; 0 is the first
}

// IsOfChannel reports whether nothing narrows the list, and nobody asked for all.
func (l List) IsOfChannel() bool { return !l.All && l.Rule == "" && len(l.Names()) == 0 }

// Names are what narrows the list, in the order in which they are typed: "over", "team shop".
func (l List) Names() []string {
	names := slices.Clone(l.States)
	if l.Mine {
		names = append(names, "mine")
	}
	if l.Here {
		names = append(names, "here")
	}
	if l.Team != "" {
		names = append(names, "team "+inQuotes(l.Team))
	}
	if l.Instance != "" {
		names = append(names, "service "+inQuotes(l.Instance))
	}
	if l.Channel != "" {
		names = append(names, "#"+l.Channel)
	}
	return names
}

// Text is the list as it can be typed, but for the page. It begins with all, or has a month behind "in" and csv
// behind "as", so that no name can be read into it.
func (l List) Text() string {
	names := l.Names()
	switch {
	case l.Rule != "":
		names = []string{l.ruleText()}
	case l.All || len(names) > 0:
		names = append([]string{"all"}, names...)
	}
	if !l.Month.IsZero() {
		names = append(names, "in "+l.Month.String())
	}
	if l.CSV {
		names = append(names, "as csv")
	}
	return strings.Join(names, " ")
}

// ruleText is the name of the list's only rule, in quotes, so that it is nothing else, with which of its budgets is meant.
func (l List) ruleText() string { return strings.TrimSuffix(`"`+l.Rule+`": `+l.Instance, ": ") }

// PageText is the command that shows a page of what the text shows.
func PageText(text string, page int) string {
	return strings.TrimSpace(fmt.Sprintf("%s page %d", text, page))
}

// inQuotes returns a name as it can be typed behind the word that says what it is.
func inQuotes(name string) string {
	if plain := strings.ReplaceAll(name, `"`, " "); strings.ContainsAny(plain, " ") || len(typed.Words(plain)) != 1 || typed.Words(plain)[0].Text != plain {
		return `"` + plain + `"`
	}
	return name
}

// StateWords are the states that a list can be narrowed to, each with the words for it. The first of them is the state's own name.
var StateWords = [][]string{
	{"over", "over budget"},
	{"likely over", "likely", "likely to end over"},
	{"may end over"},
	{"threshold reached", "past a threshold"},
	{"no data", "without a current figure", "no figure", "no fresh data", "unknown", "stale"},
	{"ahead of pace", "ahead of an even pace", "ahead"},
	{"on course"},
}

// listWords ask for a list, each with what it narrows that to.
var listWords = map[string]func(*List){
	"all": everything, "list": everything, "status": everything, "report": everything, "everything": everything,
	"mine": mine, "my": mine, "my budgets": mine,
	"here": here, "this channel": here, "in this channel": here,
}

func everything(l *List) { l.All = true }
func mine(l *List)       { l.Mine = true }
func here(l *List)       { l.Here = true }

// idleWords stand in a list without a meaning of their own.
var idleWords = []string{"budget", "budgets", "and", "or", "in", "of", "the", "that", "are", "show", "only"}

// listReader reads the words of a list, one after the other.
type listReader struct {
	names Names
	all   []typed.Word
	words []typed.Word // those that are not read yet
	list  List
	found bool            // something other than idle words
	dated bool            // a period, be it one that there is not
	wrong *blocks.Mistake // what is wrong with the period
}

// readList reads words as a list; nil where one of them has no place there. There may be something wrong with the month of a list.
func (n Names) readList(all []typed.Word) *listReader {
	r := listReader{names: n, all: all, words: all}
	for len(r.words) > 0 {
		read := r.state() || r.listWord() || r.channel() || r.named("team", n.Teams, &r.list.Team) || r.ofService() || r.file() || r.period()
		switch {
		case read:
			r.found = true
		case r.words[0].Is(idleWords...):
			r.words = r.words[1:]
		default:
			return nil
		}
	}
	if !r.found {
		return nil
	}
	r.refuseForecasts()
	return &r
}

// phrase takes the words of a phrase from the front.
func (r *listReader) phrase(phrase string) bool {
	fields := strings.Fields(phrase)
	if len(fields) > len(r.words) {
		return false
	}
	for i, field := range fields {
		if !r.words[i].Is(field) {
			return false
		}
	}
	r.words = r.words[len(fields):]
	return true
}

// state takes the longest phrase for a state.
func (r *listReader) state() bool {
	name, longest := "", ""
	for _, all := range StateWords {
		for _, phrase := range all {
			ahead := *r
			if len(phrase) > len(longest) && ahead.phrase(phrase) {
				name, longest = all[0], phrase
			}
		}
	}
	if name != "" && !slices.Contains(r.list.States, name) {
		r.list.States = append(r.list.States, name)
	}
	return name != "" && r.phrase(longest)
}

// file takes "csv", "as csv" and the like.
func (r *listReader) file() bool {
	n := typed.LeadingFile(r.words)
	r.list.CSV, r.words = r.list.CSV || n > 0, r.words[n:]
	return n > 0
}

func (r *listReader) listWord() bool {
	longest := ""
	for phrase := range listWords {
		ahead := *r
		if len(phrase) > len(longest) && ahead.phrase(phrase) {
			longest = phrase
		}
	}
	if longest != "" {
		listWords[longest](&r.list)
	}
	return longest != "" && r.phrase(longest)
}

// channel takes "#cdn-budget", or the form that Slack may give a channel, "<#C0CDN0001|cdn-budget>".
func (r *listReader) channel() bool {
	name := strings.Trim(r.words[0].Text, "<>")
	name, _, _ = strings.Cut(name, "|")
	name, isChannel := strings.CutPrefix(name, "#")
	if !isChannel || name == "" || r.words[0].Quoted {
		return false
	}
	r.list.Channel, r.words = name, r.words[1:]
	return true
}

// ofService takes "service video-vod", by the name of any rule's budget.
func (r *listReader) ofService() bool {
	var names []string
	for _, instances := range r.names.Instances {
		names = append(names, instances...)
	}
	slices.Sort(names)
	return r.named("service", slices.Compact(names), &r.list.Instance)
}

// named takes a word and one of the names behind it, the longest first.
func (r *listReader) named(what string, names []string, found *string) bool {
	if len(r.words) < 2 || !r.words[0].Is(what) {
		return false
	}
	for i := min(len(r.words), maxFields+1); i > 1; i-- {
		if name, ok := typed.Pick(typed.Plain(r.words[1:i]), names); ok {
			*found, r.words = name, r.words[i:]
			return true
		}
	}
	return false
}

// cutPage cuts "page 2" from the end.
func cutPage(all []typed.Word) (before []typed.Word, page int) {
	if at := len(all) - 2; at >= 0 && all[at].Is("page") && !all[at+1].Quoted {
		if page, err := strconv.Atoi(all[at+1].Text); err == nil && page > 0 {
			return all[:at], page
		}
	}
	return all, 0
}
