package lookup

import (
	"bytes"
	"errors"
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
			list, err := asker.List(t.Context(), report.Question{Months: billing.One(july), Show: tt.of}, at(8, 20, 0))
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
	if _, err := (Asker{}).List(t.Context(), report.Question{Show: report.ShowTeams}, at(8, 20, 0)); !errors.Is(err, report.ErrNoTeams) {
		t.Errorf("without teams: %v", err)
	}
}
