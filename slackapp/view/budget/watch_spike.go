package budgetview

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

func (s SpikeWatch) isOpen() bool { return s.State == alerts.IncidentOpen }

// days says how the newest day of a rule that compares days stands, of each of its teams that have news.
func (w Watch) days() string {
	if len(w.Spikes) == 0 {
		return "not checked yet"
	}
	var news []string
	for _, s := range w.Spikes {
		if s.isOpen() || s.Unknown != "" || len(w.Spikes) == 1 {
			news = append(news, s.sentence())
		}
	}
	if len(news) == 0 {
		return "days as usual"
	}
	return blocks.Joined("; ", news[:min(len(news), phrase.MaxNamed)]...)
}

// sentence says how the newest day stands: "+187% on Nov 20, spike since Nov 18".
func (s SpikeWatch) sentence() string {
	team := ""
	if s.Instance != "" {
		team = "team " + blocks.Escape(blocks.Clean(s.Instance)) + ": "
	}
	switch {
	case s.isOpen():
		return team + blocks.Joined("; ", phrase.SpikeEvent(s.High)+", spike since "+blocks.Day(s.First), blocks.Prose(s.Unknown))
	case s.Unknown != "":
		return team + blocks.Prose(s.Unknown)
	}
	return team + phrase.SpikeEvent(s.Newest) + ", as usual"
}

// figures are the lines about each of the days that is known.
func (s SpikeWatch) figures() []string {
	if !s.Known() {
		return nil
	}
	lines := []string{phrase.SpikeDayLine(s.Measure, s.Newest)}
	if s.Instance != "" {
		lines[0] = "Team " + blocks.Escape(blocks.Clean(s.Instance)) + ": " + lines[0]
	}
	if s.isOpen() {
		lines = append(lines, blocks.Joined(" ", phrase.SpikeSum(s.Spike, true), phrase.SpikeCostLine(s.Spike)))
		lines = append(lines, phrase.SpikeServices(s.Spike)...)
	}
	return lines
}

// spikeFacts are how fresh the days are, and from when on the rule posts; empty if no day is known.
func (w Watch) spikeFacts(now time.Time) (data, floors string) {
	for _, s := range w.Spikes {
		if s.Known() {
			return phrase.SpikeFresh(s.Spike, now), phrase.SpikeFloors(s.Spike)
		}
	}
	return "", ""
}
