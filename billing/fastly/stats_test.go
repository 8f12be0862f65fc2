package fastly

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

func TestDailyTrafficIsReadByRegion(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.URL.Path != "/stats/aggregate" || q.Get("by") != "day" || q.Get("from") != "1793491200" || q.Get("to") != "1793664000" {
			t.Errorf("asked for %s", r.URL)
		}
		if q.Get("region") != "usa" {
			_, _ = w.Write([]byte(`{"status":"success","meta":{},"msg":null,"data":[]}`))
			return
		}
		// The last day is not asked for, and an unknown field is none of our business.
		_, _ = w.Write([]byte(`{"status":"success","msg":null,"data":[
			{"start_time":1793491200,"bandwidth":9007199254740993,"requests":5,"hits":1},
			{"start_time":"1793577600","bandwidth":2,"requests":7},
			{"start_time":1793664000,"bandwidth":3,"requests":8}]}`))
	}))
	defer server.Close()
	client, err := NewClient(ClientConfig{BaseURL: server.URL, Token: secret, Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	days, err := client.DailyTraffic(t.Context(), from.Add(5*time.Hour), from.AddDate(0, 0, 2).Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(days, func(a, b billing.DayTraffic) int { return a.Day.Compare(b.Day) })
	if len(days) != 2 || days[0].Region != "North America" || days[0].Bandwidth.String() != "9007199254740993" || !days[1].Day.Equal(from.AddDate(0, 0, 1)) {
		t.Errorf("days are %v", days)
	}
	if _, err := client.DailyTraffic(t.Context(), from, from.Add(time.Hour)); err == nil {
		t.Error("a day that is not over was asked for")
	}
}

func TestTrafficThatIsNotUnderstoodIsNoTraffic(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"an error with a status of success", `{"status":"error","msg":"no","data":[]}`, `the status is "error"`},
		{"no data", `{"status":"success","msg":null}`, "data is absent"},
		{"data of services", `{"status":"success","data":{}}`, "data is an object"},
		{"a day without requests", `{"status":"success","data":[{"start_time":86400,"bandwidth":1}]}`, "day 1: there is no requests"},
		{"a day without bandwidth", `{"status":"success","data":[{"start_time":86400,"requests":1}]}`, "day 1: there is no bandwidth"},
		{"a negative figure", `{"status":"success","data":[{"start_time":86400,"bandwidth":-1,"requests":1}]}`, "day 1: bandwidth is negative"},
		{"compute requests in words", `{"status":"success","data":[{"start_time":0,"bandwidth":1,"requests":1,"compute_requests":"few"}]}`, `day 1: compute_requests is "few"`},
		{"compute requests of null", `{"status":"success","data":[{"start_time":0,"bandwidth":1,"requests":1,"compute_requests":null}]}`, `day 1: compute_requests is null`},
		{"a day that begins at one o'clock", `{"status":"success","data":[{"start_time":3600,"bandwidth":1,"requests":1}]}`, "day 1: start_time is 1970-01-01T01:00:00Z, not the first"},
		{"a day without a time", `{"status":"success","data":[{"bandwidth":1,"requests":1}]}`, "day 1: there is no start_time"},
		{
			"a day twice, with different figures",
			`{"status":"success","data":[{"start_time":0,"bandwidth":1,"requests":1},{"start_time":0,"bandwidth":2,"requests":1}]}`,
			"day 2: 1970-01-01 is there twice, with different figures",
		},
		{"half a body", `{"status":"success","data":[{"start`, "it is not JSON: unexpected end of JSON input"},
		{"HTML", `<html>`, "it is HTML"},
		{"no object", `[]`, "it is a list, not an object"},
		{"a number for a day", `{"status":"success","data":[5]}`, "day 1: it is a number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeTraffic([]byte(tt.body), billing.Days{First: time.Unix(0, 0).UTC(), Last: time.Now().UTC()})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestTrafficIsReadAsItIs(t *testing.T) {
	days := billing.Days{First: day(1), Last: day(2)}
	for _, tt := range []struct{ name, data, want string }{
		{"no days", `[]`, ""},
		{"no list", `null`, ""},
		{"compute requests that are left out are none", dayText(1, `"bandwidth":5,"requests":6`), "2026-11-01 5 6 0"},
		{"compute requests that are there", dayText(1, `"bandwidth":5,"requests":6,"compute_requests":"7"`), "2026-11-01 5 6 7"},
		{"a day twice alike is one", dayText(1, `"bandwidth":5,"requests":6`) + dayText(1, `"bandwidth":5.0,"requests":6`), "2026-11-01 5 6 0"},
		{"days in any order", dayText(2, `"bandwidth":1,"requests":2`) + dayText(1, `"bandwidth":5,"requests":6`), "2026-11-01 5 6 0, 2026-11-02 1 2 0"},
		{"a day that was not asked for", dayText(3, `"bandwidth":1,"requests":2`), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.data
			if strings.HasPrefix(data, "{") {
				data = "[" + strings.TrimSuffix(data, ",") + "]"
			}
			rows, err := decodeTraffic([]byte(`{"status":"success","data":`+data+`}`), days)
			if got := daysText(rows); err != nil || got != tt.want {
				t.Errorf("read %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// day is one of November 2026.
func day(n int) time.Time { return time.Date(2026, time.November, n, 0, 0, 0, 0, time.UTC) }

func dayText(n int, figures string) string {
	return fmt.Sprintf(`{"start_time":%d,%s},`, day(n).Unix(), figures)
}

func daysText(rows []billing.DayTraffic) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		place := strings.TrimSpace(row.Region + row.Service + " " + row.Day.Format(time.DateOnly))
		texts[i] = fmt.Sprintf("%s %s %s %s", place, row.Bandwidth, row.Requests, row.ComputeRequests)
	}
	return strings.Join(texts, ", ")
}

func TestTwoRegionsOfOneBillingRegionAreAddedUp(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	server.SetStats(
		account.StatRow{Day: "2026-11-01", Region: "latam", Bandwidth: 1, Requests: 2, ComputeRequests: 3},
		account.StatRow{Day: "2026-11-01", Region: "southamerica_std", Bandwidth: 10, Requests: 20},
		account.StatRow{Day: "2026-11-01", Region: "usa", Bandwidth: 5},
	)
	rows, err := newClient(t, ClientConfig{BaseURL: server.URL()}).DailyTraffic(t.Context(), day(1), day(2))
	if got, want := daysText(rows), "North America 2026-11-01 5 0 0, South America 2026-11-01 11 22 3"; err != nil || got != want {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
}

func TestServicesAreReadByDay(t *testing.T) {
	server := startFastly(t, fastlysim.Config{ExtraFields: true})
	server.SetStats(
		account.StatRow{Day: "2026-11-01", Region: "usa", ServiceID: "B", Bandwidth: 1, Requests: 2, ComputeRequests: 3},
		account.StatRow{Day: "2026-11-01", Region: "europe", ServiceID: "B", Bandwidth: 10},
		account.StatRow{Day: "2026-11-01", Region: "usa", ServiceID: "A", Requests: 4},
		account.StatRow{Day: "2026-11-03", Region: "usa", ServiceID: "B", Bandwidth: 7},
	)
	var windows []string
	var rows []billing.DayTraffic
	err := newClient(t, ClientConfig{BaseURL: server.URL()}).DailyServices(t.Context(), billing.Days{First: day(1), Last: day(33)},
		func(window billing.Days, page []billing.DayTraffic) error {
			windows = append(windows, window.String())
			rows = append(rows, page...)
			return nil
		})
	if got, want := daysText(rows), "A 2026-11-01 0 4 0, B 2026-11-01 11 2 3, B 2026-11-03 7 0 0"; err != nil || got != want {
		t.Errorf("read %q, %v, want %q", got, err, want)
	}
	if want := []string{"2026-11-01", "2026-11-02..2026-12-02", "2026-12-03"}; !slices.Equal(windows, want) {
		t.Errorf("windows are %v, want %v", windows, want)
	}
}

func TestAnEndOfThePagesOfServicesEndsTheReading(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	enough := errors.New("enough")
	err := newClient(t, ClientConfig{BaseURL: server.URL()}).DailyServices(t.Context(), billing.Days{First: day(1), Last: day(90)},
		func(billing.Days, []billing.DayTraffic) error { return enough })
	if !errors.Is(err, enough) || server.Calls() != 3 {
		t.Errorf("%v after %d calls", err, server.Calls())
	}
	server.Fail(fastlysim.StatsFieldPath("requests"), 1, fault.Forbidden)
	err = newClient(t, ClientConfig{BaseURL: server.URL()}).DailyServices(t.Context(), billing.Days{First: day(1), Last: day(1)}, nil)
	if !errors.Is(err, billing.ErrForbidden) {
		t.Errorf("a token that may not read them gets %v", err)
	}
}

func TestServiceDaysThatAreNotUnderstood(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"an error with a status of success", `{"status":"error","data":{}}`, `the status is "error"`},
		{"no data", `{"status":"success"}`, "data is absent, not an object"},
		{"a list of days", `{"status":"success","data":[{"start_time":0,"bandwidth":1}]}`, "data is a list, not an object"},
		{"a service without a list", `{"status":"success","data":{"A":{}}}`, "service A: it is an object, not a list of days"},
		{"a service without an id", `{"status":"success","data":{"":[]}}`, "that isn't a service's id"},
		{"an id with a line break", `{"status":"success","data":{"A\nB":[]}}`, "that isn't a service's id"},
		{"an endless id", `{"status":"success","data":{"` + strings.Repeat("A", 65) + `":[]}}`, "that isn't a service's id"},
		{"a day of another service", `{"status":"success","data":{"A":[{"service_id":"B","start_time":0,"bandwidth":1}]}}`, "service A: a day of service B is among its own"},
		{"a day without the figure", `{"status":"success","data":{"A":[{"start_time":0,"requests":1}]}}`, "service A: 1970-01-01: there is no bandwidth"},
		{"a figure of null", `{"status":"success","data":{"A":[{"start_time":0,"bandwidth":null}]}}`, "service A: 1970-01-01: bandwidth is null"},
		{"a day that begins at noon", `{"status":"success","data":{"A":[{"start_time":43200,"bandwidth":1}]}}`, "not the first instant of a UTC day"},
		{
			"a day twice, with different figures", `{"status":"success","data":{"A":[{"start_time":0,"bandwidth":1},{"start_time":0,"bandwidth":2}]}}`,
			"service A: 1970-01-01 is there twice, with different figures",
		},
		{"half a body", `{"status":"success","data":{"A":[{"st`, "it is not JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			epoch := time.Unix(0, 0).UTC()
			err := newServiceDays(billing.Days{First: epoch, Last: epoch}).add(0, []byte(tt.body))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestWhichServiceDaysAreWhole(t *testing.T) {
	list := func(field string, days ...int) string {
		var texts []string
		for _, n := range days {
			texts = append(texts, fmt.Sprintf(`{"start_time":%d,"%s":%d}`, day(n).Unix(), field, n))
		}
		return strings.Join(texts, ",")
	}
	for _, tt := range []struct{ name, bandwidth, requests, compute, want string }{
		{"no service at all", `{}`, `{}`, `{}`, ""},
		{"an empty list for no service", `[]`, `[]`, `[]`, ""},
		{"a day of both", `{"A":[` + list("bandwidth", 1) + `]}`, `{"A":[` + list("requests", 1) + `]}`, `{}`, "A 2026-11-01 1 1 0"},
		{
			"a day that has no requests of anybody yet", `{"A":[` + list("bandwidth", 1, 2) + `]}`, `{"A":[` + list("requests", 1) + `]}`,
			`{"A":[` + list("compute_requests", 1, 2) + `]}`, "A 2026-11-01 1 1 1",
		},
		{
			"a service without requests, on a day that others have", `{"A":[` + list("bandwidth", 2) + `]}`, `{"B":[` + list("requests", 2) + `]}`, `{}`,
			"A 2026-11-02 2 0 0, B 2026-11-02 0 2 0",
		},
		{"a day twice alike", `{"A":[` + list("bandwidth", 1, 1) + `]}`, `{"A":[` + list("requests", 1) + `]}`, `{}`, "A 2026-11-01 1 1 0"},
		{"days that were not asked for", `{"A":[` + list("bandwidth", 3) + `]}`, `{"A":[` + list("requests", 3) + `]}`, `{}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gathered := newServiceDays(billing.Days{First: day(1), Last: day(2)})
			for field, data := range []string{tt.bandwidth, tt.requests, tt.compute} {
				if err := gathered.add(field, []byte(`{"status":"success","data":`+data+`}`)); err != nil {
					t.Fatal(err)
				}
			}
			if got := daysText(gathered.rows()); got != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
		})
	}
}

// manyServices answers about fields as an account does whose first day has few services, and every other so many that a day takes a quarter of
// what is read of an answer.
func manyServices(t *testing.T) (base string, asked *[]int) {
	t.Helper()
	var days []int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var first, end int64
		if _, err := fmt.Sscan(r.URL.Query().Get("from")+" "+r.URL.Query().Get("to"), &first, &end); err != nil {
			t.Error(err)
		}
		field := strings.TrimPrefix(r.URL.Path, "/stats/field/")
		if field == "bandwidth" {
			days = append(days, int(end-first)/86_400)
		}
		var text strings.Builder
		for at := first; at < end; at += 86_400 {
			if at > first {
				text.WriteString(",")
			}
			fmt.Fprintf(&text, `{"start_time":%d,"%s":1}`, at, field)
			if at > day(1).Unix() {
				text.WriteString(strings.Repeat(" ", 4<<20))
			}
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"A":[%s]}}`, text.String())
	}))
	t.Cleanup(server.Close)
	return server.URL, &days
}

func TestWindowsAreShortWhereThereAreManyServices(t *testing.T) {
	base, asked := manyServices(t)
	client := newClient(t, ClientConfig{BaseURL: base})
	rows := 0
	err := client.DailyServices(t.Context(), billing.Days{First: day(1), Last: day(9)}, func(_ billing.Days, page []billing.DayTraffic) error {
		rows += len(page)
		return nil
	})
	if err != nil || rows != 9 {
		t.Errorf("%d days, %v", rows, err)
	}
	// After the first day it asks for all that are left, which is too much, as is half of them; then day by day.
	if want := []int{1, 8, 4, 2, 1, 1, 1, 1, 1, 1}; !slices.Equal(*asked, want) {
		t.Errorf("asked for %v days, want %v", *asked, want)
	}
}

func TestADayOfTooManyServicesIsNotRead(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{}%s}`, strings.Repeat(" ", 16<<20))
	}))
	t.Cleanup(server.Close)
	err := newClient(t, ClientConfig{BaseURL: server.URL}).DailyServices(t.Context(), billing.Days{First: day(1), Last: day(9)}, nil)
	if !errors.Is(err, billing.ErrNotUnderstood) || !strings.Contains(err.Error(), "it is longer than 16 MiB") {
		t.Errorf("error is %v", err)
	}
}
