package command

import (
	"strings"
	"testing"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim/account"
)

func TestWhichOfSeveralNamesIsNotKnown(t *testing.T) {
	names := Names{
		Read:     func(billing.Range, bool) (billing.Catalog, error) { return corpusCatalog(), nil },
		Services: func(billing.Range) ([]string, error) { return account.DefaultServiceNames(), nil },
		Teams:    []string{"shop", "media"},
	}
	const europe = "There's nothing called `europ`. Did you mean `region Europe`?"
	for _, test := range []struct{ name, text, sentence, corrected string }{
		{"one of two: the other is kept", "asia and europ", europe, "2026-11 region Asia and Europe"},
		{"so it is with a comma", "asia, europ", europe, "2026-11 region Asia and Europe"},
		{"and where they are compared", "asia vs europ", europe, "2026-11 region Asia and Europe"},
		{"and behind a word for comparing", "compare asia with europ", europe, "2026-11 region Asia and Europe"},
		{"and behind their kind", "region europ and asia", europe, "2026-11 region Europe and Asia"},
		{"and with the rest of the question", "october asia and europ bandwidth cost", europe, "2026-10 bandwidth region Asia and Europe cost"},
		{"a product beside a product", "cdn_usage, ngwf", "There's nothing called `ngwf`. Did you mean `ngwaf`?", "2026-11 cdn_usage and ngwaf"},
		{"a team beside a team", "team shop and medai", "There's nothing called `medai`. Did you mean `team media`?", "2026-11 team shop and media"},
		{"a service beside a service", "service www-shp and video-vod", "There's nothing called `www-shp`. Did you mean `service www-shop`?", "2026-11 service www-shop and video-vod"},
		{"both of two", "asai and europ", "There's nothing called `asai` or `europ`.", "2026-11 region Asia and Europe"},
		{"what is near nothing is left out", "asia and weather", "There's nothing called `weather`.", "2026-11 region Asia"},
		{"so it is before the one that is known", "weather vs asia", "There's nothing called `weather`.", "2026-11 region Asia"},
		{"and beside one that is misspelt", "asia, europ and weather", "There's nothing called `europ` or `weather`.", "2026-11 region Asia and Europe"},
		{"and beside a product", "cdn_usage and weather", "There's nothing called `weather`.", "2026-11 cdn_usage"},
		{"behind a product without a word between, it would be one of its usage types", "cdn_usage weather", "`cdn_usage` has no usage type called `weather`.", "2026-11 cdn_usage"},
		{"where none is known, all are named", "latency or weather", "There's nothing called `latency or weather` in November 2026.", "2026-11 | 2026-11 products"},
		{"words that are near one name are one", "europ bandwidth", "There's no usage type called `europ bandwidth`. Did you mean `Europe Bandwidth`?", "2026-11 cdn_usage Europe Bandwidth"},
		{"a month among names is a month", "asia and octobr", "I don't recognize the period `octobr`. Did you mean `october`?", "2026-10 region Asia"},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked, mistake, err := Understand(test.text, corpusNow, names)
			if mistake == nil || err != nil {
				t.Fatalf("answered %s, %v", asked.Text(), err)
			}
			if got := strings.Join(mistake.Corrected, " | "); mistake.Sentence != test.sentence || got != test.corrected {
				t.Errorf("%s %s\nwant\n%s %s", mistake.Sentence, got, test.sentence, test.corrected)
			}
		})
	}
}
