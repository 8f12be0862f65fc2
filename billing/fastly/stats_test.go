package fastly

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
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
		{"a day without requests", `{"status":"success","data":[{"start_time":1,"bandwidth":1}]}`, "day 1: there is no requests"},
		{"a negative figure", `{"status":"success","data":[{"start_time":1,"bandwidth":-1,"requests":1}]}`, "day 1: bandwidth is negative"},
		{"half a body", `{"status":"success","data":[{"start`, "it is not JSON: unexpected end of JSON input"},
		{"HTML", `<html>`, "it is HTML"},
		{"no object", `[]`, "it is an array"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decodeTraffic([]byte(tt.body), time.Time{}, time.Now())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}
