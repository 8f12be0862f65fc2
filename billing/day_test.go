package billing

import (
	"testing"
	"time"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDays(t *testing.T) {
	for _, test := range []struct {
		name, first, last, text, months string
		length                          int
	}{
		{"a single day", "2026-11-10", "2026-11-10", "2026-11-10", "2026-11", 1},
		{"both ends are included", "2026-11-10", "2026-11-20", "2026-11-10..2026-11-20", "2026-11", 11},
		{"a leap day counts", "2024-02-28", "2024-03-01", "2024-02-28..2024-03-01", "2024-02..2024-03", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			days := Days{day(test.first), day(test.last)}
			all := days.All()
			if days.String() != test.text || days.Len() != test.length || len(all) != test.length || days.Months().String() != test.months {
				t.Errorf("%s has %d days in %s", days, days.Len(), days.Months())
			}
			if !all[0].Equal(days.First) || !all[len(all)-1].Equal(days.Last) {
				t.Errorf("from %s to %s", all[0], all[len(all)-1])
			}
			end := days.Last.AddDate(0, 0, 1)
			if !days.Contains(end.Add(-1)) || days.Contains(end) || days.Contains(days.First.Add(-1)) {
				t.Error("the borders are wrong")
			}
		})
	}
	if none := (Days{}); none.Len() != 0 || len(none.All()) != 0 || none.Contains(time.Time{}) {
		t.Error("no days have days")
	}
}
