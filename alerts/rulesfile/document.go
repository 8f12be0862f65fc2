package rulesfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// document walks a YAML file and notes every problem with its place, where the library's own decoding into structs would
// stop at the first of a kind and lose the column.
type document struct {
	file     string
	problems rules.Problems
}

const (
	emptyFile = "the file is empty; it needs at least a list under rules:"
	quoteIt   = "quote a value that begins with #, @ or *"
)

// parse returns the document's root node, or nil if the text is no YAML or holds nothing; either is noted.
func (d *document) parse(text []byte) *yaml.Node {
	var parent, second yaml.Node
	loader, err := yaml.NewLoader(bytes.NewReader(text), yaml.WithUniqueKeys(false))
	if err == nil {
		err = loader.Load(&parent)
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		d.noteSyntax(err, text)
		return nil
	case err != nil, len(parent.Content) == 0, isNull(parent.Content[0]):
		d.note(&yaml.Node{Line: 1, Column: 1}, emptyFile)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		d.note(&second, "a second YAML document begins here; keep only one")
	case !errors.Is(err, io.EOF):
		d.noteSyntax(err, text)
	}
	return parent.Content[0]
}

func (d *document) noteSyntax(err error, text []byte) {
	at, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		d.note(&yaml.Node{Line: 1, Column: 1}, "not YAML: %s", err)
		return
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	mark := at.Mark
	if mark.Line > len(lines) && at.ContextMark.Line > 0 {
		mark = at.ContextMark // something was never closed: where it was opened tells more than the end of the file
	}
	line := min(max(mark.Line, 1), len(lines))
	d.note(&yaml.Node{Line: line, Column: max(mark.Column, 1)}, "not YAML: %s%s", at.Message, syntaxAdvice(at.Message, lines[line-1]))
}

// syntaxAdvice says what helps against the mistakes that a rules file invites.
func syntaxAdvice(message, line string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(message, "tab character"), strings.Contains(indent, "\t"):
		return "; indent with spaces"
	case strings.Contains(message, "unknown anchor"), strings.Contains(message, "cannot start any token"),
		strings.Contains(message, "expected alphabetic or numeric"):
		return "; " + quoteIt
	}
	return ""
}

func (d *document) note(at *yaml.Node, format string, args ...any) {
	d.problems = append(d.problems, rules.Problem{File: d.file, Line: at.Line, Column: at.Column, Text: fmt.Sprintf(format, args...)})
}

// entry is a key that a mapping may have, and what reads its value.
type entry struct {
	key  string
	read func(value *yaml.Node)
}

// mapping reads a mapping in the order of the entries, wherever they stand in the file, so that one may refer to what those before it read.
// Keys that are unknown or stand twice are noted. It returns the values by their keys, that of a misspelt key under the one that was probably
// meant.
func (d *document) mapping(node *yaml.Node, what string, entries []entry) map[string]*yaml.Node {
	var known []string
	for _, e := range entries {
		known = append(known, e.key)
	}
	slices.Sort(known)
	written := map[string]*yaml.Node{}
	d.pairs(node, what, func(name string, key, value *yaml.Node) {
		if !slices.Contains(known, name) {
			name = d.unknownKey(key, name, what, known)
		}
		written[name] = value
	})
	for _, e := range entries {
		if value := written[e.key]; value != nil {
			e.read(value)
		}
	}
	return written
}

// unknownKey notes a key that means nothing, and returns the one that was probably meant.
func (d *document) unknownKey(at *yaml.Node, name, what string, known []string) string {
	if near := billing.Nearest(name, known); len(near) > 0 {
		d.note(at, "unknown key %s in %s; did you mean %s?", rules.Clip(name), what, near[0])
		return near[0]
	}
	d.note(at, "unknown key %s in %s; known are %s", rules.Clip(name), what, strings.Join(known, ", "))
	return name
}

// pairs reads a mapping key by key, those aside that stand twice.
func (d *document) pairs(node *yaml.Node, what string, read func(name string, key, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		d.note(node, "%s must be a mapping of keys to values, not %s", what, describe(node))
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, name := node.Content[i], resolve(node.Content[i])
		if name.Kind != yaml.ScalarNode {
			d.note(key, "a key of %s must be a single value, not %s", what, describe(name))
			continue
		}
		if name.Tag == "!!merge" {
			d.note(key, "merge keys (<<) are not supported; put shared values under defaults: and write out the rest")
			continue
		}
		if line, twice := first[name.Value]; twice {
			d.note(key, "key %s is there twice; the first is on line %d", rules.Clip(name.Value), line)
			continue
		}
		first[name.Value] = key.Line
		read(name.Value, key, resolve(node.Content[i+1]))
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

// resolve follows an alias to what it stands for.
func resolve(node *yaml.Node) *yaml.Node {
	for node.Kind == yaml.AliasNode && node.Alias != nil {
		node = node.Alias
	}
	return node
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// text reads a scalar as it was written, so that a number can stand where a text is wanted. It is "" if the problem has
// been noted.
func (d *document) text(node *yaml.Node, what string) string {
	switch {
	case isNull(node):
		d.note(node, "%s has no value; %s", what, quoteIt)
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

// threshold reads a percentage such as 80%.
func (d *document) threshold(node *yaml.Node, what string) rules.Threshold {
	written := d.text(node, what)
	if written == "" {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(written, "%")))
	switch {
	case err != nil || !strings.HasSuffix(written, "%"):
		d.note(node, "%s must be a whole percentage such as 80%%, not %s", what, rules.Clip(written))
	case n < 1 || n > 1000:
		d.note(node, "%s must be from 1%% to 1000%%, not %s", what, rules.Clip(written))
	default:
		return rules.Threshold(n)
	}
	return 0
}

// duration reads a length of time such as 4h or 36h30m, and notes one that is shorter than least. It is 0 if the problem has
// been noted.
func (d *document) duration(node *yaml.Node, what string, least time.Duration, atLeast string) time.Duration {
	written := d.text(node, what)
	if written == "" {
		return 0
	}
	length, err := time.ParseDuration(written)
	if err != nil || length < least {
		d.note(node, "%s must be at least %s, not %s", what, atLeast, rules.Clip(written))
		return 0
	}
	return length
}

// oneOf reads one of a closed set of words. It is "" if the problem has been noted.
func oneOf[T ~string](d *document, node *yaml.Node, what string, words ...T) T {
	written := d.text(node, what)
	if written == "" || slices.Contains(words, T(written)) {
		return T(written)
	}
	known := rules.Texts(words)
	d.note(node, "%s cannot be %s; %s", what, rules.Clip(written), nearest(written, known, "write "+rules.OrList(known)))
	return ""
}

// nearest asks whether the nearest of the known names was meant; if none is near it returns the other advice.
func nearest(name string, known []string, otherwise string) string {
	if near := billing.Nearest(name, known); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return otherwise
}

// someOf reads a list of some of a closed set of words.
func someOf[T ~string](d *document, node *yaml.Node, what string, words []T) []T {
	var chosen []T
	d.list(node, what, func(element *yaml.Node) {
		word := oneOf(d, element, "an element of "+what, words...)
		if word != "" && slices.Contains(chosen, word) {
			d.note(element, "%s is listed twice", word)
		}
		chosen = append(chosen, word)
	})
	if node.Kind == yaml.SequenceNode && len(node.Content) == 0 {
		d.note(node, "%s is empty; list %s", what, rules.OrList(rules.Texts(words)))
	}
	return chosen
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if isNull(node) {
		return "nothing (" + quoteIt + ")"
	}
	return rules.Clip(node.Value)
}
