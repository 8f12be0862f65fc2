package samples

import (
	"strings"
	"testing"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func TestBudgetsAreListedWorstFirst(t *testing.T) {
	m := budgetview.Budgets(budgetview.Overview{Month: sampledata.November, Now: sampledata.Now, Lines: sampleStates()})
	var names []string
	for line := range strings.Lines(strings.Split(blocks.PlainText(m), "\n\n")[1]) {
		name, _, _ := strings.Cut(line, "  ")
		names = append(names, name)
	}
	names = names[2:] // the header, and the rule under it
	want := "Asia Bandwidth, North America…, Image Optimiz…, Object Storage, KV Store, new-rule, Compute, Europe Bandwi…"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("order\n got %s\nwant %s", got, want)
	}
}
