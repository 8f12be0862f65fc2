// Command spikereport measures the detection of spikes of package alerts/spike on daily series, and prints tables in Markdown: how many planted
// days and weeks of twice the usage it finds and how soon, and how often it would post about the days as they were.
//
// The series are the CSV files (date, amount) of a directory, or, where that is not there, made up by fixed seeds. Nothing is asserted, and no
// package may import this one.
//
//	go run ./internal/spikereport -data ../shared/data
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"budgetbot/alerts/spike"
	"budgetbot/internal/dailyseries"
)

func main() {
	dir := flag.String("data", "", "directory of CSV files with a date and an amount a line; left out: ../shared/data, or series made up")
	over := flag.Int("over", int(spike.DefaultOver), "how far above its usual amount a day must be, in percent")
	flag.Parse()
	if err := run(os.Stdout, *dir, *over); err != nil {
		fmt.Fprintln(os.Stderr, "spikereport: error:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, dir string, over int) error {
	all, origin, err := dailyseries.Choose(dir)
	if err != nil {
		return err
	}
	report(w, origin, all, over)
	return nil
}
