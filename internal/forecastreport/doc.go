// Command forecastreport measures the forecast of package alerts on daily series whose months are over, and prints tables in
// Markdown: how far it is off, beside what is simpler, how many ends its ranges hold, and what its alerts would have been.
//
// The series are the CSV files (date, amount) of a directory, or, where that is not there, made up by fixed seeds. Nothing is
// asserted, and no package may import this one.
//
//	go run ./internal/forecastreport -data ../shared/data
package main
