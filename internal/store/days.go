package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// linesAtOnce is how many lines of days are written in one transaction, so that nobody else waits long for the database.
const linesAtOnce = 500

// DayMonths returns the months with days of a kind that are kept, in order.
func (s *Store) DayMonths(ctx context.Context, kind daily.Kind) ([]daily.MonthState, error) {
	return list(ctx, fmt.Sprintf("read which days by %s are kept", kind), s.queries.TrafficMonths, string(kind), readDayMonth)
}

// KeepDays keeps what Fastly has of some days of a month, in place of what was kept of them. Which days are known is written last.
func (s *Store) KeepDays(ctx context.Context, page daily.Page) error {
	month := billing.MonthOf(page.Days.First)
	doing := fmt.Sprintf("keep %s by %s", page.Days, page.Kind)
	kept, err := s.lines(ctx, page.Kind, billing.One(month), nil)
	if err != nil {
		return err
	}
	var state daily.MonthState
	states, err := s.DayMonths(ctx, page.Kind)
	if at := slices.IndexFunc(states, func(m daily.MonthState) bool { return m.Month == month }); at >= 0 {
		state = states[at]
	}
	if err != nil {
		return err
	}
	changed, gone, unkept := daily.Merge(kept[month], page)
	for lines := range slices.Chunk(changed, linesAtOnce) {
		if err := s.saveLines(ctx, doing, page.Kind, month, lines); err != nil {
			return err
		}
	}
	return s.engine.Transact(ctx, doing, func(ctx context.Context, w *engine.Work) error {
		forget := make([]query.ForgetTrafficParams, len(gone))
		for i, place := range gone {
			forget[i] = query.ForgetTrafficParams{Month: monthText(month), Kind: string(page.Kind), Place: place}
		}
		if err := firstError(w.ForgetTraffic(ctx, forget).Exec); err != nil {
			return err
		}
		return w.SaveTrafficMonth(ctx, dayMonthRow(page.Kind, page.After(state, unkept)))
	})
}

func (s *Store) saveLines(ctx context.Context, doing string, kind daily.Kind, month billing.Month, lines []daily.Line) error {
	rows := make([]query.SaveTrafficParams, len(lines))
	for i, line := range lines {
		rows[i] = query.SaveTrafficParams{
			Month: monthText(month), Kind: string(kind), Place: line.Place,
			Bandwidth: line.Figures[0], Requests: line.Figures[1], ComputeRequests: line.Figures[2],
		}
	}
	return s.engine.Transact(ctx, doing, func(ctx context.Context, w *engine.Work) error { return firstError(w.SaveTraffic(ctx, rows).Exec) })
}

// lines returns the lines of each month, of the places or, without any, of all.
func (s *Store) lines(ctx context.Context, kind daily.Kind, months billing.Range, places []string) (map[billing.Month][]daily.Line, error) {
	doing, first, last := fmt.Sprintf("read days of %s by %s", months, kind), monthText(months.First), monthText(months.Last)
	lines := map[billing.Month][]daily.Line{}
	read := func(row query.Traffic) (month billing.Month, err error) {
		if err = month.UnmarshalText([]byte(row.Month)); err == nil {
			lines[month] = append(lines[month], daily.Line{Place: row.Place, Figures: [...]string{row.Bandwidth, row.Requests, row.ComputeRequests}})
		}
		return month, err
	}
	if len(places) == 0 {
		_, err := list(ctx, doing, s.queries.Traffic, query.TrafficParams{Kind: string(kind), First: first, Last: last}, read)
		return lines, err
	}
	for _, place := range places {
		of := query.TrafficOfParams{Kind: string(kind), Place: place, First: first, Last: last}
		if _, err := list(ctx, doing, s.queries.TrafficOf, of, read); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func readDayMonth(row query.TrafficMonth) (daily.MonthState, error) {
	state := daily.MonthState{ReadAt: instant(row.ReadAt), WholeAt: instant(row.WholeAt), Unkept: int(row.Unkept)}
	if err := state.Month.UnmarshalText([]byte(row.Month)); err != nil {
		return state, err
	}
	var err error
	if state.ReadTo, err = time.Parse(time.DateOnly, row.ReadTo); err != nil {
		return state, fmt.Errorf("%s: %w", state.Month, err)
	}
	for i, known := range row.Known {
		if known == '1' {
			state.Known = append(state.Known, state.Month.Start().AddDate(0, 0, i))
		}
	}
	return state, nil
}

func dayMonthRow(kind daily.Kind, state daily.MonthState) query.SaveTrafficMonthParams {
	known := []byte(strings.Repeat("0", state.Month.Days()))
	for _, day := range state.Known {
		known[day.Day()-1] = '1'
	}
	return query.SaveTrafficMonthParams{
		Month: monthText(state.Month), Kind: string(kind), Known: string(known), ReadTo: state.ReadTo.Format(time.DateOnly),
		ReadAt: millis(state.ReadAt), WholeAt: millis(state.WholeAt), Unkept: int64(state.Unkept),
	}
}

// UnnamedServices returns the ids of the services with days of the month whose names are not known.
func (s *Store) UnnamedServices(ctx context.Context, month billing.Month) ([]string, error) {
	return list(ctx, "find services without a name", s.queries.UnnamedServices, monthText(month), func(id string) (string, error) { return id, nil })
}

// nameSeenEvery is how often it is noted that a service still has its name.
const nameSeenEvery = 30 * 24 * time.Hour

// KeepServiceNames keeps what services are called, by their ids.
func (s *Store) KeepServiceNames(ctx context.Context, at time.Time, names map[string]string) error {
	known, err := s.serviceNames(ctx)
	if err != nil {
		return err
	}
	var rows []query.SaveServiceNameParams
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if known[id].Name != names[id] || at.Sub(instant(known[id].SeenAt)) >= nameSeenEvery {
			rows = append(rows, query.SaveServiceNameParams{ServiceID: id, Name: names[id], SeenAt: millis(at)})
		}
	}
	for chunk := range slices.Chunk(rows, linesAtOnce) {
		err := s.engine.Transact(ctx, "keep the names of services", func(ctx context.Context, w *engine.Work) error {
			return firstError(w.SaveServiceName(ctx, chunk).Exec)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) serviceNames(ctx context.Context) (map[string]query.ServiceName, error) {
	names := map[string]query.ServiceName{}
	_, err := list(ctx, "read the names of services", func(ctx context.Context, _ struct{}) ([]query.ServiceName, error) {
		return s.queries.ServiceNames(ctx)
	}, struct{}{}, func(row query.ServiceName) (struct{}, error) {
		names[row.ServiceID] = row
		return struct{}{}, nil
	})
	return names, err
}

// Days reads the days that are kept; it is a daily.Reader.
type Days struct{ *Store }

// DailyTraffic returns the kept traffic of every region and day, as status.DailyRecord requires.
func (d Days) DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error) {
	return daily.Traffic{Kept: d}.DailyTraffic(ctx, from, to)
}

// Regions returns the account's traffic in each region, as daily.Reader requires.
func (d Days) Regions(ctx context.Context, days billing.Days) (daily.Reading, error) {
	return d.read(ctx, daily.ByRegion, days, nil)
}

// Services returns the traffic of services, as daily.Reader requires.
func (d Days) Services(ctx context.Context, days billing.Days, ids ...string) (daily.Reading, error) {
	reading, err := d.read(ctx, daily.ByService, days, ids)
	if err != nil {
		return daily.Reading{}, err
	}
	names, err := d.serviceNames(ctx)
	for i, row := range reading.Rows {
		reading.Rows[i].ServiceName = names[row.Service].Name
	}
	return reading, err
}

func (d Days) read(ctx context.Context, kind daily.Kind, days billing.Days, places []string) (daily.Reading, error) {
	states, err := d.DayMonths(ctx, kind)
	if err != nil || days.IsZero() {
		return daily.Reading{}, err
	}
	lines, err := d.lines(ctx, kind, days.Months(), slices.Compact(slices.Sorted(slices.Values(places))))
	if err != nil {
		return daily.Reading{}, err
	}
	var rows []billing.DayTraffic
	for _, month := range days.Months().Months() {
		for _, line := range lines[month] {
			found, err := line.Rows(kind, month, days)
			if err != nil {
				return daily.Reading{}, fmt.Errorf("read days by %s: %w", kind, err)
			}
			rows = append(rows, found...)
		}
	}
	reading := daily.NewReading(days, states, rows)
	reading.Why, _, err = d.DaysFailed(ctx, kind)
	return reading, err
}

// DayTask is the task of reading days of a kind.
func DayTask(kind daily.Kind) string { return "days by " + string(kind) }

// DaysFailed returns why the newest reading of days of a kind failed, for a person, and when; it has no reason if that succeeded.
func (s *Store) DaysFailed(ctx context.Context, kind daily.Kind) (why string, at time.Time, err error) {
	row, err := ask(ctx, "read how the reading of days ended", func(ctx context.Context) (query.Schedule, error) {
		return s.queries.ScheduleOf(ctx, DayTask(kind))
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", time.Time{}, nil
	case err != nil || row.FailedAt <= row.SucceededAt:
		return "", time.Time{}, err
	}
	return row.Failure, instant(row.FailedAt), nil
}
