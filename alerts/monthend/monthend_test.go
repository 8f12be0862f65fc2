package monthend_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/monthend"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/daily"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/internal/alertstest"
)

// account is what Fastly and the bot's record hold.
type account struct {
	usage    []billing.Usage
	unread   []billing.Usage
	services []billing.ServiceUsage
	bills    []billing.Bill
	recorded []daily.Recorded
	traffic  []billing.DayTraffic
	errors   []forecast.PastError // of the budgets of Asia Bandwidth and of all bandwidth
	err      error                // of the record
}

func (a account) Read(_ context.Context, months billing.Range) (billing.Reading, error) {
	var rows []billing.Usage
	for _, u := range a.usage {
		if months.Contains(u.Month) {
			rows = append(rows, u)
		}
	}
	reading := billing.NewReading(rows, billing.Freshness{ReadAt: alertstest.Noon}, months)
	reading.Unread = a.unread
	return reading, nil
}

func (a account) ServiceUsage(_ context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	var found []billing.ServiceUsage
	for _, u := range a.services {
		if u.Month == query.Month && u.Product == query.Product && u.UsageType == query.UsageType {
			found = append(found, u)
		}
	}
	return page(found)
}

func (a account) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	return billing.BillReading{Bills: a.bills}, nil
}

func (a account) RecordedSince(context.Context, billing.Month) ([]daily.Recorded, error) {
	return a.recorded, a.err
}

func (a account) DailyTraffic(context.Context, time.Time, time.Time) ([]billing.DayTraffic, error) {
	return a.traffic, a.err
}

func (a account) ForecastErrors(context.Context, billing.Month) (map[alerts.BudgetName][]forecast.PastError, error) {
	return map[alerts.BudgetName][]forecast.PastError{{Rule: "asia"}: a.errors, {Rule: "all"}: a.errors}, a.err
}

// budgets are rules of the same usage as lines of a forecast, and of other usage.
func budgets(t *testing.T) []rules.Rule {
	t.Helper()
	return alertstest.Load(t, `
defaults: {channel: cdn}
rules:
  - {name: shops, product: cdn_usage, usage_type: Asia Bandwidth, service: "shop-*", budget: 5 TB}
  - {name: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 5 TB}
  - {name: all, product: cdn_usage, usage_type: "* Bandwidth", budget: 9 TB}
`).Rules
}

func (a account) ask(t *testing.T, q report.Question) *monthend.Forecast {
	t.Helper()
	q.Months, q.Show = billing.One(alertstest.November), report.ShowForecast
	f, err := monthend.Asker{Usage: a, Bills: a, Record: a, Rules: budgets(t), TeamOf: func(name, _ string) string { return strings.Split(name, "-")[0] }}.Ask(t.Context(), q, alertstest.Noon)
	if err != nil && a.err == nil {
		t.Fatal(err)
	}
	return f
}

// gigabytes is a row of a region's bandwidth: a whole October, or November up to Nov 21.
func gigabytes(month billing.Month, region string, gb int64) billing.Usage {
	return billing.Usage{
		Month: month, Product: "cdn_usage", UsageType: region + " Bandwidth", Region: region, Unit: "gb",
		Quantity: decimal.NewFromInt(gb), CountedTo: billing.Earlier(alertstest.Nov21, month.End()),
	}
}

func eachDay(regions ...string) []daily.Recorded {
	var recorded []daily.Recorded
	for _, month := range []billing.Month{alertstest.October, alertstest.November} {
		for day := range month.Days() {
			to := month.Start().AddDate(0, 0, day+1)
			if to.After(alertstest.Nov21) {
				break
			}
			for i, region := range regions {
				u := gigabytes(month, region, int64((day+1)*(i+1)*(100+day%7)))
				u.CountedTo = to
				recorded = append(recorded, daily.Recorded{Usage: u, Day: to.AddDate(0, 0, -1)})
			}
		}
	}
	return recorded
}

func find(t *testing.T, f *monthend.Forecast, name string) monthend.Line {
	t.Helper()
	for _, g := range f.Groups {
		if g.Total != nil && g.Total.Name == name {
			return *g.Total
		}
	}
	for _, l := range f.Lines() {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("there is no line %q in %+v", name, f.Lines())
	return monthend.Line{}
}

// TestALineKnowsTheTimeOfTheYear: each November ends with eleven days of twice the usage.
func TestALineKnowsTheTimeOfTheYear(t *testing.T) {
	a := account{usage: []billing.Usage{gigabytes(alertstest.October, "Asia", 3100), gigabytes(alertstest.November, "Asia", 2000)}}
	a.usage[1].CountedTo = alertstest.November.Start().AddDate(0, 0, 19)
	for i := range forecast.MostDays {
		day := a.usage[1].CountedTo.AddDate(0, 0, i-forecast.MostDays)
		used := int64(100 + day.Day()%3)
		if day.Month() == time.November && day.Day() >= 20 {
			used *= 2
		}
		a.traffic = append(a.traffic, billing.DayTraffic{Day: day, Region: "Asia", Bandwidth: decimal.New(used, 9)})
	}
	line := find(t, a.ask(t, report.Question{By: report.ByUsageType}), "Asia Bandwidth")
	reading := evaluate.Reading{
		Month: alertstest.November, Rows: a.usage[1:], Closed: a.usage[:1], ReadAt: alertstest.Noon, Archive: evaluate.NewArchive(a.usage[:1], nil, a.traffic),
	}
	budget := evaluate.Evaluate(budgets(t)[1:2], reading)[0].Forecast
	if line.Method != forecast.MethodSeason || line.Expected.LessThan(decimal.New(3900, 9)) {
		t.Errorf("by %q it ends at %s", line.Method, line.Expected)
	}
	if !line.Expected.Equal(budget.End) || !line.High.Equal(budget.High) {
		t.Errorf("the line ends at %s to %s, the budget at %s to %s", line.Expected, line.High, budget.End, budget.High)
	}
}

// TestALineHasWhatIsPlannedForItsBudget: a line, a budget of the same usage, and what an alert would show have one forecast.
func TestALineHasWhatIsPlannedForItsBudget(t *testing.T) {
	set := alertstest.Load(t, `
defaults: {channel: cdn}
planned: ["2026-11-30, +50%"]
rules:
  - {name: asia, product: cdn_usage, usage_type: Asia Bandwidth, budget: 5 TB, planned: [{days: 2026-11-27..2026-11-30, change: +40%, name: Sale}]}
  - {name: europe, product: cdn_usage, usage_type: Europe Bandwidth, budget: 5 TB}
`)
	a := account{usage: []billing.Usage{
		gigabytes(alertstest.October, "Asia", 3100), gigabytes(alertstest.November, "Asia", 2100),
		gigabytes(alertstest.October, "Europe", 3100), gigabytes(alertstest.November, "Europe", 2100),
	}}
	q := report.Question{By: report.ByUsageType, Months: billing.One(alertstest.November), Show: report.ShowForecast}
	f, err := monthend.Asker{Usage: a, Rules: set.Rules, Planned: set.Planned}.Ask(t.Context(), q, alertstest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	reading := evaluate.Reading{
		Month: alertstest.November, Rows: []billing.Usage{a.usage[1], a.usage[3]}, Closed: []billing.Usage{a.usage[0], a.usage[2]}, ReadAt: alertstest.Noon,
		Archive: evaluate.NewArchive([]billing.Usage{a.usage[0], a.usage[2]}, nil, nil),
	}
	for i, want := range []struct {
		name   string
		end    int64 // 2,100 GB, and nine days of 100 GB
		events int
	}{{"Asia Bandwidth", 2100 + 500 + 3*140 + 210, 2}, {"Europe Bandwidth", 2100 + 800 + 150, 1}} {
		line, finding := find(t, f, want.name), evaluate.Evaluate(set.Rules, reading)[i]
		if off := line.Expected.Sub(decimal.New(want.end, 9)).Abs(); off.GreaterThan(decimal.New(1, 3)) || len(line.Planned) != want.events {
			t.Errorf("%s ends at %s with %v, want %d GB with %d events", want.name, line.Expected, line.Planned, want.end, want.events)
		}
		shown := finding.ForecastSummary(forecast.Track{})
		if !shown.Expected.Equal(line.Expected) || !shown.High.Equal(line.High) || len(shown.Planned) != want.events {
			t.Errorf("the budget of %s ends at %s with %v", want.name, shown.Expected, shown.Planned)
		}
	}
}

func TestALineIsForecastAsABudgetOfTheSameUsage(t *testing.T) {
	usage := []billing.Usage{
		gigabytes(alertstest.October, "Asia", 3100), gigabytes(alertstest.October, "Europe", 6200),
		gigabytes(alertstest.November, "Asia", 2310), gigabytes(alertstest.November, "Europe", 4620),
	}
	for _, tt := range []struct {
		name     string
		recorded []daily.Recorded
		errors   []forecast.PastError
		method   forecast.Method
	}{
		{"from its days, where there are enough", eachDay("Asia", "Europe"), nil, forecast.MethodDaily},
		{"from its days, though the newest is not recorded yet", eachDay("Asia", "Europe")[:2*51], nil, forecast.MethodDaily},
		{"with a range as wide as the budget's forecasts were off", eachDay("Asia", "Europe"), halfYear(4), forecast.MethodDaily},
		{"from the months, where there are no days", nil, nil, forecast.MethodMonthly},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := account{usage: usage, recorded: tt.recorded, errors: tt.errors}
			f := a.ask(t, report.Question{Product: "cdn_usage"})
			for name, rule := range map[string]string{"Asia Bandwidth": "asia", "Total": "all"} {
				l, want := find(t, f, name), a.checked(t, rule)
				if l.Method != tt.method || !l.Low.Equal(want.Low) || !l.High.Equal(want.High) {
					t.Errorf("%s ends at %s–%s (%s), a budget's at %s–%s", name, l.Low, l.High, l.Method, want.Low, want.High)
				}
			}
		})
	}
}

// halfYear is how far the forecasts of six months were off.
func halfYear(size float64) []forecast.PastError {
	var past []forecast.PastError
	for n := range 6 {
		past = append(past, forecast.PastError{Month: alertstest.November.Add(-1 - n), Size: size})
	}
	return past
}

// checked is the forecast of a budget in a check of the usage, which is not recorded yet.
func (a account) checked(t *testing.T, rule string) forecast.Forecast {
	t.Helper()
	source, ledger := &alertstest.FakeSource{T: t}, &alertstest.FakeLedger{T: t}
	source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return a.usage, nil }
	ledger.OnRecordedSince = a.RecordedSince
	ledger.OnForecastErrors = func(since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error) {
		return a.ForecastErrors(t.Context(), since)
	}
	ledger.OnBudgetStates = func(billing.Month) ([]alerts.BudgetState, error) { return nil, nil }
	ledger.Known = func() (map[string]string, error) { return nil, nil }
	set := &rules.Rules{Rules: slices.DeleteFunc(budgets(t), func(r rules.Rule) bool { return r.Name != rule })}
	plan, err := check.NewChecker(check.CheckerConfig{Source: source, Ledger: ledger, Rules: func() *rules.Rules { return set }}).Preview(t.Context(), alertstest.Noon)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Findings[0].Forecast
}

func TestAForecastOfUsage(t *testing.T) {
	october, november := alertstest.October, alertstest.November
	asia := []billing.Usage{gigabytes(october, "Asia", 3100), gigabytes(november, "Asia", 2310)}
	early := gigabytes(november, "Asia", 100)
	early.CountedTo = november.Start().AddDate(0, 0, 2)
	unread := gigabytes(november, "Asia", 0)
	unread.Unread = "its quantity is \"x\""
	for _, tt := range []struct {
		name, line    string
		account       account
		by            report.Breakdown
		unknown, used string
		change        string // its lower end, in percent
	}{
		{"compares the end per day with the month before", "Asia Bandwidth", account{usage: asia}, report.ByUsageType, "", "2310000000000", "0.3"},
		{"is too early without days or the month before", "Asia Bandwidth", account{usage: []billing.Usage{early}}, report.ByUsageType, forecast.UnknownEarly, "100000000000", ""},
		{"has no end of what has no usage yet", "Asia Bandwidth", account{usage: asia[:1]}, report.ByUsageType, "it has no usage yet", "", ""},
		{"has none of what a row may belong to that can't be read", "Asia Bandwidth", account{usage: asia, unread: []billing.Usage{unread}}, report.ByUsageType, "one of Fastly's rows can't be read", "2310000000000", ""},
		{"is made without a record that can't be read", "Asia Bandwidth", account{usage: asia, err: errors.New("disk full")}, report.ByUsageType, "", "2310000000000", "0.3"},
		{"is by product too", "cdn_usage", account{usage: asia}, report.ByProduct, "", "2310000000000", "0.3"},
		{"is by region too", "Asia", account{usage: asia}, report.ByRegion, "", "2310000000000", "0.3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := find(t, tt.account.ask(t, report.Question{By: tt.by}), tt.line)
			used, change := "", ""
			if l.Used.Valid {
				used = l.Used.Decimal.String()
			}
			if l.Change != nil {
				change = l.Change.Low.Shift(2).Round(1).String()
			}
			if l.Unknown != tt.unknown || used != tt.used || change != tt.change {
				t.Errorf("unknown %q, used %q, change %q; want %q, %q, %q", l.Unknown, used, change, tt.unknown, tt.used, tt.change)
			}
		})
	}
}

func TestAServiceIsForecastByItsPace(t *testing.T) {
	october := alertstest.October
	before := alertstest.Used("shop-www", "S1", "Asia Bandwidth", "310")
	before.Month = october
	a := account{
		usage:    []billing.Usage{gigabytes(october, "Asia", 3100), gigabytes(alertstest.November, "Asia", 2310)},
		services: []billing.ServiceUsage{before, alertstest.Used("shop-www", "S1", "Asia Bandwidth", "210"), alertstest.Used("media-tv", "S2", "Asia Bandwidth", "21")},
		recorded: eachDay("Asia"),
	}
	for _, tt := range []struct {
		name, line string
		q          report.Question
		end        string
	}{
		{"a named one by type", "Asia Bandwidth", report.Question{Service: "shop-www", By: report.ByUsageType}, "300"},
		{"each of all", "media-tv", report.Question{By: report.ByService}, "30"},
		{"a team's services together", "shop", report.Question{By: report.ByTeam}, "300"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := find(t, a.ask(t, tt.q), tt.line)
			if got := l.Expected.Shift(-9).Round(0).String(); l.Method != forecast.MethodPace || got != tt.end {
				t.Errorf("%s is likely to end at %s GB by %s, want %s", tt.line, got, l.Method, tt.end)
			}
		})
	}
}

// counted is a row of a count: October's and November's.
func counted(product, usageType, region string) []billing.Usage {
	before, now := gigabytes(alertstest.October, region, 310), gigabytes(alertstest.November, region, 210)
	before.Product, before.UsageType, before.Unit = product, usageType, "unit"
	now.Product, now.UsageType, now.Unit = product, usageType, "unit"
	return []billing.Usage{before, now}
}

func TestCountsOfSeveralProductsHaveNoTotal(t *testing.T) {
	one := slices.Concat(counted("cdn_usage", "Asia Requests", "Asia"), counted("cdn_usage", "Europe Requests", "Europe"))
	waf := counted("ngwaf", "WAF Requests", "")
	bytes := []billing.Usage{gigabytes(alertstest.November, "Asia", 100), gigabytes(alertstest.November, "Europe", 100)}
	service := func(product, usageType string) billing.ServiceUsage {
		u := alertstest.Used("shop-www", "S1", usageType, "21")
		u.Product, u.Unit = product, "unit"
		return u
	}
	services := []billing.ServiceUsage{service("cdn_usage", "Asia Requests"), service("cdn_usage", "Europe Requests"), service("ngwaf", "WAF Requests")}
	other := services[0]
	other.ServiceName, other.ServiceID = "media-tv", "S2"
	for _, tt := range []struct {
		name  string
		q     report.Question
		usage []billing.Usage
		apart []string
		total string // the noun that has one
	}{
		{"requests of one product have one", report.Question{}, one, nil, billing.NounRequests},
		{"those of two have none", report.Question{}, slices.Concat(one, waf), []string{billing.NounRequests}, ""},
		{"bytes beside them have one", report.Question{}, slices.Concat(one, waf, bytes), []string{billing.NounRequests}, billing.NounBandwidth},
		{"by region they have none either", report.Question{By: report.ByRegion}, slices.Concat(one, waf), []string{billing.NounRequests}, ""},
		{"nor by service", report.Question{By: report.ByService}, slices.Concat(one, waf), []string{billing.NounRequests}, ""},
		{"by service those of one product have one", report.Question{By: report.ByService, Product: "cdn_usage"}, slices.Concat(one, waf), nil, billing.NounRequests},
		{"nor of a service by type", report.Question{Service: "shop-www"}, slices.Concat(one, waf), []string{billing.NounRequests}, ""},
		{"nor are the others together a line, where only the largest were asked for", report.Question{Service: "shop-www", Top: 1}, slices.Concat(one, waf), []string{billing.NounRequests}, ""},
		{"by product nothing has one", report.Question{By: report.ByProduct}, slices.Concat(one, bytes), nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := account{usage: tt.usage, services: append(services, other)}.ask(t, tt.q)
			total := ""
			for _, g := range f.Groups {
				if g.Total != nil {
					total += g.Measure.Noun
				}
				if slices.ContainsFunc(g.Lines, func(l monthend.Line) bool { return strings.Contains(l.Name, "Others") }) {
					t.Errorf("others are a line of %+v", g.Lines)
				}
			}
			if len(f.Groups) == 0 || !slices.Equal(f.Apart, tt.apart) || total != tt.total {
				t.Errorf("apart are %q and %q has a total; want %q and %q", f.Apart, total, tt.apart, tt.total)
			}
		})
	}
}

func TestAServiceHasNoForecastOnTheFirstThreeDays(t *testing.T) {
	early := gigabytes(alertstest.November, "Asia", 100)
	early.CountedTo = alertstest.November.Start().AddDate(0, 0, 3)
	a := account{usage: []billing.Usage{early}, services: []billing.ServiceUsage{alertstest.Used("shop-www", "S1", "Asia Bandwidth", "100")}}
	if l := find(t, a.ask(t, report.Question{By: report.ByService}), "shop-www"); !strings.Contains(l.Unknown, "from its fourth day on") {
		t.Errorf("the reason is %q", l.Unknown)
	}
}

func charge(kind billing.ChargeKind, name, amount, units string) billing.Charge {
	c := billing.Charge{Kind: kind, Name: name, Product: name, Amount: decimal.RequireFromString(amount)}
	if units != "" {
		c.Units = decimal.NewNullDecimal(decimal.RequireFromString(units))
	}
	return c
}

func bill(month billing.Month, invoice string, charges ...billing.Charge) billing.Bill {
	b := billing.Bill{Month: month, Currency: "USD", AsOf: alertstest.Nov21, Charges: charges}
	if invoice != "" {
		b.Invoices, b.AsOf = []string{invoice}, time.Time{}
	}
	for _, c := range charges {
		b.Total = b.Total.Add(c.Amount)
	}
	return b
}

func TestAForecastOfTheBill(t *testing.T) {
	october := bill(alertstest.October, "INV-1", charge(billing.ChargeUsage, "Requests", "310", "3100"), charge(billing.ChargeFixed, "TLS", "100", ""), charge(billing.ChargeFixed, "Support", "50", ""))
	november := bill(alertstest.November, "", charge(billing.ChargeUsage, "Requests", "231", "2310"), charge(billing.ChargeFixed, "Support", "50", ""))
	a := account{bills: []billing.Bill{october, november}}
	f := a.ask(t, report.Question{Cost: true, By: report.ByProduct})
	for _, tt := range []struct{ name, line, used, pending string }{
		{"the total has the fees that are still to come", "Total", "281", "100"},
		{"a fee of the month before is a line though this month has none yet", "TLS", "", "100"},
		{"a fee that has landed is final", "Support", "50", "0"},
		{"usage is counted on", "Requests", "231", "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := find(t, f, tt.line)
			used := ""
			if l.Used.Valid {
				used = l.Used.Decimal.String()
			}
			if used != tt.used || l.Pending.String() != tt.pending || !l.IsKnown() {
				t.Errorf("used %q, pending %s, unknown %q; want %q, %s", used, l.Pending, l.Unknown, tt.used, tt.pending)
			}
		})
	}
	t.Run("it is the forecast that the cost of the month has", func(t *testing.T) {
		likely, err := status.LikelyBill(t.Context(), a, a, alertstest.November, alertstest.Noon, nil)
		if total := find(t, f, "Total"); err != nil || !total.Low.Equal(likely.Low) || !total.High.Equal(likely.High) {
			t.Errorf("the total ends at %s–%s, the cost at %s–%s (%v)", total.Low, total.High, likely.Low, likely.High, err)
		}
	})
	t.Run("its change per day is of what was counted", func(t *testing.T) {
		if total, usage := find(t, f, "Total"), find(t, f, "Requests"); !total.Change.High.Equal(usage.Change.High) {
			t.Errorf("the total changes by %s, its usage by %s", total.Change.High, usage.Change.High)
		}
	})
	t.Run("usage below a commitment has no change", func(t *testing.T) {
		short := bill(alertstest.October, "INV-1", charge(billing.ChargeUsage, "Requests", "310", "3100"), charge(billing.ChargeFixed, "Commitment Shortfall", "100", ""))
		f := account{bills: []billing.Bill{short, november}}.ask(t, report.Question{Cost: true, By: report.ByProduct})
		if total := find(t, f, "Total"); total.Change != nil {
			t.Errorf("the total changes by %s", total.Change.High)
		}
	})
	t.Run("without an estimate there is none", func(t *testing.T) {
		if f := (account{bills: []billing.Bill{october}}).ask(t, report.Question{Cost: true}); len(f.Groups) != 0 {
			t.Errorf("it has %+v", f.Groups)
		}
	})
}

func TestTheCSVOfAForecast(t *testing.T) {
	f := account{usage: []billing.Usage{gigabytes(alertstest.November, "Asia", 100), gigabytes(alertstest.October, "Europe", 7)}}.ask(t, report.Question{})
	var text strings.Builder
	if err := f.WriteCSV(&text, csvfile.ForPrograms); err != nil {
		t.Fatal(err)
	}
	const want = "2026-11,cdn_usage,Europe Bandwidth,bandwidth,,,,,,7000000000,,it has no usage yet\n"
	if !strings.HasSuffix(text.String(), want) || !strings.Contains(text.String(), ",Asia Bandwidth,bandwidth,,100000000000,") {
		t.Errorf("the file is\n%s", text.String())
	}
}
