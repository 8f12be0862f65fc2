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
	zone := func(name string, hours int) time.Time { return sampledata.Now.In(time.FixedZone(name, hours*60*60)) } // 10:42 UTC
	tests := []struct{ name, got, want string }{
		{"a time of today is a clock", PlainOf(Clock(time.Date(2026, 11, 22, 1, 5, 0, 0, time.UTC), sampledata.Now)), "01:05 UTC"},
		{"any other has its day", PlainOf(Clock(time.Date(2026, 11, 21, 23, 5, 0, 0, time.UTC), sampledata.Now)), "Nov 21, 23:05 UTC"},
		{"today is that of the reader's zone", PlainOf(Clock(time.Date(2026, 11, 21, 23, 5, 0, 0, time.UTC), zone("CET", 1))), "00:05 CET"},
		{"a zone without letters is told by its distance", PlainOf(Clock(time.Date(2026, 11, 22, 1, 5, 0, 0, time.UTC), zone("-03", -3))), "Nov 21, 22:05 UTC-03"},
		{"a time of last year has its year", PlainOf(Clock(time.Date(2025, 11, 22, 1, 5, 0, 0, time.UTC), sampledata.Now)), "Nov 22 2025, 01:05 UTC"},
		{"a stamp always has its day", PlainOf(Stamp(sampledata.Now, sampledata.Now)), "Nov 22, 10:42 UTC"},
		{"midnight is the end of the day before", PlainOf(CountedTo(sampledata.ToNov21, sampledata.Now)), "the end of Nov 21"},
		{"midnight elsewhere is not", PlainOf(CountedTo(sampledata.ToNov21, zone("CET", 1))), "Nov 22, 01:00 CET"},
		{"any other instant is itself", PlainOf(CountedTo(sampledata.Now, sampledata.Now)), "Nov 22, 10:42 UTC"},
		{"the last day of a count up to midnight", LastDay(sampledata.ToNov21), "Nov 21"},
		{"the first day alone", FirstDays(sampledata.November, 1), "Nov 1"},
		{"the first days", FirstDays(sampledata.November, 21), "Nov 1–21"},
		{"whole days up to an instant", Until(sampledata.November, sampledata.ToNov21), "Nov 1–21"},
		{"and the hour where the last one is not complete", Until(sampledata.November, sampledata.ToNov21.Add(5*time.Hour)), "Nov 1–22 (to 05:00 UTC)"},
		{"the first hours", Until(sampledata.November, sampledata.November.Start().Add(14*time.Hour)), "Nov 1 (to 14:00 UTC)"},
		{"the last day is no whole month before its end", Until(sampledata.November, sampledata.November.End().Add(-time.Minute)), "Nov 1–30 (to 23:59 UTC)"},
		{"a month to its end is the month", Until(sampledata.November, sampledata.November.End()), "November"},
		{"more days than the month has are the month", FirstDays(billing.NewMonth(2026, 2), 30), "February"},
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

// A terminal has instants in the zone of the rules file, with its name: nobody has to guess, not even in the hour that comes twice.
func TestPlainTimes(t *testing.T) {
	const berlin, newYork, kathmandu, saoPaulo = "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/Sao_Paulo"
	for _, tt := range []struct{ name, zone, at, stamp, countedTo string }{
		{"without a zone", "UTC", "2026-11-29T05:00:00Z", "Nov 29, 05:00 UTC", "Nov 29, 05:00 UTC"},
		{"a day of UTC", "UTC", "2026-11-29T00:00:00Z", "Nov 29, 00:00 UTC", "the end of Nov 28"},
		{"a month of UTC", "UTC", "2026-11-01T00:00:00Z", "Nov 1, 00:00 UTC", "the end of Oct 31"},
		{"another year", "UTC", "2025-11-29T05:00:00Z", "Nov 29 2025, 05:00 UTC", "Nov 29 2025, 05:00 UTC"},
		{"east of UTC", berlin, "2026-11-29T05:00:00Z", "Nov 29, 06:00 CET", "Nov 29, 06:00 CET"},
		{"a day of UTC, in the east", berlin, "2026-11-29T00:00:00Z", "Nov 29, 01:00 CET", "Nov 29, 01:00 CET"},
		{"a day of the east", berlin, "2026-11-28T23:00:00Z", "Nov 29, 00:00 CET", "the end of Nov 28"},
		{"a year that begins earlier in the east", berlin, "2025-12-31T23:30:00Z", "Jan 1, 00:30 CET", "Jan 1, 00:30 CET"},
		{"west of UTC", newYork, "2026-11-29T05:30:00Z", "Nov 29, 00:30 EST", "Nov 29, 00:30 EST"},
		{"a day of UTC, in the west", newYork, "2026-11-29T00:00:00Z", "Nov 28, 19:00 EST", "Nov 28, 19:00 EST"},
		{"a day of the west", newYork, "2026-11-29T05:00:00Z", "Nov 29, 00:00 EST", "the end of Nov 28"},
		{"before the clocks are put forward", berlin, "2026-03-29T00:59:00Z", "Mar 29, 01:59 CET", "Mar 29, 01:59 CET"},
		{"and after", berlin, "2026-03-29T01:00:00Z", "Mar 29, 03:00 CEST", "Mar 29, 03:00 CEST"},
		{"the hour that comes twice, first", newYork, "2026-11-01T05:30:00Z", "Nov 1, 01:30 EDT", "Nov 1, 01:30 EDT"},
		{"the hour that comes twice, again", newYork, "2026-11-01T06:30:00Z", "Nov 1, 01:30 EST", "Nov 1, 01:30 EST"},
		{"a zone without letters", saoPaulo, "2026-11-29T05:00:00Z", "Nov 29, 02:00 UTC-03", "Nov 29, 02:00 UTC-03"},
		{"a zone without letters and not of whole hours", kathmandu, "2026-11-29T05:00:00Z", "Nov 29, 10:45 UTC+05:45", "Nov 29, 10:45 UTC+05:45"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			zone, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			now := sampledata.Now.In(zone)
			if got := PlainStamp(at, now); got != tt.stamp {
				t.Errorf("an instant is %q, want %q", got, tt.stamp)
			}
			if got := PlainCountedTo(at, now); got != tt.countedTo {
				t.Errorf("the end of a count is %q, want %q", got, tt.countedTo)
			}
			if got := PlainOf(Stamp(at, now)); got != tt.stamp {
				t.Errorf("where Slack draws none it is %q, want %q", got, tt.stamp)
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
		{"21 whole days of 30 are 70%", sampledata.ToNov21, elapsed{21, 30, "21", 0.7}, true},
		{"a day that is not complete counts as far as it is", sampledata.ToNov21.Add(6 * time.Hour), elapsed{21, 30, "21.2", 21.25 / 30}, true},
		{"the last minute of a day is not noticed", sampledata.ToNov21.Add(-time.Minute), elapsed{20, 30, "21", (21 - 1./1440) / 30}, true},
		{"beyond the end the month is whole", sampledata.November.End().Add(time.Hour), elapsed{30, 30, "30", 1}, true},
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
