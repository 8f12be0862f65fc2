package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
)

// point is what a rule has used in a month, from an instant of business time on.
type point struct {
	at   time.Time
	used decimal.Decimal
}

// account is what Fastly had of every rule and month, as it changed.
type account map[budget][]point

// budget is a rule, by its number in the script, in a month, written 2006-01.
type budget struct {
	rule  int
	month string
}

// last is the figure in the end.
func (a account) last(rule int, month string) decimal.Decimal {
	points := a[budget{rule, month}]
	if len(points) == 0 {
		return decimal.Zero
	}
	return points[len(points)-1].used
}

// start and end are those of a month.
func start(month string) time.Time {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		panic(err) // a month of the script itself
	}
	return at
}

func end(month string) time.Time { return start(month).AddDate(0, 1, 0) }

func monthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// months are those that the script touches.
func (s *script) months() []string {
	var all []string
	for at := start(monthOf(s.from)); at.Before(s.until); at = at.AddDate(0, 1, 0) {
		all = append(all, monthOf(at))
	}
	return all
}

// figures steps a twin of the simulated Fastly through the script: its days, which count once they have been over for the lag, and the
// restatements, at the instants given, or as planned where there are none.
func (s *script) figures(lag time.Duration, restated []time.Time) (a account, err error) {
	var now time.Time
	twin, err := fastlysim.Start(fastlysim.Config{Token: "twin", Clock: func() time.Time { return now }, Lag: lag, Account: s.account})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, twin.Close()) }()
	a = account{}
	for _, step := range s.steps(lag, restated) {
		before := now
		now = step.at
		if step.restatement != nil {
			if err := step.restatement.apply(twin); err != nil {
				return nil, err
			}
		}
		for _, month := range s.months() {
			if !now.Before(start(month)) && now.Before(end(month).Add(lateFor)) {
				s.read(twin, a, month, before, now)
			}
		}
	}
	return a, nil
}

func (r *restatement) apply(fastly *fastlysim.Server) error {
	return fastly.Restate(r.month, r.product, r.metric, decimal.RequireFromString(r.factor))
}

// invoiced is how long after its end a month's invoice appears.
const invoiced = 48 * time.Hour

// step is an instant at which figures change.
type step struct {
	at          time.Time
	restatement *restatement // nil where a day has been counted
}

func (s *script) steps(lag time.Duration, restated []time.Time) []step {
	steps := []step{{at: s.from}}
	for at := s.from.Add(-lag).Truncate(24 * time.Hour); !at.After(s.until); at = at.Add(24 * time.Hour) {
		if counted := at.Add(lag); counted.After(s.from) && !counted.After(s.until) {
			steps = append(steps, step{at: counted})
		}
	}
	for _, month := range s.months() {
		if appears := end(month).Add(invoiced); appears.After(s.from) && appears.Before(s.until) {
			steps = append(steps, step{at: appears})
		}
	}
	for i := range s.restatements {
		r := &s.restatements[i]
		at := r.at
		if restated != nil {
			at = restated[i]
		}
		if !at.IsZero() && at.Before(s.until) {
			steps = append(steps, step{at, r})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps
}

// read notes what every rule has used of the month by now, where that has changed. Unlike usage, an estimate of the bill also grows between
// two steps: what it is now may have been so since the step before.
func (s *script) read(twin *fastlysim.Server, a account, month string, before, now time.Time) {
	byMetric := map[string]decimal.Decimal{}
	for _, row := range twin.MonthAt(month, now) {
		byMetric[row.ProductID+"/"+row.UsageType] = row.Quantity
	}
	if len(byMetric) == 0 {
		return // nothing is counted yet, which is not zero
	}
	byService := map[string]decimal.Decimal{}
	for _, t := range ofServices {
		for _, row := range twin.ServicesAt(month, t.product, t.pattern, now) {
			byService[row.ServiceName+"/"+row.UsageType] = row.Units
		}
	}
	bill, billed := billOf(twin, month, now)
	for i, r := range s.rules {
		if r.money {
			if key := (budget{i, month}); billed {
				a.grow(key, before, now, bill)
			}
			continue
		}
		used := decimal.Zero
		for _, metric := range r.metrics {
			if r.service != "" {
				used = used.Add(byService[r.service+"/"+metric])
			} else {
				used = used.Add(byMetric[r.product+"/"+metric])
			}
		}
		key := budget{i, month}
		if n := len(a[key]); n == 0 || !a[key][n-1].used.Equal(used) {
			a[key] = append(a[key], point{now, used})
		}
	}
}

// grow notes a figure that may have been reached since before, or has fallen now.
func (a account) grow(key budget, before, now time.Time, used decimal.Decimal) {
	n := len(a[key])
	switch {
	case n == 0 || used.GreaterThan(a[key][n-1].used):
		a[key] = append(a[key], point{before, used})
	case used.LessThan(a[key][n-1].used):
		a[key] = append(a[key], point{now, used})
	}
}

// billOf is what Fastly says that a month costs: its estimate while the month runs, and what the statements of the month come to then.
func billOf(twin *fastlysim.Server, month string, now time.Time) (decimal.Decimal, bool) {
	if now.Before(end(month)) {
		estimate := twin.MonthToDate()
		return estimate.Amount, estimate.Month == month
	}
	total, found := decimal.Zero, false
	for _, statement := range twin.Invoices() {
		if statement.Month == month {
			total, found = total.Add(statement.Amount), true
		}
	}
	return total, found
}

// crossing is a stretch of business time in which a budget is at or above a level.
type crossing struct {
	budget
	level    int
	up, down time.Time // down is when usage fell clearly below it, or when nothing of it needs to be said any more
	falls    bool      // down is when it fell
	again    bool      // it was at the level before in the month, and fell
	fell     time.Time // when, where again
}

// fallen is the share of a level below which it no longer holds: a figure that wavers around it is not said twice.
var fallen = decimal.RequireFromString("0.98")

// crossings are all of the script's, by budget, level and time. What is removed by a reform has none after it.
func (s *script) crossings(a account, reformed time.Time) []crossing {
	var all []crossing
	for i := range s.rules {
		for _, month := range s.months() {
			last := earlier(end(month).Add(lateFor), s.until)
			if s.rules[i].removed && !reformed.IsZero() {
				last = earlier(last, reformed)
			}
			for _, level := range levels {
				of := crossing{budget: budget{i, month}, level: level, down: last}
				all = append(all, of.along(a[of.budget], s.rules[i].limit(month))...)
			}
		}
	}
	return all
}

// along follows the figures and returns every stretch above the level before down.
func (c crossing) along(points []point, limit decimal.Decimal) []crossing {
	var all []crossing
	at := limit.Mul(decimal.New(int64(c.level), -2))
	holds := false
	for _, p := range points {
		if !p.at.Before(c.down) {
			break
		}
		switch {
		case !holds && p.used.GreaterThanOrEqual(at):
			next := c
			next.up = p.at
			if n := len(all); n > 0 {
				next.again, next.fell = true, all[n-1].down
			}
			all, holds = append(all, next), true
		case holds && p.used.LessThanOrEqual(at.Mul(fallen)):
			last := &all[len(all)-1]
			last.down, last.falls, holds = p.at, true, false
		}
	}
	return all
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// String names the crossing for a person.
func (c crossing) String() string {
	return fmt.Sprintf("rule %d, %s, %d%%, from %s to %s", c.rule, c.month, c.level, c.up.Format(time.DateTime), c.down.Format(time.DateTime))
}
