package report

import (
	"errors"
	"testing"
	"time"

	"budgetbot/billing"
)

func TestAQuestionIsNarrowed(t *testing.T) {
	march := billing.NewMonth(2023, time.March)
	rows := join(
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
		q    Question
		want string
	}{
		{"a region takes what has it", Question{Region: "Asia"}, `
			Bandwidth, TB | 3.10 | 100% | ?
			Asia Bandwidth | 3.10 | 100% | ?
			Requests, B | 2.00 | 100% | ?
			Asia Requests | 2.00 | 100% | ?`},
		{"a measure takes what counts it, of every product", Question{Measure: billing.NounBandwidth}, `
			Bandwidth, TB | 12.10 | 100% | ?
			Europe Bandwidth | 9.00 | 74% | ?
			Asia Bandwidth | 3.10 | 26% | ?`},
		{"a glob takes the usage types that match", Question{UsageType: "Asia *"}, `
			Bandwidth, TB | 3.10 | 100% | ?
			Asia Bandwidth | 3.10 | 100% | ?
			Requests, B | 2.00 | 100% | ?
			Asia Requests | 2.00 | 100% | ?`},
		{"a service has its own usage types", Question{Service: "www-shop", Measure: billing.NounBandwidth}, `
			Bandwidth, TB | 5.10 | 100% | ?
			Europe Bandwidth | 4.00 | 78% | ?
			Asia Bandwidth | 1.10 | 22% | ?`},
		{"a service may be named by its id", Question{Service: "S2", Product: "cdn_usage", Measure: billing.NounRequests}, `
			Requests, B | 1.50 | 100% | ?
			Asia Requests | 1.50 | 100% | ?`},
		{"a service by region", Question{Service: "www-shop", Measure: billing.NounBandwidth, By: ByRegion}, `
			Bandwidth, TB | 5.10 | 100% | ?
			Europe | 4.00 | 78% | ?
			Asia | 1.10 | 22% | ?`},
		{"a glob takes the services that match", Question{Service: "*-vod", Region: "Europe", By: ByService}, `
			Bandwidth, TB | 5.00 | 100% | ?
			video-vod | 5.00 | 100% | ?`},
		{"a team has its services", Question{Team: "shop", Region: "Asia", By: ByService}, `
			Bandwidth, TB | 1.10 | 100% | ?
			www-shop | 1.10 | 100% | ?
			Requests, M | 500.0 | 100% | ?
			www-shop | 500.0 | 100% | ?`},
		{"several regions take what has either", Question{Region: billing.NamesOf("Asia", "Europe"), Measure: billing.NounBandwidth, By: ByRegion}, `
			Bandwidth, TB | 12.10 | 100% | ?
			Europe | 9.00 | 74% | ?
			Asia | 3.10 | 26% | ?`},
		{"several products take what is of either", Question{Product: billing.NamesOf("object_storage", "cdn_usage"), By: ByProduct, Measure: billing.NamesOf("bandwidth", "requests")}, `
			Bandwidth, TB | 12.10 | 100% | ?
			cdn_usage | 12.10 | 100% | ?
			Requests, B | 2.00 | 100% | ?
			cdn_usage | 2.00 | 100% | ?`},
		{"several services are named, and each may be a glob or an id", Question{Service: billing.NamesOf("www-*", "S2"), Region: "Europe", By: ByService}, `
			Bandwidth, TB | 9.00 | 100% | ?
			video-vod | 5.00 | 56% | ?
			www-shop | 4.00 | 44% | ?`},
		{"several teams have the services of each", Question{Team: billing.NamesOf("shop", "video"), Region: "Asia", Measure: billing.NounBandwidth, By: ByTeam}, `
			Bandwidth, TB | 1.10 | 100% | ?
			shop | 1.10 | 100% | ?`},
		{"nothing is of a region that is not there", Question{Region: "Mars"}, ""},
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
			checkSketch(t, table, tt.want)
		})
	}
}

func TestATeamNeedsTeams(t *testing.T) {
	_, err := Asker{Usage: &fakeReader{}}.Ask(t.Context(), Question{Months: billing.One(july), Team: "shop"}, longAfter)
	if !errors.Is(err, ErrNoTeams) {
		t.Errorf("error is %v", err)
	}
}
