package fastlysim

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim/account"
)

const (
	oneMonth = "start_month=2026-10&end_month=2026-10"
	onePair  = "&product_id=cdn_usage&usage_type_name=Asia+Bandwidth"
)

type serviceAnswer struct {
	Data blockJSON `json:"data"`
}

func TestServiceUsageMetricsIsStrict(t *testing.T) {
	both := []Revision{Current, Seed}
	for _, c := range []struct {
		name      string
		revisions []Revision
		query     string
		says      string
	}{
		{"a product needs its usage type", both, oneMonth + "&product_id=cdn_usage", "usage_type_name"},
		{"a usage type needs its product", both, oneMonth + "&usage_type_name=Asia+Requests", "product_id"},
		{"the older contract requires both", []Revision{Seed}, oneMonth, "product_id and usage_type_name are required"},
		{"the older contract knows no service", []Revision{Seed}, oneMonth + onePair + "&service=x", `unknown parameter "service"`},
		{"the older contract pages by 100 at most", []Revision{Seed}, oneMonth + onePair + "&limit=101", "limit 101 is not between 1 and 100"},
		{"the newer contract pages by 10000 at most", []Revision{Current}, oneMonth + "&limit=10001", "limit 10001 is not between 1 and 10000"},
		{"a page holds something", both, oneMonth + onePair + "&limit=0", "limit 0 is not between"},
		{"a limit is a number", both, oneMonth + onePair + "&limit=many", `limit "many" is not a number`},
		{"one month alone is not enough", both, "start_month=2026-10" + onePair, "end_month is required"},
		{"three months are the most", both, "start_month=2026-01&end_month=2026-10" + onePair, "the maximum is 3"},
		{"unknown parameters are refused", both, oneMonth + onePair + "&time_granularity=day", `unknown parameter "time_granularity"`},
		{"a cursor is one of ours", both, oneMonth + onePair + "&cursor=bm9uc2Vuc2U%3D", "cursor does not belong"},
		{"a cursor is base64", both, oneMonth + onePair + "&cursor=%25", "cursor does not belong"},
	} {
		for _, revision := range c.revisions {
			t.Run(c.name, func(t *testing.T) {
				got := get(t, begin(t, Config{Revision: revision}), ServicePath, c.query)
				if got.status != 400 || !strings.Contains(string(got.body), strings.ReplaceAll(c.says, `"`, `\"`)) {
					t.Errorf("revision %d: got %d %s, want 400 saying %s", revision, got.status, got.body, c.says)
				}
			})
		}
	}
}

func TestPagesHoldTheDefaultOfTheirRevision(t *testing.T) {
	for _, c := range []struct {
		name     string
		revision Revision
		want     int
	}{
		{"the older contract pages by 5", Seed, 5},
		{"the newer contract pages by 1000", Current, 1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t, Config{Revision: c.revision, Account: account.Account{Services: 2000}})
			var answer serviceAnswer
			get(t, s, ServicePath, oneMonth+onePair).decode(t, &answer)
			if len(answer.Data.Details) != c.want || answer.Data.Meta.Limit != c.want || answer.Data.Meta.NextCursor == "" {
				t.Errorf("got %d services, meta %+v", len(answer.Data.Details), answer.Data.Meta)
			}
		})
	}
}

// walkPages follows cursors to the end and writes down every service.
func walkPages(t *testing.T, s *Server, query string) (services []string, calls int) {
	t.Helper()
	cursor := ""
	for calls = 1; ; calls++ {
		var answer serviceAnswer
		get(t, s, ServicePath, query+"&cursor="+url.QueryEscape(cursor)).decode(t, &answer)
		for _, detail := range answer.Data.Details {
			services = append(services, answer.Data.UsageType+" "+detail.ServiceID+" "+string(detail.UsageUnits))
		}
		if cursor = answer.Data.Meta.NextCursor; cursor == "" {
			if answer.Data.Meta.Total != len(services) {
				t.Errorf("total says %d, pages held %d", answer.Data.Meta.Total, len(services))
			}
			return services, calls
		}
		if !strings.Contains(cursor, "+") || !strings.Contains(cursor, "/") || !strings.HasSuffix(cursor, "=") {
			t.Fatalf("cursor %s would survive without percent-encoding", cursor)
		}
	}
}

func TestPagesTogetherAreTheWhole(t *testing.T) {
	s := begin(t, Config{})
	for _, c := range []struct{ name, query string }{
		{"one usage type", oneMonth + onePair + "&limit=7"},
		{"one usage type over three months", "start_month=2026-09&end_month=2026-11" + onePair + "&limit=50"},
		{"everything, a usage type at a time", oneMonth + "&limit=100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			services, calls := walkPages(t, s, c.query)
			small := c.query[:strings.LastIndex(c.query, "=")] + "=10000"
			whole, _ := walkPages(t, s, small)
			if diff := cmp.Diff(whole, services); diff != "" || calls < 3 {
				t.Errorf("%d calls: %s", calls, diff)
			}
		})
	}
}

func TestACursorBelongsToItsRequest(t *testing.T) {
	s := begin(t, Config{})
	var answer serviceAnswer
	get(t, s, ServicePath, oneMonth+onePair+"&limit=5").decode(t, &answer)
	cursor := "&cursor=" + url.QueryEscape(answer.Data.Meta.NextCursor)
	for _, c := range []struct {
		name, query string
		status      int
	}{
		{"the same request takes it", oneMonth + onePair + "&limit=5" + cursor, 200},
		{"another limit does not", oneMonth + onePair + "&limit=6" + cursor, 400},
		{"another month does not", "start_month=2026-09&end_month=2026-09" + onePair + "&limit=5" + cursor, 400},
		{"another usage type does not", oneMonth + "&product_id=cdn_usage&usage_type_name=Asia+Requests&limit=5" + cursor, 400},
		{"without percent-encoding it is not the same", oneMonth + onePair + "&limit=5&cursor=" + answer.Data.Meta.NextCursor, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := get(t, s, ServicePath, c.query); got.status != c.status {
				t.Errorf("got %d %s", got.status, got.body)
			}
		})
	}
}

func TestTheServiceFilter(t *testing.T) {
	s := begin(t, Config{Service: DataList})
	shop := s.Services("2026-10", "cdn_usage", "Asia Bandwidth")[1]
	got := get(t, s, ServicePath, oneMonth+"&service="+shop.ServiceID)
	var answer struct {
		Data []blockJSON `json:"data"`
	}
	got.decode(t, &answer)
	if len(answer.Data) < 10 {
		t.Fatalf("%d usage types", len(answer.Data))
	}
	for _, block := range answer.Data {
		if len(block.Details) != 1 || block.Details[0].ServiceName != "www-shop" || block.Meta.Total != len(answer.Data) {
			t.Errorf("%s: %+v of %d", block.UsageType, block.Details, block.Meta.Total)
		}
	}
	if got := get(t, s, ServicePath, oneMonth+"&service=nobody"); string(got.body) != `{"data":[]}` {
		t.Errorf("an unknown service has %s", got.body)
	}
}

func TestWithoutMonthsTheRunningOneIsMeant(t *testing.T) {
	var answer serviceAnswer
	get(t, begin(t, Config{}), ServicePath, onePair[1:]).decode(t, &answer)
	if got := answer.Data.StartTime.Format("2006-01-02") + " " + answer.Data.EndTime.Format("2006-01-02T15:04:05"); got != "2026-11-01 2026-11-30T23:59:59" {
		t.Error(got)
	}
}

func TestNobodyUsedIt(t *testing.T) {
	got := get(t, begin(t, Config{}), ServicePath, oneMonth+"&product_id=cdn_usage&usage_type_name=Moon+Bandwidth")
	want := `{"data":{"customer_id":"4tKp8ZrVw2QxLm6Yd0Hs9b","start_time":"2026-10-01T00:00:00Z","end_time":"2026-10-31T23:59:59Z",` +
		`"usage_type":"Moon Bandwidth","unit":"unit","details":[],"meta":{"next_cursor":"","limit":1000,"sort":"billing_start_date","total":0}}}`
	if string(got.body) != want {
		t.Errorf("got %s", got.body)
	}
}

func TestServicesAreWrittenInEveryShape(t *testing.T) {
	const head = `{"customer_id":"C1","start_time":"2026-09-01T00:00:00Z","end_time":"2026-09-30T23:59:59Z","usage_type":"Asia Bandwidth","unit":"gb",` +
		`"details":[{"customer_id":"C1","service_id":"S1","service_name":"www","usage_units":10.5}]`
	const meta = `"meta":{"next_cursor":"","limit":1000,"sort":"billing_start_date","total":1}`
	const inside, without = head + "," + meta + "}", head + "}"
	quoted := strings.Replace(inside, "10.5", `"10.5"`, 1)
	for _, c := range []struct {
		name   string
		config Config
		want   string
	}{
		{"as specified, meta is inside the one block", Config{}, `{"data":` + inside + `}`},
		{"meta beside the block", Config{Meta: MetaBeside}, `{"data":` + without + `,` + meta + `}`},
		{"a list of blocks, meta in each", Config{Service: DataList, Meta: MetaEach}, `{"data":[` + inside + `]}`},
		{"a list has no inside, so meta is in each", Config{Service: DataList}, `{"data":[` + inside + `]}`},
		{"a list of blocks, meta beside", Config{Service: DataList, Meta: MetaBeside}, `{"data":[` + without + `],` + meta + `}`},
		{"a bare list", Config{Service: BareList, Meta: MetaBeside}, `[` + inside + `]`},
		{"a bare block", Config{Service: BareObject}, inside},
		{"figures may be quoted", Config{Numbers: Quoted}, `{"data":` + quoted + `}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.config.Account.CustomerID = "C1"
			s := begin(t, c.config)
			s.SetServices(account.ServiceRow{
				Month: "2026-09", ProductID: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb",
				ServiceID: "S1", ServiceName: "www", Units: number("10.5"),
			})
			got := get(t, s, ServicePath, "start_month=2026-09&end_month=2026-09"+onePair)
			if diff := cmp.Diff(c.want, string(got.body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAListMayHoldSeveralUsageTypesOnAPage(t *testing.T) {
	s := begin(t, Config{Service: DataList, Account: account.Account{Services: 30}})
	var answer struct {
		Data []blockJSON `json:"data"`
	}
	get(t, s, ServicePath, oneMonth+"&limit=60").decode(t, &answer)
	services := 0
	for _, block := range answer.Data {
		services += len(block.Details)
	}
	if len(answer.Data) < 2 || services != 60 {
		t.Errorf("%d services in %d blocks", services, len(answer.Data))
	}
}

func TestExtraFieldsAreEverywhere(t *testing.T) {
	s := begin(t, Config{ExtraFields: true, Account: account.Account{Services: 1}})
	var answer struct {
		Data struct {
			Edition string            `json:"edition"`
			Details []json.RawMessage `json:"details"`
		} `json:"data"`
	}
	get(t, s, ServicePath, oneMonth+onePair).decode(t, &answer)
	if answer.Data.Edition == "" || !strings.Contains(string(answer.Data.Details[0]), `"edition"`) {
		t.Errorf("%+v", answer)
	}
}
