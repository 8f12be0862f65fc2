package view

import (
	"strings"
	"testing"
)

func TestNamesThatWouldBeAlikeAreCutInTheirMiddle(t *testing.T) {
	wide := strings.Repeat("9", 20)
	for _, tt := range []struct {
		name  string
		names []string
		want  []string
	}{
		{"different beginnings are kept", []string{"Europe Bandwidth", "North America Bandwidth"}, []string{"Europe Bandwi…", "North America…"}},
		{"one beginning is not enough", []string{"North America Bandwidth", "North America Requests"}, []string{"North A…dwidth", "North A…quests"}},
		{"what fits is left alone", []string{"North America Bandwidth", "North America Requests", "Asia"}, []string{"North A…dwidth", "North A…quests", "Asia"}},
		{"the same name twice is the same", []string{"North America Bandwidth", "North America Bandwidth"}, []string{"North America…", "North America…"}},
		{"wide letters count double", []string{"帯域幅帯域幅帯域幅一", "帯域幅帯域幅帯域幅二"}, []string{"帯域幅…域幅一", "帯域幅…域幅二"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := &grid{}
			g.add(true, "Name", "A", "B", "C")
			for _, name := range tt.names {
				g.add(false, name, wide, wide, wide)
			}
			lines := strings.Split(g.text(), "\n")[2:]
			for i, want := range tt.want {
				cell, _, _ := strings.Cut(lines[i], "  ")
				if cell != want || columns(cell) > minName {
					t.Errorf("%q is shown as %q, want %q", tt.names[i], cell, want)
				}
			}
		})
	}
}
