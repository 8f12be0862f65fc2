package alerts

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"budgetbot/billing"
)

// document walks a YAML file and notes every problem with its place, where the library's own decoding into structs would
// stop at the first of a kind and lose the column.
type document struct {
	file     string
	problems Problems
}

const emptyFile = "the file is empty; it needs at least a list under rules:"

// parse returns the document's root node, or nil where the text is no YAML or holds nothing; either is noted.
func (d *document) parse(text []byte) *yaml.Node {
	var root yaml.Node
	if err := yaml.Load(text, &root, yaml.WithUniqueKeys(false)); err != nil {
		d.problems = append(d.problems, d.syntaxProblem(err))
		return nil
	}
	if len(root.Content) == 0 || isNull(root.Content[0]) {
		d.problems = append(d.problems, Problem{File: d.file, Text: emptyFile})
		return nil
	}
	return root.Content[0]
}

func (d *document) syntaxProblem(err error) Problem {
	at, ok := errors.AsType[*yaml.LoadError](err)
	switch {
	case !ok:
		return Problem{File: d.file, Text: "not YAML: " + err.Error()}
	case strings.Contains(at.Message, "no documents"):
		return Problem{File: d.file, Text: emptyFile}
	case strings.Contains(at.Message, "multiple"):
		return Problem{File: d.file, Text: "more than one YAML document in the file; keep one"}
	}
	return Problem{d.file, max(at.Mark.Line, 1), max(at.Mark.Column, 1), "not YAML: " + at.Message}
}

func (d *document) note(at *yaml.Node, format string, args ...any) {
	d.problems = append(d.problems, Problem{d.file, at.Line, at.Column, fmt.Sprintf(format, args...)})
}

// field reads the value of one key.
type field func(value *yaml.Node)

// mapping reads a mapping by its keys. Keys that are unknown or stand twice are noted. reserved are keys of the language
// that this version does not act on.
func (d *document) mapping(node *yaml.Node, what string, fields map[string]field, reserved ...string) {
	node = resolve(node)
	if node.Kind != yaml.MappingNode {
		d.note(node, "%s must be a mapping of keys to values, not %s", what, describe(node))
		return
	}
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], resolve(node.Content[i+1])
		if earlier, twice := first[key.Value]; twice {
			d.note(key, "key %s stands twice; the first is on line %d", key.Value, earlier.Line)
			continue
		}
		first[key.Value] = key
		read, known := fields[key.Value]
		switch {
		case known:
			read(value)
		case slices.Contains(reserved, key.Value):
			d.note(key, "%s is not in this version yet; leave it out", key.Value)
		default:
			d.unknownKey(key, what, slices.Sorted(maps.Keys(fields)))
		}
	}
}

func (d *document) unknownKey(key *yaml.Node, what string, known []string) {
	if near := billing.Nearest(key.Value, known); len(near) > 0 {
		d.note(key, "unknown key %s in %s; did you mean %s?", clip(key.Value), what, near[0])
		return
	}
	d.note(key, "unknown key %s in %s; known are %s", clip(key.Value), what, strings.Join(known, ", "))
}

// entries reads a mapping whose keys are names that the file's author chose.
func (d *document) entries(node *yaml.Node, what string, read func(key, value *yaml.Node)) {
	node = resolve(node)
	if node.Kind != yaml.MappingNode {
		d.note(node, "%s must be a mapping of names to values, not %s", what, describe(node))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if line, twice := seen[key.Value]; twice {
			d.note(key, "key %s stands twice; the first is on line %d", clip(key.Value), line)
			continue
		}
		seen[key.Value] = key.Line
		read(key, resolve(node.Content[i+1]))
	}
}

// list reads every element of a sequence.
func (d *document) list(node *yaml.Node, what string, read func(element *yaml.Node)) {
	if node.Kind != yaml.SequenceNode {
		d.note(node, "%s must be a list, not %s", what, describe(node))
		return
	}
	for _, element := range node.Content {
		read(resolve(element))
	}
}

// text reads a scalar as it was written, so that a number can stand where a text is wanted. It is "" where the problem has
// been noted.
func (d *document) text(node *yaml.Node, what string) string {
	switch {
	case isNull(node):
		d.note(node, "%s has no value; quote a value that begins with #, @ or *", what)
	case node.Kind != yaml.ScalarNode:
		d.note(node, "%s must be a single value, not %s", what, describe(node))
	case strings.TrimSpace(node.Value) == "":
		d.note(node, "%s is empty", what)
	case strings.ContainsFunc(node.Value, func(r rune) bool { return r < ' ' || r == 0x7f }):
		d.note(node, "%s holds a control character", what)
	default:
		return strings.TrimSpace(node.Value)
	}
	return ""
}

// level reads a percentage such as 80%.
func (d *document) level(node *yaml.Node, what string) Level {
	written := d.text(node, what)
	if written == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(written, "%")))
	switch {
	case err != nil || !strings.HasSuffix(written, "%"):
		d.note(node, "%s must be a whole percentage such as 80%%, not %s", what, clip(written))
	case n < 1 || n > 1000:
		d.note(node, "%s must be from 1%% to 1000%%, not %s", what, clip(written))
	default:
		return Level(n)
	}
	return 0
}

// resolve follows an alias to what it stands for.
func resolve(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode && node.Alias != nil {
		node = node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if isNull(node) {
		return "nothing (quote a value that begins with #, @ or *)"
	}
	return clip(node.Value)
}

// clip shortens what a person wrote, so that a pasted file does not become an error message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}
