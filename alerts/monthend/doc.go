// Package monthend answers how the month that is not over is likely to end: usage, by what was asked for, and the bill, by its parts. It
// makes the forecasts that budgets have.
package monthend
