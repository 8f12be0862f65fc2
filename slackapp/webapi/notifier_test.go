package webapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/billing"
	"budgetbot/internal/slacksim"
)

// post is a notifier before a simulated workspace.
type post struct {
	*Notifier
	t     *testing.T
	slack *slacksim.Server
	logs  *observer.ObservedLogs
}

func newPost(t *testing.T, workspace slacksim.Config) *post {
	t.Helper()
	if workspace.Channels == nil {
		workspace.Channels = []slacksim.Channel{
			{ID: cdn, Name: "cdn-budget", BotMember: true}, {ID: general, Name: "general"}, {ID: secret, Name: "finops-private", Private: true, BotMember: true},
		}
	}
	server, err := slacksim.Start(workspace)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	core, logs := observer.New(zap.DebugLevel)
	api := NewClient(server.BotToken(), server.APIURL(), transport)
	notifier := &Notifier{API: api, Channels: NewChannels(api, zap.New(core)), Command: "/budget", Now: func() time.Time { return now }, Log: zap.New(core)}
	return &post{notifier, t, server, logs}
}

func (p *post) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	p.t.Cleanup(cancel)
	return ctx
}

// says delivers and demands success.
func (p *post) says(d alerts.Delivery, parent alerts.Receipt) alerts.Receipt {
	p.t.Helper()
	receipt, err := p.Notify(p.ctx(), d, parent)
	if err != nil {
		p.t.Fatalf("%s: %v", d.Kind, err)
	}
	return receipt
}

func delivery(kind alerts.DeliveryKind, channel, id string) alerts.Delivery {
	budget := alerts.BudgetID{Rule: "na-bandwidth", Month: november}
	return alerts.Delivery{
		ID: id, Kind: kind, Channel: channel, BudgetID: budget, CreatedAt: now,
		Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{{
			BudgetID: budget, Title: "North America Bandwidth", Threshold: 80, Next: 100, Used: terabytes(402), Limit: terabytes(500),
			Measure: billing.Measure{Noun: "bandwidth", Bytes: true}, CountedTo: time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC),
		}}},
	}
}

func TestAParentIsPostedWithItsID(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	receipt := p.says(delivery(alerts.DeliverParent, "cdn-budget", "d1"), alerts.Receipt{})
	m := p.slack.Messages(cdn)[0]
	if receipt.ChannelID != cdn || receipt.TS != m.TS || !receipt.SentAt.Equal(now) {
		t.Errorf("the receipt is %+v, the message %s", receipt, m.TS)
	}
	says(t, m, "North America Bandwidth: 80% Used", "Rule na-bandwidth")
	if !strings.Contains(string(m.Metadata), `"budgetbot_delivery"`) || !strings.Contains(string(m.Metadata), `"d1"`) {
		t.Errorf("the metadata is %s", m.Metadata)
	}
}

func TestAHigherThresholdIsABroadcastReply(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	parent := p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	p.says(delivery(alerts.DeliverBroadcast, cdn, "d2"), parent)
	m := p.slack.Messages(cdn)[1]
	if m.ThreadTS != parent.TS || !m.Broadcast {
		t.Errorf("the broadcast reply is in thread %q, broadcast %v", m.ThreadTS, m.Broadcast)
	}
}

// aClose is a month's close, its file and an invoice that came later.
func aClose() (parent, file, invoice alerts.Delivery) {
	parent, file, invoice = delivery(alerts.DeliverClose, cdn, "c1"), delivery(alerts.DeliverFile, cdn, "c2"), delivery(alerts.DeliverInvoice, cdn, "c3")
	parent.Message = alerts.Message{Bulletin: &alerts.Bulletin{Digest: "close", Month: november, Close: &alerts.Close{Final: true, Count: 3}}}
	file.Message = alerts.Message{File: &alerts.File{Name: "budgets-2026-11.csv", Content: "month,rule\n2026-11,na\n"}}
	invoice.Message = alerts.Message{Statement: &alerts.Statement{Month: november, Version: "v", Currency: "USD", Invoices: []string{"INV-1"}}}
	return parent, file, invoice
}

func TestACloseHasItsFileAndItsInvoiceInTheThread(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	close, file, invoice := aClose()
	parent := p.says(close, alerts.Receipt{})
	p.says(file, parent)
	p.says(invoice, parent)
	posts := p.slack.Messages(cdn)
	if len(posts) != 3 {
		t.Fatalf("%d messages", len(posts))
	}
	says(t, posts[0], "November is closed: all 3 budgets stayed within limit")
	if len(posts[1].Files) != 1 || posts[1].ThreadTS != parent.TS {
		t.Fatalf("the file is %+v", posts[1])
	}
	if name, content, _ := p.slack.File(posts[1].Files[0]); name != file.Message.File.Name || string(content) != file.Message.File.Content {
		t.Errorf("%s holds %q", name, content)
	}
	says(t, posts[2], "The invoice for November is in")
	if posts[2].ThreadTS != parent.TS || posts[2].Broadcast {
		t.Errorf("the invoice is in thread %q, broadcast %v", posts[2].ThreadTS, posts[2].Broadcast)
	}
}

func TestAnInterruptedFileIsFoundByItsName(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	close, file, _ := aClose()
	parent := p.says(close, alerts.Receipt{})
	if _, found, err := p.Find(p.ctx(), file, parent); found || err != nil {
		t.Fatalf("found before it was there: %v, %v", found, err)
	}
	p.says(file, parent)
	receipt, found, err := p.Find(p.ctx(), file, parent)
	if !found || err != nil || receipt.ChannelID != cdn {
		t.Errorf("found %v, %v: %+v", found, err, receipt)
	}
	other := file
	other.Message.File = &alerts.File{Name: "budgets-2026-10.csv"}
	if _, found, err := p.Find(p.ctx(), other, parent); found || err != nil {
		t.Errorf("another month's file is found: %v, %v", found, err)
	}
}

func TestAFileThatMayBeARepeatSaysSo(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	close, file, _ := aClose()
	parent := p.says(close, alerts.Receipt{})
	p.says(file, parent)
	file.MayRepeat = true
	p.says(file, parent)
	posts := p.slack.Messages(cdn)
	if contains(posts[1], "may be a repeat") || !contains(posts[2], "may be a repeat") {
		t.Errorf("the files come with %q and %q, want the words with the second alone", posts[1].Text, posts[2].Text)
	}
}

func TestAnUpdateEditsTheParent(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	parent := p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	d := delivery(alerts.DeliverUpdate, cdn, "d3")
	d.Message.Budgets[0].Used = terabytes(450)
	if receipt := p.says(d, parent); receipt.TS != parent.TS {
		t.Errorf("the receipt is %+v", receipt)
	}
	messages := p.slack.Messages(cdn)
	if len(messages) != 1 || messages[0].Edits != 1 {
		t.Fatalf("the channel has %+v", messages)
	}
	says(t, messages[0], "450 of 500 TB")
}

func TestWhatSlackRefusesHasAName(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault slacksim.Fault
		check func(error) bool
	}{
		{"no such channel is a broken route", slacksim.Fault{Error: "channel_not_found"}, isBroken("channel_not_found")},
		{"not invited is a broken route", slacksim.Fault{Error: "not_in_channel"}, isBroken("not_in_channel")},
		{"an archived channel is a broken route", slacksim.Fault{Error: "is_archived"}, isBroken("is_archived")},
		{"a restriction is a broken route", slacksim.Fault{Error: "restricted_action"}, isBroken("restricted_action")},
		{"so is one that nobody knows yet", slacksim.Fault{Error: "restricted_action_on_mondays"}, isBroken("restricted_action_on_mondays")},
		{"a locked thread leaves the channel", slacksim.Fault{Error: "restricted_action_thread_locked"}, isThread("restricted_action_thread_locked")},
		{"so does a channel without threads", slacksim.Fault{Error: "restricted_action_non_threadable_channel"}, isThread("restricted_action_non_threadable_channel")},
		{"so does a message that takes no replies", slacksim.Fault{Error: "cannot_reply_to_message"}, isThread("cannot_reply_to_message")},
		{"a workspace that moves is a broken route", slacksim.Fault{Error: "org_login_required"}, isBroken("org_login_required")},
		{"a code that nobody knows is a broken route", slacksim.Fault{Error: "metadata_must_be_sent_from_app"}, isBroken("metadata_must_be_sent_from_app")},
		{"a missing scope is a broken route", slacksim.Fault{Error: "missing_scope"}, isBroken("missing_scope")},
		{"a parent message that is gone", slacksim.Fault{Error: "thread_not_found"}, func(err error) bool { return errors.Is(err, deliver.ErrParentGone) }},
		{"an edit that is not allowed any more", slacksim.Fault{Error: "edit_window_closed"}, func(err error) bool { return errors.Is(err, deliver.ErrParentGone) }},
		{"a pause that Slack asks for", slacksim.Fault{RetryAfter: 7 * time.Second}, isLater(7 * time.Second)},
		{"a pause without a length", slacksim.Fault{Status: 429}, isLater(crowdedWait)},
		{"too many messages", slacksim.Fault{Error: "message_limit_exceeded"}, isLater(crowdedWait)},
		{"a revoked token breaks every route", slacksim.Fault{Error: "token_revoked"}, isBroken("token_revoked")},
		{"a deactivated account too", slacksim.Fault{Error: "account_inactive"}, isBroken("account_inactive")},
		{"a parent message that was deleted", slacksim.Fault{Error: "message_not_found"}, func(err error) bool { return errors.Is(err, deliver.ErrParentGone) }},
		{"blocks that are refused in every form", slacksim.Fault{Error: "invalid_blocks"}, isBroken("invalid_blocks")},
		{"a text that is too long in every form", slacksim.Fault{Error: "msg_too_long"}, isBroken("msg_too_long")},
		{"an internal error may have posted it", slacksim.Fault{Error: "internal_error"}, isUnknown("internal_error")},
		{"a failing server may have said it", slacksim.Fault{Status: 503}, isUnknown(unreachable)},
		{"a cut connection may have said it", slacksim.Fault{DropAfter: true}, isUnknown(unreachable)},
		{"an answer that is no JSON", slacksim.Fault{Body: "<html>"}, isUnknown(unreachable)},
		{"a success that names no message", slacksim.Fault{Body: `{"ok":true}`}, isUnknown(unreachable)},
		{"a success that names a channel and no message", slacksim.Fault{Body: `{"ok":true,"channel":"C0CDN0001","ts":""}`}, isUnknown(unreachable)},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPost(t, slacksim.Config{})
			p.slack.Fail("chat.postMessage", -1, test.fault)
			_, err := p.Notify(p.ctx(), delivery(alerts.DeliverParent, "cdn-budget", "d1"), alerts.Receipt{})
			if err == nil || !test.check(err) {
				t.Errorf("the error is %T: %v", err, err)
			}
			if err != nil && strings.Contains(err.Error(), p.slack.BotToken()) {
				t.Error("the token is in the error")
			}
		})
	}
}

func isBroken(reason string) func(error) bool {
	return func(err error) bool {
		broken, ok := errors.AsType[*deliver.BrokenRoute](err)
		return ok && !broken.Thread && broken.Reason == reason && broken.Channel == "cdn-budget"
	}
}

func isLater(after time.Duration) func(error) bool {
	return func(err error) bool {
		later, ok := errors.AsType[*deliver.RetryLater](err)
		return ok && later.After == after
	}
}

// isUnknown reports whether the message may have been posted, so that it is looked for before it is posted again.
func isUnknown(reason string) func(error) bool {
	return func(err error) bool {
		unknown, ok := errors.AsType[*deliver.UnknownOutcome](err)
		return ok && unknown.Reason == reason
	}
}

func isThread(reason string) func(error) bool {
	return func(err error) bool {
		refused, ok := errors.AsType[*deliver.BrokenRoute](err)
		return ok && refused.Thread && refused.Reason == reason
	}
}

func TestARealBrokenChannelIsReported(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	_, err := p.Notify(p.ctx(), delivery(alerts.DeliverParent, "general", "d1"), alerts.Receipt{})
	broken, ok := errors.AsType[*deliver.BrokenRoute](err)
	if !ok || broken.Channel != "general" || broken.Reason != "not_in_channel" {
		t.Errorf("the error is %v", err)
	}
}

func TestSlackThatCannotBeReachedIsTriedLater(t *testing.T) {
	api := NewClient("xoxb-t", "http://127.0.0.1:1/api/", &http.Transport{})
	n := &Notifier{API: api, Channels: NewChannels(api, nil), Command: "/budget", Now: time.Now, Log: zap.NewNop()}
	_, err := n.Notify(t.Context(), delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	if !isLater(dialWait)(err) {
		t.Errorf("the error is %v", err)
	}
}

func TestARefusedFormIsPostedMoreSimply(t *testing.T) {
	for _, test := range []struct {
		name    string
		code    string
		refused int
		blocks  bool
	}{
		{"plainer blocks", "invalid_blocks", 1, true},
		{"text alone", "invalid_blocks", 2, false},
		{"a shorter message", "msg_too_long", 1, true},
		{"a short text alone", "msg_too_long", 2, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPost(t, slacksim.Config{})
			p.slack.Fail("chat.postMessage", test.refused, slacksim.Fault{Error: test.code})
			p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
			m := p.slack.Messages(cdn)[0]
			if (len(m.Blocks) > 0) != test.blocks {
				t.Errorf("the blocks are %s", m.Blocks)
			}
			says(t, m, "North America Bandwidth")
			if n := p.logs.FilterMessage("message refused, saying it more simply").Len(); n != test.refused {
				t.Errorf("the log has %d lines of it", n)
			}
		})
	}
}

func TestAnInterruptedDeliveryIsFound(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	parent := p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	broadcast := p.says(delivery(alerts.DeliverBroadcast, cdn, "d2"), parent)
	p.says(delivery(alerts.DeliverList, cdn, "d3"), alerts.Receipt{})
	for _, test := range []struct {
		d      alerts.Delivery
		parent alerts.Receipt
		ts     string
	}{
		{delivery(alerts.DeliverParent, "cdn-budget", "d1"), alerts.Receipt{}, parent.TS},
		{delivery(alerts.DeliverBroadcast, "cdn-budget", "d2"), parent, broadcast.TS},
		{delivery(alerts.DeliverParent, "cdn-budget", "d9"), alerts.Receipt{}, ""},
		{delivery(alerts.DeliverBroadcast, "cdn-budget", "d9"), parent, ""},
	} {
		receipt, found, err := p.Find(p.ctx(), test.d, test.parent)
		if err != nil || found != (test.ts != "") || receipt.TS != test.ts {
			t.Errorf("%s: %+v, %v, %v; want %q", test.d.ID, receipt, found, err, test.ts)
		}
	}
}

func TestFindLooksBehindTheNewestPage(t *testing.T) {
	p := newPost(t, slacksim.Config{RateLimits: slacksim.RateLimits{Off: true}})
	receipt := p.says(delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	for i := range findPage + 10 {
		if _, err := p.slack.Say(p.ctx(), alice, cdn, fmt.Sprint("message ", i), ""); err != nil {
			t.Fatal(err)
		}
	}
	found, ok, err := p.Find(p.ctx(), delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	if err != nil || !ok || found.TS != receipt.TS {
		t.Errorf("%+v, %v, %v", found, ok, err)
	}
}

func TestWhatCannotBeSettledIsPostedAndMarked(t *testing.T) {
	for _, test := range []struct{ name, channel string }{
		{"without the scope to read", cdn}, {"without the channel's id", "cdn-budget"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPost(t, slacksim.Config{Scopes: []string{"chat:write"}})
			d := delivery(alerts.DeliverParent, test.channel, "d1")
			if _, found, err := p.Find(p.ctx(), d, alerts.Receipt{}); found || err != nil {
				t.Fatalf("found %v, %v", found, err)
			}
			d.MayRepeat = true
			p.says(d, alerts.Receipt{})
			p.says(delivery(alerts.DeliverParent, test.channel, "d2"), alerts.Receipt{})
			messages := p.slack.Messages(cdn)
			if !contains(messages[0], "may be a repeat") || contains(messages[1], "may be a repeat") {
				t.Errorf("the channel has:\n%s\n%s", all(messages[0]), all(messages[1]))
			}
		})
	}
}

func TestFindThatFailsIsTriedLater(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	p.slack.Fail("conversations.history", 1, slacksim.Fault{Status: 503})
	_, found, err := p.Find(p.ctx(), delivery(alerts.DeliverParent, cdn, "d1"), alerts.Receipt{})
	if found || err == nil || !isUnknown(unreachable)(err) {
		t.Errorf("found %v, %v", found, err)
	}
	p.slack.Kick(cdn)
	_, _, err = p.Find(p.ctx(), delivery(alerts.DeliverParent, "cdn-budget", "d1"), alerts.Receipt{})
	if !isBroken("not_in_channel")(err) {
		t.Errorf("a channel that cannot be read is %v", err)
	}
}

func TestTheTokenGoesToSlackAlone(t *testing.T) {
	seen := map[string]string{}
	b := bearer{token: "xoxb-t", baseURL: "https://slack.com/api/", next: trip(func(r *http.Request) (*http.Response, error) {
		seen[r.URL.String()] = r.Header.Get("Authorization")
		return nil, errors.New("nowhere")
	})}
	const method, upload = "https://slack.com/api/chat.postMessage", "https://slack.com.example/api/upload"
	for _, address := range []string{method, upload} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := b.RoundTrip(r)
		if err == nil {
			t.Error("a trip to nowhere succeeded")
			_ = response.Body.Close()
		}
	}
	if seen[method] != "Bearer xoxb-t" || seen[upload] != "" {
		t.Errorf("seen %v", seen)
	}
}

type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestNamesOfChannels(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	for name, want := range map[string]string{"cdn-budget": cdn, "#general": general, "finops-private": secret, cdn: cdn, "no-such": ""} {
		if id, found := p.Channels.ID(p.ctx(), name); id != want || found != (want != "") {
			t.Errorf("%s is %q, %v", name, id, found)
		}
	}
	if name, _ := p.Channels.Name(p.ctx(), secret); name != "finops-private" {
		t.Errorf("%s is called %q", secret, name)
	}
	if n := p.slack.CallCount("conversations.list"); n != 1 {
		t.Errorf("the channels were listed %d times within a minute", n)
	}
	p.Channels.now = func() time.Time { return time.Now().Add(2 * listPause) }
	p.Channels.ID(p.ctx(), "no-such")
	if n := p.slack.CallCount("conversations.list"); n != 2 {
		t.Errorf("after a minute the channels were listed %d times", n)
	}
}

// TestAnotherChannelTakesAName: what is named is then the other one, and the renamed one has its new name alone.
func TestAnotherChannelTakesAName(t *testing.T) {
	p := newPost(t, slacksim.Config{})
	if id, _ := p.Channels.ID(p.ctx(), "cdn-budget"); id != cdn {
		t.Fatalf("cdn-budget is %q", id)
	}
	if err := errors.Join(p.slack.RenameChannel(cdn, "cdn-old"), p.slack.RenameChannel(general, "cdn-budget")); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(2 * listPause)
	p.Channels.now = func() time.Time { return later }
	p.Channels.refresh(p.ctx())
	for name, want := range map[string]string{"cdn-budget": general, "cdn-old": cdn, "general": ""} {
		if id, _ := p.Channels.ID(p.ctx(), name); id != want {
			t.Errorf("%s is %q, want %q", name, id, want)
		}
	}
	// A list that ends halfway says nothing of the channels that are not in it.
	p.Channels.now = func() time.Time { return later.Add(2 * listPause) }
	p.slack.Fail("conversations.list", 1, slacksim.Fault{Error: "internal_error"})
	p.Channels.refresh(p.ctx())
	if id, _ := p.Channels.ID(p.ctx(), "cdn-old"); id != cdn {
		t.Errorf("after a list that failed cdn-old is %q", id)
	}
}

func TestNamesOfPublicChannelsWithOneScope(t *testing.T) {
	p := newPost(t, slacksim.Config{Scopes: []string{"chat:write", "channels:read"}})
	if id, found := p.Channels.ID(p.ctx(), "general"); id != general || !found {
		t.Errorf("general is %q, %v", id, found)
	}
	if id, found := p.Channels.ID(p.ctx(), "finops-private"); found {
		t.Errorf("a private channel is %q", id)
	}
}

func TestCodes(t *testing.T) {
	if code := CodeOf(fmt.Errorf("post: %w", slack.SlackErrorResponse{Err: "not_in_channel"})); code != "not_in_channel" {
		t.Errorf("code %q", code)
	}
	if code := CodeOf(errors.New("not_in_channel")); code != "" {
		t.Errorf("an error of ours has the code %q", code)
	}
}
