package main

import (
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/spike"
	"budgetbot/billing/forecast"
	"budgetbot/internal/dailyseries"
)

const (
	// every is how many days lie between two plantings; it is no multiple of a week, so that every weekday has its turn.
	every = 9
	// factor is what the usage of a planted day is multiplied with.
	factor = 2
	// look is how many days before a planting are looked at: more than what a run depends on.
	look = 112
)

// daysOf returns the known days of a series, multiplied from one index up to before another.
func daysOf(s *dailyseries.Series, from, to, plantedFrom, plantedTo int) []forecast.DayUsage {
	var days []forecast.DayUsage
	for i := max(0, from); i < min(to, len(s.Days)); i++ {
		used := s.Days[i]
		if math.IsNaN(used) {
			continue
		}
		if i >= plantedFrom && i < plantedTo {
			used *= factor
		}
		days = append(days, forecast.DayUsage{Day: s.First.AddDate(0, 0, i), Used: decimal.NewFromFloat(used)})
	}
	return days
}

// untouched is what is found in a series as it is.
type untouched struct {
	history  *spike.History
	runs     []spike.Run
	compared int     // how many days have a usual amount
	varies   float64 // how far a day is from its usual amount: the standard deviation, robustly, as a share
	busy     map[time.Time]bool
}

func untouchedOf(s *dailyseries.Series, l spike.Limits) untouched {
	u := untouched{history: spike.NewHistory(daysOf(s, 0, len(s.Days), 0, 0)), busy: map[time.Time]bool{}}
	u.runs = u.history.Runs(l)
	var strays []float64
	for i := range s.Days {
		if d, unknown := u.history.Compare(s.First.AddDate(0, 0, i), l); unknown == "" {
			u.compared++
			strays = append(strays, math.Abs(d.Ratio().InexactFloat64()))
		}
	}
	u.varies = 1.4826 * median(strays)
	for _, e := range u.runs {
		for day := e.First.Day; !day.After(e.Last.Day.AddDate(0, 0, 2)); day = day.AddDate(0, 0, 1) {
			u.busy[day] = true
		}
	}
	return u
}

// perMonth is how many runs there were a month of days that could be compared.
func (u untouched) perMonth() float64 { return float64(len(u.runs)) * 30.4 / float64(u.compared) }

// found counts plantings of one length, by the day on which they were found.
type found struct {
	planted int
	on      [7]int // by how many days after the first
}

// plant plants days of that number all over the series, where it has no run of its own, and looks whether each is found.
func plant(s *dailyseries.Series, u untouched, days int, l spike.Limits) (f found) {
	for start := look; start+days <= len(s.Days); start += every {
		first := s.First.AddDate(0, 0, start)
		if _, unknown := u.history.Compare(first, l); unknown != "" || u.isBusy(first, days) {
			continue
		}
		f.planted++
		if delay := foundAfter(s, start, days, l); delay >= 0 {
			f.on[delay]++
		}
	}
	return f
}

// isBusy reports whether one of the days, or the one before them, is high by itself.
func (u untouched) isBusy(first time.Time, days int) bool {
	for i := -1; i < days; i++ {
		if u.busy[first.AddDate(0, 0, i)] {
			return true
		}
	}
	return false
}

// foundAfter returns how many days after the first planted one the first is posted, or -1 if none is.
func foundAfter(s *dailyseries.Series, start, days int, l spike.Limits) int {
	for delay := range days {
		until := start + delay + 1
		runs := spike.NewHistory(daysOf(s, start-look, until, start, start+days)).Runs(l)
		if n := len(runs); n > 0 && runs[n-1].Lasts() && !runs[n-1].Last.Day.Before(s.First.AddDate(0, 0, start)) {
			return delay
		}
	}
	return -1
}

// by returns the share that was found up to that many days after the first.
func (f found) by(day int) float64 {
	sum := 0
	for _, n := range f.on[:day+1] {
		sum += n
	}
	return float64(sum) / float64(f.planted)
}

func (f found) all() float64 { return f.by(len(f.on) - 1) }

// delay is the mean number of days from the first planted day to the one that was posted.
func (f found) delay() float64 {
	var sum, n int
	for after, count := range f.on {
		sum, n = sum+after*count, n+count
	}
	return float64(sum) / float64(n)
}

func (f found) plus(g found) found {
	f.planted += g.planted
	for i, n := range g.on {
		f.on[i] += n
	}
	return f
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
