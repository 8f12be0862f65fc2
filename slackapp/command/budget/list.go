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

// List says which budgets a list has. The zero value has those of the channel, or all if the channel has none; each field narrows it.
type List struct {
	All bool // of every channel, unless something else narrows it
	// States are the states that a budget may be in, in the words of StateWords; none allows any.
	States   []string
	Mine     bool   // owned by the person, or by a group of theirs
	Here     bool   // that post in the channel of the command
	Channel  string // that post in this channel: a name without "#", or an id
	Team     string
	Instance string // of a service, or of a team, in whichever rule
	Rule     string // of this rule; set only with Month or CSV
	// Month is a month that is over, to see how its budgets ended; zero is the running month.
	Month billing.Month
	CSV   bool // as a file, with every page
	Page  int  // from 1; 0 is the first
}

// IsOfChannel reports whether nothing narrows the list, and nobody asked for all.
func (l List) IsOfChannel() bool { return !l.All && l.Rule == "" && len(l.Names()) == 0 }

// Names returns what narrows the list, in the order in which people type it: "over", "team shop".
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

// Text is the list as a person can type it, without the page. It begins with all, and has "in" before a month and "as" before csv, so that none of it
// reads as a name.
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

// ruleText names the list's only rule and the budget meant, in quotes, so that they read as nothing else.
func (l List) ruleText() string { return strings.TrimSuffix(`"`+l.Rule+`": `+l.Instance, ": ") }

// PageText is the command that shows one page of the text's list.
func PageText(text string, page int) string {
	return strings.TrimSpace(fmt.Sprintf("%s page %d", text, page))
}

// inQuotes returns a name as a person can type it after the word for its kind.
func inQuotes(name string) string {
	if plain := strings.ReplaceAll(name, `"`, " "); strings.ContainsAny(plain, " ") || len(typed.Words(plain)) != 1 || typed.Words(plain)[0].Text != plain {
		return `"` + plain + `"`
	}
	return name
}

// StateWords are the states that narrow a list, each with its words. The first word is the state's own name.
var StateWords = [][]string{
	{"over", "over budget"},
	{"likely over", "likely", "likely to end over"},
	{"may end over"},
	{"threshold reached", "past a threshold"},
	{"no data", "without a current figure", "no figure", "no fresh data", "unknown", "stale"},
	{"ahead of pace", "ahead of an even pace", "ahead"},
	{"on course"},
}

// listWords are the words that ask for a list, each with how it narrows that.
var listWords = map[string]func(*List){
	"all": everything, "list": everything, "status": everything, "report": everything, "everything": everything,
	"mine": mine, "my": mine, "my budgets": mine,
	"here": here, "this channel": here, "in this channel": here,
}

func everything(l *List) { l.All = true }
func mine(l *List)       { l.Mine = true }
func here(l *List)       { l.Here = true }

// idleWords have no meaning in a list.
var idleWords = []string{"budget", "budgets", "and", "or", "in", "of", "the", "that", "are", "show", "only"}

// listReader reads the words of a list, one after the other.
type listReader struct {
	names Names
	all   []typed.Word
	words []typed.Word // not read yet
	list  List
	found bool            // there was something other than idle words
	dated bool            // there was a period, or a mistaken one
	wrong *blocks.Mistake // what is wrong with the period
}

// readList reads words as a list, whose month may be wrong; nil if one of the words belongs in no list.
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

// phrase reads the words of a phrase, if the list goes on with them.
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

// state reads the longest phrase for a state.
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

// file reads "csv", "as csv" and the like.
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

// channel reads "#cdn-budget", or a channel as Slack may write it, "<#C0CDN0001|cdn-budget>".
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

// ofService reads "service video-vod", the name of any rule's budget.
func (r *listReader) ofService() bool {
	var names []string
	for _, instances := range r.names.Instances {
		names = append(names, instances...)
	}
	slices.Sort(names)
	return r.named("service", slices.Compact(names), &r.list.Instance)
}

// named reads a word and the longest of the names after it.
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
