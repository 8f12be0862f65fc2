package rules

import "testing"

func TestSlackIDs(t *testing.T) {
	for _, tt := range []struct {
		name, id                       string
		person, group, channel, direct bool
	}{
		{"a person", "U0ALICE01", true, false, false, false},
		{"a person of an organisation", "W0ALICE01", true, false, false, false},
		{"a user group can be mentioned, too", "S0FINOPS1", true, true, false, false},
		{"a channel", "C0CDN0001", false, false, true, false},
		{"an older private channel", "G0SECRET1", false, false, true, false},
		{"a direct message is posted to like a channel", "D0ALICE01", false, false, true, true},
		{"a workspace is none of these", "T0ACME001", false, false, false, false},
		{"six characters after the letter are enough", "C123456", false, false, true, false},
		{"five are not", "C12345", false, false, false, false},
		{"a name in small letters", "cdn-budget", false, false, false, false},
		{"small letters behind a capital one", "Ccdnbudget", false, false, false, false},
		{"what would end a mention", "U0ALICE01>", false, false, false, false},
		{"a line behind it", "U0ALICE01\n", false, false, false, false},
		{"nothing", "", false, false, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, is := range []struct {
				what      string
				got, want bool
			}{
				{"a person", IsPersonID(tt.id), tt.person},
				{"a group", IsGroupID(tt.id), tt.group},
				{"a channel", IsChannelID(tt.id), tt.channel},
				{"a direct message", IsDirectID(tt.id), tt.direct},
			} {
				if is.got != is.want {
					t.Errorf("%q is %s: %t", tt.id, is.what, is.got)
				}
			}
		})
	}
}
