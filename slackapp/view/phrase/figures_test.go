package phrase

import (
	"regexp"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// shownFigure is a figure in a sentence.
var shownFigure = regexp.MustCompile(`\d[\d,]*(?:\.\d+)?`)

// TestFiguresOfRangesAndAlertsHaveThreeDigits: a figure that the bot has measured or forecast has three digits or more, unless it counts single
// things; one that a person typed has those that were typed.
func TestFiguresOfRangesAndAlertsHaveThreeDigits(t *testing.T) {
	measures := []billing.Measure{
		{Noun: billing.NounBandwidth, Bytes: true},
		{Noun: billing.NounStorage, Bytes: true},
		{Noun: billing.NounRequests},
		{Noun: billing.NounOperations},
		{Noun: billing.NounVCPUTime, Time: true},
	}
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(measures).Draw(t, "measure")
		limit := decimal.New(rapid.Int64Range(1, 999).Draw(t, "limit"), rapid.Int32Range(9, 15).Draw(t, "power"))
		part := func(name string) decimal.Decimal {
			return limit.Mul(decimal.New(rapid.Int64Range(10, 300).Draw(t, name), -2))
		}
		low, high := part("low"), part("high")
		if high.LessThan(low) {
			low, high = high, low
		}
		l := alerts.BudgetLine{Measure: m, Used: part("used"), Limit: limit}
		used, _, _ := strings.Cut(OfLimit(l), " of ")
		for _, text := range []string{used, UsedText(l), Range(m, low, high), Signed(m, low), Signed(m, low.Neg())} {
			for _, figure := range shownFigure.FindAllString(text, -1) {
				if digits := strings.TrimLeft(strings.NewReplacer(".", "", ",", "").Replace(figure), "0"); len(digits) < billing.Figures {
					t.Fatalf("%q has %d digits in %q", figure, len(digits), text)
				}
			}
		}
		if typed := m.Written(limit); strings.HasSuffix(strings.Fields(typed)[0], "0") && strings.Contains(typed, ".") {
			t.Fatalf("%q has a digit that nobody typed", typed)
		}
	})
}

func TestRangesOfTwoFiguresHaveThreeDigitsEach(t *testing.T) {
	bandwidth, requests := billing.Measure{Noun: billing.NounBandwidth, Bytes: true}, billing.Measure{Noun: billing.NounRequests}
	for _, tt := range []struct {
		name      string
		m         billing.Measure
		low, high string
		want      string
	}{
		{"a zero at the end is a digit", bandwidth, "49.1e12", "51e12", "49.1–51.0 TB"},
		{"so it is beside hundreds", bandwidth, "73e12", "101e12", "73.0–101 TB"},
		{"so it is in billions", requests, "1.85e9", "1.9e9", "1.85–1.90 B requests"},
		{"one figure has it too", bandwidth, "87e12", "87e12", "87.0 TB"},
		{"what is counted one by one has no fraction", requests, "3", "12", "3–12 requests"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Range(tt.m, decimal.RequireFromString(tt.low), decimal.RequireFromString(tt.high)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestAmountsOfMoneyBesideEachOther(t *testing.T) {
	for _, tt := range []struct {
		name, currency, a, b string
		first, second        string
	}{
		{"both have cents where one has", "USD", "2427", "2593.61", "$2,427.00", "$2,593.61"},
		{"in either order", "USD", "110.004", "113.4", "$110.00", "$113.40"},
		{"or neither has", "USD", "98", "101", "$98", "$101"},
		{"what rounds to whole dollars has none", "USD", "98.001", "100.999", "$98", "$101"},
		{"a currency without a sign", "CHF", "12", "12.5", "CHF 12.00", "CHF 12.50"},
		{"yen have none", "JPY", "12", "12.5", "¥12", "¥13"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first, second := MoneyPair(billing.Cost(tt.currency), decimal.RequireFromString(tt.a), decimal.RequireFromString(tt.b))
			if first != tt.first || second != tt.second {
				t.Errorf("%s, %s; want %s, %s", first, second, tt.first, tt.second)
			}
		})
	}
}

func TestAnEstimateHasNoCentsUnlessItIsSmall(t *testing.T) {
	for amount, want := range map[string]string{"1940.17": "about $1,940", "100": "about $100", "99.994": "about $99.99", "99.999": "about $100", "4.5": "about $4.50", "-1940.17": "about −$1,940"} {
		if got := AboutMoney(billing.Cost("USD"), decimal.RequireFromString(amount)); got != want {
			t.Errorf("%s: %s, want %s", amount, got, want)
		}
	}
}
