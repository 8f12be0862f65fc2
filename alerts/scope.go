package alerts

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	"budgetbot/billing"
)

// maxScopes is how many services or teams a rule may have a budget for each of. Each is a standing in the ledger, and a list of
// more is read by nobody.
const maxScopes = 2_000

// scopes are the services or teams of a question that were used in the month, by name.
type scopes struct {
	all     []scopeTotal
	unknown string // why they cannot be told, for a person; empty where they can
}

type scopeTotal struct {
	name string
	total
}

func (e *evaluation) scopesOf(q question) scopes {
	if s, known := e.scopes[q]; known {
		return s
	}
	rows, unknown := e.covered(q)
	s := scopes{unknown: unknown}
	if unknown == "" {
		s = e.tellApart(q, rows)
	}
	e.scopes[q] = s
	return s
}

func (e *evaluation) tellApart(q question, rows []billing.Usage) scopes {
	used, unread := map[service][]billing.Usage{}, map[service]string{}
	for _, row := range metricsOf(rows) {
		sums, whole := e.Services.Apart(row.Metric(), q.selection())
		for who, quantity := range sums {
			used[who] = append(used[who], ofService(row, quantity))
		}
		for who, why := range e.Services.unreadOf(row.Metric(), q.selection()) {
			used[who], unread[who] = used[who], why
		}
		if !whole || len(used) > maxScopes {
			return scopes{unknown: fmt.Sprintf("it has more than %d %ss, and a rule watches that many at most; narrow it", maxScopes, q.per)}
		}
	}
	if len(used) == 0 {
		return scopes{unknown: e.unused(q)}
	}
	names := nameScopes(maps.Keys(used))
	var s scopes
	for who, rows := range used {
		if why := unread[who]; why != "" {
			s.all = append(s.all, scopeTotal{names[who], total{countedTo: e.countedTo(q, rows), unknown: why}})
			continue
		}
		t := e.sum(q, rows)
		if t.unknown != "" {
			return scopes{unknown: t.unknown}
		}
		s.all = append(s.all, scopeTotal{names[who], t})
	}
	slices.SortFunc(s.all, func(a, b scopeTotal) int { return cmp.Compare(a.name, b.name) })
	return s
}

// nameScopes gives each service its name, with its id where another has the same name.
func nameScopes(services iter.Seq[service]) map[service]string {
	called := map[string]int{}
	for who := range services {
		called[who.name]++
	}
	names := map[service]string{}
	for who := range services {
		switch {
		case who.name == "":
			names[who] = who.id
		case called[who.name] > 1:
			names[who] = who.name + " (" + who.id + ")"
		default:
			names[who] = who.name
		}
	}
	return names
}

// unlisted is why a budget of a scope that had usage before has none now.
const unlisted = "Fastly no longer lists usage of it"

// Absent returns a finding for each budget of a service or team that has a standing in the month and is not among the findings
// any more: its last figures stay, and it is unknown.
func Absent(findings []Finding, standings []Standing) []Finding {
	rules, found := map[string]*Finding{}, map[BudgetID]bool{}
	for i := range findings {
		f := &findings[i]
		found[f.BudgetID] = true
		if f.Rule.Per != "" {
			rules[f.Rule.Name] = f
		}
	}
	var absent []Finding
	for _, standing := range standings {
		of := rules[standing.Rule]
		if of == nil || !of.Rule.Holds(standing) || found[standing.BudgetID] {
			continue
		}
		absent = append(absent, Finding{
			Rule: of.Rule, BudgetID: standing.BudgetID, Limit: of.Rule.BudgetFor(standing.Month, standing.Scope).Value,
			Version: of.Version, ReadAt: of.ReadAt, Unknown: cmp.Or(of.unknownRule(), unlisted),
		})
	}
	return absent
}

// Holds reports whether the standing is that of one service or team for which the rule, as it is now, has a budget.
func (r *Rule) Holds(s Standing) bool {
	switch {
	case s.Rule != r.Name || s.Scope == "" || r.Per == "":
		return false
	case r.Per == PerTeam && !slices.ContainsFunc(r.Teams, func(t Team) bool { return t.Name == s.Scope }):
		return false
	}
	return s.RuleHash == "" || countsAlike(r.Hash(s.Month, s.Scope), r.modern(s.RuleHash))
}

// unknownRule is why the rule's scopes cannot be told at all; empty where they can.
func (f *Finding) unknownRule() string {
	if f.Scope != "" {
		return ""
	}
	return f.Unknown
}
