package billing

import (
	"cmp"
	"strings"

	"github.com/shopspring/decimal"
)

// Measure is what is being counted in single units, so that like is added to like alone.
type Measure struct {
	// Noun is bandwidth, storage, data, requests, operations, units, vCPU time or time, or the API's own unit if nothing else is known
	// of it.
	Noun string `json:"noun"`
	// Bytes is set if the single unit is the byte.
	Bytes bool `json:"bytes,omitempty"`
	// Time is set if the single unit is the millisecond. People read hours.
	Time bool `json:"time,omitempty"`
	// Currency is the ISO 4217 code if money is counted; the single unit is then the currency's own, such as the dollar.
	Currency string `json:"currency,omitempty"`
	// Billed is set if the number of single units in a billed unit is not known, so that figures are in the API's
	// unit. They must not be added to single ones, nor shown as such.
	Billed bool `json:"billed,omitempty"`
}

// The units of the API that mean something to this package. Any other is left as it is.
const (
	UnitGB    = "gb"   // 10^9 bytes
	UnitPlain = "unit" // blocks of single requests, as it seems always 10,000 of them
)

// longByteUnits are byteUnits by their long names, and as many of them as Fastly might write.
var longByteUnits = map[string]string{
	"kilobyte": "kb", "megabyte": "mb", "gigabyte": "gb", "terabyte": "tb", "petabyte": "pb", "exabyte": "eb",
}

// UnitOf returns the unit in which a figure is kept that was sent in another one, and by which power of ten it is to be multiplied for
// that: whatever counts bytes is kept in GB of 10^9, so that figures add up whichever unit Fastly writes them in, and a budget
// in the API's own unit means the same from month to month. Any other unit is kept as it is.
func UnitOf(sent string) (kept string, power int32) {
	lower := strings.ToLower(strings.TrimSpace(sent))
	if exp, isBytes := byteUnits[cmp.Or(longByteUnits[strings.TrimSuffix(lower, "s")], lower)]; isBytes {
		return UnitGB, exp - byteUnits[UnitGB]
	}
	return lower, 0
}

// MaxQuantityIn is above any figure in the unit: a yottabyte, or, of what is counted in blocks, a billion times what the largest account
// uses in a month. How large the unit of anything else is, is not known.
func MaxQuantityIn(unit string) decimal.Decimal {
	kept, power := UnitOf(unit)
	switch kept {
	case UnitGB:
		return MaxRaw.Shift(-byteUnits[UnitGB] - power)
	case UnitPlain, "":
		return MaxQuantity
	}
	return MaxRaw
}

// MaxQuantity is the bound of figures in the API's own unit if that is not a small one: a yottabyte in GB.
var MaxQuantity = decimal.New(1, 15)

// Nouns of measures, as people read them.
const (
	NounBandwidth  = "bandwidth"
	NounStorage    = "storage"
	NounData       = "data"
	NounRequests   = "requests"
	NounOperations = "operations"
	NounUnits      = "units"
	NounVCPUTime   = "vCPU time"
	NounTime       = "time"
	NounCost       = "cost"
)

// Metric names one usage type of one product. Two products may use one name for different usage types.
type Metric struct {
	Product   string
	UsageType string
}

// Metric returns what the row is a figure of.
func (u Usage) Metric() Metric { return Metric{u.Product, u.UsageType} }

// Metric returns what the row is a figure of.
func (u ServiceUsage) Metric() Metric { return Metric{u.Product, u.UsageType} }

// In is the query for the services of the metric in the month.
func (m Metric) In(month Month) ServiceQuery { return ServiceQuery{month, m.Product, m.UsageType} }

// noCurrency is the code that ISO 4217 keeps for what has none.
const noCurrency = "XXX"

// Cost is the measure of money in the currency; the empty one is a currency that is not known.
func Cost(currency string) Measure {
	return Measure{Noun: NounCost, Currency: cmp.Or(currency, noCurrency)}
}

// Measure returns what the row counts, as far as the row alone shows it; with Factors more is known.
func (u Usage) Measure() Measure {
	_, measure := Factors{}.Single(u)
	return measure
}

// NeedsFactor reports whether the row alone does not show how many single units it is.
func (u Usage) NeedsFactor() bool { return u.Unit == UnitPlain && !u.hasRaw() }

// hasRaw reports whether Raw can be believed: a zero beside a quantity is a field that was not filled in.
func (u Usage) hasRaw() bool {
	return u.Raw.Valid && (u.Raw.Decimal.IsPositive() || u.Quantity.IsZero())
}

// Factors are the numbers of single units in one billed unit, for each metric of unit "unit". A metric is absent while its
// factor is not known yet.
type Factors map[Metric]decimal.Decimal

// FactorsOf learns the factors from rows that carry both quantities. Months other than the one of interest are welcome:
// the factor of a metric is taken to be the same in all of them.
func FactorsOf(rows []Usage) Factors {
	type sums struct{ raw, quantity decimal.Decimal }
	metrics := map[Metric]*sums{}
	for _, u := range rows {
		if u.Unit != UnitPlain || !u.hasRaw() || !u.Quantity.IsPositive() {
			continue
		}
		if both := metrics[u.Metric()]; both != nil {
			both.raw, both.quantity = both.raw.Add(u.Raw.Decimal), both.quantity.Add(u.Quantity)
			continue
		}
		metrics[u.Metric()] = &sums{u.Raw.Decimal, u.Quantity}
	}
	factors := make(Factors, len(metrics))
	for metric, both := range metrics {
		factors[metric] = settle(both.raw.Div(both.quantity))
	}
	return factors
}

// settle takes a ratio of two rounded figures to the power of ten that it is within a hundredth of, if there is one from one
// to a billion.
func settle(ratio decimal.Decimal) decimal.Decimal {
	digits := int32(ratio.NumDigits()) + ratio.Exponent() // before the point
	for exp := max(digits-1, 0); exp <= min(digits, 9); exp++ {
		power := decimal.New(1, exp)
		if ratio.Sub(power).Abs().LessThanOrEqual(power.Shift(-2)) {
			return power
		}
	}
	return ratio
}

// Single returns the row's usage in single units, and what they are. If the factor is not known the quantity comes
// back as billed, and the measure is marked as Billed.
func (f Factors) Single(u Usage) (decimal.Decimal, Measure) {
	if u.Unit == UnitPlain && u.hasRaw() {
		return u.Raw.Decimal, countMeasure(u.UsageType)
	}
	return f.single(u.Metric(), u.Unit, u.Quantity)
}

// SingleOfService is Single for service-level usage, which never carries a raw quantity.
func (f Factors) SingleOfService(u ServiceUsage) (decimal.Decimal, Measure) {
	return f.single(u.Metric(), u.Unit, u.Quantity)
}

func (f Factors) single(metric Metric, unit string, quantity decimal.Decimal) (decimal.Decimal, Measure) {
	switch unit {
	case UnitGB:
		return quantity.Shift(9), Measure{Noun: byteNoun(metric.UsageType), Bytes: true}
	case UnitPlain:
		measure := countMeasure(metric.UsageType)
		factor, known := f[metric]
		if !known {
			return quantity, Measure{Noun: measure.Noun, Billed: true}
		}
		return quantity.Mul(factor), measure
	}
	if milliseconds, isTime := timeUnits[unit]; isTime {
		return quantity.Mul(milliseconds), Measure{Noun: timeNoun(metric.UsageType), Time: true}
	}
	return quantity, Measure{Noun: unit}
}

// countMeasure returns what a usage type counts one by one: of vCPU time Fastly counts milliseconds, whichever unit it bills them in.
func countMeasure(usageType string) Measure {
	switch {
	case containsFold(usageType, "request"):
		return Measure{Noun: NounRequests}
	case containsFold(usageType, "operation"):
		return Measure{Noun: NounOperations}
	case containsFold(usageType, "vcpu"):
		return Measure{Noun: NounVCPUTime, Time: true}
	}
	return Measure{Noun: NounUnits}
}

var (
	second = decimal.New(1000, 0)      // in milliseconds
	hour   = decimal.New(3_600_000, 0) // in milliseconds
	// timeUnits are units of time, as they might be written, in milliseconds.
	timeUnits = map[string]decimal.Decimal{
		"ms": decimal.New(1, 0), "millisecond": decimal.New(1, 0), "milliseconds": decimal.New(1, 0),
		"s": second, "second": second, "seconds": second, "h": hour, "hour": hour, "hours": hour,
	}
)

func timeNoun(usageType string) string {
	if containsFold(usageType, "vcpu") {
		return NounVCPUTime
	}
	return NounTime
}

// InUnit returns a figure in the unit that its letters are of: milliseconds in hours, and anything else as it is.
func (m Measure) InUnit(d decimal.Decimal) decimal.Decimal {
	if m.Time {
		return d.Div(hour)
	}
	return d
}

// Exact writes a figure in the unit that its letters are of, with all of its decimals.
func (m Measure) Exact(d decimal.Decimal) string {
	if m.Time {
		d = exactHours(d)
	}
	return d.String()
}

// byteNoun keeps bytes sent apart from bytes kept: their sum would mean nothing.
func byteNoun(usageType string) string {
	switch {
	case containsFold(usageType, "bandwidth"):
		return NounBandwidth
	case containsFold(usageType, "storage"):
		return NounStorage
	}
	return NounData
}

// containsFold reports whether a word of lower-case letters, in whatever case, is in the text.
func containsFold(text, word string) bool {
	for i := range len(text) - len(word) + 1 {
		if text[i]|' ' == word[0] && strings.EqualFold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// MeasureIn returns the API's unit for what a charge counts, as far as its usage type, or else its name, shows it: gb for what is
// bytes, unit for what comes one by one, and nothing if neither shows.
func MeasureIn(c Charge) string {
	for _, text := range []string{c.What, c.Name} {
		lower := strings.ToLower(text)
		for _, known := range []struct{ word, unit string }{
			{"request", UnitPlain},
			{"operation", UnitPlain},
			{"invocation", UnitPlain},
			{"bandwidth", UnitGB},
			{"storage", UnitGB},
			{"byte", UnitGB},
		} {
			if strings.Contains(lower, known.word) {
				return known.unit
			}
		}
	}
	return ""
}

// MaxRaw is above any figure in single units: a yottabyte in bytes, a billion times what the largest account uses in a month.
var MaxRaw = decimal.New(1, 24)
