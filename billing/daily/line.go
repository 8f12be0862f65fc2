package daily

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// MostServices is how many services of a month are kept: those with the most traffic.
const MostServices = 5_000

// fields is how many figures a day has.
const fields = 3

// Line is a month of a region or service as it is kept. Each of its figures, which are bandwidth, requests and compute requests, is a list of the
// month's days, separated by commas, as short as it can be. A day without traffic is empty.
type Line struct {
	Place   string // the region's name, or the service's id
	Figures [fields]string
}

// Merge puts the days of a page, whose rows it sorts by place, into the lines of its month. It returns the lines that are new or changed, the places
// that are no longer kept, and how many services of the page are not kept.
func Merge(lines []Line, page Page) (changed []Line, gone []string, unkept int) {
	all := together(lines, page)
	if len(all) > MostServices {
		smallestLast(all, page.Days)
		unkept = len(all) - MostServices
		for _, small := range all[MostServices:] {
			if !small.line.isEmpty() {
				gone = append(gone, small.line.Place)
			}
		}
		all = all[:MostServices]
	}
	for _, m := range all {
		line := m.line.with(page.Days, m.rows)
		switch {
		case line == m.line:
		case line.isEmpty():
			gone = append(gone, line.Place)
		default:
			changed = append(changed, line)
		}
	}
	slices.SortFunc(changed, func(a, b Line) int { return strings.Compare(a.Place, b.Place) })
	slices.Sort(gone)
	return changed, gone, unkept
}

// merged is a place's line as it was kept, empty if it was not, and the page's rows of it, which are a part of all rows.
type merged struct {
	line Line
	rows []billing.DayTraffic
}

func together(lines []Line, page Page) []merged {
	kept := make(map[string]Line, len(lines))
	for _, line := range lines {
		kept[line.Place] = line
	}
	slices.SortStableFunc(page.Rows, func(a, b billing.DayTraffic) int { return strings.Compare(placeOf(a), placeOf(b)) })
	var all []merged
	for from, to := 0, 0; from < len(page.Rows); from = to {
		place := placeOf(page.Rows[from])
		for to < len(page.Rows) && placeOf(page.Rows[to]) == place {
			to++
		}
		line := kept[place]
		line.Place = place
		delete(kept, place)
		all = append(all, merged{line, page.Rows[from:to]})
	}
	for _, line := range kept {
		all = append(all, merged{line: line})
	}
	return all
}

func placeOf(row billing.DayTraffic) string { return cmp.Or(row.Service, row.Region) }

func (l Line) isEmpty() bool { return l.Figures == [fields]string{} }

// with replaces the days of a page by what was read of them.
func (l Line) with(days billing.Days, rows []billing.DayTraffic) Line {
	for field := range l.Figures {
		cells := make([]string, billing.MonthOf(days.First).Days())
		copy(cells, strings.Split(l.Figures[field], ","))
		for _, day := range days.All() {
			cells[day.Day()-1] = ""
		}
		for _, row := range rows {
			if figure := figuresOf(row)[field]; !figure.IsZero() {
				cells[row.Day.Day()-1] = figure.String()
			}
		}
		l.Figures[field] = strings.TrimRight(strings.Join(cells, ","), ",")
	}
	return l
}

func figuresOf(row billing.DayTraffic) [fields]decimal.Decimal {
	return [fields]decimal.Decimal{row.Bandwidth, row.Requests, row.ComputeRequests}
}

// smallestLast sorts by traffic: by the largest of a place's shares of all figures.
func smallestLast(all []merged, replaced billing.Days) {
	shares := make(map[string]float64, len(all))
	var totals [fields]float64
	for _, m := range all {
		for field, sum := range m.sums(replaced) {
			totals[field] += sum
		}
	}
	for _, m := range all {
		for field, sum := range m.sums(replaced) {
			if totals[field] > 0 {
				shares[m.line.Place] = max(shares[m.line.Place], sum/totals[field])
			}
		}
	}
	slices.SortFunc(all, func(a, b merged) int {
		return cmp.Or(cmp.Compare(shares[b.line.Place], shares[a.line.Place]), strings.Compare(a.line.Place, b.line.Place))
	})
}

// sums adds up the month.
func (m merged) sums(replaced billing.Days) [fields]float64 {
	sums := m.line.sums(replaced)
	for _, row := range m.rows {
		for field, figure := range figuresOf(row) {
			sums[field] += figure.InexactFloat64()
		}
	}
	return sums
}

// sums adds up the days that a page does not replace.
func (l Line) sums(without billing.Days) (sums [fields]float64) {
	for field, text := range l.Figures {
		for i, cell := range strings.Split(text, ",") {
			if cell != "" && !without.Contains(without.First.AddDate(0, 0, i+1-without.First.Day())) {
				figure, _ := strconv.ParseFloat(cell, 64) // written by decimal
				sums[field] += figure
			}
		}
	}
	return sums
}

// Rows returns a line's traffic on those of the days that are in the month.
func (l Line) Rows(kind Kind, month billing.Month, days billing.Days) ([]billing.DayTraffic, error) {
	var cells [fields][]string
	most := 0
	for field, text := range l.Figures {
		cells[field] = strings.Split(text, ",")
		most = max(most, len(cells[field]))
	}
	if most > month.Days() {
		return nil, fmt.Errorf("%s has %d days in %s", l.Place, most, month)
	}
	var rows []billing.DayTraffic
	for i := range most {
		day := month.Start().AddDate(0, 0, i)
		if !days.Contains(day) {
			continue
		}
		row, measured, err := l.row(kind, day, cells)
		if err != nil {
			return nil, fmt.Errorf("%s on %s: %w", l.Place, day.Format(time.DateOnly), err)
		}
		if measured {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// row reads one day, and reports whether it has any traffic.
func (l Line) row(kind Kind, day time.Time, cells [fields][]string) (billing.DayTraffic, bool, error) {
	var figures [fields]decimal.Decimal
	measured := false
	for field := range cells {
		if i := day.Day() - 1; i < len(cells[field]) && cells[field][i] != "" {
			figure, err := decimal.NewFromString(cells[field][i])
			if err != nil {
				return billing.DayTraffic{}, false, err
			}
			figures[field], measured = figure, true
		}
	}
	row := billing.DayTraffic{Day: day, Region: l.Place, Bandwidth: figures[0], Requests: figures[1], ComputeRequests: figures[2]}
	if kind == ByService {
		row.Region, row.Service = "", l.Place
	}
	return row, measured, nil
}

// NewReading puts together what is known of days from the states of all months that are kept and the rows that were found.
func NewReading(days billing.Days, states []MonthState, rows []billing.DayTraffic) Reading {
	reading := Reading{Rows: rows}
	known := map[time.Time]bool{}
	for _, state := range states {
		for _, day := range state.Known {
			known[day] = true
			if reading.Since.IsZero() || day.Before(reading.Since) {
				reading.Since = day
			}
			if end := day.AddDate(0, 0, 1); end.After(reading.To) {
				reading.To = end
			}
		}
		if days.Months().Contains(state.Month) {
			reading.Unkept = max(reading.Unkept, state.Unkept)
		}
	}
	for _, day := range days.All() {
		if !known[day] {
			reading.Unknown = append(reading.Unknown, day)
		}
	}
	slices.SortFunc(reading.Rows, billing.CompareDays)
	return reading
}
