package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// series is something counted day by day.
type series struct {
	name  string
	first time.Time
	days  []float64 // from the first on; NaN where a day is missing
}

// readAll reads every CSV file of the directory, in the order of their names.
func readAll(dir string) ([]series, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		return nil, fmt.Errorf("look for series: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no CSV file in %s", dir)
	}
	all := make([]series, len(files))
	for i, file := range files {
		if all[i], err = readSeries(file); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readSeries reads lines of a date and an amount, in the order of time.
func readSeries(file string) (series, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return series{}, fmt.Errorf("read a series: %w", err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return series{}, fmt.Errorf("read %s: %w", file, err)
	}
	s := series{name: strings.TrimSuffix(filepath.Base(file), ".csv")}
	for i, line := range lines {
		if err := s.add(line); err != nil {
			return series{}, fmt.Errorf("%s, line %d: %w", file, i+1, err)
		}
	}
	return s, nil
}

func (s *series) add(line []string) error {
	if len(line) != 2 {
		return fmt.Errorf("%d fields, want a date and an amount", len(line))
	}
	day, err := time.Parse(time.DateOnly, line[0])
	if err != nil {
		return err
	}
	amount, err := strconv.ParseFloat(line[1], 64)
	if err != nil {
		return err
	}
	if len(s.days) == 0 {
		s.first = day
	}
	i := s.index(day)
	if i < len(s.days) {
		return fmt.Errorf("%s is not after the line before it", line[0])
	}
	for len(s.days) < i {
		s.days = append(s.days, math.NaN())
	}
	s.days = append(s.days, amount)
	return nil
}

func (s *series) index(day time.Time) int { return int(day.Sub(s.first).Hours() / 24) }

// on returns what was counted on a day; NaN where that is not known.
func (s *series) on(day time.Time) float64 {
	if i := s.index(day); !day.Before(s.first) && i < len(s.days) {
		return s.days[i]
	}
	return math.NaN()
}

// upTo returns the sum of the first days of a month; NaN where one is missing.
func (s *series) upTo(m billing.Month, days int) float64 {
	var sum float64
	for i := range days {
		sum += s.on(m.Start().AddDate(0, 0, i))
	}
	return sum
}

func (s *series) total(m billing.Month) float64 { return s.upTo(m, m.Days()) }

// months returns those that a forecast can be measured on: complete, after a complete one, eight weeks after the first day.
func (s *series) months() []billing.Month {
	var months []billing.Month
	for m := billing.MonthOf(s.first.AddDate(0, 0, 56+30)); s.index(m.Start()) < len(s.days); m = m.Add(1) {
		if !math.IsNaN(s.total(m)) && !math.IsNaN(s.total(m.Add(-1))) {
			months = append(months, m)
		}
	}
	return months
}

// look is a month of a series as it stood at the end of one of its days.
type look struct {
	*series
	month billing.Month
	day   int // how many are counted
}

func (l look) used() float64  { return l.upTo(l.month, l.day) }
func (l look) final() float64 { return l.total(l.month) }
func (l look) left() int      { return l.month.Days() - l.day }

func (l look) end() time.Time { return l.month.Start().AddDate(0, 0, l.day) }

func (l look) position() forecast.Position {
	return forecast.Position{Month: l.month, Used: decimalOf(l.used()), CountedTo: l.end()}
}

// before returns the known ones of the last days.
func (l look) before(days int) []forecast.DayUsage {
	var known []forecast.DayUsage
	for i := -days; i < 0; i++ {
		day := l.end().AddDate(0, 0, i)
		if used := l.on(day); !math.IsNaN(used) {
			known = append(known, forecast.DayUsage{Day: day, Used: decimalOf(used)})
		}
	}
	return known
}

// closed returns the totals of the months of the year before, as far as they are known.
func (l look) closed() []forecast.MonthUsage {
	var known []forecast.MonthUsage
	for i := 1; i <= 12; i++ {
		m := l.month.Add(-i)
		if total := l.total(m); !math.IsNaN(total) {
			known = append(known, forecast.MonthUsage{Month: m, Used: decimalOf(total)})
		}
	}
	return known
}

func decimalOf(f float64) decimal.Decimal { return decimal.NewFromFloat(f) }
