package fastly

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"budgetbot/billing"
)

const (
	maxErrorBody = 64 << 10 // bytes of an error's answer that are read
	maxRedirects = 3
)

// maxBody is how many bytes of an answer are read, unpacked where it comes compressed: several times what the largest account's has.
func maxBody(path string) int64 {
	switch path {
	case PathUsage:
		return 4 << 20
	case pathServiceUsage:
		return 16 << 20
	case pathTokenSelf, pathStats:
		return 1 << 20
	}
	return 16 << 20 // of a page of a hundred invoices
}

// call is one read: attempts with waits between them.
type call struct {
	client *Client
	path   string
	began  time.Time     // of the attempt under way
	wait   time.Duration // before the next attempt
	tries  int
	read   bool // the answer was read, into body or as an error
	body   []byte
}

// get reads one address. Its errors carry neither the query nor the token.
func (c *Client) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	slots := c.slotsFor(ctx)
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
	attempt := &call{client: c, path: path}
	request.SetResponseHandler(attempt.handle)
	retrying := retryablehttp.Client{
		HTTPClient:     c.http,
		RetryMax:       c.config.Retries,
		CheckRetry:     attempt.again,
		RequestLogHook: func(retryablehttp.Logger, *http.Request, int) { attempt.began = time.Now() },
		Backoff:        func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return attempt.wait },
		ErrorHandler:   retryablehttp.PassthroughErrorHandler,
	}
	resp, err := retrying.Do(request)
	if resp != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if err == nil && !attempt.read {
		err = attempt.handle(resp)
	}
	if err != nil {
		return nil, c.sorted(path, err)
	}
	return attempt.body, nil
}

func (c *Client) request(ctx context.Context, path string, query url.Values) (*retryablehttp.Request, error) {
	address := c.base.JoinPath(path)
	// A plus sign means a space in forms alone; %20 does everywhere.
	address.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	request, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
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

// handle reads an answer to its end, so that a connection that breaks half-way is tried again like any other.
func (a *call) handle(resp *http.Response) error {
	defer func() { _ = resp.Body.Close() }()
	a.read = true
	if resp.StatusCode != http.StatusOK {
		return a.refusal(resp)
	}
	most := maxBody(a.path)
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return notUnderstood("it says that it is compressed, and is not")
	case err != nil:
		return err
	case int64(len(body)) > most:
		return notUnderstood("it is longer than %d MiB", most>>20)
	}
	a.body = a.client.withoutToken(body)
	return nil
}

// refusal turns an answer that is not a 200 into an error. One that is neither a success nor a failure has no meaning here.
func (a *call) refusal(resp *http.Response) error {
	if resp.StatusCode < http.StatusBadRequest {
		strange := notUnderstood("it has status %d instead of 200", resp.StatusCode)
		strange.Status = resp.StatusCode
		return strange
	}
	// The words are a help and no more: what could be read of them is enough.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	return apiError(a.path, resp, a.client.withoutToken(body), time.Now())
}

// again decides whether to try again, and after which wait. It gives up where the wait is longer than is worth it or than
// the caller has time for: better the reason at once than the caller's deadline later.
func (a *call) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	a.tell(resp)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if !passing(resp, err) {
		return false, nil
	}
	a.read = false
	a.wait = a.pause(resp)
	a.tries++
	if deadline, ok := ctx.Deadline(); a.wait > a.client.config.MaxWait || ok && time.Until(deadline) <= a.wait {
		return false, nil
	}
	a.client.config.Log.Debug("read of Fastly tried again", slog.String("path", a.path), slog.Int("tries", a.tries),
		slog.Duration("wait", a.wait))
	return true, nil
}

// tell reports the attempt that has just ended.
func (a *call) tell(resp *http.Response) {
	if a.client.config.Called == nil {
		return
	}
	done := Call{Path: route(a.path), Took: time.Since(a.began)}
	if resp != nil {
		done.Status = resp.StatusCode
		done.Date, _ = http.ParseTime(resp.Header.Get("Date")) // zero where there is none
	}
	a.client.config.Called(done)
}

// route takes the id out of a path.
func route(path string) string {
	if strings.HasPrefix(path, pathInvoices+"/") && path != pathMonthToDate {
		return pathInvoices + "/{id}"
	}
	return path
}

// passing reports whether a trouble may be gone at the next attempt.
func passing(resp *http.Response, err error) bool {
	if err != nil {
		if _, ok := errors.AsType[*billing.BodyError](err); ok {
			return false
		}
		if _, ok := errors.AsType[*billing.APIError](err); ok {
			return false
		}
		_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
		return !untrusted && !errors.Is(err, billing.ErrRedirected)
	}
	return resp.StatusCode == http.StatusTooManyRequests ||
		resp.StatusCode >= http.StatusInternalServerError && resp.StatusCode != http.StatusNotImplemented
}

// pause returns the wait that the server asks for, or else one that doubles, with a random half so that replicas part.
func (a *call) pause(resp *http.Response) time.Duration {
	if resp != nil {
		if wait := retryAfter(resp.Header, time.Now()); wait > 0 {
			return wait
		}
	}
	full := a.client.config.Backoff << min(a.tries, 5)
	return full/2 + rand.N(full/2+1)
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
