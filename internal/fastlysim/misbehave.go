package fastlysim

import (
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// misbehave answers a call as a fault says.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, call *call, fault Fault, turn int) {
	a := s.faulty(r, fault, turn)
	switch fault.Line {
	case LineHangs:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case LineResets:
		call.end(0)
		reset(w)
	case LineCuts, LineStalls:
		call.end(a.status)
		a.writeHead(w, len(a.body))
		_, _ = w.Write(a.body[:len(a.body)/2])
		_ = http.NewResponseController(w).Flush()
		if fault.Line == LineStalls {
			<-r.Context().Done()
		}
	case LineHolds:
		call.end(a.status)
		fault.deliver(w, r, a)
	}
}

// faulty is the answer that a fault makes of the true one.
func (s *Server) faulty(r *http.Request, fault Fault, turn int) answer {
	a := s.basis(r, fault)
	if fault.Rewrite != nil && a.status == http.StatusOK {
		a.body = fault.Rewrite(a.body, turn)
	}
	fault.announceWait(a.header, time.Now())
	if fault.Abroad {
		_, port, _ := net.SplitHostPort(s.abroad)
		a.header.Set("Location", "http://localhost:"+port+r.URL.RequestURI())
	}
	for name, value := range fault.Header {
		a.header.Set(name, value)
		if value == "" {
			a.header[http.CanonicalHeaderKey(name)] = nil
		}
	}
	return a
}

// basis is what a fault starts from: its own words, or the true answer.
func (s *Server) basis(r *http.Request, fault Fault) answer {
	if fault.Status != 0 {
		body := strings.ReplaceAll(fault.Body, tokenMark, r.Header.Get("Fastly-Key"))
		return reply(fault.Status, "application/json", []byte(body))
	}
	if fault.AnyCursor {
		query := r.URL.Query()
		query.Del("cursor")
		r = r.Clone(r.Context())
		r.URL.RawQuery = query.Encode()
	}
	return s.answer(r)
}

func (f Fault) announceWait(header http.Header, now time.Time) {
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

// deliver sends an answer padded, compressed or byte by byte. A client that
// hangs up ends it.
func (f Fault) deliver(w http.ResponseWriter, r *http.Request, a answer) {
	compress := f.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	if !compress && f.Pad == 0 && f.Trickle == 0 {
		a.write(w)
		return
	}
	if compress {
		a.header.Set("Content-Encoding", "gzip")
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	out := io.Writer(w)
	if compress {
		zipped := gzip.NewWriter(w)
		defer func() { _ = zipped.Close() }()
		out = zipped
	}
	if f.pad(out) == nil {
		f.trickle(r, out, w, a.body)
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
		if !rest(r.Context(), f.Trickle) {
			return
		}
		_, _ = out.Write(body[i : i+1])
		_ = http.NewResponseController(w).Flush()
	}
}

// reset cuts the connection so that the client sees a reset and not an end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if line, ok := connection.(*net.TCPConn); ok {
		_ = line.SetLinger(0)
	}
	_ = connection.Close()
}
