package lookup

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/report"
)

func TestLists(t *testing.T) {
	query := billing.ServiceQuery{Month: july, Product: "cdn_usage", UsageType: "Asia Requests"}
	asker := Asker{
		Usage: &fakeReader{
			rows:  []billing.Usage{{Month: july, Product: "cdn_usage", UsageType: "Asia Requests", Unit: "unit", Quantity: dec("9")}},
			pages: map[billing.ServiceQuery][]billing.ServiceUsage{query: {{ServiceName: "www-shop"}, {ServiceName: "api"}}},
		},
		TeamOf: func(name, _ string) string {
			if name == "www-shop" {
				return "shop"
			}
			return ""
		},
		Teams: []report.Item{{Name: "shop", With: "www-shop, shop-*"}},
	}
	for _, tt := range []struct {
		name string
		of   report.Show
		want string
	}{
		{"products, each with its usage types", report.ShowProducts, "product,usage_types\ncdn_usage,Asia Requests\n"},
		{"services by name, each with its team", report.ShowServices, "service,team\napi,\nwww-shop,shop\n"},
		{"teams, each with what makes it", report.ShowTeams, "team,services\nshop,\"www-shop, shop-*\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := asker.List(t.Context(), report.Question{Months: billing.One(july), Show: tt.of})
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			if err := list.WriteCSV(&file, csvfile.ForPrograms); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, file.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := (Asker{}).List(t.Context(), report.Question{Show: report.ShowTeams}); !errors.Is(err, report.ErrNoTeams) {
		t.Errorf("without teams: %v", err)
	}
}

// TestAListHasTheRowsOfTheSameQuestion: every service with any usage in the months, and no product of the month before.
func TestAListHasTheRowsOfTheSameQuestion(t *testing.T) {
	row := func(month billing.Month, product, usageType, quantity string) billing.Usage {
		return billing.Usage{Month: month, Product: product, UsageType: usageType, Unit: "unit", Quantity: dec(quantity)}
	}
	used := func(month billing.Month, product, usageType string, ids ...string) (billing.ServiceQuery, []billing.ServiceUsage) {
		var page []billing.ServiceUsage
		for _, id := range ids {
			page = append(page, billing.ServiceUsage{Month: month, Product: product, UsageType: usageType, Unit: "unit", ServiceID: id, ServiceName: "name of " + id, Quantity: dec("1")})
		}
		return billing.ServiceQuery{Month: month, Product: product, UsageType: usageType}, page
	}
	reader := &fakeReader{
		rows:  []billing.Usage{row(july.Add(-1), "fanout", "Fanout", "1"), row(july, "cdn_usage", "Asia Requests", "9"), row(july, "cdn_usage", "Europe Requests", "2")},
		pages: map[billing.ServiceQuery][]billing.ServiceUsage{},
	}
	for _, of := range []struct {
		month billing.Month
		kind  string
		ids   []string
	}{{july.Add(-1), "Fanout", []string{"S3"}}, {july, "Asia Requests", []string{"S1"}}, {july, "Europe Requests", []string{"S1", "S2"}}} {
		product := map[bool]string{true: "fanout", false: "cdn_usage"}[of.kind == "Fanout"]
		query, page := used(of.month, product, of.kind, of.ids...)
		reader.pages[query] = page
	}
	asker := Asker{Usage: reader}
	for _, show := range []report.Show{report.ShowProducts, report.ShowServices} {
		q := report.Question{Months: billing.One(july), Show: show}
		list, err := asker.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		q.Show, q.By = report.ShowUsage, show.Rows()
		table, err := asker.Ask(t.Context(), q, at(8, 20, 0))
		if err != nil {
			t.Fatal(err)
		}
		var items, rows []string
		for _, item := range list.Items {
			items = append(items, item.Name)
		}
		for _, row := range table.Groups[0].Rows {
			rows = append(rows, row.Name)
		}
		if slices.Sort(rows); !slices.Equal(items, rows) {
			t.Errorf("the list of %s has %q, and the rows are %q", show, items, rows)
		}
	}
}
