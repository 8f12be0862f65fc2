package fastlysim

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// window writes from and to in seconds since 1970, of days written YYYY-MM-DD.
func window(t *testing.T, from, to string) string {
	t.Helper()
	seconds := func(text string) string {
		read, err := time.Parse(time.DateOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return strconv.FormatInt(read.Unix(), 10)
	}
	return "from=" + seconds(from) + "&to=" + seconds(to)
}

type statsAnswer[T any] struct {
	Data   T         `json:"data"`
	Meta   statsMeta `json:"meta"`
	Status string    `json:"status"`
}

func statsDays(t *testing.T, s *Server, query string) []bucketJSON {
	t.Helper()
	got := get(t, s, StatsPath, query)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	var answer statsAnswer[[]bucketJSON]
	got.decode(t, &answer)
	return answer.Data
}

func statsServices(t *testing.T, s *Server, query string) map[string]map[string]figuresJSON {
	t.Helper()
	got := get(t, s, StatsByServicePath, query)
	if got.status != 200 {
		t.Fatalf("%s: %d %s", query, got.status, got.body)
	}
	var answer statsAnswer[map[string]map[string]figuresJSON]
	got.decode(t, &answer)
	return answer.Data
}

func TestStatisticsAreStrict(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 3}})
	both := []string{StatsPath, StatsByServicePath, StatsFieldPath("requests")}
	for _, c := range []struct {
		name  string
		paths []string
		query string
		says  string
	}{
		{"unknown parameters are refused", both, "start_month=2026-10", `unknown parameter "start_month"`},
		{"a parameter comes once", both, "from=1&from=2", "parameter from is given 2 times"},
		{"from is not after to", both, "from=200&to=100", "from is after to"},
		{"nor after now", both, "from=2026-11-22T10:42:01Z", "from is after to"},
		{"a date that there is not", both, "from=2026-11-31", `from: "2026-11-31" is neither seconds since 1970 nor a time`},
		{"words that say no time", both, "to=soon", `to: "soon" is neither seconds since 1970 nor a time`},
		{"words of a unit that there is not", both, "from=2+fortnights+ago", `from: "2 fortnights ago" is neither seconds`},
		{"a time to come is after now", both, "from=2026-11-23", "from is after to"},
		{"an hour is not simulated", []string{StatsPath, StatsFieldPath("bandwidth")}, "by=hour", "by hour is not simulated"},
		{"a sample rate is known", []string{StatsPath}, "by=fortnight", "unrecognized sample rate fortnight"},
		{"a region is known", []string{StatsPath, StatsFieldPath("bandwidth")}, "region=zz", "unrecognized region zz"},
		{"a billing region is no region here", []string{StatsPath}, "region=North+America", "unrecognized region North America"},
		{"by service, a region would change nothing", []string{StatsByServicePath}, "region=usa", `unknown parameter "region"`},
		{"by service, there are no buckets", []string{StatsByServicePath}, "by=day", `unknown parameter "by"`},
	} {
		for _, path := range c.paths {
			t.Run(c.name+" on "+path, func(t *testing.T) {
				got := get(t, s, path, c.query)
				var refused struct{ Msg, Detail string }
				got.decode(t, &refused)
				if got.status != 400 || refused.Msg != "Bad request" || !strings.Contains(refused.Detail, c.says) {
					t.Errorf("got %d %s, want 400 saying %s", got.status, got.body, c.says)
				}
			})
		}
	}
	for _, path := range both {
		request := newRequest(t, http.MethodGet, s.URL()+path)
		request.Header.Del("Fastly-Key")
		if got, err := read(client(t), request); err != nil || got.status != 401 {
			t.Errorf("without a token: %v %d", err, got.status)
		}
	}
}

func TestStatisticsAreWrittenAsFastlyDoes(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 1}})
	s.SetStats(
		account.StatRow{Day: "2026-11-02", Region: "europe", ServiceID: "S1", Bandwidth: 514, Requests: 7, ComputeRequests: 3},
		account.StatRow{Day: "2026-11-01", Region: "europe", ServiceID: "S1", Bandwidth: 17245, ComputeRequests: 6},
		account.StatRow{Day: "2026-11-01", Region: "usa", ServiceID: "S2", Requests: 2},
	)
	asked := window(t, "2026-11-01", "2026-11-03")
	for _, c := range []struct{ name, path, query, want string }{
		{
			"days come oldest first, all regions together", StatsPath, asked + "&by=day",
			`{"data":[{"start_time":1793491200,"bandwidth":17245,"requests":2,"compute_requests":6},` +
				`{"start_time":1793577600,"bandwidth":514,"requests":7,"compute_requests":3}],` +
				`"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"all"},"status":"success","msg":null}`,
		},
		{
			"one region is asked for by its code", StatsPath, asked + "&region=usa",
			`{"data":[{"start_time":1793491200,"bandwidth":0,"requests":2,"compute_requests":0}],` +
				`"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"usa"},"status":"success","msg":null}`,
		},
		{
			"a region without traffic has no days", StatsPath, asked + "&region=latam",
			`{"data":[],"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"latam"},"status":"success","msg":null}`,
		},
		{
			"a field is by service and day", StatsFieldPath("bandwidth"), asked + "&by=day",
			`{"data":{"S1":[{"bandwidth":17245,"service_id":"S1","start_time":1793491200},{"bandwidth":514,"service_id":"S1","start_time":1793577600}],` +
				`"S2":[{"bandwidth":0,"service_id":"S2","start_time":1793491200}]},` +
				`"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"all"},"status":"success","msg":null}`,
		},
		{
			"a field of one region", StatsFieldPath("compute_requests"), asked + "&region=usa",
			`{"data":{"S2":[{"compute_requests":0,"service_id":"S2","start_time":1793491200}]},` +
				`"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"usa"},"status":"success","msg":null}`,
		},
		{
			"a field of a region without traffic has no services", StatsFieldPath("requests"), asked + "&region=latam",
			`{"data":{},"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"latam"},"status":"success","msg":null}`,
		},
		{
			"services are summed over the window, and every region is named", StatsByServicePath, asked,
			`{"data":{"africa_std":{},"anzac":{},"asia":{},"asia_india":{},"asia_southkorea":{},` +
				`"europe":{"S1":{"bandwidth":17759,"requests":7,"compute_requests":9}},"latam":{},"mexico":{},"southamerica_std":{},` +
				`"usa":{"S2":{"bandwidth":0,"requests":2,"compute_requests":0}}},` +
				`"meta":{"to":"2026-11-03 00:00:00 UTC","from":"2026-11-01 00:00:00 UTC","by":"day","region":"all"},"status":"success","msg":null}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(get(t, s, c.path, c.query).body); got != c.want {
				t.Error(cmp.Diff(c.want, got))
			}
		})
	}
}

func TestWhichDaysStatisticsHave(t *testing.T) {
	for _, c := range []struct {
		name  string
		lag   time.Duration
		query string
		want  string
	}{
		{"those that begin in the window", 0, window(t, "2026-11-03", "2026-11-06"), "2026-11-03 to 2026-11-05, 3"},
		{"a day that began before is left out", 0, "from=2026-11-03T00:00:01Z&to=2026-11-06T00:00:00Z", "2026-11-04 to 2026-11-05, 2"},
		{"a date is its noon", 0, "from=2026-11-03&to=2026-11-06", "2026-11-04 to 2026-11-06, 3"},
		{"a date with a time", 0, "from=2026-11-03+00:00&to=2026-11-06+00:00:00", "2026-11-03 to 2026-11-05, 3"},
		{"a time of another zone", 0, "from=2026-11-03T00:00:00%2B05:00&to=2026-11-06T00:00:00Z", "2026-11-03 to 2026-11-05, 3"},
		{"days ago, in words", 0, "from=10+days+ago", "2026-11-13 to 2026-11-21, 9"},
		{"one of a unit, in words", 0, "from=a+week+ago&to=one+day+ago", "2026-11-16 to 2026-11-21, 6"},
		{"hours, weeks and months ago", 0, "from=2+weeks+ago&to=36+Hours+ago", "2026-11-09 to 2026-11-20, 12"},
		{"months and years ago", 0, "from=1+year+ago&to=11+months+ago", "2025-11-23 to 2025-12-22, 30"},
		{"yesterday and today are at noon", 0, "from=yesterday&to=today", ""},
		{"further back than there is anything", 0, "from=9999+years+ago&to=2022-01-03", "2022-01-01 to 2022-01-03, 3"},
		{"until now", 0, "from=2026-11-20T00:00:00Z&to=now", "2026-11-20 to 2026-11-21, 2"},
		{"today has not ended", 0, window(t, "2026-11-20", "2026-12-01"), "2026-11-20 to 2026-11-21, 2"},
		{"and a day counts when the lag has passed", 11 * time.Hour, window(t, "2026-11-20", "2026-12-01"), "2026-11-20 to 2026-11-20, 1"},
		{"across a month's end", 0, window(t, "2026-10-30", "2026-11-02"), "2026-10-30 to 2026-11-01, 3"},
		{"a month back from now when no dates are given", 0, "", "2026-10-23 to 2026-11-21, 30"},
		{"none before the account's first month", 0, window(t, "2021-01-01", "2022-01-03"), "2022-01-01 to 2022-01-02, 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Lag: c.lag, Account: account.Account{Services: 3}})
			days := statsDays(t, s, c.query)
			date := func(b bucketJSON) string { return time.Unix(b.StartTime, 0).UTC().Format(time.DateOnly) }
			got := ""
			if len(days) > 0 {
				got = date(days[0]) + " to " + date(days[len(days)-1]) + ", " + strconv.Itoa(len(days))
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// littleLess tells whether a statistic is a little less than what is billed.
func littleLess(statistic, billed decimal.Decimal) bool {
	return statistic.LessThan(billed.Mul(number("0.999"))) && statistic.GreaterThan(billed.Mul(number("0.991")))
}

func TestStatisticsAreALittleLessThanBilled(t *testing.T) {
	account := account.Account{Services: 20, Jumps: []account.Jump{{Service: "www-shop", From: november.Add(-10 * account.Day), Factor: 3}}}
	s := begin(t, Config{Account: account})
	asked := window(t, "2026-11-01", "2026-12-01")
	for code, region := range map[string]string{"usa": "North America", "europe": "Europe", "anzac": "Australia", "asia": "Asia", "southamerica_std": "South America"} {
		days := statsDays(t, s, asked+"&region="+code)
		bandwidth, requests := s.Daily("2026-11", "cdn_usage", region+" Bandwidth"), s.Daily("2026-11", "cdn_usage", region+" Requests")
		if len(days) != 21 || len(bandwidth) != 21 || len(requests) != 21 {
			t.Fatalf("%s: %d days, %d and %d billed", code, len(days), len(bandwidth), len(requests))
		}
		for d, bucket := range days {
			if !littleLess(decimal.New(bucket.Bandwidth, -9), bandwidth[d]) || !littleLess(decimal.New(bucket.Requests, -4), requests[d]) {
				t.Errorf("%s on day %d: %+v, billed %s and %s", code, d+1, bucket, bandwidth[d], requests[d])
			}
		}
	}
	compute := s.Daily("2026-11", "compute_requests", "Compute Requests")
	for d, bucket := range statsDays(t, s, asked) {
		if !littleLess(decimal.New(bucket.ComputeRequests, -6), compute[d]) {
			t.Errorf("compute on day %d: %d, billed %s", d+1, bucket.ComputeRequests, compute[d])
		}
	}
	if all, europe := statsDays(t, s, asked)[3], statsDays(t, s, asked+"&region=europe")[3]; europe.ComputeRequests != 0 || all.ComputeRequests == 0 {
		t.Errorf("compute is counted in %+v", europe)
	}
}

func TestStatisticsByServiceAddUp(t *testing.T) {
	customer := account.Account{Services: 20, Jumps: []account.Jump{{Service: "www-shop", From: november.Add(-10 * account.Day), Factor: 3}}}
	s := begin(t, Config{Account: customer})
	asked := window(t, "2026-11-01", "2026-12-01")
	regions := statsServices(t, s, asked)
	billed := s.Services("2026-11", "cdn_usage", "Asia Bandwidth")
	if len(billed) == 0 || len(account.StatRegions()) == 0 {
		t.Fatal("there is nothing to add up")
	}
	for _, row := range billed {
		if got := regions["asia"][row.ServiceID]; !littleLess(decimal.New(got.Bandwidth, -9), row.Units) {
			t.Errorf("%s has %d, billed %s", row.ServiceName, got.Bandwidth, row.Units)
		}
	}
	for _, region := range account.StatRegions() {
		var days, services int64
		for _, bucket := range statsDays(t, s, asked+"&region="+region) {
			days += bucket.Requests
		}
		for _, figures := range regions[region] {
			services += figures.Requests
		}
		// Every service and day is cut to a whole request.
		if days < services || days-services > 21*20 {
			t.Errorf("%s: %d by day, %d by service", region, days, services)
		}
	}
}

// dayField is a service's day of an answer about bandwidth.
type dayField struct {
	ServiceID string `json:"service_id"`
	StartTime int64  `json:"start_time"`
	Bandwidth int64  `json:"bandwidth"`
}

func TestFieldByServiceAddsUp(t *testing.T) {
	customer := account.Account{Services: 20, Jumps: []account.Jump{{Service: "www-shop", From: november.Add(-10 * account.Day), Factor: 3}}}
	s := begin(t, Config{Account: customer})
	for _, region := range []string{"", "&region=europe"} {
		asked := window(t, "2026-10-30", "2026-11-03") + region
		var answer statsAnswer[map[string][]dayField]
		get(t, s, StatsFieldPath("bandwidth"), asked).decode(t, &answer)
		sums, services := map[int64]int64{}, map[int64]int64{}
		for id, days := range answer.Data {
			for _, day := range days {
				if day.ServiceID != id {
					t.Errorf("%s has a day of %s", id, day.ServiceID)
				}
				sums[day.StartTime] += day.Bandwidth
				services[day.StartTime]++
			}
		}
		days := statsDays(t, s, asked)
		if len(days) != 4 || len(sums) != 4 {
			t.Fatalf("%s: %d days, %d by service", region, len(days), len(sums))
		}
		for _, day := range days {
			// Every service, region and day is cut to a whole byte.
			if missing := day.Bandwidth - sums[day.StartTime]; missing < 0 || missing > 20*10 || services[day.StartTime] < 10 {
				t.Errorf("%s: %d bytes, %d by %d services", region, day.Bandwidth, sums[day.StartTime], services[day.StartTime])
			}
		}
	}
	if got := get(t, s, StatsFieldPath("hit_ratio"), ""); got.status != 404 {
		t.Errorf("a field that is not simulated: %d %s", got.status, got.body)
	}
}

func TestDailyFiguresAreTheMonth(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 5, Jumps: []account.Jump{{Service: "api-gateway", From: november.Add(-9 * account.Day), Factor: 0.2}}}})
	for _, month := range []string{"2026-10", "2026-11"} {
		for _, row := range s.Month(month) {
			var sum decimal.Decimal
			for _, figure := range s.Daily(month, row.ProductID, row.UsageType) {
				sum = sum.Add(figure)
			}
			if !sum.Equal(row.Quantity) {
				t.Errorf("%s of %s: days come to %s, the month to %s", row.UsageType, month, sum, row.Quantity)
			}
		}
	}
	if got := s.Daily("2026-13", "cdn_usage", "Asia Bandwidth"); got != nil {
		t.Errorf("no month has %v", got)
	}
}

func TestExactStatisticsLeaveUsageAlone(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 3}})
	s.SetStats(account.StatRow{Day: "2030-01-01", Region: "usa", Requests: 5}, account.StatRow{Day: "no day", Region: "usa", Requests: 1})
	asked := window(t, "2030-01-01", "2030-01-02")
	if days := statsDays(t, s, asked); len(days) != 1 || days[0].Requests != 5 {
		t.Errorf("the clock touched them: %+v", days)
	}
	if got := statsServices(t, s, asked)["usa"]; len(got) != 0 {
		t.Errorf("nobody has %+v", got)
	}
	if len(s.Month("2026-10")) != 20 {
		t.Error("usage has gone")
	}
	exact := begin(t, Config{})
	exact.Set(exactRow())
	if days := statsDays(t, exact, window(t, "2026-09-01", "2026-10-01")); len(days) != 0 {
		t.Errorf("exact rows have days: %+v", days)
	}
}

func TestFaultsMeetStatistics(t *testing.T) {
	s := begin(t, Config{Account: account.Account{Services: 3}})
	for _, path := range []string{StatsPath, StatsByServicePath, StatsFieldPath("requests")} {
		s.Fail(path, 1, fault.BadGateway)
		if got := get(t, s, path, ""); got.status != 502 {
			t.Errorf("%s: %d", path, got.status)
		}
		if got := get(t, s, path, ""); got.status != 200 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
