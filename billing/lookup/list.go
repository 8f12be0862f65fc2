package lookup

import (
	"context"
	"slices"
	"strings"
	"time"

	"budgetbot/billing/report"
)

// List answers a question that asks which products, services or teams there are. It lists the services that used each product's largest usage
// type, by name, and the teams of the rules file, whatever the months. The error is report.ErrNoNames if Fastly has no usage in the months, and
// report.ErrNoTeams if the file has no teams.
func (a Asker) List(ctx context.Context, q report.Question, now time.Time) (report.List, error) {
	list := report.List{Question: q}
	switch q.Show {
	case report.ShowTeams:
		if len(a.Teams) == 0 {
			return report.List{}, report.ErrNoTeams
		}
		list.Items = a.Teams
	case report.ShowServices:
		names, err := ServiceNames(ctx, a.Usage, q.Months)
		if err != nil {
			return report.List{}, err
		}
		slices.Sort(names)
		for _, name := range names {
			item := report.Item{Name: name}
			if a.TeamOf != nil {
				item.With = a.TeamOf(name, "")
			}
			list.Items = append(list.Items, item)
		}
	default:
		catalog, err := Catalog(ctx, a.Usage, nil, q.Months, false, now)
		if err != nil {
			return report.List{}, err
		}
		for _, p := range catalog.Products {
			list.Items = append(list.Items, report.Item{Name: p.ID, With: strings.Join(p.UsageTypes, ", ")})
		}
	}
	return list, nil
}
