package webapi

import (
	"fmt"
	"testing"

	"budgetbot/alerts"
	"budgetbot/internal/slacksim"
)

func TestFindLooksBehindManyMessages(t *testing.T) {
	p := newPost(t, slacksim.Config{RateLimits: slacksim.RateLimits{Off: true}})
	receipt := p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	for i := range 1100 {
		if _, err := p.slack.Say(p.ctx(), alice, cdn, fmt.Sprint("message ", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	found, ok, err := p.Find(p.ctx(), delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	if err != nil || !ok || found.TS != receipt.TS {
		t.Errorf("%+v, %v, %v", found, ok, err)
	}
}

func TestOnlyTheBotsOwnMessagesSettle(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	close, file, _ := aClose()
	parent := p.says(close, alerts.Receipt{})
	p.says(file, parent)
	looks := func(d alerts.Delivery, parent alerts.Receipt, want bool) {
		t.Helper()
		if _, found, err := p.Find(p.ctx(), d, parent); found != want || err != nil {
			t.Errorf("%s is found: %v, %v; want %v", d.Kind, found, err, want)
		}
	}
	p.Bot = "B0BUDGET1"
	looks(close, alerts.Receipt{}, true)
	looks(file, parent, true)
	longer := file
	longer.Message.File = &alerts.File{Name: file.Message.File.Name, Content: file.Message.File.Content + "2026-11,asia\n"}
	looks(longer, parent, false)
	p.Bot = "B0SOMEBODY"
	looks(close, alerts.Receipt{}, false)
	looks(file, parent, false)
}

// TestNewsFoundAsAReplyHasItsThreadsParent: a restored database looks for a parent message that was posted as a broadcast reply.
func TestNewsFoundAsAReplyHasItsThreadsParent(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	parent := p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	broadcast := delivery(alerts.DeliverBroadcast, cdn, "d2")
	broadcast.Mark = "mark"
	said := p.says(broadcast, parent)
	anew := delivery(alerts.DeliverParent, cdn, "d9")
	anew.Mark = "mark"
	if got, found, err := p.Find(p.ctx(), anew, alerts.Receipt{}); !found || err != nil || got.TS != parent.TS {
		t.Errorf("as a parent message: %+v, %v, %v; want %s", got, found, err, parent.TS)
	}
	if got, found, err := p.Find(p.ctx(), broadcast, parent); !found || err != nil || got.TS != said.TS {
		t.Errorf("as a broadcast reply: %+v, %v, %v; want %s", got, found, err, said.TS)
	}
}
