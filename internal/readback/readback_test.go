package readback_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/readback"
	"budgetbot/slackapp/blocks"
)

func TestAMessageThatSlackHoldsReadsAsItWasSent(t *testing.T) {
	grid := &blocks.Grid{}
	grid.Add(true, "Name", "B", "C")
	grid.Add(false, "a&b", "1", "2")
	now := time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)
	m := blocks.Message{Text: "t", Blocks: slices.Concat(
		blocks.Section("d", "to "+blocks.Clock(now, now)+" {x}"),
		blocks.Section("s", blocks.Bold("a {c} & <d>")+" `x` <#C0123456789> "+blocks.Link("https://x.example/?a&b", "it")),
		blocks.Section("p", "<@U012AB3CD> "+blocks.Bold("e {f} & <g>")+` `+blocks.Code(`h\i<j>`)),
		grid.Block("t"),
		blocks.Context("c", blocks.Escape("{h}"), "i & j", "at "+blocks.Stamp(now, now)),
	)}
	for name, form := range map[string]blocks.Message{"rich": m, "plain": m.Plain()} {
		body, err := json.Marshal(form.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(blocks.PlainText(m), blocks.PlainText(readback.Message("t", body))); diff != "" {
			t.Errorf("%s (-sent +read):\n%s", name, diff)
		}
	}
	for _, body := range []string{"", "null", "[]", "nonsense"} {
		if got := blocks.PlainText(readback.Message("*a* &amp; {b}", json.RawMessage(body))); got != "a & {b}\n" {
			t.Errorf("with blocks %q it shows %q", body, got)
		}
	}
}
