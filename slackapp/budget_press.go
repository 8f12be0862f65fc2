package slackapp

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/webapi"
)

// actOf is what the buttons under an alert do.
var actOf = map[string]alerts.Act{
	alertview.ActionAcknowledge: alerts.ActAcknowledge, alertview.ActionUnacknowledge: alerts.ActUnacknowledge,
	alertview.ActionMute: alerts.ActMute, alertview.ActionUnmute: alerts.ActUnmute,
}

// AnswerService is a consumer contract of App. It applies what people answer; answer.Service implements it.
type AnswerService interface {
	// Apply carries out a press and returns the state after it. The error is an *alerts.Refusal where it changed nothing.
	Apply(ctx context.Context, id alerts.BudgetID, p alerts.Press, now time.Time) (alerts.BudgetState, error)
}

// pressed reads what a button carries, and finds the rule in the file as it is now.
func (a *budgetAnswers) pressed(value string) (phrase.Subject, rules.Rule, *result) {
	on, err := phrase.ReadSubject(value)
	if err != nil {
		return phrase.Subject{}, rules.Rule{}, new(reply(unknownPress(a.UsageCommand), outcomeUnknown))
	}
	rule, found := a.ruleNamed(on.Rule)
	if !found {
		gone := blocks.Refusal(fmt.Sprintf("The rule %s is no longer in the rules file.", blocks.Quote(on.Rule)),
			fmt.Sprintf("%s shows the current ones.", blocks.Quote(a.BudgetCommand)))
		return phrase.Subject{}, rules.Rule{}, new(reply(gone, outcomeUnknown))
	}
	on.Rule = rule.Name // the message may be from before it was renamed
	return on, rule, nil
}

// ruleNamed finds a rule by its name, or by the one that it had before.
func (a *budgetAnswers) ruleNamed(name string) (rules.Rule, bool) {
	set := a.Rules().Rules
	at := slices.IndexFunc(set, func(r rules.Rule) bool { return r.Name == name })
	if at < 0 {
		at = slices.IndexFunc(set, func(r rules.Rule) bool { return r.Was == name })
	}
	if at < 0 || name == "" {
		return rules.Rule{}, false
	}
	return set[at], true
}

// apply carries out a press and reports the result to the person alone. The channel sees it when the parent message is
// edited.
func (a *budgetAnswers) apply(ctx context.Context, c *conversation, rule rules.Rule, id alerts.BudgetID, p alerts.Press) result {
	state, err := a.AnswerService.Apply(ctx, id, p, a.Now())
	line := alerts.BudgetLine{
		BudgetID: state.BudgetID, Title: rule.Title, Threshold: state.Threshold, Next: state.Next(&rule), Answers: state.Answers,
	}
	if refusal, ok := errors.AsType[*alerts.Refusal](err); ok {
		return reply(alertview.AnswerRefused(refusal, line, a.BudgetCommand, a.Now()), outcomeUnmoved)
	}
	if err != nil {
		return c.unread(err)
	}
	return reply(alertview.Answered(p.Act, line, a.BudgetCommand), outcomeDecided)
}

// server returns what carries out an act, for a person who may answer for the budget.
func (a *budgetAnswers) server(act alerts.Act) func(context.Context, *conversation, string) {
	return func(ctx context.Context, c *conversation, value string) {
		on, rule, wrong := a.pressed(value)
		mayPress := func(ctx context.Context) *result { return c.mayPress(ctx, on, rule, wrong) }
		c.serve(ctx, mayPress, func(ctx context.Context) result {
			shown := on.Shown()
			return a.apply(ctx, c, rule, on.BudgetID, alerts.Press{Act: act, By: c.User, Shown: &shown})
		})
	}
}

// mayPress decides whether the person may answer for the budget that a button is about. What is wrong with the button is for those who
// may ask.
func (c *conversation) mayPress(ctx context.Context, on phrase.Subject, rule rules.Rule, wrong *result) *result {
	if wrong != nil {
		return cmp.Or(c.mayAsk(ctx), wrong)
	}
	return c.mayAnswer(ctx, rule.Route(on.Instance).Owners)
}

// serveServices answers a press with the usage that the rule counts, by service.
func (a *budgetAnswers) serveServices(ctx context.Context, c *conversation, value string) {
	c.question(ctx, c.mayAsk, func(ctx context.Context) result {
		on, rule, wrong := a.pressed(value)
		if wrong != nil {
			return *wrong
		}
		service, team := rule.Match.Service, billing.Names("")
		switch {
		case rule.Per == rules.PerService && on.Instance != "":
			service = on.Instance
		case rule.Per == rules.PerTeam:
			team = billing.NamesOf(on.Instance)
		case len(rule.Teams) > 0:
			team = billing.NamesOf(rule.Teams[0].Name)
		}
		by := report.ByService
		if service != "" && exactName(service) != "" {
			by = report.ByUsageType // there is one service alone
		}
		q := report.Question{
			Months: billing.One(on.Month), Product: exactName(rule.Match.Product), UsageType: billing.NamesOf(rule.Match.UsageType), Region: exactName(rule.Match.Region),
			Service: billing.NamesOf(service), Team: team, By: by, Cost: rule.Budget.Kind == billing.Money,
		}
		q.Top = command.UsualTop(q)
		return a.usage.answer(ctx, c, a.usage.inquire(q))
	})
}

// exactName returns the pattern where it is a name, and nothing where it is a glob, which a question has no form for.
func exactName(pattern string) billing.Names {
	if strings.Contains(pattern, "*") {
		return ""
	}
	return billing.NamesOf(pattern)
}

// reasonMeta comes back with what was entered into the modal: Slack keeps it, and the person never sees it.
type reasonMeta struct {
	About   string `json:"about"`
	Channel string `json:"channel"`
}

// serveReason opens the modal that asks for a reason, if the person may give one. It replies only if that fails.
func (a *budgetAnswers) serveReason(ctx context.Context, c *conversation, value string) {
	on, rule, wrong := a.pressed(value)
	asking, cancel := context.WithTimeout(ctx, c.Deadline)
	defer cancel()
	if no := c.mayPress(asking, on, rule, wrong); no != nil {
		c.finish(ctx, *no)
		return
	}
	metadata, err := json.Marshal(reasonMeta{value, c.Channel})
	if err == nil {
		line := alerts.BudgetLine{BudgetID: on.BudgetID, Title: rule.Title}
		_, err = a.Slack.OpenViewContext(ctx, c.trigger, alertview.AskReason(line, string(metadata)))
	}
	if err != nil {
		c.finish(ctx, c.trouble(fmt.Errorf("open the modal: %w", webapi.Bare(err))))
		return
	}
	c.end(outcomeAnswered)
}

// explained takes the reason that was entered. What it returns is shown in the modal, which nothing closes.
func (a *budgetAnswers) explained(ctx context.Context, c *conversation, v slack.View) any {
	c.action = alertview.ActionReason
	done := a.explain(ctx, c, v)
	c.end(done.outcome)
	if done.outcome == outcomeDecided {
		return nil
	}
	return slack.NewErrorsViewSubmissionResponse(map[string]string{alertview.ReasonBlock: blocks.PlainOf(done.message.Text)})
}

// explain records the reason, if the person may give one.
func (a *budgetAnswers) explain(ctx context.Context, c *conversation, v slack.View) result {
	var meta reasonMeta
	_ = json.Unmarshal([]byte(v.PrivateMetadata), &meta) // what cannot be read is about no budget
	on, rule, wrong := a.pressed(meta.About)
	c.Channel = meta.Channel
	if no := c.mayPress(ctx, on, rule, wrong); no != nil {
		return *no
	}
	reason, shown := enteredReason(v), on.Shown()
	if reason == "" {
		return reply(blocks.Note("Please write a few words."), outcomeMistake)
	}
	return a.apply(ctx, c, rule, on.BudgetID, alerts.Press{Act: alerts.ActExplain, By: c.User, Reason: reason, Shown: &shown})
}

func enteredReason(v slack.View) string {
	if v.State == nil {
		return ""
	}
	return blocks.Clip(blocks.Clean(v.State.Values[alertview.ReasonBlock][alertview.ReasonInput].Value), phrase.MaxReason)
}

// serveWhy explains a message about a budget to the person who asks.
func (a *budgetAnswers) serveWhy(ctx context.Context, c *conversation, value string) {
	c.serve(ctx, c.mayAsk, func(ctx context.Context) result {
		on, rule, wrong := a.pressed(value)
		if wrong != nil {
			return *wrong
		}
		return a.whyOf(ctx, c, rule, on.BudgetID, true)
	})
}

// whyOf explains the newest message about a budget, or why there is none. A message that was pressed on is there, whatever is recorded.
func (a *budgetAnswers) whyOf(ctx context.Context, c *conversation, rule rules.Rule, id alerts.BudgetID, posted bool) result {
	states, err := a.Budgets.BudgetStates(ctx, id.Month)
	if err != nil {
		return c.unread(fmt.Errorf("read the state of %s: %w", id.Month, err))
	}
	past, err := a.Budgets.Alerts(ctx, id)
	if err != nil {
		return c.unread(fmt.Errorf("read the alerts of %s: %w", id, err))
	}
	w := budgetview.Why{RulesURL: a.Rules().URL, RuleLine: rule.Line, Now: a.Now()}
	for _, alert := range past {
		posted = posted || alert.DeliveryID != ""
		if alert.Reason == alerts.ReasonShown { // the message that shows it was posted for another reason
			continue
		}
		if w.Last.Reason == "" || alert.At.After(w.Last.At) || alert.At.Equal(w.Last.At) && alert.Kind == alerts.KindBudget {
			w.Last = alert
		}
	}
	w.Line = alerts.BudgetLine{BudgetID: id, Title: rule.Title, Measure: rule.Measure(), Limit: rule.BudgetOf(id.Month, rules.Instance{Name: id.Instance}).Value}
	for _, s := range states {
		if s.BudgetID == id {
			w.Line.Threshold, w.Line.Next, w.Line.Used, w.Line.Limit = s.Threshold, s.Next(&rule), s.Used, s.Limit
			w.Line.CountedTo, w.Line.Answers = s.CountedTo, s.At(a.Now())
			posted = posted || s.ParentID != ""
		}
	}
	w.Unposted = !posted
	return reply(budgetview.WhyMessage(w), outcomeAnswered)
}
