package slackapp

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/check"
	"budgetbot/alerts/digest"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/fastly"
	"budgetbot/billing/forecast"
	"budgetbot/billing/lookup"
	"budgetbot/billing/source"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/readback"
	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/access"
	"budgetbot/slackapp/socket"
	"budgetbot/slackapp/webapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	alice   = "U0ALICE01"
	boris   = "U0BORIS01"
	guest   = "U0GUEST01"
	general = "C0GENERAL"
	cdn     = "C0CDN0001"
	secret  = "C0SECRET1"

	fastlyToken = "fastly-token-that-nobody-may-see"
)

// world is the bot between a simulated Slack and a simulated Fastly.
type world struct {
	t       testing.TB
	slack   *slacksim.Server
	fastly  *fastlysim.Server
	app     *App
	rules   *rules.Rules
	budgets *fakeBudgets
	logs    *observer.ObservedLogs
	clock   *clock
}

// mayReadBills lets the bot read the bills of the simulated Fastly.
func mayReadBills(_ *slacksim.Config, c *Config) { c.Bills = struct{ billing.BillReader }{} }

// hasTeams adds teams to the rules.
func (w *world) hasTeams() {
	set, err := rulesfile.Load("rules.yaml", []byte(rulesText+"teams: {shop: {services: [www-shop, \"shop-*\"]}, media: {services: [\"video-*\", \"media-*\"]}}\n"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.rules = set
}

// clock is business time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type option func(*slacksim.Config, *Config)

func newWorld(t testing.TB, options ...option) *world {
	t.Helper()
	w := &world{t: t, rules: someRules(), budgets: &fakeBudgets{}, clock: &clock{now: now}}
	workspace := slacksim.Config{
		Channels: []slacksim.Channel{
			{ID: general, Name: "general", BotMember: true},
			{ID: cdn, Name: "cdn-budget", BotMember: true},
			{ID: secret, Name: "finops-private", Private: true, BotMember: true},
		},
		Users: []slacksim.User{
			{ID: alice, Name: "alice"}, {ID: boris, Name: "boris"}, {ID: guest, Name: "gerda", Guest: true},
		},
		UserGroups: []slacksim.UserGroup{{ID: "S0FINOPS1", Handle: "finops", Users: []string{boris}}},
		RateLimits: slacksim.RateLimits{Off: true},
	}
	core, logs := observer.New(zap.DebugLevel)
	w.logs = logs
	config := Config{
		Rules: func() *rules.Rules { return w.rules }, RulesTrouble: func() string { return "" }, Budgets: w.budgets, UsageCommand: "/usage", BudgetCommand: "/budget",
		Now: w.clock.Now, Answered: func(Answered) {}, Log: zap.New(core),
	}
	for _, change := range options {
		change(&workspace, &config)
	}
	w.startSims(workspace, config.Bills != nil)
	w.startApp(config)
	return w
}

func (w *world) startSims(workspace slacksim.Config, invoiced bool) {
	var err error
	var customer account.Account
	if invoiced {
		customer.Invoices = account.DefaultInvoicing()
	}
	if w.slack, err = slacksim.Start(workspace); err != nil {
		w.t.Fatal(err)
	}
	if w.fastly, err = fastlysim.Start(fastlysim.Config{Token: fastlyToken, Clock: w.clock.Now, Account: customer}); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		w.checkSecrets()
		for _, end := range []func() error{w.slack.Close, w.fastly.Close} {
			if err := end(); err != nil {
				w.t.Error(err)
			}
		}
	})
}

// noTrouble remembers no incident.
type noTrouble struct{ digest.Past }

func (noTrouble) Incidents(context.Context, billing.Month) ([]alerts.Incident, error) {
	return nil, nil
}

func (noTrouble) LatestUsage(context.Context, billing.Month) ([]billing.Usage, time.Time, bool, error) {
	return nil, time.Time{}, false, nil
}

func (noTrouble) LastEstimate(context.Context, billing.Month) (*billing.Bill, error) { return nil, nil }

func (w *world) startApp(config Config) {
	transport := &http.Transport{}
	client, err := fastly.NewClient(fastly.ClientConfig{
		BaseURL: w.fastly.URL(), Token: fastlyToken, Transport: transport, Retries: -1, AttemptTimeout: 5 * time.Second,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	cache := source.NewCache(client, w.clock.Now, nil)
	if config.Bills != nil {
		bills := source.NewBillCache(client, w.clock.Now)
		w.t.Cleanup(bills.Close)
		config.Bills = bills
	}
	calls := &http.Transport{}
	config.Slack = webapi.NewClient(w.slack.BotToken(), w.slack.APIURL(), calls)
	config.SlackURL = w.slack.APIURL()
	config.Channels = webapi.NewChannels(config.Slack, config.Log)
	config.Usage = cache
	config.Trials = check.NewChecker(check.CheckerConfig{
		Source: cache.Fresh(), Trial: cache.Fresh(), Ledger: ledger{fakeBudgets: w.budgets}, Rules: config.Rules, NewID: rand.Text, Log: config.Log,
	})
	config.Ended = check.Sources{Usage: cache.Recent(time.Hour)}
	config.Digests = &digest.Composer{
		Rules: config.Rules, Records: w.budgets, Asker: lookup.Asker{Usage: cache}, Explain: Explain, Past: noTrouble{},
	}
	config.AnswerService = &answer.Service{Ledger: w.budgets, NewID: rand.Text}
	if config.Team == (access.Team{}) {
		config.Team = access.Team{ID: "T0ACME001"}
	}
	responses := webapi.NewReplyClient(nil)
	config.Responses = responses
	w.app = New(config)
	line := socket.New(socket.Config{
		AppToken: w.slack.AppToken(), APIURL: w.slack.APIURL(), Logger: zap.NewNop(), Busy: Busy, Long: w.app.MayTakeLong, Once: w.app.MustBeOnce, Observe: func(socket.Signal) {},
	}, w.app)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := line.Run(ctx); err != nil {
			w.t.Errorf("the line ended: %v", err)
		}
	})
	w.t.Cleanup(func() {
		stop()
		running.Wait()
		cache.Close()
		responses.CloseIdleConnections()
		calls.CloseIdleConnections()
		transport.CloseIdleConnections()
	})
	if err := w.slack.WaitConnected(w.soon(), 2); err != nil {
		w.t.Fatal(err)
	}
}

// checkSecrets fails the test where a secret stands in the log or in a message.
func (w *world) checkSecrets() {
	everything, err := json.Marshal(w.slack.Snapshot())
	if err != nil {
		w.t.Error(err)
	}
	for _, entry := range w.logs.All() {
		line, err := json.Marshal(entry.ContextMap())
		if err != nil {
			w.t.Error(err)
		}
		everything = append(everything, (entry.Message + string(line) + "\n")...)
	}
	for _, secret := range []string{fastlyToken, w.slack.BotToken(), w.slack.AppToken(), "/respond/"} {
		if strings.Contains(string(everything), secret) {
			w.t.Errorf("%s is in the log or in a message", secret)
		}
	}
}

func (w *world) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	w.t.Cleanup(cancel)
	return ctx
}

// types lets somebody type a command and returns the last of n answers.
func (w *world) types(user, channel, command string, n int) slacksim.Message {
	w.t.Helper()
	name, text, _ := strings.Cut(command, " ")
	return w.answer(w.slash(slacksim.Slash{User: user, Channel: channel, Command: name, Text: text}), n)
}

func (w *world) slash(s slacksim.Slash) *slacksim.Invocation {
	w.t.Helper()
	asked, err := w.slack.Command(w.soon(), s)
	if err != nil {
		w.t.Fatal(err)
	}
	return asked
}

func (w *world) answer(asked *slacksim.Invocation, n int) slacksim.Message {
	w.t.Helper()
	m, err := asked.WaitAnswer(w.soon(), n)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

// presses presses a button under a message and returns the last of n answers.
func (w *world) presses(user string, m slacksim.Message, action string, n int) slacksim.Message {
	w.t.Helper()
	pressed, err := w.slack.Press(w.soon(), slacksim.Press{User: user, Channel: m.Channel, TS: m.TS, ActionID: action})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.answer(pressed, n)
}

// inOrder fails the test where the bot did what Slack does not allow.
func (w *world) inOrder() {
	w.t.Helper()
	for _, v := range w.slack.Violations() {
		w.t.Errorf("violation: %s: %s", v.Rule, v.Detail)
	}
}

// all is everything of a message that people can read or press.
func all(m slacksim.Message) string {
	return m.Text + "\n" + readback.Message(m.Text, m.Blocks).TextOnly() + "\n" + string(m.Blocks)
}

// mrkdwnIn returns the texts of a message's blocks that Slack reads as markup.
func mrkdwnIn(m slacksim.Message) string {
	var b strings.Builder
	for _, part := range strings.Split(string(m.Blocks), `{"text":"`)[1:] {
		text, rest, _ := strings.Cut(part, `","type":"`)
		if strings.HasPrefix(rest, "mrkdwn") {
			b.WriteString(text + "\n")
		}
	}
	return b.String()
}

// says fails the test where the message lacks one of the texts.
func says(t *testing.T, m slacksim.Message, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(all(m), text) {
			t.Errorf("%q is not in:\n%s", text, all(m))
		}
	}
}

// fakeBudgets is what a test says is remembered of budgets.
type fakeBudgets struct {
	mu           sync.Mutex
	budgetStates []alerts.BudgetState
	alerts       []alerts.Alert
	incidents    []alerts.Incident
	status       alerts.CheckStatus
	routes       []alerts.RouteTrouble
	forecasts    []alerts.ForecastDay
	err          error

	audit      []alerts.AuditEntry // the newest last
	deliveries []alerts.Delivery   // likewise
}

func (f *fakeBudgets) Audit(_ context.Context, id alerts.BudgetID, most int) ([]alerts.AuditEntry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var of []alerts.AuditEntry
	for _, entry := range slices.Backward(f.audit) {
		if entry.BudgetID == id && len(of) < most {
			of = append(of, entry)
		}
	}
	return of, f.err
}

func (f *fakeBudgets) DeliveriesAbout(_ context.Context, id alerts.BudgetID, _ int) ([]alerts.Delivery, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var of []alerts.Delivery
	for _, d := range slices.Backward(f.deliveries) {
		if d.BudgetID == id {
			of = append(of, d)
		}
	}
	return of, f.err
}

// BudgetState, ByParent and RecordAnswer make it the ledger of a desk, too.
func (f *fakeBudgets) BudgetState(_ context.Context, id alerts.BudgetID) (alerts.BudgetState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.budgetStates {
		if s.BudgetID == id {
			return s, f.err
		}
	}
	return alerts.BudgetState{BudgetID: id}, f.err
}

func (f *fakeBudgets) ByParent(_ context.Context, parentID string) (alerts.Delivery, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range slices.Backward(f.deliveries) {
		if d.ID == parentID || d.ParentID == parentID && d.Kind == alerts.DeliverUpdate {
			return d, true, f.err
		}
	}
	return alerts.Delivery{}, false, f.err
}

func (f *fakeBudgets) RecordAnswer(_ context.Context, answered answer.Answered) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, s := range f.budgetStates {
		if s.BudgetID != answered.BudgetState.BudgetID || s.Revision != answered.BudgetState.Revision {
			continue
		}
		f.budgetStates[i] = answered.BudgetState
		f.budgetStates[i].Revision++
		f.audit = append(f.audit, answered.Entry)
		f.deliveries = append(f.deliveries, answered.Deliveries...)
		return f.err
	}
	return alerts.ErrConflict
}

func (f *fakeBudgets) BudgetStates(_ context.Context, month billing.Month) ([]alerts.BudgetState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var of []alerts.BudgetState
	for _, s := range f.budgetStates {
		if s.Month == month {
			of = append(of, s)
		}
	}
	return of, f.err
}

func (f *fakeBudgets) Alerts(_ context.Context, id alerts.BudgetID) ([]alerts.Alert, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var of []alerts.Alert
	for _, a := range f.alerts {
		if a.BudgetID == id {
			of = append(of, a)
		}
	}
	return of, f.err
}

func (f *fakeBudgets) Incidents(_ context.Context, since billing.Month) ([]alerts.Incident, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var of []alerts.Incident
	for _, e := range f.incidents {
		if e.Month.IsZero() || !e.Month.Before(since) {
			of = append(of, e)
		}
	}
	return of, f.err
}

func (f *fakeBudgets) ForecastsOn(context.Context, billing.Month, time.Time) ([]alerts.ForecastDay, error) {
	return f.forecasts, f.err
}

func (f *fakeBudgets) CheckStatus(context.Context) (alerts.CheckStatus, error) {
	return f.status, f.err
}

func (f *fakeBudgets) Routes(context.Context) ([]alerts.RouteTrouble, error) { return f.routes, f.err }

// ledger lets a trial of a rule read what is remembered. Whatever would write fails the test.
type ledger struct {
	check.Ledger
	*fakeBudgets
}

func (l ledger) BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error) {
	return l.fakeBudgets.BudgetStates(ctx, month)
}

func (l ledger) Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error) {
	return l.fakeBudgets.Incidents(ctx, since)
}

func (l ledger) CheckStatus(ctx context.Context) (alerts.CheckStatus, error) {
	return l.fakeBudgets.CheckStatus(ctx)
}

func (l ledger) ByParent(ctx context.Context, parentID string) (alerts.Delivery, bool, error) {
	return l.fakeBudgets.ByParent(ctx, parentID)
}

// KnownRules knows every rule as it was in its last state.
func (l ledger) KnownRules(context.Context) (map[string]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := map[string]string{}
	for _, s := range l.budgetStates {
		known[s.Rule] = s.RuleHash
	}
	return known, nil
}

func (l ledger) Waiting(context.Context, billing.Month) ([]alerts.Waiting, error) { return nil, nil }

func (l ledger) ForecastErrors(context.Context, billing.Month) (map[alerts.BudgetName][]forecast.PastError, error) {
	return nil, nil
}

func (l ledger) RecordedSince(context.Context, billing.Month) ([]daily.Recorded, error) {
	return nil, nil
}

const rulesText = `
people: {finops: S0FINOPS1, alice: U0ALICE01}
defaults: {owners: [finops], thresholds: [80%, 100%, 125%, 150%, 200%]}
rules:
  - {name: na-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: cdn-budget}
  - {name: asia-bandwidth, product: cdn_usage, usage_type: Asia Bandwidth, budget: 150 TB, channel: C0CDN0001}
  - {name: image-optimizer, product: cdn_usage, usage_type: Europe Bandwidth, budget: 400 TB, channel: finops-private}
`

func someRules() *rules.Rules {
	rules, err := rulesfile.Load("rules.yaml", []byte(rulesText))
	if err != nil {
		panic(err)
	}
	return rules
}

func contains(m slacksim.Message, text string) bool { return strings.Contains(all(m), text) }

// logged waits until the log has the message, and returns every line of it.
func (w *world) logged(message string) []observer.LoggedEntry {
	w.t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := w.soon(); deadline.Err() == nil; <-look.C {
		if lines := w.logs.FilterMessage(message).All(); len(lines) > 0 {
			return lines
		}
	}
	w.t.Fatalf("the log never said %q", message)
	return nil
}
