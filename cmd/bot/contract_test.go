package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"budgetbot/alerts/rulesfile"
	"budgetbot/internal/ops"
	"budgetbot/internal/service"
)

// contractFile lists what people's scripts, dashboards, rules files and open Slack messages rely on.
const contractFile = "testdata/contract.txt"

// TestTheContract fails where a name that somebody outside relies on goes or changes. A name that is added is added to the file.
func TestTheContract(t *testing.T) {
	var list []string
	add := func(kind string, names []string) {
		if len(names) == 0 {
			t.Fatalf("found no %s", kind)
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			list = append(list, kind+" "+name)
		}
	}
	add("command", commandsBelow(rootCommand()))
	add("environment", environmentNames())
	add("metric", metricNames(t))
	add("rules key", rulesKeys(t))
	add("action", actionIDs(t))
	got := strings.Join(list, "\n") + "\n"
	if *update {
		if err := os.WriteFile(contractFile, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the contract with the outside has changed (-was +is):\n%s", diff)
	}
}

// commandsBelow are the command and its subcommands, each alone and with each of its flags.
func commandsBelow(cmd *cobra.Command) []string {
	path := strings.TrimSpace(strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()))
	names := []string{strings.TrimSpace("budgetbot " + path)}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		names = append(names, fmt.Sprintf("%s --%s (%s)", names[0], f.Name, f.Value.Type()))
	})
	for _, below := range cmd.Commands() {
		names = append(names, commandsBelow(below)...)
	}
	return names
}

func environmentNames() []string {
	var names []string
	config := reflect.TypeFor[service.Config]()
	for i := range config.NumField() {
		tag := config.Field(i).Tag
		name := tag.Get("envconfig")
		if name == "" {
			continue
		}
		names = append(names, name)
		if tag.Get("secret") != "" {
			names = append(names, name+"_FILE")
		}
	}
	return names
}

var descForm = regexp.MustCompile(`fqName: "([^"]*)".*variableLabels: \{([^}]*)\}`)

// metricNames are the metrics of the counters and of the state, each with its labels.
func metricNames(t *testing.T) []string {
	t.Helper()
	collectors := []prometheus.Collector{ops.NewCollector(nil, nil)}
	metrics := reflect.ValueOf(ops.NewMetrics()).Elem()
	for i := range metrics.NumField() {
		if collector, ok := metrics.Field(i).Interface().(prometheus.Collector); ok && metrics.Type().Field(i).Name != "Registry" {
			collectors = append(collectors, collector)
		}
	}
	descriptions := make(chan *prometheus.Desc, 1000)
	for _, collector := range collectors {
		collector.Describe(descriptions)
	}
	close(descriptions)
	var names []string
	for desc := range descriptions {
		parts := descForm.FindStringSubmatch(desc.String())
		if parts == nil {
			t.Fatalf("cannot read %s", desc)
		}
		names = append(names, strings.TrimSpace(parts[1]+" "+parts[2]))
	}
	return names
}

// rulesKeys are the keys of each mapping, as the loader lists them where it meets one that it does not know.
func rulesKeys(t *testing.T) []string {
	t.Helper()
	_, err := rulesfile.Load("rules.yaml", []byte(`{zz: 1, planned: [{zz: 1}], access: {zz: 1}, operators: {zz: 1}, defaults: {zz: 1}, teams: {a: {zz: 1}},
		rules: [{zz: 1, change: {zz: 1}}], digests: [{zz: 1}]}`))
	var names []string
	for _, list := range regexp.MustCompile(`in (.*); known are (.*)`).FindAllStringSubmatch(fmt.Sprint(err), -1) {
		for key := range strings.SplitSeq(list[2], ", ") {
			names = append(names, key+" in "+list[1])
		}
	}
	return names
}

// idConstant is the name of a constant that holds an id which Slack gives back from a message or a modal that is open already.
var idConstant = regexp.MustCompile(`^[aA]ction[A-Z]|^Reason(Modal|Block|Input)$`)

func actionIDs(t *testing.T) []string {
	t.Helper()
	var ids []string
	err := filepath.WalkDir("../../slackapp", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !idConstant.MatchString(spec.Names[0].Name) || len(spec.Values) == 0 {
				return true
			}
			if text, ok := spec.Values[0].(*ast.BasicLit); ok {
				id, _ := strconv.Unquote(text.Value) // the parser has read it
				ids = append(ids, id)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
