package samples

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/byday"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

func dayOf(day int) time.Time { return sampledata.November.Start().AddDate(0, 0, day-1) }

func daysFrom(first, last int) billing.Days {
	return billing.Days{First: dayOf(first), Last: dayOf(last)}
}

// ofDays makes a series with terabytes and billions of requests, day by day from November 8.
func ofDays(name, id string, terabytes ...float64) byday.Series {
	const first = 8

	s := byday.Series{Name: name, ID: id, On: map[time.Time][]decimal.NullDecimal{}}
	for i, tb := range terabytes {
		used := decimal.NewFromFloat(tb)
		s.On[dayOf(first+i)] = []decimal.NullDecimal{decimal.NewNullDecimal(used.Shift(12)), decimal.NewNullDecimal(used.Mul(decimal.New(165, 6)))}
	}
	return s
}

func daysSamples() []Sample {
	columns := []byday.Column{{Name: "Bandwidth", Measure: bytesMoved}, {Name: "Requests", Measure: requests}}
	america := ofDays("North America", "", 11.2, 12.9, 13.1, 12.8, 13, 12.2, 10.9, 11.4, 13.2, 13.3, 13, 26.4, 24.9, 12)
	asia := ofDays("Asia", "", 3.1, 3.4, 3.5, 3.3, 3.4, 3.2, 3, 3.1, 3.5, 3.5, 3.4, 3.6, 3.5, 3.2)
	regions := []byday.Series{america, asia}
	source := byday.Source{Since: dayOf(1).AddDate(-2, 0, 0), To: dayOf(22)}
	draw := func(q report.Question, data byday.Data, asked string, change func(*byday.Table), actions ...string) Sample {
		q.Months = q.Days.Months()
		data.Columns, data.Against = columns[:max(1, min(2, len(data.Columns)+2))], byday.Opposite(q)
		if data.Recorded {
			data.Columns = []byday.Column{{Name: "Image Optimizer Requests", Measure: requests}}
		} else {
			data.Source.Since, data.Source.To = source.Since, source.To
		}
		t := byday.Tabulate(q, data)
		if change != nil {
			change(&t)
		}
		return Sample{"", usageview.Days(t, sampleContext(asked, actions...))}
	}
	named := func(name string, s Sample) Sample { s.Name = name; return s }
	week := daysFrom(15, 21)
	led := func(t *byday.Table) {
		t.Leads = []byday.Lead{{Kind: report.ByRegion, Name: "North America", Delta: decimal.New(241, 11)}, {Kind: report.ByService, Name: "www-shop", Delta: decimal.New(225, 11)}}
		t.Billed = &byday.Billed{Month: sampledata.November, To: dayOf(22), Measured: decimal.New(3463, 11), Billed: decimal.New(3489, 11)}
	}
	recorded := byday.Series{On: map[time.Time][]decimal.NullDecimal{}}
	for day := 19; day <= 20; day++ {
		recorded.On[dayOf(day)] = []decimal.NullDecimal{decimal.NewNullDecimal(decimal.New(int64(9_000_000+100_000*day), 0))}
	}
	return []Sample{
		named("days-week", draw(report.Question{Days: week, By: report.ByDay}, byday.Data{Series: regions}, "2026-11-15..2026-11-21", led, "By Region", "By Service", "Previous Period")),
		named("days-one", draw(report.Question{Days: daysFrom(21, 21), By: report.ByDay}, byday.Data{Series: regions}, "2026-11-21", nil)),
		named("days-by-region", draw(report.Question{Days: week, By: report.ByRegion}, byday.Data{Series: regions}, "2026-11-15..2026-11-21 by region", nil)),
		named("days-by-service", draw(report.Question{Days: week, By: report.ByService, Top: 2}, byday.Data{Series: []byday.Series{
			ofDays("www-shop", "SU1Z0isxPaozGVKXdv0eY", 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 18, 17, 6),
			ofDays("video-vod", "7i6HN3TK9wS159v2gPAZ8A", 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5),
			ofDays("docs", "3i6HN3TK9wS159v2gPAZ8A", .1, .1, .1, .1, .1, .1, .1, .1, .1, .1, .1, .1, .1, .1),
		}}, "2026-11-15..2026-11-21 by service top 2", nil)),
		named("days-by-week", draw(report.Question{Days: daysFrom(3, 22), By: report.ByWeek}, byday.Data{
			Series: regions, Unknown: []time.Time{dayOf(3), dayOf(4), dayOf(22)}, Source: byday.Source{Why: ""},
		}, "2026-11-03..2026-11-22 by week", nil)),
		named("days-recorded", draw(report.Question{Days: daysFrom(18, 21), By: report.ByDay, Product: "image_optimizer"}, byday.Data{
			Source: byday.Source{Recorded: true, Since: dayOf(19), To: dayOf(21)}, Series: []byday.Series{recorded}, Unknown: []time.Time{dayOf(18), dayOf(21)},
		}, "2026-11-18..2026-11-21 image_optimizer", nil)),
		named("days-not-yet", draw(report.Question{Days: daysFrom(22, 22), By: report.ByDay}, byday.Data{
			Unknown: []time.Time{dayOf(22)},
		}, "2026-11-22", nil)),
		named("days-refused", draw(report.Question{Days: daysFrom(20, 21), By: report.ByDay}, byday.Data{
			Unknown: week.All(), Source: byday.Source{Why: "Fastly doesn't let this token read statistics."},
		}, "2026-11-20..2026-11-21", nil)),
	}
}
