package command

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim/account"
)

// corpusNow is the evening of docs/questions.md.
var corpusNow = time.Date(2026, time.November, 29, 20, 0, 0, 0, time.UTC)

// corpusCatalog is the account of docs/questions.md.
func corpusCatalog() billing.Catalog {
	var rows []billing.Usage
	add := func(product string, usageTypes ...string) {
		for _, t := range usageTypes {
			region, of := "", strings.Fields(t)
			if product == "cdn_usage" {
				region = strings.Join(of[:len(of)-1], " ")
			}
			rows = append(rows, billing.Usage{Month: billing.MonthOf(corpusNow), Product: product, UsageType: t, Region: region})
		}
	}
	for _, region := range []string{"Asia", "Australia", "Europe", "North America", "South America"} {
		add("cdn_usage", region+" Bandwidth", region+" Requests")
	}
	add("compute_requests", "Compute Requests", "Compute vCPU Time")
	add("ddos_protection", "DDoS Protection Requests")
	add("image_optimizer", "Image Optimizer Requests")
	add("kv_store", "KV Store Class A Operations", "KV Store Class B Operations")
	add("ngwaf", "Next-Gen WAF Requests")
	add("object_storage", "Object Storage", "Object Storage Class A Operations", "Object Storage Class B Operations")
	return billing.CatalogOf(rows)
}

// corpusRow is one row of docs/questions.md.
type corpusRow struct{ section, typed, means string }

var corpusLine = regexp.MustCompile("^\\| `(.*?)` \\| (.*) \\|$")

func corpus(t *testing.T) []corpusRow {
	t.Helper()
	page, err := os.ReadFile("../../docs/questions.md")
	if err != nil {
		t.Fatal(err)
	}
	var rows []corpusRow
	section := ""
	for line := range strings.Lines(strings.ReplaceAll(string(page), "| `` |", "| ` ` |")) {
		line = strings.TrimRight(line, "\n")
		if title, found := strings.CutPrefix(line, "## "); found {
			section = title
		}
		if cells := corpusLine.FindStringSubmatch(line); cells != nil {
			rows = append(rows, corpusRow{section, cells[1], cells[2]})
		}
	}
	return rows
}

// inColumn is how a row's second column has what was understood.
func inColumn(asked Asked, corrected []string) string {
	texts := []string{asked.Text()}
	lead := ""
	if len(corrected) > 0 {
		lead, texts = "ask: ", corrected
	}
	return lead + "`" + strings.Join(texts, "`, `") + "`"
}

func TestCorpus(t *testing.T) {
	rows := corpus(t)
	if len(rows) < 300 {
		t.Errorf("docs/questions.md has %d questions, want 300 or more", len(rows))
	}
	catalog, withFees := corpusCatalog(), corpusCatalog()
	withFees.Products = append(withFees.Products,
		billing.Product{ID: "CS: CSE", UsageTypes: []string{"Customer Success: Enterprise"}, OfFees: true},
		billing.Product{ID: "TLS", UsageTypes: []string{"TLS Certificates"}, OfFees: true})
	services := account.DefaultServiceNames()
	for _, row := range rows {
		t.Run(row.section+": "+row.typed, func(t *testing.T) {
			asked, mistake, err := Understand(row.typed, corpusNow, Names{
				Known: catalog, Read: func(_ billing.Range, cost bool) (billing.Catalog, error) {
					if cost {
						return withFees, nil
					}
					return catalog, nil
				},
				Teams: []string{"shop", "media"}, YearStarts: time.February,
				Services: func(billing.Range) ([]string, error) { return services, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			var corrected []string
			if mistake != nil {
				corrected = mistake.Corrected
			}
			got := inColumn(asked, corrected)
			switch isLater := row.section == "Not understood yet"; {
			case row.section == "Not answered":
				if mistake == nil {
					t.Errorf("it means %s, want a refusal", got)
				}
			case isLater && got == row.means:
				t.Errorf("it is understood: move the row up")
			case !isLater && got != row.means:
				t.Errorf("it means %s, want %s", got, row.means)
			}
		})
	}
}
