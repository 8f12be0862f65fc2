package fastlysim

import (
	"bytes"
	"encoding/json"
)

// rewrite is a change to a true body.
type rewrite = func(body []byte, turn int) []byte

// object is a JSON object under change.
type object = map[string]any

// reworked decodes a body, changes it and encodes it again, digits kept.
func reworked(body []byte, change func(any) any) []byte {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		panic("fastlysim: rework own answer: " + err.Error())
	}
	out, err := json.Marshal(change(value))
	if err != nil {
		panic("fastlysim: rework own answer: " + err.Error())
	}
	return out
}

// isRow tells a row of either endpoint, wherever the envelope put it.
func isRow(value any) bool {
	fields, ok := value.(object)
	if !ok {
		return false
	}
	_, usage := fields["product_id"]
	_, service := fields["usage_units"]
	return usage || service
}

// eachRow changes every row in place.
func eachRow(change func(row object)) rewrite {
	return func(body []byte, _ int) []byte {
		return reworked(body, func(value any) any {
			walk(value, func(fields object) {
				if isRow(fields) {
					change(fields)
				}
			})
			return value
		})
	}
}

// firstRow changes the first row alone, and leaves its neighbours true.
func firstRow(change func(row object)) rewrite {
	return func(body []byte, turn int) []byte {
		done := false
		return eachRow(func(row object) {
			if !done {
				change(row)
				done = true
			}
		})(body, turn)
	}
}

// putField gives the first row another value.
func putField(name string, value any) rewrite {
	return firstRow(func(row object) { row[name] = value })
}

// dropField takes a field from the first row.
func dropField(name string) rewrite {
	return firstRow(func(row object) { delete(row, name) })
}

// figureField changes the first row's figure, whatever the endpoint calls it.
func figureField(value any) rewrite {
	return firstRow(func(row object) {
		for _, name := range []string{"quantity", "usage_units"} {
			if _, ok := row[name]; ok {
				row[name] = value
			}
		}
	})
}

// rowList changes every list of rows.
func rowList(change func(rows []any) []any) rewrite {
	return func(body []byte, _ int) []byte {
		return reworked(body, func(value any) any { return walkLists(value, change) })
	}
}

// metaField changes a field of every meta, by turn.
func metaField(name string, value func(turn int) any) rewrite {
	return func(body []byte, turn int) []byte {
		return reworked(body, func(root any) any {
			walk(root, func(fields object) {
				if meta, ok := fields["meta"].(object); ok {
					meta[name] = value(turn)
				}
			})
			return root
		})
	}
}

// walk visits every object from the outside in.
func walk(value any, visit func(object)) {
	switch value := value.(type) {
	case object:
		visit(value)
		for _, inner := range value {
			walk(inner, visit)
		}
	case []any:
		for _, inner := range value {
			walk(inner, visit)
		}
	}
}

// walkLists rebuilds a value with its lists of rows changed.
func walkLists(value any, change func([]any) []any) any {
	switch value := value.(type) {
	case object:
		for name, inner := range value {
			value[name] = walkLists(inner, change)
		}
	case []any:
		if len(value) > 0 && isRow(value[0]) {
			return change(value)
		}
		for i, inner := range value {
			value[i] = walkLists(inner, change)
		}
	}
	return value
}
