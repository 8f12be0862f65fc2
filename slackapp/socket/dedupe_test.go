package socket

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
)

func TestMemoryClaims(t *testing.T) {
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	type step struct {
		after  time.Duration
		forget bool
		keys   []string
		fresh  bool
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"a key is taken once", []step{{keys: []string{"a"}, fresh: true}, {keys: []string{"a"}}}},
		{"one known key of several is enough for a repeat", []step{{keys: []string{"a", "b"}, fresh: true}, {keys: []string{"c", "b"}}}},
		{"a repeat does not claim its other keys", []step{{keys: []string{"a"}, fresh: true}, {keys: []string{"a", "b"}}, {keys: []string{"b"}, fresh: true}}},
		{"a key is still taken just before ten minutes", []step{{keys: []string{"a"}, fresh: true}, {after: 10*time.Minute - 1, keys: []string{"a"}}}},
		{"a key is free after ten minutes", []step{{keys: []string{"a"}, fresh: true}, {after: 10 * time.Minute, keys: []string{"a"}, fresh: true}}},
		{"a repeat does not lengthen the life of a key", []step{{keys: []string{"a"}, fresh: true}, {after: 9 * time.Minute, keys: []string{"a"}}, {after: 10 * time.Minute, keys: []string{"a"}, fresh: true}}},
		{"a forgotten key is free", []step{{keys: []string{"a"}, fresh: true}, {forget: true, keys: []string{"a"}}, {keys: []string{"a"}, fresh: true}}},
		{"a key claimed again lives its own ten minutes", []step{
			{keys: []string{"a"}, fresh: true},
			{forget: true, keys: []string{"a"}},
			{after: 5 * time.Minute, keys: []string{"a"}, fresh: true},
			{after: 11 * time.Minute, keys: []string{"a"}},
			{after: 15 * time.Minute, keys: []string{"a"}, fresh: true},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			memory := NewMemory()
			for n, s := range tt.steps {
				if s.forget {
					if err := memory.Forget(t.Context(), s.keys); err != nil {
						t.Fatal(err)
					}
					continue
				}
				fresh, err := memory.Claim(t.Context(), start.Add(s.after), s.keys)
				if err != nil || fresh != s.fresh {
					t.Errorf("step %d: fresh is %v (error %v), want %v", n+1, fresh, err, s.fresh)
				}
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	memory := NewMemory()
	now := time.Now()
	for n := range 2 * claimLimit {
		if fresh, _ := memory.Claim(t.Context(), now, []string{fmt.Sprint(n)}); !fresh {
			t.Fatalf("key %d is taken", n)
		}
	}
	if got := memory.since.Len(); got > claimLimit {
		t.Errorf("%d keys are kept, want at most %d", got, claimLimit)
	}
	if fresh, _ := memory.Claim(t.Context(), now, []string{fmt.Sprint(2*claimLimit - 1)}); fresh {
		t.Error("the newest key was forgotten")
	}
}

func TestClaimFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := newLine(Config{AppToken: "xapp-1"}, &recorder{})
		d := delivery{Envelope: Envelope{ID: "E1", Kind: KindCommand, Command: &slack.SlashCommand{TriggerID: "T1"}}}
		if line.claim(t.Context(), d) != taken {
			t.Error("the first delivery is called a repeat")
		}
		time.Sleep(claimLife - time.Nanosecond)
		if line.claim(t.Context(), d) != repeated {
			t.Error("a delivery within ten minutes is not called a repeat")
		}
		time.Sleep(time.Nanosecond)
		if line.claim(t.Context(), d) != taken {
			t.Error("a delivery after ten minutes is called a repeat")
		}
	})
}

func TestKeys(t *testing.T) {
	interaction := func(kind Kind, i slack.InteractionCallback) Envelope {
		return Envelope{ID: "E", Kind: kind, Interaction: &i}
	}
	user := slack.User{ID: "U"}
	tests := []struct {
		name string
		e    Envelope
		want []string
	}{
		{"a command has its trigger beside its envelope", Envelope{ID: "E", Kind: KindCommand, Command: &slack.SlashCommand{TriggerID: "T"}}, []string{"envelope:E", "trigger:T"}},
		{"a command without a trigger has its envelope alone", Envelope{ID: "E", Kind: KindCommand, Command: &slack.SlashCommand{}}, []string{"envelope:E"}},
		{"an event has its own id", Envelope{ID: "E", Kind: KindEvent, Event: &slackevents.EventsAPIEvent{Data: &slackevents.EventsAPICallbackEvent{EventID: "Ev"}}}, []string{"envelope:E", "event:Ev"}},
		{"an event that is no callback has its envelope alone", Envelope{ID: "E", Kind: KindEvent, Event: &slackevents.EventsAPIEvent{Data: &slackevents.EventsAPIAppRateLimited{}}}, []string{"envelope:E"}},
		{"a press has the person, the moment and the button", interaction(KindBlockActions, slack.InteractionCallback{User: user, TriggerID: "T", ActionCallback: slack.ActionCallbacks{BlockActions: []*slack.BlockAction{{ActionID: "ack", ActionTs: "1.2"}, nil}}}), []string{"envelope:E", "action:U:1.2:ack"}},
		{"a submitted modal has its view in this version", interaction(KindViewSubmission, slack.InteractionCallback{View: slack.View{ID: "V", Hash: "H"}}), []string{"envelope:E", "submitted:V:H"}},
		{"a closed modal is not the same as a submitted one", interaction(KindViewClosed, slack.InteractionCallback{View: slack.View{ID: "V", Hash: "H"}}), []string{"envelope:E", "closed:V:H"}},
		{"a shortcut has its trigger", interaction(KindShortcut, slack.InteractionCallback{TriggerID: "T"}), []string{"envelope:E", "trigger:T"}},
		{"a message shortcut without a trigger has its envelope alone", interaction(KindMessageAction, slack.InteractionCallback{}), []string{"envelope:E"}},
		{"asking for options is never a repeat", interaction(KindBlockSuggestion, slack.InteractionCallback{TriggerID: "T"}), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.e.keys()); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}
