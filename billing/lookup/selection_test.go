package lookup

import (
	"errors"
	"slices"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

func TestAQuestionIsNarrowed(t *testing.T) {
	march := billing.NewMonth(2023, time.March)
	rows := slices.Concat(
		gb("cdn_usage", "Asia Bandwidth", "Asia", "3.1"), unit("cdn_usage", "Asia Requests", "Asia", "2"),
		gb("cdn_usage", "Europe Bandwidth", "Europe", "9"), gb("object_storage", "Object Storage", "", "5"),
	)
	for i := range rows {
		rows[i].Month = march
	}
	pages := map[billing.ServiceQuery][]billing.ServiceUsage{}
	for _, of := range []struct{ product, usageType, unit, www, vod string }{
		{"cdn_usage", "Asia Bandwidth", "gb", "1100", "2000"},
		{"cdn_usage", "Asia Requests", "unit", "50000", "150000"},
		{"cdn_usage", "Europe Bandwidth", "gb", "4000", "5000"},
		{"object_storage", "Object Storage", "gb", "5000", "0"},
	} {
		query := billing.ServiceQuery{Month: march, Product: of.product, UsageType: of.usageType}
		service := func(id, name, quantity string) billing.ServiceUsage {
			return billing.ServiceUsage{
				Month: march, Product: of.product, UsageType: of.usageType, Unit: of.unit, ServiceID: id, ServiceName: name, Quantity: dec(quantity),
			}
		}
		pages[query] = []billing.ServiceUsage{service("S1", "www-shop", of.www), service("S2", "video-vod", of.vod)}
	}
	teamOf := func(name, _ string) string { return map[string]string{"www-shop": "shop"}[name] }
	for _, tt := range []struct {
		name string
		q    report.Question
		want []string
	}{
		{"a region takes what has it", report.Question{Region: "Asia"}, []string{
			"Bandwidth, TB | Total 3.10 | Asia Bandwidth 3.10",
			"Requests, B | Total 2.00 | Asia Requests 2.00",
		}},
		{"a measure takes what counts it, of every product", report.Question{Measure: billing.NounBandwidth}, []string{
			"Bandwidth, TB | Total 12.10 | Europe Bandwidth 9.00 | Asia Bandwidth 3.10",
		}},
		{"a glob takes the usage types that match", report.Question{UsageType: "Asia *"}, []string{
			"Bandwidth, TB | Total 3.10 | Asia Bandwidth 3.10",
			"Requests, B | Total 2.00 | Asia Requests 2.00",
		}},
		{"a service has its own usage types", report.Question{Service: "www-shop", Measure: billing.NounBandwidth}, []string{
			"Bandwidth, TB | Total 5.10 | Europe Bandwidth 4.00 | Asia Bandwidth 1.10",
		}},
		{"a service may be named by its id", report.Question{Service: "S2", Product: "cdn_usage", Measure: billing.NounRequests}, []string{
			"Requests, B | Total 1.50 | Asia Requests 1.50",
		}},
		{"a service by region", report.Question{Service: "www-shop", Measure: billing.NounBandwidth, By: report.ByRegion}, []string{
			"Bandwidth, TB | Total 5.10 | Europe 4.00 | Asia 1.10",
		}},
		{"a glob takes the services that match", report.Question{Service: "*-vod", Region: "Europe", By: report.ByService}, []string{
			"Bandwidth, TB | Total 5.00 | video-vod 5.00",
		}},
		{"a team has its services", report.Question{Team: "shop", Region: "Asia", By: report.ByService}, []string{
			"Bandwidth, TB | Total 1.10 | www-shop 1.10",
			"Requests, M | Total 500.0 | www-shop 500.0",
		}},
		{"several regions take what has either", report.Question{Region: billing.NamesOf("Asia", "Europe"), Measure: billing.NounBandwidth, By: report.ByRegion}, []string{
			"Bandwidth, TB | Total 12.10 | Europe 9.00 | Asia 3.10",
		}},
		{"several products take what is of either", report.Question{Product: billing.NamesOf("object_storage", "cdn_usage"), By: report.ByProduct, Measure: billing.NamesOf("bandwidth", "requests")}, []string{
			"Bandwidth, TB | Total 12.10 | cdn_usage 12.10",
			"Requests, B | Total 2.00 | cdn_usage 2.00",
		}},
		{"several services are named, and each may be a glob or an id", report.Question{Service: billing.NamesOf("www-*", "S2"), Region: "Europe", By: report.ByService}, []string{
			"Bandwidth, TB | Total 9.00 | video-vod 5.00 | www-shop 4.00",
		}},
		{"several teams have the services of each", report.Question{Team: billing.NamesOf("shop", "video"), Region: "Asia", Measure: billing.NounBandwidth, By: report.ByTeam}, []string{
			"Bandwidth, TB | Total 1.10 | shop 1.10",
		}},
		{"nothing is of a region that is not there", report.Question{Region: "Mars"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Months = billing.One(march)
			table, err := Asker{Usage: &fakeReader{rows: rows, pages: pages}, TeamOf: teamOf}.Ask(t.Context(), tt.q, longAfter)
			if err != nil {
				t.Fatal(err)
			}
			if len(table.Missing) > 0 {
				t.Errorf("a month that has rows is missing: %v", table.Missing)
			}
			checkOutline(t, table, tt.want...)
		})
	}
}

func TestATeamNeedsTeams(t *testing.T) {
	_, err := Asker{Usage: &fakeReader{}}.Ask(t.Context(), report.Question{Months: billing.One(july), Team: "shop"}, longAfter)
	if !errors.Is(err, report.ErrNoTeams) {
		t.Errorf("error is %v", err)
	}
}
