package slackapp

import (
	"context"
	"errors"
	"fmt"

	"budgetbot/billing"
	"budgetbot/billing/lookup"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view/usage"
)

// usageAnswers answers questions of usage and cost.
type usageAnswers struct {
	*Config
	names lastNames
	// wide holds a place for each question by service or team under way: their sums are what takes memory.
	wide chan struct{}
}

// serve answers the usage command's text.
func (a *usageAnswers) serve(ctx context.Context, c *conversation, text string) {
	c.question(ctx, c.mayAsk, func(ctx context.Context) result { return a.typed(ctx, c, text, a.answer) })
}

// serveExport sends the answer to a question as a file. The answer that was exported stays.
func (a *usageAnswers) serveExport(ctx context.Context, c *conversation, text string) {
	c.reply.Replaceable = false
	c.question(ctx, c.mayAsk, func(ctx context.Context) result { return a.typed(ctx, c, text, a.export) })
}

// inquire begins a question that was not typed.
func (a *usageAnswers) inquire(q report.Question) inquiry {
	return inquiry{Asked: command.Asked{Question: q}, reader: &oneRead{Reader: a.Usage}, now: a.Now()}
}

// typed reads the text of a question, and has it answered.
func (a *usageAnswers) typed(ctx context.Context, c *conversation, text string, answer func(context.Context, *conversation, inquiry) result) result {
	q := a.inquire(report.Question{})
	known, _ := a.names.last()
	names := command.Names{
		Known: known, Teams: a.Rules().TeamNames(), YearStarts: a.Rules().YearStarts,
		Read: func(months billing.Range, cost bool) (billing.Catalog, error) {
			return a.readNames(ctx, q, months, cost)
		},
		Services: func(months billing.Range) ([]string, error) { return lookup.ServiceNames(ctx, q.reader, months) },
		Has:      func(asked report.Question) bool { return a.hasRows(ctx, q, asked) },
	}
	asked, mistake, err := command.Understand(text, q.now, names)
	if unchecked, ok := errors.AsType[*command.Unchecked](err); ok {
		return c.cannotCheck(unchecked, &a.names)
	}
	if mistake != nil {
		mistake.Command = a.UsageCommand
		return reply(mistake.Message(), outcomeMistake)
	}
	q.Asked = asked
	return answer(ctx, c, q)
}

// answer reads, tabulates and draws the answer for the person who asked.
func (a *usageAnswers) answer(ctx context.Context, c *conversation, q inquiry) result {
	if q.Help {
		return reply(a.help(ctx), outcomeHelped)
	}
	if q.CSV {
		return a.exportTyped(ctx, c, q)
	}
	drawing, err := a.drawn(ctx, q)
	if isRefusal(err) && !errors.Is(err, report.ErrStillReading) {
		sentence, next := explain(err)
		refusal := blocks.Mistake{Sentence: sentence, Hint: next, Corrected: a.offers(ctx, q), Command: a.UsageCommand}
		return reply(refusal.Message(), outcomeRefused)
	}
	if err != nil {
		return c.trouble(err)
	}
	names := q.Names()
	text := q.TextWith(names)
	shown := usageview.Context{Now: q.now, Command: a.UsageCommand, Asked: text, ReadAs: q.LeftOut}
	if !drawing.hasFigures { // nothing can be broken down, nor is it worth sharing
		shown.Offers = a.offers(ctx, q)
		return reply(drawing.message(shown), outcomeAnswered)
	}
	shown.Actions = a.nextActions(ctx, q, names, text)
	if c.access().OffersShare(ctx) {
		shown.Actions = append(shown.Actions, blocks.Action{Label: "Share in Channel", ID: actionShare, Value: text})
	}
	return reply(drawing.message(shown), outcomeAnswered)
}

// oneRead reads each range of months once: the names of a question and its figures are in the same rows.
type oneRead struct {
	billing.Reader
	held []heldReading
}

// heldReading is what was read of some months.
type heldReading struct {
	months  billing.Range
	reading billing.Reading
}

// Read is billing.Reader's. It is for one goroutine at a time.
func (o *oneRead) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	for i := range o.held {
		if o.held[i].months == months {
			return o.held[i].reading, nil
		}
	}
	reading, err := o.Reader.Read(ctx, months)
	if err == nil {
		o.held = append(o.held, heldReading{months, reading})
	}
	return reading, err
}

// readNames returns the names that had usage in the months. Along with an error it returns those that were seen last.
func (a *usageAnswers) readNames(ctx context.Context, q inquiry, months billing.Range, cost bool) (billing.Catalog, error) {
	catalog, err := lookup.Catalog(ctx, q.reader, a.Bills, months, cost, q.now)
	if err != nil {
		known, _ := a.names.last()
		return known, err
	}
	if !cost { // fees are no usage
		a.names.remember(catalog, q.now)
	}
	return catalog, nil
}

// cannotCheck is for a name that is not known while Fastly cannot be asked.
func (c *conversation) cannotCheck(unchecked *command.Unchecked, names *lastNames) result {
	reference := c.refer(c.Log.Warn, "names cannot be checked", unchecked.Err)
	why, _ := explain(unchecked.Err)
	sentence := fmt.Sprintf("I can't check the name %s now. %s", blocks.Quote(unchecked.Name), why)
	next := "Trying again in a minute may help."
	if catalog, at := names.last(); len(catalog.Products) > 0 {
		next += fmt.Sprintf(" The products I last saw, %s: %s.", blocks.Clock(at, c.Now()), blocks.List(catalog.UsedProducts()))
	}
	return reply(blocks.Trouble(sentence, next, reference), outcomeTrouble)
}
