package samples

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func TestBudgetsAreListedWorstFirst(t *testing.T) {
	m := budgetview.Budgets(budgetview.Overview{Month: sampledata.November, Now: sampledata.Now, Lines: sampleStates()})
	table, ok := m.Blocks[1].(*slack.TableBlock)
	if !ok {
		t.Fatalf("block 1 is a %T", m.Blocks[1])
	}
	var names []string
	for _, row := range table.Rows[1:] {
		names = append(names, blocks.CellText(row[0]))
	}
	want := "Asia Bandwidth, North America Bandwidth, Image Optimizer, Object Storage, KV Store, new-rule, Compute, Europe Bandwidth"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("order\n got %s\nwant %s", got, want)
	}
}
