package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"budgetbot/internal/dailyseries"
)

func main() {
	dir := flag.String("data", "", "directory of CSV files with a date and an amount a line; left out: ../shared/data, or series made up")
	flag.Parse()
	if err := run(os.Stdout, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "forecastreport: error:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, dir string) error {
	all, origin, err := dailyseries.Choose(dir)
	if err != nil {
		return err
	}
	report(w, origin, seriesOf(all))
	return nil
}

func report(w io.Writer, origin string, all []series) {
	fmt.Fprintf(w, "## %s\n\n", origin)
	known := forecasts{}
	accuracy(w, all, methods(known))
	years(w, all, known)
	lateness(w, all, known)
	ranges(w, all, known)
	heldBySeries(w, all, known)
	chances(w, all, known)
	alarms(w, all, known)
}
