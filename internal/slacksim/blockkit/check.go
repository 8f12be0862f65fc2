package blockkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check collects what is wrong with one payload, each with a JSON pointer, in the words Slack uses.
type Check struct {
	On       Surface
	Problems []string
	// counts of what is limited over the whole payload.
	tables, dataTables, charts, inputs        int
	markdownChars, tableChars, dataTableChars int
	BlockIDs                                  map[string]bool
	// FileReady reports whether an uploaded file may be shown as an image.
	FileReady func(idOrURL string) bool
}

// rule checks one value at a JSON pointer.
type rule func(c *Check, at string, value any)

func (c *Check) fail(at, format string, values ...any) {
	c.Problems = append(c.Problems, fmt.Sprintf(format, values...)+" [json-pointer:"+at+"]")
}

// Problems returns what is wrong with blocks in JSON on a surface, each with a JSON pointer. No uploaded file is ready to be shown.
func Problems(body []byte, on Surface) []string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return []string{err.Error()}
	}
	c := &Check{On: on, BlockIDs: map[string]bool{}, FileReady: func(string) bool { return false }}
	BlockList(c, "/blocks", value)
	if size, text := SizeOf(value); on.Sized && (size > MaxBlocksJSON || text > MaxBlocksText) {
		c.fail("/blocks", "msg_blocks_too_long: %d characters of JSON, %d of text", size, text)
	}
	return c.Problems
}

// Apply judges a value by a rule.
func (c *Check) Apply(r rule, at string, value any) { r(c, at, value) }

// field is one member of an object.
type field struct {
	rule     rule
	required bool
}

func must(r rule) field { return field{rule: r, required: true} }
func may(r rule) field  { return field{rule: r} }

// object accepts exactly the given members, then what the further rules find wrong with the whole.
func object(members map[string]field, further ...func(c *Check, at string, object map[string]any)) rule {
	names := SortedKeys(members)
	return func(c *Check, at string, value any) {
		object, ok := value.(map[string]any)
		if !ok {
			c.fail(at, "must provide an object")
			return
		}
		for _, name := range names {
			value, present := object[name]
			switch {
			case present:
				members[name].rule(c, at+"/"+name, value)
			case members[name].required:
				c.fail(at, "missing required field: %s", name)
			}
		}
		for _, name := range SortedKeys(object) {
			if _, known := members[name]; !known {
				c.fail(at, "invalid additional property: %s", name)
			}
		}
		for _, f := range further {
			f(c, at, object)
		}
	}
}

// kinds chooses the rule by the member "type".
func kinds(rules map[string]rule) rule {
	return func(c *Check, at string, value any) {
		object, ok := value.(map[string]any)
		if !ok {
			c.fail(at, "must provide an object")
			return
		}
		kind, ok := object["type"].(string)
		switch {
		case !ok:
			c.fail(at, "missing required field: type")
		case rules[kind] == nil:
			c.fail(at+"/type", "unsupported type: %s", kind)
		default:
			rules[kind](c, at, value)
		}
	}
}

// pick keeps some of a set of rules.
func pick(rules map[string]rule, names ...string) map[string]rule {
	out := map[string]rule{}
	for _, name := range names {
		out[name] = rules[name]
	}
	return out
}

// text accepts a string of so many characters.
func text(least, most int) rule {
	return func(c *Check, at string, value any) {
		s, ok := value.(string)
		n := utf8.RuneCountInString(s)
		switch {
		case !ok:
			c.fail(at, "must provide a string")
		case n < least:
			c.fail(at, "must be more than %d characters", least-1)
		case n > most:
			c.fail(at, "must be less than %d characters", most+1)
		}
	}
}

// link accepts an address.
func link(c *Check, at string, value any) {
	text(1, maxURL)(c, at, value)
	if s, ok := value.(string); ok && !strings.Contains(s, ":") {
		c.fail(at, "must be a valid URL")
	}
}

func oneOf(allowed ...string) rule {
	return func(c *Check, at string, value any) {
		if s, ok := value.(string); !ok || !slices.Contains(allowed, s) {
			c.fail(at, "must be a valid enum value")
		}
	}
}

func truth(c *Check, at string, value any) {
	if _, ok := value.(bool); !ok {
		c.fail(at, "must provide a boolean")
	}
}

func number(c *Check, at string, value any) {
	if _, ok := value.(json.Number); !ok {
		c.fail(at, "must provide a number")
	}
}

func whole(least, most int64) rule {
	return func(c *Check, at string, value any) {
		n, ok := value.(json.Number)
		i, err := n.Int64()
		switch {
		case !ok || err != nil:
			c.fail(at, "must provide an integer")
		case i < least:
			c.fail(at, "must be at least %d", least)
		case i > most:
			c.fail(at, "must be at most %d", most)
		}
	}
}

// list accepts an array of so many items.
func list(least, most int, item rule) rule {
	return func(c *Check, at string, value any) {
		items, ok := value.([]any)
		switch {
		case !ok:
			c.fail(at, "must provide an array")
			return
		case len(items) < least:
			c.fail(at, "no fewer than %d items allowed", least)
		case len(items) > most:
			c.fail(at, "no more than %d items allowed", most)
			return
		}
		for i, one := range items {
			item(c, fmt.Sprintf("%s/%d", at, i), one)
		}
	}
}

// anyObject accepts an object of any members.
func anyObject(c *Check, at string, value any) {
	if _, ok := value.(map[string]any); !ok {
		c.fail(at, "must provide an object")
	}
}

// exactlyOne demands one of two members.
func exactlyOne(a, b string) func(c *Check, at string, object map[string]any) {
	return func(c *Check, at string, object map[string]any) {
		_, hasA := object[a]
		_, hasB := object[b]
		switch {
		case !hasA && !hasB:
			c.fail(at, "missing required field: %s", a)
		case hasA && hasB:
			c.fail(at, "only one of %s and %s is allowed", a, b)
		}
	}
}

// unique refuses two items that agree in a member.
func unique(member, of string) func(c *Check, at string, object map[string]any) {
	return func(c *Check, at string, object map[string]any) {
		items, _ := object[of].([]any)
		seen := map[string]bool{}
		for i, one := range items {
			item, _ := one.(map[string]any)
			id, ok := item[member].(string)
			if ok && seen[id] {
				c.fail(fmt.Sprintf("%s/%s/%d/%s", at, of, i, member), "`%s` %q already exists", member, id)
			}
			seen[id] = true
		}
	}
}

// SortedKeys lists the keys of a map in order.
func SortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
