package main

import (
	"fmt"
	"slices"
	"time"

	"budgetbot/internal/soak/clock"
)

// What the checker allows for, in wall time.
const (
	// patience is how long after a crossing, at the latest, it has to be in the channel. A replica that is killed during a check has
	// the others wait for the lease of 45 s, one that is killed while it delivers for up to 35 s; 10 s are for the rest.
	patience = 90 * time.Second
	// settles is how long before and after a trouble a check may fail for it.
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
	clock     clock.Clock
	rules     []rule
	crossings []crossing
	looks     []look    // by time, only those that were seen through; what was crossed by the first one is the past
	edits     []stretch // of wall time, in which the rules absent were left out, or those of raised had other budgets, or both
	messages  []message
	updates   []post
	silences  []silence
	moved     time.Time // when the rules of the closed channel were given another one, in wall time; zero is never
	reopened  []reopening
	lags      []lag
	open      []stretch // of wall time, in which an attempt to post may have come to an end that nobody knows
}

// lag is a stretch of wall time in which the channels' history did not show what was posted within the last while.
type lag struct {
	stretch
	by time.Duration
}

// verdict is how what was posted compares with what had to be.
type verdict struct {
	expected, posted, missing, doubled, late int
	past                                     int // crossings that were so already when the service first looked
	unposted                                 int // crossings that were over before they had to be seen and posted, and were not
	besides                                  int // of those, the ones that were posted all the same
	silenced                                 int // crossings of budgets that somebody had acknowledged or muted
	overtaken                                int // expected and covered by a higher threshold, which came soon after
	shown                                    int // expected and shown by an update, since the budget's message called it likely over
	forecasts, restated, others, summaries   int
	repeated                                 int             // messages that say that they may be a repeat, and may
	delays                                   []time.Duration // from a crossing to its post, in wall time
	problems                                 []string
}

func (v *verdict) complain(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// judge compares everything that was posted with everything that had to be.
func judge(e evidence) verdict {
	j := &judgement{evidence: e, notices: map[key][]notice{}, corrected: map[budget][]notice{}, words: map[budget][]word{}}
	j.repeats()
	j.sort()
	j.follow()
	byKey := map[key][]crossing{}
	var keys []key
	for _, c := range e.crossings {
		k := key{c.budget, c.threshold}
		if byKey[k] == nil {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], c)
	}
	for _, k := range keys {
		j.compare(k, byKey[k])
		delete(j.notices, k)
	}
	for k, rest := range j.notices {
		if j.isClosedByCorrection(k) {
			j.besides++
			rest = rest[1:]
		}
		for _, s := range rest {
			j.doubled++
			j.complain("posted, and never so: %s, %s, %d%%, at %s: %s", s.rule, k.month, k.threshold, s.post.at.Format(time.DateTime), s.post.text)
		}
	}
	for _, r := range j.reopened {
		j.reopen(r)
	}
	for b, rest := range j.corrected {
		if len(rest) > 0 {
			j.doubled++
			j.complain("restated, and never so: %s, %s: %s", rest[0].rule, b.month, rest[0].post.text)
		}
	}
	j.sameTwice()
	slices.Sort(j.problems)
	return j.verdict
}

// key is a threshold of a budget.
type key struct {
	budget
	threshold int
}

type judgement struct {
	evidence
	verdict
	notices   map[key][]notice // of thresholds, by time
	corrected map[budget][]notice
	words     map[budget][]word // what people could read of a budget, by time
}

// repeats sets those messages aside that say again what is in the channel, where that could not be seen there: they must say so. Nothing else
// may say so unless an attempt to post came to an end that nobody knows.
func (j *judgement) repeats() {
	first := map[string]time.Time{}
	var once []message
	for _, h := range j.messages {
		before, isThere := first[h.id]
		switch {
		case isThere && h.perhaps && j.wasHidden(before, h.wall):
			j.repeated++
			continue
		case h.perhaps && !j.wasOpen(h.wall):
			j.complain("called a repeat, and nothing was open: %s", h.text)
		case h.perhaps && !isThere:
			j.repeated++
		}
		if first[h.id] = h.wall; isThere {
			first[h.id] = before
		}
		once = append(once, h)
	}
	j.messages = once
}

// lastLook is how long before it posts again the service may have looked for the last time.
const lastLook = 5 * time.Second

// wasHidden reports whether the history did not show a message yet when it was looked for and posted again.
func (j *judgement) wasHidden(posted, again time.Time) bool {
	return slices.ContainsFunc(j.lags, func(l lag) bool {
		look := later(l.from, again.Add(-lastLook))
		return look.Before(l.to) && !look.After(again) && look.Sub(posted) < l.by
	})
}

// wasOpen reports whether an attempt may have been open shortly before.
func (j *judgement) wasOpen(at time.Time) bool {
	return slices.ContainsFunc(j.open, func(s stretch) bool { return s.from.Before(at) && at.Sub(s.to) < 2*patience })
}

// reopen finds what says that a closed month was corrected. It has to be posted where the month was posted, nobody has muted it and
// somebody looked before and after.
func (j *judgement) reopen(r reopening) {
	if corrected := j.corrected[r.budget]; len(corrected) > 0 && !corrected[0].post.at.Before(r.at) {
		delete(j.corrected, r.budget)
		j.posted, j.expected = j.posted+1, j.expected+1
		return
	}
	rule := &j.rules[r.rule]
	if rule.channel == closed || rule.removed || !j.lookedAt(r.rule, r.month, r.closed, r.at) || !j.lookedAt(r.rule, r.month, r.at, end(r.month).Add(watchedFor)) {
		return
	}
	isMuted := slices.ContainsFunc(j.silences, func(s silence) bool { return s.budget == r.budget && s.below == 0 })
	if j.hadMessage(r.budget, r.at) && !isMuted {
		j.expected++
		j.missing++
		j.complain("missing: %s in %s: that %s, which was closed, was corrected at %s", rule.name, rule.channel, r.month, r.at.Format(time.DateTime))
	}
}

// isClosedByCorrection reports whether a threshold may have been reached by the figures with which a month was closed, since nobody had looked
// before they were corrected.
func (j *judgement) isClosedByCorrection(k key) bool {
	return slices.ContainsFunc(j.reopened, func(r reopening) bool {
		return r.budget == k.budget && k.threshold <= r.threshold && !j.looked(r.month, r.closed, r.at) && !j.notices[k][0].post.at.Before(r.at)
	})
}

// hadMessage reports whether the budget had a message of its own in that month.
func (j *judgement) hadMessage(b budget, before time.Time) bool {
	return slices.ContainsFunc(j.messages, func(h message) bool {
		s := h.notices[0]
		return (s.kind == aboutThreshold || s.kind == aboutForecast) && !s.listed && s.month == b.month && j.rules[b.rule].isNamed(s.rule) && h.at.Before(before)
	})
}

// sort puts what was posted in its places.
func (j *judgement) sort() {
	once := map[string]bool{}
	for i := range j.messages {
		for _, s := range j.messages[i].notices {
			switch s.kind {
			case aboutThreshold:
				j.place(s)
			case aboutForecast:
				j.forecasts++
				j.onlyOnce(once, s, s.counted) // it may come back with other figures
			case aboutRestated:
				j.restated++
				j.onlyOnce(once, s, "")
				of := budget{j.numberOf(s), s.month}
				j.corrected[of] = append(j.corrected[of], s)
			case aboutOther:
				j.others++
			case aboutSummary:
				j.summary(s)
			case notRead:
				j.complain("not understood, in %s: %s", s.post.channel, s.post.text)
			}
		}
	}
}

// summary is the message after an edit; without one there is nothing to tell.
func (j *judgement) summary(s notice) {
	if j.summaries++; !slices.ContainsFunc(j.edits, func(e stretch) bool { return s.post.wall.After(e.from) && s.post.wall.Sub(e.to) < patience }) {
		j.complain("a summary of an edit, and there was none: %s", s.post.text)
	}
}

// onlyOnce notes what must not be posted of a rule and month again.
func (j *judgement) onlyOnce(once map[string]bool, s notice, with string) {
	key := fmt.Sprint(s.kind, j.numberOf(s), s.month, with)
	if once[key] {
		j.doubled++
		j.complain("%s posted once too often: %s: %s", s.kind, s.rule, s.post.text)
	}
	once[key] = true
}

// numberOf is the number in the script of the rule that is spoken of; -1 where there is none. A list calls a rule by what it counts, where no
// other rule counts the same.
func (j *judgement) numberOf(s notice) int {
	if i := slices.IndexFunc(j.rules, func(r rule) bool { return r.isNamed(s.rule) }); i >= 0 || !s.listed {
		return i
	}
	return slices.IndexFunc(j.rules, func(r rule) bool { return r.title() == s.rule })
}

func (j *judgement) place(s notice) {
	i := j.numberOf(s)
	switch {
	case i < 0:
		j.complain("a rule that is not there: %s", s.post.text)
		return
	case !j.isPlace(s.post, j.rules[i].channel):
		j.complain("in %s and not in %s: %s", s.post.channel, j.rules[i].channel, s.post.text)
	case s.post.reply && !s.post.broadcast:
		j.complain("a threshold in a thread, where nobody sees it: %s", s.post.text)
	}
	k := key{budget{i, s.month}, s.threshold}
	j.notices[k] = append(j.notices[k], s)
}

// compare gives each crossing of a threshold its message. A crossing that had to be posted goes before one that need not be.
func (j *judgement) compare(k key, crossings []crossing) {
	left := slices.Clone(j.notices[k])
	var mays []crossing
	for _, c := range crossings {
		switch {
		case len(j.looks) > 0 && !c.sure().After(j.looks[0].at): // taken silently
			j.past++
		case j.isSilenced(c):
			j.silenced++
			mays = append(mays, c)
		case j.isDue(c) && !j.isFleeting(c) && !j.isRaised(c):
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
			j.isNews(c, s)
			if j.isMuted(c) {
				j.complain("posted although it was muted: %s: %s", j.rules[c.rule].name, c)
			}
			continue
		}
		j.unposted++
	}
	rearmed := false
	for _, s := range left {
		switch {
		case s.listed && j.mayBeForecast(s):
			j.forecasts++
			continue
		case !rearmed && j.isRearmed(s):
			rearmed = true
			j.besides++
			continue
		}
		j.doubled++
		j.complain("posted once too often: %s, %s, %d%%, at %s", s.rule, k.month, k.threshold, s.post.at.Format(time.DateTime))
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
		return s.budget == c.budget && (s.below == 0 || c.threshold < s.below) && j.clock.Wall(s.from).Sub(j.clock.Wall(c.up)) < patience
	})
}

// isMuted reports whether the budget was muted, for sure, when it crossed.
func (j *judgement) isMuted(c crossing) bool {
	return slices.ContainsFunc(j.silences, func(s silence) bool {
		return s.budget == c.budget && s.below == 0 && !s.sure.IsZero() && c.up.After(s.sure)
	})
}

// isFleeting reports whether usage fell below the threshold again so soon that its message may have been overtaken by that.
func (j *judgement) isFleeting(c crossing) bool {
	return c.falls && j.clock.Wall(c.down).Sub(j.clock.Wall(c.up)) < patience
}

// isRaised reports whether the crossing met an edit of its budget. What the edit alone has put past a threshold is no news.
func (j *judgement) isRaised(c crossing) bool { return raised.has(c.rule) && j.isEdited(c.up) }

// isRearmed reports whether a threshold may have been posted again, once, because an edit had put the budget above the usage that crossed it first.
func (j *judgement) isRearmed(s notice) bool {
	wall := j.clock.Wall(s.post.at)
	return raised.has(j.numberOf(s)) && slices.ContainsFunc(j.edits, func(e stretch) bool { return wall.After(e.from) && wall.Before(e.to.Add(patience)) })
}

// isEdited reports whether an instant is in an edit, or so shortly before that what was seen then may still have waited.
func (j *judgement) isEdited(at time.Time) bool {
	wall := j.clock.Wall(at)
	return slices.ContainsFunc(j.edits, func(s stretch) bool { return wall.After(s.from.Add(-patience)) && wall.Before(s.to) })
}

// mayBeForecast reports whether a line of a list may be there for the sake of a forecast: of a budget that has forecasts, and is not over.
func (j *judgement) mayBeForecast(s notice) bool {
	return !j.rules[j.numberOf(s)].silent && s.threshold < 100
}

// isDue reports whether the service must have seen the crossing, and that it was below the threshold before.
func (j *judgement) isDue(c crossing) bool {
	before := len(j.looks) > 0 && c.up.After(j.looks[0].at)
	return before && j.lookedAt(c.rule, c.month, c.sure(), c.down) && (!c.again || j.lookedAt(c.rule, c.month, c.fell, c.rose))
}

// lookedAt is looked for a rule: one that is edited is not seen meanwhile.
func (j *judgement) lookedAt(rule int, month string, from, to time.Time) bool {
	isEdited := absent.has(rule) || raised.has(rule)
	return slices.ContainsFunc(j.looks, func(l look) bool {
		return l.month == month && !l.at.Before(from) && l.at.Before(to) && !(isEdited && j.isEdited(l.at))
	})
}

// looked reports whether somebody looked at a month between two instants.
func (j *judgement) looked(month string, from, to time.Time) bool {
	return slices.ContainsFunc(j.looks, func(l look) bool { return l.month == month && !l.at.Before(from) && l.at.Before(to) })
}

// take takes the first of the notices that is not before an instant.
func take(notices []notice, from time.Time) (*notice, []notice) {
	for i := range notices {
		if !notices[i].post.at.Before(from) {
			taken := notices[i]
			return &taken, slices.Delete(slices.Clone(notices), i, i+1)
		}
	}
	return nil, notices
}

// match finds the message of a crossing that had to be posted: its own, or that of a higher threshold which covers it.
func (j *judgement) match(c crossing, left []notice) []notice {
	s, left := take(left, c.up)
	if s != nil {
		j.isNews(c, s)
	}
	if s == nil {
		s = j.coveredBy(c)
	}
	if s == nil && j.isShown(c) {
		j.posted, j.shown = j.posted+1, j.shown+1
		return left
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

// coveredBy is the message of a higher threshold that was reached before the lower one could be posted by itself: at once, or so soon that it
// has overtaken it.
func (j *judgement) coveredBy(c crossing) *notice {
	for _, higher := range j.crossings {
		if higher.budget != c.budget || higher.threshold <= c.threshold || higher.up.Before(c.up) || !higher.up.Before(c.down) {
			continue
		}
		atOnce := !j.looked(c.month, c.up, higher.up)
		if !atOnce && j.clock.Wall(higher.up).Sub(j.clock.Wall(c.up)) > patience {
			continue
		}
		for _, s := range j.noticesOf(key{c.budget, higher.threshold}) {
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

// noticesOf is everything that was posted about a threshold, whatever it was taken for.
func (j *judgement) noticesOf(k key) []notice {
	var all []notice
	for i := range j.messages {
		for _, s := range j.messages[i].notices {
			if s.kind == aboutThreshold && s.threshold == k.threshold && s.month == k.month && j.rules[k.rule].isNamed(s.rule) {
				all = append(all, s)
			}
		}
	}
	return all
}

// timed notes how long after its crossing a message was posted.
func (j *judgement) timed(c crossing, s *notice) {
	delay := s.post.wall.Sub(j.clock.Wall(c.up))
	j.delays = append(j.delays, delay)
	if delay > patience {
		j.late++
	}
}

// sameTwice finds deliveries that were posted twice, and messages that say the same in the same words. What the operators get may
// well happen again.
func (j *judgement) sameTwice() {
	ids, words := map[string]bool{}, map[string]bool{}
	for _, h := range j.messages {
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
