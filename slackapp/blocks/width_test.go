package blocks

import (
	"strings"
	"testing"
)

func TestDifferentNamesStayDifferentWhereTheyAreCut(t *testing.T) {
	wide := strings.Repeat("9", 20)
	for _, tt := range []struct {
		name  string
		names []string
		want  []string
	}{
		{"different beginnings are kept", []string{"Europe Bandwidth", "North America Bandwidth"}, []string{"Europe Bandwi…", "North America…"}},
		{"one beginning is not enough", []string{"North America Bandwidth", "North America Requests"}, []string{"North A…dwidth", "North A…quests"}},
		{
			"only names that would be alike are cut in another way",
			[]string{"North America Bandwidth", "North America Requests", "South America Bandwidth"},
			[]string{"North A…dwidth", "North A…quests", "South America…"},
		},
		{"what fits is left alone", []string{"North America Bandwidth", "North America Requests", "Asia"}, []string{"North A…dwidth", "North A…quests", "Asia"}},
		{"the same name twice is the same", []string{"North America Bandwidth", "North America Bandwidth"}, []string{"North America…", "North America…"}},
		{
			"where the middle is not enough, the column is wider",
			[]string{"KV Store Class A Operations", "KV Store Class B Operations"},
			[]string{"KV Store Class A…", "KV Store Class B…"},
		},
		{
			"what differs near the end is seen there",
			[]string{"Storage Operations of Class A in Europe", "Storage Operations of Class B in Europe"},
			[]string{"Stor…A in Europe", "Stor…B in Europe"},
		},
		{"a unit behind a comma is kept", []string{"cdn_usage bandwidth, TB", "Asia"}, []string{"cdn_usage…, TB", "Asia"}},
		{"but not one that leaves nothing of the name", []string{"No Region: vCPU Time, K hours", "Asia"}, []string{"No Region: vC…", "Asia"}},
		{"wide letters count double", []string{"帯域幅帯域幅帯域幅一", "帯域幅帯域幅帯域幅二"}, []string{"帯域幅…域幅一", "帯域幅…域幅二"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := &Grid{}
			g.Add(true, "Name", "A", "B", "C")
			for _, name := range tt.names {
				g.Add(false, name, wide, wide, wide)
			}
			lines := strings.Split(g.Text(), "\n")[2:]
			for i, want := range tt.want {
				cell, _, _ := strings.Cut(lines[i], "  ")
				if cell != want {
					t.Errorf("%q is shown as %q, want %q", tt.names[i], cell, want)
				}
			}
		})
	}
}

func TestColumns(t *testing.T) {
	for text, want := range map[string]int{"": 0, "abc": 3, "Größe": 5, "e\u0301": 1, "長い": 4, "🚀": 2, "＠": 2} {
		if got := Columns(text); got != want {
			t.Errorf("columns(%q) = %d, want %d", text, got, want)
		}
	}
}
