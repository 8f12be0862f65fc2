package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// table is printed in Markdown. Its first column are names.
type table struct {
	title string
	head  []string // without the column of names
	rows  [][]string
}

func (t *table) add(name string, cells ...string) {
	t.rows = append(t.rows, append([]string{name}, cells...))
}

func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "### %s\n\n", t.title)
	fmt.Fprintf(w, "| | %s |\n|---|%s\n", strings.Join(t.head, " | "), strings.Repeat("--:|", len(t.head)))
	for _, row := range t.rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(row, " | "))
	}
	fmt.Fprintln(w)
}

// percents prints shares as percent, with a sign where sign is "+".
func percents(shares []float64, sign string) []string {
	cells := make([]string, len(shares))
	for i, share := range shares {
		if cells[i] = figure(100*share, 1); sign == "+" && share >= 0 {
			cells[i] = "+" + cells[i]
		}
	}
	return cells
}

// figure prints a number, or a dash for what is not known.
func figure(f float64, places int) string {
	if math.IsNaN(f) {
		return "–"
	}
	return strconv.FormatFloat(f, 'f', places, 64)
}
