// Package budget is the grammar of the budget command. It reads a text as what a person asks about budgets, or as a mistake with the nearest right forms.
// It is pure: the names of rules, teams and digests are arguments, and so is now, which settles the days of a mute.
//
//	asked, mistake := budget.Parse("mute na-bandwidth until friday", budget.Names{Rules: rules, Now: now})
package budget
