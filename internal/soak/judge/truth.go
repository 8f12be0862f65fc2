package judge

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
	sure time.Time // from when on at the latest; mostly at
	used decimal.Decimal
}

// history is what Fastly had of every rule and month, as it changed.
type history map[Budget][]point

// Budget is a rule, by its number in the script, in a month, written 2006-01.
type Budget struct {
	Rule  int
	Month string
}

// last is the figure in the end.
func (a history) last(rule int, month string) decimal.Decimal {
	return a.end(Budget{rule, month}).used
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

// MonthOf returns the month of an instant as "2026-07".
func MonthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// months are those that the script touches.
func (s *Script) months() []string {
	var all []string
	for at := start(MonthOf(s.From)); at.Before(s.Until); at = at.AddDate(0, 1, 0) {
		all = append(all, MonthOf(at))
	}
	return all
}

// watchedFor is how long after its end a month is still looked at.
const watchedFor = 14 * 24 * time.Hour

// reopening is a closed month that Fastly has corrected by more than a hundredth.
type reopening struct {
	Budget
	closed, at time.Time // business time: when the figures before could be known, and when they changed
	threshold  int       // that it reaches then
}

// Figures steps a twin of the simulated Fastly through the script: its days, which count once they have been over for the lag, and the
// corrections, at the instants given, or as planned where there are none.
func (s *Script) Figures(lag time.Duration, corrected []time.Time) (a history, reopened []reopening, err error) {
	var now time.Time
	twin, err := fastlysim.Start(fastlysim.Config{Token: "twin", Clock: func() time.Time { return now }, Lag: lag, Account: s.Account})
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, twin.Close()) }()
	a = history{}
	once, steps := map[Budget]bool{}, s.steps(lag, corrected)
	unbilled := map[string]bool{} // a day may be counted in the very instant in which an invoice appears
	for _, step := range steps {
		unbilled[step.bills] = true
	}
	for _, step := range steps {
		before := now
		now = step.at
		unbilled[step.bills] = false
		if step.correction != nil {
			s.estimate(twin, a, before, now)
			if err := step.correction.Make(twin); err != nil {
				return nil, nil, err
			}
		}
		for _, month := range s.months() {
			if now.Before(start(month)) || !now.Before(end(month).Add(watchedFor)) {
				continue
			}
			for i, used := range s.used(twin, month, now) {
				key := Budget{i, month}
				switch {
				case !used.Valid, s.Rules[i].money && unbilled[month] && !now.Before(end(month)):
				case s.isClosed(i, month, step):
					if closed := a.end(key); !once[key] && closed.isLeftBy(used.Decimal) {
						once[key] = true
						reopened = append(reopened, reopening{key, closed.at, now, reached(used.Decimal, s.Rules[i].limit(month))})
					}
				case s.Rules[i].money && now.Before(end(month)):
					a.grow(key, before, now, used.Decimal)
				default:
					a.note(key, now, used.Decimal)
				}
			}
		}
	}
	return a, reopened, nil
}

// estimate notes the estimate of the running month just before it is corrected: it has grown since the step before.
func (s *Script) estimate(twin *fastlysim.Server, a history, before, now time.Time) {
	month := MonthOf(now)
	if bill := billOf(twin, month, now); bill.Valid {
		for i := range s.Rules {
			if s.Rules[i].money {
				a.grow(Budget{i, month}, before, now, bill.Decimal)
			}
		}
	}
}

// reached is the highest threshold that so much of a budget reaches; 0 is none.
func reached(used, limit decimal.Decimal) int {
	highest := 0
	for _, threshold := range thresholds {
		if used.GreaterThanOrEqual(limit.Mul(decimal.New(int64(threshold), -2))) {
			highest = threshold
		}
	}
	return highest
}

// isClosed reports whether a budget's month was closed before a step: one of money by its first invoice.
func (s *Script) isClosed(rule int, month string, step step) bool {
	if s.Rules[rule].money && !step.at.Before(end(month)) {
		return step.bills != month
	}
	return !step.at.Before(end(month).Add(lateFor))
}

// invoiced is how long after its end a month's invoice appears.
const invoiced = 48 * time.Hour

// step is an instant at which figures change.
type step struct {
	at         time.Time
	correction *correction // nil where a day has been counted
	bills      string      // the month whose first invoice is there from now on
}

func (s *Script) steps(lag time.Duration, corrected []time.Time) []step {
	steps := []step{{at: s.From}}
	for at := s.From.Add(-lag).Truncate(24 * time.Hour); !at.After(s.Until); at = at.Add(24 * time.Hour) {
		if counted := at.Add(lag); counted.After(s.From) && !counted.After(s.Until) {
			steps = append(steps, step{at: counted})
		}
	}
	corrects := map[string]bool{}
	for i := range s.Corrections {
		c := &s.Corrections[i]
		at := c.At
		if corrected != nil {
			at = corrected[i]
		}
		if at.IsZero() || !at.Before(s.Until) {
			continue
		}
		next := step{at: at, correction: c}
		if c.First {
			next.bills, corrects[c.month] = c.month, true
		}
		steps = append(steps, next)
	}
	for _, month := range s.months() {
		if appears := end(month).Add(invoiced); !corrects[month] && appears.After(s.From) && appears.Before(s.Until) {
			steps = append(steps, step{at: appears, bills: month})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps
}

// used is what every rule has used of the month by now; nothing is counted yet where that is not valid, which is not zero.
func (s *Script) used(twin *fastlysim.Server, month string, now time.Time) []decimal.NullDecimal {
	all := make([]decimal.NullDecimal, len(s.Rules))
	byMetric := map[string]decimal.Decimal{}
	for _, row := range twin.MonthAt(month, now) {
		byMetric[row.ProductID+"/"+row.UsageType] = row.Quantity
	}
	if len(byMetric) == 0 {
		return all
	}
	byService := map[string]decimal.Decimal{}
	for _, t := range ofServices {
		for _, row := range twin.ServicesAt(month, t.product, t.pattern, now) {
			byService[row.ServiceName+"/"+row.UsageType] = row.Units
		}
	}
	bill := billOf(twin, month, now)
	for i, r := range s.Rules {
		if r.money {
			all[i] = bill
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
		all[i] = decimal.NewNullDecimal(used)
	}
	return all
}

// note notes a figure where it has changed.
func (a history) note(key Budget, now time.Time, used decimal.Decimal) {
	if points := a[key]; len(points) == 0 || !a.end(key).used.Equal(used) {
		a[key] = append(points, point{now, now, used})
	}
}

// grow notes a figure that may have been reached since before, or has fallen now: unlike usage, an estimate of the bill also grows between
// two steps.
func (a history) grow(key Budget, before, now time.Time, used decimal.Decimal) {
	if len(a[key]) > 0 && used.GreaterThan(a.end(key).used) {
		a[key] = append(a[key], point{before, now, used})
		return
	}
	a.note(key, now, used)
}

// end is how a budget's month has ended, as far as it has been told.
func (a history) end(key Budget) point {
	points := a[key]
	if len(points) == 0 {
		return point{}
	}
	return points[len(points)-1]
}

// reopenedBy is by which share of its figure a closed month must change for that to be posted.
var reopenedBy = decimal.New(1, -2)

// isLeftBy reports whether another figure is more than a hundredth away.
func (p point) isLeftBy(used decimal.Decimal) bool {
	return !p.at.IsZero() && used.Sub(p.used).Abs().GreaterThan(p.used.Mul(reopenedBy))
}

// billOf is what Fastly says that a month costs: its estimate while the month runs, and then what the invoices and credit notes were meant
// to come to.
func billOf(twin *fastlysim.Server, month string, now time.Time) (bill decimal.NullDecimal) {
	if now.Before(end(month)) {
		if estimate := twin.MonthToDate(); estimate.Month == month {
			bill = decimal.NewNullDecimal(estimate.Amount)
		}
		return bill
	}
	if twin.InvoiceAt(month, now).ID != "" {
		bill = decimal.NewNullDecimal(twin.DueAt(month, now))
	}
	return bill
}

// crossing is a stretch of business time in which a budget is at or above a threshold.
type crossing struct {
	Budget
	threshold int
	up, down  time.Time // down is when usage fell clearly below it, or when nothing of it needs to be posted any more
	falls     bool      // down is when it fell
	again     bool      // it was at the threshold before in the month, and fell
	fell      time.Time // when, where again
	rose      time.Time // when it was no longer clearly below, where again: who looks only then sees no fall
	surely    time.Time // from when on usage was there at the latest, where that is later than up
}

func (c crossing) sure() time.Time { return later(c.up, c.surely) }

// fallen is the share of a threshold below which it no longer holds: a figure that wavers around it is not posted twice.
var fallen = decimal.RequireFromString("0.98")

// Crossings are all of the script's, by budget, threshold and time. What is removed by a reform has none after it.
func (s *Script) Crossings(a history, reformed time.Time) []crossing {
	var all []crossing
	for i := range s.Rules {
		for _, month := range s.months() {
			last := earlier(end(month).Add(lateFor), s.Until)
			if s.Rules[i].removed && !reformed.IsZero() {
				last = earlier(last, reformed)
			}
			for _, threshold := range thresholds {
				of := crossing{Budget: Budget{i, month}, threshold: threshold, down: last}
				all = append(all, of.along(a[of.Budget], s.Rules[i].limit(month))...)
			}
		}
	}
	return all
}

// along follows the figures and returns every stretch above the threshold before down.
func (c crossing) along(points []point, limit decimal.Decimal) []crossing {
	var all []crossing
	at := limit.Mul(decimal.New(int64(c.threshold), -2))
	holds, rose := false, time.Time{}
	for _, p := range points {
		if !p.at.Before(c.down) {
			break
		}
		isClear := p.used.LessThanOrEqual(at.Mul(fallen))
		if isClear {
			rose = time.Time{}
		} else if rose.IsZero() {
			rose = p.at
		}
		switch {
		case !holds && p.used.GreaterThanOrEqual(at):
			next := c
			next.up, next.surely = p.at, p.sure
			if n := len(all); n > 0 {
				next.again, next.fell, next.rose = true, all[n-1].down, rose
			}
			all, holds = append(all, next), true
		case holds && isClear:
			last := &all[len(all)-1]
			last.down, last.falls, holds = p.at, true, false
		}
	}
	return all
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// String names the crossing for a person.
func (c crossing) String() string {
	return fmt.Sprintf("rule %d, %s, %d%%, from %s to %s", c.Rule, c.Month, c.threshold, c.up.Format(time.DateTime), c.down.Format(time.DateTime))
}
