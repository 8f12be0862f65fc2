package report

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestWhatRoseMost(t *testing.T) {
	used := func(figures ...string) map[string]decimal.Decimal {
		parts := map[string]decimal.Decimal{}
		for i := 0; i < len(figures); i += 2 {
			parts[figures[i]] = dec(figures[i+1])
		}
		return parts
	}
	for _, tt := range []struct {
		name        string
		now, before map[string]decimal.Decimal
		whole       string
		named       []string
		others      int
		rest        string
	}{
		{"the largest rise comes first", used("a", "5", "b", "9"), used("a", "4", "b", "6"), "4", []string{"b 3", "a 1"}, 0, "0"},
		{"equal rises stand by name", used("b", "2", "a", "2"), used("b", "1", "a", "1"), "2", []string{"a 1", "b 1"}, 0, "0"},
		{"what is new rose by all of it", used("a", "5", "new", "7"), used("a", "5"), "7", []string{"new 7"}, 1, "0"},
		{"what is gone fell, and is among the others", used("a", "5"), used("a", "1", "gone", "3"), "1", []string{"a 4"}, 1, "-3"},
		{"no more are named than are asked for", used("a", "1", "b", "2", "c", "3"), nil, "6", []string{"c 3", "b 2"}, 1, "1"},
		{"nothing is named where nothing rose", used("a", "1", "b", "1"), used("a", "2", "b", "1"), "-1", nil, 2, "-1"},
		{"a whole of one part needs none named", used("a", "2"), used("a", "1"), "1", nil, 0, "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rise := RiseOf(Changes(tt.now, tt.before), dec(tt.whole), 2)
			var named []string
			for _, part := range rise.Parts {
				named = append(named, fmt.Sprint(part.Name, " ", part.Used))
			}
			if diff := cmp.Diff(tt.named, named); diff != "" || rise.Others != tt.others || !rise.Rest.Equal(dec(tt.rest)) {
				t.Errorf("%d others with %s, want %d with %s; named (-want +got):\n%s", rise.Others, rise.Rest, tt.others, tt.rest, diff)
			}
		})
	}
}
