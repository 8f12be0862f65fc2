package rulesfile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// text reads a scalar as it was written, so that a number can stand where a text is wanted. It is "" where the problem has
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

// duration reads a length of time such as 4h or 36h30m, and notes one that is shorter than least. It is 0 where the problem has
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

// oneOf reads one of a closed set of words. It is "" where the problem has been noted.
func oneOf[T ~string](d *document, node *yaml.Node, what string, words ...T) T {
	written := d.text(node, what)
	if written == "" || slices.Contains(words, T(written)) {
		return T(written)
	}
	known := rules.Texts(words)
	d.note(node, "%s cannot be %s; %s", what, rules.Clip(written), nearest(written, known, "write "+rules.OrList(known)))
	return ""
}

// nearest asks whether the nearest of the known names was meant; where none is near it returns the other advice.
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
