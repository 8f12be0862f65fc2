package alerts

import (
	"budgetbot/alerts/rules"
)

// nameNarrower lets the message of a wide budget name the budgets of its parts that are spoken of in the same check, so that
// people see at once that the two messages are about the same usage.
func (p *planner) nameNarrower(findings []Finding) {
	var speaking []*Finding
	for i, d := range p.Decisions {
		if d.Speak == DeliverRoot || d.Speak == DeliverRise {
			speaking = append(speaking, &findings[i])
		}
	}
	p.narrower = map[BudgetID][]NarrowerLine{}
	for _, wide := range speaking {
		for _, narrow := range speaking {
			if wide != narrow && wide.contains(narrow) && len(p.narrower[wide.BudgetID]) < mostParts {
				p.narrower[wide.BudgetID] = append(p.narrower[wide.BudgetID], NarrowerLine{narrow.Rule.Title, narrow.Scope, narrow.Used, narrow.Limit})
			}
		}
	}
}

// contains reports whether all usage that counts for the narrow budget counts for this one too, and not the other way round.
func (f *Finding) contains(narrow *Finding) bool {
	if f.Scope != "" || len(f.Rule.Teams) > 0 || f.Rule.Budget.Kind != narrow.Rule.Budget.Kind {
		return false
	}
	if f.Rule.Charges == rules.ChargesUsage && narrow.Rule.Charges != rules.ChargesUsage {
		return false
	}
	wide, of := f.Rule.Match, narrow.Rule.Match
	return wide.Contains(of) && (!of.Contains(wide) || narrow.Scope != "" || len(narrow.Rule.Teams) > 0)
}
