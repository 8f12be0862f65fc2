package billing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Figures above these bounds are absurd: a billion times what the largest account uses in a month.
var (
	maxQuantity = decimal.New(1, 15) // in the API's unit: a yottabyte in GB
	maxRaw      = decimal.New(1, 24) // in single units: the same in bytes
)

const (
	maxNumberLength = 64
	maxExponent     = 40
)

// envelope is what surrounds the elements of an answer, whichever form it has.
type envelope struct {
	elements []json.RawMessage
	meta     json.RawMessage // beside data; absent in a bare answer
}

// open takes an answer out of its envelope: data as a list or an object, or neither, with the elements bare. isElement
// tells an element by its fields, so that an object without data is not taken for one.
func open(body []byte, isElement func(fields map[string]json.RawMessage) bool) (envelope, error) {
	body = bytes.TrimSpace(body)
	if kindOf(body) == "a list" {
		return listOf(body)
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &fields); err != nil || body[0] != '{' {
		return envelope{}, notAnAnswer(body)
	}
	data, wrapped := fields["data"]
	switch {
	case wrapped && kindOf(data) == "a list":
		e, err := listOf(data)
		e.meta = fields["meta"]
		return e, err
	case wrapped && kindOf(data) == "an object":
		return envelope{elements: []json.RawMessage{data}, meta: fields["meta"]}, nil
	case wrapped:
		return envelope{}, notUnderstood("data is %s", kindOf(data))
	case isElement(fields):
		return envelope{elements: []json.RawMessage{body}}, nil
	}
	return envelope{}, unknownObject(body, fields)
}

// unknownObject says what an object has instead of data. Fastly's own words come first, for an error may come with a
// status of success.
func unknownObject(body []byte, fields map[string]json.RawMessage) error {
	if words := clean(titleOf(body)); words != "" {
		return notUnderstood("there is no data, but the words %q", words)
	}
	if len(fields) == 0 {
		return notUnderstood("it is an empty object")
	}
	return notUnderstood("there is no data, only %s", clean(strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
}

func listOf(list json.RawMessage) (envelope, error) {
	var e envelope
	if err := json.Unmarshal(list, &e.elements); err != nil {
		return envelope{}, notAnAnswer(list)
	}
	return e, nil
}

// notAnAnswer says what is wrong with a body that is neither an object nor a list.
func notAnAnswer(body []byte) error {
	if err := checkJSON(body); err != nil {
		return err
	}
	return notUnderstood("it is %s, neither an object nor a list", kindOf(body))
}

// checkJSON tells the ways in which a body can fail to be one JSON value.
func checkJSON(body []byte) error {
	switch {
	case len(body) == 0:
		return notUnderstood("it is empty")
	case body[0] == '<':
		return notUnderstood("it is HTML, not JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		if strings.Contains(err.Error(), "unexpected EOF") {
			return notUnderstood("it breaks off after %d bytes", len(body))
		}
		return notUnderstood("it is not JSON: %s", clean(err.Error()))
	}
	if rest := bytes.TrimSpace(body[decoder.InputOffset():]); len(rest) > 0 {
		return notUnderstood("%d bytes stand behind its end", len(rest))
	}
	return nil
}

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

// typeError turns encoding/json's refusal of a field into words.
func typeError(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return fmt.Errorf("it is %s, not an object", article(wrong.Value))
		}
		return fmt.Errorf("%s is %s", wrong.Field, article(wrong.Value))
	}
	return errors.New(clean(err.Error()))
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
		return decimal.Decimal{}, fmt.Errorf("%s is %q, not a number", name, clean(digits))
	case d.Exponent() > maxExponent || d.Exponent() < -maxExponent:
		return decimal.Decimal{}, fmt.Errorf("%s has an absurd exponent", name)
	case d.Abs().GreaterThan(bound):
		return decimal.Decimal{}, fmt.Errorf("%s is absurdly large: %s", name, d)
	}
	return d, nil
}
