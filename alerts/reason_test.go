package alerts

import (
	"encoding/json"
	"testing"
)

// TestReasonsOfEarlierVersionsAreRead: a database keeps the words of the version that wrote them.
func TestReasonsOfEarlierVersionsAreRead(t *testing.T) {
	for stored, want := range map[string]Reason{
		"first level reached": ReasonFirstThreshold,
		"changed rule: levels that its edit put it past are one summary": ReasonChangedRule,
		"new rule: its levels so far are taken silently":                 "already reached when the rule was added; not posted",
		string(ReasonMuted):           ReasonMuted,
		"a reason of a later version": "a reason of a later version",
	} {
		var m Message
		if err := json.Unmarshal([]byte(`{"reason":"`+stored+`"}`), &m); err != nil {
			t.Fatal(err)
		}
		if m.Reason != want {
			t.Errorf("%q in a message is read as %q, want %q", stored, m.Reason, want)
		}
		if got := ReadReason(stored); got != want {
			t.Errorf("ReadReason(%q) = %q, want %q", stored, got, want)
		}
	}
}
