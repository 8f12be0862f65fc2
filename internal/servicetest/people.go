package servicetest

import (
	"strings"

	"budgetbot/internal/readback"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/blocks"
)

// Types lets a person type a command.
func (w *World) Types(user, channel, line string) *slacksim.Invocation {
	w.T.Helper()
	command, text, _ := strings.Cut(line, " ")
	return w.Slash(slacksim.Slash{User: user, Channel: channel, Command: command, Text: text})
}

// Slash lets a person type a command, with every field as the test wants it.
func (w *World) Slash(s slacksim.Slash) *slacksim.Invocation {
	w.T.Helper()
	asked, err := w.Slack.Command(w.Soon(), s)
	if err != nil {
		w.T.Fatal(err)
	}
	w.AddSecret(asked.ResponseURL())
	return asked
}

// Presses lets a person press a button under a message.
func (w *World) Presses(user string, m slacksim.Message, action string) *slacksim.Invocation {
	w.T.Helper()
	return w.Press(slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action})
}

// Press presses a button, with every field as the test wants it.
func (w *World) Press(press slacksim.Press) *slacksim.Invocation {
	w.T.Helper()
	pressed, err := w.Slack.Press(w.Soon(), press)
	if err != nil {
		w.T.Fatalf("%v; the channel:\n%s", err, w.Channel(press.Channel))
	}
	w.AddSecret(pressed.ResponseURL())
	return pressed
}

// Answer waits for the answer, which on a busy machine comes after the word that it takes a while.
func (w *World) Answer(asked *slacksim.Invocation) slacksim.Message {
	w.T.Helper()
	for n := 1; ; n++ {
		m, err := asked.WaitAnswer(w.Soon(), n)
		if err != nil {
			w.T.Fatalf("no answer %d: %v; %s", n, err, w.Log())
		}
		if !IsInterim(m) {
			return m
		}
	}
}

// IsInterim reports whether a message is the word that the answer takes a while.
func IsInterim(m slacksim.Message) bool {
	return strings.HasPrefix(m.Text, "Working on it.") || strings.Contains(m.Text, "This one starts when one of them is answered")
}

// Asks types a command as Alice and waits for the answer.
func (w *World) Asks(line string) slacksim.Message {
	w.T.Helper()
	return w.Answer(w.Types(Alice, CDNBudget, line))
}

// Message waits for a message that holds all of the texts.
func (w *World) Message(channel string, texts ...string) slacksim.Message {
	w.T.Helper()
	m, err := w.Slack.WaitMessage(w.Soon(), channel, func(m slacksim.Message) bool { return m.FromBot && Has(m, texts...) })
	if err != nil {
		w.T.Fatalf("no message with %q: %v; the channel:\n%s\n%s", texts, err, w.Channel(channel), w.Log())
	}
	return m
}

// Posts are the bot's messages that everybody in the channel sees, replies included.
func (w *World) Posts(channel string) []slacksim.Message {
	var posts []slacksim.Message
	for _, m := range w.Slack.Messages(channel) {
		if m.FromBot && m.EphemeralTo == "" && !m.Deleted {
			posts = append(posts, m)
		}
	}
	return posts
}

// ExpectPosts ends the test where the channel does not hold exactly that many posts.
func (w *World) ExpectPosts(channel string, n int) []slacksim.Message {
	w.T.Helper()
	posts := w.Posts(channel)
	if len(posts) != n {
		w.T.Fatalf("%s has %d posts, want %d:\n%s\n%s", channel, len(posts), n, w.Channel(channel), w.Log())
	}
	return posts
}

// AwaitPosts waits until the channel has that many posts, and returns them.
func (w *World) AwaitPosts(channel string, n int) []slacksim.Message {
	w.T.Helper()
	w.Await("the posts of "+channel, func() bool { return len(w.Posts(channel)) >= n })
	return w.ExpectPosts(channel, n)
}

// Channel is what stands in a channel, for the report of a failure.
func (w *World) Channel(id string) string {
	var lines strings.Builder
	for _, m := range w.Slack.Messages(id) {
		lines.WriteString(m.TS + " " + m.ThreadTS + " " + m.Text + "\n")
	}
	return lines.String()
}

// Words is everything of a message that a person can read or press.
func Words(m slacksim.Message) string {
	return m.Text + "\n" + MessageOf(m).TextOnly() + "\n" + string(m.Blocks)
}

// MessageOf reads a stored message back into what the service sent.
func MessageOf(m slacksim.Message) blocks.Message {
	return readback.Message(m.Text, m.Blocks)
}

// Has reports whether a message has all of the texts.
func Has(m slacksim.Message, texts ...string) bool {
	for _, text := range texts {
		if !strings.Contains(Words(m), text) {
			return false
		}
	}
	return true
}

// Says fails the test where the message lacks one of the texts.
func (w *World) Says(m slacksim.Message, texts ...string) {
	w.T.Helper()
	for _, text := range texts {
		if !Has(m, text) {
			w.T.Errorf("%q is not in:\n%s", text, Words(m))
		}
	}
}
