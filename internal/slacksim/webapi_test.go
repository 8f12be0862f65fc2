package slacksim_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

// rooms is a workspace with a channel of every kind.
func rooms() slacksim.Config {
	cfg := quiet()
	cfg.Channels = []slacksim.Channel{
		{ID: general, Name: "general", BotMember: true},
		{ID: "C0OTHER01", Name: "other"},
		{ID: "C0ARCHIVE", Name: "old", BotMember: true, Archived: true},
		{ID: "C0PRIVATE", Name: "private", Private: true},
		{ID: "C0FINOPS1", Name: "finops", Private: true, BotMember: true, Members: []string{alice}},
	}
	cfg.UserGroups = []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{alice, boris}}}
	return cfg
}

func TestTokens(t *testing.T) {
	s := start(t, quiet())
	form := func(token string) url.Values { return url.Values{"token": {token}} }
	for _, row := range []struct {
		name, method, bearer string
		arguments            any
		code                 string
	}{
		{"a bearer token is accepted", "auth.test", s.BotToken(), url.Values{}, ""},
		{"a token in the form is accepted", "auth.test", "", form(s.BotToken()), ""},
		{"a token in a JSON body is not looked at", "auth.test", "", map[string]any{"token": s.BotToken()}, "not_authed"},
		{"no token is not_authed", "auth.test", "", url.Values{}, "not_authed"},
		{"an unknown token is invalid_auth", "auth.test", "xoxb-other", url.Values{}, "invalid_auth"},
		{"an app token is no bot token", "auth.test", s.AppToken(), url.Values{}, "not_allowed_token_type"},
		{"a bot token opens no connection", "apps.connections.open", s.BotToken(), url.Values{}, "not_allowed_token_type"},
		{"an app token opens a connection", "apps.connections.open", s.AppToken(), url.Values{}, ""},
		{"a token in the form opens no connection", "apps.connections.open", "", form(s.AppToken()), "not_authed"},
		{"an unknown method is refused", "chat.sing", s.BotToken(), url.Values{}, "unknown_method"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, _ := post(t, s, row.bearer, row.method, row.arguments)
			if code, _ := got["error"].(string); code != row.code {
				t.Errorf("want %q, got %v", row.code, got)
			}
		})
	}
	s.RevokeTokens()
	if got := call(t, s, "auth.test", nil); got["error"] != "token_revoked" {
		t.Errorf("after the revocation: %v", got)
	}
}

func TestScopes(t *testing.T) {
	s := start(t, quiet())
	_, answer := post(t, s, s.BotToken(), "auth.test", url.Values{})
	if got := answer.Header.Get("X-OAuth-Scopes"); got != strings.Join(slacksim.DefaultScopes(), ",") {
		t.Errorf("X-OAuth-Scopes: %q", got)
	}
	s.SetScopes("commands", "chat:write")
	for _, row := range []struct {
		method    string
		arguments map[string]any
		needed    string
	}{
		{"conversations.history", map[string]any{"channel": budget}, "channels:history"},
		{"conversations.info", map[string]any{"channel": budget}, "channels:read"},
		{"conversations.list", map[string]any{"types": "private_channel"}, "groups:read"},
		{"users.info", map[string]any{"user": alice}, "users:read"},
		{"usergroups.users.list", map[string]any{"usergroup": "S1"}, "usergroups:read"},
		{"files.getUploadURLExternal", map[string]any{"filename": "a", "length": 1}, "files:write"},
	} {
		got := call(t, s, row.method, row.arguments)
		want := body{"ok": false, "error": "missing_scope", "needed": row.needed, "provided": "commands,chat:write"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.method, diff)
		}
	}
	s.SetScopes("chat:write")
	if _, err := s.Command(soon(t), slacksim.Slash{User: alice, Channel: budget, Command: "/usage"}); err == nil || !strings.Contains(err.Error(), "commands scope") {
		t.Errorf("a command without its scope: %v", err)
	}
}

func TestWherePostsGo(t *testing.T) {
	s := start(t, rooms())
	for _, row := range []struct{ name, channel, code string }{
		{"a channel with the bot in it", general, ""},
		{"a channel by its name", "#general", ""},
		{"a private channel with the bot in it", "C0FINOPS1", ""},
		{"a person", alice, ""},
		{"a channel without the bot", "C0OTHER01", "not_in_channel"},
		{"a private channel without the bot is invisible", "C0PRIVATE", "channel_not_found"},
		{"an archived channel", "C0ARCHIVE", "is_archived"},
		{"no such channel", "C0NOWHERE", "channel_not_found"},
		{"no channel", "", "channel_not_found"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := call(t, s, "chat.postMessage", map[string]any{"channel": row.channel, "text": "hello"})
			if code, _ := got["error"].(string); code != row.code {
				t.Errorf("want %q, got %v", row.code, got)
			}
		})
	}
	if m := s.Messages(alice); len(m) != 1 || m[0].Text != "hello" {
		t.Errorf("the direct message: %v", m)
	}
	s.SetScopes("chat:write", "chat:write.public")
	if got := call(t, s, "chat.postMessage", map[string]any{"channel": "C0OTHER01", "text": "hello"}); got["ok"] != true {
		t.Errorf("with chat:write.public: %v", got)
	}
	s.Invite("C0PRIVATE")
	s.Kick(general)
	s.Archive("C0FINOPS1")
	s.SetScopes("chat:write")
	for channel, code := range map[string]any{"C0PRIVATE": nil, general: "not_in_channel", "C0FINOPS1": "is_archived"} {
		if got := call(t, s, "chat.postMessage", map[string]any{"channel": channel, "text": "hello"}); got["error"] != code {
			t.Errorf("%s: want %v, got %v", channel, code, got)
		}
	}
	if s.Archive("C0NOWHERE") {
		t.Error("an unknown channel was archived")
	}
}

func TestWhatMessagesHold(t *testing.T) {
	s := start(t, quiet())
	for _, row := range []struct {
		name      string
		arguments map[string]any
		code      string
	}{
		{"a message says something", map[string]any{}, "no_text"},
		{"a message takes 40,000 characters", map[string]any{"text": chars(40_000)}, ""},
		{"a longer one is taken, and cut", map[string]any{"text": chars(40_001)}, ""},
		{"metadata has a type and a payload", map[string]any{"text": "x", "metadata": map[string]any{"event_type": "a", "event_payload": map[string]any{"k": "1"}}}, ""},
		{"metadata without a payload is refused", map[string]any{"text": "x", "metadata": map[string]any{"event_type": "a"}}, "invalid_metadata_schema"},
		{"metadata has nothing else", map[string]any{"text": "x", "metadata": map[string]any{"event_type": "a", "event_payload": map[string]any{}, "key": "1"}}, "invalid_metadata_schema"},
		{"metadata is an object", map[string]any{"text": "x", "metadata": "[]"}, "invalid_metadata_format"},
		{"an unknown thread is refused", map[string]any{"text": "x", "thread_ts": "1.000000"}, "thread_not_found"},
		{"attachments are a list", map[string]any{"attachments": map[string]any{}}, "invalid_attachments"},
		{"blocks in attachments are checked", map[string]any{"attachments": json.RawMessage(`[{"blocks":[{"type":"hero"}]}]`)}, "invalid_blocks"},
		{"blocks are JSON", map[string]any{"blocks": "[{"}, "invalid_blocks_format"},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.arguments["channel"] = budget
			got := call(t, s, "chat.postMessage", row.arguments)
			if code, _ := got["error"].(string); code != row.code {
				t.Errorf("want %q, got %v", row.code, got)
			}
		})
	}
}

func TestThreadsEditsAndHistory(t *testing.T) {
	s := start(t, quiet())
	api := client(t, s)
	_, root, err := api.PostMessageContext(soon(t), budget, slack.MsgOptionText("root", false),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "alert", EventPayload: map[string]any{"key": "k1"}}))
	if err != nil {
		t.Fatal(err)
	}
	_, first, err := api.PostMessageContext(soon(t), budget, slack.MsgOptionText("reply", false), slack.MsgOptionTS(root))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = api.PostMessageContext(soon(t), budget, slack.MsgOptionText("loud", false), slack.MsgOptionTS(root), slack.MsgOptionBroadcast())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = api.PostMessageContext(soon(t), budget, slack.MsgOptionText("x", false), slack.MsgOptionTS(first))
	if err == nil || err.Error() != "cannot_reply_to_message" {
		t.Errorf("a reply to a reply: %v", err)
	}
	if _, _, _, err := api.UpdateMessageContext(soon(t), budget, root, slack.MsgOptionText("root, changed", false)); err != nil {
		t.Error(err)
	}
	history, err := api.GetConversationHistoryContext(soon(t), &slack.GetConversationHistoryParameters{ChannelID: budget, IncludeAllMetadata: true, Oldest: "0"})
	if err != nil {
		t.Fatal(err)
	}
	if len(history.Messages) != 2 || history.Messages[0].Text != "loud" || history.Messages[1].Text != "root, changed" {
		t.Errorf("newest first, replies only when broadcast: %+v", history.Messages)
	}
	if got := history.Messages[1]; got.Metadata.EventPayload["key"] != "k1" || got.Edited == nil || got.ReplyCount != 2 {
		t.Errorf("metadata outlives an update: %+v", got.Msg)
	}
	replies, _, _, err := api.GetConversationRepliesContext(soon(t), &slack.GetConversationRepliesParameters{ChannelID: budget, Timestamp: root})
	if err != nil || len(replies) != 3 || replies[1].Text != "reply" || replies[0].Metadata.EventType != "" {
		t.Errorf("the thread, without metadata unless asked for: %+v, %v", replies, err)
	}
	later, err := api.GetConversationHistoryContext(soon(t), &slack.GetConversationHistoryParameters{ChannelID: budget, Oldest: root})
	if err != nil || len(later.Messages) != 1 {
		t.Errorf("oldest leaves itself out: %+v, %v", later, err)
	}
	page, err := api.GetConversationHistoryContext(soon(t), &slack.GetConversationHistoryParameters{ChannelID: budget, Limit: 1})
	if err != nil || !page.HasMore || len(page.Messages) != 1 {
		t.Fatalf("the first page: %+v, %v", page, err)
	}
	page, err = api.GetConversationHistoryContext(soon(t), &slack.GetConversationHistoryParameters{ChannelID: budget, Limit: 1, Cursor: page.ResponseMetaData.NextCursor})
	if err != nil || page.HasMore || page.Messages[0].Timestamp != root {
		t.Errorf("the second page: %+v, %v", page, err)
	}
	link, err := api.GetPermalinkContext(soon(t), &slack.PermalinkParameters{Channel: budget, Ts: root})
	if err != nil || link != "https://acme.slack.com/archives/"+budget+"/p"+strings.ReplaceAll(root, ".", "") {
		t.Errorf("the permalink: %q, %v", link, err)
	}
	if _, _, err := api.DeleteMessageContext(soon(t), budget, root); err != nil {
		t.Error(err)
	}
	if m := s.Messages(budget); !m[0].Deleted || m[0].Text != "This message was deleted." {
		t.Errorf("a root with replies leaves a tombstone: %+v", m[0])
	}
}

func TestUpdates(t *testing.T) {
	s := start(t, quiet())
	said, err := s.Say(soon(t), alice, budget, "mine", "")
	if err != nil {
		t.Fatal(err)
	}
	posted := call(t, s, "chat.postMessage", map[string]any{"channel": budget, "text": "bot's", "blocks": json.RawMessage(`[{"type":"divider"}]`)})
	whisper := call(t, s, "chat.postEphemeral", map[string]any{"channel": budget, "user": alice, "text": "psst"})
	for _, row := range []struct {
		name, ts, text, code string
	}{
		{"the bot's own message changes", posted["ts"].(string), "changed", ""},
		{"a person's message does not", said.TS, "x", "cant_update_message"},
		{"an ephemeral message cannot be found", whisper["message_ts"].(string), "x", "message_not_found"},
		{"an unknown message cannot be found", "1.000000", "x", "message_not_found"},
		{"an update takes 4,000 characters", posted["ts"].(string), chars(4001), "msg_too_long"},
		{"an update says something", posted["ts"].(string), "", "no_text"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := call(t, s, "chat.update", map[string]any{"channel": budget, "ts": row.ts, "text": row.text})
			if code, _ := got["error"].(string); code != row.code {
				t.Errorf("want %q, got %v", row.code, got)
			}
		})
	}
	if m := s.Messages(budget)[1]; m.Text != "changed" || m.Blocks != nil || m.Edits != 1 {
		t.Errorf("text without blocks takes the blocks away: %+v", m)
	}
	if got := call(t, s, "chat.delete", map[string]any{"channel": budget, "ts": said.TS}); got["error"] != "cant_delete_message" {
		t.Errorf("deleting a person's message: %v", got)
	}
	if got := call(t, s, "chat.postEphemeral", map[string]any{"channel": budget, "user": "U0NOBODY1", "text": "x"}); got["error"] != "user_not_in_channel" {
		t.Errorf("whispering to nobody: %v", got)
	}
}

func TestScheduledMessages(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	cfg := quiet()
	cfg.Now = func() time.Time { return now }
	s := start(t, cfg)
	at := func(d time.Duration) map[string]any {
		return map[string]any{"channel": budget, "text": "later", "post_at": now.Add(d).Unix()}
	}
	for _, row := range []struct {
		name string
		when time.Duration
		code string
	}{
		{"tomorrow", 24 * time.Hour, ""},
		{"the past", -time.Hour, "time_in_past"},
		{"half a year ahead", 180 * 24 * time.Hour, "time_too_far"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := call(t, s, "chat.scheduleMessage", at(row.when))
			if code, _ := got["error"].(string); code != row.code {
				t.Errorf("want %q, got %v", row.code, got)
			}
		})
	}
	got := call(t, s, "chat.scheduleMessage", at(time.Hour))
	id := map[string]any{"channel": budget, "scheduled_message_id": got["scheduled_message_id"]}
	if got := call(t, s, "chat.deleteScheduledMessage", id); got["ok"] != true {
		t.Errorf("deleting it: %v", got)
	}
	if got := call(t, s, "chat.deleteScheduledMessage", id); got["error"] != "invalid_scheduled_message_id" {
		t.Errorf("deleting it twice: %v", got)
	}
	call(t, s, "chat.scheduleMessage", at(time.Second))
	if m, err := s.WaitMessage(soon(t), budget, func(m slacksim.Message) bool { return m.Via == "scheduled" }); err != nil || m.Text != "later" {
		t.Errorf("the scheduled message: %+v, %v", m, err)
	}
	for range 30 {
		call(t, s, "chat.scheduleMessage", at(48*time.Hour))
	}
	if got := call(t, s, "chat.scheduleMessage", at(48*time.Hour)); got["error"] != "restricted_too_many" {
		t.Errorf("the 31st in five minutes: %v", got)
	}
}

func TestPeopleAndChannelsAreListed(t *testing.T) {
	s := start(t, rooms())
	api := client(t, s)
	names := []string{}
	for cursor, first := "", true; first || cursor != ""; first = false {
		channels, next, err := api.GetConversationsContext(soon(t), &slack.GetConversationsParameters{
			Cursor: cursor, Limit: 2, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range channels {
			names = append(names, c.Name)
		}
		cursor = next
	}
	if diff := cmp.Diff([]string{"general", "other", "finops"}, names); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	u, err := api.GetUserInfoContext(soon(t), alice)
	if err != nil || u.RealName != "Alice Moreau" || u.TeamID != "T0ACME001" {
		t.Errorf("users.info: %+v, %v", u, err)
	}
	if _, err := api.GetUserInfoContext(soon(t), "U0NOBODY1"); err == nil || err.Error() != "user_not_found" {
		t.Errorf("users.info of nobody: %v", err)
	}
	members, err := api.GetUserGroupMembersContext(soon(t), "S0FINOPS1")
	if diff := cmp.Diff([]string{alice, boris}, members); diff != "" || err != nil {
		t.Errorf("the group (-want +got):\n%s %v", diff, err)
	}
	info, err := api.GetConversationInfoContext(soon(t), &slack.GetConversationInfoInput{ChannelID: "C0FINOPS1"})
	if err != nil || !info.IsPrivate || !info.IsMember {
		t.Errorf("conversations.info: %+v, %v", info, err)
	}
}

// TestStrangersAreOfTwoKinds: people who share a channel with the workspace are no strangers, wherever they belong.
func TestStrangersAreOfTwoKinds(t *testing.T) {
	s := start(t, slacksim.Config{EnterpriseID: "E0ACME001", Users: []slacksim.User{
		{ID: alice, Name: "alice"},
		{ID: "U0SHARED1", Name: "shared", TeamID: "T0OTHER01"},
		{ID: "U0PARTNR1", Name: "partner", TeamID: "T0PARTNR1", EnterpriseID: "E0PARTNR1"},
		{ID: "U0UNMET01", Name: "unmet", TeamID: "T0OTHER02", Unmet: true},
	}})
	api := client(t, s)
	for _, want := range []struct {
		user, team, enterprise string
		stranger               bool
	}{
		{alice, "T0ACME001", "E0ACME001", false},
		{"U0SHARED1", "T0OTHER01", "", false},
		{"U0PARTNR1", "T0PARTNR1", "E0PARTNR1", false},
		{"U0UNMET01", "T0OTHER02", "", true},
	} {
		u, err := api.GetUserInfoContext(soon(t), want.user)
		if err != nil || u.TeamID != want.team || u.Enterprise.EnterpriseID != want.enterprise || u.IsStranger != want.stranger {
			t.Errorf("%s is %q of %q, a stranger: %t, %v", want.user, u.TeamID, u.Enterprise.EnterpriseID, u.IsStranger, err)
		}
	}
	me, err := api.AuthTestContext(soon(t))
	if err != nil || me.EnterpriseID != "E0ACME001" {
		t.Errorf("auth.test names the organisation %q, %v", me.EnterpriseID, err)
	}
}

func TestRateLimits(t *testing.T) {
	s := start(t, slacksim.Config{RateLimits: slacksim.RateLimits{
		PostsPerSecond: 0.01, PostBurst: 2, PerMinute: map[string]int{"chat.update": 1},
	}})
	say := func(channel string) (body, head) {
		return post(t, s, s.BotToken(), "chat.postMessage", map[string]any{"channel": channel, "text": "x"})
	}
	var first body
	for range 2 {
		if first, _ = say(budget); first["ok"] != true {
			t.Fatalf("within the burst: %v", first)
		}
	}
	got, answer := say(budget)
	if answer.StatusCode != http.StatusTooManyRequests || got["error"] != "ratelimited" || answer.Header.Get("Retry-After") != "100" {
		t.Errorf("past the burst: %d, Retry-After %s, %v", answer.StatusCode, answer.Header.Get("Retry-After"), got)
	}
	if got, _ := say(general); got["ok"] != true {
		t.Errorf("another channel has its own limit: %v", got)
	}
	update := map[string]any{"channel": budget, "ts": first["ts"], "text": "y"}
	call(t, s, "chat.update", update)
	if _, answer := post(t, s, s.BotToken(), "chat.update", update); answer.StatusCode != http.StatusTooManyRequests {
		t.Errorf("past the tier of chat.update: %d", answer.StatusCode)
	}
	calls := s.Calls("chat.postMessage")
	if len(calls) != 4 || calls[2].Status != http.StatusTooManyRequests || calls[2].Error != "ratelimited" || calls[2].Channel != budget {
		t.Errorf("the record of calls: %+v", calls)
	}
}

func TestRateLimitRefills(t *testing.T) {
	s := start(t, slacksim.Config{RateLimits: slacksim.RateLimits{PostsPerSecond: 20, PostBurst: 1}})
	api := client(t, s)
	ctx := soon(t)
	for done := 0; done < 3; {
		_, _, err := api.PostMessageContext(ctx, budget, slack.MsgOptionText("x", false))
		limited, isLimit := errors.AsType[*slack.RateLimitedError](err)
		switch {
		case err == nil:
			done++
		case !isLimit || limited.RetryAfter != time.Second:
			t.Fatalf("want a wait of one second, got %v", err)
		}
	}
}
