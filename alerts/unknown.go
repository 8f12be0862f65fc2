package alerts

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"budgetbot/billing"
)

// UnknownBudget is a budget, or a rule with change, that had figures and has none now.
type UnknownBudget struct {
	Rule  string    `json:"rule"`
	Scope string    `json:"scope,omitempty"`
	Title string    `json:"title"`
	Since time.Time `json:"since"` // when a check could not tell for the first time
	Why   string    `json:"why"`   // for a person
}

// Named is how the file, the log and /readyz call it: its rule, and which of the rule's budgets.
func (u UnknownBudget) Named() string {
	if u.Scope == "" {
		return "rule " + u.Rule
	}
	return "rule " + u.Rule + ": " + u.Scope
}

func (u UnknownBudget) name() BudgetName { return BudgetName{u.Rule, u.Scope} }

// unknownNow is an unknown budget as a check has seen it.
type unknownNow struct {
	UnknownBudget
	had bool // it had figures in this month
	// waits tells that figures of the month before are no reason to expect any yet.
	waits bool
	// told tells that operators hear of the cause as a trouble of its own: services or the bill that could not be read.
	told bool
}

// unknownsOf are the budgets for which the check found no figure. Where a rule's services or teams cannot be told at all it is the rule that is
// unknown, and not each of them.
func unknownsOf(r Result) []unknownNow {
	whole := map[string]bool{}
	had := map[string]bool{}
	for i, d := range r.Plan.Decisions {
		f := &r.Plan.Findings[i]
		whole[f.BudgetID.Rule] = whole[f.BudgetID.Rule] || f.Unknown != "" && f.Scope == ""
		had[f.BudgetID.Rule] = had[f.BudgetID.Rule] || d.Standing.Version != ""
	}
	var unknown []unknownNow
	for i, d := range r.Plan.Decisions {
		f := &r.Plan.Findings[i]
		if f.Unknown == "" || f.Scope != "" && whole[f.BudgetID.Rule] {
			continue
		}
		u := unknownNow{UnknownBudget: UnknownBudget{Rule: f.BudgetID.Rule, Scope: f.Scope, Title: f.Rule.Title, Why: f.Unknown}}
		u.had, u.waits = d.Standing.Version != "" || f.Scope == "" && had[u.Rule], f.NotBilled
		u.told = r.reading.unreadBill != nil && f.Rule.IsMoney() || r.reading.unreadServices != nil && questionOf(f.Rule).selection().isNeeded()
		unknown = append(unknown, u)
	}
	return append(unknown, r.unknownChanges...)
}

// watchUnknown tells operators of budgets that had figures and have had none for as long as patience: those found so in one check are told
// in one message, which is edited until all of them have figures again.
//
// The row without a scope remembers since when each has been unknown; each of the others is a message.
func (h *health) watchUnknown(remembered []Episode, seen []unknownNow, patience time.Duration) {
	all, said := unknownEpisodes(remembered)
	left := map[BudgetName]unknownNow{}
	for _, u := range h.remember(all, seen) {
		left[u.name()] = u
	}
	next := Episode{Kind: EpisodeUnknown, BudgetID: BudgetID{Scope: strconv.Itoa(len(said) + 1)}}
	for _, e := range said {
		if e.State == EpisodeOpen {
			h.goOnUnknown(e, left)
			continue
		}
		next = e // its row is free
	}
	var due []UnknownBudget
	for _, u := range seen {
		if now, waits := left[u.name()]; waits && !now.told && h.now.Sub(now.Since) >= patience {
			due = append(due, now.UnknownBudget)
		}
	}
	if len(due) == 0 || h.operators == "" {
		return
	}
	first := slices.MinFunc(due, func(a, b UnknownBudget) int { return a.Since.Compare(b.Since) })
	next.Since, next.EndedAt, next.RootID = first.Since, time.Time{}, ""
	next.Report.Trouble = &Trouble{Kind: EpisodeUnknown, Since: first.Since, Unknown: due}
	h.say(&next)
	h.Episodes = append(h.Episodes, next)
}

// unknownEpisodes returns the memory of unknown budgets, and the messages about them.
func unknownEpisodes(remembered []Episode) (all Episode, said []Episode) {
	all = Episode{Kind: EpisodeUnknown, State: EpisodeQuiet, Report: Report{Trouble: &Trouble{Kind: EpisodeUnknown}}}
	for _, e := range remembered {
		switch {
		case e.Kind != EpisodeUnknown || e.Rule != "" || e.Report.Trouble == nil:
		case e.Scope == "":
			all = e
		default:
			said = append(said, e)
		}
	}
	return all, said
}

// remember returns the unknown budgets that had figures, each with the time since which it has none, and keeps them for the next check.
func (h *health) remember(all Episode, seen []unknownNow) []unknownNow {
	since := map[BudgetName]time.Time{}
	for _, u := range all.Report.Trouble.Unknown {
		since[u.name()] = u.Since
	}
	var unknown []unknownNow
	var kept []UnknownBudget
	for _, u := range seen {
		at, known := since[u.name()]
		if !known && !u.had {
			continue
		}
		if u.Since = at; !known {
			u.Since = h.now
		}
		unknown, kept = append(unknown, u), append(kept, u.UnknownBudget)
	}
	if !slices.EqualFunc(kept, all.Report.Trouble.Unknown, sameUnknown) {
		all.Report.Trouble = &Trouble{Kind: EpisodeUnknown, Unknown: kept}
		h.Episodes = append(h.Episodes, all)
	}
	return unknown
}

func sameUnknown(a, b UnknownBudget) bool {
	return a.name() == b.name() && a.Title == b.Title && a.Why == b.Why && a.Since.Equal(b.Since)
}

// goOnUnknown edits a message where fewer of its budgets are unknown, or for another reason, and where none is any more. Its budgets
// are taken out of left.
func (h *health) goOnUnknown(e Episode, left map[BudgetName]unknownNow) {
	before := *e.Report.Trouble
	var still []UnknownBudget
	for _, u := range before.Unknown {
		if now, lasts := left[u.name()]; lasts {
			still = append(still, now.UnknownBudget)
			delete(left, u.name())
		}
	}
	now, why := before, ReasonCause
	switch {
	case len(still) == 0:
		now.Until, why = h.now, ReasonRecovered
		e.State, e.EndedAt = EpisodeOver, h.now
	case slices.EqualFunc(still, before.Unknown, sameUnknown):
		return
	default:
		now.Unknown = still
	}
	e.Report.Trouble = &now
	h.Deliveries = append(h.Deliveries, e.post(DeliverRefresh, why, h.now, h.newID()))
	h.Episodes = append(h.Episodes, e)
}

// hadFigures notes which unknown budgets had figures in the month before.
func (c *Checker) hadFigures(ctx context.Context, unknown []unknownNow, month billing.Month) error {
	if !slices.ContainsFunc(unknown, func(u unknownNow) bool { return !u.had }) {
		return nil
	}
	standings, err := c.Ledger.Standings(ctx, month.Add(-1))
	if err != nil {
		return fmt.Errorf("read the standings of %s: %w", month.Add(-1), err)
	}
	had := map[BudgetName]bool{}
	for _, s := range standings {
		had[s.BudgetName()] = had[s.BudgetName()] || s.Version != ""
		had[BudgetName{Rule: s.Rule}] = had[BudgetName{Rule: s.Rule}] || s.Version != ""
	}
	for i := range unknown {
		unknown[i].had = unknown[i].had || had[unknown[i].name()] && !unknown[i].waits
	}
	return nil
}

// LongUnknown returns the budgets that had figures and have had none for as long as staleAfter, of the episodes that are remembered.
func LongUnknown(remembered []Episode, staleAfter time.Duration, now time.Time) []UnknownBudget {
	var long []UnknownBudget
	for _, e := range remembered {
		if e.Kind != EpisodeUnknown || e.Scope != "" || e.Report.Trouble == nil {
			continue
		}
		for _, u := range e.Report.Trouble.Unknown {
			if now.Sub(u.Since) >= staleAfter {
				long = append(long, u)
			}
		}
	}
	return long
}

func logTroubles(log *zap.Logger, episodes []Episode) {
	for _, e := range episodes {
		fields := []zap.Field{zap.String("kind", string(e.Kind)), zap.String("state", string(e.State)), zap.String("cause", e.Report.Trouble.Cause)}
		for _, u := range e.Report.Trouble.Unknown {
			fields = append(fields, zap.String("rule", u.Rule), zap.String("why", u.Why))
			break // one of many says what it is about
		}
		log.Info("trouble", fields...)
	}
}
