package report

import (
	"slices"
	"testing"

	"budgetbot/billing"
)

func TestWhatIsBeyondTheRowsAskedForHasNoSumOfSeveralProducts(t *testing.T) {
	rows := slices.Concat(unit("cdn_usage", "Asia Requests", "Asia", "9", "9", "9"), unit("ngwaf", "WAF Requests", "", "2", "2", "2"), unit("compute", "Compute Requests", "", "1", "1", "1"))
	for _, by := range []Breakdown{ByUsageType, ByProduct, ByRegion} {
		t.Run(string("by "+by), func(t *testing.T) {
			g := Tabulate(Question{Months: quarter(), By: by, Top: 1}, Data{Rows: rows}, longAfter).Groups[0]
			if g.RestCount != 2 || g.Rest.Last().Valid || g.Rest.Share.Valid || !g.Rest.Sum.IsZero() {
				t.Errorf("the rest is %+v", g.Rest)
			}
		})
	}
}

func TestWhatHasNoRegionIsARowOfEachProduct(t *testing.T) {
	rows := slices.Concat(unit("cdn_usage", "Asia Requests", "Asia", "1", "2", "3"), unit("cdn_usage", "Other Requests", "", "7", "7", "7"), unit("ngwaf", "WAF Requests", "", "1", "1", "5"))
	table := Tabulate(Question{Months: quarter(), By: ByRegion}, Data{Rows: rows}, longAfter)
	var got []string
	for _, r := range table.Groups[0].Rows {
		got = append(got, r.Name+" "+r.Product+" "+r.Last().Decimal.Shift(-9).String())
	}
	if want := []string{"cdn_usage (no region) cdn_usage 7", "ngwaf (no region) ngwaf 5", "Asia  3"}; !slices.Equal(got, want) {
		t.Errorf("the rows are %q, want %q", got, want)
	}
}

func TestCountsOfSeveralProductsAreApart(t *testing.T) {
	one := slices.Concat(unit("cdn_usage", "Asia Requests", "Asia", "1", "2", "3"), unit("cdn_usage", "Europe Requests", "Europe", "1", "2", "3"), gb("cdn_usage", "Asia Bandwidth", "Asia", "1", "2", "3"))
	two := slices.Concat(one, unit("ngwaf", "WAF Requests", "", "1", "1", "1"), gb("compute", "Compute Bandwidth", "", "1", "1", "1"))
	operations := slices.Concat(unit("kv_store", "KV Store Class A Operations", "", "1", "1", "1"), unit("object_storage", "Object Storage Class B Operations", "", "1", "1", "1"))
	for _, tt := range []struct {
		name string
		rows []billing.Usage
		q    Question
		want []string
	}{
		{"one product alone adds up", one, Question{}, nil},
		{"requests of two do not, bytes do", two, Question{}, []string{billing.NounRequests}},
		{"operations of two do not, after requests", slices.Concat(operations, two), Question{}, []string{billing.NounRequests, billing.NounOperations}},
		{"by region too, whose rows do not know their product", two, Question{By: ByRegion}, []string{billing.NounRequests}},
		{"by region of one product adds up", one, Question{By: ByRegion}, nil},
		{"by product too", two, Question{By: ByProduct}, []string{billing.NounRequests}},
		{"a question of one product adds up", two, Question{Product: "cdn_usage"}, nil},
		{"a question of one region adds up where one product is in it", two, Question{Region: "Asia", By: ByRegion}, nil},
		{"a question of another measure has none", two, Question{Measure: billing.NounBandwidth}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Months = quarter()
			if got := Tabulate(tt.q, Data{Rows: tt.rows}, longAfter).Apart; !slices.Equal(got, tt.want) {
				t.Errorf("apart are %q, want %q", got, tt.want)
			}
		})
	}
}
