package slackapp

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/billing/csvfile"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// maxExport bounds a file, in bytes: a spreadsheet opens no more rows than that holds.
const maxExport = 48 << 20

// uploadTimeout bounds the upload of a file, beyond what reading the figures may take.
const uploadTimeout = 30 * time.Second

// exportTyped is export for a person who typed csv, where the bot may have no scope to send files.
func (a *usageAnswers) exportTyped(ctx context.Context, c *conversation, q inquiry) result {
	if !a.Uploads {
		return noUploads("Ask your operator to add it, or use " + blocks.Code("budgetbot usage "+q.Text()) + " in a terminal.")
	}
	return a.export(ctx, c, q)
}

// noUploads is the reply where the bot has no scope to send files.
func noUploads(next string) result {
	return reply(blocks.Refusal("I can't send files in this workspace: the Slack app lacks the scope files:write.", next), outcomeRefused)
}

// export answers the question with every row that it has, and sends that to the person as a file in a direct message:
// an answer is for the asker alone.
func (a *usageAnswers) export(ctx context.Context, c *conversation, q inquiry) result {
	if q.Help || !a.Uploads {
		return reply(unknownPress(a.UsageCommand), outcomeUnknown)
	}
	all := q
	all.Question.Top, all.Question.WithBilled = 0, true
	drawing, err := a.drawn(ctx, all)
	if err != nil {
		return c.trouble(err)
	}
	var file bytes.Buffer
	if err := drawing.csv(&file, csvfile.ForSpreadsheets); err != nil {
		return c.trouble(err)
	}
	if file.Len() > maxExport {
		return reply(blocks.Refusal("That's more rows than a spreadsheet can hold.",
			"Ask for fewer months or one product, or use `budgetbot usage "+q.Text()+" -o csv` in a terminal."), outcomeRefused)
	}
	name := fileName(q.Question)
	if err := c.send(ctx, name, file.Bytes()); err != nil {
		return c.trouble(err)
	}
	return reply(blocks.Note("I sent you "+blocks.Code(name)+" as a direct message, with every row and exact figures."), outcomeExported)
}

// fileName names a file by its months, usage-2026-10..2026-11.csv, and by what it shows, forecast-cost-2026-11.csv.
func fileName(q report.Question) string {
	what := "usage"
	if q.Cost {
		what = "cost"
	}
	if q.Show != report.ShowUsage {
		what = strings.TrimSuffix(string(q.Show)+"-"+what, "-usage")
	}
	if q.IsOfDays() {
		return fmt.Sprintf("%s-%s.csv", what, q.Days)
	}
	if q.IsComparison() {
		return fmt.Sprintf("%s-%s-vs-%s.csv", what, q.Months, q.Against)
	}
	return fmt.Sprintf("%s-%s.csv", what, q.Months)
}

// send uploads a file to the person's direct messages with the bot. It posts a message first, because that opens the
// conversation; opening it otherwise needs a scope that the bot does not have.
func (c *conversation) send(ctx context.Context, name string, content []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), uploadTimeout)
	defer cancel()
	channel, ts, err := c.Slack.PostMessageContext(ctx, c.User, slack.MsgOptionText("Here is "+name+".", true))
	if err != nil {
		return fmt.Errorf("open the direct message: %w", err)
	}
	_, err = c.Slack.UploadFileContext(ctx, slack.UploadFileParameters{
		Reader: bytes.NewReader(content), FileSize: len(content), Filename: name, Title: name, Channel: channel, ThreadTimestamp: ts,
	})
	if err != nil {
		return fmt.Errorf("upload %s: %w", name, err)
	}
	return nil
}
