package judge

import (
	"slices"
	"time"
)

// usedUp is the threshold from which on everything is posted. Below it a threshold adds nothing to what was posted as likely over: it only
// updates that message.
const usedUp = 100

// word is what people could read of a budget from an instant of wall time on, in a message of its own, a line of a list, or an update.
type word struct {
	at      time.Time
	likely  bool // the month is called likely to end above the budget
	reached int  // the threshold that the figure there reaches
	listed  bool // a line of a list, which is never updated
}

// follow notes what people could read of each budget, as it changed.
func (j *judgement) follow() {
	of := map[string]Budget{} // by the message
	for _, h := range j.Messages {
		for _, s := range h.Notices {
			i := j.numberOf(s)
			if s.Kind != aboutThreshold && s.Kind != aboutForecast || i < 0 {
				continue
			}
			b := Budget{i, s.Month}
			reached := s.threshold
			if !s.listed {
				reached = max(reached, reachedIn(h.Text))
			}
			if !s.listed && !h.reply {
				of[h.Channel+h.ts] = b
			}
			j.words[b] = append(j.words[b], word{h.Wall, s.likely, reached, s.listed})
		}
	}
	for _, p := range j.Updates {
		if b, known := of[p.Channel+p.ts]; known {
			j.words[b] = append(j.words[b], word{p.Wall, likely.MatchString(p.blocks), reachedIn(p.Text), false})
		}
	}
	for _, words := range j.words {
		slices.SortStableFunc(words, func(a, b word) int { return a.at.Compare(b.at) })
	}
}

// reachedIn is the threshold that the figure in the text of an alert reaches; 0 where there is none.
func reachedIn(text string) int {
	found := percent.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	return thresholdOf(found[1] + found[2])
}

// isShown reports whether a crossing below the limit need not be posted: its budget was called likely over before it could be posted, nothing
// took that back, and the message that says so shows the threshold. A line of a list shows nothing more, nor does a message in the closed channel.
func (j *judgement) isShown(c crossing) bool {
	if c.threshold >= usedUp || j.Rules[c.Rule].silent {
		return false
	}
	up, isLikely, isFixed := j.Clock.Wall(c.up), false, false
	for _, w := range j.words[c.Budget] {
		isAfter, isOver := !w.at.Before(up), j.isOver(c.Month, w)
		switch {
		case isAfter && isLikely && w.reached >= c.threshold && (w.likely || isOver || w.reached >= usedUp):
			return true
		case isOver && !w.likely:
		case !isAfter || !w.likely || w.at.Sub(up) <= patience:
			isLikely, isFixed = w.likely, w.listed
		}
	}
	return isLikely && (isFixed || j.Rules[c.Rule].channel == Closed)
}

// isOver reports whether a month was over when people could read a word about it, which says nothing of its end any more.
func (j *judgement) isOver(month string, w word) bool { return !j.Clock.At(w.at).Before(end(month)) }

// isNews complains of a message about a threshold below the limit that only repeats that the month is likely over: nothing that people could
// read took that back meanwhile. What an edit of the rules did to a budget is not followed.
func (j *judgement) isNews(c crossing, s *notice) {
	if c.threshold >= usedUp || s.threshold >= usedUp || !s.likely || j.Rules[c.Rule].silent || absent.has(c.Rule) || raised.has(c.Rule) {
		return
	}
	wasLikely := false
	for _, w := range j.words[c.Budget] {
		if !w.at.Before(s.post.Wall) {
			break
		}
		switch {
		case !w.likely && j.isOver(c.Month, w):
		case !w.likely || w.reached < c.threshold: // else it may be the update that comes with the message
			wasLikely = w.likely && !w.listed // a line of a list cannot be taken back
		}
	}
	if wasLikely {
		j.Doubled++
		j.Complain("posted although its message says that the month is likely over: %s, %s: %s", s.Rule, c, s.post.Text)
	}
}
