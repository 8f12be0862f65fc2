package fastly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"budgetbot/billing"
	"budgetbot/internal/loopback"
)

// The paths of usage below the base URL.
const (
	PathUsage        = "/billing/v3/usage-metrics"
	pathServiceUsage = "/billing/v3/service-usage-metrics"
)

// ClientConfig is how Fastly is reached. Only Token is required.
type ClientConfig struct {
	BaseURL   string            // default https://api.fastly.com; plain http for loopback hosts alone
	Token     string            // sent as Fastly-Key, and to this host only
	Transport http.RoundTripper // default: one of its own, with the environment's proxies
	UserAgent string            // default "budgetbot"

	PageSize int // services a page, at most 10,000; default 100, and 2,500 for a large account if the server takes so many
	MaxPages int // pages one read may have, default 2,500
	Parallel int // calls of questions at a time, over all callers; default 12, a year by service
	Checks   int // calls of checks at a time, beside those of questions; default 4
	Later    int // calls that nobody waits for at a time, beside the others; default 2

	AttemptTimeout time.Duration // for one attempt, the body included; default 20 s
	CallTimeout    time.Duration // for all attempts and the waits between them, once the call has its turn; default 30 s
	Retries        int           // attempts after the first; default 3, none if negative
	Backoff        time.Duration // before the second attempt, then doubling; default 300 ms
	MaxWait        time.Duration // a longer Retry-After is not waited for; default 15 s

	EstimateEvery  time.Duration // before an estimate that is being made is asked for again; default 5 s
	EstimateWithin time.Duration // how long that is kept up; default 60 s

	Log *zap.Logger // default: none
	// Called is called after every attempt at a call, by many goroutines; it may be nil.
	Called func(Call)
}

// Call is one attempt at a call of Fastly's API.
type Call struct {
	Path   string        // without its query
	Status int           // 0 if no answer came
	Took   time.Duration // to the end of the attempt, the body included if it was read
	Date   time.Time     // that the answer carries; zero if it has none
}

// Client reads what Fastly counted and what it bills, in a way that is legal under both known revisions of the contract. It is a
// Source and a BillSource, and may be used by many goroutines.
type Client struct {
	config ClientConfig
	base   *url.URL
	http   *http.Client
	// Calls of checks have slots of their own, so that no question delays a check; so have those that nobody waits for.
	questions, checks, later *semaphore.Weighted
	// learnedSize is how many services a page the server takes; 0 until that was worth finding out.
	learnedSize atomic.Int32
	// learnedWindow is for how many days services are asked for at a time; 0 until the first answer.
	learnedWindow atomic.Int32
	// typeIDs are identifiers of usage types that the account's rows call otherwise, by billing.Metric: an answer by service may use either.
	typeIDs sync.Map
}

var _ billing.Source = (*Client)(nil)

// NewClient checks the address and the token; it does not connect. The errors never quote the token.
func NewClient(config ClientConfig) (*Client, error) {
	config = config.withDefaults()
	base, err := parseBase(config.BaseURL)
	if err != nil {
		return nil, err
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	return &Client{
		config:    config,
		base:      base,
		http:      &http.Client{Transport: config.Transport, CheckRedirect: sameHost, Timeout: config.AttemptTimeout},
		questions: semaphore.NewWeighted(int64(config.Parallel)),
		checks:    semaphore.NewWeighted(int64(config.Checks)),
		later:     semaphore.NewWeighted(int64(config.Later)),
	}, nil
}

func (c ClientConfig) withDefaults() ClientConfig {
	c.BaseURL = cmp.Or(c.BaseURL, "https://api.fastly.com")
	c.UserAgent = cmp.Or(c.UserAgent, "budgetbot")
	c.MaxPages = cmp.Or(c.MaxPages, billing.MaxServices/legalPage)
	c.Parallel = cmp.Or(c.Parallel, 12)
	c.Checks = cmp.Or(c.Checks, 4)
	c.Later = cmp.Or(c.Later, 2)
	c.AttemptTimeout = cmp.Or(c.AttemptTimeout, 20*time.Second)
	c.CallTimeout = cmp.Or(c.CallTimeout, max(30*time.Second, c.AttemptTimeout))
	c.Retries = max(cmp.Or(c.Retries, 3), 0)
	c.Backoff = cmp.Or(c.Backoff, 300*time.Millisecond)
	c.MaxWait = cmp.Or(c.MaxWait, 15*time.Second)
	c.EstimateEvery = cmp.Or(c.EstimateEvery, 5*time.Second)
	c.EstimateWithin = cmp.Or(c.EstimateWithin, time.Minute)
	c.Log = cmp.Or(c.Log, zap.NewNop())
	if c.Transport == nil {
		c.Transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout:     90 * time.Second,
			MaxIdleConnsPerHost: c.Parallel + c.Checks + c.Later,
			ForceAttemptHTTP2:   true,
		}
	}
	return c
}

// check refuses a token that cannot be one.
func (c ClientConfig) check() error {
	switch {
	case c.Token == "":
		return errors.New("there is no Fastly token")
	case strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the Fastly token has a character that no token has, such as a space or a line break")
	}
	return nil
}

// parseBase accepts https, and plain http where nobody can listen in. Its errors do not quote the address, which may hold
// a password.
func parseBase(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" {
		return nil, errors.New("the Fastly address is not a URL such as https://api.fastly.com")
	}
	switch {
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("the Fastly address has a user, a query or a fragment; it may have none")
	case base.Scheme == "http" && !loopback.IsHost(base.Hostname()):
		return nil, fmt.Errorf("the Fastly address must be https; plain http would show the token to the network on the way to %q",
			base.Hostname())
	case base.Scheme != "https" && base.Scheme != "http":
		return nil, fmt.Errorf("the Fastly address begins with %q; it must be https", base.Scheme)
	}
	return base, nil
}

// Close closes idle connections. The Client can still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Usage reads the rows of every month of the range, three months a call, the calls in parallel.
func (c *Client) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	if err := months.Check(); err != nil {
		return nil, err
	}
	return inParallel(ctx, c.config.Parallel, months.Chunks(billing.MaxMonthsPerCall), c.usage)
}

// inParallel makes several reads, at most so many at once, and returns what they read in their order.
func inParallel[K, V any](ctx context.Context, most int, keys []K, read func(context.Context, K) ([]V, error)) ([]V, error) {
	parts := make([][]V, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(most)
	for i, key := range keys {
		group.Go(func() (err error) {
			parts[i], err = read(ctx, key)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(parts...), nil
}

func (c *Client) usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	query := url.Values{"start_month": {months.First.String()}, "end_month": {months.Last.String()}}
	body, err := c.get(ctx, PathUsage, query)
	if err != nil {
		return nil, err
	}
	rows, typeIDs, err := decodeUsage(body, months)
	for metric, id := range typeIDs {
		c.typeIDs.Store(metric, id)
	}
	return rows, c.sorted(PathUsage, err)
}
