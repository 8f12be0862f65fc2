package fault

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// AnnounceWait sets the headers that ask a client to wait.
func (f Fault) AnnounceWait(header http.Header, now time.Time) {
	if f.Wait == 0 {
		return
	}
	until := now.Add(f.Wait)
	switch f.WaitAs {
	case RetryAfterSeconds:
		header.Set("Retry-After", strconv.Itoa(int(f.Wait/time.Second)))
	case RetryAfterDate:
		header.Set("Retry-After", until.UTC().Format(http.TimeFormat))
	case RateLimitReset:
		header.Set("Fastly-RateLimit-Remaining", "0")
		header.Set("Fastly-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
	}
}

// Deliver sends an answer padded, compressed or byte by byte. A client that
// hangs up ends it.
func (f Fault) Deliver(w http.ResponseWriter, r *http.Request, a Response) {
	compress := f.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	if !compress && f.Pad == 0 && f.Trickle == 0 {
		a.Write(w)
		return
	}
	if compress {
		a.Header.Set("Content-Encoding", "gzip")
	}
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Status)
	out := io.Writer(w)
	if compress {
		zipped := gzip.NewWriter(w)
		defer func() { _ = zipped.Close() }()
		out = zipped
	}
	if f.pad(out) == nil {
		f.trickle(r, out, w, a.Body)
	}
}

// pad writes white space, which JSON allows in front.
func (f Fault) pad(out io.Writer) error {
	_, err := io.CopyN(out, blank{}, f.Pad)
	return err
}

// blank reads as spaces without end.
type blank struct{}

func (blank) Read(buffer []byte) (int, error) {
	for i := range buffer {
		buffer[i] = ' '
	}
	return len(buffer), nil
}

// trickle writes a body byte by byte, or at once when there is no pause.
func (f Fault) trickle(r *http.Request, out io.Writer, w http.ResponseWriter, body []byte) {
	if f.Trickle == 0 {
		_, _ = out.Write(body)
		return
	}
	for i := range body {
		if !Rest(r.Context(), f.Trickle) {
			return
		}
		_, _ = out.Write(body[i : i+1])
		_ = http.NewResponseController(w).Flush()
	}
}

// Rest waits and says whether it waited in full.
func Rest(ctx context.Context, duration time.Duration) bool {
	if duration <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
