package judge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

func TestCrossingsAlongFigures(t *testing.T) {
	for _, test := range []struct {
		name string
		used []string // on each day from the 1st on, of a budget of 100
		want string   // the days of July from which and to which the threshold of 80 holds
	}{
		{"never", []string{"10", "79.9"}, ""},
		{"from the day on which it is reached", []string{"10", "80", "90"}, "2-34"},
		{"a figure that wavers holds", []string{"80", "78.5", "80"}, "1-34"},
		{"from 2 % below it does not", []string{"80", "78.4", "79"}, "1-2"},
		{"and may be reached again", []string{"80", "60", "85"}, "1-2 3-34 again since 2, clearly below to 3"},
		{"having been a little below before", []string{"80", "60", "79", "79.5", "85"}, "1-2 5-34 again since 2, clearly below to 3"},
		{"more than once", []string{"80", "60", "79", "70", "79", "85"}, "1-2 6-34 again since 2, clearly below to 5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var points []point
			for i, used := range test.used {
				points = append(points, point{at: onDay(float64(i + 1)), used: decimal.RequireFromString(used)})
			}
			var got []string
			for _, c := range crosses(0, 80, 0, 34).along(points, decimal.NewFromInt(100)) {
				text := fmt.Sprintf("%s-%s", dayOfJuly(c.up), dayOfJuly(c.down))
				if c.again {
					text += " again since " + dayOfJuly(c.fell) + ", clearly below to " + dayOfJuly(c.rose)
				}
				if fell := !c.down.Equal(onDay(34)); fell != c.falls {
					t.Errorf("%s: falls is %t", c, c.falls)
				}
				got = append(got, text)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("it holds %q, want %q", strings.Join(got, " "), test.want)
			}
		})
	}
}

func dayOfJuly(at time.Time) string { return fmt.Sprint(int(at.Sub(july)/(24*time.Hour)) + 1) }

// TestAnInvoiceIsNoCorrectionOfItsEstimate: neither is one that is corrected as it appears, though a day is counted in that instant.
func TestAnInvoiceIsNoCorrectionOfItsEstimate(t *testing.T) {
	s := TheQuarter()
	if err := s.Write(100); err != nil {
		t.Fatal(err)
	}
	var corrected []time.Time
	for _, c := range s.Corrections {
		corrected = append(corrected, c.At.Add(20*time.Second))
	}
	for name, made := range map[string][]time.Time{"as planned": nil, "some seconds after": corrected} {
		t.Run(name, func(t *testing.T) {
			_, reopened, err := s.Figures(48*time.Hour, made)
			if err != nil {
				t.Fatal(err)
			}
			bill := 0
			for _, r := range reopened {
				if !bills.has(r.Rule) {
					continue
				}
				bill++
				if r.at.Before(end(r.Month).Add(invoiced + time.Hour)) {
					t.Errorf("the %s of rule %d is corrected at %s, as it appears", r.Month, r.Rule, r.at)
				}
			}
			if bill < 9 {
				t.Errorf("%d bills are corrected later", bill)
			}
		})
	}
}

func TestTheQuarterHasEverything(t *testing.T) {
	s := TheQuarter()
	if err := s.Write(100); err != nil {
		t.Fatal(err)
	}
	const lag = 6 * time.Hour
	figures, reopened, err := s.Figures(lag, nil)
	if err != nil {
		t.Fatal(err)
	}
	byThreshold, byDay := map[string]int{}, map[string]int{}
	for _, r := range reopened {
		byThreshold[fmt.Sprintf("%s corrected, of money %t", r.Month, bills.has(r.Rule))]++
	}
	for _, c := range s.Crossings(figures, s.Reform) {
		byThreshold[fmt.Sprintf("%s %d%%", c.Month, c.threshold)]++
		if c.again {
			byThreshold["again"]++
		}
		if bills.has(c.Rule) && !c.up.Before(end(c.Month)) {
			byThreshold["by the first invoice"]++
		}
		if c.falls {
			byThreshold["falls"]++
		}
		byDay[s.Rules[c.Rule].channel+c.up.Format(time.DateOnly)]++
	}
	for _, month := range []string{"2026-07", "2026-08", "2026-09"} {
		for _, threshold := range thresholds {
			if what := fmt.Sprintf("%s %d%%", month, threshold); byThreshold[what] < 20 {
				t.Errorf("%d crossings of %s", byThreshold[what], what)
			}
		}
	}
	if byThreshold["again"] < 5 || byThreshold["falls"] < 5 {
		t.Errorf("%d thresholds fall and %d are reached again", byThreshold["falls"], byThreshold["again"])
	}
	if byThreshold["by the first invoice"] < 2 {
		t.Errorf("%d thresholds of money are reached by a month's first invoice", byThreshold["by the first invoice"])
	}
	for _, what := range []string{"2026-07 corrected, of money true", "2026-08 corrected, of money true", "2026-09 corrected, of money true", "2026-08 corrected, of money false"} {
		if byThreshold[what] < 3 {
			t.Errorf("%d budgets of %s", byThreshold[what], what)
		}
	}
	most := 0
	for _, n := range byDay {
		most = max(most, n)
	}
	if most < alike {
		t.Errorf("at most %d crossings come together in a channel", most)
	}
	before, after := s.File(Form{}), s.File(Form{Reformed: true})
	if !strings.Contains(before, "name: rule-13,") || strings.Contains(after, "name: rule-13,") || !strings.Contains(after, "name: renamed-07, was: rule-07,") {
		t.Error("the reform changes nothing")
	}
}
