package fastlysim

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim/account"
)

func serviceRowOf(month, service, units string) account.ServiceRow {
	return account.ServiceRow{
		Month: month, ProductID: "cdn_usage", UsageType: "na_req", Unit: "unit",
		ServiceID: "id-" + service, ServiceName: service, Units: number(units),
	}
}

// exactly fills a server whose usage type is billed under another name.
func exactly(t *testing.T) *Server {
	s := begin(t, Config{})
	usage := exactRow()
	usage.UsageType, usage.Name = "na_req", "North America Requests"
	s.Set(usage)
	s.SetServices(
		serviceRowOf("2026-09", "www", "100000.0369"), serviceRowOf("2026-09", "api", "46017"),
		serviceRowOf("2026-10", "www", "5"),
	)
	return s
}

func TestExactRowsAreServedAsTheyStand(t *testing.T) {
	s := exactly(t)
	want := exactRow()
	want.UsageType, want.Name = "na_req", "North America Requests"
	want.UpdatedAt = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff([]account.Row{want}, s.Month("2026-09")); diff != "" {
		t.Error(diff)
	}
	if rows := s.Month("2026-08"); len(rows) != 0 {
		t.Errorf("another month has %d rows", len(rows))
	}
}

func TestAUsageTypeIsAskedForByTypeOrName(t *testing.T) {
	s := exactly(t)
	for _, c := range []struct {
		name, months, usageType, want string
	}{
		{"by its type", "start_month=2026-09&end_month=2026-09", "na_req", "www 100000.0369, api 46017"},
		{"by its name", "start_month=2026-09&end_month=2026-09", "North+America+Requests", "www 100000.0369, api 46017"},
		{"not by another", "start_month=2026-09&end_month=2026-09", "na", ""},
		{"months are added", "start_month=2026-09&end_month=2026-10", "na_req", "www 100005.0369, api 46017"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var answer serviceAnswer
			get(t, s, ServicePath, c.months+"&product_id=cdn_usage&usage_type_name="+c.usageType).decode(t, &answer)
			var got []string
			for _, detail := range answer.Data.Details {
				got = append(got, detail.ServiceName+" "+string(detail.UsageUnits))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestExactRowsArePagedToo(t *testing.T) {
	services, calls := walkPages(t, exactly(t), "start_month=2026-09&end_month=2026-09&limit=1")
	if len(services) != 2 || calls != 2 {
		t.Errorf("%v in %d calls", services, calls)
	}
}

func TestSetKeepsWhatItDoesNotReplace(t *testing.T) {
	s := exactly(t)
	s.Set()
	if len(s.Month("2026-09")) != 0 || len(s.Services("2026-09", "cdn_usage", "na_req")) != 2 {
		t.Error("Set touched the services, or left its rows")
	}
}

func TestRestatingExactRows(t *testing.T) {
	s := exactly(t)
	if err := s.Restate("2026-09", "cdn_usage", "na_req", number("0.5")); err != nil {
		t.Fatal(err)
	}
	got := s.Month("2026-09")[0]
	if !got.Quantity.Equal(number("73008.51845")) || !got.Raw.Equal(number("730085184.5")) || !got.UpdatedAt.Equal(november) {
		t.Errorf("restated to %+v", got)
	}
	if units := s.Services("2026-09", "cdn_usage", "na_req")[1].Units; !units.Equal(number("23008.5")) {
		t.Errorf("a service was restated to %s", units)
	}
	if err := s.Restate("2026-08", "cdn_usage", "na_req", number("2")); err == nil {
		t.Error("a month without rows was restated")
	}
}

func TestExactRowsHaveNoStories(t *testing.T) {
	if err := exactly(t).Jump(account.Jump{Service: "www-shop", Factor: 2}); err == nil {
		t.Error("it jumped")
	}
}
