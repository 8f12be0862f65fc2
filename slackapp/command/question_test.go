package command

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// now is in November 2026 throughout.
var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

// catalog is an account with three products. Two usage types are called the same.
func catalog() billing.Catalog {
	usageTypes := map[string][]string{
		"cdn_usage": {
			"Asia Bandwidth", "Asia Requests", "Europe Bandwidth", "Europe Requests",
			"North America Bandwidth", "North America Requests", "Requests",
		},
		"compute_requests": {"Compute Requests (Bundle)", "Requests"},
		"image_optimizer":  {"Image Optimizer Requests"},
	}
	var rows []billing.Usage
	for product, names := range usageTypes {
		for _, name := range names {
			rows = append(rows, billing.Usage{
				Month: billing.NewMonth(2026, time.November), Product: product, UsageType: name, Unit: "unit",
			})
		}
	}
	return billing.CatalogOf(rows)
}

// parse reads a text as the app does, with the names of the catalog.
func parse(text string, now time.Time, catalog billing.Catalog) (Asked, *blocks.Mistake) {
	asked, mistake, _ := Understand(text, now, Names{
		Known: catalog, Read: func(billing.Range, bool) (billing.Catalog, error) { return catalog, nil },
	})
	return asked, mistake
}

func TestParseUsageReadsPeriods(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"no text is this month", "", "2026-11"},
		{"spaces alone are this month", " \u00a0\t ", "2026-11"},
		{"a month in figures", "2023-01", "2023-01"},
		{"a month with one digit", "2023-1", "2023-01"},
		{"a month with a slash", "2023/01", "2023-01"},
		{"a month before its year", "01/2023", "2023-01"},
		{"a bare month is the most recent one", "october", "2026-10"},
		{"a bare month that runs is this one", "November", "2026-11"},
		{"a bare month that has not begun is last year's", "december", "2025-12"},
		{"a short month with its year", "oct 2025", "2025-10"},
		{"a month after its year", "2025 oct", "2025-10"},
		{"a short month with a dot", "Oct. 2025", "2025-10"},
		{"september by four letters", "sept 2025", "2025-09"},
		{"this month", "this month", "2026-11"},
		{"last month", "last month", "2026-10"},
		{"small words before a period", "for the last month", "2026-10"},
		{"last 3 months are the closed ones", "last 3 months", "2026-08..2026-10"},
		{"the count may be a word", "last three months", "2026-08..2026-10"},
		{"3m includes this month", "3m", "2026-09..2026-11"},
		{"a year", "2023", "2023-01..2023-12"},
		{"the year that runs is the year so far", "2026", "2026-01..2026-11"},
		{"last year", "last year", "2025-01..2025-12"},
		{"a bare quarter is the most recent one", "q3", "2026-07..2026-09"},
		{"the quarter that runs is the quarter so far", "q4", "2026-10..2026-11"},
		{"a quarter of a year", "2023-q1", "2023-01..2023-03"},
		{"a quarter before its year", "Q1 2023", "2023-01..2023-03"},
		{"last quarter", "last quarter", "2026-07..2026-09"},
		{"this quarter", "this quarter", "2026-10..2026-11"},
		{"ytd", "ytd", "2026-01..2026-11"},
		{"year to date", "Year To Date", "2026-01..2026-11"},
		{"an open range runs until now", "2023-01..", "2023-01..2026-11"},
		{"since runs until now", "since 2026-03", "2026-03..2026-11"},
		{"a range of names is the nearest past one", "nov..jan", "2025-11..2026-01"},
		{"a range of names within this year", "jan..mar", "2026-01..2026-03"},
		{"a range of names with the year at its end", "nov..jan 2024", "2023-11..2024-01"},
		{"a range of names with the year at its start", "nov 2023..jan", "2023-11..2024-01"},
		{"a range within the year at its start", "jan 2023..mar", "2023-01..2023-03"},
		{"a range that ends in a bare number", "2023-01..03", "2023-01..2023-03"},
		{"a range in figures", "2023-01..2023-03", "2023-01..2023-03"},
		{"a range with spaces", "2023-01 .. 2023-03", "2023-01..2023-03"},
		{"a range in words", "2023-01 to 2023-03", "2023-01..2023-03"},
		{"between and", "between jan 2023 and mar 2023", "2023-01..2023-03"},
		{"a range of quarters", "2023-q1..2023-q2", "2023-01..2023-06"},
		{"a range of years", "2023-2024", "2023-01..2024-12"},
		{"an en dash", "2023-01–2023-03", "2023-01..2023-03"},
		{"an em dash with spaces", "2023-01 — 2023-03", "2023-01..2023-03"},
		{"en dashes everywhere", "2023–01–2023–03", "2023-01..2023-03"},
		{"en dashes within the months alone", "2023–01..2023–03", "2023-01..2023-03"},
		{"two hyphens", "2023-01--2023-03", "2023-01..2023-03"},
		{"a hyphen", "2023-01-2023-03", "2023-01..2023-03"},
		{"a hyphen between names", "nov-jan", "2025-11..2026-01"},
		{"an ellipsis", "2023-01…2023-03", "2023-01..2023-03"},
		{"three dots", "2023-01...2023-03", "2023-01..2023-03"},
		{"no-break spaces", "2023-01\u00a0to\u202f2023-03", "2023-01..2023-03"},
		{"a zero-width space", "\u200b2023-01..\u200b2023-03", "2023-01..2023-03"},
		{"punctuation at the end", "2023-01..2023-03.", "2023-01..2023-03"},
		{"control characters", "\x002023-01\x07\x00", "2023-01"},
		{"a question mark at the end", "last month?", "2026-10"},
		{"surplus spaces", "   last   3    months ", "2026-08..2026-10"},
		{"the same period twice is one", "2023-01 2023-01", "2023-01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := parse(test.text, now, catalog())
			if mistake != nil {
				t.Fatalf("refused: %s", mistake.Sentence)
			}
			if got := asked.Question.Months.String(); got != test.want {
				t.Errorf("%q is %s, want %s", test.text, got, test.want)
			}
		})
	}
}

func TestParseUsageReadsNamesAndShape(t *testing.T) {
	month := billing.One(billing.NewMonth(2023, time.January))
	const na = "North America Requests"
	for _, test := range []struct {
		name, text string
		want       report.Question
	}{
		{"no name is every product", "2023-01", report.Question{By: report.ByProduct}},
		{"a product is shown by usage type", "2023-01 cdn_usage", report.Question{Product: "cdn_usage", By: report.ByUsageType}},
		{"a product in another case", "2023-01 CDN_Usage", report.Question{Product: "cdn_usage", By: report.ByUsageType}},
		{"a product with spaces", "2023-01 cdn usage", report.Question{Product: "cdn_usage", By: report.ByUsageType}},
		{"a product before the period", "cdn_usage 2023-01", report.Question{Product: "cdn_usage", By: report.ByUsageType}},
		{"a comma after the period", "2023-01, cdn_usage", report.Question{Product: "cdn_usage", By: report.ByUsageType}},
		{"a usage type without quotes", "2023-01 cdn_usage North America Requests", report.Question{Product: "cdn_usage", UsageType: na, By: report.ByUsageType}},
		{"a usage type in quotes", `2023-01 cdn_usage "North America Requests"`, report.Question{Product: "cdn_usage", UsageType: na, By: report.ByUsageType}},
		{"a usage type in smart quotes", "2023-01 cdn_usage “north america requests”", report.Question{Product: "cdn_usage", UsageType: na, By: report.ByUsageType}},
		{"the usage type first", "north america requests cdn_usage 2023-01", report.Question{Product: "cdn_usage", UsageType: na, By: report.ByUsageType}},
		{"a usage type that only one product has", "2023-01 north america requests", report.Question{Product: "cdn_usage", UsageType: na, By: report.ByUsageType}},
		{"a word for what is counted is the measure, also where a usage type has that name", "2023-01 requests", report.Question{Measure: "requests", By: report.ByUsageType}},
		{"a usage type that two products have, in quotes", `2023-01 "requests"`, report.Question{UsageType: "Requests", By: report.ByUsageType}},
		{"a usage type that two products have, of one", "2023-01 compute_requests requests", report.Question{Product: "compute_requests", UsageType: "Requests", By: report.ByUsageType}},
		{"brackets in a name need not be typed", "2023-01 compute requests bundle", report.Question{Product: "compute_requests", UsageType: "Compute Requests (Bundle)", By: report.ByUsageType}},
		{"by service shows ten", "2023-01 by service", report.Question{By: report.ByService, Top: 10}},
		{"by service with its own top", "by service top 20 2023-01", report.Question{By: report.ByService, Top: 20}},
		{"by team shows all of them", "2023-01 by team", report.Question{By: report.ByTeam}},
		{"cost is by product", "2023-01 cost", report.Question{Cost: true, By: report.ByProduct}},
		{"cost before the period", "cost 2023-01 by service", report.Question{Cost: true, By: report.ByService, Top: 10}},
		{"cost of one product", "2023-01 Cost cdn_usage by team", report.Question{Cost: true, Product: "cdn_usage", By: report.ByTeam}},
		{"other words for cost", "2023-01 spend", report.Question{Cost: true, By: report.ByProduct}},
		{"by region", "2023-01 cdn_usage by region", report.Question{Product: "cdn_usage", By: report.ByRegion}},
		{"by type", "2023-01 by type", report.Question{By: report.ByUsageType}},
		{"by usage type in two words", "2023-01 by usage type", report.Question{By: report.ByUsageType}},
		{"by product", "2023-01 cdn_usage by product", report.Question{Product: "cdn_usage", By: report.ByProduct}},
		{"per is by", "2023-01 per region", report.Question{By: report.ByRegion}},
		{"top in one word", "2023-01 top5", report.Question{By: report.ByProduct, Top: 5}},
		{"escaped by Slack once", "2023-01 &lt;cdn_usage&gt;", report.Question{Product: "cdn_usage", By: report.ByUsageType}},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := parse(test.text, now, catalog())
			if mistake != nil {
				t.Fatalf("refused: %s", mistake.Sentence)
			}
			test.want.Months = month
			if diff := cmp.Diff(test.want, asked.Question, cmp.AllowUnexported(billing.Month{})); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseUsageReadsHelp(t *testing.T) {
	for _, text := range []string{"help", "Help!", "?", "--help", "help cdn_usage"} {
		asked, mistake := parse(text, now, catalog())
		if mistake != nil || !asked.Help {
			t.Errorf("%q is %+v, %v, want help", text, asked, mistake)
		}
	}
}

func TestParseUsageCorrectsMistakes(t *testing.T) {
	for _, test := range []struct {
		name, text string
		sentence   string // a part of it
		corrected  string // all of them
	}{
		{"a month 13", "2023-13 cdn_usage", "months 1 to 12, not 13", "2023-12 cdn_usage"},
		{"a month 0", "2023-00", "months 1 to 12, not 00", "2023-01"},
		{"a year 0", "0000", "the company started in 2011", "2026-10"},
		{"a wrong start of a range", "2023-13..2024-03 cdn_usage", "months 1 to 12, not 13", "2023-12..2024-03 cdn_usage"},
		{"a wrong end of a range", "2023-01..2023-13 by region", "months 1 to 12, not 13", "2023-01..2023-12 by region"},
		{"both ends wrong", "2023-00..2023-13", "months 1 to 12, not 00", "2023-01..2023-12"},
		{"a quarter 5", "q5", "q1 to q4", "2026-07..2026-09"},
		{"reversed", "2023-03..2023-01 cdn_usage", "January 2023 is before March 2023", "2023-01..2023-03 cdn_usage"},
		{"reversed within a year", "2023-03..01", "January 2023 is before March 2023", "2023-01..2023-03"},
		{"a future month", "2026-12", "December 2026 hasn't started", "2026-11"},
		{"a future year", "2030", "January 2030 hasn't started", "2026-11"},
		{"a range into the future", "2026-01..2026-12 cdn_usage", "December 2026 hasn't started", "2026-01..2026-11 cdn_usage"},
		{"thirty years", "1996-11..2026-11", "at most 60 months", "2021-12..2026-11"},
		{"more months than one question has", "2020-01..2026-11", "at most 60 months", "2021-12..2026-11"},
		{"last 99 months", "last 99 months", "at most 60 months", "2021-11..2026-10"},
		{"99m", "99m", "at most 60 months", "2021-12..2026-11"},
		{"0m", "0m", "at least one month", "2026-11"},
		{"last 0 months", "last 0 months", "at least one month", "2026-10"},
		{"3 months that may include this one", "3 months", "Should the 3 months include", "2026-08..2026-10 | 2026-09..2026-11"},
		{"a range without a start", "..2023-03", "can't read the range", "2026-08..2026-10"},
		{"a month before Fastly", "2005-03 cdn_usage", "started in 2011", "2026-10 cdn_usage"},
		{"two periods", "2023-01 cdn_usage 2023-05", "two periods", "2023-01 cdn_usage | 2023-05 cdn_usage | 2023-05 vs 2023-01 cdn_usage"},
		{"digits that are no months", "20230 cdn_usage", "can't read `20230", "2026-11 cdn_usage"},
		{"a month that is misspelt", "octobr", "Did you mean `october`?", "2026-10"},
		{"a month that is misspelt before a product", "octobr cdn_usage", "Did you mean `october`?", "2026-10 cdn_usage"},
		{"a range whose start is misspelt", "octobr..november cdn_usage", "Did you mean `october`?", "2026-10..2026-11 cdn_usage"},
		{"a range whose end is misspelt", "2025-12..janury cdn_usage", "Did you mean `january`?", "2025-12..2026-01 cdn_usage"},
		{"a range of nothing", "foo..bar", "can't read the range", "2026-08..2026-10"},
		{"a product that is misspelt", "2023-01..2023-03 cdn_usge", "There's no product called `cdn_usge`. Did you mean `cdn_usage`?", "2023-01..2023-03 cdn_usage"},
		{"a product that is misspelt before its usage type", "2023-01 cdn_usge north america requests by region", "There's no product called `cdn_usge`. Did you mean `cdn_usage`?", "2023-01 cdn_usage North America Requests by region"},
		{"a usage type that is misspelt", "2023-01 cdn_usage Nrth America Request", "`cdn_usage` has no usage type called `Nrth America Request`. Did you mean `North America Requests`?", "2023-01 cdn_usage North America Requests"},
		{"both misspelt", "2023-01 cdn_usge Nrth America Requests", "There's no product called `cdn_usge`. Did you mean `cdn_usage`?", "2023-01 cdn_usage North America Requests"},
		{"a usage type of another product", "2023-01 image_optimizer asia requests", "`Asia Requests` is a usage type of `cdn_usage`, not of `image_optimizer`", "2023-01 cdn_usage Asia Requests"},
		{"a usage type near none of its product", "2023-01 image_optimizer zzz", "`image_optimizer` has no usage type called `zzz`.", "2023-01 image_optimizer"},
		{"a name near nothing", "2023-01 foo", "There's nothing called `foo` in November 2026.", "2023-01 | 2023-01 products"},
		{"a pattern", "2023-01 *", "There's nothing called `*`", "2023-01 | 2023-01 products"},
		{"an emoji", "🎉 2023-01", "There's nothing called `🎉`", "2023-01 | 2023-01 products"},
		{"markup", "2023-01 <!channel> *bold*", "There's nothing called", "2023-01 | 2023-01 products"},
		{"an unknown breakdown", "2023-01 by colour", "can't show usage by `colour`", "2023-01 by type | 2023-01 by service"},
		{"a misspelt breakdown", "2023-01 by servise", "can't show usage by `servise`", "2023-01 by service"},
		{"by nothing", "2023-01 by", "By what?", "2023-01 by type | 2023-01 by service"},
		{"two breakdowns", "2023-01 by region by type", "One breakdown at a time", "2023-01 by region | 2023-01 by type"},
		{"top 0", "2023-01 by region top 0", "`top` needs a number from 1 to 100", "2023-01 by region top 20"},
		{"top 9999", "2023-01 top 9999", "`top` needs a number from 1 to 100", "2023-01 top 100"},
		{"top of nothing", "2023-01 top", "`top` needs a number", "2023-01 top 20"},
		{"top of a word", "2023-01 top dogs", "`top` needs a number", "2023-01 top 20"},
		{"two tops", "2023-01 top 5 top 6", "`top` needs a number", "2023-01 top 5"},
		{"3,000 characters", strings.Repeat("cdn_usage ", 300), "3000 characters; a question can have at most 300", "help"},
		{"everything wrong at once", "2023-13 cdn_usge by servise top 0", "by `servise`", "2023-12 cdn_usage by service top 20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := parse(test.text, now, catalog())
			if mistake == nil {
				t.Fatalf("answered %s", asked.Text())
			}
			if !strings.Contains(mistake.Sentence, test.sentence) {
				t.Errorf("sentence %q lacks %q", mistake.Sentence, test.sentence)
			}
			if got := strings.Join(mistake.Corrected, " | "); got != test.corrected {
				t.Errorf("corrected %q, want %q", got, test.corrected)
			}
		})
	}
}

func TestParseUsageKnowsNoNamesWithoutCatalog(t *testing.T) {
	_, mistake := parse("2023-01 cdn_usage", now, billing.Catalog{})
	if mistake == nil || !strings.Contains(mistake.Sentence, "can't look up `cdn_usage`") {
		t.Errorf("mistake is %+v", mistake)
	}
	if asked, mistake := parse("2023-01", now, billing.Catalog{}); mistake != nil || asked.Question.By != report.ByProduct {
		t.Errorf("a question without names is %+v, %+v", asked, mistake)
	}
}
