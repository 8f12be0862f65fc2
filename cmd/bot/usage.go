package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"budgetbot/alerts/monthend"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/byday"
	"budgetbot/billing/lookup"
	"budgetbot/billing/rates"
	"budgetbot/billing/report"
	"budgetbot/internal/service"
	"budgetbot/internal/store"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
)

const usageHelp = `Answer a question about usage in the terminal, in the words of the slash command. Figures are exact:
bytes in GB of 10^9, requests one by one. CSV and JSON have every row, unless the question limits them.
A CSV written to a new file is for spreadsheets: UTF-8 with a byte order mark, and CRLF. Through a pipe it has neither.

  budgetbot usage
  budgetbot usage last 3 months cdn_usage
  budgetbot usage 2023-01..2023-03 cdn_usage "North America Requests"
  budgetbot usage october by service top 20
  budgetbot usage october by service -o csv > october.csv
  budgetbot usage last month cost by team
  budgetbot usage forecast cost

It needs FASTLY_API_TOKEN, and the rules file for by team. With the service's database at hand, it compares an unfinished
month with the same days of the month before, and forecasts from the usage of single days.`

func usageCommand() *cobra.Command {
	var form string
	cmd := &cobra.Command{
		Use:   "usage [RANGE] [PRODUCT] [TYPE] [by WHAT] [top N]",
		Short: "Answer a question about usage in the terminal",
		Long:  usageHelp,
		RunE: func(cmd *cobra.Command, args []string) error {
			if printers[form] == nil {
				return &service.Misuse{Problem: fmt.Sprintf("unknown output format %q", form), Hint: "use table, csv or json"}
			}
			answer, wantsCSV, err := askUsage(cmd.Context(), strings.Join(args, " "), form != "table", cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			if wantsCSV && !cmd.Flags().Changed("output") {
				form = "csv"
			}
			if err := answer.missing(); err != nil {
				return err
			}
			return printers[form](cmd.OutOrStdout(), answer)
		},
	}
	cmd.Flags().StringVarP(&form, "output", "o", "table", "table, csv or json")
	return cmd
}

// askUsage answers the text, and reports whether it asks for CSV. Programs that process the output need the rows, not "Others": where
// whole is set, or CSV asked for, it is with every row, unless the text says how many.
func askUsage(ctx context.Context, text string, whole bool, stderr io.Writer) (_ answer, wantsCSV bool, err error) {
	c, err := service.LoadConfig(service.NeedFastly)
	if err != nil {
		return nil, false, err
	}
	fastly, err := service.OpenSources(c)
	if err != nil {
		return nil, false, err
	}
	defer fastly.Close()
	now := time.Now().UTC() // JSON has UTC, whatever zone the machine is in
	asker := lookup.Asker{Usage: fastly.Usage, Bills: fastly.Bills}
	ending := monthend.Asker{Usage: fastly.Usage, Bills: fastly.Bills}
	days := byday.Asker{Usage: fastly.Usage}
	record, unread := service.LookInto(ctx, c)
	switch {
	case unread == nil:
		defer func() { err = errors.Join(err, record.Close()) }() //nolint:contextcheck // it closes also when ctx has ended
		asker.Prior, ending.Record, days.Days, days.Record = record, store.Days{Store: record}, store.Days{Store: record}, record
	case !service.IsAbsent(unread):
		fmt.Fprintf(stderr, "budgetbot: note: no comparison with the same days of last month: %s\n", billing.OneLine(unread.Error()))
	}
	found, err := showProgress(stderr, "asking Fastly", func() (answer, error) {
		set, noTeams := teamsIn(c.RulesFile)
		names := command.Names{
			Read: func(months billing.Range, cost bool) (billing.Catalog, error) {
				return lookup.Catalog(ctx, fastly.Usage, fastly.Bills, months, cost, now)
			},
			Services: func(months billing.Range) ([]string, error) { return lookup.ServiceNames(ctx, fastly.Usage, months) },
			Has:      func(asked report.Question) bool { return asker.HasRows(ctx, asked, now) },
		}
		if set != nil {
			names.YearStarts, ending.Rules, ending.Planned = set.YearStarts, set.Rules, set.Planned
		}
		if noTeams == nil {
			names.Teams, asker.TeamOf, ending.TeamOf, days.TeamOf = set.TeamNames(), set.TeamOf, set.TeamOf, set.TeamOf
			asker.Teams = listed(set.Teams)
		}
		asked, mistake, err := command.Understand(text, now, names)
		if err != nil {
			return nil, err
		}
		if mistake != nil {
			return nil, typedWrong(mistake)
		}
		if asked.Help {
			return nil, &service.Misuse{Problem: "help is not a question", Hint: `"budgetbot usage --help" shows examples`}
		}
		wantsCSV = asked.CSV
		if (whole || wantsCSV) && !asked.TopTyped {
			asked.Question.Top = 0
		}
		asked.Question.WithBilled = true
		if asked.Question.By == report.ByTeam && noTeams != nil {
			return nil, noTeams
		}
		return askers{asker, ending, days, rates.Asker{Usage: fastly.Usage, Bills: fastly.Bills}, set}.answer(ctx, asked.Question, now, stderr)
	})
	if err != nil {
		return nil, false, service.FastlyFailure(err)
	}
	return found, wantsCSV, nil
}

// askers answer what can be asked for.
type askers struct {
	usage  lookup.Asker
	ending monthend.Asker
	days   byday.Asker
	rates  rates.Asker
	rules  *rules.Rules // nil without a rules file
}

// answer answers a question, and writes to notes what makes a forecast rougher.
func (a askers) answer(ctx context.Context, q report.Question, now time.Time, notes io.Writer) (answer, error) {
	switch {
	case q.IsOfDays():
		table, err := a.days.Ask(ctx, q)
		return daysAnswer{table, a.rules.Local(now)}, err
	case q.Show == report.ShowForecast && !q.Months.Last.IsOver(now):
		f, err := a.ending.Ask(ctx, q, now)
		if f == nil {
			return nil, err
		}
		if err != nil {
			fmt.Fprintf(notes, "budgetbot: note: the forecast is rougher than it could be: %s\n", billing.OneLine(err.Error()))
		}
		return forecastAnswer{*f, a.rules.Local(now)}, nil
	case q.Show == report.ShowRates:
		found, err := a.rates.Ask(ctx, q, now)
		return ratesAnswer{found}, err
	case q.Show.IsList():
		list, err := a.usage.List(ctx, q)
		return listAnswer{list}, err
	}
	table, err := a.usage.Ask(ctx, q, now)
	return usageAnswer{table, a.rules.Local(now)}, err
}

// listed returns teams as a list has them.
func listed(teams []rules.Team) []report.Item {
	items := make([]report.Item, len(teams))
	for i, team := range teams {
		items[i] = report.Item{Name: team.Name, With: strings.Join(team.Services, ", ")}
	}
	return items
}

// teamsIn reads the rules file, for the teams in it.
func teamsIn(file string) (*rules.Rules, error) {
	_, set, err := service.ReadRules(file)
	if err == nil && len(set.Teams) == 0 {
		err = &service.Misuse{Problem: "the rules file has no teams", Hint: "ask by service, or add teams to " + file}
	}
	return set, err
}

// typedWrong is a question that was not understood, with the corrected command to copy.
func typedWrong(m *blocks.Mistake) error {
	hint := m.Hint
	if len(m.Corrected) > 0 {
		hint = "budgetbot usage " + m.Corrected[0]
	}
	return &service.Misuse{Problem: service.ForTerminal(m.Sentence), Hint: service.ForTerminal(hint)}
}

// nothingFound names the months without usage or without a bill, or explains why the cost of one is unknown.
func nothingFound(t report.Table) error {
	unclear := slices.IndexFunc(t.Unread, func(u report.UnreadMonth) bool { return slices.Contains(t.Missing, u.Month) })
	f := &service.Failure{Problem: "Fastly lists no usage for " + t.Question.Months.String()}
	switch {
	case !t.Question.Cost || len(t.Missing) == 0:
		f.Hint = `a month before the account began has none; "budgetbot doctor" says what the account has`
	case unclear >= 0:
		f.Problem = fmt.Sprintf("the cost of %s is unclear: %s", t.Unread[unclear].Month, billing.OneLine(t.Unread[unclear].Why))
		f.Hint = "Fastly can tell you which of its statements count"
	default:
		f.Problem = "there is no bill for " + t.Question.Months.String()
		f.Hint = `Fastly posts an invoice a few days after the month ends; "budgetbot doctor" says what the account has`
	}
	return f
}
