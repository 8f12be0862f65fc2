package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
)

// daysTimeout bounds reading the days that are kept.
const daysTimeout = 15 * time.Second

// dayBook remembers what rules count of the days, until there are more days or other rules.
type dayBook struct {
	dayBookKey
	tally *evaluate.DayTally
	rows  map[time.Time][]billing.DayTraffic // of every service, on the days of spikes
}

type dayBookKey struct {
	set               *rules.Rules
	month             billing.Month
	regions, services daysKept
}

// daysKept is which days of a kind are kept, and why there are no newer ones.
type daysKept struct {
	since, to time.Time
	why       string
}

// spikes compares the days of the rules that do so, and adds to those that are high which services grew and what that costs.
func (r *reader) spikes(ctx context.Context, set *rules.Rules, reading *evaluate.Reading) []evaluate.Spike {
	if !slices.ContainsFunc(set.Rules, func(rule rules.Rule) bool { return rule.IsDaily() }) {
		return nil
	}
	ctx, cancel := context.WithDeadline(ctx, deadline(ctx, daysTimeout, leftToRecord))
	defer cancel()
	tally, err := r.tally(ctx, set, reading)
	found := reading.Spikes(tally)
	for i := range found {
		f := &found[i]
		if err != nil && f.Obstacle != "" {
			f.Obstacle = "the days that are kept can't be read: " + alerts.CauseOf(err)
			f.Found.Unknown = f.Obstacle
		}
		if f.Lasts {
			r.explainSpike(ctx, f, tally, reading)
		}
	}
	return found
}

// tally adds up the days, if there are newer ones than those that were added up last. After an error it has those that could be read.
func (r *reader) tally(ctx context.Context, set *rules.Rules, reading *evaluate.Reading) (*evaluate.DayTally, error) {
	book := &r.days
	yesterday := billing.DayOf(reading.ReadAt).AddDate(0, 0, -1)
	fresh := dayBook{dayBookKey{set: set, month: reading.Month}, evaluate.NewDayTally(set.Rules, reading), map[time.Time][]billing.DayTraffic{}}
	if r.Days == nil {
		return fresh.tally, nil
	}
	last := billing.Days{First: yesterday, Last: yesterday}
	if fresh.tally.NeedsRegions() {
		newest, err := r.Days.Regions(ctx, last)
		if err != nil {
			return fresh.tally, r.unreadDays(err)
		}
		fresh.regions = keptOf(newest, yesterday)
	}
	if fresh.tally.NeedsServices() {
		newest, err := r.Days.Services(ctx, last, noService)
		if err != nil {
			return fresh.tally, r.unreadDays(err)
		}
		fresh.services = keptOf(newest, yesterday)
	}
	if book.tally != nil && book.dayBookKey == fresh.dayBookKey {
		return book.tally, nil
	}
	if err := r.addDays(ctx, fresh.tally, yesterday); err != nil {
		return evaluate.NewDayTally(set.Rules, reading), r.unreadDays(err)
	}
	*book = fresh
	return book.tally, nil
}

// noService is the id of no service: a reading of it has no rows, and tells which days are kept.
const noService = "-"

// keptOf returns what a reading tells of the days that spikes need: older ones may still be filled in.
func keptOf(reading daily.Reading, yesterday time.Time) daysKept {
	return daysKept{billing.Later(reading.Since, yesterday.AddDate(0, 0, 1-evaluate.SpikeDays)), reading.To, reading.Why}
}

// addDays adds up the days before an instant, those of services a month at a time, so that an account with many is never held whole.
func (r *reader) addDays(ctx context.Context, tally *evaluate.DayTally, last time.Time) error {
	days := billing.Days{First: last.AddDate(0, 0, 1-evaluate.SpikeDays), Last: last}
	if tally.NeedsRegions() {
		read, err := r.Days.Regions(ctx, days)
		if err != nil {
			return err
		}
		tally.AddRegions(days, read)
	}
	if !tally.NeedsServices() {
		return nil
	}
	for _, month := range days.Months().Months() {
		of := billing.Days{
			First: billing.Later(days.First, month.Start()), Last: billing.Earlier(days.Last, month.End().AddDate(0, 0, -1)),
		}
		read, err := r.Days.Services(ctx, of)
		if err != nil {
			return err
		}
		tally.AddServices(of, read)
	}
	return nil
}

func (r *reader) unreadDays(err error) error {
	r.Log.Warn("the days that are kept can't be read", zap.Error(err))
	return fmt.Errorf("read the days that are kept: %w", err)
}

// explainSpike names the services that grew, and says what that costs. What cannot be read is left out.
func (r *reader) explainSpike(ctx context.Context, f *evaluate.Spike, tally *evaluate.DayTally, reading *evaluate.Reading) {
	if rows, err := r.rowsOf(ctx, f.HighDays()); err != nil {
		r.Log.Debug("services of a spike left out", zap.Error(err))
	} else {
		f.NameServices(tally, rows)
	}
	rows := evaluate.NewIndex(reading.Rows).Covered(f.Rule.Match)
	factors := billing.FactorsOf(slices.Concat(reading.Rows, reading.Closed))
	book := r.rates.read(ctx, r.Bills, reading, r.Log)
	single := func(row billing.Usage) (decimal.Decimal, error) {
		amount, _ := factors.Single(row)
		return amount, nil
	}
	if amount, known := book.cost(f.Found.Above, rows, single); known {
		f.Found.Cost = &alerts.SpikeCost{Amount: billing.RoundMoney(amount, book.currency), Currency: book.currency, Rates: book.month}
	}
}

// rowsOf returns what every service had on some days; none if one of these is not known.
func (r *reader) rowsOf(ctx context.Context, days []time.Time) ([]billing.DayTraffic, error) {
	var rows []billing.DayTraffic
	for _, day := range days {
		if held, known := r.days.rows[day]; known {
			rows = append(rows, held...)
			continue
		}
		read, err := r.Days.Services(ctx, billing.Days{First: day, Last: day})
		if err != nil {
			return nil, err
		}
		if len(read.Unknown) > 0 {
			return nil, errUnknownDay
		}
		if r.days.rows != nil {
			r.days.rows[day] = read.Rows
		}
		rows = append(rows, read.Rows...)
	}
	return rows, nil
}

var errUnknownDay = errors.New("the services of a day are not known")
