package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// drawn are the modules of what draws messages.
var drawn = []string{"github.com/slack-go/slack", "github.com/shopspring/decimal"}

// allowed says, for every package of the program, which of our packages it may import, and which modules of others. The
// standard library is free. cmd/bot may import everything and so has no row.
var allowed = map[string]struct{ ours, theirs []string }{
	"billing":           {nil, []string{"github.com/shopspring/decimal"}},
	"billing/statement": {[]string{"billing"}, []string{"github.com/shopspring/decimal"}},
	"billing/fastly": {[]string{"billing", "billing/statement", "internal/loopback"}, []string{
		"github.com/shopspring/decimal", "github.com/cenkalti/backoff/v5", "golang.org/x/sync", "go.uber.org/zap",
	}},
	"billing/source":   {[]string{"billing"}, []string{"github.com/shopspring/decimal", "github.com/hashicorp/golang-lru/v2"}},
	"billing/daily":    {[]string{"billing"}, []string{"github.com/shopspring/decimal"}},
	"billing/byday":    {[]string{"billing", "billing/csvfile", "billing/daily", "billing/forecast", "billing/report"}, []string{"github.com/shopspring/decimal"}},
	"billing/csvfile":  {[]string{"billing"}, []string{"github.com/shopspring/decimal"}},
	"billing/ledger":   {[]string{"billing"}, []string{"github.com/shopspring/decimal"}},
	"billing/report":   {[]string{"billing", "billing/csvfile", "billing/ledger"}, []string{"github.com/shopspring/decimal"}},
	"billing/lookup":   {[]string{"billing", "billing/report"}, []string{"github.com/shopspring/decimal", "golang.org/x/sync"}},
	"billing/rates":    {[]string{"billing", "billing/csvfile", "billing/report"}, []string{"github.com/shopspring/decimal"}},
	"billing/forecast": {[]string{"billing"}, []string{"github.com/shopspring/decimal"}},
	"alerts/rules":     {[]string{"billing"}, []string{"github.com/shopspring/decimal", "github.com/netresearch/go-cron"}},
	"alerts/rulesfile": {[]string{"alerts/rules", "billing"}, []string{
		"github.com/shopspring/decimal", "go.yaml.in/yaml/v4", "github.com/netresearch/go-cron",
	}},
	"alerts/spike": {[]string{"alerts/rules", "billing", "billing/forecast"}, []string{"github.com/shopspring/decimal"}},
	"alerts":       {[]string{"alerts/rules", "billing", "billing/report", "billing/forecast"}, []string{"github.com/shopspring/decimal"}},
	"alerts/evaluate": {[]string{"alerts", "alerts/rules", "alerts/spike", "billing", "billing/daily", "billing/ledger", "billing/report", "billing/forecast"}, []string{
		"github.com/shopspring/decimal",
	}},
	"alerts/decide": {[]string{"alerts", "alerts/evaluate", "alerts/rules", "billing", "billing/report", "billing/forecast"}, []string{
		"github.com/shopspring/decimal",
	}},
	"alerts/check": {[]string{
		"alerts", "alerts/decide", "alerts/evaluate", "alerts/rules", "billing", "billing/daily", "billing/ledger", "billing/report", "billing/forecast",
	}, []string{"github.com/shopspring/decimal", "go.uber.org/zap"}},
	"alerts/answer":  {[]string{"alerts", "alerts/rules", "billing"}, nil},
	"alerts/deliver": {[]string{"alerts", "billing"}, []string{"go.uber.org/zap"}},
	"alerts/status":  {[]string{"alerts", "alerts/evaluate", "alerts/rules", "billing", "billing/csvfile", "billing/daily", "billing/forecast"}, []string{"github.com/shopspring/decimal"}},
	"alerts/monthend": {[]string{
		"alerts", "alerts/evaluate", "alerts/rules", "alerts/status", "billing", "billing/csvfile", "billing/daily", "billing/lookup", "billing/report", "billing/forecast",
	}, []string{
		"github.com/shopspring/decimal",
	}},
	"alerts/digest": {[]string{
		"alerts", "alerts/check", "alerts/evaluate", "alerts/rules", "alerts/status",
		"billing", "billing/csvfile", "billing/lookup", "billing/report", "billing/forecast",
	}, []string{
		"github.com/shopspring/decimal", "go.uber.org/zap",
	}},
	"internal/billingtest":  {[]string{"billing"}, []string{"github.com/shopspring/decimal", "github.com/google/go-cmp"}},
	"internal/viewtest":     {[]string{"slackapp/blocks"}, []string{"github.com/shopspring/decimal", "github.com/google/go-cmp"}},
	"internal/evaluatetest": {[]string{"alerts", "alerts/evaluate", "alerts/rules", "internal/alertstest"}, []string{"github.com/shopspring/decimal"}},
	"internal/alertstest": {[]string{"alerts", "alerts/rules", "alerts/rulesfile", "billing", "billing/daily", "billing/report", "billing/forecast"}, []string{
		"github.com/shopspring/decimal",
	}},
	"internal/store": {[]string{"alerts", "alerts/answer", "alerts/deliver", "alerts/rules", "billing", "billing/daily", "billing/report", "billing/forecast", "internal/store/engine", "internal/store/query"}, []string{
		"github.com/shopspring/decimal", "github.com/jackc/pgx/v5", "modernc.org/sqlite", "github.com/pressly/goose/v3", "go.uber.org/zap",
	}},
	"internal/store/engine": {[]string{"internal/store/query"}, []string{
		"github.com/jackc/pgx/v5", "modernc.org/sqlite", "github.com/pressly/goose/v3", "go.uber.org/zap",
	}},
	"internal/store/query": {nil, []string{"github.com/jackc/pgx/v5", "github.com/shopspring/decimal"}},
	"slackapp/socket": {nil, []string{
		"github.com/slack-go/slack", "github.com/gorilla/websocket", "go.uber.org/zap", "github.com/cenkalti/backoff/v5", "github.com/hashicorp/golang-lru/v2",
		"github.com/segmentio/encoding/json",
	}},
	"slackapp/blocks": {[]string{"billing"}, []string{"github.com/slack-go/slack", "github.com/mattn/go-runewidth", "github.com/segmentio/encoding/json"}},
	"slackapp/view/phrase": {[]string{
		"slackapp/blocks", "alerts", "alerts/rules", "billing", "billing/report",
	}, drawn},
	"slackapp/view/layout": {[]string{"slackapp/blocks", "slackapp/view/phrase", "billing", "billing/report"}, drawn},
	"slackapp/view/usage": {[]string{
		"slackapp/blocks", "slackapp/view/layout", "slackapp/view/phrase", "alerts/monthend", "billing", "billing/byday", "billing/forecast", "billing/rates", "billing/report",
	}, drawn},
	"slackapp/view/budget": {[]string{
		"slackapp/blocks", "slackapp/view/phrase", "alerts", "alerts/rules", "alerts/status", "billing", "billing/forecast",
	}, drawn},
	"slackapp/view/alert":  {[]string{"slackapp/blocks", "slackapp/view/phrase", "alerts", "alerts/rules", "billing"}, drawn},
	"slackapp/view/digest": {[]string{"slackapp/blocks", "slackapp/view/phrase", "alerts", "billing", "billing/report"}, drawn},
	"slackapp/view": {[]string{
		"slackapp/blocks", "slackapp/view/phrase", "slackapp/view/budget", "slackapp/view/alert", "slackapp/view/digest", "alerts",
	}, drawn},
	"slackapp/view/sampledata": {[]string{"alerts", "alerts/rules", "billing", "billing/report"}, []string{"github.com/shopspring/decimal"}},
	"slackapp/view/samples": {[]string{
		"slackapp/blocks", "slackapp/view", "slackapp/view/phrase", "slackapp/view/usage", "slackapp/view/budget", "slackapp/view/alert",
		"slackapp/view/sampledata", "alerts", "alerts/monthend", "alerts/rules", "alerts/status", "billing", "billing/byday", "billing/report", "billing/forecast", "billing/rates",
	}, drawn},
	"slackapp/command/period": {[]string{"slackapp/blocks", "billing"}, nil},
	"slackapp/command/typed":  {[]string{"slackapp/blocks", "slackapp/command/period", "billing"}, nil},
	"slackapp/command/budget": {[]string{"slackapp/blocks", "slackapp/command/period", "slackapp/command/typed", "billing"}, nil},
	"slackapp/command":        {[]string{"slackapp/blocks", "slackapp/command/period", "slackapp/command/typed", "billing", "billing/report"}, nil},
	"slackapp/access":         {[]string{"slackapp/blocks", "alerts/rules"}, nil},
	"slackapp/webapi": {[]string{
		"slackapp/access", "slackapp/blocks", "slackapp/view", "slackapp/view/phrase", "alerts", "alerts/deliver", "alerts/rules", "billing", "internal/loopback",
	}, []string{"github.com/slack-go/slack", "go.uber.org/zap", "github.com/segmentio/encoding/json", "golang.org/x/sync"}},
	"slackapp": {[]string{
		"slackapp/access", "slackapp/command", "slackapp/command/period", "slackapp/command/budget", "slackapp/webapi",
		"slackapp/socket", "slackapp/blocks", "slackapp/view", "slackapp/view/phrase", "slackapp/view/usage", "slackapp/view/budget", "slackapp/view/alert",
		"alerts", "alerts/answer", "alerts/check", "alerts/deliver", "alerts/monthend", "alerts/rules", "alerts/status",
		"billing", "billing/byday", "billing/csvfile", "billing/daily", "billing/lookup", "billing/rates", "billing/report", "billing/forecast", "internal/loopback",
	}, []string{"github.com/slack-go/slack", "go.uber.org/zap"}},
	"internal/service": {[]string{
		"alerts", "alerts/answer", "alerts/check", "alerts/decide", "alerts/deliver", "alerts/digest", "alerts/evaluate", "alerts/rules", "alerts/rulesfile", "alerts/status",
		"billing", "billing/daily", "billing/fastly", "billing/lookup", "billing/source", "internal/loopback", "internal/ops", "internal/store", "internal/store/engine",
		"slackapp", "slackapp/access", "slackapp/blocks", "slackapp/socket", "slackapp/view/phrase", "slackapp/webapi",
	}, []string{
		"github.com/kelseyhightower/envconfig", "github.com/shopspring/decimal", "github.com/slack-go/slack", "go.uber.org/zap", "golang.org/x/sync",
	}},
	"internal/doctor": {[]string{
		"alerts/evaluate", "alerts/rules", "billing", "billing/fastly", "internal/service", "internal/store", "slackapp/blocks", "slackapp/socket",
		"slackapp/view/phrase", "slackapp/webapi",
	}, []string{"github.com/slack-go/slack"}},
	"internal/ops":               {nil, []string{"github.com/prometheus/client_golang"}},
	"internal/slacksim":          {[]string{"internal/slacksim/blockkit"}, []string{"github.com/gorilla/websocket"}},
	"internal/slacksim/blockkit": {nil, nil},
	"internal/fastlysim":         {[]string{"internal/fastlysim/account", "internal/fastlysim/fault"}, []string{"github.com/shopspring/decimal"}},
	"internal/fastlysim/account": {nil, []string{"github.com/shopspring/decimal"}},
	"internal/fastlysim/fault":   {nil, nil},
	"internal/archtest":          {nil, nil},
	"internal/phrases":           {nil, nil},
	"internal/program":           {nil, nil},
	"internal/wire":              {nil, nil},
	"internal/loopback":          {nil, nil},
	"internal/memnet":            {nil, nil},
	"internal/readback":          {[]string{"slackapp/blocks"}, []string{"github.com/slack-go/slack"}},
	"internal/servicetest": {[]string{
		"internal/fastlysim", "internal/fastlysim/account", "internal/fastlysim/fault", "internal/memnet", "internal/readback", "internal/service", "internal/slacksim", "internal/wire",
		"slackapp/blocks",
	}, []string{"github.com/jackc/pgx/v5", "github.com/shopspring/decimal"}},
	"internal/bench": {[]string{"internal/fastlysim/account", "internal/slacksim", "internal/fastlysim", "internal/program", "internal/store", "alerts"}, []string{
		"github.com/jackc/pgx/v5",
	}},
	"internal/soak": {[]string{"internal/slacksim", "internal/fastlysim", "internal/fastlysim/fault", "internal/program", "internal/soak/clock", "internal/soak/judge", "internal/wire"}, []string{
		"github.com/jackc/pgx/v5",
	}},
	"internal/soak/judge":     {[]string{"internal/slacksim", "internal/fastlysim", "internal/fastlysim/account", "internal/soak/clock"}, []string{"github.com/shopspring/decimal"}},
	"internal/soak/bot":       {[]string{"internal/service", "internal/soak/clock"}, []string{"go.uber.org/zap"}},
	"internal/soak/clock":     {nil, nil},
	"internal/bench/floor":    {nil, []string{"github.com/slack-go/slack"}},
	"internal/bench/reader":   {[]string{"billing", "billing/fastly", "billing/lookup", "billing/report", "billing/source", "internal/store"}, nil},
	"internal/forecastreport": {[]string{"billing", "billing/forecast", "internal/dailyseries"}, []string{"github.com/shopspring/decimal"}},
	"internal/spikereport":    {[]string{"alerts/rules", "alerts/spike", "billing/forecast", "internal/dailyseries"}, []string{"github.com/shopspring/decimal"}},
	"internal/dailyseries":    {nil, nil},
}

// testOnly are modules that no production file may import; packages for tests alone may, such as internal/billingtest.
var testOnly = []string{
	"github.com/google/go-cmp", "pgregory.net/rapid", "go.uber.org/goleak", "github.com/rogpeppe/go-internal",
}

// secondLogger are the logging APIs that no package uses: there is one, which is zap.
var secondLogger = []string{"log", "log/slog", "go.uber.org/zap/exp/zapslog"}

type pkg struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

// pure are the packages that take values and return values: they touch no network, no file, no log and no YAML, and now is an argument.
var pure = []string{
	"alerts/spike",
	"billing", "billing/statement", "billing/csvfile", "billing/ledger", "billing/report", "billing/forecast", "alerts", "alerts/rules", "alerts/evaluate", "alerts/decide",
	"slackapp/command", "slackapp/command/period", "slackapp/command/typed", "slackapp/command/budget",
	"slackapp/blocks", "slackapp/view", "slackapp/view/phrase", "slackapp/view/layout", "slackapp/view/usage", "slackapp/view/budget", "slackapp/view/alert", "slackapp/view/digest",
}

// impure are what a pure package may not import, with everything below it.
var impure = []string{"net", "os", "log", "go.uber.org/zap", "go.yaml.in/yaml"}

// forSignatures are the pure packages that may import context, for the signatures of contracts.
var forSignatures = []string{"billing", "alerts"}

const module = "budgetbot/"

func TestImportsKeepToTheArchitecture(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < len(allowed) {
		t.Fatalf("found only %d packages; the table has %d", len(packages), len(allowed))
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.ImportPath, module)
		row, known := allowed[name]
		if !known && name != "cmd/bot" {
			t.Errorf("%s is not in the table: add it, and say in docs/decisions.md what it is for", name)
			continue
		}
		for _, imported := range p.Imports {
			if slices.ContainsFunc(testOnly, within(imported)) && !strings.HasSuffix(name, "test") {
				t.Errorf("%s imports %s outside its tests", name, imported)
			}
			if slices.Contains(secondLogger, imported) {
				t.Errorf("%s imports %s: the program logs by zap alone", name, imported)
			}
			if name == "cmd/bot" || isStandard(imported) {
				continue
			}
			ours, isOurs := strings.CutPrefix(imported, module)
			if isOurs && !slices.Contains(row.ours, ours) {
				t.Errorf("%s must not import %s", name, ours)
			}
			if !isOurs && !slices.ContainsFunc(row.theirs, within(imported)) {
				t.Errorf("%s must not import %s", name, imported)
			}
		}
	}
}

func TestThePureMiddleTouchesNothing(t *testing.T) {
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if !slices.Contains(pure, name) {
			continue
		}
		for _, imported := range p.Imports {
			if slices.ContainsFunc(impure, within(imported)) && imported != "net/url" {
				t.Errorf("%s is pure and must not import %s", name, imported)
			}
			if imported == "context" && !slices.Contains(forSignatures, name) {
				t.Errorf("%s is pure and must not import context", name)
			}
		}
	}
}

func TestTheTableNamesNoPackageThatIsGone(t *testing.T) {
	var names []string
	for _, p := range listPackages(t) {
		names = append(names, strings.TrimPrefix(p.ImportPath, module))
	}
	for name := range allowed {
		if !slices.Contains(names, name) {
			t.Errorf("the table has a row for %s, which is not there", name)
		}
	}
}

// within reports whether imported is a package of the module.
func within(imported string) func(string) bool {
	return func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") }
}

// isStandard reports whether the import is of the standard library: its first element has no dot and is not ours.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && first != strings.TrimSuffix(module, "/")
}

func listPackages(t *testing.T) []pkg {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("the go command is not on the path")
	}
	command := exec.CommandContext(t.Context(), goTool, "list", "-json=ImportPath,Imports", "./...")
	command.Dir = path.Join("..", "..")
	out, err := command.Output()
	if err != nil {
		t.Fatalf("list packages: %v", err)
	}
	var packages []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read the list of packages: %v", err)
		}
		packages = append(packages, p)
	}
}
