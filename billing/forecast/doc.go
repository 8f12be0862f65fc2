// Package forecast forecasts the end of a month's usage and bill, with a range that four of five months end in. It uses daily figures where
// they are known, of last year too, and monthly totals otherwise, and widens the range by the errors of its earlier forecasts. It is pure and does not know
// rules or budgets; docs/forecast.md has the method and its measurements.
package forecast
