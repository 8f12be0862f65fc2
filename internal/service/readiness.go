package service

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/billing"
	"budgetbot/internal/ops"
	"budgetbot/slackapp/blocks"
)

// reportTimeout bounds what the readiness page asks of the database.
const reportTimeout = 2 * time.Second

func (s *Service) reportLine(r *ops.Report) {
	line := s.line.Load()
	if line == nil {
		r.Reasons = append(r.Reasons, "the service is starting")
		return
	}
	switch status := line.Status(); {
	case status.Draining:
		r.Reasons = append(r.Reasons, "shutting down")
	case !status.Ready():
		r.Reasons = append(r.Reasons, "no connection to Slack: "+cmp.Or(status.LastError, "not greeted yet"))
	}
}

func (s *Service) reportStore(r *ops.Report) {
	if !s.opened.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), reportTimeout)
	defer cancel()
	status, err := s.Store.CheckStatus(ctx)
	if err != nil {
		r.Reasons = append(r.Reasons, "the database does not answer")
		return
	}
	if trouble := s.Store.FileTrouble(); trouble != "" {
		r.Warnings = append(r.Warnings, trouble)
	}
	if trouble := s.checkTrouble(ctx, status); trouble != "" {
		r.Warnings = append(r.Warnings, trouble)
	}
	if s.cannotWrite() {
		r.Warnings = append(r.Warnings, "the database takes no writes, so that nothing is recorded or posted: see whether its disk is full")
	}
	r.Warnings = append(r.Warnings, s.reportUnknown(ctx)...)
	routes, err := s.Store.Routes(ctx)
	if err != nil {
		r.Reasons = append(r.Reasons, "the database does not answer")
		return
	}
	if unreadable, err := s.Store.Unreadable(ctx); err == nil && unreadable > 0 {
		r.Warnings = append(r.Warnings, blocks.Counted(unreadable, "message")+" set aside, since this version cannot read what the database has of them; the log names them")
	}
	for _, route := range routes {
		r.Warnings = append(r.Warnings, routeWarning(route, s.Local(s.now())))
	}
}

func routeWarning(r alerts.RouteTrouble, now time.Time) string {
	if r.Late {
		return fmt.Sprintf("channel %s: %s waiting since %s, the log says why", r.Channel, blocks.Counted(r.Waiting, "message"), blocks.PlainStamp(r.Since, now))
	}
	return fmt.Sprintf("channel %s cannot be posted to (%s): %s waiting", r.Channel, r.Reason, blocks.Counted(r.Waiting, "message"))
}

// reportGroups names the user groups of the rules that have no members.
func (s *Service) reportGroups(r *ops.Report) {
	if app := s.app.Load(); app != nil {
		for _, group := range app.EmptyGroups() {
			r.Warnings = append(r.Warnings, EmptyGroup(group))
		}
	}
}

// mostWarnings is how many rules that cover nothing the readiness page names.
const mostWarnings = 20

// reportUnknown names the budgets that had figures and have had none for long.
func (s *Service) reportUnknown(ctx context.Context) []string {
	now := s.Local(s.now())
	incidents, err := s.Store.Incidents(ctx, billing.MonthOf(now))
	if err != nil {
		return []string{"which budgets have no figure cannot be read"}
	}
	var warnings []string
	long := decide.LongUnknown(incidents, s.rules.rules.Operators.StaleAfter, now)
	for _, u := range long[:min(len(long), mostWarnings)] {
		warnings = append(warnings, fmt.Sprintf("%s has had no figure since %s: %s", u.Named(), blocks.PlainStamp(u.Since, now), u.Why))
	}
	if more := len(long) - mostWarnings; more > 0 {
		warnings = append(warnings, blocks.Counted(more, "more budget")+" without a figure")
	}
	return warnings
}

func (s *Service) reportRules(r *ops.Report) {
	if !s.opened.Load() {
		return
	}
	if s.rules.trouble != "" {
		r.Warnings = append(r.Warnings, "running on the last good rules: "+s.rules.trouble)
	}
	if warning := s.oldRules(); warning != "" {
		r.Warnings = append(r.Warnings, warning)
	}
	for _, warning := range s.rules.warnings[:min(len(s.rules.warnings), mostWarnings)] {
		r.Warnings = append(r.Warnings, warning.String())
	}
}

// oldRules reports that the process has started with another rules file than the current one; empty if it has not, or if
// the database does not answer, which reportStore reports.
func (s *Service) oldRules() string {
	ctx, cancel := context.WithTimeout(context.Background(), reportTimeout)
	defer cancel()
	current, isOld, err := s.Store.CurrentRules(ctx)
	if err != nil || !isOld {
		return ""
	}
	return fmt.Sprintf("another rules file is in use since %s (revision %d): this replica answers people, and makes no checks and digests until it is started with that file, or alone with its own",
		blocks.PlainStamp(current.Since, s.Local(s.now())), current.Number)
}
