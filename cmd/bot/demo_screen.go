package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/internal/readback"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/blocks"
)

// screen shows what happens in the workspace as lines of a terminal, and remembers the buttons that were shown last.
type screen struct {
	out      io.Writer
	now      func() time.Time  // in the zone in which the messages have their instants
	channels map[string]string // ids to names

	mu      sync.Mutex
	buttons []slacksim.Press // of the buttons that were shown last
}

// show prints one event, where it is one that a person in Slack would see.
func (s *screen) show(e slacksim.Event) {
	m := e.Message
	if m == nil || !m.FromBot {
		return
	}
	what := map[slacksim.Kind]string{
		slacksim.Posted: "", slacksim.Replied: " in a thread", slacksim.Ephemeral: " to you alone", slacksim.Edited: " edited",
	}
	how, shown := what[e.Kind]
	if !shown {
		return
	}
	if e.Kind == slacksim.Replied && m.Broadcast {
		how = " in a thread, and to the channel"
	}
	now := s.now()
	sent := readback.Message(m.Text, m.Blocks)
	text := blocks.PlainText(sent)
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, "\n── %s · #%s · budgetbot%s\n", blocks.PlainStamp(now, now), s.channels[m.Channel], how)
	if e.Kind == slacksim.Edited && m.EphemeralTo == "" {
		first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		fmt.Fprintf(s.out, "   %s\n", first)
		return
	}
	for line := range strings.Lines(text) {
		fmt.Fprint(s.out, strings.TrimRight("   "+line, " "))
	}
	s.remember(*m, sent.Blocks)
}

// remember numbers the buttons of a message, so that one can be pressed by typing its number.
func (s *screen) remember(m slacksim.Message, shown []slack.Block) {
	var buttons []slacksim.Press
	var labels []string
	for _, block := range shown {
		actions, ok := block.(*slack.ActionBlock)
		if !ok || actions.Elements == nil {
			continue
		}
		for _, element := range actions.Elements.ElementSet {
			button, ok := element.(*slack.ButtonBlockElement)
			if !ok || button.Text == nil {
				continue
			}
			buttons = append(buttons, slacksim.Press{
				User: demoUser, Channel: m.Channel, TS: m.TS, ActionID: button.ActionID, BlockID: actions.BlockID,
				Confirmed: button.Confirm != nil, // a number that is typed is meant
			})
			labels = append(labels, fmt.Sprintf("%d %s", len(buttons), button.Text.Text))
		}
	}
	if len(buttons) == 0 {
		return
	}
	s.buttons = buttons
	fmt.Fprintf(s.out, "   press: %s\n", strings.Join(labels, " · "))
}

// button returns the nth button of those shown last, counted from 1.
func (s *screen) button(n int) (slacksim.Press, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < 1 || n > len(s.buttons) {
		return slacksim.Press{}, false
	}
	return s.buttons[n-1], true
}

// say prints a line of the demo's own.
func (s *screen) say(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(s.out, format+"\n", args...)
}
