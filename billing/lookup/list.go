package lookup

import (
	"context"
	"fmt"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// List answers a question that asks which products, services or teams there are, by name. Products and services are the rows of the same question by
// product or by service, and teams those of the rules file, whatever the months. The error is report.ErrNoNames if Fastly has no usage in the months, and
// report.ErrNoTeams if the file has no teams.
func (a Asker) List(ctx context.Context, q report.Question) (report.List, error) {
	list := report.List{Question: q}
	if q.Show == report.ShowTeams {
		if list.Items = a.Teams; len(a.Teams) == 0 {
			return report.List{}, report.ErrNoTeams
		}
		return list, nil
	}
	reading, err := a.Usage.Read(ctx, q.Months.ToRead())
	if err != nil {
		return report.List{}, fmt.Errorf("read the names of %s: %w", q.Months, err)
	}
	rows := within(q.Months, billing.WithNames(reading.Rows, reading.Unread))
	if len(rows) == 0 {
		return report.List{}, report.ErrNoNames
	}
	if q.Show == report.ShowProducts {
		for _, p := range billing.CatalogOf(rows).Products {
			list.Items = append(list.Items, report.Item{Name: p.ID, With: strings.Join(p.UsageTypes, ", ")})
		}
		return list, nil
	}
	services, err := readNamed(ctx, a.Usage, q.Months, reading)
	for _, s := range services {
		item := report.Item{Name: billing.Called(s.name, s.id)}
		if a.TeamOf != nil {
			item.With = a.TeamOf(s.name, s.id)
		}
		list.Items = append(list.Items, item)
	}
	return list, err
}
