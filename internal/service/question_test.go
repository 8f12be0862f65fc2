package service_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/slacksim"
)

// One service answers what people ask and press.
func TestQuestions(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Start()
		for _, test := range []struct {
			name string
			ask  func(*testing.T, *world)
		}{
			{"the figures of a range are Fastly's own", asksForARange},
			{"help is made of this account", asksForHelp},
			{"a mistake is corrected by a press", mistypes},
			{"an answer leads on to the services", breaksDown},
			{"an answer is shared only when that is pressed", shares},
			{"budgets stand worst first", asksForBudgets},
		} {
			t.Log(test.name)
			test.ask(t, w)
		}
	})
}

func asksForARange(t *testing.T, w *world) {
	m := w.Asks("/usage 2023-01..2023-03 cdn_usage")
	w.Says(m, "cdn_usage, Jan–Mar 2023", "Months are UTC and closed")
	if m.EphemeralTo != alice {
		t.Errorf("it is shown to %q, want %s alone", m.EphemeralTo, alice)
	}
	want := figuresOf(w.Fastly, "2023-01", "2023-02", "2023-03")
	got := map[string][]string{}
	for _, row := range tableOf(t, m)[1:] {
		got[row[0]] = row[1:4]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table against Fastly's figures (-want +got):\n%s", diff)
	}
}

// figuresOf is what a table of delivery shows: terabytes with one digit after the point, billions of requests with two.
func figuresOf(fastly *fastlysim.Server, months ...string) map[string][]string {
	figures := map[string][]string{}
	for _, month := range months {
		sums := map[string]decimal.Decimal{}
		for _, row := range fastly.Month(month) {
			if row.ProductID != "cdn_usage" {
				continue
			}
			sum, shift, digits := "Requests, B", int32(-9), int32(2)
			if strings.HasSuffix(row.UsageType, "Bandwidth") {
				sum, shift, digits = "Bandwidth, TB", -12, 1
			}
			figures[row.UsageType] = append(figures[row.UsageType], row.Raw.Shift(shift).StringFixed(digits))
			sums[sum] = sums[sum].Add(row.Raw.Shift(shift))
		}
		figures["Bandwidth, TB"] = append(figures["Bandwidth, TB"], sums["Bandwidth, TB"].StringFixed(1))
		figures["Requests, B"] = append(figures["Requests, B"], sums["Requests, B"].StringFixed(2))
	}
	return figures
}

// tableOf reads the cells of a message's table block.
func tableOf(t *testing.T, m slacksim.Message) [][]string {
	t.Helper()
	var blocks []struct {
		Type string              `json:"type"`
		Rows [][]json.RawMessage `json:"rows"`
	}
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		t.Fatalf("read the blocks: %v", err)
	}
	for _, block := range blocks {
		if block.Type != "table" {
			continue
		}
		table := make([][]string, len(block.Rows))
		for i, row := range block.Rows {
			for _, cell := range row {
				table[i] = append(table[i], cellText(t, cell))
			}
		}
		return table
	}
	t.Fatalf("no table in:\n%s", m.Blocks)
	return nil
}

// cellText is the text of a plain cell, or of everything within a rich one.
func cellText(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var cell struct {
		Text     string            `json:"text"`
		Elements []json.RawMessage `json:"elements"`
	}
	if err := json.Unmarshal(raw, &cell); err != nil {
		t.Fatalf("read the cell %s: %v", raw, err)
	}
	text := cell.Text
	for _, element := range cell.Elements {
		text += cellText(t, element)
	}
	return text
}

func asksForHelp(_ *testing.T, w *world) {
	w.Says(w.Asks("/usage help"), "Ask about Fastly usage", "image_optimizer", "/budget na-bandwidth", "7 products", "/usage last month cost by product")
}

func mistypes(t *testing.T, w *world) {
	m := w.Asks("/usage 2023-01..2023-03 cdn_usge")
	w.Says(m, "There's no product called `cdn_usge`. Did you mean `cdn_usage`?")
	ran := w.Answer(w.Presses(alice, m, "run_it:0"))
	w.Says(ran, "cdn_usage, Jan–Mar 2023")
	if ran.TS != m.TS {
		t.Errorf("the answer is a message of its own and not in the place of the mistake")
	}
}

func breaksDown(t *testing.T, w *world) {
	m := w.Asks("/usage 2023-01..2023-03 cdn_usage")
	broken := w.Answer(w.Presses(alice, m, "ask:service"))
	w.Says(broken, "by Service", "media-assets-prod", "others")
	if broken.EphemeralTo != alice {
		t.Errorf("it is shown to %q, want %s alone", broken.EphemeralTo, alice)
	}
}

func shares(t *testing.T, w *world) {
	m := w.Asks("/usage 2023-02 cdn_usage")
	w.ExpectPosts(cdnBudget, 0)
	w.Presses(alice, m, "share")
	shared := w.Message(cdnBudget, "cdn_usage, February 2023", "Asked by <@"+alice+">")
	if shared.EphemeralTo != "" {
		t.Errorf("what was shared is shown to %s alone", shared.EphemeralTo)
	}
	w.ExpectPosts(cdnBudget, 1)
}

func asksForBudgets(t *testing.T, w *world) {
	w.Await("a check", func() bool { return w.Checks() > 2 })
	table := tableOf(t, w.Asks("/budget"))
	if len(table) != 3 || table[1][0] != "Asia Bandwidth" || table[2][0] != "North America Bandwidth" {
		t.Errorf("the budgets are %v, want the header, then Asia before North America", table)
	}
	w.Says(w.Asks("/budget na-bandwidth"), "na-bandwidth", "500 TB")
	w.Says(w.Asks("/budget nonsense"), "nonsense", "/budget all")
}

// A person without access gets a refusal and no figure.
func TestStrangersAreRefused(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start()
		for _, test := range []struct {
			name string
			ask  slacksim.Slash
			want string
		}{
			{"a command from another workspace", slacksim.Slash{User: alice, TeamID: "T0ELSE001"}, "only answer people in my own workspace"},
			{"a guest", slacksim.Slash{User: gerda}, "you're a guest"},
		} {
			t.Log(test.name)
			test.ask.Channel, test.ask.Command, test.ask.Text = cdnBudget, "/usage", "2023-01 cdn_usage"
			m := w.Answer(w.Slash(test.ask))
			w.Says(m, test.want)
			if strings.Contains(servicetest.Words(m), "TB") {
				t.Errorf("it tells a figure:\n%s", servicetest.Words(m))
			}
		}
		r.Stop()
	})
}

// Slack may deliver one command twice, under the same id or a new one. It is answered once.
func TestACommandThatComesTwiceIsAnsweredOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start()
		w.Excuse("ack_unknown") // the simulator did not send the envelopes below
		first := w.Types(alice, cdnBudget, "/usage 2023-01 cdn_usage")
		w.Answer(first)
		for _, id := range []string{"e-one", "e-one", "e-two"} {
			w.Slack.SendRaw(slashEnvelope(t, id, "t-one", first.ResponseURL()))
		}
		w.Await("a second answer", func() bool { return len(answersOf(first)) == 2 })
		w.Await("five repeats", func() bool {
			_, metrics := r.Page("/metrics")
			return strings.Contains(metrics, `budgetbot_socket_total{kind="slash_command",signal="duplicate"} 5`)
		})
		w.Asks("/usage 2023-01 cdn_usage")
		if got := answersOf(first); len(got) != 2 {
			t.Errorf("%d answers, want one for the first command, and one for the other that came six times", len(got))
		}
	})
}

// answersOf are the answers but for the word that it takes a while.
func answersOf(asked *slacksim.Invocation) []slacksim.Message {
	return slices.DeleteFunc(asked.Answers(), servicetest.IsInterim)
}

// slashEnvelope is the frame of a command as Slack sends it.
func slashEnvelope(t *testing.T, id, trigger, responseURL string) []byte {
	t.Helper()
	frame, err := json.Marshal(map[string]any{
		"envelope_id": id, "type": "slash_commands", "accepts_response_payload": true,
		"payload": map[string]any{
			"team_id": "T0ACME001", "channel_id": cdnBudget, "channel_name": "cdn-budget", "user_id": alice, "command": "/usage",
			"text": "2023-01 cdn_usage", "api_app_id": "A0BUDGET1", "response_url": responseURL, "trigger_id": trigger,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func TestJunkFramesAreIgnoredAndCounted(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(s *slacksim.Config, _ *fastlysim.Config) { s.Noise = true })
		r := w.Start()
		for _, junk := range []string{"{", "", "[]", "null", `"hello"`, `{"type":7}`, strings.Repeat("x", 100_000), `{"type":"slash_commands"}`} {
			w.Slack.SendRaw([]byte(junk))
		}
		w.Says(w.Asks("/usage 2023-01 cdn_usage"), "cdn_usage, January 2023")
		if _, metrics := r.Page("/metrics"); !strings.Contains(metrics, `signal="bad_frame"`) {
			t.Errorf("no bad frame is counted:\n%s", metrics)
		}
		if got := r.Readiness(); got.Status != 200 {
			t.Errorf("readiness = %+v", got)
		}
	})
}

func TestAnAddressThatIsOverIsReplacedByTheWebAPI(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Start()
		w.Slack.Fail("response_url", 1, slacksim.Fault{Status: 404, Body: "used_url"})
		w.Types(alice, cdnBudget, "/usage 2023-01 cdn_usage")
		m := w.Message(cdnBudget, "cdn_usage, January 2023")
		if m.EphemeralTo != alice || m.Via != "api" {
			t.Errorf("it came by %s to %q, want by the Web API to %s alone", m.Via, m.EphemeralTo, alice)
		}
	})
}

// While Fastly is down, what was read before is shown with its age, and anything else is a sentence.
func TestFastlyDown(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start()
		before := tableOf(t, w.Asks("/usage this month cdn_usage"))
		w.FailFastly(fastlysim.UsagePath, -1, fault.ServerError)
		w.Clock.Advance(50 * time.Minute)
		stale := w.Asks("/usage this month cdn_usage")
		w.Says(stale, "Fastly has a fault; these figures are from", "(50 min old)")
		if diff := cmp.Diff(before, tableOf(t, stale)); diff != "" {
			t.Errorf("the last good figures changed (-before +after):\n%s", diff)
		}
		w.Says(w.Asks("/usage 2022-05 cdn_usage"), "Fastly's API failed.", "Try again in a minute")
		w.Await("a warning", func() bool { return len(r.Readiness().Warnings) > 0 })
		if got := r.Readiness(); got.Status != 200 || !strings.Contains(got.Warnings[0], "the newest check of usage failed") {
			t.Errorf("readiness = %+v, want 200 and a warning of the failed check", got)
		}
		w.Fastly.Heal()
		r.AwaitNoWarning()
	})
}

// TestWideQuestionsHoldUpNoCheck has somebody ask by service, which Fastly does not answer, until every call that questions may
// have is under way. Checks go on, and `/budget` is answered.
func TestWideQuestionsHoldUpNoCheck(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Start()
		w.AwaitChecks(2)
		w.FailFastly(fastlysim.ServicePath, -1, fault.Hang)
		for month := 9; month <= 10; month++ {
			w.Types(alice, cdnBudget, fmt.Sprintf("/usage 2025-%02d..2026-%02d North America Bandwidth by service", month+1, month))
		}
		w.Await("every call that questions may have", func() bool { return w.Fastly.InFlight() >= 12 })
		w.AwaitChecks(1)
		w.Says(w.Asks("/budget"), "November Budgets")
		if n := w.Fastly.InFlight(); n < 12 {
			t.Errorf("only %d calls of questions were under way, so that this shows nothing", n)
		}
	})
}
