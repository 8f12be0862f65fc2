package alerts

import (
	"testing"
	"time"
)

func TestDigestNext(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, schedule, after, want string }{
		{"Mondays at nine, by the clocks of the zone", "0 9 * * 1", "2026-11-25T12:00:00Z", "2026-11-30T08:00:00Z"},
		{"in summer that is another hour", "0 9 * * 1", "2026-07-01T12:00:00Z", "2026-07-06T07:00:00Z"},
		{"the very moment is not next", "0 9 * * MON", "2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z"},
		{"where both days are given, either will do", "0 9 1 * 1", "2026-11-30T12:00:00Z", "2026-12-01T08:00:00Z"},
		{"an hour that the clocks skip comes on the same day", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"},
		{"a leap day comes every four years", "0 9 29 2 *", "2026-11-25T12:00:00Z", "2028-02-29T08:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			after, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			if got := (Digest{Schedule: tt.schedule}).Next(after, berlin).UTC().Format(time.RFC3339); got != tt.want {
				t.Errorf("Next = %s, want %s", got, tt.want)
			}
		})
	}
}
