package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/term"

	"budgetbot/internal/readback"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/blocks"
)

// screen shows what happens in the workspace as lines of a terminal, and remembers the buttons that were shown last.
type screen struct {
	out      io.Writer
	width    int                    // of the terminal
	now      func() time.Time       // in the zone in which the messages have their instants
	channels map[string]string      // ids to names
	fileName func(id string) string // of an upload

	mu      sync.Mutex
	buttons []slacksim.Press // of the buttons that were shown last
}

// indent stands before each line of a message.
const indent = "   "

// usualWidth is how wide the lines are where the output is no terminal.
const usualWidth = 120

// widthOf returns how many columns a terminal has.
func widthOf(out io.Writer) int {
	if file, ok := out.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return usualWidth
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
	text := demoMentions.Replace(blocks.PlainTextIn(sent, s.width-len(indent)))
	s.mu.Lock()
	defer s.mu.Unlock()
	where := "direct message"
	if name, isChannel := s.channels[m.Channel]; isChannel {
		where = "#" + name
	}
	fmt.Fprintf(s.out, "\n── %s · %s · budgetbot%s\n", blocks.PlainStamp(now, now), where, how)
	if e.Kind == slacksim.Edited && m.EphemeralTo == "" {
		first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		fmt.Fprintf(s.out, "%s%s\n", indent, first)
		return
	}
	if strings.TrimSpace(text) != "" {
		for line := range strings.Lines(text) {
			fmt.Fprint(s.out, strings.TrimRight(indent+line, " "))
		}
	}
	for _, id := range m.Files {
		fmt.Fprintf(s.out, "%sfile: %s\n", indent, s.fileName(id))
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
	fmt.Fprintf(s.out, "%spress: %s\n", indent, strings.Join(labels, " · "))
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
