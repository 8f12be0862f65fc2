package fastly

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"go.uber.org/zap"

	"budgetbot/billing"
)

const (
	maxErrorBody = 64 << 10 // bytes of an error's answer that are read
	maxRedirects = 3
)

// maxBody is how many bytes of an answer are read, unpacked if it comes compressed: several times what the largest account's has.
func maxBody(path string) int64 {
	switch path {
	case PathUsage:
		return 4 << 20
	case pathTokenSelf, pathStats:
		return 1 << 20
	}
	return 16 << 20 // of a page or a day of services, or of a hundred invoices
}

// get reads one address, again if that may help. Its errors carry neither the query nor the token.
func (c *Client) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	slots := c.questions
	switch {
	case billing.IsForCheck(ctx):
		slots = c.checks
	case billing.IsForLater(ctx):
		slots = c.later
	}
	if err := slots.Acquire(ctx, 1); err != nil {
		return nil, transportError(path, err)
	}
	defer slots.Release(1)
	ctx, cancel := context.WithTimeout(ctx, c.config.CallTimeout) // a slot comes back, however slowly the answers drip
	defer cancel()
	request, err := c.request(ctx, path, query)
	if err != nil {
		return nil, err
	}
	body, err := c.retry(request, path)
	return body, c.sorted(path, err)
}

// retry makes attempts with waits between them: those that the server asks for, or else growing ones. It gives up if the wait is longer
// than is worth it or than the caller has time for: better the reason at once than the caller's deadline later.
func (c *Client) retry(request *http.Request, path string) ([]byte, error) {
	ctx := request.Context()
	waits := backoff.ExponentialBackOff{
		InitialInterval: c.config.Backoff, Multiplier: 2, MaxInterval: 32 * c.config.Backoff,
		RandomizationFactor: backoff.DefaultRandomizationFactor, // so that replicas part
	}
	for tries := 1; ; tries++ {
		body, err := c.attempt(request, path)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil || tries > c.config.Retries || !isPassing(err) {
			return body, err
		}
		wait := waits.NextBackOff()
		if api, ok := errors.AsType[*billing.APIError](err); ok && api.RetryAfter > 0 {
			wait = api.RetryAfter
		}
		if deadline, ok := ctx.Deadline(); wait > c.config.MaxWait || ok && time.Until(deadline) <= wait {
			return nil, err
		}
		c.config.Log.Debug("read of Fastly tried again", zap.String("path", path), zap.Int("tries", tries), zap.Duration("wait", wait))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// attempt asks once, and reads the answer to its end, so that a connection that breaks half-way is tried again like any other.
func (c *Client) attempt(request *http.Request, path string) ([]byte, error) {
	done := Call{Path: path}
	began := time.Now()
	defer func() {
		if c.config.Called != nil {
			done.Took = time.Since(began)
			c.config.Called(done)
		}
	}()
	resp, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	done.Status = resp.StatusCode
	done.Date, _ = http.ParseTime(resp.Header.Get("Date")) // zero if there is none
	if resp.StatusCode != http.StatusOK {
		return nil, c.refusal(path, resp)
	}
	return c.answer(path, resp)
}

func (c *Client) request(ctx context.Context, path string, query url.Values) (*http.Request, error) {
	address := c.base.JoinPath(path)
	// A plus sign means a space in forms alone; %20 does everywhere.
	address.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("GET %s: the address is not valid", path)
	}
	request.Header.Set("Fastly-Key", c.config.Token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.config.UserAgent)
	return request, nil
}

// sorted gives every error of a read its type.
func (c *Client) sorted(path string, err error) error {
	if err == nil {
		return nil
	}
	if api, ok := errors.AsType[*billing.APIError](err); ok {
		api.Title = c.redact(api.Title)
		return api
	}
	if body, ok := errors.AsType[*billing.BodyError](err); ok {
		body.Path, body.Reason = path, c.redact(body.Reason)
		return body
	}
	sorted := transportError(path, err)
	if transport, ok := errors.AsType[*billing.TransportError](sorted); ok {
		transport.Text = c.redact(transport.Text)
	}
	return sorted
}

// redact takes the token out of a text, for a server may echo it.
func (c *Client) redact(s string) string { return strings.ReplaceAll(s, c.config.Token, "[token]") }

// withoutToken takes the token out of an answer, before any of its words are cut: half of a token that is echoed could stay.
func (c *Client) withoutToken(body []byte) []byte {
	if !bytes.Contains(body, []byte(c.config.Token)) {
		return body
	}
	return []byte(c.redact(string(body)))
}

// answer returns the body of a success.
func (c *Client) answer(path string, resp *http.Response) ([]byte, error) {
	most := maxBody(path)
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return nil, notUnderstood("it says that it is compressed, and is not")
	case err != nil:
		return nil, err
	case int64(len(body)) > most:
		long := notUnderstood("it is longer than %d MiB", most>>20)
		long.TooLong = true
		return nil, long
	}
	return c.withoutToken(body), nil
}

// refusal turns an answer that is not a 200 into an error. One that is neither a success nor a failure has no meaning here.
func (c *Client) refusal(path string, resp *http.Response) error {
	if resp.StatusCode < http.StatusBadRequest {
		strange := notUnderstood("it has status %d instead of 200", resp.StatusCode)
		strange.Status = resp.StatusCode
		return strange
	}
	// The words are a help and no more: what could be read of them is enough.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	return apiError(path, resp, c.withoutToken(body), time.Now())
}

// isPassing reports whether a trouble may be gone at the next attempt.
func isPassing(err error) bool {
	if api, ok := errors.AsType[*billing.APIError](err); ok {
		return api.Status == http.StatusTooManyRequests || api.Status >= http.StatusInternalServerError && api.Status != http.StatusNotImplemented
	}
	_, odd := errors.AsType[*billing.BodyError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return !odd && !untrusted && !errors.Is(err, billing.ErrRedirected)
}

// sameHost is the redirect policy: the token goes to the host it was meant for, in no weaker way, and nowhere else.
func sameHost(next *http.Request, via []*http.Request) error {
	first := via[0].URL
	if next.URL.Host != first.Host || next.URL.Scheme != first.Scheme {
		return billing.ErrRedirected
	}
	if len(via) > maxRedirects {
		return billing.ErrRedirected
	}
	return nil
}
