// Package monthend answers how the running month is likely to end: its usage, by what was asked for, or its bill, by its parts. The forecasts are
// those that budgets of the same usage have.
package monthend
