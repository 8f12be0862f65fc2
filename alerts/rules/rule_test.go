package rules

import (
	"testing"
	"time"
)

func TestLocal(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.November, 29, 14, 0, 0, 0, time.FixedZone("of the machine", 9*60*60))
	for _, tt := range []struct {
		name string
		set  *Rules
		want string
	}{
		{"in the zone of the file", &Rules{Zone: berlin}, "06:00 CET"},
		{"in UTC where the file names none", &Rules{}, "05:00 UTC"},
		{"in UTC where there is no file", nil, "05:00 UTC"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.set.Local(at).Format("15:04 MST"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
