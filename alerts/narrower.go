package alerts

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
	if f.Rule.Charges == ChargesUsage && narrow.Rule.Charges != ChargesUsage {
		return false
	}
	wide, of := f.Rule.Match, narrow.Rule.Match
	return wide.contains(of) && (!of.contains(wide) || narrow.Scope != "" || len(narrow.Rule.Teams) > 0)
}

// contains reports whether the match covers all that the other one covers.
func (m Match) contains(other Match) bool {
	covers := func(wide, narrow string) bool { return wide == "" || narrow != "" && Glob(wide, narrow) }
	return covers(m.Product, other.Product) && covers(m.UsageType, other.UsageType) && covers(m.Region, other.Region) &&
		covers(m.Service, other.Service)
}
