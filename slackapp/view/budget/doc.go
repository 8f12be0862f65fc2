// Package budgetview makes what /budget shows: the overview, one budget in detail, its history, why a message was posted, and the rules that
// watch something other than a budget.
package budgetview
