package slackapp

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
)

// maxExport bounds a file, in bytes: a spreadsheet opens no more rows than that holds.
const maxExport = 48 << 20

// uploadTimeout bounds the upload of a file, beyond what reading the figures may take.
const uploadTimeout = 30 * time.Second

// exportButton is there where the bot may upload files.
func (a *App) exportButton(text string) []blocks.Action {
	if !a.Uploads {
		return nil
	}
	return []blocks.Action{{Label: "Export CSV", ID: actionExport, Value: text}}
}

// export asks the question anew, with every row that it has, and sends the answer to the person as a file in a direct message:
// an answer is for the asker alone.
func (a *App) export(ctx context.Context, q *request) result {
	now := a.Now()
	asked, done, ok := a.understand(ctx, q, q.value, now)
	switch {
	case !ok:
		return done
	case asked.Help || !a.Uploads:
		return told(unknownPress(a.UsageCommand), outcomeUnknown)
	}
	all := asked
	all.Question.Top = 0
	table, err := a.ask(ctx, all, now)
	if err != nil {
		return a.trouble(q, err)
	}
	var file bytes.Buffer
	if err := table.WriteCSV(&file, report.ForSpreadsheets); err != nil {
		return a.trouble(q, err)
	}
	if file.Len() > maxExport {
		return told(blocks.Refusal("That's more rows than a spreadsheet can hold.",
			"Ask for fewer months or one product, or use `budgetbot usage "+asked.Text()+" -o csv` in a terminal."), outcomeRefused)
	}
	name := fileName(asked)
	if err := a.send(ctx, q.user, name, file.Bytes()); err != nil {
		return a.trouble(q, err)
	}
	return told(blocks.Exported(name), outcomeExported)
}

// fileName says what a file holds: usage-2026-10..2026-11.csv.
func fileName(asked command.Asked) string {
	what := "usage"
	if asked.Question.Cost {
		what = "cost"
	}
	return fmt.Sprintf("%s-%s.csv", what, asked.Question.Months)
}

// send uploads a file to the person's direct messages with the bot. A message goes first: it opens the conversation, which the
// bot has no scope to open otherwise.
func (a *App) send(ctx context.Context, user, name string, content []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), uploadTimeout)
	defer cancel()
	channel, ts, err := a.Slack.PostMessageContext(ctx, user, slack.MsgOptionText("Here is "+name+".", true))
	if err != nil {
		return fmt.Errorf("open the direct message: %w", err)
	}
	_, err = a.Slack.UploadFileContext(ctx, slack.UploadFileParameters{
		Reader: bytes.NewReader(content), FileSize: len(content), Filename: name, Title: name, Channel: channel, ThreadTimestamp: ts,
	})
	if err != nil {
		return fmt.Errorf("upload %s: %w", name, err)
	}
	return nil
}
