package rules

import (
	"testing"
	"time"
)

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDigestNext(t *testing.T) {
	t.Parallel()
	berlin := zoneOf(t, "Europe/Berlin")
	for _, tt := range []struct{ name, schedule, after, want string }{
		{"Mondays at nine, by the clocks of the zone", "0 9 * * 1", "2026-11-25T12:00:00Z", "2026-11-30T08:00:00Z"},
		{"in summer that is another hour", "0 9 * * 1", "2026-07-01T12:00:00Z", "2026-07-06T07:00:00Z"},
		{"the very moment is not next", "0 9 * * MON", "2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z"},
		{"where both days are given, either will do", "0 9 1 * 1", "2026-11-30T12:00:00Z", "2026-12-01T08:00:00Z"},
		{"an hour that the clocks skip is made up for at once", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"and the day after is as usual", "30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		{"every time of the skipped hour is one", "*/20 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
		{"an hour that comes twice is due at the first", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"and not at the second", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		{"nor for one who looks in between", "30 2 * * *", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00Z"},
		{"three in the morning of that day comes once anyway", "0 3 * * *", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"},
		{"a leap day comes every four years", "0 9 29 2 *", "2026-11-25T12:00:00Z", "2028-02-29T08:00:00Z"},
		{"a month closes on its third working day", "", "2026-11-25T12:00:00Z", "2026-12-03T08:00:00Z"},
		{"which a weekend at its beginning puts off", "", "2026-10-31T12:00:00Z", "2026-11-04T08:00:00Z"},
		{"and a weekend in between", "", "2027-01-01T00:00:00Z", "2027-01-05T08:00:00Z"},
		{"the close itself is not next", "", "2026-12-03T08:00:00Z", "2027-01-05T08:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := (Digest{Schedule: tt.schedule}).Next(instant(t, tt.after), berlin).UTC(); !got.Equal(instant(t, tt.want)) {
				t.Errorf("Next = %s, want %s", got.Format(time.RFC3339), tt.want)
			}
		})
	}
}

func TestDigestLatest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, zone, schedule, due, now, want string }{
		{"one that is due is due", "UTC", "0 9 * * 1", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T09:00:00Z"},
		{"one that was missed is still due", "UTC", "0 9 * * 1", "2026-11-23T09:00:00Z", "2026-11-25T17:00:00Z", "2026-11-23T09:00:00Z"},
		{"of several that were missed the latest is due", "UTC", "0 9 * * 1", "2026-08-10T09:00:00Z", "2026-11-25T17:00:00Z", "2026-11-23T09:00:00Z"},
		{"a week of missed minutes is one minute", "UTC", "* * * * *", "2026-11-18T17:01:00Z", "2026-11-25T17:00:30Z", "2026-11-25T17:00:00Z"},
		{"what was missed in the second pass of an hour was in the first", "Europe/Berlin", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:45:00Z", "2026-10-25T00:30:00Z"},
		{"a skipped hour is due when the clocks have been put forward", "Europe/Berlin", "30 2 * * *", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
		{"a leap day that was missed is due until the next", "UTC", "0 9 29 2 *", "2028-02-29T09:00:00Z", "2028-03-05T00:00:00Z", "2028-02-29T09:00:00Z"},
		{"of two closes that were missed the later is due", "Europe/Berlin", "", "2026-11-04T08:00:00Z", "2026-12-24T12:00:00Z", "2026-12-03T08:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Digest{Schedule: tt.schedule}.Latest(instant(t, tt.due), instant(t, tt.now), zoneOf(t, tt.zone)).UTC()
			if !got.Equal(instant(t, tt.want)) {
				t.Errorf("Latest = %s, want %s", got.Format(time.RFC3339), tt.want)
			}
		})
	}
}

// TestDigestNextIsAlwaysLater: whatever the zone and the hour, the next time is later, exists, and no reading of the clocks comes twice.
func TestDigestNextIsAlwaysLater(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata", "America/St_Johns"} {
		zone := zoneOf(t, name)
		for _, schedule := range []string{"*/30 * * * *", "30 2 * * *", "15 0 * * *", ""} {
			d := Digest{Schedule: schedule}
			seen := map[time.Time]bool{}
			at := time.Date(2011, time.December, 1, 0, 0, 0, 0, time.UTC) // Samoa left out a day in that month
			for range 1000 {
				next := d.Next(at, zone)
				if !next.After(at) {
					t.Fatalf("%s %q: %s follows %s", name, schedule, next, at)
				}
				wall := wallOf(next, zone)
				if seen[wall] {
					t.Fatalf("%s %q: %s comes twice", name, schedule, wall)
				}
				seen[wall], at = true, next
			}
		}
	}
}
