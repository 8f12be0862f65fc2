package slackapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/webapi"
)

// actOf is what the buttons under an alert do.
var actOf = map[string]alerts.Act{
	alertview.ActionAcknowledge: alerts.ActAcknowledge, alertview.ActionUnacknowledge: alerts.ActUnacknowledge,
	alertview.ActionMute: alerts.ActMute, alertview.ActionUnmute: alerts.ActUnmute,
}

// decide carries out a press on a button of an alert, for a person who may answer for its budget.
func (a *App) decide(ctx context.Context, q *request, act alerts.Act) {
	on, rule, wrong := a.pressed(q.value)
	if wrong != nil {
		a.answer(ctx, q, func(context.Context) result { return *wrong })
		return
	}
	shown := on.Shown()
	press := alerts.Press{Act: act, By: q.user, Shown: &shown}
	a.serve(ctx, q, a.forOwners(rule.Route(on.Instance).Owners), func(ctx context.Context) result { return a.take(ctx, q, rule, on.Budget(), press) })
}

// pressed reads what a button carries, and finds the rule in the file as it is now.
func (a *App) pressed(value string) (phrase.Subject, rules.Rule, *result) {
	on, err := phrase.ReadSubject(value)
	if err != nil {
		wrong := told(unknownPress(a.UsageCommand), outcomeUnknown)
		return phrase.Subject{}, rules.Rule{}, &wrong
	}
	rule, found := a.ruleNamed(on.Rule)
	if !found {
		wrong := told(blocks.Refusal(fmt.Sprintf("The rule %s is no longer in the rules file.", blocks.Quote(on.Rule)),
			fmt.Sprintf("%s shows the current ones.", blocks.Quote(a.BudgetCommand))), outcomeUnknown)
		return phrase.Subject{}, rules.Rule{}, &wrong
	}
	on.Rule = rule.Name // the message may be from before it was renamed
	return on, rule, nil
}

// ruleNamed finds a rule by its name, or by the one that it had before.
func (a *App) ruleNamed(name string) (rules.Rule, bool) {
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

func (a *App) forOwners(owners []rules.Person) permission {
	return func(ctx context.Context, q *request) (result, bool) { return a.mayAnswer(ctx, q, owners) }
}

// take carries out a press and says what came of it to the person alone. The channel sees it by the edit of the root.
func (a *App) take(ctx context.Context, q *request, rule rules.Rule, id alerts.BudgetID, p alerts.Press) result {
	state, err := a.AnswerService.Apply(ctx, id, p, a.Now())
	c := a.answerContext(rule, state)
	if refusal, ok := errors.AsType[*alerts.Refusal](err); ok {
		return told(alertview.AnswerRefused(refusal, c), outcomeUnmoved)
	}
	if err != nil {
		return a.unread(q, err)
	}
	return told(alertview.Answered(p.Act, c), outcomeDecided)
}

func (a *App) answerContext(rule rules.Rule, s alerts.BudgetState) alertview.AnswerContext {
	return alertview.AnswerContext{
		Line: alerts.BudgetLine{
			BudgetID: s.BudgetID, Title: rule.Title, Threshold: s.Threshold, Next: rule.Next(s.Threshold), Answers: s.Answers,
		},
		BudgetCommand: a.BudgetCommand,
		Value:         phrase.SubjectOf(s.BudgetID, s.Threshold, s.Answers).Value(),
	}
}

// byService answers a press with the usage that the rule counts, by service.
func (a *App) byService(ctx context.Context, q *request) result {
	on, rule, wrong := a.pressed(q.value)
	if wrong != nil {
		return *wrong
	}
	asked := command.Asked{Question: report.Question{
		Months: billing.One(on.Month), Product: exactName(rule.Match.Product), UsageType: exactName(rule.Match.UsageType),
		By: report.ByService, Top: command.UsualTop(report.ByService), Cost: rule.Budget.Kind == billing.Money,
	}}
	return a.usage(ctx, q, asked.Text())
}

// exactName returns the pattern where it is a name, and nothing where it is a glob, which a question has no form for.
func exactName(pattern string) string {
	if strings.Contains(pattern, "*") {
		return ""
	}
	return pattern
}

// reasonMeta comes back with what was entered into the modal: Slack keeps it, and the person never sees it.
type reasonMeta struct {
	About   string `json:"about"`
	Channel string `json:"channel"`
}

// askReason opens the modal that asks for a reason, for a person who may give one. There is nothing to say unless that fails.
func (a *App) askReason(ctx context.Context, q *request) {
	on, rule, wrong := a.pressed(q.value)
	if wrong != nil {
		a.answer(ctx, q, func(context.Context) result { return *wrong })
		return
	}
	asking, cancel := context.WithTimeout(ctx, a.Deadline)
	defer cancel()
	if no, allowed := a.mayAnswer(asking, q, rule.Route(on.Instance).Owners); !allowed {
		a.finish(ctx, q, no)
		return
	}
	metadata, err := json.Marshal(reasonMeta{q.value, q.channel})
	if err == nil {
		line := alerts.BudgetLine{BudgetID: on.Budget(), Title: rule.Title}
		_, err = a.Slack.OpenViewContext(ctx, q.trigger, alertview.AskReason(line, string(metadata)))
	}
	if err != nil {
		a.finish(ctx, q, a.trouble(q, fmt.Errorf("open the modal: %w", webapi.Bare(err))))
		return
	}
	a.Log.Info("request answered", q.fields(outcomeAnswered)...)
	a.note(q, outcomeAnswered)
}

// explained takes the reason that was entered. What it returns is shown in the modal, which nothing closes.
func (a *App) explained(ctx context.Context, i *slack.InteractionCallback) any {
	q := pressRequest(a, i)
	q.action = alertview.ActionReason
	said, how := a.explain(ctx, q, i.View)
	a.Log.Info("request answered", q.fields(how)...)
	a.note(q, how)
	if said == "" {
		return nil
	}
	return slack.NewErrorsViewSubmissionResponse(map[string]string{alertview.ReasonBlock: said})
}

// explain returns why the reason cannot be taken; empty where it was.
func (a *App) explain(ctx context.Context, q *request, v slack.View) (string, outcome) {
	var meta reasonMeta
	err := json.Unmarshal([]byte(v.PrivateMetadata), &meta)
	on, rule, wrong := a.pressed(meta.About)
	if err != nil || wrong != nil {
		return "I no longer watch this budget.", outcomeUnknown
	}
	q.channel = meta.Channel
	if no, allowed := a.mayAnswer(ctx, q, rule.Route(on.Instance).Owners); !allowed {
		return no.message.Text, no.outcome
	}
	reason, shown := enteredReason(v), on.Shown()
	if reason == "" {
		return "Please write a few words.", outcomeMistake
	}
	press := alerts.Press{Act: alerts.ActExplain, By: q.user, Reason: reason, Shown: &shown}
	state, err := a.AnswerService.Apply(ctx, on.Budget(), press, a.Now())
	if refusal, ok := errors.AsType[*alerts.Refusal](err); ok {
		return alertview.RefusalText(refusal, a.answerContext(rule, state)), outcomeUnmoved
	}
	if err != nil {
		a.Log.Error("request failed", append(q.fields(outcomeTrouble), zap.Error(err))...)
		return brokenSentence + " " + brokenNext, outcomeTrouble
	}
	return "", outcomeDecided
}

func enteredReason(v slack.View) string {
	if v.State == nil {
		return ""
	}
	return blocks.Clip(blocks.Clean(v.State.Values[alertview.ReasonBlock][alertview.ReasonInput].Value), phrase.MaxReason)
}
