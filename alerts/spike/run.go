package spike

import (
	"math"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
)

// DefaultOver is how far above its usual amount a day must be if nobody says otherwise. With it docs/spikes.md was measured.
const DefaultOver = rules.DefaultSpikeOver

const (
	// deviations is how many standard deviations of the series' own days a spike is above the usual amount at least, so that a series whose days
	// vary a lot is not posted every week.
	deviations = 2.5
	// calmDays is how many calm days in a row end a run.
	calmDays = 2
	// wildest is the most that a series' own days can raise the height to: a thousand times the usual amount.
	wildest = 1000
	// lasting is which part of the height that begins a run lets it go on.
	lasting = 0.5
)

// Limits are a rule's: from when on a day is a spike.
type Limits struct {
	Over    rules.Threshold // more than this above the usual amount, in percent
	AtLeast decimal.Decimal // and at least this much above it, in the unit of the days
}

// Day is a day beside what is usual for its weekday.
type Day struct {
	Day   time.Time
	Used  decimal.Decimal
	Usual decimal.Decimal // the median of the same weekday in the four weeks before
	// Middle are the one or two days that are that median; Usual is their mean.
	Middle []time.Time
	// From is the share above Usual from which on a day is a spike: the rule's, or more if the series' own days vary more.
	From float64
}

// Above is how much more than usual was used.
func (d Day) Above() decimal.Decimal { return d.Used.Sub(d.Usual) }

// Ratio is Above as a share of the usual amount: 1 means twice as much. Usual must be above zero.
func (d Day) Ratio() decimal.Decimal { return d.Above().Div(d.Usual) }

// begins reports whether the day is high enough to begin a run, lasts whether it is high enough for one to go on.
func (d Day) begins(l Limits) bool {
	return d.Ratio().InexactFloat64() > d.From && d.Above().GreaterThanOrEqual(l.AtLeast)
}
func (d Day) lasts() bool { return d.Ratio().InexactFloat64() > lasting*d.From }

// Why a day cannot be compared, for a person.
const (
	UnknownDay   = "the day's figure is not known"
	UnknownUsual = "too few of the same weekdays of the four weeks before are known"
	UnknownRange = "the days before it are too few to tell how much they vary; I need about five weeks"
	NoUsual      = "there was no usage on the same weekdays of the four weeks before"
)

// Compare returns the day beside its usual amount, or why that cannot be.
func (h *History) Compare(day time.Time, l Limits) (d Day, unknown string) {
	used, isKnown := h.used[day]
	usual, hasUsual := h.usual[day]
	deviation, hasSpread := h.spread(day)
	switch {
	case !isKnown:
		return Day{}, UnknownDay
	case !hasUsual:
		return Day{}, UnknownUsual
	case !usual.amount.IsPositive():
		return Day{}, NoUsual
	case !hasSpread:
		return Day{}, UnknownRange
	}
	from := min(math.Exp(deviations*deviation)-1, wildest)
	return Day{Day: day, Used: used, Usual: usual.amount, Middle: usual.of, From: max(from, float64(l.Over)/100)}, ""
}

// Run is a run of days on which much more was used than usual.
type Run struct {
	First, Last Day // the first and the newest of its high days
	Days        int // how many days are high
	// Above is how much more than usual was used on them.
	Above decimal.Decimal
	// Ended is the day that ended it; zero while it lasts.
	Ended time.Time
	// Settled means that it has ended although usage has not come down: what was much is usual now.
	Settled bool
}

// Lasts reports whether the newest known day still belongs to the run.
func (r Run) Lasts() bool { return r.Ended.IsZero() }

func (r *Run) add(d Day) {
	if r.Days == 0 {
		r.First = d
	}
	r.Last, r.Days, r.Above = d, r.Days+1, r.Above.Add(d.Above())
}

// Runs returns every run, in order; all but the last have ended.
//
// The first of a month begins none, as monthly jobs run then, and neither does a day after one that is not known, which may have been counted
// with it. If the next day is high too, the run began with them.
func (h *History) Runs(l Limits) []Run {
	var runs []Run
	var doubtful Day // the newest high day that began no run
	calm, lasts := 0, false
	for _, at := range h.days {
		d, unknown := h.Compare(at, l)
		isSecond := doubtful.Day.Equal(at.AddDate(0, 0, -1))
		switch {
		case unknown != "":
		case lasts && d.lasts():
			runs[len(runs)-1].add(d)
			calm = 0
		case lasts:
			if calm++; calm == calmDays {
				lasts = false
				h.end(&runs[len(runs)-1], d)
			}
		case !d.begins(l):
		case h.isDoubtful(at) && !isSecond:
			doubtful = d
		default:
			var r Run
			if isSecond {
				r.add(doubtful)
			}
			r.add(d)
			runs, lasts, calm = append(runs, r), true, 0
		}
	}
	return runs
}

// isDoubtful reports whether a high day may be high by itself: it is the first of a month, or what was counted on it may be of the day before.
func (h *History) isDoubtful(day time.Time) bool {
	_, known := h.used[day.AddDate(0, 0, -1)]
	return day.Day() == 1 || !known
}

// end ends the run on a calm day. It has settled if the day is still high against what was usual before the run.
func (h *History) end(r *Run, d Day) {
	r.Ended = d.Day
	if usual, known := h.usualOn(d.Day, r.First.Day); known && usual.amount.IsPositive() {
		d.Usual, d.From = usual.amount, r.First.From
		r.Settled = d.lasts()
	}
}
