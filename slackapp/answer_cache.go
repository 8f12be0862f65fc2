package slackapp

import (
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// maxKept bounds how many answers are kept. Where there would be more, all are let go of: most are of a minute that is over.
const maxKept = 100

// asking is all that an answer of usage is made of beside what Fastly counted. Two people who ask the same way get the same
// answer: nothing in it is personal, and whether they may ask was decided before.
type asking struct {
	text         string    // as it was typed
	minute       time.Time // an answer tells days and minutes, no seconds
	share, teams bool      // whether it has the buttons to share it and to ask by team
}

// keptAnswer is an answer that is ready to be sent.
type keptAnswer struct {
	message blocks.Fitted
	months  billing.Range // all that was read for it
	mark    uint64        // of Usage, from before that was read
}

// keptAnswers are the answers drawn lately, for whoever asks for what would be drawn the same.
type keptAnswers struct {
	mu sync.Mutex
	of map[asking]keptAnswer
}

// find returns the answer, provided that its months would be read as they were for it.
func (k *keptAnswers) find(as asking, usage Usage) (blocks.Fitted, bool) {
	k.mu.Lock()
	kept, found := k.of[as]
	k.mu.Unlock()
	return kept.message, found && usage.HeldSince(kept.mark, kept.months)
}

func (k *keptAnswers) keep(as asking, answer keptAnswer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil || len(k.of) >= maxKept {
		k.of = map[asking]keptAnswer{}
	}
	k.of[as] = answer
}
