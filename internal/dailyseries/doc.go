// Package dailyseries has the daily series on which the reports measure the product: those of a directory of CSV files, or made-up ones. Only
// the reports import it.
package dailyseries
