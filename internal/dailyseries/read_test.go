package dailyseries

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestASeriesIsReadAndItsGapsAreUnknown(t *testing.T) {
	s, err := readFrom(t, "2026-01-30,5\n2026-02-02,7.5\n")
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "s" || len(s.Days) != 4 || s.Days[0] != 5 || s.Days[3] != 7.5 || !math.IsNaN(s.Days[1]) || !math.IsNaN(s.Days[2]) {
		t.Errorf("got %+v", s)
	}
	if before := s.On(s.First.AddDate(0, 0, -1)); !math.IsNaN(before) {
		t.Errorf("the day before the first is %v", before)
	}
}

func readFrom(t *testing.T, text string) (Series, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return read(file)
}

func TestABrokenSeriesIsRefusedByItsLine(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a day twice", "2026-01-30,5\n2026-01-30,5\n", "line 2: 2026-01-30 is not after the line before it"},
		{"a day out of order", "2026-01-30,5\n2026-01-29,5\n", "line 2: 2026-01-29 is not after"},
		{"no date", "day,5\n", "line 1: parsing time"},
		{"no amount", "2026-01-30,many\n", "line 1: strconv"},
		{"a third field", "2026-01-30,5,6\n", "line 1: 3 fields"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, err := readFrom(t, row.text); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func TestSeriesAreMadeUpOnlyWhereNobodyNamedADirectory(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "gone")
	if all, origin, err := choose("", gone); err != nil || origin != "Made-up series" || len(all) != len(shapes) {
		t.Errorf("got %d series, %q, %v", len(all), origin, err)
	}
	if _, _, err := choose(gone, gone); err == nil {
		t.Error("a directory that was named and is not there was passed over")
	}
}

func TestMadeUpSeriesAreTheSameAtEachRun(t *testing.T) {
	if !reflect.DeepEqual(Synthetic(), Synthetic()) {
		t.Error("they differ")
	}
}
