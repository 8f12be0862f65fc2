package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"budgetbot/billing"
)

// printableLines is a text of several lines, indented as they are, without what a terminal would act on.
func printableLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		shown := strings.TrimLeft(line, " ")
		lines[i] = line[:len(line)-len(shown)] + billing.OneLine(shown)
	}
	return strings.Join(lines, "\n")
}

// writeJSON writes v for people and programs alike: what a terminal would act on is escaped, so that a program reads it unchanged.
func writeJSON(w io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, escapeJSON(text.String()))
	return err
}

// escapeJSON escapes characters that encoding/json leaves alone and a terminal acts on: DEL, the C1 control characters,
// and marks that are invisible or change the direction of writing. Outside strings JSON contains none of them.
func escapeJSON(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
