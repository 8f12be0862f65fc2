package billing

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Dash stands in a cell for a figure that is unknown.
const Dash = "–"

const minus = "−"

// step is a power of ten with the letters that people know it by.
type step struct {
	exp    int32
	symbol string
}

var (
	byteSteps  = []step{{0, "B"}, {3, "kB"}, {6, "MB"}, {9, "GB"}, {12, "TB"}, {15, "PB"}, {18, "EB"}}
	countSteps = []step{{0, ""}, {3, "K"}, {6, "M"}, {9, "B"}, {12, "T"}}
	moneySteps = []step{{0, ""}} // a bill is compared to the cent
)

func (m Measure) steps() []step {
	switch {
	case m.Currency != "":
		return moneySteps
	case m.Bytes:
		return byteSteps
	}
	return countSteps
}

// stepOf returns the index of the largest step that is not above d.
func stepOf(steps []step, d decimal.Decimal) int {
	for i, s := range slices.Backward(steps) {
		if reaches(d, s.exp) {
			return i
		}
	}
	return 0
}

// Figures is how many significant figures people read if nothing needs more.
const Figures = 3

// Format prints a figure of the measure for people, with three significant figures: "1.28 TB", "7.00 B requests". What is counted one by one
// has no fraction.
func (m Measure) Format(d decimal.Decimal) string { return m.format(Figures, d, Figures) }

// Written prints an amount that a person has typed, such as a limit, without zeros that they didn't type: "55 TB".
func (m Measure) Written(d decimal.Decimal) string { return m.format(Figures, d, 0) }

// FormatTo is Format with so many significant figures, if the figure has them.
func (m Measure) FormatTo(figures int32, d decimal.Decimal) string {
	return m.format(figures, d, Figures)
}

// format rounds to so many significant figures, and adds zeros until there are the least.
func (m Measure) format(figures int32, d decimal.Decimal, least int32) string {
	if d.IsNegative() {
		return minus + m.format(figures, d.Neg(), least)
	}
	if m.Currency != "" {
		return formatMoney(d, m.Currency)
	}
	d = m.InUnit(d)
	steps := m.steps()
	i := stepOf(steps, d)
	figure := significant(d.Shift(-steps[i].exp), figures)
	if i == 0 && m.whole() && figure.GreaterThan(decimal.New(1, 0)) {
		figure = figure.Round(0)
	}
	if i+1 < len(steps) && figure.GreaterThanOrEqual(decimal.New(1, 3)) {
		i, figure = i+1, figure.Shift(-3)
	}
	text := figure.String()
	if !m.isSingle(steps[i], figure) {
		text = filled(text, least)
	}
	return withUnit(commas(text), m.unit(steps[i], text == "1"))
}

// isSingle reports whether a figure in the unit of the step is a number of single things, which has no zeros behind a point.
func (m Measure) isSingle(s step, figure decimal.Decimal) bool {
	return s.exp == 0 && (m.whole() || m.Billed && figure.IsInteger())
}

// filled adds zeros behind the point until a figure other than zero has the least digits: "25" is "25.0".
func filled(figure string, least int32) string {
	d, err := decimal.NewFromString(figure)
	if err != nil || d.IsZero() {
		return figure
	}
	_, fraction, _ := strings.Cut(figure, ".")
	if places := least - magnitude(d); places > int32(len(fraction)) {
		return d.StringFixed(places)
	}
	return figure
}

// whole reports whether a fraction of the single unit means nothing.
func (m Measure) whole() bool {
	return m.Bytes || m.IsCount()
}

// IsCount reports whether things are counted one by one, and not bytes, time or what comes in blocks of unknown size.
func (m Measure) IsCount() bool {
	return !m.Billed && (m.Noun == NounRequests || m.Noun == NounOperations || m.Noun == NounUnits)
}

// perMonth stands behind a unit of storage: what a month is billed is how much was kept for how much of it.
const perMonth = "-months"

// unit returns what stands behind a figure that was divided by the step: "TB", "B requests".
func (m Measure) unit(s step, one bool) string {
	switch {
	case m.Currency == noCurrency:
		return ""
	case m.Currency != "":
		return m.Currency
	case m.Bytes && m.Noun == NounStorage && one:
		return s.symbol + strings.TrimSuffix(perMonth, "s")
	case m.Bytes && m.Noun == NounStorage:
		return s.symbol + perMonth
	case m.Bytes:
		return s.symbol
	}
	noun := m.Noun
	switch {
	case m.Billed:
		noun = "billed units"
	case m.Time:
		noun = "hours"
	}
	if one && s.exp == 0 && (m.Billed || m.Time || m.whole()) {
		noun = strings.TrimSuffix(noun, "s")
	}
	return strings.TrimSpace(s.symbol + " " + noun)
}

func withUnit(figure, unit string) string { return strings.TrimSpace(figure + " " + unit) }

// significant rounds to so many significant figures, but never rounds a digit before the point away.
func significant(d decimal.Decimal, figures int32) decimal.Decimal {
	if d.IsZero() {
		return d
	}
	return d.Round(max(figures-magnitude(d), 0))
}

// Shown returns a figure as FormatTo shows it, but for the digits that it never rounds away.
func Shown(figures int32, d decimal.Decimal) decimal.Decimal {
	if d.IsZero() {
		return d
	}
	return d.Round(figures - magnitude(d))
}

// leastShown is the last digit of a change as FormatChange shows it: "+9.9%".
const leastShown = 0.001

// Gives reports whether two figures, shown with so many figures, give the change between them to its last digit.
func Gives(change, now, before decimal.Decimal, figures int32) bool {
	return gives(change, now, before, Approximate(Shown(figures, now)), Approximate(Shown(figures, before)))
}

// Gives reports whether two figures, as the scale shows them, give the change between them to its last digit.
func (s Scale) Gives(change, now, before decimal.Decimal) bool {
	return gives(change, now, before, s.shown(now), s.shown(before))
}

func gives(change, now, before decimal.Decimal, shownNow, shownBefore float64) bool {
	off := (1 + Approximate(change)) * (shownNow/shownBefore*Approximate(before)/Approximate(now) - 1)
	return -leastShown < off && off < leastShown
}

// Scale is one power of ten for a whole group of figures, so that they can be read down a column.
type Scale struct {
	Measure Measure
	step    step
	places  int32
	own     bool // the unit stands behind each figure, and not in the label
}

// Scale chooses the power of ten and the number of decimals for figures that stand together. The largest decides; where
// the smallest is below one and the largest still has at most four digits, the next smaller power is taken.
func (m Measure) Scale(figures ...decimal.Decimal) Scale {
	largest, smallest := m.extent(figures)
	steps := m.steps()
	i := stepOf(steps, largest)
	if i > 0 {
		isSmall := !reaches(smallest, steps[i].exp)
		fits := !reaches(largest, steps[i-1].exp+4)
		if isSmall && fits {
			i--
		}
	}
	if m.Currency != "" {
		return Scale{Measure: m, step: steps[i], places: MinorDigits(m.Currency)}
	}
	return Scale{Measure: m, step: steps[i], places: placesFor(largest, steps[i], i == 0 && m.whole())}
}

// WithUnit returns the scale with its unit behind each figure, for lines that have no unit in common.
func (s Scale) WithUnit() Scale {
	s.own = true
	return s
}

// Finer returns the scale with one more decimal, if there can be one.
func (s Scale) Finer() Scale {
	if s.Measure.Currency == "" && !(s.step.exp == 0 && s.Measure.whole()) {
		s.places++
	}
	return s
}

// In returns a figure in the scale's unit, rounded as it is shown.
func (s Scale) In(d decimal.Decimal) decimal.Decimal {
	d = s.Measure.InUnit(d)
	return d.Shift(-s.step.exp).Round(s.placesOf(d))
}

// shown is In without big numbers.
func (s Scale) shown(d decimal.Decimal) float64 {
	d = s.Measure.InUnit(d)
	places := s.placesOf(d)
	n, fits := rounded(d, places-s.step.exp)
	if !fits {
		return Approximate(d.Shift(-s.step.exp).Round(places))
	}
	return float64(n) * math.Pow10(-int(places))
}

// extent returns a figure of the largest magnitude and one of the smallest, in the measure's unit and without sign. It skips zeros, unless all
// figures are zero.
func (m Measure) extent(figures []decimal.Decimal) (largest, smallest decimal.Decimal) {
	for _, d := range figures {
		if d.IsZero() {
			continue
		}
		d = m.InUnit(d)
		if largest.IsZero() || magnitude(d) > magnitude(largest) {
			largest = d
		}
		if smallest.IsZero() || magnitude(d) < magnitude(smallest) {
			smallest = d
		}
	}
	return largest.Abs(), smallest.Abs()
}

func placesFor(largest decimal.Decimal, in step, whole bool) int32 {
	switch {
	case whole:
		return 0
	case reaches(largest, in.exp+2):
		return 1
	}
	return 2
}

// Unit returns what the scaled figures count: "TB", "B requests", "requests".
func (s Scale) Unit() string { return s.Measure.unit(s.step, false) }

// Symbol returns what a heading has beside the noun: "TB", "B", "hours".
func (s Scale) Symbol() string {
	if m := s.Measure; m.Billed || m.Time || m.Bytes || m.Currency != "" {
		return s.Unit()
	}
	return s.step.symbol
}

// Label heads a group of figures: "Bandwidth, TB", "Requests, B".
func (s Scale) Label() string {
	unit := s.Symbol()
	noun := Heading(s.Measure.Noun)
	if unit == "" || s.own {
		return noun
	}
	return noun + ", " + unit
}

// Heading returns the noun of a measure as a heading.
func Heading(noun string) string { return cmp.Or(headings[noun], noun) }

// headings are the nouns of this package as a heading. A unit of the API's is none, and its spelling is left alone.
var headings = map[string]string{
	NounBandwidth: "Bandwidth", NounStorage: "Storage", NounData: "Data", NounRequests: "Requests", NounOperations: "Operations",
	NounUnits: "Units", NounVCPUTime: "vCPU Time", NounTime: "Time", NounCost: "Cost",
}

// Format prints a figure for a cell of the group, without its unit: "846.5", or with it if each line has its own: "142.0 TB". Only
// zero prints as zero.
func (s Scale) Format(d decimal.Decimal) string {
	if s.own && !d.IsZero() {
		s.own = false
		return withUnit(s.Format(d), s.behind())
	}
	switch {
	case d.IsZero() && s.Measure.Currency != "":
		return d.StringFixed(s.places)
	case d.IsZero():
		return "0"
	case d.IsNegative():
		return minus + s.Format(d.Neg())
	}
	d = s.Measure.InUnit(d)
	places := s.placesOf(d)
	figure := fixed(d, -s.step.exp, places)
	if strings.Trim(figure, "0.") == "" {
		return "<" + decimal.New(1, -places).String()
	}
	return commas(figure)
}

// behind is the shortest unit to write behind a figure that has a unit of its own.
func (s Scale) behind() string {
	switch {
	case s.Measure.Bytes:
		return s.Unit()
	case s.Measure.Time:
		return withUnit(s.step.symbol, "h")
	}
	return s.step.symbol
}

// mostMore is how many more decimals a figure that is small beside its group may have; of time more, since nothing is smaller than the hour.
const (
	mostMore       = 3
	mostMoreOfTime = 6
)

// placesOf returns the decimals of a figure: those of the scale, or more if less than three of its digits would be seen.
func (s Scale) placesOf(d decimal.Decimal) int32 {
	if d.IsZero() || s.Measure.Currency != "" || s.step.exp == 0 && s.Measure.whole() {
		return s.places
	}
	more := int32(mostMore)
	if s.Measure.Time {
		more = mostMoreOfTime
	}
	return max(s.places, min(Figures-magnitude(d)+s.step.exp, s.places+more))
}

// Short prints a figure with three significant figures, without its unit: for what is not known better, such as a forecast.
func (s Scale) Short(d decimal.Decimal) string {
	figure := significant(s.Measure.InUnit(d).Shift(-s.step.exp), Figures)
	if s.Measure.isSingle(s.step, figure) {
		return commas(figure.String())
	}
	return commas(filled(figure.String(), Figures))
}

// Brief is Format without the zeros that a figure ends with beyond its third digit: "87.0" and "402.6".
func (s Scale) Brief(d decimal.Decimal) string {
	figure := s.Format(d)
	if !strings.Contains(figure, ".") || s.own {
		return figure
	}
	return filled(strings.TrimSuffix(strings.TrimRight(figure, "0"), "."), Figures)
}

// Cell prints a figure as Format does, and Dash for one that is unknown.
func (s Scale) Cell(d decimal.NullDecimal) string {
	if !d.Valid {
		return Dash
	}
	return s.Format(d.Decimal)
}

// FormatChange prints a ratio such as Row.Change as a change with its sign: 0.069 is "+6.9%", -0.001 is "−0.1%".
func FormatChange(ratio decimal.Decimal) string {
	places := int32(1)
	if !ratio.IsZero() && magnitude(ratio) > 1 {
		places = 0
	}
	figure, falls := strings.CutPrefix(fixed(ratio, 2, places), "-")
	switch {
	case strings.Trim(figure, "0.") == "":
		return "0.0%"
	case falls:
		return minus + commas(figure) + "%"
	}
	return "+" + commas(figure) + "%"
}

// FormatShare prints a ratio such as Row.Share in whole percent: 0.43 is "43%". Only zero prints as zero.
func FormatShare(ratio decimal.Decimal) string {
	if ratio.IsNegative() {
		return minus + FormatShare(ratio.Neg())
	}
	percent := fixed(ratio, 2, 0)
	if percent == "0" && ratio.IsPositive() {
		return "<1%"
	}
	return commas(percent) + "%"
}

// Plus adds d to a sum, which is known from then on.
func Plus(sum *decimal.NullDecimal, d decimal.Decimal) {
	if sum.Valid {
		d = sum.Decimal.Add(d)
	}
	*sum = decimal.NewNullDecimal(d)
}
