package daily

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// world is Fastly, the place where days are kept, and the turns, all in memory.
type world struct {
	has    map[time.Time]int64 // what Fastly has of each day, of one region and one service
	fails  map[string]error    // by the days that are asked for, or by the kind
	asked  []string
	lines  map[Kind]map[billing.Month][]Line
	months map[Kind]map[billing.Month]MonthState
	why    map[Kind]string
	whyAt  map[Kind]time.Time
	taken  bool // another process reads
	names  map[string]string
	billed map[billing.Month]map[string]string // names by id
	pages  int
}

func newWorld() *world {
	return &world{
		has: map[time.Time]int64{}, fails: map[string]error{}, names: map[string]string{}, why: map[Kind]string{}, whyAt: map[Kind]time.Time{},
		lines:  map[Kind]map[billing.Month][]Line{ByRegion: {}, ByService: {}},
		months: map[Kind]map[billing.Month]MonthState{ByRegion: {}, ByService: {}},
	}
}

func (w *world) keeper() *Keeper { return &Keeper{Statistics: w, Book: w, Turns: w, Names: w} }

func (w *world) fill(first, last time.Time, figure int64) {
	for _, day := range (billing.Days{First: billing.DayOf(first), Last: billing.DayOf(last)}).All() {
		w.has[day] = figure
	}
}

func (w *world) rows(ctx context.Context, kind Kind, days billing.Days) (rows []billing.DayTraffic, err error) {
	w.asked = append(w.asked, string(kind)+" "+days.String())
	if !billing.IsForLater(ctx) {
		return nil, errors.New("it is in the way of questions")
	}
	for _, day := range days.All() {
		row := billing.DayTraffic{Day: day, Region: "Asia", Bandwidth: decimal.New(w.has[day], 0)}
		if kind == ByService {
			row.Region, row.Service = "", "S1"
		}
		if w.has[day] > 0 {
			rows = append(rows, row)
		}
	}
	return rows, errors.Join(w.fails[days.String()], w.fails[string(kind)])
}

func (w *world) DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error) {
	return w.rows(ctx, ByRegion, billing.Days{First: from, Last: to.AddDate(0, 0, -1)})
}

// DailyServices hands on ten days at a time.
func (w *world) DailyServices(ctx context.Context, days billing.Days, page func(billing.Days, []billing.DayTraffic) error) error {
	rows, err := w.rows(ctx, ByService, days)
	for first := days.First; err == nil && !first.After(days.Last); first = first.AddDate(0, 0, 10) {
		window := billing.Days{First: first, Last: billing.Earlier(days.Last, first.AddDate(0, 0, 9))}
		err = page(window, slices.DeleteFunc(slices.Clone(rows), func(row billing.DayTraffic) bool { return !window.Contains(row.Day) }))
	}
	return err
}

func (w *world) DayMonths(_ context.Context, kind Kind) ([]MonthState, error) {
	return slices.Collect(maps.Values(w.months[kind])), w.fails["book"]
}

func (w *world) KeepDays(_ context.Context, page Page) error {
	month := billing.MonthOf(page.Days.First)
	changed, gone, unkept := Merge(w.lines[page.Kind][month], page)
	lines := slices.DeleteFunc(w.lines[page.Kind][month], func(line Line) bool {
		return slices.Contains(gone, line.Place) || slices.ContainsFunc(changed, func(c Line) bool { return c.Place == line.Place })
	})
	w.lines[page.Kind][month] = append(lines, changed...)
	w.months[page.Kind][month] = page.After(w.months[page.Kind][month], unkept)
	return nil
}

func (w *world) DaysFailed(_ context.Context, kind Kind) (string, time.Time, error) {
	return w.why[kind], w.whyAt[kind], nil
}

func (w *world) Take(ctx context.Context, kind Kind, now time.Time, read func(context.Context) error) error {
	if w.taken {
		return nil
	}
	err := read(ctx)
	w.why[kind], w.whyAt[kind] = "", now
	if err != nil {
		w.why[kind] = err.Error()
	}
	return err
}

func (w *world) UnnamedServices(_ context.Context, month billing.Month) (ids []string, err error) {
	for _, line := range w.lines[ByService][month] {
		if w.names[line.Place] == "" {
			ids = append(ids, line.Place)
		}
	}
	return ids, nil
}

func (w *world) KeepServiceNames(_ context.Context, _ time.Time, names map[string]string) error {
	maps.Copy(w.names, names)
	return nil
}

// NamedServices has one service a page.
func (w *world) NamedServices(_ context.Context, month billing.Month, page func([]billing.ServiceUsage) bool) error {
	for _, id := range slices.Sorted(maps.Keys(w.billed[month])) {
		w.pages++
		if !page([]billing.ServiceUsage{{ServiceID: id, ServiceName: w.billed[month][id]}}) {
			return nil
		}
	}
	return nil
}

// run lets the keeper have a turn at an instant of 2026 and returns what it asked Fastly for, with the months of a first reading as one.
func (w *world) run(t *testing.T, k *Keeper, now string) (asked string, err error) {
	t.Helper()
	w.asked = nil
	var worked bool
	for more := true; more; {
		read, again, failed := k.RunOnce(t.Context(), at(t, now))
		worked, more, err = worked || read, again, errors.Join(err, failed)
	}
	if worked != (len(w.asked) > 0) && !w.taken {
		t.Errorf("worked is %v, asked for %v", worked, w.asked)
	}
	if len(w.asked) > 10 {
		return fmt.Sprintf("%d months", len(w.asked)), err
	}
	return strings.Join(w.asked, ", "), err
}

// known returns the reading of a kind over some days of November 2026.
func (w *world) known(t *testing.T, kind Kind, first, last int) Reading {
	t.Helper()
	november := billing.NewMonth(2026, time.November)
	days := billing.Days{First: november.Start().AddDate(0, 0, first-1), Last: november.Start().AddDate(0, 0, last-1)}
	var rows []billing.DayTraffic
	for _, line := range w.lines[kind][november] {
		found, err := line.Rows(kind, november, days)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, found...)
	}
	return NewReading(days, slices.Collect(maps.Values(w.months[kind])), rows)
}

func TestDaysAreFilledOnceAndThenFollowed(t *testing.T) {
	w := newWorld()
	w.fill(at(t, "01-01 00:00"), at(t, "11-20 00:00"), 7) // what it has of the 20th is not all
	k := w.keeper()
	for _, step := range []struct{ now, want string }{
		{"11-20 12:00", "52 months"},
		{"11-20 12:01", ""},
		{"11-20 23:00", ""},
		{"11-21 01:59", ""},
		{"11-21 02:00", "region 2026-11-18..2026-11-20, service 2026-11-18..2026-11-20"},
		{"11-21 12:00", ""},
		{
			"12-04 02:00",
			"region 2026-11-21..2026-11-30, region 2026-12-01..2026-12-03, service 2026-11-21..2026-11-30, service 2026-12-01..2026-12-03",
		},
		{
			"12-05 02:00", // November has been closed
			"region 2026-12-02..2026-12-04, service 2026-12-02..2026-12-04, region 2026-11-01..2026-11-30, service 2026-11-01..2026-11-30",
		},
		{"12-05 04:00", ""},
	} {
		if step.now == "11-21 02:00" {
			if reading := w.known(t, ByRegion, 1, 20); len(reading.Rows) != 19 || len(reading.Unknown) != 1 {
				t.Errorf("a day that is not over is kept: %+v", reading)
			}
			w.fill(at(t, "11-19 00:00"), at(t, "12-05 00:00"), 9) // the 19th is restated
		}
		if got, err := w.run(t, k, step.now); got != step.want || err != nil {
			t.Errorf("at %s asked for %q, %v, want %q", step.now, got, err, step.want)
		}
	}
	for _, kind := range []Kind{ByRegion, ByService} {
		rows := w.known(t, kind, 17, 21).Rows
		if len(rows) != 5 || rows[1].Bandwidth.String() != "7" || rows[2].Bandwidth.String() != "9" {
			t.Errorf("by %s kept %v", kind, rows)
		}
	}
	// Another process knows as much.
	if got, err := w.run(t, w.keeper(), "12-05 04:00"); got != "" || err != nil {
		t.Errorf("a restart asked for %q, %v", got, err)
	}
}

func TestAnAccountWithoutTrafficIsLeftAlone(t *testing.T) {
	w := newWorld()
	k := w.keeper()
	for _, step := range []struct{ now, want string }{
		{"11-20 12:00", "52 months"},
		{"11-20 18:00", ""},
		{"11-21 12:00", "region 2026-11-18..2026-11-20, service 2026-11-18..2026-11-20"},
		{"11-21 18:00", ""},
	} {
		if got, err := w.run(t, k, step.now); got != step.want || err != nil {
			t.Errorf("at %s asked for %q, %v, want %q", step.now, got, err, step.want)
		}
	}
	if reading := w.known(t, ByRegion, 1, 2); len(reading.Unknown) != 2 || !reading.Since.IsZero() || !reading.To.IsZero() {
		t.Errorf("nothing is known, but read %+v", reading)
	}
}

func TestADayThatFastlyHasLaterIsAskedForHourly(t *testing.T) {
	w := newWorld()
	w.fill(at(t, "01-01 00:00"), at(t, "11-18 00:00"), 7)
	k := w.keeper()
	for _, step := range []struct{ now, want string }{
		{"11-20 02:00", "52 months"},
		{"11-20 02:30", ""},
		{"11-20 03:30", "region 2026-11-17..2026-11-19, service 2026-11-17..2026-11-19"},
		{"11-20 04:00", ""},
		{"11-20 05:00", "region 2026-11-17..2026-11-19, service 2026-11-17..2026-11-19"},
		{"11-20 06:30", ""},
	} {
		if got, err := w.run(t, k, step.now); got != step.want || err != nil {
			t.Errorf("at %s asked for %q, %v, want %q", step.now, got, err, step.want)
		}
		if step.now == "11-20 04:00" {
			w.fill(at(t, "11-19 00:00"), at(t, "11-19 00:00"), 7)
		}
	}
}

func TestWhatAFailureLeavesUndone(t *testing.T) {
	october, broken := "2026-10-01..2026-10-31", errors.New("broken")
	odd := fmt.Errorf("odd: %w", billing.ErrNotUnderstood)
	for _, tt := range []struct {
		name  string
		fails map[string]error
		want  [3]string // what is asked for at once, half an hour later, and after an hour, when Fastly has recovered
		isErr bool
	}{
		{
			"a refusal ends the reading of its kind",
			map[string]error{"region": billing.ErrForbidden},
			[3]string{"27 months", "", "26 months"},
			true,
		},
		{
			"so does a failure on the way; what was read stays",
			map[string]error{october: broken},
			[3]string{"region 2026-11-01..2026-11-19, service 2026-11-01..2026-11-19, region " + october + ", service " + october, "", "50 months"},
			true,
		},
		{
			"an answer that is not understood leaves the other months readable",
			map[string]error{october: odd},
			[3]string{"52 months", "", "region " + october + ", service " + october},
			true,
		},
		{"nothing is asked for where days cannot be kept", map[string]error{"book": broken}, [3]string{"", "", "52 months"}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.fill(at(t, "01-01 00:00"), at(t, "11-19 00:00"), 7)
			w.fails = tt.fails
			k := w.keeper()
			got, err := w.run(t, k, "11-20 12:00")
			if got != tt.want[0] || (err != nil) != tt.isErr {
				t.Errorf("asked for %q, %v, want %q", got, err, tt.want[0])
			}
			if got, _ := w.run(t, k, "11-20 12:30"); got != tt.want[1] {
				t.Errorf("half an hour later asked for %q, want %q", got, tt.want[1])
			}
			w.fails = map[string]error{}
			if got, err := w.run(t, k, "11-20 13:00"); got != tt.want[2] || err != nil {
				t.Errorf("an hour later asked for %q, %v, want %q", got, err, tt.want[2])
			}
			if got, err := w.run(t, k, "11-20 14:00"); got != "" || err != nil {
				t.Errorf("in the end asked for %q, %v", got, err)
			}
		})
	}
}

func TestWhileAnotherProcessReadsThisOneWaits(t *testing.T) {
	w := newWorld()
	w.taken = true
	k := w.keeper()
	if got, err := w.run(t, k, "11-20 12:00"); got != "" || err != nil {
		t.Errorf("asked for %q, %v", got, err)
	}
	w.taken = false
	if got, err := w.run(t, k, "11-20 12:01"); got != "52 months" || err != nil {
		t.Errorf("when it has its turn it asked for %q, %v", got, err)
	}
}

func TestServicesGetTheirNames(t *testing.T) {
	w := newWorld()
	w.fill(at(t, "11-01 00:00"), at(t, "12-20 00:00"), 7)
	october := billing.NewMonth(2026, time.October)
	w.billed = map[billing.Month]map[string]string{
		october:        {"S1": "old", "S2": "other"},
		october.Add(1): {"S0": "first", "S1": "www", "S3": "last"},
		october.Add(2): {"S1": "shop"},
	}
	k := w.keeper()
	for _, step := range []struct {
		now, want string
		pages     int
	}{
		{"11-20 12:00", "www", 5},  // all of them, at first
		{"11-21 12:00", "www", 0},  // each has a name
		{"12-02 12:00", "shop", 4}, // all of them again
	} {
		w.pages = 0
		if _, err := w.run(t, k, step.now); err != nil || w.names["S1"] != step.want || w.pages != step.pages {
			t.Errorf("at %s S1 is %q after %d pages, %v, want %q after %d", step.now, w.names["S1"], w.pages, err, step.want, step.pages)
		}
	}
	delete(w.names, "S1")
	w.pages = 0
	if _, err := w.run(t, k, "12-03 12:00"); err != nil || w.names["S1"] != "shop" || w.pages != 1 {
		t.Errorf("a service without a name is %q after %d pages, %v; asked %v", w.names["S1"], w.pages, err, w.asked)
	}
}

func TestTrafficComesFromTheKeptDays(t *testing.T) {
	from := billing.NewMonth(2026, time.November).Start()
	for _, tt := range []struct {
		name    string
		unknown []int
		isKept  bool
	}{
		{"where all of them are kept", nil, true},
		{"where only the newest is missing", []int{9}, true},
		{"but not where an older one is", []int{3}, false},
		{"nor where two are", []int{8, 9}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			w.fill(from, from.AddDate(0, 0, 8), 7)
			kept := fakeReader{}
			for _, day := range tt.unknown {
				kept.Unknown = append(kept.Unknown, from.AddDate(0, 0, day-1))
			}
			kept.Rows = []billing.DayTraffic{{Day: from, Region: "kept"}}
			rows, err := Traffic{Kept: kept, Fastly: w}.DailyTraffic(billing.ForLater(t.Context()), from, from.AddDate(0, 0, 9).Add(time.Hour))
			if err != nil || (rows[0].Region == "kept") != tt.isKept || len(w.asked) > 0 == tt.isKept {
				t.Errorf("read %v, %v, asked for %v", rows, err, w.asked)
			}
		})
	}
}

func TestADayOfLastYearThatIsNotKeptIsLeftOut(t *testing.T) {
	w, to := newWorld(), billing.NewMonth(2026, time.November).Start()
	old := to.AddDate(-1, 0, 0)
	w.fill(to.AddDate(0, 0, -neededDays), to.AddDate(0, 0, -1), 7)
	kept := fakeReader{Unknown: []time.Time{old}, Rows: []billing.DayTraffic{{Day: old.AddDate(0, 0, 1), Region: "kept"}}}
	rows, err := Traffic{Kept: kept, Fastly: w}.DailyTraffic(billing.ForLater(t.Context()), old, to)
	if err != nil || len(rows) != 1 || len(w.asked) > 0 {
		t.Errorf("read %v, %v, asked for %v", rows, err, w.asked)
	}
	kept.Unknown = append(kept.Unknown, to.AddDate(0, 0, -5))
	rows, err = Traffic{Kept: kept, Fastly: w}.DailyTraffic(billing.ForLater(t.Context()), old, to)
	if err != nil || len(rows) < neededDays || rows[0].Region != "kept" || len(w.asked) != 1 {
		t.Errorf("with a newer one missing read %d, %v, asked for %v", len(rows), err, w.asked)
	}
	rows, err = Traffic{Kept: kept}.DailyTraffic(billing.ForLater(t.Context()), old, to)
	if err != nil || len(rows) != 1 {
		t.Errorf("without Fastly's statistics it read %v, %v", rows, err)
	}
}

type fakeReader Reading

func (f fakeReader) Regions(context.Context, billing.Days) (Reading, error) { return Reading(f), nil }

func (f fakeReader) Services(context.Context, billing.Days, ...string) (Reading, error) {
	return Reading(f), nil
}
