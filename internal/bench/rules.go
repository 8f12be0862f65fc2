package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"budgetbot/internal/fastlysim"
)

// measureRules runs the benchmark of the evaluation on one core, where time and CPU are the same, and counts what checks
// with few and with many rules ask of Fastly.
func measureRules(ctx context.Context, b *bench) error {
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkEvaluate$", "-cpu", "1",
		"-count", strconv.Itoa(b.rounds), "./alerts")
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("run the benchmark: %w\n%s", err, out)
	}
	for _, shape := range shapesIn(string(out)) {
		took := median(shape.took)
		b.report.judge("10,000 rules over 5,000 series, rules by "+shape.name, "< 200 ms of CPU", brief(took), took < 200*time.Millisecond)
	}
	few, err := b.callsOfACheck(ctx, 10)
	if err != nil {
		return err
	}
	many, err := b.callsOfACheck(ctx, 10_000)
	if err != nil {
		return err
	}
	b.report.judge("Fastly calls of a check with 10,000 rules, and with 10", "the same", fmt.Sprintf("%d and %d", many, few), many == few)
	return nil
}

// shape is a way to write rules, and how long evaluating those took.
type shape struct {
	name string
	took []time.Duration
}

var benchmarkLine = regexp.MustCompile(`^BenchmarkEvaluate/(\w+)\S*\s+\d+\s+([\d.]+) ns/op`)

func shapesIn(output string) []shape {
	var shapes []shape
	for line := range strings.Lines(output) {
		found := benchmarkLine.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		if n := len(shapes); n == 0 || shapes[n-1].name != found[1] {
			shapes = append(shapes, shape{name: found[1]})
		}
		nanoseconds, _ := strconv.ParseFloat(found[2], 64) // the pattern lets nothing else through
		last := &shapes[len(shapes)-1]
		last.took = append(last.took, time.Duration(nanoseconds))
	}
	return shapes
}

// callsOfACheck counts the calls of one check with so many rules, half of them about single services.
func (b *bench) callsOfACheck(ctx context.Context, rules int) (calls int, err error) {
	server, err := fastlysim.Start(fastlysim.Config{Token: fastlyToken})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	var text strings.Builder
	text.WriteString("rules:\n")
	for i := range rules {
		service := ""
		if i%2 == 1 {
			service = fmt.Sprintf(", service: www-%d", i)
		}
		fmt.Fprintf(&text, "  - {name: rule-%d, product: cdn_usage, usage_type: North America Bandwidth, budget: 5000 TB, channel: C0CDN0001%s}\n",
			i, service)
	}
	file := filepath.Join(b.dir, "many.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		return 0, err
	}
	command := exec.CommandContext(ctx, b.programs["bot"], "check")
	command.Env = []string{
		"HOME=" + b.dir, "FASTLY_API_URL=" + server.URL(), "FASTLY_API_TOKEN=" + fastlyToken, "RULES_FILE=" + file,
		fmt.Sprintf("DATABASE_URL=sqlite://%s", filepath.Join(b.dir, fmt.Sprintf("check-%d.db", rules))),
	}
	if out, err := command.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("check %d rules: %w\n%s", rules, err, out[:min(len(out), 2000)])
	}
	return server.Calls(), nil
}
