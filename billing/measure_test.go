package billing

import (
	"testing"

	"github.com/shopspring/decimal"
)

func row(usageType, unit, quantity, raw string) Usage {
	u := Usage{Product: "cdn_usage", UsageType: usageType, Unit: unit, Quantity: dec(quantity)}
	if raw != "" {
		u.Raw = known(raw)
	}
	return u
}

func TestSingle(t *testing.T) {
	learned := []Usage{row("North America Requests", "unit", "146017.0369", "1460170369"), row("Compute", "unit", "2.5", "2500000")}
	for _, tt := range []struct {
		name    string
		row     Usage
		want    string
		measure Measure
	}{
		{"a GB is 10^9 bytes of bandwidth", row("Asia Bandwidth", "gb", "1.5", "1"), "1500000000", Measure{Noun: "bandwidth", Bytes: true}},
		{"bytes kept are storage", row("Object Storage", "gb", "2", ""), "2000000000", Measure{Noun: "storage", Bytes: true}},
		{"other bytes are data", row("Logs", "gb", "2", ""), "2000000000", Measure{Noun: "data", Bytes: true}},
		{"requests come from the raw quantity", row("Asia Requests", "unit", "3.2", "32001"), "32001", Measure{Noun: "requests"}},
		{"what is not called requests is units", row("Compute", "unit", "3.2", "32001"), "32001", Measure{Noun: "units"}},
		{"a quantity without raw takes the learned factor", row("North America Requests", "unit", "2", ""), "20000", Measure{Noun: "requests"}},
		{"each usage type has its own factor", row("Compute", "unit", "2", ""), "2000000", Measure{Noun: "units"}},
		{"a raw zero beside a quantity is a field left out", row("North America Requests", "unit", "2", "0"), "20000", Measure{Noun: "requests"}},
		{"nothing at all is zero requests", row("Asia Requests", "unit", "0", "0"), "0", Measure{Noun: "requests"}},
		{"a quantity of zero may still have a raw one", row("Asia Requests", "unit", "0", "12"), "12", Measure{Noun: "requests"}},
		{"an unknown factor leaves the billed unit", row("Asia Requests", "unit", "2", ""), "2", Measure{Noun: "requests", Billed: true}},
		{"storage in GB-months is storage", row("KV Store Storage", "gb", "2", ""), "2000000000", Measure{Noun: "storage", Bytes: true}},
		{"operations are no units of nothing", row("KV Store Class A Operations", "unit", "3.2", "3201"), "3201", Measure{Noun: "operations"}},
		{"vCPU time is milliseconds", row("Compute vCPU Time", "ms", "7200000", ""), "7200000", Measure{Noun: "vCPU time", Time: true}},
		{"by its long name too", row("Compute vCPU Time", "milliseconds", "7200000", ""), "7200000", Measure{Noun: "vCPU time", Time: true}},
		{"in hours it is milliseconds", row("Compute vCPU Time", "hours", "2", ""), "7200000", Measure{Noun: "vCPU time", Time: true}},
		{"in blocks of a million its raw quantity is milliseconds", row("Compute vCPU ms", "unit", "7.2", "7200000"), "7200000", Measure{Noun: "vCPU time", Time: true}},
		{"in blocks of an unknown size it is billed units of vCPU time", row("Compute vCPU ms", "unit", "7.2", ""), "7.2", Measure{Noun: "vCPU time", Billed: true}},
		{"requests of a vCPU are requests", row("vCPU Requests", "unit", "1", "10000"), "10000", Measure{Noun: "requests"}},
		{"time of anything else is time", row("Fanout", "ms", "5", ""), "5", Measure{Noun: "time", Time: true}},
		{"an unknown unit stays itself", row("vCPU", "mhour", "2.5", "9"), "2.5", Measure{Noun: "mhour"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, measure := FactorsOf(learned).Single(tt.row)
			if !got.Equal(dec(tt.want)) || measure != tt.measure {
				t.Errorf("Single is %s of %+v, want %s of %+v", got, measure, tt.want, tt.measure)
			}
		})
	}
}

func TestSingleOfService(t *testing.T) {
	factors := FactorsOf([]Usage{row("Asia Requests", "unit", "10", "100000")})
	usage := ServiceUsage{Product: "cdn_usage", UsageType: "Asia Requests", Unit: "unit", Quantity: dec("1.5")}
	got, measure := factors.SingleOfService(usage)
	if !got.Equal(dec("15000")) || measure != (Measure{Noun: "requests"}) {
		t.Errorf("SingleOfService is %s of %+v, want 15000 requests", got, measure)
	}
	usage.Product = "compute"
	if _, measure := factors.SingleOfService(usage); !measure.Billed {
		t.Error("the factor of another product's type of the same name was taken")
	}
}

func TestFactorsOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		rows []Usage
		want string // empty: not known
	}{
		{"blocks of ten thousand", []Usage{row("R", "unit", "146017.0369", "1460170369")}, "10000"},
		{"a rounded quantity does not blur the factor", []Usage{row("R", "unit", "0.0333", "334")}, "10000"},
		{"a large row outweighs a rounded small one", []Usage{row("R", "unit", "0.01", "55"), row("R", "unit", "500", "5000000")}, "10000"},
		{"single requests", []Usage{row("R", "unit", "700", "700")}, "1"},
		{"a factor that is no power of ten is kept", []Usage{row("R", "unit", "2", "5000")}, "2500"},
		{"a row without a raw quantity teaches nothing", []Usage{row("R", "unit", "2", "")}, ""},
		{"a quantity of zero teaches nothing", []Usage{row("R", "unit", "0", "12")}, ""},
		{"a raw zero teaches nothing", []Usage{row("R", "unit", "2", "0")}, ""},
		{"other units have no factor", []Usage{row("R", "gb", "2", "2000000000")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			factor, found := FactorsOf(tt.rows)[Metric{"cdn_usage", "R"}]
			if found != (tt.want != "") || found && !factor.Equal(dec(tt.want)) {
				t.Errorf("factor is %s (%t), want %q", factor, found, tt.want)
			}
		})
	}
}

func TestUsageMeasure(t *testing.T) {
	if got := row("Asia Requests", "unit", "1", "10000").Measure(); got != (Measure{Noun: "requests"}) {
		t.Errorf("with a raw quantity the measure is %+v", got)
	}
	if got := row("Asia Requests", "unit", "1", "").Measure(); got != (Measure{Noun: "requests", Billed: true}) {
		t.Errorf("without a raw quantity the measure is %+v", got)
	}
}

func TestCount(t *testing.T) {
	factors := FactorsOf([]Usage{row("Asia Requests", "unit", "10", "100000")})
	for _, tt := range []struct {
		name    string
		row     Usage
		kind    Kind
		want    string
		refused string
	}{
		{name: "bytes of bandwidth", row: row("Asia Bandwidth", "gb", "2", ""), kind: Bytes, want: "2000000000"},
		{name: "requests by the factor", row: row("Asia Requests", "unit", "2", ""), kind: Requests, want: "20000"},
		{name: "a type need not be called requests", row: row("Optimizer", "unit", "2", "20000"), kind: Requests, want: "20000"},
		{name: "the billed quantity is always there", row: row("vCPU", "mhour", "2.5", ""), kind: Billed, want: "2.5"},
		{name: "hours of vCPU time", row: row("Compute vCPU Time", "ms", "7200000", ""), kind: Time, want: "7200000"},
		{
			name: "bandwidth has no hours", row: row("Asia Bandwidth", "gb", "2", ""), kind: Time,
			refused: "Asia Bandwidth is counted in gb, not in hours",
		},
		{
			name: "vCPU time in blocks is no requests", row: row("Compute vCPU ms", "unit", "2", "2000000"), kind: Requests,
			refused: "Compute vCPU ms is counted in unit, not in requests",
		},
		{
			name: "requests are no bytes", row: row("Asia Requests", "unit", "2", "20000"), kind: Bytes,
			refused: "Asia Requests is counted in unit, not in bytes",
		},
		{
			name: "bandwidth is no requests", row: row("Asia Bandwidth", "gb", "2", ""), kind: Requests,
			refused: "Asia Bandwidth is counted in gb, not in requests",
		},
		{
			name: "an unknown factor is reported", row: row("Europe Requests", "unit", "2", ""), kind: Requests,
			refused: "how many requests one billed unit of Europe Requests stands for is not known yet; write the bare number that Fastly counts",
		},
		{
			name: "usage is no money", row: row("Asia Bandwidth", "gb", "2", ""), kind: Money,
			refused: "Asia Bandwidth is counted in gb, not in money",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := factors.Count(tt.row, tt.kind)
			if tt.refused != "" {
				if err == nil || err.Error() != tt.refused {
					t.Errorf("Count gives %v, want %q", err, tt.refused)
				}
				return
			}
			if err != nil || !got.Equal(decimal.RequireFromString(tt.want)) {
				t.Errorf("Count is %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestFactorsSettleOnPowersOfTen(t *testing.T) {
	for _, tt := range []struct{ name, ratio, want string }{
		{"exactly one", "10000", "10000"},
		{"a little above one", "10090.5", "10000"},
		{"a little below one, with a digit less", "9950.00001", "10000"},
		{"just within a hundredth", "990", "1000"},
		{"just beyond a hundredth", "989.9", "989.9"},
		{"between two", "5000", "5000"},
		{"the least", "0.995", "1"},
		{"below the least", "0.1", "0.1"},
		{"the most", "1000000001", "1000000000"},
		{"above the most", "10000000000", "10000000000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := settle(dec(tt.ratio)); !got.Equal(dec(tt.want)) {
				t.Errorf("%s is taken for %s, want %s", tt.ratio, got, tt.want)
			}
		})
	}
}

func TestExactFiguresTellMillisecondsApart(t *testing.T) {
	vCPU := Measure{Noun: NounVCPUTime, Time: true}
	for _, tt := range []struct {
		name    string
		measure Measure
		figure  decimal.Decimal
		want    string
	}{
		{"whole hours have no decimals", vCPU, dec("180000000000"), "50000"},
		{"a millisecond more shows", vCPU, dec("180000000001"), "50000.0000003"},
		{"a tenth of one does too", vCPU, dec("0.1"), "0.00000003"},
		{"time that was written with an exponent is as exact", vCPU, decimal.New(1, 9), "277.7777778"},
		{"anything else is as it is", Measure{Noun: NounBandwidth, Bytes: true}, dec("1500000000"), "1500000000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.measure.Exact(tt.figure); got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
		})
	}
}
