// Package forecast says how a month ends, of usage and of a bill, with the range that four of five ends fall into. It is made of daily
// figures where they are known, of monthly totals otherwise, and widens with how far its own earlier forecasts were off. It is
// pure and knows nothing of rules or budgets; docs/forecast.md has the method and how it was measured.
package forecast
