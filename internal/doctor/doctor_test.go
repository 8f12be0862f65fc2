package doctor

import (
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// environ sets the variables of a service in the world.
func environ(t *testing.T, w *servicetest.World) {
	t.Helper()
	for name, value := range map[string]string{
		"SLACK_BOT_TOKEN": w.Slack.BotToken(), "SLACK_APP_TOKEN": w.Slack.AppToken(), "SLACK_API_URL": w.Slack.APIURL(),
		"FASTLY_API_TOKEN": servicetest.FastlyToken, "FASTLY_API_URL": w.Fastly.URL(),
		"RULES_FILE": w.Path("rules.yaml"), "DATABASE_URL": "sqlite://" + w.Path("budgetbot.db"), "HTTP_ADDR": "127.0.0.1:0", "CHECK_INTERVAL": "1s",
	} {
		t.Setenv(name, value)
	}
}

// line is what the report is to say of something; a text of the detail and of the next step.
type line struct {
	health           health
	of, detail, next string
}

// What is not in order is in the report, with what to do next, and nothing else is.
func TestWhatTheReportFinds(t *testing.T) {
	absent := line{healthWarn, "database", "there is none yet; the service makes it", ""}
	for _, tt := range []struct {
		name    string
		arrange func(t *testing.T, w *servicetest.World)
		want    []line // in the order of the report
		failing int
	}{
		{"everything but that there is no database yet", func(*testing.T, *servicetest.World) {}, []line{absent}, 0},
		{
			"a variable that is wrong", func(t *testing.T, _ *servicetest.World) { t.Setenv("LOG_LEVEL", "loud") },
			[]line{{healthFail, "environment", "LOG_LEVEL has to be debug, info, warn or error", ""}, absent},
			1,
		},
		{
			"a rules file that is not there",
			func(t *testing.T, w *servicetest.World) { t.Setenv("RULES_FILE", w.Path("absent.yaml")) },
			[]line{{healthFail, "rules", "absent.yaml: there is no such file", ""}, absent},
			1,
		},
		{
			"a channel that the bot is not in",
			func(_ *testing.T, w *servicetest.World) {
				w.WriteRules(strings.ReplaceAll(servicetest.Rules, "cdn-budget", "shop-cdn"))
			},
			[]line{{healthFail, "Slack channel", "shop-cdn: ", ""}, absent},
			1,
		},
		{
			"an optional scope that is missing",
			func(_ *testing.T, w *servicetest.World) {
				w.Slack.SetScopes(without(slacksim.DefaultScopes(), "users:read")...)
			},
			[]line{{healthWarn, "Slack scopes", "users:read is missing: cannot tell guests from full members", "add it under OAuth"}, absent},
			0,
		},
		{
			"a required scope that is missing",
			func(_ *testing.T, w *servicetest.World) {
				w.Slack.SetScopes(without(slacksim.DefaultScopes(), "commands")...)
			},
			[]line{{healthFail, "Slack scopes", "commands is missing: no slash command reaches the bot", "add it under OAuth"}, absent},
			1,
		},
		{
			"tokens of Slack's that were revoked", func(_ *testing.T, w *servicetest.World) { w.Slack.RevokeTokens() },
			[]line{
				{healthFail, "Slack bot token", "token_revoked", "install the app again"},
				{healthFail, "Slack app token", "token_revoked", "install the app again"},
				absent,
			},
			2,
		},
		{
			"a token that Fastly does not take", func(_ *testing.T, w *servicetest.World) { w.FailFastly(fastlysim.TokenPath, 0, fault.Unauthorized) },
			[]line{{healthFail, "Fastly token", "Fastly does not accept it", "FASTLY_API_TOKEN"}, absent},
			1,
		},
		{
			"usage that the token may not read",
			func(_ *testing.T, w *servicetest.World) { w.FailFastly(fastlysim.UsagePath, 0, fault.Forbidden) },
			[]line{{healthFail, "Fastly usage", "403", "global:read"}, absent},
			1,
		},
		{
			"services that cannot be read",
			func(_ *testing.T, w *servicetest.World) { w.FailFastly(fastlysim.ServicePath, 0, fault.ServerError) },
			[]line{{healthFail, "Fastly services", "500", ""}, absent},
			1,
		},
		{
			"days that the token may not read",
			func(_ *testing.T, w *servicetest.World) {
				w.FailFastly(fastlysim.StatsFieldPath("bandwidth"), 0, fault.Forbidden)
			},
			[]line{{healthWarn, "Fastly days", "403", "global:read"}, absent},
			0,
		},
		{
			"days without traffic", func(_ *testing.T, w *servicetest.World) { w.Fastly.SetStats() },
			[]line{{healthWarn, "Fastly days", "no traffic on 20", ""}, absent},
			0,
		},
		{
			"a row that cannot be read",
			func(_ *testing.T, w *servicetest.World) {
				w.FailFastly(fastlysim.UsagePath, 0, fault.AddRow(`{"month":"`+time.Now().UTC().Format("2006-01")+`","product_id":"kv_store","usage_type":"KV","unit":"unit","quantity":null}`))
			},
			[]line{{healthWarn, "Fastly usage", "quantity is null", "--save saves it"}, absent},
			0,
		},
		{
			"a rule that covers nothing",
			func(_ *testing.T, w *servicetest.World) {
				w.WriteRules(strings.Replace(servicetest.Rules, "Asia Bandwidth", "Asian Bandwidth", 1))
			},
			[]line{{healthWarn, "rules", `did you mean "Asia Bandwidth"?`, ""}, absent},
			0,
		},
		{
			"a user group without members",
			func(_ *testing.T, w *servicetest.World) {
				w.WriteRules("people: {empty: S0EMPTY01}\n" + strings.Replace(servicetest.Rules, "defaults: {", "defaults: {owners: [empty], ", 1))
			},
			[]line{{healthWarn, "Slack group", "(S0EMPTY01)", "put people into the group"}, absent},
			0,
		},
		{
			"a database that is none",
			func(t *testing.T, w *servicetest.World) {
				if err := os.WriteFile(w.Path("budgetbot.db"), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			[]line{{healthFail, "database", "", ""}},
			1,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := servicetest.New(t, servicetest.OnWallTime)
			environ(t, w)
			tt.arrange(t, w)
			found, err := Examine(t.Context(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			var amiss []exam
			for _, e := range found.Exams {
				if e.Health != healthOK {
					amiss = append(amiss, e)
				}
			}
			if len(amiss) != len(tt.want) {
				t.Fatalf("the report is\n%+v\nwant %d lines that are not in order", found.Exams, len(tt.want))
			}
			for i, want := range tt.want {
				got := amiss[i]
				if got.Health != want.health || got.Of != want.of || !strings.Contains(got.Detail, want.detail) || !strings.Contains(got.Next, want.next) {
					t.Errorf("line %d is %+v, want %+v", i+1, got, want)
				}
			}
			if attention, failing := found.NeedAttention(); attention != len(tt.want) || failing != tt.failing {
				t.Errorf("%d need attention and %d fail, want %d and %d", attention, failing, len(tt.want), tt.failing)
			}
			if posts := len(w.Posts(servicetest.CDNBudget)); posts != 0 {
				t.Errorf("%d messages were posted", posts)
			}
		})
	}
}

// With --post the doctor says hello once in each channel.
func TestHello(t *testing.T) {
	w := servicetest.New(t, servicetest.OnWallTime)
	environ(t, w)
	if _, err := Examine(t.Context(), Options{Post: true}); err != nil {
		t.Fatal(err)
	}
	for _, channel := range []string{servicetest.CDNBudget, servicetest.CDNPlatform} {
		w.ExpectPosts(channel, 1)
	}
}

// What cannot be examined, since its token is missing, is left out, and the rest is not.
func TestWhatHasNoTokenIsNotExamined(t *testing.T) {
	w := servicetest.New(t, servicetest.OnWallTime)
	environ(t, w)
	for _, name := range []string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "FASTLY_API_TOKEN"} {
		t.Setenv(name, "")
	}
	found, err := Examine(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var of []string
	for _, e := range found.Exams {
		of = append(of, e.Of)
	}
	if got := strings.Join(of, ", "); got != "environment, environment, environment, rules, database" {
		t.Errorf("examined: %s", got)
	}
}

func without(all []string, one string) []string {
	var rest []string
	for _, scope := range all {
		if scope != one {
			rest = append(rest, scope)
		}
	}
	return rest
}
