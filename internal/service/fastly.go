package service

import (
	"context"
	"errors"
	"net/http"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/fastly"
)

// NewFastly returns the client that the configuration asks for. It does not connect. log and called may be nil.
func NewFastly(c *Config, log *zap.Logger, called func(fastly.Call)) (*fastly.Client, error) {
	return newFastly(c, nil, log, called)
}

// newFastly returns the client on a transport; nil is one of the client's own.
func newFastly(c *Config, transport http.RoundTripper, log *zap.Logger, called func(fastly.Call)) (*fastly.Client, error) {
	client, err := fastly.NewClient(fastly.ClientConfig{
		BaseURL: c.FastlyAPIURL, Token: c.FastlyAPIToken, UserAgent: "budgetbot/" + Version, Transport: transport, Log: log, Called: called,
	})
	if err != nil {
		return nil, &Misuse{"Fastly's address or token cannot be used: " + err.Error(), "check FASTLY_API_URL and FASTLY_API_TOKEN"}
	}
	return client, nil
}

// fastlyHints are what an operator can do about each kind of trouble.
var fastlyHints = []struct {
	kind error
	hint string
}{
	{billing.ErrUnauthorised, "put a token that is valid into FASTLY_API_TOKEN"},
	{billing.ErrForbidden, "the token needs the scope global:read and the role billing or superuser"},
	{billing.ErrRateLimited, "try again in a minute"},
	{billing.ErrNotFound, "see whether FASTLY_API_URL is right; \"bot doctor\" says what this account may read"},
	{billing.ErrBadRequest, "ask for other months or names"},
	{billing.ErrUnavailable, "try again in a minute; https://www.fastlystatus.com tells of incidents"},
	{billing.ErrTimeout, "try again, or ask for fewer months"},
	{billing.ErrReset, "try again"},
	{billing.ErrUnreachable, "see whether this machine reaches the address in FASTLY_API_URL, and HTTPS_PROXY if you need one"},
	{billing.ErrRedirected, "see whether FASTLY_API_URL is right"},
	{billing.ErrNotUnderstood, "see whether FASTLY_API_URL is right; if it is, the API has changed: please report it"},
	{billing.ErrNoServices, "ask by type, region or product"},
	{billing.ErrNoEstimate, "ask for usage: leave out the word cost"},
	{billing.ErrTooWide, "name a product or a usage type, or fewer months"},
	{alerts.ErrNoUsage, "on the first day of a month that is usual; \"bot doctor\" says what the account has"},
}

// FastlyFailure adds to an error of reading usage what to do about it.
func FastlyFailure(err error) error {
	for _, known := range fastlyHints {
		if errors.Is(err, known.kind) {
			return &Failure{err.Error(), known.hint, err}
		}
	}
	return err
}

// TokenSoon is how long before its end a token is warned about.
const TokenSoon = 14 * 24 * time.Hour

// warnOfToken logs what is unwise about the Fastly token. Not being able to tell is no reason to worry anybody.
func warnOfToken(ctx context.Context, client *fastly.Client, log *zap.Logger, now time.Time) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	token, err := client.TokenSelf(ctx)
	if err != nil {
		log.Debug("token not looked at", zap.Error(err))
		return
	}
	if token.CanWrite() {
		log.Warn("the Fastly token can change things; global:read is all that is needed", zap.Strings("scopes", token.Scopes))
	}
	if token.ExpiresWithin(TokenSoon, now) {
		log.Warn("the Fastly token expires soon", zap.Time("expires_at", token.ExpiresAt))
	}
}
