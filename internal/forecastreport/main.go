package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// usualData is where the series are where nobody says; it need not be there.
const usualData = "../shared/data"

func main() {
	dir := flag.String("data", "", "directory of CSV files with a date and an amount a line; left out: "+usualData+", or series made up")
	flag.Parse()
	if err := run(os.Stdout, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "forecastreport: error:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, dir string) error {
	all, origin, err := choose(dir, usualData)
	if err != nil {
		return err
	}
	report(w, origin, all)
	return nil
}

func report(w io.Writer, origin string, all []series) {
	fmt.Fprintf(w, "## %s\n\n", origin)
	known := forecasts{}
	accuracy(w, all)
	lateness(w, all)
	ranges(w, all, known)
	heldBySeries(w, all, known)
	chances(w, all, known)
	alarms(w, all, known)
}

// choose returns the series of the directory, or of the usual one where none is given, and in its absence made-up ones.
func choose(dir, usual string) (all []series, origin string, err error) {
	if dir == "" {
		if _, err := os.Stat(usual); errors.Is(err, fs.ErrNotExist) {
			return synthetic(), "Made-up series", nil
		}
		dir = usual
	}
	all, err = readAll(dir)
	return all, "Series of " + dir, err
}
