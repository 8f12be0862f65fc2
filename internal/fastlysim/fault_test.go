package fastlysim

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// patient outlasts a busy machine; hasty is for answers that never come.
const patient, hasty = 30 * time.Second, 500 * time.Millisecond

var faultQuestions = map[string]string{
	UsagePath:   "start_month=2023-01&end_month=2023-03",
	ServicePath: "start_month=2023-01&end_month=2023-01&product_id=cdn_usage&usage_type_name=Asia+Bandwidth&limit=100",
}

// TestTheCatalogueIsFair shows that a client can tell every fault, and that the
// faults do what they are named for: what must be refused cannot be read.
func TestTheCatalogueIsFair(t *testing.T) {
	account := account.Account{Services: 12}
	honest := begin(t, Config{Account: account})
	truth := map[string]figures{}
	for path, question := range faultQuestions {
		found, err := ask(t, honest, path, question, patient)
		if err != nil || len(found) < 2 {
			t.Fatalf("%s: %v %v", path, found, err)
		}
		truth[path] = found
	}
	for _, failing := range fault.List() {
		for path, question := range faultQuestions {
			if failing.Path != "" && failing.Path != path {
				continue
			}
			t.Run(failing.Name+" on "+path, func(t *testing.T) {
				t.Parallel()
				s := begin(t, Config{Account: account})
				s.Fail(path, 0, failing)
				patience := patient
				if failing.Kind == fault.Unreachable {
					patience = hasty
				}
				found, err := ask(t, s, path, question, patience)
				judge(t, failing, truth[path], found, err)
				if strangers := s.Strangers(); len(strangers) > 0 {
					t.Errorf("the careful client went abroad: %v", strangers)
				}
			})
		}
	}
}

// TestFaultsFindRowsInEveryEnvelope shows that a changed row does not depend on
// where the envelope has it.
func TestFaultsFindRowsInEveryEnvelope(t *testing.T) {
	question := faultQuestions[ServicePath]
	for _, c := range []struct {
		name     string
		envelope Envelope
	}{
		{"a list in data", DataList},
		{"an object in data", DataObject},
		{"a bare list", BareList},
		{"a bare object", BareObject},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Service: c.envelope, Account: account.Account{Services: 3}})
			s.Fail(ServicePath, 1, fault.Named("services in another order"))
			changed, honest := get(t, s, ServicePath, question), get(t, s, ServicePath, question)
			first, last := bytes.Index(honest.body, []byte("media-assets-prod")), bytes.Index(honest.body, []byte("www-shop"))
			if first < 0 || last < first {
				t.Fatalf("not in order at first: %s", honest.body)
			}
			if bytes.Index(changed.body, []byte("media-assets-prod")) < bytes.Index(changed.body, []byte("www-shop")) {
				t.Errorf("not reversed: %s", changed.body)
			}
		})
	}
}

func judge(t *testing.T, failing fault.Fault, truth, found figures, err error) {
	t.Helper()
	same := err == nil && cmp.Equal(truth, found)
	switch failing.Outcome {
	case fault.Reads:
		if !same {
			t.Errorf("not read: %v %s", err, cmp.Diff(truth, found))
		}
	case fault.HasNoData:
		if err != nil || len(found) != 0 {
			t.Errorf("%d figures, %v", len(found), err)
		}
	case fault.ReadsOrRefuses, fault.SetsAside: // the reader of this package refuses the whole for one row
		if err == nil && !same {
			t.Errorf("wrong figures: %s", cmp.Diff(truth, found))
		}
	case fault.Refuses:
		var reason *refused
		if !errors.As(err, &reason) {
			t.Fatalf("not refused: %d figures, %v", len(found), err)
		}
		if failing.Kind != fault.NotUnderstood && reason.kind != failing.Kind {
			t.Errorf("refused as %v, want kind %d", reason, failing.Kind)
		}
		if !strings.Contains(reason.says, failing.Says) {
			t.Errorf("says %q, want %q in it", reason.says, failing.Says)
		}
	}
}

func TestTheCatalogueHasNames(t *testing.T) {
	seen := map[string]bool{}
	for _, fault := range fault.List() {
		if fault.Name == "" || seen[fault.Name] {
			t.Errorf("name %q is empty or there twice", fault.Name)
		}
		seen[fault.Name] = true
	}
	if got := fault.Named("hang").Line; got != fault.LineHangs {
		t.Errorf("hang is %v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown name is found")
		}
	}()
	fault.Named("no such fault")
}

func TestFaultsComeInTurn(t *testing.T) {
	s := begin(t, Config{})
	s.Fail(TokenPath, 2, fault.ServerError)
	s.Fail(TokenPath, 1, fault.Fault{Status: 418, After: 1})
	var got []int
	for range 5 {
		got = append(got, get(t, s, TokenPath, "").status)
	}
	if want := []int{500, 500, 200, 418, 200}; !cmp.Equal(want, got) {
		t.Errorf("got %v, want %v", got, want)
	}
	if other := get(t, s, UsagePath, faultQuestions[UsagePath]); other.status != 200 {
		t.Errorf("another path got %d", other.status)
	}
}

func TestFaultsLastUntilHealed(t *testing.T) {
	s := begin(t, Config{})
	s.Fail(TokenPath, 0, fault.ServerError)
	for range 3 {
		if got := get(t, s, TokenPath, ""); got.status != 500 {
			t.Errorf("got %d", got.status)
		}
	}
	s.Heal()
	if got := get(t, s, TokenPath, ""); got.status != 200 {
		t.Errorf("got %d after Heal", got.status)
	}
}

func TestWaitsAreAnnounced(t *testing.T) {
	seconds := func(text string) time.Duration {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Errorf("%q is no number", text)
		}
		return time.Duration(n) * time.Second
	}
	for _, c := range []struct {
		name, fault, header string
		wait                func(text string) time.Duration
	}{
		{"in seconds", "429 retry after seconds", "Retry-After", seconds},
		{"as a date", "429 retry after a date", "Retry-After", func(text string) time.Duration {
			date, err := http.ParseTime(text)
			if err != nil {
				t.Error(err)
			}
			return time.Until(date)
		}},
		{"as the end of the hour", "429 rate limit reset", "Fastly-RateLimit-Reset", func(text string) time.Duration {
			return time.Until(time.Unix(int64(seconds(text)/time.Second), 0))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{})
			fault := fault.Named(c.fault)
			s.Fail(TokenPath, 1, fault)
			got := get(t, s, TokenPath, "")
			if wait := c.wait(got.header.Get(c.header)); wait > fault.Wait || wait < fault.Wait-5*time.Second {
				t.Errorf("announces %s, want %s", wait, fault.Wait)
			}
		})
	}
}

func TestARedirectLeadsToAnotherHost(t *testing.T) {
	s := begin(t, Config{})
	s.Fail(UsagePath, 1, fault.Named("307 to another host"))
	// This client follows blindly and takes its header along, as http.Client does.
	got := get(t, s, UsagePath, faultQuestions[UsagePath])
	strangers := s.Strangers()
	if got.status != 404 || len(strangers) != 1 {
		t.Fatalf("got %d, %d calls abroad", got.status, len(strangers))
	}
	if seen := strangers[0]; !seen.Token || !strings.HasPrefix(seen.Host, "localhost:") || seen.Path != UsagePath {
		t.Errorf("abroad came %+v", seen)
	}
	if here := s.Requests(); len(here) != 1 || here[0].Status != 307 {
		t.Errorf("here came %+v", here)
	}
}

func TestATokenMayBeRepeatedByFastly(t *testing.T) {
	s := begin(t, Config{})
	s.Fail(TokenPath, 1, fault.Named("401 that repeats the token"))
	if got := get(t, s, TokenPath, ""); !bytes.Contains(got.body, []byte(testToken)) {
		t.Errorf("got %s", got.body)
	}
}

func TestContentTypesAreWrongOnPurpose(t *testing.T) {
	for name, want := range map[string]string{
		"401 classic as text": "text/plain", "400 problem json": "application/problem+json",
		"400 list of errors": "", "400 classic with detail": "text/html; charset=utf-8", "502 html": "text/html; charset=utf-8",
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, Config{})
			s.Fail(TokenPath, 1, fault.Named(name))
			if got := get(t, s, TokenPath, "").header.Get("Content-Type"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestABodyIsCompressedForThoseWhoAccept(t *testing.T) {
	s := begin(t, Config{})
	s.Fail(TokenPath, 0, fault.Named("compressed"))
	for _, c := range []struct{ name, accept, encoding string }{
		{"for a client that accepts it", "gzip", "gzip"},
		{"not for another", "identity", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := newRequest(t, http.MethodGet, s.URL()+TokenPath)
			request.Header.Set("Accept-Encoding", c.accept)
			got, err := read(client(t), request)
			if err != nil || got.header.Get("Content-Encoding") != c.encoding {
				t.Errorf("%v: encoded as %q", err, got.header.Get("Content-Encoding"))
			}
		})
	}
}

func TestABadLine(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  fault.Fault
		status int
		broken string
	}{
		{"a reset is one", fault.Reset, 0, "reset"},
		{"half a body ends unexpectedly", fault.Truncated, 200, "unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{})
			s.Fail(TokenPath, 1, c.fault)
			_, err := read(client(t), newRequest(t, http.MethodGet, s.URL()+TokenPath))
			if err == nil || !strings.Contains(fmt.Sprint(err), c.broken) {
				t.Errorf("got %v, want %s", err, c.broken)
			}
			if got := s.Requests()[0].Status; got != c.status {
				t.Errorf("the log says %d", got)
			}
		})
	}
}
