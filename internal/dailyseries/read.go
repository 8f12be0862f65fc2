package dailyseries

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Series is something counted day by day.
type Series struct {
	Name  string
	First time.Time
	Days  []float64 // from the first on; NaN where a day is missing
}

// usualData is where the series are where nobody says; it need not be there.
const usualData = "../shared/data"

// Choose returns the series of the directory, or of the usual one where none is given, and in its absence made-up ones. origin says which.
func Choose(dir string) (all []Series, origin string, err error) { return choose(dir, usualData) }

func choose(dir, usual string) (all []Series, origin string, err error) {
	if dir == "" {
		if _, err := os.Stat(usual); errors.Is(err, fs.ErrNotExist) {
			return Synthetic(), "Made-up series", nil
		}
		dir = usual
	}
	all, err = readAll(dir)
	return all, "Series of " + dir, err
}

// readAll reads every CSV file of the directory, in the order of their names.
func readAll(dir string) ([]Series, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil {
		return nil, fmt.Errorf("look for series: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no CSV file in %s", dir)
	}
	all := make([]Series, len(files))
	for i, file := range files {
		if all[i], err = read(file); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// read reads lines of a date and an amount, in the order of time.
func read(file string) (Series, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Series{}, fmt.Errorf("read a series: %w", err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		return Series{}, fmt.Errorf("read %s: %w", file, err)
	}
	s := Series{Name: strings.TrimSuffix(filepath.Base(file), ".csv")}
	for i, line := range lines {
		if err := s.add(line); err != nil {
			return Series{}, fmt.Errorf("%s, line %d: %w", file, i+1, err)
		}
	}
	return s, nil
}

func (s *Series) add(line []string) error {
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
	if len(s.Days) == 0 {
		s.First = day
	}
	i := s.Index(day)
	if i < len(s.Days) {
		return fmt.Errorf("%s is not after the line before it", line[0])
	}
	for len(s.Days) < i {
		s.Days = append(s.Days, math.NaN())
	}
	s.Days = append(s.Days, amount)
	return nil
}

// Index returns how many days after the first a day is.
func (s *Series) Index(day time.Time) int { return int(day.Sub(s.First).Hours() / 24) }

// On returns what was counted on a day; NaN where that is not known.
func (s *Series) On(day time.Time) float64 {
	if i := s.Index(day); !day.Before(s.First) && i < len(s.Days) {
		return s.Days[i]
	}
	return math.NaN()
}
