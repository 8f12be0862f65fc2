package fastly

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// servicePages reads the services of Asia Bandwidth from pages as they are given, one for each call.
func servicePages(t *testing.T, pages ...string) (got []string, err error) {
	t.Helper()
	calls := 0
	client := newClient(t, ClientConfig{BaseURL: "http://127.0.0.1:1", PageSize: 2, Transport: answers(func(r *http.Request) (int, string) {
		if r.URL.Path == PathUsage {
			return http.StatusOK, `[` + asiaRow(map[string]string{"usage_type": `"asia_bw"`}) + `]`
		}
		calls++
		return http.StatusOK, pages[calls-1]
	})})
	november := billing.NewMonth(2026, time.November)
	if _, err := client.Usage(t.Context(), billing.One(november)); err != nil {
		t.Fatal(err)
	}
	err = client.ServiceUsage(t.Context(), billing.ServiceQuery{Month: november, Product: "cdn_usage", UsageType: "Asia Bandwidth"}, func(page []billing.ServiceUsage) error {
		for _, u := range page {
			line := fmt.Sprintf("%s %s", u.ServiceID, u.Quantity)
			if u.Unread != "" {
				line = fmt.Sprintf("%s: %s", u.ServiceID, u.Unread)
			}
			got = append(got, line)
		}
		return nil
	})
	return got, err
}

func servicesOf(usageType, meta string, services ...string) string {
	var details []string
	for _, s := range services {
		id, units, _ := strings.Cut(s, " ")
		details = append(details, fmt.Sprintf(`{"service_id":%q,"service_name":"www","usage_units":%s}`, id, units))
	}
	return fmt.Sprintf(`{"data":{"usage_type":%q,"unit":"GB","details":[%s],"meta":{%s}}}`, usageType, strings.Join(details, ","), meta)
}

func TestAnswersByServiceThatAreNotWhatWasAskedFor(t *testing.T) {
	const asia = "Asia Bandwidth"
	for _, tt := range []struct {
		name  string
		pages []string
		want  []string
		err   string
	}{
		{"what was asked for is read", []string{servicesOf(asia, `"total":2`, "a 1", "b 2")}, []string{"a 1", "b 2"}, ""},
		{"under its other name too, where the account's rows have one", []string{servicesOf("asia_bw", "", "a 1")}, []string{"a 1"}, ""},
		{"without a name it is taken to be what was asked for", []string{servicesOf("", "", "a 1")}, []string{"a 1"}, ""},
		{"another usage type is refused", []string{servicesOf("Europe Bandwidth", "", "a 1")}, nil, "it is about Europe Bandwidth, and Asia Bandwidth was asked for"},
		{
			"fewer services than it says are not all",
			[]string{servicesOf(asia, `"total":999`, "a 1", "b 2")},
			[]string{"a 1", "b 2"},
			"it says that there are 999 services, and lists 2",
		},
		{
			"over all pages they are",
			[]string{servicesOf(asia, `"total":3,"next_cursor":"x"`, "a 1", "b 2"), servicesOf(asia, `"total":3`, "c 3")},
			[]string{"a 1", "b 2", "c 3"},
			"",
		},
		{
			"a service that comes twice counts once for that",
			[]string{servicesOf(asia, `"total":3,"next_cursor":"x"`, "a 1", "b 2"), servicesOf(asia, `"total":3`, "b 2")},
			[]string{"a 1", "b 2"},
			"it says that there are 3 services, and lists 2",
		},
		{
			"a total that is no number says nothing", []string{servicesOf(asia, `"total":"many"`, "a 1")}, []string{"a 1"}, "",
		},
		{
			"a service without a figure is set aside, and the others are read",
			[]string{servicesOf(asia, `"total":2`, "a null", "b 2")},
			[]string{"a: Fastly's figure of service www cannot be read: usage_units is null", "b 2"},
			"",
		},
		{
			"one that contradicts an earlier page has no figure any more",
			[]string{servicesOf(asia, `"next_cursor":"x"`, "a 1", "b 2"), servicesOf(asia, "", "a 3")},
			[]string{"a 1", "b 2", "a: service www is there twice, with different figures"},
			"",
		},
		{"no data at all is no service", []string{`{"data":null}`}, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := servicePages(t, tt.pages...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			reason := ""
			if body, ok := errors.AsType[*billing.BodyError](err); ok {
				reason = body.Reason
			} else if err != nil {
				t.Fatal(err)
			}
			if reason != tt.err {
				t.Errorf("refused for %q, want %q", reason, tt.err)
			}
		})
	}
}

// A flood of elements is refused before they are held, whatever they are, and also where it comes compressed and small.
func TestAnswersAreBounded(t *testing.T) {
	november := billing.One(billing.NewMonth(2026, time.November))
	flood := func(element string, n int) string { return "[" + strings.Repeat(element+",", n) + element + "]" }
	for _, tt := range []struct{ name, body, want string }{
		{"numbers", flood("1", maxUsageRows), "it has more than 20000 elements"},
		{"objects", flood("{}", maxUsageRows), "it has more than 20000 elements"},
		{"in data", `{"data":` + flood("{}", maxUsageRows) + `}`, "it has more than 20000 elements"},
		{"as many as there may be, and none is a row", flood("1", maxUsageRows-1), "row 1: it is a number, not an object"},
		{"fields around the data", `{"x":1` + strings.Repeat(`,"y":1`, maxFields) + `,"data":[]}`, "it has more than 1000 fields"},
		{"commas and brackets in a text are no elements", `["` + strings.Repeat(`,]}{[\"`, maxUsageRows) + `"]`, "row 1: it is a string, not an object"},
		{"lists in lists are one", `[` + flood("[1,2]", 5) + `,{}]`, "row 1: it is a list, not an object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := decodeUsage([]byte(tt.body), november)
			checkRefused(t, tt.want, err)
		})
	}
	services := `{"data":{"usage_type":"t","unit":"gb","details":` + flood("{}", maxPageDetails) + `}}`
	_, err := decodeServiceUsage([]byte(services), billing.ServiceQuery{Month: november.First, Product: "p", UsageType: "t"}, "")
	checkRefused(t, "block 1: it has more than 50000 elements", err)
	blocks := `{"data":` + flood(`{"details":[]}`, maxBlocks) + `}`
	_, err = decodeServiceUsage([]byte(blocks), billing.ServiceQuery{Month: november.First, Product: "p", UsageType: "t"}, "")
	checkRefused(t, "it has more than 5000 elements", err)
	_, _, err = decodeInvoices([]byte(flood("{}", maxInvoices)))
	checkRefused(t, "it has more than 1000 elements", err)
}

// What is longer than any true answer is not read to its end.
func TestAnswersAreReadUpToALength(t *testing.T) {
	client := newClient(t, ClientConfig{BaseURL: "http://127.0.0.1:1", Retries: -1, Transport: answers(func(*http.Request) (int, string) {
		return http.StatusOK, strings.Repeat(" ", 4<<20) + "[]"
	})})
	_, err := client.Usage(t.Context(), billing.One(billing.NewMonth(2026, time.November)))
	checkRefused(t, "it is longer than 4 MiB", err)
}

func TestDataThatIsNullIsAnEmptyList(t *testing.T) {
	november := billing.One(billing.NewMonth(2026, time.November))
	if rows, _, err := decodeUsage([]byte(`{"data":null}`), november); err != nil || len(rows) > 0 {
		t.Errorf("usage: %v, %v", rows, err)
	}
	if invoices, _, err := decodeInvoices([]byte(`{"data":null,"meta":{"total":0}}`)); err != nil || len(invoices) > 0 {
		t.Errorf("invoices: %v, %v", invoices, err)
	}
	_, _, err := decodeUsage([]byte(`{"data":null,"msg":"not now"}`), november)
	checkRefused(t, `there is no data, but the words "not now"`, err)
}
