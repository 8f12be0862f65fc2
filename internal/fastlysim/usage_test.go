package fastlysim

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim/account"
)

type usageAnswer struct {
	Data []usageJSON `json:"data"`
}

func TestUsageMetricsIsStrict(t *testing.T) {
	s := begin(t, Config{})
	for _, c := range []struct{ name, query, says string }{
		{"start_month is required", "end_month=2023-01", "start_month is required"},
		{"end_month is required", "start_month=2023-01", "end_month is required"},
		{"an empty month is a missing one", "start_month=&end_month=2023-01", "start_month is required"},
		{"a month has four digits and two", "start_month=2023-1&end_month=2023-03", `start_month: "2023-1" is not a month`},
		{"a year has twelve months", "start_month=2023-01&end_month=2023-13", `end_month: "2023-13" is not a month`},
		{"there is no month zero", "start_month=2023-00&end_month=2023-01", `"2023-00" is not a month`},
		{"a month has no sign", "start_month=+023-01&end_month=2023-01", "is not a month"},
		{"a month is no day", "start_month=2023-01-01&end_month=2023-01", "is not a month"},
		{"the end is not before the start", "start_month=2023-03&end_month=2023-01", "end_month 2023-01 is before start_month 2023-03"},
		{"three months are the most", "start_month=2023-01&end_month=2023-04", "4 months are asked for, the maximum is 3"},
		{"unknown parameters are refused", "start_month=2023-01&end_month=2023-01&limit=5", `unknown parameter "limit"`},
		{"a parameter comes once", "start_month=2023-01&end_month=2023-01&end_month=2023-02", "parameter end_month is given 2 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := get(t, s, UsagePath, c.query)
			var refused refusal
			got.decode(t, &refused)
			if got.status != 400 || refused.Status != 400 || !strings.Contains(refused.Title, c.says) {
				t.Errorf("got %d %s, want 400 saying %s", got.status, got.body, c.says)
			}
		})
	}
}

func TestTheDoor(t *testing.T) {
	s := begin(t, Config{})
	for _, c := range []struct {
		name, method, path, key string
		status                  int
		says, contentType       string
	}{
		{"no token is a 401", "GET", UsagePath, "", 401, `{"msg":"Provided credentials are missing or invalid"}`, "text/plain"},
		{"another token is a 401", "GET", UsagePath, testToken + "x", 401, `{"msg":"Provided credentials are missing or invalid"}`, "text/plain"},
		{"an unknown path is a 404", "GET", "/billing/v2/usage-metrics", testToken, 404, `{"msg":"Record not found"}`, "application/json"},
		{"a path has no slash at its end", "GET", UsagePath + "/", testToken, 404, `{"msg":"Record not found"}`, "application/json"},
		{"only GET is served", "POST", UsagePath, testToken, 405, `{"msg":"Method not allowed"}`, "application/json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			request := newRequest(t, c.method, s.URL()+c.path)
			request.Header.Set("Fastly-Key", c.key)
			got, err := read(client(t), request)
			if err != nil {
				t.Fatal(err)
			}
			if got.status != c.status || string(got.body) != c.says || got.header.Get("Content-Type") != c.contentType {
				t.Errorf("got %d %s as %s", got.status, got.body, got.header.Get("Content-Type"))
			}
		})
	}
}

func TestReadsHaveNoRateLimitHeaders(t *testing.T) {
	s := begin(t, Config{})
	got := get(t, s, UsagePath, query("start_month", "2023-01", "end_month", "2023-01"))
	if got.status != 200 || len(got.header) == 0 {
		t.Fatalf("status %d with %d headers", got.status, len(got.header))
	}
	for name := range got.header {
		if strings.Contains(name, "Ratelimit") || name == "Retry-After" {
			t.Errorf("header %s is there", name)
		}
	}
}

func TestTheFirstQuarterOf2023(t *testing.T) {
	s := begin(t, Config{})
	got := get(t, s, UsagePath, query("start_month", "2023-01", "end_month", "2023-03"))
	var answer usageAnswer
	got.decode(t, &answer)
	found := map[string]string{}
	for _, row := range answer.Data {
		found[row.Month+" "+row.UsageType] = string(row.Quantity) + " " + row.Unit + " of " + string(row.RawQuantity)
	}
	for name, want := range map[string]string{
		"2023-01 North America Bandwidth":  "412600 gb of 412600000000000",
		"2023-02 North America Bandwidth":  "389100 gb of 389100000000000",
		"2023-03 Asia Bandwidth":           "139500 gb of 139500000000000",
		"2023-03 Asia Requests":            "1461000 unit of 14610000000",
		"2023-01 Compute Requests":         "6184.220417 unit of 6184220417",
		"2023-01 Image Optimizer Requests": "140267.3918 unit of 1402673918",
	} {
		if found[name] != want {
			t.Errorf("%s is %s, want %s", name, found[name], want)
		}
	}
}

func exactRow() account.Row {
	return account.Row{
		Month: "2026-09", ProductID: "cdn_usage", UsageType: "North America Requests", Region: "North America",
		Quantity: number("146017.0369"), Raw: number("1460170369"),
	}
}

func TestUsageIsWrittenInEveryShape(t *testing.T) {
	const plain = `{"month":"2026-09","usage_type":"North America Requests","name":"North America Requests","region":"North America",` +
		`"unit":"unit","quantity":146017.0369,"raw_quantity":1460170369,"product_id":"cdn_usage","last_updated_at":"2026-09-30"}`
	quoted := strings.NewReplacer("146017.0369", `"146017.0369"`, "1460170369", `"1460170369"`).Replace(plain)
	exponent := strings.NewReplacer("146017.0369", "1460170369e-4", "1460170369", "1460170369e0").Replace(plain)
	instant := strings.Replace(plain, `"2026-09-30"`, `"2026-10-01T00:00:00Z"`, 1)
	extra := strings.TrimSuffix(plain, "}") +
		`,"edition":"2031-01","labels":["month","quantity"],"estimate":{"month":"1999-12","quantity":-1},"reviewed":null}`
	for _, c := range []struct {
		name   string
		config Config
		want   string
	}{
		{"as specified, it is a list in data", Config{}, `{"data":[` + plain + `]}`},
		{"one row may be an object in data", Config{Usage: DataObject}, `{"data":` + plain + `}`},
		{"a list may stand bare", Config{Usage: BareList}, `[` + plain + `]`},
		{"one row may stand bare", Config{Usage: BareObject}, plain},
		{"figures may be quoted", Config{Numbers: Quoted}, `{"data":[` + quoted + `]}`},
		{"figures may have an exponent", Config{Numbers: Exponent}, `{"data":[` + exponent + `]}`},
		{"the last update may be an instant", Config{UpdatedAt: Instant}, `{"data":[` + instant + `]}`},
		{"there may be unknown fields", Config{ExtraFields: true}, `{"data":[` + extra + `]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, c.config)
			s.Set(exactRow())
			got := get(t, s, UsagePath, query("start_month", "2026-09", "end_month", "2026-09"))
			if diff := cmp.Diff(c.want, string(got.body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnObjectHoldsOneRow(t *testing.T) {
	for _, c := range []struct {
		name     string
		envelope Envelope
		want     string
	}{
		{"no row in a data object is an empty list in data", DataObject, `{"data":[]}`},
		{"no row in a bare object is an empty list", BareObject, `[]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Usage: c.envelope})
			s.Set()
			got := get(t, s, UsagePath, query("start_month", "2026-09", "end_month", "2026-09"))
			if string(got.body) != c.want {
				t.Errorf("got %s, want %s", got.body, c.want)
			}
		})
	}
}

func TestARowMayLackItsRawFigure(t *testing.T) {
	s := begin(t, Config{})
	row := exactRow()
	row.WithoutRaw = true
	s.Set(row)
	got := get(t, s, UsagePath, query("start_month", "2026-09", "end_month", "2026-09"))
	if strings.Contains(string(got.body), "raw_quantity") {
		t.Errorf("raw_quantity is there: %s", got.body)
	}
}

func TestTheRunningMonth(t *testing.T) {
	for _, c := range []struct {
		name    string
		now     time.Time
		lag     time.Duration
		rows    bool
		updated string
	}{
		{"has the days that are over", november, 0, true, "2026-11-21"},
		{"trails by the lag", november, 11 * time.Hour, true, "2026-11-20"},
		{"has nothing on its first day", time.Date(2026, 11, 1, 23, 59, 0, 0, time.UTC), 0, false, ""},
		{"has one day on its second", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), 0, true, "2026-11-01"},
		{"is counted in UTC", time.Date(2026, 11, 2, 0, 30, 0, 0, time.FixedZone("east", 3600)), 0, false, ""},
		{"is whole when it is over", time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), 0, true, "2026-11-30"},
		{"is empty while it lies ahead", time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC), 0, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Clock: at(c.now), Lag: c.lag})
			got := get(t, s, UsagePath, query("start_month", "2026-11", "end_month", "2026-11"))
			var answer usageAnswer
			got.decode(t, &answer)
			if (len(answer.Data) > 0) != c.rows {
				t.Fatalf("got %d rows", len(answer.Data))
			}
			if !c.rows && string(got.body) != `{"data":[]}` {
				t.Errorf("no rows are written %s", got.body)
			}
			if c.rows && answer.Data[0].LastUpdatedAt != c.updated {
				t.Errorf("updated %s, want %s", answer.Data[0].LastUpdatedAt, c.updated)
			}
		})
	}
}

func TestTokenSelf(t *testing.T) {
	expires := time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		config Config
		says   []string
	}{
		{"reads everything and never expires as a rule", Config{}, []string{`"scope":"global:read"`, `"scopes":["global:read"]`, `"expires_at":null`}},
		{"may write and expire", Config{TokenScope: "global", TokenExpires: expires}, []string{`"scope":"global"`, `"expires_at":"2027-02-01T00:00:00Z"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := get(t, begin(t, c.config), TokenPath, "")
			for _, want := range c.says {
				if got.status != http.StatusOK || !strings.Contains(string(got.body), want) {
					t.Errorf("got %d %s, want %s in it", got.status, got.body, want)
				}
			}
		})
	}
}

func TestStartRefusesWhatCannotBe(t *testing.T) {
	for _, c := range []struct {
		name   string
		config Config
		says   string
	}{
		{"a token is needed", Config{}, "no token"},
		{"the first month is a month", Config{Token: "x", Account: account.Account{First: "2022"}}, "first month"},
		{"there are services", Config{Token: "x", Account: account.Account{Services: -1}}, "-1 services"},
		{"a usage type has an anchor", Config{Token: "x", Account: account.Account{Types: []account.UsageType{{Name: "Requests"}}}}, "no anchor"},
		{"an anchor is a month", Config{Token: "x", Account: account.Account{Types: []account.UsageType{{Anchors: map[string]int64{"x": 1}}}}}, "anchor"},
		{"an anchor is not negative", Config{Token: "x", Account: account.Account{Types: []account.UsageType{{Anchors: map[string]int64{"2023-01": -1}}}}}, "is not between"},
		{"a usage type is there once", Config{Token: "x", Account: account.Account{Types: append(account.DefaultUsageTypes(), account.DefaultUsageTypes()...)}}, "there twice"},
		{"an account does not vanish at once", Config{Token: "x", Account: account.Account{Growth: -2}}, "shrinks to nothing"},
		{"a jump is of a known service", Config{Token: "x", Account: account.Account{Jumps: []account.Jump{{Service: "nobody"}}}}, "no service has that name"},
		{"a jump is not negative", Config{Token: "x", Account: account.Account{Jumps: []account.Jump{{Service: "www-shop", Factor: -1}}}}, "is not between 0 and 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Start(c.config)
			if err == nil {
				_ = s.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %s in it", err, c.says)
			}
		})
	}
}
