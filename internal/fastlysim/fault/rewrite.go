package fault

import (
	"bytes"
	"encoding/json"
	"slices"
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

// kindOfObject distinguishes objects of one kind from others, wherever the envelope put them.
type kindOfObject func(value any) bool

// having recognises objects by fields that no other kind has.
func having(names ...string) kindOfObject {
	return func(value any) bool {
		fields, ok := value.(object)
		return ok && slices.ContainsFunc(names, func(name string) bool {
			_, there := fields[name]
			return there
		})
	}
}

var (
	// isRow tells a row of either usage endpoint.
	isRow = having("product_id", "usage_units")
	// isInvoice tells a statement or an estimate, and isItem a line of one.
	isInvoice, isItem = having("invoice_id"), having("product_name")
)

// first changes the first object of a kind, and leaves its neighbours true.
func first(is kindOfObject, change func(object)) rewrite {
	return func(body []byte, _ int) []byte {
		done := false
		return reworked(body, func(value any) any {
			walk(value, func(fields object) {
				if is(fields) && !done {
					change(fields)
					done = true
				}
			})
			return value
		})
	}
}

// put gives the first object of a kind another value.
func put(is kindOfObject, name string, value any) rewrite {
	return first(is, func(fields object) { fields[name] = value })
}

// drop takes a field from the first object of a kind.
func drop(is kindOfObject, name string) rewrite {
	return first(is, func(fields object) { delete(fields, name) })
}

// firstRow changes the first row alone.
func firstRow(change func(row object)) rewrite { return first(isRow, change) }

// putField gives the first row another value.
func putField(name string, value any) rewrite { return put(isRow, name, value) }

// dropField takes a field from the first row.
func dropField(name string) rewrite { return drop(isRow, name) }

// figureField changes the first figure, whatever the endpoint calls it.
func figureField(value any) rewrite {
	names := []string{"quantity", "usage_units", "amount"}
	return first(having(names...), func(fields object) {
		for _, name := range names {
			if _, ok := fields[name]; ok {
				fields[name] = value
			}
		}
	})
}

// rowList changes every list of rows.
func rowList(change func(rows []any) []any) rewrite { return list(isRow, change) }

// list changes every list of objects of a kind.
func list(is kindOfObject, change func([]any) []any) rewrite {
	return func(body []byte, _ int) []byte {
		return reworked(body, func(value any) any { return walkLists(value, is, change) })
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

// walkLists rebuilds a value with its lists of a kind of object changed.
func walkLists(value any, is kindOfObject, change func([]any) []any) any {
	switch value := value.(type) {
	case object:
		for name, inner := range value {
			value[name] = walkLists(inner, is, change)
		}
	case []any:
		if len(value) > 0 && is(value[0]) {
			return change(value)
		}
		for i, inner := range value {
			value[i] = walkLists(inner, is, change)
		}
	}
	return value
}
