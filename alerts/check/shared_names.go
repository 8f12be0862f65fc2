package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// ServiceSource is a consumer contract of SharedNames. It models Fastly's usage by service; source.Cache has it.
type ServiceSource interface {
	ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error
}

// SharedNames warns of rules that name one service by a name that several have in the newest month of their usage: all of them count. rows are the account's.
func SharedNames(ctx context.Context, source ServiceSource, file string, set *rules.Rules, rows []billing.Usage) (rules.Problems, error) {
	var naming []*rules.Rule
	var covered []billing.Usage
	index := evaluate.NewIndex(rows)
	for i := range set.Rules {
		if rule := &set.Rules[i]; rule.Match.Service != "" && !strings.Contains(rule.Match.Service, "*") {
			naming, covered = append(naming, rule), append(covered, index.Covered(rule.Match)...)
		}
	}
	if len(covered) == 0 {
		return nil, nil
	}
	newest := slices.MaxFunc(covered, func(a, b billing.Usage) int { return a.Month.Compare(b.Month) }).Month
	seen, err := see(ctx, source, newest, covered)
	if err != nil {
		return nil, err
	}
	var warnings rules.Problems
	for _, rule := range naming {
		if ids := idsOf(rule.Match, seen); len(ids) > 1 {
			at := rule.Place("service")
			warnings = append(warnings, rules.Problem{File: file, Line: at.Line, Column: at.Column, Text: fmt.Sprintf("rule %s: %d services are called %s, and all of them count; for one alone write its id: %s",
				rule.Name, len(ids), rules.Clip(rule.Match.Service), rules.OrList(ids[:min(len(ids), 3)]))})
		}
	}
	return warnings, nil
}

// idsOf returns the ids of the services that the match covers, sorted.
func idsOf(m rules.Match, seen []alerts.SeenService) []string {
	var ids []string
	for _, s := range seen {
		if m.CoversService(billing.ServiceUsage{ServiceID: s.ID, ServiceName: s.Name}) {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
