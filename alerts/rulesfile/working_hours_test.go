package rulesfile

import (
	"cmp"
	"testing"
	"time"

	"budgetbot/alerts/rules"
)

// working reads hours as a rules file has them.
func working(t *testing.T, zone, hours string) rules.Calendar {
	t.Helper()
	text := "time_zone: " + zone + "\nrules: [{name: na, product: cdn_usage, budget: 500 TB, channel: cdn}]\n"
	if hours != "" {
		text += "working_hours: " + hours + "\n"
	}
	return load(t, text).Calendar()
}

func atOffset(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestTheNextWorkingHour(t *testing.T) {
	const berlin, office = "Europe/Berlin", "Mon-Fri 09:00-18:00"
	for _, tt := range []struct{ name, zone, hours, at, want string }{
		{"within them it is now", berlin, office, "2026-11-25 10:30 +0100", "2026-11-25 10:30 +0100"},
		{"their first instant is in them", berlin, office, "2026-11-25 09:00 +0100", "2026-11-25 09:00 +0100"},
		{"their last is not", berlin, office, "2026-11-25 18:00 +0100", "2026-11-26 09:00 +0100"},
		{"at night it is the next morning", berlin, office, "2026-11-25 23:10 +0100", "2026-11-26 09:00 +0100"},
		{"early in the morning it is the same day", berlin, office, "2026-11-25 03:00 +0100", "2026-11-25 09:00 +0100"},
		{"on Friday evening it is Monday", berlin, office, "2026-11-27 20:00 +0100", "2026-11-30 09:00 +0100"},
		{"an instant is what it is in the zone of the rules", berlin, office, "2026-11-26 07:59 +0000", "2026-11-26 09:00 +0100"},
		{"and on the day that it is there", "Pacific/Auckland", office, "2026-11-29 19:00 +0000", "2026-11-30 09:00 +1300"},
		{"without hours it is always now", berlin, "", "2026-11-28 03:00 +0100", "2026-11-28 03:00 +0100"},
		{"over the change to summer time nine is nine", berlin, office, "2026-03-28 20:00 +0100", "2026-03-30 09:00 +0200"},
		{"and over the change back", berlin, office, "2026-10-24 20:00 +0200", "2026-10-26 09:00 +0100"},
		{"on the day of the change too", berlin, "Sun 09:00-18:00", "2026-03-29 01:00 +0100", "2026-03-29 09:00 +0200"},
		{"hours that a clock skips begin when it goes on", berlin, "Sun 02:30-05:00", "2026-03-29 00:00 +0100", "2026-03-29 03:30 +0200"},
		{"up to midnight is up to midnight", "UTC", "Mon-Sun 22:00-24:00", "2026-11-26 00:00 +0000", "2026-11-26 22:00 +0000"},
		{"of two stretches the one that is next", "UTC", "[Mon-Fri 13:00-17:00, Mon-Fri 08:00-12:00]", "2026-11-26 12:30 +0000", "2026-11-26 13:00 +0000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := cmp.Or(working(t, tt.zone, tt.hours).DeferUntil(atOffset(t, tt.at)), atOffset(t, tt.at))
			if want := atOffset(t, tt.want); !got.Equal(want) {
				t.Errorf("Open(%s) = %s, want %s", tt.at, got, want)
			}
		})
	}
}

func TestWorkingTimeBetween(t *testing.T) {
	const berlin, office = "Europe/Berlin", "Mon-Fri 09:00-18:00"
	for _, tt := range []struct {
		name, zone, hours, from, to string
		want                        time.Duration
	}{
		{"within a day", berlin, office, "2026-11-25 10:00 +0100", "2026-11-25 12:30 +0100", 150 * time.Minute},
		{"a night is none", berlin, office, "2026-11-25 17:00 +0100", "2026-11-26 10:00 +0100", 2 * time.Hour},
		{"nor is a weekend", berlin, office, "2026-11-27 17:00 +0100", "2026-11-30 10:00 +0100", 2 * time.Hour},
		{"without hours all of it", berlin, "", "2026-11-27 17:00 +0100", "2026-11-30 17:00 +0100", 72 * time.Hour},
		{"the hour that is lost is not worked", berlin, "Mon-Sun 00:00-24:00", "2026-03-29 00:00 +0100", "2026-03-30 00:00 +0200", 23 * time.Hour},
		{"the hour that comes twice is", berlin, "Mon-Sun 00:00-24:00", "2026-10-25 00:00 +0200", "2026-10-26 00:00 +0100", 25 * time.Hour},
		{"stretches that overlap count once", "UTC", "[Mon-Fri 09:00-14:00, Mon-Fri 12:00-18:00]", "2026-11-25 00:00 +0000", "2026-11-26 00:00 +0000", 9 * time.Hour},
		{"backwards is none", berlin, office, "2026-11-26 12:00 +0100", "2026-11-25 12:00 +0100", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := working(t, tt.zone, tt.hours).Elapsed(atOffset(t, tt.from), atOffset(t, tt.to))
			if got != tt.want {
				t.Errorf("Elapsed = %s, want %s", got, tt.want)
			}
		})
	}
}
