package webapi

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts/rules"
)

const (
	listPause    = time.Minute     // between two listings for names that were not found
	listTimeout  = 6 * time.Second // a delivery waits for it, and has eight
	listPage     = 1000
	listMaxPages = 50

	// channelsEvery is how often the channels are listed anew, once they were needed: a channel that is renamed gives its name free
	// for another one.
	channelsEvery = 10 * time.Minute
)

// Channels knows the workspace's channels by name and by id, as far as the optional scopes channels:read and groups:read
// allow. Without them names stay names: only posting accepts those, and only for public channels.
type Channels struct {
	api *slack.Client
	log *zap.Logger
	now func() time.Time // wall time

	listing sync.Mutex        // locked while Slack is asked, so that one request serves everyone
	mu      sync.Mutex        // guards what follows
	ids     map[string]string // by name
	known   map[string]entry  // by id
	listed  time.Time
	warned  bool
}

// entry is what is known of a channel.
type entry struct {
	name   string
	public bool
}

// NewChannels returns a directory that is filled when it is first asked. A nil logger logs nothing.
func NewChannels(api *slack.Client, log *zap.Logger) *Channels {
	return &Channels{api: api, log: cmp.Or(log, zap.NewNop()), now: time.Now, ids: map[string]string{}, known: map[string]entry{}}
}

// ID returns the id of the channel that is called name, with or without "#"; an id is returned as it is. It reports false
// where that is not known. A name that is not found is looked for in Slack again, at most once a minute.
func (c *Channels) ID(ctx context.Context, name string) (string, bool) {
	name = strings.TrimPrefix(name, "#")
	if rules.IsChannelID(name) {
		return name, true
	}
	return c.find(ctx, func() (string, bool) {
		id, found := c.ids[name]
		return id, found
	})
}

// Name returns the name of the channel with this id, without "#". It reports false where that is not known, as for
// private channels without groups:read.
func (c *Channels) Name(ctx context.Context, id string) (string, bool) {
	return c.find(ctx, func() (string, bool) {
		channel, found := c.known[id]
		return channel.name, found
	})
}

// Public returns the name of a channel that everybody in the workspace may know of, given its name or its id. It reports false
// for a private channel, and where that is not known.
func (c *Channels) Public(ctx context.Context, channel string) (string, bool) {
	return c.find(ctx, func() (string, bool) {
		id := strings.TrimPrefix(channel, "#")
		if !rules.IsChannelID(id) {
			id = c.ids[id]
		}
		return c.known[id].name, c.known[id].public
	})
}

// Watch lists the channels anew every ten minutes, once they were needed, until ctx ends.
func (c *Channels) Watch(ctx context.Context) {
	ticker := time.NewTicker(channelsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		c.mu.Lock()
		needed := !c.listed.IsZero()
		c.mu.Unlock()
		if needed {
			c.refresh(ctx)
		}
	}
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
	if err == nil { // what is not in a whole list is there no more; half a list says nothing of the rest
		clear(c.ids)
		clear(c.known)
	}
	for _, channel := range channels {
		if before := c.known[channel.ID].name; c.ids[before] == channel.ID {
			delete(c.ids, before)
		}
		c.ids[channel.Name], c.known[channel.ID] = channel.ID, entry{channel.Name, !channel.IsPrivate}
	}
	if err != nil && !c.warned {
		c.warned = true
		c.log.Warn("channel names unknown", zap.String("error_code", CodeOf(err)), zap.Error(Bare(err)))
	}
}

// errPartOfList is that more channels exist than were listed.
var errPartOfList = errors.New("the list of channels has more pages than are read")

// list asks for every kind of channel that the scopes allow, and returns what it got along with any error. If one of the
// scopes is missing, the list of the other kind is complete.
func (c *Channels) list(ctx context.Context) ([]slack.Channel, error) {
	channels, err := c.listKinds(ctx, "public_channel", "private_channel")
	if CodeOf(err) != "missing_scope" {
		return channels, err
	}
	public, errPublic := c.listKinds(ctx, "public_channel")
	private, errPrivate := c.listKinds(ctx, "private_channel")
	switch {
	case CodeOf(errPublic) == "missing_scope":
		return private, errPrivate
	case CodeOf(errPrivate) == "missing_scope":
		return public, errPublic
	}
	return append(public, private...), errors.Join(errPublic, errPrivate)
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
			return all, nil
		}
		ask.Cursor = next
	}
	return all, errPartOfList
}
