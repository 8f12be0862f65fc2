package evaluate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func evaluateOne(t testing.TB, keys string, rows []billing.Usage, services ...billing.ServiceUsage) Finding {
	t.Helper()
	rules := []rules.Rule{alertstest.RuleOf(t, keys)}
	tally := NewServiceTally(rules, Reading{Rows: rows})
	tally.Add(services)
	return Evaluate(rules, Reading{Month: alertstest.November, Rows: rows, Services: tally, ReadAt: alertstest.Noon})[0]
}

func TestEvaluateUnits(t *testing.T) {
	for _, tt := range []struct {
		name, keys string
		used       string // "" where unknown
		threshold  rules.Threshold
		unknown    string
	}{
		{
			"terabytes against rows in gb",
			"product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB", "402600000000000", 80, "",
		},
		{
			"a threshold is reached at its very figure",
			"product: cdn_usage, usage_type: North America Bandwidth, budget: 402.6 TB", "402600000000000", 100, "",
		},
		{
			"a byte below it is below",
			"product: cdn_usage, usage_type: North America Bandwidth, budget: 402600000000001 bytes", "402600000000000", 80, "",
		},
		{
			"the highest of the thresholds reached is named",
			"product: cdn_usage, usage_type: North America Bandwidth, budget: 1 TB", "402600000000000", 200, "",
		},
		{
			"below the first threshold it is none",
			"product: cdn_usage, usage_type: North America Bandwidth, budget: 504 TB", "402600000000000", 0, "",
		},
		{
			"without a threshold below it none is reached",
			"usage_type: Asia Bandwidth, budget: 1 TB, thresholds: [1000%]", "100000500000000", 1000, "",
		},
		{
			"requests from the raw quantity",
			"usage_type: North America Requests, budget: 2 billion requests", "2000000000", 100, "",
		},
		{
			"requests of a type whose factor is not known",
			"usage_type: Asia Requests, budget: 2 billion requests", "", 0,
			"how many requests one billed unit of Asia Requests stands for is not known yet; write the bare number that Fastly counts",
		},
		{
			"a bare number is the API's own quantity",
			"usage_type: Asia Requests, budget: 60000", "50000", 80, "",
		},
		{
			"a bare number for bytes too",
			"usage_type: Asia Bandwidth, budget: 100000", "100000.5", 100, "",
		},
		{
			"a bare number in a unit that means nothing to us",
			"product: compute, usage_type: Compute Duration, budget: 1000", "1234.5", 100, "",
		},
		{
			"bytes against a unit that is no bytes",
			"product: image_optimizer, budget: 5 TB", "", 0, "Image Transformations is counted in unit, not in bytes",
		},
		{
			"a glob adds up rows of one unit",
			`product: cdn_usage, usage_type: "* Bandwidth", budget: 500 TB`, "502600500000000", 100, "",
		},
		{
			"a glob over two units is not added up",
			"product: cdn_usage, budget: 500 TB", "", 0, "it covers usage in gb and in unit, but a budget needs a single unit",
		},
		{
			"a region narrows",
			"region: Europe, budget: 30 GB", "30000000000", 100, "",
		},
		{
			"a metric in two regions counts both",
			"product: compute, usage_type: Compute Bandwidth, budget: 50 GB", "40000000000", 80, "",
		},
		{
			"a name that is not there is unknown and not zero",
			"product: websockets, budget: 1 TB", "", 0, "Fastly lists no usage of websockets in 2026-11",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := evaluateOne(t, tt.keys, alertstest.Account())
			if f.Unknown != tt.unknown || f.Threshold != tt.threshold {
				t.Errorf("threshold %s, unknown %q; want %s, %q", f.Threshold, f.Unknown, tt.threshold, tt.unknown)
			}
			if tt.used != "" && !f.Used.Equal(decimal.RequireFromString(tt.used)) {
				t.Errorf("used = %s, want %s", f.Used, tt.used)
			}
		})
	}
}

// TestEvaluateLearnsFactorsFromOtherRows: one row with both quantities is enough for the rest of its metric.
func TestEvaluateLearnsFactorsFromOtherRows(t *testing.T) {
	rows := []billing.Usage{
		alertstest.WithRaw(alertstest.Row("cdn_usage", "Requests", "Asia", "unit", "100"), "1000000"),
		alertstest.Row("cdn_usage", "Requests", "Europe", "unit", "300"),
	}
	f := evaluateOne(t, "usage_type: Requests, budget: 4 million requests", rows)
	if f.Unknown != "" || !f.Used.Equal(decimal.New(4, 6)) || f.Threshold != 100 {
		t.Errorf("used %s, threshold %s, unknown %q; want 4000000, 100%%", f.Used, f.Threshold, f.Unknown)
	}
}

func TestEvaluateServices(t *testing.T) {
	service := func(usageType, id, name, quantity string) billing.ServiceUsage {
		return billing.ServiceUsage{
			Month: alertstest.November, Product: "cdn_usage", UsageType: usageType, Unit: "gb", ServiceID: id, ServiceName: name,
			Quantity: decimal.RequireFromString(quantity),
		}
	}
	services := []billing.ServiceUsage{
		service("Asia Bandwidth", "SU1Z0isxPaozGVKXdv0eY", "www-shop", "100"),
		service("Asia Bandwidth", "Bf1Z0isxPaozGVKXdv0eZ", "shop-images", "20"),
		service("Asia Bandwidth", "2xSyplKh6dJaYAjbDbbwOw", "shop-video", "3"),
		service("North America Bandwidth", "SU1Z0isxPaozGVKXdv0eY", "www-shop", "4000"),
		service("Asia Bandwidth", "7dSyplKh6dJaYAjbDbbwOx", "idle", "0"),
		service("Africa Bandwidth", "SU1Z0isxPaozGVKXdv0eY", "www-shop", "9999"),
		service("Asia Bandwidth", "4nonameJXD3bVTYFhpoKzT", "4nonameJXD3bVTYFhpoKzT", "7"),
		service("Compute Bandwidth", "SU1Z0isxPaozGVKXdv0eY", "www-shop", "5"),
	}
	services[len(services)-1].Product = "compute"
	const asia = "product: cdn_usage, usage_type: Asia Bandwidth, budget: 100 GB, "
	for _, tt := range []struct{ name, keys, used, unknown string }{
		{"by its exact name", asia + "service: www-shop", "100", ""},
		{"by its id", asia + "service: 2xSyplKh6dJaYAjbDbbwOw", "3", ""},
		{"by a glob over names", asia + `service: "shop-*"`, "23", ""},
		{"by a glob over ids", asia + `service: "*eZ"`, "20", ""},
		{"a glob that matches name and id counts once", asia + `service: "*"`, "130", ""},
		{"used nothing is zero where Fastly says so", asia + "service: idle", "0", ""},
		{
			"one that is not listed is unknown and not zero", asia + "service: shop-audio", "",
			"Fastly lists no usage of a service shop-audio in 2026-11",
		},
		{"over several usage types", `product: cdn_usage, usage_type: "* Bandwidth", budget: 1 TB, service: www-shop`, "4100", ""},
		{
			"a usage type that the service did not use is left out",
			`product: cdn_usage, usage_type: "* Bandwidth", budget: 1 TB, service: shop-video`, "3", "",
		},
		{
			"a metric in two regions is counted once, Fastly telling no regions of a service",
			"product: compute, usage_type: Compute Bandwidth, budget: 1 GB, service: www-shop", "5", "",
		},
		{"one that is called by its id counts once", asia + "service: 4nonameJXD3bVTYFhpoKzT", "7", ""},
		{"a region whose usage types have no other", asia + "region: Asia, service: www-shop", "100", ""},
		{
			"a region that the usage type shares with others",
			"product: compute, usage_type: Compute Bandwidth, region: Asia, budget: 1 GB, service: www-shop", "",
			"Fastly counts Compute Bandwidth of a service across all regions, not for Asia alone",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := evaluateOne(t, tt.keys, alertstest.Account(), services...)
			if f.Unknown != tt.unknown {
				t.Fatalf("unknown = %q, want %q", f.Unknown, tt.unknown)
			}
			if tt.used != "" && !f.Used.Equal(decimal.RequireFromString(tt.used).Shift(9)) {
				t.Errorf("used = %s, want %s GB", f.Used, tt.used)
			}
		})
	}
}

func TestEvaluateServiceWithoutTally(t *testing.T) {
	rules := []rules.Rule{alertstest.RuleOf(t, "usage_type: Asia Bandwidth, budget: 1 GB, service: www-shop")}
	f := Evaluate(rules, Reading{Month: alertstest.November, Rows: alertstest.Account()})[0]
	if want := "Fastly lists no usage of a service www-shop in 2026-11"; f.Unknown != want {
		t.Errorf("unknown = %q, want %q", f.Unknown, want)
	}
}

func TestServiceTallyQueries(t *testing.T) {
	rules := alertstest.Load(t, `rules:
  - {name: a, channel: cdn, budget: 1 TB, service: www-shop, usage_type: "* Bandwidth", product: cdn_usage}
  - {name: b, channel: cdn, budget: 1 TB, service: "shop-*", usage_type: Asia Bandwidth}
  - {name: c, channel: cdn, budget: 1 TB, usage_type: Compute Bandwidth}
`).Rules
	got := NewServiceTally(rules, Reading{Rows: alertstest.Account()}).Queries(alertstest.November)
	slices.SortFunc(got, func(a, b billing.ServiceQuery) int { return len(a.UsageType) - len(b.UsageType) })
	want := []billing.ServiceQuery{
		{Month: alertstest.November, Product: "cdn_usage", UsageType: "Asia Bandwidth"},
		{Month: alertstest.November, Product: "cdn_usage", UsageType: "North America Bandwidth"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(billing.Month{})); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
}

func TestEvaluateLargest(t *testing.T) {
	gb := func(usageType, region, quantity string) billing.Usage {
		return alertstest.Row("cdn_usage", usageType, region, "gb", quantity)
	}
	rows := []billing.Usage{
		gb("A", "x", "1"), gb("B", "x", "5"), gb("A", "y", "7"), gb("C", "x", "2"), gb("D", "x", "2"),
	}
	for _, tt := range []struct {
		name string
		rows []billing.Usage
		want []string
	}{
		{"the three biggest, a usage type's regions together", rows, []string{"A 8000000000", "B 5000000000", "C 2000000000"}},
		{"two where there are two", rows[1:3], []string{"A 7000000000", "B 5000000000"}},
		{"none where there is but one", rows[:1], nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, part := range evaluateOne(t, "budget: 1 TB", tt.rows).Largest {
				got = append(got, part.Name+" "+part.Used.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("largest (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEvaluateCountedTo(t *testing.T) {
	rows := alertstest.Account()
	rows[0].CountedTo = alertstest.Nov21.Add(-48 * time.Hour)
	rows[2].CountedTo = alertstest.Nov21.Add(time.Hour)
	rows[5].CountedTo = time.Time{}
	for _, tt := range []struct {
		name, keys string
		want       time.Time
	}{
		{"that of its own row", "usage_type: North America Bandwidth, budget: 1 TB", alertstest.Nov21.Add(-48 * time.Hour)},
		{"the newest of its own rows", `product: cdn_usage, usage_type: "* Bandwidth", budget: 1 TB`, alertstest.Nov21},
		{"none where Fastly did not say", "usage_type: Compute Duration, budget: 1000", time.Time{}},
		{"none where nothing is covered", "usage_type: Nothing, budget: 1000", time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := evaluateOne(t, tt.keys, rows)
			if !f.CountedTo.Equal(tt.want) || !f.ReadAt.Equal(alertstest.Noon) {
				t.Errorf("counted to %s, read %s; want %s, %s", f.CountedTo, f.ReadAt, tt.want, alertstest.Noon)
			}
		})
	}
}

func TestDataVersion(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func([]billing.Usage) []billing.Usage
		changes bool
	}{
		{"a figure changes it", func(rows []billing.Usage) []billing.Usage {
			rows[3].Quantity = decimal.RequireFromString("50000.1")
			return rows
		}, true},
		{"a raw figure changes it", func(rows []billing.Usage) []billing.Usage {
			rows[2].Raw.Decimal = decimal.RequireFromString("2000000001")
			return rows
		}, true},
		{"a raw figure that goes away changes it", func(rows []billing.Usage) []billing.Usage {
			rows[2].Raw = decimal.NullDecimal{}
			return rows
		}, true},
		{"a row that goes away changes it", func(rows []billing.Usage) []billing.Usage { return rows[1:] }, true},
		{"a unit changes it", func(rows []billing.Usage) []billing.Usage {
			rows[5].Unit = "gb-hour"
			return rows
		}, true},
		{"a later date changes it", func(rows []billing.Usage) []billing.Usage {
			rows[7].CountedTo = alertstest.Nov21.Add(24 * time.Hour)
			return rows
		}, true},
		{"another order keeps it", func(rows []billing.Usage) []billing.Usage {
			slices.Reverse(rows)
			return rows
		}, false},
		{"the same figure in other digits keeps it", func(rows []billing.Usage) []billing.Usage {
			rows[1].Quantity = decimal.RequireFromString("100000.500")
			return rows
		}, false},
		{"the same instant in another zone keeps it", func(rows []billing.Usage) []billing.Usage {
			for i := range rows {
				rows[i].CountedTo = rows[i].CountedTo.In(time.FixedZone("", 9*3600))
			}
			return rows
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := dataVersion(alertstest.Account()), dataVersion(tt.change(alertstest.Account()))
			if (before != after) != tt.changes {
				t.Errorf("from %s to %s; want it changed: %t", before, after, tt.changes)
			}
		})
	}
}

// TestEvaluateOrder: what is found depends neither on the order of the rows nor on that of the rules.
func TestEvaluateOrder(t *testing.T) {
	set := alertstest.Load(t, `defaults: {channel: cdn}
rules:
  - {name: a, usage_type: "* Bandwidth", budget: 500 TB}
  - {name: b, product: cdn_usage, usage_type: "*", region: Asia, budget: 5}
  - {name: c, usage_type: North America Requests, budget: 2 billion requests}
  - {name: d, product: compute, region: "*", budget: 10}
`).Rules
	byName := func(rows []billing.Usage, rules []rules.Rule) map[string]string {
		found := map[string]string{}
		for _, f := range Evaluate(rules, Reading{Month: alertstest.November, Rows: rows}) {
			found[f.BudgetID.Rule] = fmt.Sprint(f.Used, f.Threshold, f.Version, f.CountedTo, f.Largest, f.Unknown)
		}
		return found
	}
	want := byName(alertstest.Account(), set)
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		rows, rules := alertstest.Account(), slices.Clone(set)
		random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		random.Shuffle(len(rules), func(i, j int) { rules[i], rules[j] = rules[j], rules[i] })
		if diff := cmp.Diff(want, byName(rows, rules)); diff != "" {
			t.Fatalf("findings (-want +got):\n%s", diff)
		}
	}
}

// TestEvaluateKeepsTheOrderOfTheRules: callers pair findings with rules by their places.
func TestEvaluateKeepsTheOrderOfTheRules(t *testing.T) {
	rules := alertstest.Load(t, "rules: [{name: b, budget: 1, channel: c}, {name: a, budget: 1, channel: c}]").Rules
	findings := Evaluate(rules, Reading{Month: alertstest.November, Rows: alertstest.Account()})
	if len(findings) != 2 {
		t.Fatalf("%d findings, want one of each rule", len(findings))
	}
	for i, f := range findings {
		if want := (alerts.BudgetID{Rule: rules[i].Name, Month: alertstest.November}); f.Rule != &rules[i] || f.BudgetID != want {
			t.Errorf("finding %d is of %s, want %s", i, f.BudgetID, want)
		}
	}
}

// BenchmarkEvaluate is the largest account that is thought of: 10,000 rules over 5,000 series.
func BenchmarkEvaluate(b *testing.B) {
	rows := make([]billing.Usage, 5000)
	for i := range rows {
		rows[i] = alertstest.Row(fmt.Sprintf("product_%d", i%50), fmt.Sprintf("Region %d Bandwidth", i/50), "", "gb", "1234.5678")
	}
	for _, shape := range []struct{ name, product, usageType string }{
		{"names", "product_%d", "Region %d Bandwidth"},
		{"globs", "product_%d", "Region %d *"},
		{"products", "product_%d", "*"},
		{"anywhere", "*_%d", "* %d Bandwidth"},
	} {
		set := make([]rules.Rule, 10_000)
		for i := range set {
			set[i] = rules.Rule{
				Name: fmt.Sprint("rule-", i), Kind: rules.RuleBudget, Thresholds: rules.DefaultThresholds,
				Match:  rules.Match{Product: fmt.Sprintf(shape.product, i%50), UsageType: shape.usageType},
				Budget: billing.Amount{Value: decimal.New(2, 12), Kind: billing.Bytes},
			}
			if shape.usageType != "*" {
				set[i].Match.UsageType = fmt.Sprintf(shape.usageType, i/50%100)
			}
		}
		b.Run(shape.name, func(b *testing.B) {
			for b.Loop() {
				if f := Evaluate(set, Reading{Month: alertstest.November, Rows: rows})[0]; f.Unknown != "" {
					b.Fatal(f.Unknown)
				}
			}
		})
	}
}
