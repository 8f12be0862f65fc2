package report

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

func TestMeasuresStandByWhatTheyUsuallyCost(t *testing.T) {
	rows := join(
		unit("kv_store", "KV Operations", "", "9"), gb("object_storage", "Object Storage", "", "9"), unit("compute", "Compute vCPU Time", "", "1"), gb("log", "Log Data", "", "9"),
		unit("cdn_usage", "Asia Requests", "Asia", "9"), gb("cdn_usage", "Asia Bandwidth", "Asia", "1"), unit("fanout", "Fanout Units", "", "9"), unit("io", "IO Shields", "", "9"),
	)
	want := []string{"bandwidth", "requests", "vCPU time", "units", "data", "storage", "operations"}
	for _, by := range []Breakdown{ByUsageType, ByProduct, ByRegion} {
		t.Run(string("by "+by), func(t *testing.T) {
			var got []string
			for _, g := range Tabulate(Question{Months: billing.One(quarter().First), By: by}, Data{Rows: rows}, longAfter).Groups {
				got = append(got, g.Measure.Noun)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheSameRowsOfEachMeasure(t *testing.T) {
	bandwidth := join(gb("cdn_usage", "Asia Bandwidth", "Asia", "5"), gb("cdn_usage", "Europe Bandwidth", "Europe", "4"), gb("cdn_usage", "India Bandwidth", "India", "3"))
	requests := join(unit("cdn_usage", "India Requests", "India", "9"), unit("cdn_usage", "Japan Requests", "Japan", "8"), unit("cdn_usage", "Asia Requests", "Asia", "1"))
	january := billing.One(quarter().First)
	for _, tt := range []struct {
		name string
		q    Question
		want []string
	}{
		{"the largest of the first measure are shown of the second one too", Question{By: ByRegion, Top: 2}, []string{
			"bandwidth: Asia 5, Europe 4; 2 others 3", "requests: Asia 1; 2 others 17",
		}},
		{"where the first measure has fewer than were asked for, the second one fills up", Question{By: ByRegion, Top: 4}, []string{
			"bandwidth: Asia 5, Europe 4, India 3", "requests: India 9, Japan 8, Asia 1",
		}},
		{"a row that only the second measure has is of the others", Question{By: ByRegion, Top: 3}, []string{
			"bandwidth: Asia 5, Europe 4, India 3", "requests: India 9, Asia 1; 1 others 8",
		}},
		{"usage types are of one measure each, and chosen in each", Question{Top: 1}, []string{
			"bandwidth: Asia Bandwidth 5; 2 others 7", "requests: India Requests 9; 2 others 9",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Months = january
			var got []string
			for _, g := range tabulate(t, tt.q, Data{Rows: join(bandwidth, requests)}, longAfter).Groups {
				scale := int32(-12)
				if g.Measure.IsCount() {
					scale = -9
				}
				line, sep := g.Measure.Noun, ": "
				for _, r := range g.Rows {
					line += sep + r.Name + " " + r.Sum.Shift(scale).String()
					sep = ", "
				}
				if g.Rest != nil {
					line += fmt.Sprintf("; %d others %s", g.RestCount, g.Rest.Sum.Shift(scale))
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
