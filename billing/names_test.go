package billing

import "testing"

func TestNames(t *testing.T) {
	tests := []struct {
		rule        string
		names       Names
		name        string
		have, match bool
	}{
		{"no names mean every name", "", "Asia", true, true},
		{"no names mean what has no name, too", "", "", true, true},
		{"a name means itself", NamesOf("Asia"), "Asia", true, true},
		{"a name means no other", NamesOf("Asia"), "Asia Pacific", false, false},
		{"several names mean each of them", NamesOf("Asia", "Europe"), "Europe", true, true},
		{"several names mean no other", NamesOf("Asia", "Europe"), "Africa", false, false},
		{"several names do not mean what has no name", NamesOf("Asia", "Europe"), "", false, false},
		{"a glob matches, and is no name", NamesOf("www-*"), "www-shop", false, true},
		{"one of several may be a glob", NamesOf("video", "www-*"), "www-shop", false, true},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			if got := test.names.Have(test.name); got != test.have {
				t.Errorf("Have %v", got)
			}
			if got := test.names.Match(test.name); got != test.match {
				t.Errorf("Match %v", got)
			}
		})
	}
	if got := NamesOf("b", "a", "b"); got != NamesOf("b", "a") || !got.AreSeveral() {
		t.Errorf("a name given twice counts once: %q", got)
	}
	if got := NamesOf("a", "a"); got.AreSeveral() || len(got.List()) != 1 {
		t.Errorf("one name given twice is one name: %q", got)
	}
}
