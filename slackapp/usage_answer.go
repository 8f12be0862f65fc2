package slackapp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/lookup"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/command/period"
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
		Has:      func(asked report.Question) bool { return a.asker(q).HasRows(ctx, asked, q.now) },
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
	if err != nil {
		return c.trouble(err)
	}
	names := q.Names()
	text := q.TextWith(names)
	var actions []blocks.Action
	if drawing.hasFigures { // else nothing can be broken down, nor is it worth sharing
		actions = a.nextActions(q, names, text)
		if c.access().OffersShare(ctx) {
			actions = append(actions, blocks.Action{Label: "Share in Channel", ID: actionShare, Value: text})
		}
	}
	return reply(drawing.message(usageview.Context{
		Now: q.now, Command: a.UsageCommand, Asked: text, ReadAs: q.LeftOut, Actions: actions,
	}), outcomeAnswered)
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

// nextActions are the buttons under an answer, but for Share.
func (a *usageAnswers) nextActions(q inquiry, names []string, text string) []blocks.Action {
	actions := nextQuestions(q.Asked, names, len(a.Rules().Teams) > 0, period.Now{Month: billing.MonthOf(q.now), YearStarts: a.Rules().YearStarts})
	if a.Uploads {
		actions = append(actions, blocks.Action{Label: "Export CSV", ID: actionExport, Value: text})
	}
	return actions
}

// nextQuestions are the buttons that ask for the same names in another way.
func nextQuestions(asked command.Asked, names []string, teams bool, now period.Now) []blocks.Action {
	switch show := asked.Question.Show; {
	case show.IsList():
		used := asked
		used.Question.Show, used.Question.By = report.ShowUsage, show.Rows()
		used.Question.Top = command.UsualTop(used.Question)
		return []blocks.Action{{Label: "Show Usage", ID: actionAsk + ":shown", Value: used.TextWith(names)}}
	case show != report.ShowUsage && show != report.ShowChanges:
		return nextShown(asked, names)
	}
	actions := otherBreakdowns(asked, names, teams)
	months := asked.Question.Months
	if before := moved(asked, period.Before(months, now), now.Month); !before.Question.First().Before(period.Oldest) {
		actions = append(actions, blocks.Action{Label: "Previous Period", ID: actionAsk + ":previous", Value: before.TextWith(names)})
	}
	if after := moved(asked, period.After(months, now), now.Month); !after.Question.Months.First.After(now.Month) {
		actions = append(actions, blocks.Action{Label: "Next Period", ID: actionAsk + ":next", Value: after.TextWith(names)})
	}
	return actions
}

// otherBreakdowns are the buttons for the same by something else, where it has several rows.
func otherBreakdowns(asked command.Asked, names []string, teams bool) []blocks.Action {
	var actions []blocks.Action
	for _, other := range []struct {
		label string
		by    report.Breakdown
	}{{"By Service", report.ByService}, {"By Team", report.ByTeam}, {"By Type", report.ByUsageType}, {"By Region", report.ByRegion}} {
		isOfCharges := asked.Question.Charges != "" // which have no service, team or region
		if isOfCharges || other.by == asked.Question.By || other.by == report.ByTeam && !teams || isOfOne(asked.Question, other.by) {
			continue
		}
		next := asked
		next.Question.By = other.by
		next.Question.Top = command.UsualTop(next.Question)
		actions = append(actions, blocks.Action{Label: other.label, ID: actionAsk + ":" + string(other.by), Value: next.TextWith(names)})
	}
	return actions
}

// isOfOne reports whether a breakdown of the question would have a single row.
func isOfOne(q report.Question, by report.Breakdown) bool {
	named := map[report.Breakdown]billing.Names{
		report.ByProduct: q.Product, report.ByUsageType: q.UsageType, report.ByRegion: q.Region, report.ByService: q.Service, report.ByTeam: q.Team,
	}[by]
	return named != "" && !named.AreSeveral() && !strings.Contains(string(named), "*")
}

// moved is the same question of other months, up to this month. Of two periods the earlier one moves as far as the later one.
func moved(asked command.Asked, to billing.Range, now billing.Month) command.Asked {
	q := &asked.Question
	if q.IsComparison() {
		q.Against = period.Moved(q.Against, to.First.Since(q.Months.First))
	}
	q.Months = to
	if to.Last.After(now) {
		q.Months.Last = now
	}
	return asked
}

// nextShown are the buttons under a forecast or rates: the same by something else, and the usage or cost behind it.
func nextShown(asked command.Asked, names []string) []blocks.Action {
	var actions []blocks.Action
	add := func(label, id string, change func(*report.Question)) {
		next := asked
		change(&next.Question)
		if text := next.TextWith(names); text != asked.TextWith(names) {
			actions = append(actions, blocks.Action{Label: label, ID: actionAsk + ":" + id, Value: text})
		}
	}
	if asked.Question.Show == report.ShowRates {
		add("Cost", "shown", func(q *report.Question) { q.Show, q.Cost = report.ShowUsage, true })
		return actions
	}
	actions = otherBreakdowns(asked, names, false)
	if asked.Question.Cost {
		add("Usage Forecast", "usage", func(q *report.Question) { q.Cost = false })
		add("Cost So Far", "shown", func(q *report.Question) { q.Show = report.ShowUsage })
	} else {
		add("Cost Forecast", "cost", func(q *report.Question) { q.Cost = true })
		add("Usage So Far", "shown", func(q *report.Question) { q.Show = report.ShowUsage })
	}
	return actions
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
