package billing

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// Kind is the unit of an Amount.
type Kind string

// The kinds of Amount.
const (
	Bytes    Kind = "bytes"        // single bytes
	Requests Kind = "requests"     // single requests
	Time     Kind = "milliseconds" // of vCPU time, which people write in hours
	Billed   Kind = "billed"       // the API's own quantity, whatever its unit
	Money    Kind = "money"        // of Amount.Currency
)

// Amount is how much of something, as a budget states it.
type Amount struct {
	Value    decimal.Decimal // in single units of Kind; always above zero
	Kind     Kind
	Currency string // ISO 4217 code of Money, else empty
}

const maxAmountLength = 64

// maxAmount bounds every figure that is read: above it is a mistake, since it is a billion times the traffic of a
// large account, in the smallest unit.
var maxAmount = decimal.New(1, 27)

// written is an amount split into its parts.
type written struct {
	text     string // as it was typed, but for blanks
	digits   string
	unit     string // empty if there is none, or a sign instead
	currency string // ISO 4217 code of a sign such as $, else empty
}

var (
	amountPattern = regexp.MustCompile(`^([1-9]\d{0,2}(?:(?:,\d{3})+|(?:_\d{3})+|(?: \d{3})+)(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s*([^\d\s,._].*))?$`)
	grouping      = strings.NewReplacer(",", "", "_", "", " ", "")
	// maybeThousands is a fraction that may as well be thousands behind a point.
	maybeThousands = regexp.MustCompile(`^[1-9]\d{0,2}\.\d{3}$`)
)

// takeApart splits an amount into its parts, and leaves the meaning of its unit open.
func takeApart(text string) (w written, ok bool) {
	plain, currency := cutSymbol(text)
	parts := amountPattern.FindStringSubmatch(plain)
	if parts == nil {
		return written{text: text, currency: currency}, false
	}
	return written{text, grouping.Replace(parts[1]), parts[2], currency}, true
}

// with writes the amount with other digits.
func (w written) with(digits string) string {
	return strings.TrimSpace(digits + " " + cmp.Or(w.unit, w.currency))
}

// ParseAmount reads an amount as a budget states it: "500 TB", "5 billion requests", "2000000 requests", "50000 hours", "84000 USD", or a bare
// number, which is the API's own quantity. The error is a sentence for the person who wrote it.
func ParseAmount(s string) (Amount, error) {
	text := oneBlank(s)
	if text == "" {
		return Amount{}, errors.New("there is no amount; write one such as 500 TB or 5 billion requests")
	}
	if utf8.RuneCountInString(text) > maxAmountLength {
		return Amount{}, fmt.Errorf("an amount has at most %d characters, such as 500 TB", maxAmountLength)
	}
	w, ok := takeApart(text)
	if !ok {
		return Amount{}, notAnAmount(text)
	}
	return w.amount()
}

func oneBlank(s string) string { return strings.Join(strings.Fields(s), " ") }

func (w written) amount() (Amount, error) {
	number, err := decimal.NewFromString(w.digits)
	if err != nil {
		return Amount{}, notAnAmount(w.text)
	}
	amount, err := amountOf(number, w.unit, w.currency)
	if err == nil {
		err = amount.check(w)
	}
	if err != nil {
		return Amount{}, err
	}
	return amount, nil
}

// DoubtfulAmount returns a sentence where ParseAmount reads an amount whose writer may have meant a thousand times as much, since
// many countries write a point between thousands; else nothing.
func DoubtfulAmount(s string) string {
	w, ok := takeApart(oneBlank(s))
	if !ok || !maybeThousands.MatchString(w.digits) {
		return ""
	}
	read := withoutZeros(w.digits)
	sure := read
	if maybeThousands.MatchString(sure) {
		sure += "0"
	}
	return fmt.Sprintf("%q is read as %s; write %s, or %s if thousands are meant", w.text, w.with(read), w.with(sure), w.with(withoutPoint(w.digits)))
}

func withoutZeros(digits string) string {
	return strings.TrimSuffix(strings.TrimRight(digits, "0"), ".")
}

func withoutPoint(digits string) string { return strings.Replace(digits, ".", "", 1) }

// european is a number with a comma for the decimal point, or with points between thousands, or with both.
var (
	european = regexp.MustCompile(`^\D{0,2}(?:[\d ]+|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?(?:[^\d.,]|$)`)
	english  = strings.NewReplacer(".", "", ",", ".")
)

func notAnAmount(text string) error {
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, minus) {
		return fmt.Errorf("%q is below zero; an amount is above it", text)
	}
	if w, ok := takeApart(english.Replace(text)); ok && european.MatchString(text) {
		if _, err := w.amount(); err == nil {
			fault := "a comma for a decimal point"
			if strings.Contains(text, ".") {
				fault = "points between thousands"
			}
			return fmt.Errorf("%q has %s; write %s", text, fault, w.with(w.digits))
		}
	}
	return fmt.Errorf("%q is not an amount; write one such as 500 TB or 5 billion requests", text)
}

func (a Amount) check(w written) error {
	_, fraction, _ := strings.Cut(w.digits, ".")
	switch {
	case !a.Value.IsPositive():
		return fmt.Errorf("%q is not above zero", w.text)
	case a.Value.GreaterThan(maxAmount):
		return fmt.Errorf("%q is more than Fastly could count", w.text)
	case a.Kind == Money && len(fraction) > 2:
		return a.notPayable(w)
	}
	return nil
}

// notPayable is the error that suggests what to write for money with more digits than can be paid, such as 84.000 USD.
func (a Amount) notPayable(w written) error {
	instead := w.with(decimal.Max(a.Value.Round(2), decimal.New(1, -2)).String())
	if maybeThousands.MatchString(w.digits) {
		instead = w.with(withoutPoint(w.digits)) + " or " + instead
	}
	return fmt.Errorf("%q has more than two digits after the point, which money cannot have; write %s", w.text, instead)
}

// amountOf reads the unit that follows the number.
func amountOf(number decimal.Decimal, unit, currency string) (Amount, error) {
	lower := strings.ToLower(unit)
	if currency != "" {
		if unit != "" && !strings.EqualFold(unit, currency) {
			return Amount{}, fmt.Errorf("%s and %q are two units; write one, such as 84000 USD", currency, unit)
		}
		return Amount{number, Money, currency}, nil
	}
	if unit == "" {
		return Amount{Value: number, Kind: Billed}, nil
	}
	if exp, ok := byteUnits[lower]; ok && !bitUnit.MatchString(unit) {
		return Amount{Value: number.Shift(exp), Kind: Bytes}, nil
	}
	if exp, ok := countUnit(lower, "request", "requests"); ok {
		return Amount{Value: number.Shift(exp), Kind: Requests}, nil
	}
	if exp, ok := countUnit(lower, "h", "hour", "hours"); ok {
		return Amount{Value: number.Shift(exp).Mul(hour), Kind: Time}, nil
	}
	if currencies[strings.ToUpper(unit)] {
		return Amount{number, Money, strings.ToUpper(unit)}, nil
	}
	return Amount{}, refusedUnit(number, unit)
}

var byteUnits = map[string]int32{
	"byte": 0, "bytes": 0, "kb": 3, "mb": 6, "gb": 9, "tb": 12, "pb": 15, "eb": 18,
}

var countWords = map[string]int32{
	"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "b": 9, "g": 9, "bn": 9, "billion": 9, "t": 12, "tn": 12, "trillion": 12,
}

// countUnit reads one of the nouns, alone or behind a number word: "requests", "million requests" and "m requests".
func countUnit(lower string, nouns ...string) (exp int32, ok bool) {
	words := strings.Fields(lower)
	if !slices.Contains(nouns, words[len(words)-1]) {
		return 0, false
	}
	switch len(words) {
	case 1:
		return 0, true
	case 2:
		exp, ok = countWords[words[0]]
		return exp, ok
	}
	return 0, false
}

// bare has what a number word may have meant, bytes or requests, by its power of ten.
var bare = map[int32][2]string{3: {"kB", "thousand"}, 6: {"MB", "million"}, 9: {"GB", "billion"}, 12: {"TB", "trillion"}}

var (
	binaryUnit = regexp.MustCompile(`^([kmgtpe])ib(ytes?)?$`)
	// bitUnit is a unit of bits: by the word, by a b per second, or by a b behind an upper-case letter. People write gb for GB.
	bitUnit = regexp.MustCompile(`^([kKmMgGtTpPeE]?)(?:(?i:i|ilo|ega|iga|era|eta|xa)?(?i:bits?(?:ps|/s| per second)?)|(?i:bps)|b/s)$|^([KMGTPE])b$`)
)

// refusedUnit is the error for a unit that cannot be accepted, with what to write instead.
func refusedUnit(number decimal.Decimal, unit string) error {
	lower := strings.ToLower(unit)
	if m := binaryUnit.FindStringSubmatch(lower); m != nil {
		return fmt.Errorf("%q is a binary unit, and Fastly bills decimal ones (1 GB is 10^9 bytes); write %s", unit, bytesWith(m[1]))
	}
	if m := bitUnit.FindStringSubmatch(unit); m != nil {
		return fmt.Errorf("%q counts bits, and Fastly bills bytes; write %s", unit, bytesWith(m[1]+m[2]))
	}
	switch {
	case lower == "b":
		return fmt.Errorf("%[1]sB could be bytes or billions; write %[1]s bytes or %[1]s billion requests", number)
	case bare[countWords[lower]][0] != "":
		meant := bare[countWords[lower]]
		return fmt.Errorf("%[1]s %[2]s does not say of what; write %[1]s %[3]s or %[1]s %[4]s requests", number, unit, meant[0], meant[1])
	case lower == "unit" || lower == "units":
		return fmt.Errorf("units are counted one by one or in blocks; write %[1]s alone for the API's own quantity, or %[1]s requests", number)
	case lower == "%":
		return fmt.Errorf("%s%% is a share and not an amount; write one such as 500 TB", number)
	}
	return fmt.Errorf("%q is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, hours, or a currency such as USD", unit)
}

// bytesWith names the unit of bytes that has the prefix, such as k, in either case.
func bytesWith(prefix string) string {
	upper := strings.ToUpper(prefix)
	return cmp.Or(map[string]string{"": "bytes", "K": "kB"}[upper], upper+"B")
}

var currencies = map[string]bool{
	"USD": true, "EUR": true, "GBP": true, "JPY": true, "AUD": true, "CAD": true, "CHF": true, "CNY": true, "DKK": true,
	"INR": true, "KRW": true, "NOK": true, "NZD": true, "SEK": true, "SGD": true,
}

func cutSymbol(text string) (rest, currency string) {
	for code, symbol := range signs {
		if rest, ok := strings.CutPrefix(text, symbol); ok {
			return strings.TrimSpace(rest), code
		}
		if rest, ok := strings.CutSuffix(text, symbol); ok {
			return strings.TrimSpace(rest), code
		}
	}
	return text, ""
}

// String writes the amount exactly, in a form that ParseAmount reads.
func (a Amount) String() string {
	steps, noun := countSteps, " requests"
	switch a.Kind {
	case Time:
		return exactHours(a.Value).String() + " hours"
	case Bytes:
		steps, noun = byteSteps, ""
	case Billed:
		return a.Value.String()
	case Money:
		return a.Value.String() + " " + a.Currency
	case Requests:
	}
	s := steps[stepOf(steps, a.Value)]
	if s.symbol == "B" && a.Kind == Bytes {
		return a.Value.String() + " bytes"
	}
	return withUnit(a.Value.Shift(-s.exp).String(), strings.TrimSpace(s.symbol+noun))
}

// hourPlaces is how many more decimals hours have than their milliseconds, so that each millisecond shows.
const hourPlaces = 7

// exactHours returns milliseconds in hours, so that they can be worked out from them.
func exactHours(ms decimal.Decimal) decimal.Decimal {
	return ms.DivRound(hour, hourPlaces-min(0, ms.Exponent()))
}

// UnitError is the error of a row that cannot be counted in the unit of an Amount.
type UnitError struct {
	Metric Metric
	Unit   string // the row's own
	Kind   Kind   // the one that was wanted
	// Unlearned is set if the units agree, but how many single requests one billed unit is, is not known yet.
	Unlearned bool
}

// Error is a sentence for people.
func (e *UnitError) Error() string {
	if e.Unlearned {
		return fmt.Sprintf("how many requests one billed unit of %s stands for is not known yet; write the bare number that Fastly counts",
			e.Metric.UsageType)
	}
	wanted := string(e.Kind)
	if e.Kind == Time {
		wanted = "hours"
	}
	return fmt.Sprintf("%s is counted in %s, not in %s", e.Metric.UsageType, e.Unit, wanted)
}

// Count returns the row's usage in the unit of kind. If it cannot be converted the error is a *UnitError.
func (f Factors) Count(u Usage, kind Kind) (decimal.Decimal, error) {
	if kind == Billed {
		return u.Quantity, nil
	}
	single, measure := f.Single(u)
	switch {
	case kind == Bytes && measure.Bytes:
		return single, nil
	case kind == Time && measure.Time:
		return single, nil
	case kind == Requests && u.Unit == UnitPlain && !measure.Billed && !measure.Time:
		return single, nil
	}
	unlearned := kind == Requests && measure.Billed
	return decimal.Decimal{}, &UnitError{Metric: u.Metric(), Unit: u.Unit, Kind: kind, Unlearned: unlearned}
}
