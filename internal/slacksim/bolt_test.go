package slacksim_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"budgetbot/internal/slacksim"
)

// TestBoltRunsUnchanged drives the workspace with Slack's own JavaScript SDK, as a second opinion on the protocol.
func TestBoltRunsUnchanged(t *testing.T) {
	s := start(t, slacksim.Config{})
	runBolt(t, s)

	asked := typeCommand(t, s, "last month")
	if out := outcome(t, asked); out.Result != slacksim.Acknowledged || out.Payload != nil {
		t.Errorf("the command: %+v", out)
	}
	if m := answer(t, asked, 1); m.Text != "usage of last month" || m.EphemeralTo != alice {
		t.Errorf("the answer: %+v", m)
	}
	public, err := s.WaitMessage(soon(t), budget, func(m slacksim.Message) bool { return m.Via == "api" })
	if err != nil {
		t.Fatal(err)
	}
	pressed, err := s.Press(soon(t), slacksim.Press{User: boris, Channel: budget, TS: public.TS, ActionID: "note"})
	if err != nil {
		t.Fatal(err)
	}
	outcome(t, pressed)
	if err := s.WaitCalls(soon(t), "views.open", 1); err != nil {
		t.Fatal(err)
	}
	modal := s.Modals(boris)[0]
	if out := outcome(t, fill(t, s, modal, "no")); out.ViewErrors["why"] != "Say a little more" {
		t.Errorf("the refused submission: %+v", out)
	}
	outcome(t, fill(t, s, modal, "launch"))
	_, err = s.WaitMessage(soon(t), budget, func(m slacksim.Message) bool { return m.TS == public.TS && m.Text == "noted: launch" })
	if err != nil {
		t.Error(err)
	}
	if _, err := s.OpenHome(soon(t), alice); err != nil {
		t.Fatal(err)
	}
	if err := s.WaitCalls(soon(t), "views.publish", 1); err != nil {
		t.Error(err)
	}
	if _, ok := s.Home(alice); !ok {
		t.Error("no Home tab was published")
	}
	clean(t, s)
}

// fill submits the modal with a reason.
func fill(t *testing.T, s *slacksim.Server, modal slacksim.View, reason string) *slacksim.Invocation {
	t.Helper()
	v, err := s.Submit(soon(t), slacksim.Submission{User: boris, ViewID: modal.ID, Values: map[string]map[string]map[string]any{
		"why": {"reason": {"value": reason}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// runBolt starts the app of testdata/bolt, or skips the test where node or the module is missing.
func runBolt(t *testing.T, s *slacksim.Server) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	home := os.Getenv("BOLT_DIR")
	if home == "" {
		home = filepath.Join("testdata", "bolt")
	}
	if _, err := os.Stat(filepath.Join(home, "node_modules", "@slack", "bolt")); err != nil {
		t.Skip("@slack/bolt is not installed: run npm install in testdata/bolt, or name a directory that has it in BOLT_DIR")
	}
	// The app must outlive t.Context, which ends before the cleanup that lets it stop in peace.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	bolt := exec.CommandContext(ctx, node, filepath.Join("testdata", "bolt", "app.mjs"))
	bolt.Env = append(os.Environ(), "SLACK_API_URL="+s.APIURL(), "SLACK_BOT_TOKEN="+s.BotToken(), "SLACK_APP_TOKEN="+s.AppToken())
	bolt.Stdout, bolt.Stderr = os.Stdout, os.Stderr
	stdin, err := bolt.StdinPipe()
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	if err := bolt.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer cancel()
		_ = stdin.Close()
		if err := bolt.Wait(); err != nil {
			t.Error("the Bolt app: ", err)
		}
	})
	if err := s.WaitConnected(soon(t), 1); err != nil {
		t.Fatal(err)
	}
}
