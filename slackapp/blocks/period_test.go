package blocks

import (
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/view/sampledata"
)

func TestPeriod(t *testing.T) {
	month := billing.NewMonth
	tests := []struct {
		name        string
		first, last billing.Month
		want        string
	}{
		{"one month has its whole name", month(2026, 11), month(2026, 11), "November 2026"},
		{"months of one year name it once", month(2023, 1), month(2023, 3), "Jan–Mar 2023"},
		{"months of two years name both", month(2022, 11), month(2023, 2), "Nov 2022–Feb 2023"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Period(billing.Range{First: tt.first, Last: tt.last}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	east := time.FixedZone("east", 2*60*60)
	tests := []struct{ name, got, want string }{
		{"a time of today is a clock", Clock(time.Date(2026, 11, 22, 1, 5, 0, 0, time.UTC), sampledata.Now), "01:05 UTC"},
		{"a time is shown in UTC", Clock(time.Date(2026, 11, 22, 1, 5, 0, 0, east), sampledata.Now), "Nov 21, 23:05 UTC"},
		{"a time of last year has its year", Clock(time.Date(2025, 11, 22, 1, 5, 0, 0, time.UTC), sampledata.Now), "Nov 22 2025, 01:05 UTC"},
		{"midnight is the end of the day before", CountedTo(sampledata.ToNov21), "Nov 21, 24:00 UTC"},
		{"any other instant is itself", CountedTo(sampledata.Now), "Nov 22, 10:42 UTC"},
		{"the last day of a count up to midnight", LastDay(sampledata.ToNov21), "Nov 21"},
		{"the first day alone", FirstDays(sampledata.November, 1), "Nov 1"},
		{"the first days", FirstDays(sampledata.November, 21), "Nov 1–21"},
		{"more days than the month has are the month", FirstDays(billing.NewMonth(2026, 2), 30), "Feb"},
		{"seconds", Age(10 * time.Second), "less than a minute"},
		{"minutes", Age(12*time.Minute + 50*time.Second), "12 min"},
		{"hours up to three days", Age(41 * time.Hour), "41 h"},
		{"days", Age(80 * time.Hour), "3 days"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestElapsedIn(t *testing.T) {
	tests := []struct {
		name string
		at   time.Time
		want elapsed
		ok   bool
	}{
		{"21 whole days of 30 are 70%", sampledata.ToNov21, elapsed{21, 30, 0.7}, true},
		{"beyond the end the month is whole", sampledata.November.End().Add(time.Hour), elapsed{30, 30, 1}, true},
		{"an unknown instant tells nothing", time.Time{}, elapsed{}, false},
		{"the month's first instant tells nothing", sampledata.November.Start(), elapsed{}, false},
		{"an instant of another month tells nothing", sampledata.October.Start(), elapsed{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := ElapsedIn(sampledata.November, tt.at); got != tt.want || ok != tt.ok {
				t.Errorf("got %v, %v, want %v, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}
