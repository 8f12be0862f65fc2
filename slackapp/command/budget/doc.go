// Package budget is the grammar of the budget command: text in, what was asked about budgets or a mistake with its nearest right forms out. It is
// pure; the names of rules, teams and digests are handed in, and so is now, by which the days of a mute are named.
//
//	asked, mistake := budget.Parse("mute na-bandwidth until friday", budget.Names{Rules: rules, Now: now})
package budget
