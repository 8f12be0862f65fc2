package main

import (
	"fmt"
	"slices"
	"time"
)

// What the checker allows for, in wall time.
const (
	// patience is how long after a crossing, at the latest, it has to be in the channel. A replica that is killed during a check has
	// the others wait for the lease of 45 s, one that is killed while it delivers for up to 35 s; 10 s are for the rest.
	patience = 90 * time.Second
	// settles is how long a look at the figures must have been left in peace to count as one that was seen through.
	settles = 3 * time.Second
	// longestBlind is how long nobody may look at the figures at all.
	longestBlind = 90 * time.Second
)

// look is a true answer about a month that Fastly gave to the service, when nothing went wrong around it.
type look struct {
	month string
	at    time.Time // business time
}

// evidence is what a group's world has seen.
type evidence struct {
	clock     clock
	rules     []rule
	crossings []crossing
	firstLook time.Time // business time of the first answer; what was crossed by then is the past
	looks     []look    // only those that were seen through
	heard     []heard
	silences  []silence
	moved     time.Time // when the rules of the closed channel were given another one, in wall time; zero is never
}

// verdict is how what was said compares with what had to be.
type verdict struct {
	expected, posted, missing, doubled, late int
	past                                     int // crossings that were so already when the service first looked
	untold                                   int // crossings that were over before they had to be seen and said, and were not
	besides                                  int // of those, the ones that were said all the same
	silenced                                 int // crossings of budgets that somebody had acknowledged or muted
	overtaken                                int // expected and said by a higher level, which came soon after
	forecasts, restated, others              int
	delays                                   []time.Duration // from a crossing to its post, in wall time
	problems                                 []string
}

func (v *verdict) complain(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// judge compares everything that was said with everything that had to be.
func judge(e evidence) verdict {
	j := &judgement{evidence: e, said: map[key][]saying{}}
	j.sort()
	byKey := map[key][]crossing{}
	var keys []key
	for _, c := range e.crossings {
		k := key{c.budget, c.level}
		if byKey[k] == nil {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], c)
	}
	for _, k := range keys {
		j.compare(k, byKey[k])
		delete(j.said, k)
	}
	for k, rest := range j.said {
		for _, s := range rest {
			j.doubled++
			j.complain("said, and never so: %s, %s, %d%%, at %s: %s", s.rule, k.month, k.level, s.post.at.Format(time.DateTime), s.post.text)
		}
	}
	j.sameTwice()
	slices.Sort(j.problems)
	return j.verdict
}

// key is a level of a budget.
type key struct {
	budget
	level int
}

type judgement struct {
	evidence
	verdict
	said map[key][]saying // of levels, by time
}

// sort puts what was said in its places.
func (j *judgement) sort() {
	once := map[string]bool{}
	for i := range j.heard {
		for _, s := range j.heard[i].says {
			switch s.kind {
			case saysLevel:
				j.place(s)
			case saysForecast:
				j.forecasts++
				j.onlyOnce(once, s, s.counted) // it may come back with other figures
			case saysRestated:
				j.restated++
				j.onlyOnce(once, s, "")
			case saysOther:
				j.others++
			case notRead:
				j.complain("not understood, in %s: %s", s.post.channel, s.post.text)
			}
		}
	}
}

// onlyOnce notes what must not be said of a rule and month again.
func (j *judgement) onlyOnce(once map[string]bool, s saying, with string) {
	key := fmt.Sprint(s.kind, j.numberOf(s), s.month, with)
	if once[key] {
		j.doubled++
		j.complain("%s said once too often: %s: %s", s.kind, s.rule, s.post.text)
	}
	once[key] = true
}

// numberOf is the number in the script of the rule that is spoken of; -1 where there is none. A list calls a rule by what it counts, where no
// other rule counts the same.
func (j *judgement) numberOf(s saying) int {
	if i := slices.IndexFunc(j.rules, func(r rule) bool { return r.isNamed(s.rule) }); i >= 0 || !s.listed {
		return i
	}
	return slices.IndexFunc(j.rules, func(r rule) bool { return r.title() == s.rule })
}

func (j *judgement) place(s saying) {
	i := j.numberOf(s)
	switch {
	case i < 0:
		j.complain("a rule that is not there: %s", s.post.text)
		return
	case !j.isPlace(s.post, j.rules[i].channel):
		j.complain("in %s and not in %s: %s", s.post.channel, j.rules[i].channel, s.post.text)
	case s.post.reply && !s.post.broadcast:
		j.complain("a level in a thread, where nobody sees it: %s", s.post.text)
	}
	k := key{budget{i, s.month}, s.level}
	j.said[k] = append(j.said[k], s)
}

// compare gives each crossing of a level the message that says it. One that had to be said goes before one that need not be.
func (j *judgement) compare(k key, crossings []crossing) {
	left := slices.Clone(j.said[k])
	var mays []crossing
	for _, c := range crossings {
		switch {
		case !c.up.After(j.firstLook): // taken silently
			j.past++
		case j.isSilenced(c):
			j.silenced++
			mays = append(mays, c)
		case j.isDue(c) && !j.isFleeting(c):
			j.expected++
			left = j.match(c, left)
		default:
			mays = append(mays, c)
		}
	}
	for _, c := range mays {
		s, rest := take(left, c.up)
		if left = rest; s != nil {
			j.timed(c, s)
			j.besides++
			if j.isMuted(c) {
				j.complain("posted although it was muted: %s: %s", j.rules[c.rule].name, c)
			}
			continue
		}
		j.untold++
	}
	for _, s := range left {
		if s.listed && j.isForForecast(s) {
			j.forecasts++
			continue
		}
		j.doubled++
		j.complain("said once too often: %s, %s, %d%%, at %s", s.rule, k.month, k.level, s.post.at.Format(time.DateTime))
	}
}

// isPlace reports whether a message belongs where it is: in its rule's channel, or in the one that the rule was given when that was closed.
func (j *judgement) isPlace(p *post, channel string) bool {
	if channel == closed && p.channel == successor {
		return !j.moved.IsZero() && !p.wall.Before(j.moved)
	}
	return p.channel == channel
}

// isSilenced reports whether somebody had answered for the budget before it crossed, or so shortly after that nothing may have been posted by
// then.
func (j *judgement) isSilenced(c crossing) bool {
	return slices.ContainsFunc(j.silences, func(s silence) bool {
		return s.budget == c.budget && (s.below == 0 || c.level < s.below) && j.clock.wall(s.from).Sub(j.clock.wall(c.up)) < patience
	})
}

// isMuted reports whether the budget was muted, for sure, when it crossed.
func (j *judgement) isMuted(c crossing) bool {
	return slices.ContainsFunc(j.silences, func(s silence) bool {
		return s.budget == c.budget && s.below == 0 && !s.sure.IsZero() && c.up.After(s.sure)
	})
}

// isFleeting reports whether usage fell below the level again so soon that what was to be said of it may have been overtaken by that.
func (j *judgement) isFleeting(c crossing) bool {
	return c.falls && j.clock.wall(c.down).Sub(j.clock.wall(c.up)) < patience
}

// isForForecast reports whether a line of a list may be there for the sake of a forecast: of a budget that has forecasts, and is not over.
func (j *judgement) isForForecast(s saying) bool {
	return !j.rules[j.numberOf(s)].silent && s.level < 100
}

// isDue reports whether the service must have seen the crossing, and that it was below the level before.
func (j *judgement) isDue(c crossing) bool {
	return j.looked(c.month, c.up, c.down) && (!c.again || j.looked(c.month, c.fell, c.up))
}

// looked reports whether somebody looked at a month between two instants.
func (j *judgement) looked(month string, from, to time.Time) bool {
	return slices.ContainsFunc(j.looks, func(l look) bool { return l.month == month && !l.at.Before(from) && l.at.Before(to) })
}

// take takes the first of the sayings that is not before an instant.
func take(sayings []saying, from time.Time) (*saying, []saying) {
	for i := range sayings {
		if !sayings[i].post.at.Before(from) {
			taken := sayings[i]
			return &taken, slices.Delete(slices.Clone(sayings), i, i+1)
		}
	}
	return nil, sayings
}

// match finds what says a crossing that had to be said, in its own message or in that of a higher level which speaks for it.
func (j *judgement) match(c crossing, left []saying) []saying {
	s, left := take(left, c.up)
	if s == nil {
		s = j.spokenFor(c)
	}
	if s == nil {
		j.missing++
		j.complain("missing: %s in %s: %s", j.rules[c.rule].name, j.rules[c.rule].channel, c)
		return left
	}
	j.posted++
	j.timed(c, s)
	return left
}

// spokenFor is the message of a higher level that was reached before the lower one could be said by itself: at once, or so soon that it
// has overtaken it.
func (j *judgement) spokenFor(c crossing) *saying {
	for _, higher := range j.crossings {
		if higher.budget != c.budget || higher.level <= c.level || higher.up.Before(c.up) || !higher.up.Before(c.down) {
			continue
		}
		atOnce := !j.looked(c.month, c.up, higher.up)
		if !atOnce && j.clock.wall(higher.up).Sub(j.clock.wall(c.up)) > patience {
			continue
		}
		for _, s := range j.heardOf(key{c.budget, higher.level}) {
			if !s.post.at.Before(higher.up) {
				if !atOnce {
					j.overtaken++
				}
				return &s
			}
		}
	}
	return nil
}

// heardOf is everything that was said of a level, whatever it was taken for.
func (j *judgement) heardOf(k key) []saying {
	var all []saying
	for i := range j.heard {
		for _, s := range j.heard[i].says {
			if s.kind == saysLevel && s.level == k.level && s.month == k.month && j.rules[k.rule].isNamed(s.rule) {
				all = append(all, s)
			}
		}
	}
	return all
}

// timed notes how long after its crossing something was said.
func (j *judgement) timed(c crossing, s *saying) {
	delay := s.post.wall.Sub(j.clock.wall(c.up))
	j.delays = append(j.delays, delay)
	if delay > patience {
		j.late++
	}
}

// sameTwice finds deliveries that were posted twice, and messages that say the same in the same words. What the operators hear of may
// well happen again.
func (j *judgement) sameTwice() {
	ids, words := map[string]bool{}, map[string]bool{}
	for _, h := range j.heard {
		text := h.channel + "\n" + h.text + "\n" + h.blocks
		switch {
		case h.id == "":
			j.complain("a message without the id of its delivery: %s", h.text)
		case ids[h.id]:
			j.doubled++
			j.complain("a delivery that was posted twice, at %s: %s", h.at.Format(time.DateTime), h.text)
		case words[text] && h.channel != operators:
			j.doubled++
			j.complain("the same words twice, at %s in %s: %s", h.at.Format(time.DateTime), h.channel, h.text)
		}
		ids[h.id], words[text] = true, true
	}
}
