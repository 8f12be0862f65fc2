package ledger

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Line is what one key used, month by month, in single units and as billed. Its figures are a short list by month and not a map, and are kept
// small, since an account may have a hundred thousand services. The zero Line is empty.
type Line struct {
	Name  string // a service's
	Unit  string // the API's, of what was added last
	cells []cell
	wide  []wideCell // the months whose figures do not fit into a cell
	mixed bool
	size  float32 // of a block: how many single units a billed one is; 0 while nothing was billed
	// Recorded is the recorded figure of the same days of the month before.
	Recorded decimal.NullDecimal
}

// NewLine returns an empty line with room for so many months.
func NewLine(months int) *Line {
	if months == 0 {
		return &Line{}
	}
	return &Line{cells: make([]cell, 0, months)}
}

// cell is the figures of one month in a third of the memory that decimals take: coefficients and powers of ten.
type cell struct {
	single, billed           int64
	month                    int32 // counted from year 0
	singlePower, billedPower int8
}

// wideCell is a cell for figures of any length.
type wideCell struct {
	month          int32
	single, billed decimal.Decimal
}

// The figures of a cell are bounded, so that the sum of two is always right.
const (
	maxDigits      = 18
	maxCoefficient = 1_000_000_000_000_000_000
)

func (c cell) decimals() (single, billed decimal.Decimal) {
	return c.decimal(), decimal.New(c.billed, int32(c.billedPower))
}

func (c cell) decimal() decimal.Decimal { return decimal.New(c.single, int32(c.singlePower)) }

// cellOf reports false if a figure is too long for a cell.
func cellOf(month int32, single, billed decimal.Decimal) (cell, bool) {
	fits := func(d decimal.Decimal) bool {
		return d.NumDigits() <= maxDigits && d.Exponent() >= math.MinInt8 && d.Exponent() <= math.MaxInt8
	}
	return cell{
		month:  month,
		single: single.CoefficientInt64(), singlePower: int8(single.Exponent()),
		billed: billed.CoefficientInt64(), billedPower: int8(billed.Exponent()),
	}, fits(single) && fits(billed)
}

// plus adds two cells of one month. It reports false if the sum is too long for a cell.
func (c cell) plus(other cell) (cell, bool) {
	single, singlePower, fits := addPowers(c.single, c.singlePower, other.single, other.singlePower)
	billed, billedPower, fit := addPowers(c.billed, c.billedPower, other.billed, other.billedPower)
	return cell{single: single, billed: billed, month: c.month, singlePower: singlePower, billedPower: billedPower}, fits && fit
}

// addPowers adds two coefficients that have powers of ten of their own. It reports false if the sum is too long for a cell.
func addPowers(a int64, power int8, b int64, other int8) (sum int64, least int8, fits bool) {
	if power < other {
		a, power, b, other = b, other, a, power
	}
	for ; power > other; power-- { // the coefficient of the larger power takes the smaller one
		if a >= maxCoefficient/10 || a <= -maxCoefficient/10 {
			return 0, 0, false
		}
		a *= 10
	}
	sum = a + b
	return sum, other, sum < maxCoefficient && sum > -maxCoefficient
}

func ordinal(m billing.Month) int32 { return int32(m.Year())*12 + int32(m.Month()) - 1 }

// Add adds to a month. The unit is the API's, for the billed figure.
func (l *Line) Add(m billing.Month, single, billed decimal.Decimal, unit string) {
	l.mixed = l.mixed || l.Unit != "" && l.Unit != unit
	l.Unit = unit
	l.addTo(ordinal(m), single, billed)
}

// sameSize is up to which factor the sizes of two blocks are one, since both of a row's quantities are rounded.
const sameSize = 1.02

// AddBlocks notes the size of the blocks in which a row is billed.
func (l *Line) AddBlocks(single, billed decimal.Decimal) {
	if billed.IsPositive() {
		l.addSize(float32(ratio(single, billed)))
	}
}

func ratio(single, billed decimal.Decimal) float64 {
	if c, fits := cellOf(0, single, billed); fits {
		return c.ratio()
	}
	return billing.Approximate(single) / billing.Approximate(billed)
}

// addSize notes the size of a block; zero is none. Blocks of different size add up to nothing that was billed.
func (l *Line) addSize(size float32) {
	switch {
	case size <= 0:
	case l.size == 0:
		l.size = size
	case size > l.size*sameSize || l.size > size*sameSize:
		l.mixed = true
	}
}

// Set replaces a month's single and billed figures by one figure.
func (l *Line) Set(m billing.Month, figure decimal.Decimal) {
	l.Drop(m)
	l.addTo(ordinal(m), figure, figure)
}

// Drop makes a month's figures unknown.
func (l *Line) Drop(m billing.Month) {
	month := ordinal(m)
	l.cells = slices.DeleteFunc(l.cells, func(c cell) bool { return c.month == month })
	l.wide = slices.DeleteFunc(l.wide, func(w wideCell) bool { return w.month == month })
}

// addTo adds to one month. A figure that is too long for a cell goes to wide.
func (l *Line) addTo(month int32, single, billed decimal.Decimal) {
	if next, fits := cellOf(month, single, billed); fits {
		l.addCell(next)
		return
	}
	l.addWide(month, single, billed)
}

func (l *Line) addCell(next cell) {
	at := slices.IndexFunc(l.cells, func(c cell) bool { return c.month == next.month })
	if at < 0 {
		l.cells = append(l.roomy(), next)
		return
	}
	sum, fits := l.cells[at].plus(next)
	if !fits {
		single, billed := next.decimals()
		l.addWide(next.month, single, billed)
		return
	}
	l.cells[at] = sum
}

// roomy returns the cells with room for one more. They grow by a quarter of a year: doubling would leave a fifth of the
// memory of a year unused.
func (l *Line) roomy() []cell {
	if len(l.cells) < cap(l.cells) {
		return l.cells
	}
	return append(make([]cell, 0, len(l.cells)+3), l.cells...)
}

func (l *Line) addWide(month int32, single, billed decimal.Decimal) {
	for i := range l.wide {
		if w := &l.wide[i]; w.month == month {
			w.single, w.billed = w.single.Add(single), w.billed.Add(billed)
			return
		}
	}
	l.wide = append(l.wide, wideCell{month, single, billed})
}

// AddRecorded adds to what the record has of the same days of the month before.
func (l *Line) AddRecorded(single decimal.Decimal) {
	l.Recorded = decimal.NewNullDecimal(l.Recorded.Decimal.Add(single))
}

// Merge adds another line to this one.
func (l *Line) Merge(other *Line) {
	l.mixed = l.mixed || other.mixed || l.Unit != "" && other.Unit != "" && l.Unit != other.Unit
	if other.Unit != "" {
		l.Unit = other.Unit
	}
	l.addSize(other.size)
	for _, c := range other.cells {
		l.addCell(c)
	}
	for _, w := range other.wide {
		l.addWide(w.month, w.single, w.billed)
	}
	if other.Recorded.Valid {
		l.AddRecorded(other.Recorded.Decimal)
	}
}

// IsMixed reports whether figures of more than one unit were added, or of blocks of different size.
func (l *Line) IsMixed() bool { return l.mixed }

// At returns the figure of one month in single units; found is false if there is none. A month may have both a cell and a wide one.
func (l *Line) At(m billing.Month) (single decimal.Decimal, found bool) {
	return l.Sum(billing.One(m))
}

// Figures returns the figures of the months in single units, one after another.
func (l *Line) Figures(months billing.Range) []decimal.NullDecimal {
	figures := make([]decimal.NullDecimal, months.Len())
	first, last := ordinal(months.First), ordinal(months.Last)
	for _, c := range l.cells {
		if first <= c.month && c.month <= last {
			figures[c.month-first] = decimal.NewNullDecimal(c.decimal())
		}
	}
	for _, w := range l.wide {
		if first <= w.month && w.month <= last {
			figure := &figures[w.month-first]
			*figure = decimal.NewNullDecimal(figure.Decimal.Add(w.single))
		}
	}
	return figures
}

// BilledAt returns the figure of one month as billed.
func (l *Line) BilledAt(m billing.Month) (billed decimal.Decimal, found bool) {
	month := ordinal(m)
	for _, c := range l.cells {
		if c.month == month {
			billed, found = decimal.New(c.billed, int32(c.billedPower)), true
		}
	}
	for _, w := range l.wide {
		if w.month == month {
			billed, found = billed.Add(w.billed), true
		}
	}
	return billed, found
}

// Block returns how many single units are one billed unit, as the first of its months shows.
func (l *Line) Block() (single decimal.Decimal, found bool) {
	for _, c := range l.cells {
		if c.billed > 0 && !l.mixed {
			return decimal.NewFromInt(int64(math.Round(c.ratio()))), true
		}
	}
	return decimal.Decimal{}, false
}

// ratio returns how many single units a billed one of the cell is.
func (c cell) ratio() float64 {
	return float64(c.single) / float64(c.billed) * math.Pow10(int(c.singlePower)-int(c.billedPower))
}

// Total adds the figures of all months.
func (l *Line) Total() decimal.Decimal {
	sum, _ := l.between(math.MinInt32, math.MaxInt32)
	return sum
}

// Sum adds the figures of the given months; found is false if there are none.
func (l *Line) Sum(months billing.Range) (sum decimal.Decimal, found bool) {
	return l.between(ordinal(months.First), ordinal(months.Last))
}

// between adds up cells as long as their sum is one, and all else as decimals.
func (l *Line) between(first, last int32) (sum decimal.Decimal, found bool) {
	var whole cell
	var beyond decimal.Decimal
	for _, c := range l.cells {
		if first > c.month || c.month > last {
			continue
		}
		if !found {
			whole, found = c, true
			continue
		}
		next, fits := whole.plus(c)
		if !fits {
			beyond, next = beyond.Add(whole.decimal()), c
		}
		whole = next
	}
	for _, w := range l.wide {
		if first <= w.month && w.month <= last {
			beyond, found = beyond.Add(w.single), true
		}
	}
	switch {
	case !found:
		return decimal.Decimal{}, false
	case beyond.IsZero():
		return whole.decimal(), true
	}
	return beyond.Add(whole.decimal()), found
}
