package fastlysim

import (
	"context"
	"errors"
	"net"
	"time"

	"budgetbot/internal/fastlysim/account"
)

// Revision is an edition of Fastly's contract for the usage endpoints.
type Revision int

const (
	// Current makes product_id and usage_type_name optional on
	// service-usage-metrics, adds the service filter, and pages by 1000 up to 10000.
	Current Revision = iota
	// Seed requires product_id and usage_type_name on service-usage-metrics and
	// pages by 5 up to 100. It knows no service filter.
	Seed
)

// Envelope is the wrapping of an answer. An object holds one element: a usage
// answer with any other number of rows falls back to the list of the same kind,
// and a service answer keeps one usage type to a page.
type Envelope int

const (
	// AsSpecified is DataList for usage-metrics and DataObject for
	// service-usage-metrics.
	AsSpecified Envelope = iota
	// DataList is {"data":[…]}.
	DataList
	// DataObject is {"data":{…}}.
	DataObject
	// BareList is […].
	BareList
	// BareObject is {…}.
	BareObject
)

// MetaPlace is where service-usage-metrics puts its meta. A place that the
// envelope does not have becomes the nearest one it has: a list has no inside,
// and a bare list has nothing beside it.
type MetaPlace int

const (
	// MetaInside puts meta inside data.
	MetaInside MetaPlace = iota
	// MetaBeside puts meta beside data.
	MetaBeside
	// MetaEach puts meta in each element of a list.
	MetaEach
)

// NumberForm is how figures are written in JSON.
type NumberForm int

const (
	// Plain writes 146017.0369.
	Plain NumberForm = iota
	// Quoted writes "146017.0369".
	Quoted
	// Exponent writes 1460170369e-4.
	Exponent
)

// TimeForm is how last_updated_at is written.
type TimeForm int

const (
	// DateOnly names the last day that the figure covers, or the day of a
	// restatement: 2026-09-30.
	DateOnly TimeForm = iota
	// Instant names the moment up to which the figure is complete, or the moment
	// of a restatement, in RFC 3339: 2026-10-01T00:00:00Z.
	Instant
)

// Config says how a simulated Fastly behaves. Only Token is required.
type Config struct {
	// Token is the only accepted value of the Fastly-Key header.
	Token string
	// TokenScope is what /tokens/self answers as scope; global:read when empty.
	TokenScope string
	// TokenExpires is what /tokens/self answers as expires_at; null when zero.
	TokenExpires time.Time

	// Revision is the edition of the contract that is enforced.
	Revision Revision
	// Usage and Service are the envelopes of the two endpoints.
	Usage, Service Envelope
	// Meta is where service-usage-metrics puts its meta.
	Meta MetaPlace
	// Numbers is how figures are written.
	Numbers NumberForm
	// UpdatedAt is how last_updated_at is written.
	UpdatedAt TimeForm
	// ExtraFields adds fields that no revision knows to every object.
	ExtraFields bool

	// Latency is added to every call.
	Latency time.Duration
	// Clock is business time; time.Now when nil.
	Clock func() time.Time
	// Date is what answers carry as their date; the time of day when nil.
	Date func() time.Time
	// Listen opens a port; one of the machine's network when nil.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
	// Lag is how far the figures trail behind Clock. A day counts once it has
	// been over for that long.
	Lag time.Duration

	// Account is what the generated figures are drawn from; its zero value is a
	// company of 400 services with data from January 2022 on.
	Account account.Account
}

func (c Config) withDefaults() (Config, error) {
	if c.Token == "" {
		return c, errors.New("fastlysim: config has no token")
	}
	if c.TokenScope == "" {
		c.TokenScope = "global:read"
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Listen == nil {
		c.Listen = new(net.ListenConfig).Listen
	}
	if c.Usage == AsSpecified {
		c.Usage = DataList
	}
	if c.Service == AsSpecified {
		c.Service = DataObject
	}
	c.Account = c.Account.WithDefaults()
	return c, nil
}

// until is the moment up to which the figures are complete at a time of business.
func (c Config) until(business time.Time) time.Time { return business.UTC().Add(-c.Lag) }
