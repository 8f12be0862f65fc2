package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
)

// thresholds are those of every rule, in percent.
var thresholds = []int{80, 100, 125}

// channels is how many the rules speak in; operators is the one beside them.
const (
	Channels  = 10
	Operators = "soak-operators"
)

// lateFor is how long after its end a month still counts for what has to be posted of it.
const lateFor = 72 * time.Hour

// Script is what happens in business time.
type Script struct {
	From, Until time.Time
	Account     account.Account
	Corrections []correction
	Rules       []rule
	// reform is when the service is stopped, its rules are changed and it is started again; zero is never, here and below.
	Reform time.Time
	// absence is when some rules are left out of the file for a while, as by an edit gone wrong.
	Absence time.Time
	// rollout is when one replica runs with another file than the others for a while.
	Rollout time.Time
	// closure is when a channel takes no more messages; some time later its rules are given another one.
	Closure time.Time
}

// Form is what the rules file has differently from the first one.
type Form struct {
	Reformed bool // one rule has another name, and one is gone
	Without  bool // the rules of absent are left out
	Raised   bool // those of raised have a budget that is a tenth higher
	Moved    bool // those of the closed channel post in its successor
}

// The channel that is closed, and the one that its rules are given then.
const (
	Closed    = "soak-9"
	Successor = "soak-9b"
)

// absent and raised are the rules that a form leaves out or changes, by their numbers.
var (
	absent = span{20, 26}
	raised = span{30, 36}
)

// span is the numbers from the first one to before the second one.
type span struct{ from, to int }

func (s span) has(n int) bool { return n >= s.from && n < s.to }

// correction is Fastly correcting what it told of a month.
type correction struct {
	At    time.Time
	month string
	// first tells that nobody has seen what it corrects: it is made in the instant in which that appears.
	First bool
	Make  func(*fastlysim.Server) error
}

// restate multiplies what a usage type of the CDN came to in a month.
func restate(at time.Time, month, metric, factor string) correction {
	return correction{At: at, month: month, Make: func(f *fastlysim.Server) error {
		return f.Restate(month, "cdn_usage", metric, decimal.RequireFromString(factor))
	}}
}

// amend does something about a month's newest invoice that counts.
func amend(at time.Time, month string, does func(f *fastlysim.Server, id string) error) correction {
	return correction{At: at, month: month, Make: func(f *fastlysim.Server) error {
		for _, statement := range f.Invoices() {
			if statement.Month == month && statement.Status != account.VoidStatus && statement.Amount.IsPositive() {
				return does(f, statement.ID)
			}
		}
		return fmt.Errorf("%s has no invoice to correct", month)
	}}
}

// atFirst returns the correction as one that is made in the instant in which the month's invoice appears, so that nobody sees that alone.
func (c correction) atFirst() correction {
	c.First = true
	return c
}

// credit takes so much of an invoice back.
func credit(part string) func(*fastlysim.Server, string) error {
	return func(f *fastlysim.Server, id string) error {
		_, err := f.CreditNote(id, decimal.RequireFromString(part))
		return err
	}
}

// issueAgain takes an invoice back and issues another one, whose usage is so many times as large.
func issueAgain(factor string) func(*fastlysim.Server, string) error {
	return func(f *fastlysim.Server, id string) error {
		if err := credit("1")(f, id); err != nil {
			return err
		}
		_, err := f.IssueAgain(id, decimal.RequireFromString(factor))
		return err
	}
}

// creditHalf makes two statements of an invoice, and takes a part of the second one back.
func creditHalf(part string) func(*fastlysim.Server, string) error {
	return func(f *fastlysim.Server, id string) error {
		_, second, err := f.Split(id, 15)
		if err != nil {
			return err
		}
		return credit(part)(f, second.ID)
	}
}

// withdraw declares an invoice void after another one was issued in its place.
func withdraw(factor string) func(*fastlysim.Server, string) error {
	return func(f *fastlysim.Server, id string) error {
		if _, err := f.IssueAgain(id, decimal.RequireFromString(factor)); err != nil {
			return err
		}
		return f.Void(id)
	}
}

// rule is a budget as the harness wrote it.
type rule struct {
	name    string
	renamed string // what it is called after the reform; empty where that changes nothing
	removed bool   // by the reform
	channel string
	product string
	metrics []string // the usage types that count, and pattern is how the rule names them
	pattern string
	service string // the only one that counts; empty is the account
	unit    string // of the budget, empty for Fastly's own
	money   bool   // the budget is one of the account's bill, in dollars
	silent  bool   // of forecasts
	// budgets are the limits by month; the empty month is that of every other.
	budgets map[string]decimal.Decimal
}

// limit is the budget of a month.
func (r *rule) limit(month string) decimal.Decimal {
	if budget, ok := r.budgets[month]; ok {
		return budget
	}
	return r.budgets[""]
}

// title is what a message may call the rule instead of its name: the one usage type of the account that it counts.
func (r *rule) title() string {
	if r.service != "" || r.money || len(r.metrics) != 1 {
		return ""
	}
	return r.pattern
}

// IsNamed reports whether the rule has, or had, that name.
func (r *rule) IsNamed(name string) bool {
	return name == r.name || r.renamed != "" && name == r.renamed
}

// Day returns the instant that a text such as "2026-07-22 00h" names.
func Day(text string) time.Time {
	at, err := time.Parse("2006-01-02 15h", text)
	if err != nil {
		panic(err) // a day of the script itself
	}
	return at
}

// TheQuarter is a summer, from shortly before to as long after as its last month is counted.
func TheQuarter() Script {
	return Script{
		From: Day("2026-06-29 12h"), Until: Day("2026-10-05 00h"), Reform: Day("2026-08-20 12h"),
		Absence: Day("2026-07-20 06h"), Rollout: Day("2026-08-05 12h"), Closure: Day("2026-09-03 12h"),
		Account: account.Account{
			Services: 60, Invoices: invoicing(),
			Jumps: []account.Jump{
				{Service: "video-vod", From: Day("2026-07-09 00h"), Factor: 2.5},
				{Service: "media-assets-prod", From: Day("2026-08-11 00h"), Factor: 2, Region: "Asia"},
				{Service: "api-gateway", From: Day("2026-09-01 00h"), Factor: 0.4},
				{Service: "www-shop", From: Day("2026-09-05 00h"), Factor: 3},
			},
		},
		Corrections: []correction{
			restate(Day("2026-07-18 09h"), "2026-07", "Europe Bandwidth", "1.3"),
			restate(Day("2026-07-24 15h"), "2026-07", "South America Requests", "0.75"),
			amend(Day("2026-08-03 00h"), "2026-07", issueAgain("1.15")).atFirst(),
			restate(Day("2026-08-09 10h"), "2026-07", "South America Bandwidth", "1.2"), // a month that is closed
			amend(Day("2026-08-12 09h"), "2026-07", credit("0.2")),
			restate(Day("2026-08-16 11h"), "2026-08", "North America Bandwidth", "0.8"),
			restate(Day("2026-08-24 08h"), "2026-08", "Asia Requests", "0.7"),
			restate(Day("2026-08-27 08h"), "2026-08", "Asia Requests", "1.5"),
			amend(Day("2026-09-03 00h"), "2026-08", withdraw("1.15")).atFirst(),
			restate(Day("2026-09-10 10h"), "2026-08", "Asia Bandwidth", "0.85"), // closed too
			amend(Day("2026-09-12 09h"), "2026-08", creditHalf("0.3")),
			restate(Day("2026-09-12 13h"), "2026-09", "Australia Requests", "1.8"),
			restate(Day("2026-09-26 18h"), "2026-09", "Europe Requests", "1.1"),
			amend(Day("2026-10-03 00h"), "2026-09", creditHalf("0.1")).atFirst(),
			amend(Day("2026-10-04 02h"), "2026-09", credit("0.3")),
		},
	}
}

// invoicing is the usual one, but that a month which is restated gets another invoice, for the same days, beside the first one.
func invoicing() *account.Invoicing {
	rules := account.DefaultInvoicing()
	rules.Reissues = account.Beside
	return rules
}

// target is what a rule can count.
type target struct {
	product, pattern, unit string
	metrics                []string
}

var regions = []string{"Asia", "Australia", "Europe", "North America", "South America"}

// targets are those of the account's rules.
func targets() []target {
	var all []target
	for _, kind := range []struct{ what, unit string }{{"Bandwidth", "GB"}, {"Requests", ""}} {
		every := target{"cdn_usage", "* " + kind.what, kind.unit, nil}
		for _, region := range regions {
			metric := region + " " + kind.what
			every.metrics = append(every.metrics, metric)
			all = append(all, target{"cdn_usage", metric, kind.unit, []string{metric}})
		}
		all = append(all, every)
	}
	for product, metric := range map[string]string{"image_optimizer": "Image Optimizer Requests", "ngwaf": "Next-Gen WAF Requests"} {
		all = append(all, target{product, metric, "", []string{metric}})
	}
	slices.SortFunc(all, func(a, b target) int { return strings.Compare(a.pattern, b.pattern) })
	return all
}

var (
	largest = []string{
		"media-assets-prod", "www-shop", "api-gateway", "video-vod", "shop-images", "static-assets", "api-mobile", "video-live", "downloads",
		"www-corporate",
	}
	ofServices = []target{
		{"cdn_usage", "North America Bandwidth", "GB", []string{"North America Bandwidth"}},
		{"cdn_usage", "Europe Bandwidth", "GB", []string{"Europe Bandwidth"}},
		{"cdn_usage", "Asia Requests", "", []string{"Asia Requests"}},
	}
)

// alike is how many rules cross together in one channel, so that they are posted as a list.
const alike = 5

// Write writes so many rules: three of ten of services, and the last few all alike. Their budgets follow from what the account is
// going to use, so that crossings are spread over each month: a month comes to between 72 and 190 % of its budget.
func (s *Script) Write(count int) error {
	accounts := targets()
	for i := range count {
		t, service := accounts[i%len(accounts)], ""
		if i%10 >= 7 {
			t, service = ofServices[i%len(ofServices)], largest[i/10%len(largest)]
		}
		channel := fmt.Sprintf("soak-%d", i%Channels)
		if i >= count-alike {
			t, service, channel = accounts[0], "", "soak-0"
		}
		money := bills.has(i)
		if money {
			t, service = target{unit: "USD"}, ""
		}
		s.Rules = append(s.Rules, rule{
			name: fmt.Sprintf("rule-%02d", i), channel: channel, product: t.product, metrics: t.metrics, pattern: t.pattern, unit: t.unit,
			service: service, money: money, silent: money || i%3 == 0, budgets: map[string]decimal.Decimal{},
		})
	}
	s.Rules[7].renamed, s.Rules[13].removed = "renamed-07", true
	return s.budget()
}

// budget sets every limit.
func (s *Script) budget() error {
	untouched := *s
	untouched.Corrections = nil
	ledger, _, err := untouched.Figures(0, nil)
	if err != nil {
		return err
	}
	for i := range s.Rules {
		r := &s.Rules[i]
		share := shareOf(i)
		if i >= len(s.Rules)-alike {
			share = 1.4 + 0.002*float64(len(s.Rules)-i)
		}
		r.budgets[""] = ledger.last(i, "2026-07").Div(decimal.NewFromFloat(share)).Ceil()
		if i%5 == 0 && i < len(s.Rules)-alike {
			for n, month := range []string{"2026-08", "2026-09"} {
				if whole := ledger.last(i, month); whole.IsPositive() {
					r.budgets[month] = whole.Div(decimal.NewFromFloat(shareOf(i + 31*(n+1)))).Ceil()
				}
			}
		}
	}
	return nil
}

// shareOf is what a month comes to, as a share of the nth budget.
func shareOf(n int) float64 {
	const golden = 0.6180339887
	spread := golden * float64(n)
	return 0.72 + 1.18*(spread-float64(int(spread)))
}

// bills are the rules with a budget of money, by their numbers.
var bills = span{40, 44}

// File is the rules file in one of its forms.
func (s *Script) File(f Form) string {
	var b strings.Builder
	fmt.Fprintf(&b, "operators: {channel: %s, stale_after: 96h}\n", Operators)
	fmt.Fprintf(&b, "defaults: {thresholds: [%d%%, %d%%, %d%%]}\nrules:\n", thresholds[0], thresholds[1], thresholds[2])
	for i, r := range s.Rules {
		if f.Reformed && r.removed || f.Without && absent.has(i) {
			continue
		}
		if f.Moved && r.channel == Closed {
			r.channel = Successor
		}
		if f.Raised && raised.has(i) {
			r = r.raise()
		}
		b.WriteString("  - " + r.yaml(f.Reformed) + "\n")
	}
	return b.String()
}

// raise returns the rule with budgets that are a tenth higher.
func (r rule) raise() rule {
	budgets := map[string]decimal.Decimal{}
	for month, budget := range r.budgets {
		budgets[month] = budget.Mul(decimal.RequireFromString("1.1")).Ceil()
	}
	r.budgets = budgets
	return r
}

func (r *rule) yaml(reformed bool) string {
	keys := []string{"name: " + r.name}
	if reformed && r.renamed != "" {
		keys = []string{"name: " + r.renamed, "was: " + r.name}
	}
	keys = append(keys, "channel: "+r.channel)
	if !r.money {
		keys = append(keys, "product: "+r.product, fmt.Sprintf("usage_type: %q", r.pattern))
	}
	if r.service != "" {
		keys = append(keys, "service: "+r.service)
	}
	if r.silent {
		keys = append(keys, "forecast: none")
	}
	amount := func(month string) string { return strings.TrimSpace(r.budgets[month].String() + " " + r.unit) }
	budget := amount("")
	if len(r.budgets) > 1 {
		var months []string
		for month := range r.budgets {
			if month != "" {
				months = append(months, month+": "+amount(month))
			}
		}
		slices.Sort(months)
		budget = "{default: " + amount("") + ", " + strings.Join(months, ", ") + "}"
	}
	return "{" + strings.Join(append(keys, "budget: "+budget), ", ") + "}"
}
