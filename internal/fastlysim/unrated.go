package fastlysim

import (
	"slices"
	"time"
)

// statistics is where the statistics come from.
type statistics interface {
	// days are rows of the whole account, or of services that add up to it.
	days(query statsQuery) []StatRow
	// services are rows of services.
	services(query statsQuery) []StatRow
}

// statTable is exact statistics. The clock does not touch them.
type statTable []StatRow

func (t statTable) days(query statsQuery) []StatRow {
	query.until = query.to.Add(day)
	return slices.DeleteFunc(slices.Clone(t), func(row StatRow) bool {
		start, err := time.Parse(time.DateOnly, row.Day)
		return err != nil || !query.holds(start)
	})
}

func (t statTable) services(query statsQuery) []StatRow {
	return slices.DeleteFunc(t.days(query), func(row StatRow) bool { return row.ServiceID == "" })
}

// unrated is what the statistics make of a billed figure: about half a per cent
// less, differently every day, cut to a whole number.
func (g *generator) unrated(m meter, start time.Time, raw int64) int64 {
	draw := chance(g.account.Seed, saltUnrated, m.salt, uint64(start.Unix()/86_400))
	return scale(raw, int64(around(draw, 3))-5)
}

func (g *generator) days(query statsQuery) []StatRow {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var rows []StatRow
	g.eachSlice(query, func(meter meter, part slice, days []int) {
		raw := g.accountDays(part.figure, part.figure.month.days())
		for _, d := range days {
			start := part.figure.month.day(d)
			row := StatRow{Day: start.Format(time.DateOnly), Region: statRegion(meter.Region)}
			row.add(meter.statKind(), g.unrated(meter, start, raw[d]))
			rows = append(rows, row)
		}
	})
	return rows
}

// services are rows by usage type and month, without a day.
func (g *generator) services(query statsQuery) []StatRow {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var rows []StatRow
	g.eachSlice(query, func(meter meter, part slice, days []int) {
		for i, used := range part.split.used {
			if !used {
				continue
			}
			row := StatRow{Region: statRegion(meter.Region), ServiceID: g.account.serviceID(i)}
			for _, d := range days {
				row.add(meter.statKind(), g.unrated(meter, part.figure.month.day(d), part.rawOn(d, i)))
			}
			rows = append(rows, row)
		}
	})
	return rows
}

// eachSlice visits every usage type that the statistics have in every month of a
// window, with those days of the month that are in the window and over.
func (g *generator) eachSlice(query statsQuery, visit func(meter meter, part slice, days []int)) {
	last := min(monthOf(query.to), monthOf(query.until))
	for m := max(g.first, monthOf(query.from)); m <= last; m++ {
		var days []int
		for d := range m.days() {
			if query.holds(m.day(d)) {
				days = append(days, d)
			}
		}
		for i, meter := range g.meters {
			if meter.statKind() != inNone && len(days) > 0 {
				visit(meter, g.slice(figure{i, m}, m.days()), days)
			}
		}
	}
}
