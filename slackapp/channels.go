package slackapp

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

const (
	listPause    = time.Minute     // between two listings for names that were not found
	listTimeout  = 6 * time.Second // a delivery waits for it, and has ten
	listPage     = 1000
	listMaxPages = 50
)

// channelID is the form of Slack's ids of channels and direct messages.
var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{6,}$`)

// Channels knows the workspace's channels by name and by id, as far as the optional scopes channels:read and groups:read
// let it. Without them names stay names: Slack takes those of public channels when posting, and nothing else does.
type Channels struct {
	api *slack.Client
	log *zap.Logger
	now func() time.Time // wall time

	listing sync.Mutex // held while Slack is asked, so that one asks for all
	mu      sync.Mutex // guards what follows
	ids     map[string]string
	names   map[string]string
	listed  time.Time
	warned  bool
}

// NewChannels returns a directory that is filled when it is first asked. Logger may be nil.
func NewChannels(api *slack.Client, log *zap.Logger) *Channels {
	if log == nil {
		log = zap.NewNop()
	}
	return &Channels{api: api, log: log, now: time.Now, ids: map[string]string{}, names: map[string]string{}}
}

// ID returns the id of the channel that is called name, with or without "#"; an id is returned as it is. It reports false
// where that cannot be told. A name that is not found is looked for in Slack again, at most once a minute.
func (c *Channels) ID(ctx context.Context, name string) (string, bool) {
	name = strings.TrimPrefix(name, "#")
	if channelID.MatchString(name) {
		return name, true
	}
	return c.find(ctx, func() (string, bool) {
		id, found := c.ids[name]
		return id, found
	})
}

// Name returns the name of the channel with this id, without "#". It reports false where that cannot be told, as for
// private channels without groups:read.
func (c *Channels) Name(ctx context.Context, id string) (string, bool) {
	return c.find(ctx, func() (string, bool) {
		name, found := c.names[id]
		return name, found
	})
}

func (c *Channels) find(ctx context.Context, look func() (string, bool)) (string, bool) {
	locked := func() (string, bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return look()
	}
	if found, ok := locked(); ok {
		return found, true
	}
	c.refresh(ctx)
	return locked()
}

// refresh lists the channels, unless that was done within the last minute.
func (c *Channels) refresh(ctx context.Context) {
	c.listing.Lock()
	defer c.listing.Unlock()
	c.mu.Lock()
	recent := !c.listed.IsZero() && c.now().Sub(c.listed) < listPause
	c.mu.Unlock()
	if recent {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	channels, err := c.list(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listed = c.now()
	for _, channel := range channels {
		c.ids[channel.Name], c.names[channel.ID] = channel.ID, channel.Name
	}
	if err != nil && !c.warned {
		c.warned = true
		c.log.Warn("channel names unknown", zap.String("error_code", codeOf(err)), zap.Error(bare(err)))
	}
}

// list asks for every kind of channel that a scope allows, and returns what it got along with an error.
func (c *Channels) list(ctx context.Context) ([]slack.Channel, error) {
	channels, err := c.listKinds(ctx, "public_channel", "private_channel")
	if codeOf(err) != "missing_scope" {
		return channels, err
	}
	for _, kind := range []string{"public_channel", "private_channel"} {
		if some, errKind := c.listKinds(ctx, kind); errKind == nil {
			channels, err = append(channels, some...), nil
		}
	}
	return channels, err
}

func (c *Channels) listKinds(ctx context.Context, kinds ...string) ([]slack.Channel, error) {
	var all []slack.Channel
	ask := slack.GetConversationsParameters{Types: kinds, Limit: listPage, ExcludeArchived: true}
	for range listMaxPages {
		channels, next, err := c.api.GetConversationsContext(ctx, &ask)
		if err != nil {
			return all, err
		}
		all = append(all, channels...)
		if next == "" || next == ask.Cursor {
			break
		}
		ask.Cursor = next
	}
	return all, nil
}
