package service

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"budgetbot/internal/loopback"
)

// Config is the environment as it was found. Everything is a plain string here, since a decoder of the library would
// print a refused secret in its error.
type Config struct {
	SlackBotToken  string        `envconfig:"SLACK_BOT_TOKEN" secret:"true" desc:"bot token, xoxb-…"`
	SlackAppToken  string        `envconfig:"SLACK_APP_TOKEN" secret:"true" desc:"app-level token with connections:write, xapp-…"`
	SlackAPIURL    string        `envconfig:"SLACK_API_URL" default:"https://slack.com/api/" desc:"base URL of Slack's Web API"`
	FastlyAPIToken string        `envconfig:"FASTLY_API_TOKEN" secret:"true" desc:"token with global:read of a billing or superuser role"`
	FastlyAPIURL   string        `envconfig:"FASTLY_API_URL" default:"https://api.fastly.com" desc:"base URL of Fastly's API"`
	UsageSource    string        `envconfig:"USAGE_SOURCE" default:"auto" desc:"where usage is read: metrics, invoices, or auto, which finds out what the account has"`
	RulesFile      string        `envconfig:"RULES_FILE" default:"rules.yaml" desc:"budgets, and where their alerts go"`
	DatabaseURL    string        `envconfig:"DATABASE_URL" secret:"true" default:"sqlite://budgetbot.db" desc:"sqlite://FILE or postgres://…"`
	HTTPAddr       string        `envconfig:"HTTP_ADDR" default:"127.0.0.1:8080" desc:"where /healthz, /readyz and /metrics are served"`
	CheckInterval  string        `envconfig:"CHECK_INTERVAL" default:"1h" desc:"how often usage is compared with the budgets"`
	LogLevel       string        `envconfig:"LOG_LEVEL" default:"info" desc:"debug, info, warn or error"`
	LogFormat      string        `envconfig:"LOG_FORMAT" default:"json" desc:"json, or console for people"`
	UsageCommand   string        `envconfig:"USAGE_COMMAND" default:"/usage" desc:"the slash command for questions"`
	BudgetCommand  string        `envconfig:"BUDGET_COMMAND" default:"/budget" desc:"the slash command for budgets"`
	CheckEvery     time.Duration `ignored:"true"`
	Problems       []string      `ignored:"true"`
}

// need is a part of the configuration that a subcommand cannot do without.
type need int

// The parts of the configuration.
const (
	NeedSlack need = 1 << iota
	NeedFastly
	NeedDatabase
)

// LoadConfig reads the environment and checks all that needs calls for, and every optional variable that is set. The error has everything
// that is wrong, by name and never by value.
func LoadConfig(needs need) (*Config, error) {
	c := ReadEnvironment(needs)
	if len(c.Problems) > 0 {
		return nil, &Misuse{"the environment is not complete:\n  " + strings.Join(c.Problems, "\n  "), `"budgetbot run --help" lists every variable`}
	}
	return c, nil
}

// ReadEnvironment reads the environment and notes what is wrong with it.
func ReadEnvironment(needs need) *Config {
	c := &Config{}
	_ = envconfig.Process("", c) // texts can always be read
	c.fromFile("SLACK_BOT_TOKEN", &c.SlackBotToken)
	c.fromFile("SLACK_APP_TOKEN", &c.SlackAppToken)
	c.fromFile("FASTLY_API_TOKEN", &c.FastlyAPIToken)
	c.fromFile("DATABASE_URL", &c.DatabaseURL)
	if needs&NeedSlack != 0 {
		c.token("SLACK_BOT_TOKEN", c.SlackBotToken, "xoxb-", "the bot token under OAuth & Permissions")
		c.token("SLACK_APP_TOKEN", c.SlackAppToken, "xapp-", "an app-level token with connections:write under Basic Information")
		c.url("SLACK_API_URL", c.SlackAPIURL)
	}
	if needs&NeedFastly != 0 {
		c.token("FASTLY_API_TOKEN", c.FastlyAPIToken, "", "an API token with scope global:read under Account > API tokens")
		c.url("FASTLY_API_URL", c.FastlyAPIURL)
	}
	if needs&NeedDatabase != 0 {
		c.database()
	}
	c.rest()
	return c
}

func (c *Config) wrong(name, format string, args ...any) {
	c.Problems = append(c.Problems, name+" "+fmt.Sprintf(format, args...))
}

// fromFile takes a secret from the file that NAME_FILE names, where it does.
func (c *Config) fromFile(name string, secret *string) {
	switch {
	case !isFromFile(name):
		return
	case os.Getenv(name) != "":
		c.wrong(name, "and %s_FILE are both set; keep one", name)
		return
	}
	text, err := os.ReadFile(os.Getenv(name + "_FILE"))
	*secret = strings.TrimSpace(string(text))
	switch {
	case err != nil:
		c.wrong(name+"_FILE", "names a file that cannot be read: %s", PlainCause(err))
	case *secret == "":
		c.wrong(name+"_FILE", "names a file that is empty")
	}
}

func isFromFile(name string) bool { return os.Getenv(name+"_FILE") != "" }

// PlainCause is the last link of a file error, without the path.
func PlainCause(err error) string {
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}

var printable = regexp.MustCompile(`^[\x21-\x7e]+$`)

func (c *Config) token(name, value, prefix, whereFrom string) {
	switch {
	case value == "" && isFromFile(name): // reported already
	case value == "":
		c.wrong(name, "is not set: it is %s", whereFrom)
	case !strings.HasPrefix(value, prefix):
		c.wrong(name, "does not begin with %s: it is %s", prefix, whereFrom)
	case !printable.MatchString(value):
		c.wrong(name, "holds a space or a control character; copy it again")
	}
}

// url accepts https, and plain http for loopback only, since a token travels over it.
func (c *Config) url(name, value string) {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Host == "":
		c.wrong(name, "is not a URL such as https://api.example.com")
	case u.Scheme == "http" && loopback.IsHost(u.Hostname()), u.Scheme == "https":
	case u.Scheme == "http":
		c.wrong(name, "is plain http, over which no token is sent; use https")
	default:
		c.wrong(name, "has to begin with https://")
	}
}

func (c *Config) database() {
	if c.DatabaseURL == "" && isFromFile("DATABASE_URL") {
		return // reported already
	}
	scheme, rest, found := strings.Cut(c.DatabaseURL, "://")
	if !found || rest == "" || scheme != "sqlite" && scheme != "postgres" && scheme != "postgresql" {
		c.wrong("DATABASE_URL", "has to be sqlite://FILE or postgres://…")
	}
}

var commandName = regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`)

func (c *Config) command(name, value string) {
	if !commandName.MatchString(value) {
		c.wrong(name, "has to be a slash and up to 31 lower-case letters, digits, - or _")
	}
}

func (c *Config) rest() {
	every, err := time.ParseDuration(c.CheckInterval)
	if err != nil || every < time.Second || every > 24*time.Hour {
		c.wrong("CHECK_INTERVAL", "has to be from 1s to 24h, such as 1h")
	}
	c.CheckEvery = every
	if c.RulesFile == "" {
		c.wrong("RULES_FILE", "is empty; name the rules file, or leave the variable out for rules.yaml")
	}
	_, port, err := net.SplitHostPort(c.HTTPAddr)
	if _, notPort := strconv.ParseUint(port, 10, 16); err != nil || notPort != nil {
		c.wrong("HTTP_ADDR", "has to be host:port, such as 127.0.0.1:8080")
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.LogLevel) {
		c.wrong("LOG_LEVEL", "has to be debug, info, warn or error")
	}
	if _, known := origins[c.UsageSource]; !known {
		c.wrong("USAGE_SOURCE", "has to be auto, metrics or invoices")
	}
	if c.LogFormat != "json" && c.LogFormat != "console" {
		c.wrong("LOG_FORMAT", "has to be json or console")
	}
	c.command("USAGE_COMMAND", c.UsageCommand)
	c.command("BUDGET_COMMAND", c.BudgetCommand)
	if c.UsageCommand == c.BudgetCommand {
		c.wrong("BUDGET_COMMAND", "has to differ from USAGE_COMMAND")
	}
}

const configHelp = `Environment variables:
{{range .}}{{printf "  %-17s %s" (usage_key .) (usage_description .)}}{{with usage_default .}} (default {{.}}){{end}}
{{end}}
The three tokens and DATABASE_URL can be read from a file: NAME_FILE=PATH.`

// ConfigHelp lists every variable with its default and meaning.
func ConfigHelp() string {
	var b strings.Builder
	_ = envconfig.Usagef("", &Config{}, &b, configHelp) // the template is right, and a text takes everything
	return b.String()
}
