package billing

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCatalogOf(t *testing.T) {
	rows := join(
		gb("cdn_usage", "Bandwidth", "Europe", "1"), gb("cdn_usage", "Bandwidth", "Asia", "1", "2"),
		unit("cdn_usage", "Asia Requests", "Asia", "1"), unit("image_optimizer", "Images", "", "1"),
	)
	got := CatalogOf(rows)
	want := Catalog{
		Products: []Product{
			{ID: "cdn_usage", UsageTypes: []string{"Asia Requests", "Bandwidth"}},
			{ID: "image_optimizer", UsageTypes: []string{"Images"}},
		},
		Regions: []string{"Asia", "Europe"},
		First:   NewMonth(2023, time.January), Last: NewMonth(2023, time.February),
	}
	if diff := cmp.Diff(want, got, equalMonths); diff != "" {
		t.Fatalf("catalog (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cdn_usage", "image_optimizer"}, got.ProductIDs()); diff != "" {
		t.Errorf("products (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Asia Requests", "Bandwidth", "Images"}, got.UsageTypes("")); diff != "" {
		t.Errorf("all usage types (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Images"}, got.UsageTypes("IMAGE_optimizer")); diff != "" {
		t.Errorf("usage types of a product (-want +got):\n%s", diff)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"cdn_usage", "compute_requests", "image_optimizer", "North America Requests", "South America Requests"}
	for _, tt := range []struct {
		name, wanted string
		near         []string
	}{
		{"a letter left out", "cdn_usge", []string{"cdn_usage"}},
		{"two letters swapped", "cnd_usage", []string{"cdn_usage"}},
		{"a hyphen for an underscore, and capitals", "CDN-Usage", []string{"cdn_usage"}},
		{"two that are near, the nearer first", "nort america requests", []string{"North America Requests", "South America Requests"}},
		{"nothing is near", "foo", []string{}},
		{"nothing is like nothing", "", []string{}},
		{"one letter is like nothing", "x", []string{}},
		{"a novel is like nothing", strings.Repeat("cdn_usage", 400), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.near, Nearest(tt.wanted, names)); diff != "" {
				t.Errorf("nearest (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNearestByWord(t *testing.T) {
	names := []string{"ddos_protection", "compute_requests", "image_optimizer", "kv_store"}
	for _, tt := range []struct {
		rule, wanted string
		near         []string
	}{
		{"a misspelt word finds the name that has it", "dddos", []string{"ddos_protection"}},
		{"a word as it stands finds the name that has it", "optimizer", []string{"image_optimizer"}},
		{"a word of few letters finds nothing", "kw", []string{}},
		{"a word like none finds nothing", "weather", []string{}},
		{"a novel finds nothing", strings.Repeat("ddos", 400), nil},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			if diff := cmp.Diff(tt.near, NearestByWord(tt.wanted, names)); diff != "" {
				t.Errorf("nearest (-want +got):\n%s", diff)
			}
		})
	}
}
