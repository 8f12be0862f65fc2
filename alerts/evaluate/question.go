package evaluate

import (
	"strings"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// question is how much usage there is of something, or what it costs.
type question struct {
	rules.Match
	team     string    // whose services count; empty for any
	per      rules.Per // whether there is a figure for each service or team
	kind     billing.Kind
	currency string
	charges  rules.Charges
}

// questionOf returns the question that the rule asks; rules with the same question share one answer.
func questionOf(rule *rules.Rule) question {
	q := question{Match: rule.Match, per: rule.Per, kind: rule.Budget.Kind, currency: rule.Budget.Currency, charges: rule.Charges}
	if rule.Per != rules.PerTeam && len(rule.Teams) > 0 {
		q.team = rule.Teams[0].Name
	}
	return q
}

// isOfBill reports whether a bill alone answers the question.
func (q question) isOfBill() bool { return q.kind == billing.Money && q.selection() == selection{} }

// selection is the question's part about services; zero if the account's figures are enough.
func (q question) selection() selection { return selection{q.Service, q.team, q.per} }

// selection says which services of a metric count, and whether each has a sum of its own.
type selection struct {
	service string    // a name, an id or a glob; empty for any
	team    string    // empty for any
	per     rules.Per // empty if one sum will do
}

// isName reports whether the selection is one service, which a look-up finds.
func (s selection) isName() bool {
	return s.service != "" && s.team == "" && s.per == "" && !strings.Contains(s.service, "*")
}

// String describes for a person whose usage it is.
func (s selection) String() string {
	of := "any service"
	if s.service != "" {
		of = "a service " + s.service
	}
	switch {
	case s.team != "":
		return of + " of team " + s.team
	case s.per == rules.PerTeam:
		return of + " of a team"
	}
	return of
}

// of returns the name under which the usage is summed, and whether it counts. team is that of the service.
func (s selection) of(usage billing.ServiceUsage, team string) (rules.Instance, bool) {
	if s.team != "" && s.team != team || s.per == rules.PerTeam && team == "" || !(rules.Match{Service: s.service}).CoversService(usage) {
		return rules.Instance{}, false
	}
	switch s.per {
	case rules.PerService:
		return rules.Instance{Name: usage.ServiceName, ServiceID: usage.ServiceID}, true
	case rules.PerTeam:
		return rules.Instance{Name: team}, true
	}
	return rules.Instance{}, true
}
