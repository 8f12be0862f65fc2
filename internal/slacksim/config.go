package slacksim

import (
	"cmp"
	"context"
	"net"
	"slices"
	"time"

	"budgetbot/internal/slacksim/blockkit"
)

// Config describes the workspace. The zero value is a usable workspace: one team, two channels with the bot in them,
// three people, and every scope the product knows except chat:write.public.
type Config struct {
	// TeamID, TeamName and TeamDomain name the workspace.
	TeamID, TeamName, TeamDomain string
	// EnterpriseID (E…) makes the workspace one of an Enterprise Grid organisation.
	EnterpriseID string
	// AppID, BotID, BotUserID and BotName name the app and its bot user.
	AppID, BotID, BotUserID, BotName string
	// BotToken (xoxb-…) is accepted by the Web API, AppToken (xapp-…) by apps.connections.open alone.
	BotToken, AppToken string
	// Scopes are granted to the bot token; nil means DefaultScopes.
	Scopes []string
	// AppScopes are granted to the app token; nil means connections:write.
	AppScopes []string
	// Commands are the slash commands the app registered; nil means that any command reaches the app.
	Commands []string
	// Channels, Users and UserGroups fill the workspace; nil means the defaults.
	Channels   []Channel
	Users      []User
	UserGroups []UserGroup
	// HomeDisabled makes views.publish answer not_enabled.
	HomeDisabled bool

	// PingInterval is the time between two WebSocket pings; 0 means 10 s, and below 0 there are none.
	PingInterval time.Duration
	// AckLimit is how long the app may take to acknowledge an envelope; 0 means 3 s.
	AckLimit time.Duration
	// ConnectionTime is announced in hello, and after it a connection is renewed; 0 means an hour.
	ConnectionTime time.Duration
	// TicketLife is how long a WebSocket URL may be used; 0 means 30 s.
	TicketLife time.Duration
	// TriggerLife is how long a trigger_id may be used; 0 means 3 s.
	TriggerLife time.Duration
	// ResponseURLLife is how long a response_url may be used; 0 means 30 minutes.
	ResponseURLLife time.Duration
	// FileDelay is how long a completed upload is not yet usable as slack_file; 0 means 300 ms.
	FileDelay time.Duration
	// Redelivery holds the waits before the retries of an un-acknowledged event, before scaling; nil means 0, 60 s, 300 s.
	Redelivery []time.Duration
	// TimeScale divides the waits that Slack makes on its own (Redelivery, the ten seconds between a warning and the
	// close of the connection); 0 means 1, 100 is a hundred times faster.
	TimeScale float64
	// RateLimits are the Web API's limits.
	RateLimits RateLimits
	// MaxBlocksChars is the size of all blocks of a message, as JSON without tables and charts, above which
	// msg_blocks_too_long is answered; 0 means 13,200.
	MaxBlocksChars int
	// Noise adds unknown fields to envelopes, hello and Web API answers, and unknown frames between envelopes.
	Noise bool
	// Now dates messages and decides what has expired; nil means time.Now. Acknowledgements, pings and rate limits
	// are measured in real time and not by Now.
	Now func() time.Time
	// Date is what answers carry as their date; nil means the time of day.
	Date func() time.Time
	// Listen opens the port; nil means that of the machine's network.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
}

// Channel is a conversation of the workspace.
type Channel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Private  bool   `json:"private,omitempty"`
	Archived bool   `json:"archived,omitempty"`
	// Threadless channels take messages and no replies to them.
	Threadless bool `json:"threadless,omitempty"`
	// BotMember means that the bot was invited.
	BotMember bool `json:"bot_member"`
	// Shared means that people of another organisation are in it through Slack Connect, PendingShare that they are invited.
	Shared       bool `json:"shared,omitempty"`
	PendingShare bool `json:"pending_share,omitempty"`
	// Members are the people in it; nil means everybody.
	Members []string `json:"members,omitempty"`
	// DirectWith is the person of a direct message; it is set by the simulator.
	DirectWith string `json:"direct_with,omitempty"`
}

// User is a person of the workspace, or of another one who shares a channel with it.
type User struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	RealName string `json:"real_name,omitempty"`
	// Guest marks a multi-channel guest.
	Guest bool `json:"guest,omitempty"`
	// TeamID is the person's own workspace; empty means this one.
	TeamID string `json:"team_id,omitempty"`
	// EnterpriseID is the organisation that the person's workspace belongs to; empty means this one's for people of this workspace,
	// and none for all others.
	EnterpriseID string `json:"enterprise_id,omitempty"`
	// Unmet marks a person of another organisation who shares no channel with this one: Slack calls only such people strangers.
	Unmet   bool `json:"unmet,omitempty"`
	Deleted bool `json:"deleted,omitempty"`
}

// UserGroup is a named set of people (an S… id).
type UserGroup struct {
	ID     string   `json:"id"`
	Handle string   `json:"handle"`
	Users  []string `json:"users"`
}

// RateLimits are Slack's published limits, which a test may change or switch off.
type RateLimits struct {
	// Off switches every limit off.
	Off bool
	// PostsPerSecond is the rate of chat.postMessage in one channel; 0 means 1.
	PostsPerSecond float64
	// PostBurst is how many posts may come at once; 0 means 4.
	PostBurst int
	// PerMinute overrides a method's calls per minute, which is its burst as well.
	PerMinute map[string]int
}

// DefaultScopes returns the bot scopes of a workspace whose Config.Scopes is nil.
func DefaultScopes() []string {
	return []string{
		"commands", "chat:write", "files:write", "files:read", "channels:read", "groups:read", "channels:history",
		"groups:history", "users:read", "usergroups:read",
	}
}

func (c Config) withDefaults() Config {
	c.TeamID = cmp.Or(c.TeamID, "T0ACME001")
	c.TeamName = cmp.Or(c.TeamName, "Acme")
	c.TeamDomain = cmp.Or(c.TeamDomain, "acme")
	c.AppID = cmp.Or(c.AppID, "A0BUDGET1")
	c.BotID = cmp.Or(c.BotID, "B0BUDGET1")
	c.BotUserID = cmp.Or(c.BotUserID, "U0BUDGET1")
	c.BotName = cmp.Or(c.BotName, "budgetbot")
	c.BotToken = cmp.Or(c.BotToken, "xoxb-simulated-bot-token")
	c.AppToken = cmp.Or(c.AppToken, "xapp-1-simulated-app-token")
	if c.Scopes == nil {
		c.Scopes = DefaultScopes()
	}
	if c.AppScopes == nil {
		c.AppScopes = []string{"connections:write"}
	}
	if c.Channels == nil {
		c.Channels = []Channel{
			{ID: "C0GENERAL", Name: "general", BotMember: true},
			{ID: "C0CDN0001", Name: "cdn-budget", BotMember: true},
		}
	}
	if c.Users == nil {
		c.Users = []User{
			{ID: "U0ALICE01", Name: "alice", RealName: "Alice Moreau"},
			{ID: "U0BORIS01", Name: "boris", RealName: "Boris Lind"},
			{ID: "U0CHEN001", Name: "chen", RealName: "Chen Wei"},
		}
	}
	return c.withLimits()
}

func (c Config) withLimits() Config {
	c.PingInterval = cmp.Or(c.PingInterval, 10*time.Second)
	c.AckLimit = cmp.Or(c.AckLimit, 3*time.Second)
	c.ConnectionTime = cmp.Or(c.ConnectionTime, time.Hour)
	c.TicketLife = cmp.Or(c.TicketLife, 30*time.Second)
	c.TriggerLife = cmp.Or(c.TriggerLife, 3*time.Second)
	c.ResponseURLLife = cmp.Or(c.ResponseURLLife, 30*time.Minute)
	c.FileDelay = cmp.Or(c.FileDelay, 300*time.Millisecond)
	if c.Redelivery == nil {
		c.Redelivery = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	c.TimeScale = cmp.Or(c.TimeScale, 1)
	c.MaxBlocksChars = cmp.Or(c.MaxBlocksChars, blockkit.MaxBlocksJSON)
	c.RateLimits.PostsPerSecond = cmp.Or(c.RateLimits.PostsPerSecond, 1)
	c.RateLimits.PostBurst = cmp.Or(c.RateLimits.PostBurst, 4)
	if c.Listen == nil {
		c.Listen = new(net.ListenConfig).Listen
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Scopes, c.AppScopes = slices.Clone(c.Scopes), slices.Clone(c.AppScopes)
	return c
}

// scaled shortens a wait that Slack makes on its own.
func (c Config) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / c.TimeScale)
}
