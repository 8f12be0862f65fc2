package account

import (
	"slices"
	"time"
)

// Statistics is where the statistics come from.
type Statistics interface {
	// Days are rows of the whole account, or of services that add up to it.
	Days(query StatsQuery) []StatRow
	// Services are rows of services.
	Services(query StatsQuery) []StatRow
	// ServiceDays visits rows of services, each with its day.
	ServiceDays(query StatsQuery, visit func(StatRow))
}

// StatTable is exact statistics. The clock does not touch them.
type StatTable []StatRow

// Days keeps the rows of a window.
func (t StatTable) Days(query StatsQuery) []StatRow {
	query.Until = query.To.Add(Day)
	return slices.DeleteFunc(slices.Clone(t), func(row StatRow) bool {
		start, err := time.Parse(time.DateOnly, row.Day)
		return err != nil || !query.holds(start)
	})
}

// Services keeps the rows of a window that name a service.
func (t StatTable) Services(query StatsQuery) []StatRow {
	return slices.DeleteFunc(t.Days(query), func(row StatRow) bool { return row.ServiceID == "" })
}

// ServiceDays visits the rows of a window that name a service.
func (t StatTable) ServiceDays(query StatsQuery, visit func(StatRow)) {
	for _, row := range t.Services(query) {
		visit(row)
	}
}

// unrated is what the statistics make of a billed figure: about half a per cent
// less, differently every day, cut to a whole number.
func (g *Generator) unrated(m meter, start time.Time, raw int64) int64 {
	draw := chance(g.account.Seed, saltUnrated, m.salt, uint64(start.Unix()/86_400))
	return scale(raw, int64(around(draw, 3))-5)
}

// Days are rows of the account, one for each usage type and day.
func (g *Generator) Days(query StatsQuery) []StatRow {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var rows []StatRow
	g.eachSlice(query, func(meter meter, part slice, days []int) {
		raw := g.accountDays(part.figure, part.figure.Month.days())
		for _, d := range days {
			start := part.figure.Month.day(d)
			row := StatRow{Day: start.Format(time.DateOnly), Region: statRegion(meter.Region)}
			row.add(meter.statKind(), g.unrated(meter, start, raw[d]))
			rows = append(rows, row)
		}
	})
	return rows
}

// Services are rows by usage type and month, without a day.
func (g *Generator) Services(query StatsQuery) []StatRow {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var rows []StatRow
	g.eachSlice(query, func(meter meter, part slice, days []int) {
		for i, used := range part.split.used {
			if !used {
				continue
			}
			row := StatRow{Region: statRegion(meter.Region), ServiceID: g.account.ServiceID(i)}
			for _, d := range days {
				row.add(meter.statKind(), g.unrated(meter, part.figure.Month.day(d), part.rawOn(d, i)))
			}
			rows = append(rows, row)
		}
	})
	return rows
}

// ServiceDays visits a row for each usage type, service and day.
func (g *Generator) ServiceDays(query StatsQuery, visit func(StatRow)) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	g.eachSlice(query, func(meter meter, part slice, days []int) {
		for i, used := range part.split.used {
			for _, d := range days {
				if !used {
					break
				}
				start := part.figure.Month.day(d)
				row := StatRow{Day: start.Format(time.DateOnly), Region: statRegion(meter.Region), ServiceID: g.account.ServiceID(i)}
				row.add(meter.statKind(), g.unrated(meter, start, part.rawOn(d, i)))
				visit(row)
			}
		}
	})
}

// eachSlice visits every usage type that the statistics have in every month of a
// window, with those days of the month that are in the window and over.
func (g *Generator) eachSlice(query StatsQuery, visit func(meter meter, part slice, days []int)) {
	last := min(MonthOf(query.To), MonthOf(query.Until))
	for m := max(g.first, MonthOf(query.From)); m <= last; m++ {
		var days []int
		for d := range m.days() {
			if query.holds(m.day(d)) {
				days = append(days, d)
			}
		}
		for i, meter := range g.meters {
			if meter.statKind() != inNone && len(days) > 0 {
				visit(meter, g.slice(Figure{i, m}, m.days()), days)
			}
		}
	}
}
