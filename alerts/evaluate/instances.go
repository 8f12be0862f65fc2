package evaluate

import (
	"iter"
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// NamesApart gives each service its name, or its id if it has none, and both if another has the same name.
func NamesApart(services iter.Seq[rules.Instance]) map[rules.Instance]string {
	called := map[string]int{}
	for who := range services {
		called[who.Name]++
	}
	names := map[rules.Instance]string{}
	for who := range services {
		switch {
		case who.ServiceID != "" && billing.IsBlank(who.Name):
			names[who] = who.ServiceID
		case called[who.Name] > 1:
			names[who] = who.Name + " (" + who.ServiceID + ")"
		default:
			names[who] = who.Name
		}
	}
	return names
}

// Instance returns which of its rule's budgets the state is of.
func Instance(s alerts.BudgetState) rules.Instance {
	return rules.Instance{Name: s.Instance, ServiceID: s.ServiceID}
}

// Settle returns the findings under the names that the month's states have, and findings for budgets that are gone. A service's budget is
// identified by the service's id, and keeps its first instance: messages and answers stay with it if another service takes its name, or it
// gets a new one. A state from before ids were kept belongs to the service of that name that used most.
func Settle(findings []Finding, states []alerts.BudgetState) []Finding {
	byRule := map[string][]alerts.BudgetState{}
	for _, s := range states {
		if s.Instance != "" {
			byRule[s.Rule] = append(byRule[s.Rule], s)
		}
	}
	settled := slices.Clone(findings)
	ofRule := map[string][]*Finding{}
	for i := range settled {
		if f := &settled[i]; f.ServiceID != "" {
			ofRule[f.Rule.Name] = append(ofRule[f.Rule.Name], f)
		}
	}
	for rule, found := range ofRule {
		keepInstances(found, byRule[rule])
	}
	return slices.Concat(settled, Absent(settled, states))
}

// keepInstances gives the findings of one rule the instances that its states have for their services.
func keepInstances(found []*Finding, states []alerts.BudgetState) {
	slices.SortStableFunc(found, func(a, b *Finding) int { return b.Used.Cmp(a.Used) })
	instanceOf, heirs := map[string]string{}, map[string]bool{}
	for _, s := range states {
		if s.ServiceID != "" {
			instanceOf[s.ServiceID] = s.Instance
		} else {
			heirs[s.Instance] = true
		}
	}
	taken, others := map[string]bool{}, []*Finding(nil)
	for _, f := range found {
		called := f.instance().ServiceName()
		instance, known := instanceOf[f.ServiceID]
		for _, name := range []string{f.Instance, called, called + " (" + f.ServiceID + ")"} {
			if !known && heirs[name] && !taken[name] {
				instance, known = name, true
			}
		}
		if !known {
			others = append(others, f)
			continue
		}
		taken[instance] = true
		f.rename(instance)
	}
	for _, s := range states {
		taken[s.Instance] = true
	}
	for _, f := range others { // a new service must not get another's instance
		if taken[f.Instance] {
			f.rename(f.Instance + " (" + f.ServiceID + ")")
		}
	}
}

// rename gives the finding the instance that its budget is known by, with the limit that goes with it.
func (f *Finding) rename(instance string) {
	if f.Instance == instance {
		return
	}
	f.Instance = instance
	f.Limit = f.Rule.BudgetOf(f.Month, f.instance()).Value
	if f.Unknown == "" {
		f.Threshold = f.Reached()
	}
}

// Unlisted is why a budget of an instance that had usage before has none now.
const Unlisted = "Fastly no longer lists usage of it"

// Absent returns a finding for each budget of a service or team that has a state in the month but no finding
// any more: its last figures stay, and it is unknown.
func Absent(findings []Finding, states []alerts.BudgetState) []Finding {
	rules, found := map[string]*Finding{}, map[alerts.BudgetID]bool{}
	for i := range findings {
		f := &findings[i]
		found[f.BudgetID] = true
		if f.Rule.Per != "" {
			rules[f.Rule.Name] = f
		}
	}
	var absent []Finding
	for _, state := range states {
		of := rules[state.Rule]
		if of == nil || !HasBudget(of.Rule, state) || found[state.BudgetID] {
			continue
		}
		unknown := Unlisted
		if of.Instance == "" && of.Unknown != "" { // that of the whole rule
			unknown = of.Unknown
		}
		absent = append(absent, Finding{
			Rule: of.Rule, BudgetID: state.BudgetID, ServiceID: state.ServiceID, Limit: of.Rule.BudgetOf(state.Month, Instance(state)).Value,
			Version: of.Version, ReadAt: of.ReadAt, Unknown: unknown,
		})
	}
	return absent
}

// HasBudget reports whether the state is of one service or team for which the rule, as it is now, has a budget.
func HasBudget(r *rules.Rule, s alerts.BudgetState) bool {
	switch {
	case s.Rule != r.Name || s.Instance == "" || r.Per == "":
		return false
	case r.Per == rules.PerTeam && !slices.ContainsFunc(r.Teams, func(t rules.Team) bool { return t.Name == s.Instance }):
		return false
	}
	return s.RuleHash == "" || rules.CountsAlike(r.Hash(s.Month, Instance(s)), r.Modern(s.RuleHash))
}
