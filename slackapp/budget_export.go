package slackapp

import (
	"bytes"
	"context"
	"strings"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/billing/csvfile"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/budget"
)

// export sends the budgets of a list to the person as a file, a line for each, whatever page was shown.
func (a *budgetAnswers) export(ctx context.Context, c *conversation, b books, list budget.List, budgets []alerts.BudgetStatus) result {
	if !a.Uploads {
		return noUploads("Ask your operator to add it. `budgetbot check -o csv` writes the budgets of this month in a terminal.")
	}
	var file bytes.Buffer
	if err := status.WriteCSV(&file, csvfile.ForSpreadsheets, status.WorstFirst(budgets, b.Now), b.Now); err != nil {
		return c.trouble(err)
	}
	name := strings.Join(append([]string{"budgets", b.Month.String()}, list.States...), "-") + ".csv"
	name = strings.ReplaceAll(name, " ", "-")
	if err := c.send(ctx, name, file.Bytes()); err != nil {
		return c.trouble(err)
	}
	return reply(blocks.Note("I sent you "+blocks.Code(name)+" as a direct message, with a line for each budget and exact figures."), outcomeExported)
}
