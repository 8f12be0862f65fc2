// Package budgetview makes the answers to /budget: the overview, one budget in detail, its history, why a message was posted, and the rules that watch
// something other than a budget.
package budgetview
