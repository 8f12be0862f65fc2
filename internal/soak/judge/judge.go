package judge

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
	Settles = 3 * time.Second
	// longestBlind is how long nobody may look at the figures at all.
	LongestBlind = 90 * time.Second
)

// Stretch is a stretch of wall time.
type Stretch struct{ From, To time.Time }

// Silence is a budget about which somebody wanted fewer messages, in business time.
type Silence struct {
	Budget
	// from is when they pressed, and sure is when the message showed it; zero where it did not.
	From, Sure time.Time
	// below is the threshold from which on the budget is still alerted about; 0 is not at all.
	Below int
}

// Look is a true answer about a month that Fastly gave to the service, when nothing went wrong around it.
type Look struct {
	Month string
	At    time.Time // business time
}

// Evidence is what a group's world has seen.
type Evidence struct {
	Clock     clock.Clock
	Rules     []rule
	Crossings []crossing
	Looks     []Look    // by time, only those that were seen through; what was crossed by the first one is the past
	Edits     []Stretch // of wall time, in which the rules absent were left out, or those of raised had other budgets, or both
	Messages  []Message
	Updates   []Post
	Silences  []Silence
	Moved     time.Time // when the rules of the closed channel were given another one, in wall time; zero is never
	Reopened  []reopening
	Lags      []Lag
	Open      []Stretch // of wall time, in which an attempt to post may have come to an end that nobody knows
}

// Lag is a stretch of wall time in which the channels' history did not show what was posted within the last while.
type Lag struct {
	Stretch
	By time.Duration
}

// Verdict is how what was posted compares with what had to be.
type Verdict struct {
	Expected, Posted, Missing, Doubled, Late int
	Past                                     int // crossings that were so already when the service first looked
	Unposted                                 int // crossings that were over before they had to be seen and posted, and were not
	Besides                                  int // of those, the ones that were posted all the same
	Silenced                                 int // crossings of budgets that somebody had acknowledged or muted
	Overtaken                                int // expected and covered by a higher threshold, which came soon after
	Shown                                    int // expected and shown by an update, since the budget's message called it likely over
	Forecasts, Restated, Others, Summaries   int
	Repeated                                 int             // messages that say that they may be a repeat, and may
	Delays                                   []time.Duration // from a crossing to its post, in wall time
	Problems                                 []string
}

// Complain adds a sentence on something that must not happen.
func (v *Verdict) Complain(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}

// Of compares everything that was posted with everything that had to be.
func Of(e Evidence) Verdict {
	j := &judgement{Evidence: e, notices: map[key][]notice{}, corrected: map[Budget][]notice{}, words: map[Budget][]word{}}
	j.repeats()
	j.sort()
	j.follow()
	byKey := map[key][]crossing{}
	var keys []key
	for _, c := range e.Crossings {
		k := key{c.Budget, c.threshold}
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
			j.Besides++
			rest = rest[1:]
		}
		for _, s := range rest {
			j.Doubled++
			j.Complain("posted, and never so: %s, %s, %d%%, at %s: %s", s.Rule, k.Month, k.threshold, s.post.At.Format(time.DateTime), s.post.Text)
		}
	}
	for _, r := range j.Reopened {
		j.reopen(r)
	}
	for b, rest := range j.corrected {
		if len(rest) > 0 {
			j.Doubled++
			j.Complain("restated, and never so: %s, %s: %s", rest[0].Rule, b.Month, rest[0].post.Text)
		}
	}
	j.sameTwice()
	slices.Sort(j.Problems)
	return j.Verdict
}

// key is a threshold of a budget.
type key struct {
	Budget
	threshold int
}

type judgement struct {
	Evidence
	Verdict
	notices   map[key][]notice // of thresholds, by time
	corrected map[Budget][]notice
	words     map[Budget][]word // what people could read of a budget, by time
}

// repeats sets those messages aside that say again what is in the channel, where that could not be seen there: they must say so. Nothing else
// may say so unless an attempt to post came to an end that nobody knows.
func (j *judgement) repeats() {
	first := map[string]time.Time{}
	var once []Message
	for _, h := range j.Messages {
		before, isThere := first[h.id]
		switch {
		case isThere && h.perhaps && j.wasHidden(before, h.Wall):
			j.Repeated++
			continue
		case h.perhaps && !j.wasOpen(h.Wall):
			j.Complain("called a repeat, and nothing was open: %s", h.Text)
		case h.perhaps && !isThere:
			j.Repeated++
		}
		if first[h.id] = h.Wall; isThere {
			first[h.id] = before
		}
		once = append(once, h)
	}
	j.Messages = once
}

// lastLook is how long before it posts again the service may have looked for the last time.
const lastLook = 5 * time.Second

// wasHidden reports whether the history did not show a message yet when it was looked for and posted again.
func (j *judgement) wasHidden(posted, again time.Time) bool {
	return slices.ContainsFunc(j.Lags, func(l Lag) bool {
		look := later(l.From, again.Add(-lastLook))
		return look.Before(l.To) && !look.After(again) && look.Sub(posted) < l.By
	})
}

// wasOpen reports whether an attempt may have been open shortly before.
func (j *judgement) wasOpen(at time.Time) bool {
	return slices.ContainsFunc(j.Open, func(s Stretch) bool { return s.From.Before(at) && at.Sub(s.To) < 2*patience })
}

// reopen finds what says that a closed month was corrected. It has to be posted where the month was posted, nobody has muted it and
// somebody looked before and after.
func (j *judgement) reopen(r reopening) {
	if corrected := j.corrected[r.Budget]; len(corrected) > 0 && !corrected[0].post.At.Before(r.at) {
		delete(j.corrected, r.Budget)
		j.Posted, j.Expected = j.Posted+1, j.Expected+1
		return
	}
	rule := &j.Rules[r.Rule]
	if rule.channel == Closed || rule.removed || !j.lookedAt(r.Rule, r.Month, r.closed, r.at) || !j.lookedAt(r.Rule, r.Month, r.at, end(r.Month).Add(watchedFor)) {
		return
	}
	isMuted := slices.ContainsFunc(j.Silences, func(s Silence) bool { return s.Budget == r.Budget && s.Below == 0 })
	if j.hadMessage(r.Budget, r.at) && !isMuted {
		j.Expected++
		j.Missing++
		j.Complain("missing: %s in %s: that %s, which was closed, was corrected at %s", rule.name, rule.channel, r.Month, r.at.Format(time.DateTime))
	}
}

// isClosedByCorrection reports whether a threshold may have been reached by the figures with which a month was closed, since nobody had looked
// before they were corrected.
func (j *judgement) isClosedByCorrection(k key) bool {
	return slices.ContainsFunc(j.Reopened, func(r reopening) bool {
		return r.Budget == k.Budget && k.threshold <= r.threshold && !j.looked(r.Month, r.closed, r.at) && !j.notices[k][0].post.At.Before(r.at)
	})
}

// hadMessage reports whether the budget had a message of its own in that month.
func (j *judgement) hadMessage(b Budget, before time.Time) bool {
	return slices.ContainsFunc(j.Messages, func(h Message) bool {
		s := h.Notices[0]
		return (s.Kind == aboutThreshold || s.Kind == aboutForecast) && !s.listed && s.Month == b.Month && j.Rules[b.Rule].IsNamed(s.Rule) && h.At.Before(before)
	})
}

// sort puts what was posted in its places.
func (j *judgement) sort() {
	once := map[string]bool{}
	for i := range j.Messages {
		for _, s := range j.Messages[i].Notices {
			switch s.Kind {
			case aboutThreshold:
				j.place(s)
			case aboutForecast:
				j.Forecasts++
				j.onlyOnce(once, s, s.counted) // it may come back with other figures
			case aboutRestated:
				j.Restated++
				j.onlyOnce(once, s, "")
				of := Budget{j.numberOf(s), s.Month}
				j.corrected[of] = append(j.corrected[of], s)
			case aboutOther:
				j.Others++
			case aboutSummary:
				j.summary(s)
			case notRead:
				j.Complain("not understood, in %s: %s", s.post.Channel, s.post.Text)
			}
		}
	}
}

// summary is the message after an edit; without one there is nothing to tell.
func (j *judgement) summary(s notice) {
	if j.Summaries++; !slices.ContainsFunc(j.Edits, func(e Stretch) bool { return s.post.Wall.After(e.From) && s.post.Wall.Sub(e.To) < patience }) {
		j.Complain("a summary of an edit, and there was none: %s", s.post.Text)
	}
}

// onlyOnce notes what must not be posted of a rule and month again.
func (j *judgement) onlyOnce(once map[string]bool, s notice, with string) {
	key := fmt.Sprint(s.Kind, j.numberOf(s), s.Month, with)
	if once[key] {
		j.Doubled++
		j.Complain("%s posted once too often: %s: %s", s.Kind, s.Rule, s.post.Text)
	}
	once[key] = true
}

// numberOf is the number in the script of the rule that is spoken of; -1 where there is none. A list calls a rule by what it counts, where no
// other rule counts the same.
func (j *judgement) numberOf(s notice) int {
	if i := slices.IndexFunc(j.Rules, func(r rule) bool { return r.IsNamed(s.Rule) }); i >= 0 || !s.listed {
		return i
	}
	return slices.IndexFunc(j.Rules, func(r rule) bool { return r.title() == s.Rule })
}

func (j *judgement) place(s notice) {
	i := j.numberOf(s)
	switch {
	case i < 0:
		j.Complain("a rule that is not there: %s", s.post.Text)
		return
	case !j.isPlace(s.post, j.Rules[i].channel):
		j.Complain("in %s and not in %s: %s", s.post.Channel, j.Rules[i].channel, s.post.Text)
	case s.post.reply && !s.post.broadcast:
		j.Complain("a threshold in a thread, where nobody sees it: %s", s.post.Text)
	}
	k := key{Budget{i, s.Month}, s.threshold}
	j.notices[k] = append(j.notices[k], s)
}

// compare gives each crossing of a threshold its message. A crossing that had to be posted goes before one that need not be.
func (j *judgement) compare(k key, crossings []crossing) {
	left := slices.Clone(j.notices[k])
	var mays []crossing
	for _, c := range crossings {
		switch {
		case len(j.Looks) > 0 && !c.sure().After(j.Looks[0].At): // it was so before the service first looked, and that is not posted
			j.Past++
		case j.isSilenced(c):
			j.Silenced++
			mays = append(mays, c)
		case j.isDue(c) && !j.isFleeting(c) && !j.isRaised(c):
			j.Expected++
			left = j.match(c, left)
		default:
			mays = append(mays, c)
		}
	}
	for _, c := range mays {
		s, rest := take(left, c.up)
		if left = rest; s != nil {
			j.timed(c, s)
			j.Besides++
			j.isNews(c, s)
			if j.isMuted(c) {
				j.Complain("posted although it was muted: %s: %s", j.Rules[c.Rule].name, c)
			}
			continue
		}
		j.Unposted++
	}
	rearmed := false
	for _, s := range left {
		switch {
		case s.listed && j.mayBeForecast(s):
			j.Forecasts++
			continue
		case !rearmed && j.isRearmed(s):
			rearmed = true
			j.Besides++
			continue
		}
		j.Doubled++
		j.Complain("posted once too often: %s, %s, %d%%, at %s", s.Rule, k.Month, k.threshold, s.post.At.Format(time.DateTime))
	}
}

// isPlace reports whether a message belongs where it is: in its rule's channel, or in the one that the rule was given when that was closed.
func (j *judgement) isPlace(p *Post, channel string) bool {
	if channel == Closed && p.Channel == Successor {
		return !j.Moved.IsZero() && !p.Wall.Before(j.Moved)
	}
	return p.Channel == channel
}

// isSilenced reports whether somebody had answered for the budget before it crossed, or so shortly after that nothing may have been posted by
// then.
func (j *judgement) isSilenced(c crossing) bool {
	return slices.ContainsFunc(j.Silences, func(s Silence) bool {
		return s.Budget == c.Budget && (s.Below == 0 || c.threshold < s.Below) && j.Clock.Wall(s.From).Sub(j.Clock.Wall(c.up)) < patience
	})
}

// isMuted reports whether the budget was muted, for sure, when it crossed.
func (j *judgement) isMuted(c crossing) bool {
	return slices.ContainsFunc(j.Silences, func(s Silence) bool {
		return s.Budget == c.Budget && s.Below == 0 && !s.Sure.IsZero() && c.up.After(s.Sure)
	})
}

// isFleeting reports whether usage fell below the threshold again so soon that its message may have been overtaken by that.
func (j *judgement) isFleeting(c crossing) bool {
	return c.falls && j.Clock.Wall(c.down).Sub(j.Clock.Wall(c.up)) < patience
}

// isRaised reports whether the crossing met an edit of its budget. What the edit alone has put past a threshold is no news.
func (j *judgement) isRaised(c crossing) bool { return raised.has(c.Rule) && j.isEdited(c.up) }

// isRearmed reports whether a threshold may have been posted again, once, because an edit had put the budget above the usage that crossed it first.
func (j *judgement) isRearmed(s notice) bool {
	wall := j.Clock.Wall(s.post.At)
	return raised.has(j.numberOf(s)) && slices.ContainsFunc(j.Edits, func(e Stretch) bool { return wall.After(e.From) && wall.Before(e.To.Add(patience)) })
}

// isEdited reports whether an instant is in an edit, or so shortly before that what was seen then may still have waited.
func (j *judgement) isEdited(at time.Time) bool {
	wall := j.Clock.Wall(at)
	return slices.ContainsFunc(j.Edits, func(s Stretch) bool { return wall.After(s.From.Add(-patience)) && wall.Before(s.To) })
}

// mayBeForecast reports whether a line of a list may be there for the sake of a forecast: of a budget that has forecasts, and is not over.
func (j *judgement) mayBeForecast(s notice) bool {
	return !j.Rules[j.numberOf(s)].silent && s.threshold < 100
}

// isDue reports whether the service must have seen the crossing, and that it was below the threshold before.
func (j *judgement) isDue(c crossing) bool {
	before := len(j.Looks) > 0 && c.up.After(j.Looks[0].At)
	return before && j.lookedAt(c.Rule, c.Month, c.sure(), c.down) && (!c.again || j.lookedAt(c.Rule, c.Month, c.fell, c.rose))
}

// lookedAt is looked for a rule: one that is edited is not seen meanwhile.
func (j *judgement) lookedAt(rule int, month string, from, to time.Time) bool {
	isEdited := absent.has(rule) || raised.has(rule)
	return slices.ContainsFunc(j.Looks, func(l Look) bool {
		return l.Month == month && !l.At.Before(from) && l.At.Before(to) && !(isEdited && j.isEdited(l.At))
	})
}

// looked reports whether somebody looked at a month between two instants.
func (j *judgement) looked(month string, from, to time.Time) bool {
	return slices.ContainsFunc(j.Looks, func(l Look) bool { return l.Month == month && !l.At.Before(from) && l.At.Before(to) })
}

// take takes the first of the notices that is not before an instant.
func take(notices []notice, from time.Time) (*notice, []notice) {
	for i := range notices {
		if !notices[i].post.At.Before(from) {
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
		j.Posted, j.Shown = j.Posted+1, j.Shown+1
		return left
	}
	if s == nil {
		j.Missing++
		j.Complain("missing: %s in %s: %s", j.Rules[c.Rule].name, j.Rules[c.Rule].channel, c)
		return left
	}
	j.Posted++
	j.timed(c, s)
	return left
}

// coveredBy is the message of a higher threshold that was reached before the lower one could be posted by itself: at once, or so soon that it
// has overtaken it.
func (j *judgement) coveredBy(c crossing) *notice {
	for _, higher := range j.Crossings {
		if higher.Budget != c.Budget || higher.threshold <= c.threshold || higher.up.Before(c.up) || !higher.up.Before(c.down) {
			continue
		}
		atOnce := !j.looked(c.Month, c.up, higher.up)
		if !atOnce && j.Clock.Wall(higher.up).Sub(j.Clock.Wall(c.up)) > patience {
			continue
		}
		for _, s := range j.noticesOf(key{c.Budget, higher.threshold}) {
			if !s.post.At.Before(higher.up) {
				if !atOnce {
					j.Overtaken++
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
	for i := range j.Messages {
		for _, s := range j.Messages[i].Notices {
			if s.Kind == aboutThreshold && s.threshold == k.threshold && s.Month == k.Month && j.Rules[k.Rule].IsNamed(s.Rule) {
				all = append(all, s)
			}
		}
	}
	return all
}

// timed notes how long after its crossing a message was posted.
func (j *judgement) timed(c crossing, s *notice) {
	delay := s.post.Wall.Sub(j.Clock.Wall(c.up))
	j.Delays = append(j.Delays, delay)
	if delay > patience {
		j.Late++
	}
}

// sameTwice finds deliveries that were posted twice, and messages that say the same in the same words. What the operators get may
// well happen again.
func (j *judgement) sameTwice() {
	ids, words := map[string]bool{}, map[string]bool{}
	for _, h := range j.Messages {
		text := h.Channel + "\n" + h.Text + "\n" + h.blocks
		switch {
		case h.id == "":
			j.Complain("a message without the id of its delivery: %s", h.Text)
		case ids[h.id]:
			j.Doubled++
			j.Complain("a delivery that was posted twice, at %s: %s", h.At.Format(time.DateTime), h.Text)
		case words[text] && h.Channel != Operators:
			j.Doubled++
			j.Complain("the same words twice, at %s in %s: %s", h.At.Format(time.DateTime), h.Channel, h.Text)
		}
		ids[h.id], words[text] = true, true
	}
}
