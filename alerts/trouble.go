package alerts

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"budgetbot/billing"
)

// Trouble is what keeps the bot from watching, as its operators are told of it.
type Trouble struct {
	Kind  EpisodeKind `json:"kind"`
	Since time.Time   `json:"since"`          // of figures that do not move, up to when they count
	Until time.Time   `json:"until,omitzero"` // zero while it lasts
	// Cause is why, and Next what to do about it, both for a person; empty of figures that do not move.
	Cause string `json:"cause,omitempty"`
	Next  string `json:"next,omitempty"`
	// CountedTo is up to when the figures count that came in the end, and Usual how often new ones came before; 0 is unknown.
	CountedTo time.Time     `json:"counted_to,omitzero"`
	Usual     time.Duration `json:"usual,omitempty"`
	// UsageTypes are those whose services cannot be read.
	UsageTypes []string `json:"usage_types,omitempty"`
	// Unknown are the budgets without figures, as far as they still are.
	Unknown []UnknownBudget `json:"unknown,omitempty"`
}

// symptom is what one check tells of one kind of trouble: that it is there, or that it is not.
type symptom struct {
	Trouble
	present bool
	// patience is how long it may last until it is said.
	patience time.Duration
}

const (
	// failsPatiently is how long checks fail at least before that is said: a short fault of Fastly's is nobody's task.
	failsPatiently = time.Hour
	// intervalsFailed is how many intervals they fail before.
	intervalsFailed = 3
	// gapsMissed is how many of the usual gaps between new figures have to be missed for these to be stale.
	gapsMissed = 3
)

// sighting is what a check has seen of the bot's own health.
type sighting struct {
	failure   error // why nothing was compared; nil where it was, or where there is nothing to compare yet
	compared  bool
	countedTo time.Time     // of the newest row; zero where Fastly did not say
	usual     time.Duration // between new figures; 0 is unknown
	unread    []string      // the usage types whose services could not be read
	services  error         // for what reason
	bill      error         // why the bill could not be read, where a budget needs it
	unknown   []unknownNow  // the budgets without a figure
}

// sightingOf is what the check of the month that runs has seen.
func sightingOf(r Result) sighting {
	if !r.compared {
		return sighting{failure: r.Err}
	}
	return sighting{
		compared: true, countedTo: newestOf(r.reading.Rows), usual: r.reading.Archive.usualGap(),
		unread: r.reading.Services.unread(), services: r.reading.unreadServices, bill: r.reading.unreadBill,
		unknown: unknownsOf(r),
	}
}

// symptoms are those that the sighting can tell. A check that compared nothing tells nothing of the figures.
func (s sighting) symptoms(staleAfter, every time.Duration, now time.Time) []symptom {
	patience := max(intervalsFailed*every, failsPatiently)
	failing := func(kind EpisodeKind, err error) symptom {
		return symptom{
			Trouble: Trouble{Kind: kind, Since: now, Cause: causeOf(err), Next: remedyOf(err)}, present: err != nil, patience: patience,
		}
	}
	told := []symptom{failing(EpisodeFailing, s.failure)}
	if !s.compared {
		return told
	}
	services := failing(EpisodeServices, s.services)
	services.UsageTypes = s.unread
	told = append(told, services, failing(EpisodeBill, s.bill))
	if s.countedTo.IsZero() {
		return told
	}
	return append(told, symptom{
		Trouble: Trouble{Kind: EpisodeStale, Since: s.countedTo, CountedTo: s.countedTo, Usual: s.usual},
		present: now.Sub(s.countedTo) > max(staleAfter, gapsMissed*s.usual),
	})
}

// health decides what operators are told of the bot's own troubles: each once an episode, and the end of it by an edit.
type health struct {
	operators string // their channel; empty where nobody is to be told
	now       time.Time
	newID     func() string
	Outcome
}

// watch goes by what is remembered of each trouble.
func (h *health) watch(remembered []Episode, symptoms []symptom) {
	for _, s := range symptoms {
		at := slices.IndexFunc(remembered, func(e Episode) bool { return e.Kind == s.Kind && e.Rule == "" })
		before := Episode{Kind: s.Kind, State: EpisodeQuiet}
		if at >= 0 {
			before = remembered[at]
		}
		switch lasts := before.State == EpisodeWatched || before.State == EpisodeOpen; {
		case s.present && !lasts:
			h.begin(before, s)
		case s.present:
			h.goOn(before, s)
		case lasts:
			h.end(before, s)
		}
	}
}

func (h *health) begin(e Episode, s symptom) {
	e.State, e.Since, e.EndedAt, e.RootID, e.SaidAt = EpisodeWatched, s.Since, time.Time{}, "", time.Time{}
	e.Report.Trouble = &s.Trouble
	if s.patience == 0 {
		h.say(&e)
	}
	h.Episodes = append(h.Episodes, e)
}

// goOn says what has lasted long enough, and edits what was said when the cause is another one.
func (h *health) goOn(e Episode, s symptom) {
	was := e.Report.Trouble
	s.Trouble.Since = e.Since
	e.Report.Trouble = &s.Trouble
	differs := was == nil || was.Cause != s.Cause || !slices.Equal(was.UsageTypes, s.UsageTypes)
	switch {
	case e.State == EpisodeWatched && h.now.Sub(e.Since) >= s.patience && h.operators != "":
		h.say(&e)
	case e.State == EpisodeOpen && differs:
		h.Deliveries = append(h.Deliveries, e.post(DeliverRefresh, ReasonCause, h.now, h.newID()))
	case !differs:
		return
	}
	h.Episodes = append(h.Episodes, e)
}

func (h *health) say(e *Episode) {
	if h.operators == "" {
		return
	}
	e.State, e.Report.Channel = EpisodeOpen, h.operators
	h.Deliveries = append(h.Deliveries, e.post(DeliverRoot, ReasonTrouble, h.now, h.newID()))
}

// end edits what was said. The end of what was never said is not said either.
func (h *health) end(e Episode, s symptom) {
	said := e.State == EpisodeOpen
	e.State, e.EndedAt = EpisodeQuiet, h.now
	if said {
		over := Trouble{Kind: e.Kind, Since: e.Since}
		if e.Report.Trouble != nil {
			over = *e.Report.Trouble
		}
		over.Until, over.CountedTo = h.now, s.CountedTo
		e.State, e.Report.Trouble = EpisodeOver, &over
		h.Deliveries = append(h.Deliveries, e.post(DeliverRefresh, ReasonRecovered, h.now, h.newID()))
	}
	h.Episodes = append(h.Episodes, e)
}

// watchHealth tells the operators of troubles that a check has seen. Where that cannot be recorded it is left to the next
// check: what was compared stands all the same.
func (c *Checker) watchHealth(ctx context.Context, result Result, now time.Time) {
	rules := c.Rules()
	remembered, err := c.Ledger.Episodes(ctx, billing.MonthOf(now))
	if err != nil {
		c.Log.Warn("the bot's own troubles are not watched", zap.Error(err))
		return
	}
	seen := sightingOf(result)
	if err := c.hadFigures(ctx, seen.unknown, billing.MonthOf(now)); err != nil {
		c.Log.Warn("budgets without figures are not watched", zap.Error(err))
		return
	}
	h := health{operators: rules.Operators.Channel, now: now, newID: c.NewID, Outcome: Outcome{At: now}}
	h.watch(remembered, seen.symptoms(rules.Operators.StaleAfter, c.Every, now))
	if seen.compared {
		h.watchUnknown(remembered, seen.unknown, rules.Operators.StaleAfter)
	}
	if len(h.Episodes) == 0 {
		return
	}
	c.lookFirst(h.Deliveries)
	if err := c.Ledger.Record(ctx, h.Outcome); err != nil {
		c.Log.Warn("the bot's own troubles are not recorded", zap.Error(err))
		return
	}
	logTroubles(c.Log, h.Episodes)
}
