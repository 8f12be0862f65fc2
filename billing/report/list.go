package report

import (
	"io"
	"strings"

	"budgetbot/billing/csvfile"
)

// List is the answer to a question that asks which products, services or teams there are.
type List struct {
	Question Question `json:"question"`
	Items    []Item   `json:"items"`
}

// Item is a name with what belongs to it, if anything: a product's usage types, a service's team, or a team's services.
type Item struct {
	Name string `json:"name"`
	With string `json:"with,omitempty"`
}

// IsList reports whether the question is answered by a List.
func (s Show) IsList() bool { return s == ShowProducts || s == ShowServices || s == ShowTeams }

// Rows is the breakdown that shows how much each item of the list used.
func (s Show) Rows() Breakdown {
	return map[Show]Breakdown{ShowProducts: ByProduct, ShowServices: ByService, ShowTeams: ByTeam}[s]
}

// Heads are the heads of the two columns: the names, and what belongs to them.
func (l List) Heads() (name, with string) {
	switch l.Question.Show {
	case ShowTeams:
		return "Team", "Services"
	case ShowServices:
		return "Service", "Team"
	default:
		return "Product", "Usage Types"
	}
}

// WriteCSV writes a line for each item.
func (l List) WriteCSV(w io.Writer, form csvfile.Form) error {
	name, with := l.Heads()
	lines := [][]string{{strings.ToLower(name), strings.ReplaceAll(strings.ToLower(with), " ", "_")}}
	for _, item := range l.Items {
		lines = append(lines, []string{csvfile.PlainCell(item.Name), csvfile.PlainCell(item.With)})
	}
	return csvfile.Write(w, form, lines)
}
