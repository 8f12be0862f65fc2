package daily

import (
	"cmp"
	"fmt"
	"maps"
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

// Merge puts the days of a page into the lines of its month. It returns the lines that are new or changed, the places that are no longer kept,
// and how many services of the page are not kept.
func Merge(lines []Line, page Page) (changed []Line, gone []string, unkept int) {
	kept := make(map[string]Line, len(lines))
	for _, line := range lines {
		kept[line.Place] = line
	}
	read := map[string][]billing.DayTraffic{}
	for _, row := range page.Rows {
		place := cmp.Or(row.Service, row.Region)
		read[place] = append(read[place], row)
		if _, known := kept[place]; !known {
			kept[place] = Line{Place: place}
		}
	}
	if len(kept) > MostServices {
		small := smallest(kept, read, page)
		for _, place := range small {
			if kept[place].Figures != [fields]string{} {
				gone = append(gone, place)
			}
			delete(kept, place)
		}
		unkept = len(small)
	}
	for _, place := range slices.Sorted(maps.Keys(kept)) {
		line := kept[place].with(page.Days, read[place])
		switch {
		case line == kept[place]:
		case line.Figures == [fields]string{}:
			gone = append(gone, place)
		default:
			changed = append(changed, line)
		}
	}
	slices.Sort(gone)
	return changed, gone, unkept
}

// with replaces the days of a page by what was read of them.
func (l Line) with(days billing.Days, rows []billing.DayTraffic) Line {
	if len(rows) == 0 && l.Figures == [fields]string{} {
		return l
	}
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

// smallest returns the places beyond the MostServices with the most traffic: those that have the least share of each of the figures.
func smallest(kept map[string]Line, read map[string][]billing.DayTraffic, page Page) []string {
	sums := make(map[string][fields]float64, len(kept))
	var all [fields]float64
	for place, line := range kept {
		sum := line.sums(page.Days)
		for _, row := range read[place] {
			for field, figure := range figuresOf(row) {
				sum[field] += figure.InexactFloat64()
			}
		}
		for field := range sum {
			all[field] += sum[field]
		}
		sums[place] = sum
	}
	share := func(place string) (most float64) {
		for field, sum := range sums[place] {
			if all[field] > 0 {
				most = max(most, sum/all[field])
			}
		}
		return most
	}
	places := slices.SortedFunc(maps.Keys(kept), func(a, b string) int { return cmp.Or(cmp.Compare(share(b), share(a)), strings.Compare(a, b)) })
	return places[MostServices:]
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
