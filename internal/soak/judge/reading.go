package judge

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"budgetbot/internal/slacksim"
)

// kind is what sort of thing a message says.
type kind string

const (
	aboutThreshold kind = "threshold" // a budget has reached a threshold
	aboutForecast  kind = "forecast"  // a month is likely to end above a budget
	aboutRestated  kind = "restated"  // a closed month has changed
	aboutAnswer    kind = "answer"    // in a thread: what somebody has done about a budget
	aboutSummary   kind = "summary"   // what an edit of the rules has put past a threshold
	aboutOther     kind = "other"     // to the operators: what the bot watches, and what it cannot do
	notRead        kind = "not understood"
)

// notice is one thing that a message says of a budget. A message that lists budgets has several.
type notice struct {
	Kind      kind
	Rule      string
	Month     string // written 2006-01
	threshold int    // the highest that it names, in percent; 0 for none
	// listed tells that it is one line of several. Such a line of a budget past a threshold may be there for its forecast.
	listed bool
	// likely tells that it calls the month likely to end above the budget.
	likely bool
	// counted is up to when the figures count, as the message has it.
	counted string
	post    *Post
}

// Post is a message as it stood when it was posted.
type Post struct {
	Channel string // by name
	At      time.Time
	Wall    time.Time
	id      string // of the delivery, which stands in the metadata; empty where there is none
	reason  string // why it was posted, which stands there, too
	ts      string // of the message, which an edit keeps
	Text    string
	blocks  string
	// broadcast and reply tell where in the channel it is.
	broadcast, reply bool
	// perhaps tells that it says that it may be a repeat.
	perhaps bool
}

// Message is a post with what it says.
type Message struct {
	Post
	Notices []notice
}

var (
	ruleAtEnd = regexp.MustCompile(`Rule ([a-z0-9-]+)\.$`)
	shareUsed = regexp.MustCompile(`([\d,]+)% of (January|February|March|April|May|June|July|August|September|October|November|December)'s`)
	restates  = regexp.MustCompile(`Fastly restated (\w+) `)
	closes    = regexp.MustCompile(`(\w+) is closed: .*, ([\d,]+)%\. Rule`)
	listOf    = regexp.MustCompile(`^\d+ budgets? (?:crossed a threshold|likely to go over|crossed a threshold or are likely to go over)(?: in (\w+))?: `)
	state     = regexp.MustCompile(`^(Past \d+%.*|Over Budget)$|^(Likely Over|on Course|–)$`)
	summary   = regexp.MustCompile(`^Rules were added or changed\.`)
	likely    = regexp.MustCompile(`Likely Over(?:, [^"*]*% Used)?["*]`)
	percent   = regexp.MustCompile(`([\d,]+)% of \w+'s|, ([\d,]+)%\. Rule`)
	answers   = regexp.MustCompile(`: (?:Acknowledged by |Muted until )|> (?:withdrew|unmuted) `)
	dataTo    = regexp.MustCompile(`(?:Data to|Bill as of) <!date\^(\d+)\^`)
)

// mayRepeat is what stands under a message that may be there already.
const mayRepeat = "I was interrupted while posting this, so it may be a repeat."

// ReadMessage reads a message of the bot as a person does.
func ReadMessage(p Post) Message {
	h := Message{Post: p}
	facts, perhaps := strings.CutSuffix(smallType(p.blocks), mayRepeat)
	if text, found := strings.CutSuffix(p.Text, " ("+mayRepeat+")"); found && perhaps {
		h.Text, h.perhaps = text, true
		p.Text = text
	}
	switch rule, used := ruleAtEnd.FindStringSubmatch(p.Text), shareUsed.FindStringSubmatch(p.Text); {
	case p.Channel == Operators:
		h.add(notice{Kind: aboutOther})
	case p.reply && !p.broadcast && answers.MatchString(p.Text):
		h.add(notice{Kind: aboutAnswer})
	case summary.MatchString(p.Text):
		h.add(notice{Kind: aboutSummary})
	case listOf.MatchString(p.Text):
		h.list(listOf.FindStringSubmatch(p.Text)[1], facts)
	case rule != nil && restates.MatchString(p.Text):
		h.add(notice{Kind: aboutRestated, Rule: rule[1], Month: p.month(restates.FindStringSubmatch(p.Text)[1])})
	case rule != nil && closes.MatchString(p.Text) && isThreshold(p.reason): // its last day has brought it there
		closed := closes.FindStringSubmatch(p.Text)
		h.add(notice{Kind: aboutThreshold, Rule: rule[1], Month: p.month(closed[1]), threshold: thresholdOf(closed[2])})
	case rule != nil && used != nil && isThreshold(p.reason):
		h.add(notice{Kind: aboutThreshold, Rule: rule[1], Month: p.month(used[2]), threshold: thresholdOf(used[1])})
	case rule != nil && used != nil && strings.HasPrefix(p.reason, "likely to end above"):
		h.add(notice{Kind: aboutForecast, Rule: rule[1], Month: p.month(used[2])})
	default:
		h.add(notice{Kind: notRead})
	}
	return h
}

func isThreshold(reason string) bool {
	return reason == "first threshold reached" || reason == "higher threshold reached"
}

func (h *Message) add(s notice) {
	s.post, s.counted = &h.Post, dataTo.FindString(smallType(h.blocks))
	s.likely = s.likely || !s.listed && likely.MatchString(h.blocks)
	h.Notices = append(h.Notices, s)
}

// list reads the table of a message that names several budgets. A month that is over it names; another one is that of the figures.
func (h *Message) list(over, facts string) {
	month := MonthOf(h.At)
	if counted := dataTo.FindStringSubmatch(facts); over != "" {
		month = h.month(over)
	} else if counted != nil {
		month = monthCounted(counted[1])
	}
	for _, row := range table(h.blocks) { // budget, used, limit, perhaps the likely end, state
		stands := state.FindStringSubmatch(row[len(row)-1])
		if len(row) < 4 || stands == nil {
			h.add(notice{Kind: notRead})
			return
		}
		next := notice{Kind: aboutForecast, Rule: row[0], Month: month, listed: true, likely: strings.HasSuffix(stands[0], "Likely Over")}
		if stands[1] != "" {
			next.Kind, next.threshold = aboutThreshold, thresholdOf(strings.TrimSuffix(row[1], "%"))
		}
		h.add(next)
	}
	if len(h.Notices) == 0 {
		h.add(notice{Kind: notRead})
	}
}

// monthCounted is the month of the last moment before an instant in unix time.
func monthCounted(unix string) string {
	seconds, err := strconv.ParseInt(unix, 10, 64)
	if err != nil {
		return ""
	}
	return MonthOf(time.Unix(seconds-1, 0))
}

// month is the latest of that name that has begun when the message was posted.
func (p *Post) month(name string) string {
	named, err := time.Parse("January", name)
	if err != nil {
		return ""
	}
	year := p.At.UTC().Year()
	if named.Month() > p.At.UTC().Month() {
		year--
	}
	return fmt.Sprintf("%d-%02d", year, named.Month())
}

// thresholdOf is the highest threshold that so many percent have reached.
func thresholdOf(percent string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(percent, ",", ""))
	reached := 0
	for _, threshold := range thresholds {
		if err == nil && n >= threshold {
			reached = threshold
		}
	}
	return reached
}

// block is as much of a message's blocks as is read.
type block struct {
	Type     string `json:"type"`
	Elements []struct {
		Text string `json:"text"`
	} `json:"elements"`
	Rows [][]struct {
		Text string `json:"text"`
	} `json:"rows"`
}

func blocksOf(text string) []block {
	var blocks []block
	_ = json.Unmarshal([]byte(text), &blocks) // what cannot be read is not understood
	return blocks
}

// between stands between the facts in small type.
const between = " · "

// smallType is what stands in small type.
func smallType(blocks string) string {
	var texts []string
	for _, b := range blocksOf(blocks) {
		for _, e := range b.Elements {
			if b.Type == "context" {
				texts = append(texts, e.Text)
			}
		}
	}
	return strings.Join(texts, between)
}

// table is the cells of plain text; the header, which is rich text, has none.
func table(blocks string) [][]string {
	var rows [][]string
	for _, b := range blocksOf(blocks) {
		for _, r := range b.Rows {
			var cells []string
			for _, cell := range r {
				if cell.Text != "" {
					cells = append(cells, cell.Text)
				}
			}
			if len(cells) > 0 {
				rows = append(rows, cells)
			}
		}
	}
	return rows
}

// PostOf takes from a message of the simulated workspace what counts.
func PostOf(m slacksim.Message, channel string, at, wall time.Time) Post {
	p := Post{
		Channel: channel, At: at, Wall: wall, ts: m.TS, Text: m.Text, blocks: string(m.Blocks), broadcast: m.Broadcast, reply: m.ThreadTS != "",
	}
	var metadata struct {
		Payload struct {
			ID     string `json:"id"`
			Reason string `json:"reason"`
		} `json:"event_payload"`
	}
	if json.Unmarshal(m.Metadata, &metadata) == nil {
		p.id, p.reason = metadata.Payload.ID, metadata.Payload.Reason
	}
	return p
}
