package command

import (
	"testing"

	"budgetbot/billing/report"
)

func TestParseUsageReadsWhatToShow(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		show             report.Show
	}{
		{"nothing of the kind is usage", "october", "2026-10", report.ShowUsage},
		{"a word shows a forecast", "forecast", "2026-11 forecast", report.ShowForecast},
		{"a phrase of several words is one", "bandwidth at the end of the month", "2026-11 forecast bandwidth", report.ShowForecast},
		{"the longest phrase counts", "likely end", "2026-11 forecast", report.ShowForecast},
		{"two phrases may ask for the same", "likely cost at end of month", "2026-11 forecast cost", report.ShowForecast},
		{"case means nothing", "RATES", "2026-11 rates", report.ShowRates},
		{"a month of last year is one where that is typed", "forecast last december", "2025-12 forecast", report.ShowForecast},
		{"and where its year is", "forecast december 2025", "2025-12 forecast", report.ShowForecast},
		{"a unit says which measure", "cost per TB", "2026-11 rates bandwidth", report.ShowRates},
		{"a usage type outweighs the unit", "asia requests per TB", "2026-11 rates cdn_usage Asia Requests", report.ShowRates},
		{"rates are money without saying so", "rates cost", "2026-11 rates", report.ShowRates},
		{"rates of a region and a measure are those of every such usage type", "bandwidth rates asia", "2026-11 rates bandwidth region Asia", report.ShowRates},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake := parse(test.text, now, corpusCatalog())
			if mistake != nil {
				t.Fatalf("%q is refused: %s", test.text, mistake.Sentence)
			}
			if got := asked.Text(); got != test.want || asked.Question.Show != test.show {
				t.Errorf("%q reads as %q, show %q, want %q, %q", test.text, got, asked.Question.Show, test.want, test.show)
			}
		})
	}
}

func TestParseUsageAsksBackWhatCannotBeShown(t *testing.T) {
	for _, test := range []struct{ name, text, sentence, offer string }{
		{"a month to come is forecast this month", "next month", "I forecast to the end of this month only.", "2026-11 forecast"},
		{"so is a month of this year that has not begun", "how much will december cost", "December hasn't started yet, and I forecast to the end of this month only.", "2026-11 forecast cost"},
		{"one thing is shown at a time", "forecast rates", "One at a time: forecast or rates.", "2026-11 forecast"},
		{"a forecast is of one month", "forecast ytd", "A forecast is of one month: the one that isn't over.", "2026-11 forecast"},
		{"rates are of usage types", "rates by region", "Fastly has a rate for each usage type, the same for every service and team.", "2026-11 rates"},
		{"rates are of one month", "rates q3", "Rates are those of one month.", "2026-09 rates"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, mistake := parse(test.text, now, corpusCatalog())
			if mistake == nil {
				t.Fatalf("%q is understood", test.text)
			}
			if mistake.Sentence != test.sentence || len(mistake.Corrected) != 1 || mistake.Corrected[0] != test.offer {
				t.Errorf("%q gets %q and %q, want %q and %q", test.text, mistake.Sentence, mistake.Corrected, test.sentence, test.offer)
			}
		})
	}
}
