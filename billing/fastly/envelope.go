package fastly

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"budgetbot/billing"
)

// envelope is what surrounds the elements of an answer, whichever form it has.
type envelope struct {
	elements []json.RawMessage
	meta     json.RawMessage // beside data; absent in a bare answer
}

// maxFields bounds the fields of an object around the elements.
const maxFields = 1_000

// open takes an answer out of its envelope: data as a list or an object, or neither, with the elements bare. An
// element has one of the fields that are its marks, so that no other object without data is taken for one. Data that is null is how Go writes an empty
// list, and is one, unless there are words of an error beside it. More elements than most are refused before they are held.
func open(body []byte, most int, marks ...string) (envelope, error) {
	body = bytes.TrimSpace(body)
	if err := checkJSON(body); err != nil {
		return envelope{}, err
	}
	switch kind := kindOf(body); kind {
	case "a list":
		return envelopeOf(body, nil, most)
	case "an object":
	default:
		return envelope{}, notUnderstood("it is %s, neither an object nor a list", kind)
	}
	fields, err := fieldsOf(body)
	if err != nil {
		return envelope{}, err
	}
	data, wrapped := fields["data"]
	switch kind := kindOf(data); {
	case wrapped && kind == "a list":
		return envelopeOf(data, fields["meta"], most)
	case wrapped && kind == "an object":
		return envelope{[]json.RawMessage{data}, fields["meta"]}, nil
	case wrapped && kind == "null" && titleOf(body) == "":
		return envelope{meta: fields["meta"]}, nil
	case wrapped && kind != "null":
		return envelope{}, notUnderstood("data is %s", kind)
	case slices.ContainsFunc(marks, func(mark string) bool { return fields[mark] != nil }):
		return envelope{elements: []json.RawMessage{body}}, nil
	}
	return envelope{}, unknownObject(body, fields)
}

func envelopeOf(list, meta json.RawMessage, most int) (envelope, error) {
	elements, err := elementsOf(list, most)
	if err != nil {
		return envelope{}, notUnderstood("%v", err)
	}
	return envelope{elements, meta}, nil
}

// fieldsOf returns the fields of an object that is known to be valid JSON, as parts of it.
func fieldsOf(object []byte) (map[string]json.RawMessage, error) {
	parts, fits := partsOf(object, 2*maxFields)
	if !fits {
		return nil, notUnderstood("it has more than %d fields", maxFields)
	}
	fields := make(map[string]json.RawMessage, len(parts)/2)
	for i := 0; i+1 < len(parts); i += 2 {
		var name string
		_ = json.Unmarshal(parts[i], &name) // valid, as the whole object is
		fields[name] = parts[i+1]
	}
	return fields, nil
}

// elementsOf returns the elements of a list that is known to be valid JSON, as parts of it.
func elementsOf(list []byte, most int) ([]json.RawMessage, error) {
	parts, fits := partsOf(list, most)
	if !fits {
		return nil, fmt.Errorf("it has more than %d elements", most)
	}
	return parts, nil
}

// partsOf takes a list or an object that is known to be valid JSON apart, an object into names and values in turn, without copying it.
// A flood of tiny elements is given up at the first one too many, since each would take many times its own size; fits is false then.
func partsOf(value []byte, most int) (parts []json.RawMessage, fits bool) {
	value = bytes.TrimSpace(value)
	depth, begin, quoted := 0, 1, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case (c == ']' || c == '}') && depth > 1:
			depth--
		case depth == 1 && (c == ',' || c == ':' || c == ']' || c == '}'):
			part := bytes.TrimSpace(value[begin:i])
			begin = i + 1
			if len(part) == 0 { // of an empty list or object
				continue
			}
			if len(parts) == most {
				return nil, false
			}
			parts = append(parts, part)
		}
	}
	return parts, true
}

// unknownObject describes what an object has instead of data. Fastly's own words come first, since an error may come with a
// status of success.
func unknownObject(body []byte, fields map[string]json.RawMessage) error {
	if words := billing.Clean(titleOf(body)); words != "" {
		return notUnderstood("there is no data, but the words %q", words)
	}
	if len(fields) == 0 {
		return notUnderstood("it is an empty object")
	}
	return notUnderstood("there is no data, only %s", billing.Clean(strings.Join(slices.Sorted(maps.Keys(fields)), ", ")))
}

// readAnswer reads an answer that is one object, without an envelope.
func readAnswer(body []byte, into any) error {
	if err := checkJSON(body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return notUnderstood("%v", typeError(err))
	}
	return nil
}

// checkJSON refuses a body that is not one JSON value.
func checkJSON(body []byte) error {
	switch {
	case json.Valid(body):
		return nil
	case len(body) == 0:
		return notUnderstood("it is empty")
	case body[0] == '<':
		return notUnderstood("it is HTML, not JSON")
	}
	var value json.RawMessage
	return notUnderstood("it is not JSON: %s", billing.Clean(fmt.Sprint(json.Unmarshal(body, &value))))
}
