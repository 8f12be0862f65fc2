package billing

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseMonth(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Month
		refused    bool
	}{
		{name: "year and month", text: "2026-11", want: NewMonth(2026, time.November)},
		{name: "there is no month 13", text: "2026-13", refused: true},
		{name: "there is no month 0", text: "2026-00", refused: true},
		{name: "there is no year 0", text: "0000-01", refused: true},
		{name: "a month has two digits", text: "2026-1", refused: true},
		{name: "a day is too much", text: "2026-11-01", refused: true},
		{name: "nothing is no month", text: "", refused: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseMonth(tt.text)
			if (err != nil) != tt.refused || got != tt.want {
				t.Errorf("ParseMonth(%q) is %v, %v", tt.text, got, err)
			}
		})
	}
}

func TestMonthKnowsItsDays(t *testing.T) {
	for _, tt := range []struct {
		name  string
		month Month
		days  int
		next  string
	}{
		{"February has 28 days", NewMonth(2023, time.February), 28, "2023-03"},
		{"February has 29 days every fourth year", NewMonth(2024, time.February), 29, "2024-03"},
		{"December is followed by January", NewMonth(2023, time.December), 31, "2024-01"},
		{"a month beyond 12 is carried over", NewMonth(2023, 14), 29, "2024-03"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.month.Days(); got != tt.days {
				t.Errorf("%s has %d days, want %d", tt.month, got, tt.days)
			}
			if got := tt.month.Add(1).String(); got != tt.next {
				t.Errorf("%s is followed by %s, want %s", tt.month, got, tt.next)
			}
		})
	}
}

func TestMonthIsUTC(t *testing.T) {
	zone := time.FixedZone("ahead", 14*60*60)
	if got := MonthOf(time.Date(2026, 12, 1, 3, 0, 0, 0, zone)); got != NewMonth(2026, time.November) {
		t.Errorf("MonthOf is %s, want 2026-11", got)
	}
}

func TestMonthIsOverAtItsEnd(t *testing.T) {
	november := NewMonth(2026, time.November)
	if november.IsOver(november.End().Add(-time.Nanosecond)) {
		t.Error("over before its end")
	}
	if !november.IsOver(november.End()) {
		t.Error("not over at its end")
	}
}

func TestMonthArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMonth(rapid.IntRange(1, 9000).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")))
		n := rapid.IntRange(-11, 2000).Draw(t, "n")
		later := m.Add(n)
		if later.Since(m) != n || later.Add(-n) != m {
			t.Fatalf("%s and %d months is %s, which is %d later", m, n, later, later.Since(m))
		}
		if m.End() != m.Add(1).Start() || m.Start().AddDate(0, 0, m.Days()) != m.End() {
			t.Fatalf("%s ends at %s", m, m.End())
		}
		if m.Before(later) != (n > 0) || m.After(later) != (n < 0) {
			t.Fatalf("%s and %s are ordered wrongly", m, later)
		}
	})
}

func TestMonthSurvivesJSON(t *testing.T) {
	want := map[string]Month{"a": NewMonth(2026, time.November), "none": {}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]Month
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, equalMonths); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
	if err := json.Unmarshal([]byte(`"2026-13"`), new(Month)); err == nil {
		t.Error("month 13 was read")
	}
}

func TestRange(t *testing.T) {
	first, last := NewMonth(2022, time.November), NewMonth(2023, time.March)
	r := Range{first, last}
	if r.Len() != 5 || !r.Contains(first) || !r.Contains(last) || r.Contains(last.Add(1)) || r.Contains(first.Add(-1)) {
		t.Errorf("%s does not include exactly its five months", r)
	}
	var chunks []string
	for _, chunk := range r.Chunks(3) {
		chunks = append(chunks, chunk.String())
	}
	if diff := cmp.Diff([]string{"2022-11..2023-01", "2023-02..2023-03"}, chunks); diff != "" {
		t.Errorf("chunks (-want +got):\n%s", diff)
	}
	if got := r.ToRead(); got != r {
		t.Errorf("%s reads %s", r, got)
	}
	if got := One(first).ToRead(); got != (Range{first.Add(-1), first}) {
		t.Errorf("a single month reads %s and not the one before it too", got)
	}
}
