package command

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/command/period"
	"budgetbot/slackapp/command/typed"
)

var compareMonths = cmp.AllowUnexported(billing.Month{})

// drawName draws a name as an account may have it, words of the grammar and punctuation included.
func drawName(t *rapid.T, label string) string {
	part := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z][a-z_]{2,8}`),
		rapid.SampledFrom([]string{"by", "top", "2023", "may", "to", "-", "&", "(Bundle)", "a..b", "help", "q1", "&amp;", "3m", "é", "per", "since", "cost", "team", "rates", "will", "end of month", "next", "month", "vs", "against", "compare", "yoy", "year", "over", "and"}),
	)
	return strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, label), " ")
}

func drawCatalog(t *rapid.T) billing.Catalog {
	var rows []billing.Usage
	taken := map[string]bool{}
	for range rapid.IntRange(1, 3).Draw(t, "products") {
		product := rapid.StringMatching(`[a-z]{3,8}_[a-z]{2,5}`).Draw(t, "product")
		for range rapid.IntRange(1, 4).Draw(t, "types") {
			name := drawName(t, "type")
			if folded := typed.Letters(name); folded != "" && !taken[folded] && !taken[typed.Letters(product)+" "+folded] {
				taken[folded] = true
				rows = append(rows, billing.Usage{Month: billing.MonthOf(now), Product: product, UsageType: name, Unit: "gb"})
			}
		}
		taken[typed.Letters(product)] = true
	}
	return billing.CatalogOf(rows)
}

func TestCanonicalTextReadsAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		catalog := drawCatalog(t)
		if len(catalog.Products) == 0 {
			t.Skip("no product was drawn")
		}
		last := billing.MonthOf(now).Add(-rapid.IntRange(0, 60).Draw(t, "age"))
		asked := Asked{Question: report.Question{
			Months: billing.Range{First: last.Add(-rapid.IntRange(0, period.MaxMonths-1).Draw(t, "length")), Last: last},
		}}
		q := &asked.Question
		if rapid.Bool().Draw(t, "two periods") {
			q.Against = period.Moved(q.Months, -q.Months.Len()-rapid.IntRange(0, 24).Draw(t, "gap"))
			q.Against.First = q.Against.First.Add(-rapid.IntRange(0, 2).Draw(t, "longer"))
			if q.Against.First.Before(period.Oldest) || q.Against.Len() > period.MaxMonths {
				t.Skip("the earlier period is too long or too long ago")
			}
		}
		q.Cost = rapid.Bool().Draw(t, "cost")
		product := rapid.SampledFrom(catalog.Products).Draw(t, "of")
		switch rapid.IntRange(0, 2).Draw(t, "names") {
		case 1:
			q.Product = billing.NamesOf(product.ID)
			if rapid.Bool().Draw(t, "several products") {
				q.Product = billing.NamesOf(product.ID, rapid.SampledFrom(catalog.Products).Draw(t, "and of").ID)
			}
		case 2:
			q.Product = billing.NamesOf(product.ID)
			q.UsageType = billing.NamesOf(rapid.SliceOfN(rapid.SampledFrom(product.UsageTypes), 1, 3).Draw(t, "usage types")...)
		}
		q.By = rapid.SampledFrom([]report.Breakdown{report.ByUsageType, report.ByProduct, report.ByRegion, report.ByService, report.ByTeam}).Draw(t, "by")
		switch q.Show = rapid.SampledFrom([]report.Show{report.ShowUsage, report.ShowForecast, report.ShowRates, report.ShowChanges}).Draw(t, "show"); q.Show {
		case report.ShowRates:
			q.Cost, q.By = false, report.ByUsageType
			fallthrough
		case report.ShowForecast:
			q.Months.First, q.Against = q.Months.Last, billing.Range{}
		}
		q.Monthly = rapid.Bool().Draw(t, "monthly") && q.Show == report.ShowUsage && !q.IsComparison() && q.Months.Len() > 1
		q.Top = rapid.IntRange(UsualTop(*q), maxTop).Draw(t, "top")
		if q.By == report.ByService {
			q.Top = max(q.Top, 1)
		}
		if q.Show == report.ShowRates {
			q.Top = 0
		}
		asked.TopTyped = q.Top != UsualTop(*q)

		again, mistake := parse(asked.Text(), now, catalog)
		if mistake != nil {
			t.Fatalf("%q is refused: %s", asked.Text(), mistake.Sentence)
		}
		if diff := cmp.Diff(asked, again, compareMonths); diff != "" {
			t.Fatalf("%q reads as something else (-asked +again)\n%s", asked.Text(), diff)
		}
	})
}

func FuzzParseUsage(f *testing.F) {
	seeds := []string{
		"", "2023-01..2023-03 cdn_usage", "nov..jan", "last 3 months cdn_usage by service top 20", "“north america requests” ytd",
		"last month cost by team", "cost cost by", "2023–01–2023–03", "0000-00..9999-99", "top top top", "by by", ".. .. ..", `"" "`, "&amp;lt;", "\x00\xff", "🎉 <!channel>",
		"octobr..novembr cdn_usge by servise top 0", "q5..q0", "vs vs", "compare with to", "q3 vs. q2 by team", "2015 yoy", "mom yoy", "compare aug to oct and may to jul", "between the since of", "99999999999999999999m", "2026-12..",
		"forecast cost by region", "next month rates", "cost per tb asia", "per million requests per gb eom",
	}
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		asked, mistake := parse(text, now, catalog())
		if mistake == nil {
			checkAsked(t, asked)
			return
		}
		if mistake.Sentence == "" || utf8.RuneCountInString(mistake.Sentence) > 1000 {
			t.Errorf("%q gets the sentence %q", text, mistake.Sentence)
		}
		if len(mistake.Corrected) == 0 {
			t.Errorf("%q gets no correction beside %q", text, mistake.Sentence)
		}
		for _, corrected := range mistake.Corrected {
			again, wrong := parse(corrected, now, catalog())
			if wrong != nil || again.Text() != corrected {
				t.Errorf("%q is corrected to %q, which reads as %q, %+v", text, corrected, again.Text(), wrong)
			}
		}
	})
}

func checkAsked(t *testing.T, asked Asked) {
	t.Helper()
	again, mistake := parse(asked.Text(), now, catalog())
	if mistake != nil {
		t.Fatalf("%q is refused: %s", asked.Text(), mistake.Sentence)
	}
	if diff := cmp.Diff(asked.Question, again.Question, compareMonths); diff != "" || asked.Help != again.Help {
		t.Errorf("%q reads as something else (-asked +again)\n%s", asked.Text(), diff)
	}
	months := asked.Question.Months
	if against := asked.Question.Against; asked.Question.IsComparison() && (against.Len() < 1 || !against.Last.Before(months.First)) {
		t.Errorf("%q compares %s with %s", asked.Text(), months, against)
	}
	if !asked.Help && (months.Len() < 1 || months.Len() > period.MaxMonths || months.Last.After(billing.MonthOf(now))) {
		t.Errorf("%q spans %s", asked.Text(), months)
	}
}

func TestParsingStaysFastOnLongText(t *testing.T) {
	started := time.Now()
	for _, piece := range []string{"a ", "1 ", "top ", "by ", "jan ", "..", `"`, "–", "cdn_usage "} {
		parse(strings.Repeat(piece, typed.MaxText/len(piece)), now, catalog())
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("nine long texts took %s", took)
	}
}
