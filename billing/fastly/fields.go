package fastly

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

const (
	maxNumberLength = 64
	maxExponent     = 40
)

// kindOf names the kind of a JSON value for people.
func kindOf(value json.RawMessage) string {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return "absent"
	}
	switch value[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// readObject reads an element that has to be an object.
func readObject(element json.RawMessage, into any) error {
	if kind := kindOf(element); kind != "an object" {
		return fmt.Errorf("it is %s, not an object", kind)
	}
	if err := json.Unmarshal(element, into); err != nil {
		return typeError(err)
	}
	return nil
}

// typeError turns encoding/json's refusal of a field into words.
func typeError(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return fmt.Errorf("it is %s, not an object", article(wrong.Value))
		}
		return fmt.Errorf("%s is %s", wrong.Field, article(wrong.Value))
	}
	return errors.New(billing.Clean(err.Error()))
}

func article(kind string) string {
	if kind == "array" || kind == "object" {
		return "an " + kind
	}
	return "a " + kind
}

// figure reads a number, or a string that holds one, exactly. It is not negative.
func figure(name string, value json.RawMessage, bound decimal.Decimal) (decimal.Decimal, error) {
	digits, err := digitsOf(name, value)
	if err != nil {
		return decimal.Decimal{}, err
	}
	d, err := parseFigure(name, digits, bound)
	if err == nil && d.IsNegative() {
		return decimal.Decimal{}, fmt.Errorf("%s is negative: %s", name, d)
	}
	return d, err
}

// digitsOf returns the digits of a number or of a string.
func digitsOf(name string, value json.RawMessage) (string, error) {
	digits := string(bytes.TrimSpace(value))
	switch kindOf(value) {
	case "a string":
		if err := json.Unmarshal(value, &digits); err != nil {
			return "", fmt.Errorf("%s cannot be read", name)
		}
	case "a number":
	case "absent":
		return "", fmt.Errorf("there is no %s", name)
	default:
		return "", fmt.Errorf("%s is %s", name, kindOf(value))
	}
	if len(digits) > maxNumberLength {
		return "", fmt.Errorf("%s has more than %d characters", name, maxNumberLength)
	}
	return digits, nil
}

// parseFigure looks at the exponent first: to compare 1e-2000000000 with anything takes all the memory there is.
func parseFigure(name, digits string, bound decimal.Decimal) (decimal.Decimal, error) {
	d, err := decimal.NewFromString(digits)
	switch {
	case err != nil:
		return decimal.Decimal{}, fmt.Errorf("%s is %q, not a number", name, billing.Clean(digits))
	case d.Exponent() > maxExponent || d.Exponent() < -maxExponent:
		return decimal.Decimal{}, fmt.Errorf("%s has an absurd exponent", name)
	case d.Abs().GreaterThan(bound):
		return decimal.Decimal{}, fmt.Errorf("%s is absurdly large: %s", name, d)
	}
	return d, nil
}

// textOf returns the text of a JSON string, and an empty text for any other value.
func textOf(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

// reasons keeps the first reason.
type reasons struct{ first error }

func (r *reasons) note(err error) { r.first = cmp.Or(r.first, err) }

func isAbsent(value json.RawMessage) bool {
	kind := kindOf(value)
	return kind == "absent" || kind == "null"
}

// text reads a string; absent and null are empty.
func (r *reasons) text(name string, value json.RawMessage) (text string) {
	if isAbsent(value) {
		return ""
	}
	if kind := kindOf(value); kind != "a string" || json.Unmarshal(value, &text) != nil {
		r.note(fmt.Errorf("%s is %s", name, kind))
		return ""
	}
	return strings.TrimSpace(text)
}

// maxUnreadName bounds how much of a name stands in a reason.
const maxUnreadName = 40

func shortened(name string) string {
	runes := []rune(billing.Clean(name))
	if len(runes) > maxUnreadName {
		return string(runes[:maxUnreadName-1]) + "…"
	}
	return string(runes)
}

// grouped is a number with commas between its thousands.
var grouped = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$`)

// moneyFigure reads an amount exactly: a number, or a string that holds one, with or without commas between thousands. It
// may be below zero.
func moneyFigure(name string, value json.RawMessage, bound decimal.Decimal) (decimal.Decimal, error) {
	digits, err := digitsOf(name, value)
	if err != nil {
		return decimal.Decimal{}, err
	}
	digits = strings.TrimSpace(digits)
	if grouped.MatchString(digits) {
		digits = strings.ReplaceAll(digits, ",", "")
	}
	return parseFigure(name, digits, bound)
}

// optionalFigure is moneyFigure for a field that a line may omit.
func optionalFigure(name string, value json.RawMessage, bound decimal.Decimal) (decimal.NullDecimal, error) {
	switch kindOf(value) {
	case "absent", "null":
		return decimal.NullDecimal{}, nil
	case "a string":
		if string(bytes.TrimSpace(value)) == `""` {
			return decimal.NullDecimal{}, nil
		}
	}
	d, err := moneyFigure(name, value, bound)
	return decimal.NullDecimal{Decimal: d, Valid: err == nil}, err
}
