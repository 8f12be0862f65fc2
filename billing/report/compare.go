package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/ledger"
)

// Prior is what the bot recorded of a month while it ran. Once the month is over, nothing else tells what its first days used.
type Prior struct {
	// Rows are the month's usage up to CountedTo; empty if there is no record.
	Rows      []billing.Usage
	CountedTo time.Time
	// WatchingSince is when the recording began; zero if nothing is recorded yet.
	WatchingSince time.Time
	// Unreadable means that there may be a record, but it could not be read.
	Unreadable bool
}

// slack is the most by which two compared stretches of time may differ in length.
const slack = 12 * time.Hour

// stretch has the two stretches of time that a change compares. The zero value compares nothing.
type stretch struct {
	month, against         billing.Range
	monthDays, againstDays float64
	recorded               bool // the last month of against counts by its record, not as a whole
}

// compare chooses the days of the last month and of the month before that are compared.
func (b *tabulation) compare(data Data, now time.Time) (*Comparison, stretch) {
	month := b.question.Months.Last
	against := month.Add(-1)
	counted := billing.CountedTo(data.Rows, month, b.question.Wants)
	versus := &Comparison{Month: month, Against: against}
	if !b.has(month) {
		return nil, stretch{}
	}
	if IsFullyCounted(month, counted, now) {
		if !b.has(against) {
			return nil, stretch{}
		}
		return versus, stretch{month: billing.One(month), against: billing.One(against), monthDays: length(month), againstDays: length(against)}
	}
	if counted.Sub(month.Start()) < slack {
		versus.Unknown, versus.Why, versus.WatchingSince = true, GapUndated, data.Prior.WatchingSince
		return versus, stretch{}
	}
	return b.compareSoFar(versus, counted, data.Prior)
}

// compareSoFar compares the days so far of the running month with the same days of the month before, or with that whole month if it is no longer
// than these days. If nobody recorded the same days, it compares services with their average day of that month.
func (b *tabulation) compareSoFar(versus *Comparison, counted time.Time, prior Prior) (*Comparison, stretch) {
	elapsed := counted.Sub(versus.Month.Start())
	s := stretch{month: billing.One(versus.Month), against: billing.One(versus.Against), monthDays: days(elapsed)}
	versus.Days = int(elapsed.Round(24*time.Hour) / (24 * time.Hour))
	versus.Until, versus.AgainstUntil = counted, billing.Earlier(versus.Against.Start().Add(elapsed), versus.Against.End())
	versus.WatchingSince = prior.WatchingSince
	isShorter := versus.Against.Start().Add(elapsed+slack).Compare(versus.Against.End()) >= 0
	has := b.has(versus.Against)
	if b.question.ReadsServices() && !has {
		return nil, stretch{}
	}
	before := prior.CountedTo.Sub(versus.Against.Start())
	isRecorded := len(prior.Rows) > 0 && (before-elapsed).Abs() <= slack
	if has && (isShorter || b.question.ReadsServices() && !isRecorded) {
		s.againstDays, versus.AgainstUntil = length(versus.Against), versus.Against.End()
		return versus, s
	}
	switch {
	case prior.Unreadable:
		versus.Why = GapUnreadable
	case !isRecorded:
		versus.Why = GapNoRecord
	}
	if versus.Unknown = versus.Why != ""; versus.Unknown {
		return versus, stretch{}
	}
	s.againstDays, s.recorded, versus.AgainstUntil = days(before), true, prior.CountedTo
	return versus, s
}

// has reports whether there is a figure for the question in the month.
func (b *tabulation) has(m billing.Month) bool {
	for _, group := range b.groups.of {
		for _, l := range group.sums.Lines() {
			if _, found := l.At(m); found {
				return true
			}
		}
	}
	return false
}

// IsFullyCounted reports whether the month is over and counted to its end, which takes Fastly a while. counted is the instant to which its rows
// count; if it is zero, nobody knows, and a month that is over is taken as whole.
func IsFullyCounted(m billing.Month, counted, now time.Time) bool {
	if !m.IsOver(now) {
		return false
	}
	return counted.IsZero() || !counted.Add(slack).Before(m.End()) || m.IsSettled(now)
}

func length(m billing.Month) float64 { return float64(m.Days()) }

func days(d time.Duration) float64 { return d.Hours() / 24 }

// earlier returns the figure that a row is compared with.
func (s stretch) earlier(l *ledger.Line) decimal.NullDecimal {
	whole := s.against
	if s.recorded && whole.Len() == 1 {
		return l.Recorded
	}
	if s.recorded {
		whole.Last = whole.Last.Add(-1)
	}
	single, found := l.Sum(whole)
	if s.recorded && l.Recorded.Valid {
		single, found = single.Add(l.Recorded.Decimal), true
	}
	return decimal.NullDecimal{Decimal: single, Valid: found}
}

// compare works out the change.
func (u *UsagePart) compare() {
	u.Change = decimal.NullDecimal{}
	if u.Earlier.IsPositive() {
		u.Change = decimal.NewNullDecimal(rounded(billing.Approximate(u.PerDay)/billing.Approximate(u.Earlier) - 1))
	}
}

// And adds the usage charges of two rows. Either may be nil.
func (u *UsagePart) And(other *UsagePart) *UsagePart {
	if u == nil || other == nil {
		return cmp.Or(u, other)
	}
	both := &UsagePart{PerDay: u.PerDay.Add(other.PerDay), Earlier: u.Earlier.Add(other.Earlier)}
	both.compare()
	return both
}

// change returns by how much a row changed per day. It is not valid if either figure is absent, or the earlier one is not above zero.
func (s stretch) change(current, earlier decimal.NullDecimal) decimal.NullDecimal {
	if s.monthDays == 0 || !current.Valid || !earlier.Valid || !earlier.Decimal.IsPositive() {
		return decimal.NullDecimal{}
	}
	perDay := billing.Approximate(current.Decimal) / billing.Approximate(earlier.Decimal) * s.againstDays / s.monthDays
	return decimal.NewNullDecimal(rounded(perDay - 1))
}

// comparePeriods chooses the days of two periods that are compared. If the later period is still running, its days so far are compared with the same
// part of the earlier period, provided that both have as many months and the bot recorded that part; else with the whole earlier period. Changes
// are per day, and a month without any row adds no days.
func (b *tabulation) comparePeriods(data Data, now time.Time) (*Comparison, stretch) {
	q := b.question
	versus := &Comparison{
		Month: q.Months.Last, Against: q.Against.Last, Span: q.Months, AgainstSpan: q.Against, WatchingSince: data.Prior.WatchingSince,
	}
	s := stretch{month: q.Months, against: q.Against}
	if !b.hasAny(q.Months) || !b.hasAny(q.Against) {
		return nil, s
	}
	counting, against := b.daysOf(q.Months), b.daysOf(q.Against)
	counted := billing.CountedTo(data.Rows, q.Months.Last, q.Wants)
	if slices.Contains(b.seen, q.Months.Last) && !IsFullyCounted(q.Months.Last, counted, now) {
		elapsed := counted.Sub(q.Months.Last.Start())
		if counted.IsZero() || q.Months.Len() == 1 && elapsed < slack {
			versus.Unknown, versus.Why = true, GapUndated
			return versus, s
		}
		counting += days(elapsed) - length(q.Months.Last)
		versus.Until, versus.AgainstUntil = counted, q.Against.Last.End()
		versus.Days = int(elapsed.Round(24*time.Hour) / (24 * time.Hour))
		before := data.Prior.CountedTo.Sub(q.Against.Last.Start())
		isRecorded := len(data.Prior.Rows) > 0 && (before-elapsed).Abs() <= slack && slices.Contains(b.seen, q.Against.Last)
		if isRecorded && q.Months.Len() == q.Against.Len() && versus.AgainstUntil.Sub(q.Against.Last.Start()) > elapsed+slack {
			s.recorded, versus.AgainstUntil = true, data.Prior.CountedTo
			against += days(before) - length(q.Against.Last)
		}
	}
	versus.Length, versus.AgainstLength = counting, against
	s.monthDays, s.againstDays = counting, against
	return versus, s
}

// daysOf counts the days of the months that have rows.
func (b *tabulation) daysOf(months billing.Range) float64 {
	var days float64
	for _, m := range months.Months() {
		if slices.Contains(b.seen, m) {
			days += length(m)
		}
	}
	return days
}

// hasAny reports whether there is a figure for the question in any of the months.
func (b *tabulation) hasAny(months billing.Range) bool {
	return slices.ContainsFunc(months.Months(), b.has)
}

// IsUneven reports whether the compared bills are of different length, so that usage charges would differ even if each day used the same.
func (v *Comparison) IsUneven() bool {
	return v != nil && v.Whole && !v.Unknown && !v.IsTiered && (v.IsPerDay || v.length() != v.againstLength())
}

// length returns how many days of the later stretch are counted. Messages of earlier versions do not have Length.
func (v *Comparison) length() float64 {
	if v.Length > 0 {
		return v.Length
	}
	return length(v.Month)
}

func (v *Comparison) againstLength() float64 {
	if v.AgainstLength > 0 {
		return v.AgainstLength
	}
	return length(v.Against)
}
