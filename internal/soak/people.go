package main

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"budgetbot/internal/slacksim"
	"budgetbot/internal/soak/judge"
)

const (
	person = "U0ALICE01"
	// shown is how long it takes a message at most to show what somebody pressed, when nothing is in the way.
	shown = 8 * time.Second
)

// answer lets a person press a button under one of the latest messages: mostly Acknowledge, sometimes Mute or Undo.
func answer(ctx context.Context, g *group, r *rand.Rand) {
	messages := g.answerable()
	if len(messages) == 0 {
		return
	}
	m := messages[r.IntN(len(messages))]
	press := slacksim.Press{User: person, Channel: m.Channel, TS: m.TS, ActionID: "acknowledge"}
	switch n := r.IntN(10); {
	case n < 2 && has(m, "mute"):
		press.ActionID, press.Confirmed = "mute", true
	case n < 4 && has(m, "unacknowledge"):
		press.ActionID = "unacknowledge"
	case !has(m, press.ActionID):
		return
	}
	quiet, known := g.silenceOf(m, press.ActionID)
	if !known {
		return
	}
	if _, err := g.slack.Press(ctx, press); err != nil {
		return // an edit has just taken the button away
	}
	g.count(func(c *counts) { c.presses++ })
	if press.ActionID == "unacknowledge" {
		return // what was acknowledged may be silent or not: the silence stays noted as one that may be
	}
	within, done := context.WithTimeout(ctx, shown)
	defer done()
	_, err := g.slack.WaitMessage(within, m.Channel, func(now slacksim.Message) bool {
		return now.TS == m.TS && strings.Contains(string(now.Blocks), "Muted until")
	})
	if err == nil && press.ActionID == "mute" {
		quiet.Sure = g.plan.clock.Now()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.silences = append(g.silences, quiet)
}

// answerable are the latest messages about one budget that somebody could answer.
func (g *group) answerable() []slacksim.Message {
	const latest = 12
	var all []slacksim.Message
	for _, channel := range g.slack.Snapshot().Channels {
		if channel.Name == judge.Operators || channel.Name == judge.Closed {
			continue
		}
		for _, m := range channel.Messages[max(0, len(channel.Messages)-latest):] {
			if m.FromBot && m.ThreadTS == "" && (has(m, "acknowledge") || has(m, "unacknowledge")) {
				all = append(all, m)
			}
		}
	}
	return all
}

func has(m slacksim.Message, action string) bool {
	return strings.Contains(string(m.Blocks), `"action_id":"`+action+`"`)
}

// silenceOf is what pressing that button comes to at most.
func (g *group) silenceOf(m slacksim.Message, action string) (judge.Silence, bool) {
	h := judge.ReadMessage(judge.PostOf(m, "", g.plan.clock.Now(), time.Now()))
	if len(h.Notices) != 1 || h.Notices[0].Month == "" {
		return judge.Silence{}, false
	}
	for i := range g.plan.Rules {
		if !g.plan.Rules[i].IsNamed(h.Notices[0].Rule) {
			continue
		}
		s := judge.Silence{Budget: judge.Budget{Rule: i, Month: h.Notices[0].Month}, From: g.plan.clock.Now()}
		if action != "mute" {
			s.Below = 100 // who has a forecast in hand is alerted again when the budget is used up
		}
		return s, true
	}
	return judge.Silence{}, false
}
