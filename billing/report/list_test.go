package report

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
)

func TestLists(t *testing.T) {
	asker := Asker{
		Usage: servedBy{asia("S1", "www-shop", "5"), asia("S2", "api", "4")},
		TeamOf: func(name, _ string) string {
			if name == "www-shop" {
				return "shop"
			}
			return ""
		},
		Teams: []Item{{"shop", "www-shop, shop-*"}},
	}
	for _, tt := range []struct {
		name string
		of   Show
		want string
	}{
		{"products, each with its usage types", ShowProducts, "product,usage_types\ncdn_usage,Asia Requests\n"},
		{"services by name, each with its team", ShowServices, "service,team\napi,\nwww-shop,shop\n"},
		{"teams, each with what makes it", ShowTeams, "team,services\nshop,\"www-shop, shop-*\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := asker.List(t.Context(), Question{Months: billing.One(july), Show: tt.of}, at(8, 20, 0))
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
	if _, err := (Asker{}).List(t.Context(), Question{Show: ShowTeams}, at(8, 20, 0)); !errors.Is(err, ErrNoTeams) {
		t.Errorf("without teams: %v", err)
	}
}
