package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
)

// manyServices gives each month more than a hundred thousand services with usage in one region.
const manyServices = 150_000

// reading is what came of one question by service.
type reading struct {
	Seconds  float64 `json:"seconds"`
	Services int     `json:"services"`
	LiveHeap uint64  `json:"live_heap"`
	Resident uint64  `json:"resident"`
	calls    int
}

// measureServices asks for a year of a hundred thousand services, of a Fastly of either revision, beside the calls of one
// month after one another, which is a twelfth of the year's.
func measureServices(ctx context.Context, b *bench) error {
	for _, contract := range []struct {
		name     string
		revision fastlysim.Revision
	}{{"pages of 100 at most", fastlysim.Seed}, {"larger pages", fastlysim.Current}} {
		if err := b.measureContract(ctx, contract.name, contract.revision); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) measureContract(ctx context.Context, name string, revision fastlysim.Revision) (err error) {
	server, err := fastlysim.Start(fastlysim.Config{
		Token: fastlyToken, Revision: revision, Latency: 5 * time.Millisecond,
		Account: account.Account{Services: manyServices, Types: northAmerica()},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if _, err := b.read(ctx, server, 12, 100, 0); err != nil { // the account is generated as it is read
		return err
	}
	var years, months, smallMonths []reading
	for range b.rounds {
		for _, one := range []struct {
			to                       *[]reading
			months, page, inParallel int
		}{{&years, 12, 0, 0}, {&months, 1, 0, 1}, {&smallMonths, 1, 100, 1}} {
			got, err := b.read(ctx, server, one.months, one.page, one.inParallel)
			if err != nil {
				return err
			}
			*one.to = append(*one.to, got)
		}
	}
	b.reportServices(name, years, months, smallMonths)
	return nil
}

func northAmerica() []account.UsageType {
	for _, usageType := range account.DefaultUsageTypes() {
		if usageType.Name == "North America Bandwidth" {
			return []account.UsageType{usageType}
		}
	}
	return nil
}

// read lets a process of its own answer the question.
func (b *bench) read(ctx context.Context, server *fastlysim.Server, months, page, parallel int) (reading, error) {
	command := exec.CommandContext(ctx, b.programs["reader"], "-months", strconv.Itoa(months),
		"-page", strconv.Itoa(page), "-parallel", strconv.Itoa(parallel))
	command.Env = []string{"FASTLY_API_URL=" + server.URL(), "FASTLY_API_TOKEN=" + fastlyToken}
	server.Forget()
	out, err := command.Output()
	if err != nil {
		if failed, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, failed.Stderr)
		}
		return reading{}, fmt.Errorf("read by service: %w", err)
	}
	var got reading
	if err := json.Unmarshal(out, &got); err != nil {
		return reading{}, fmt.Errorf("read the result: %w", err)
	}
	got.calls = server.Calls()
	return got, nil
}

func (b *bench) reportServices(name string, years, months, smallMonths []reading) {
	seconds := func(r reading) float64 { return r.Seconds }
	year := median(each(years, seconds))
	last := years[len(years)-1]
	what := fmt.Sprintf("by service, %d services × 12 months, %s", last.Services, name)
	b.report.say(what+": a year", fmt.Sprintf("%.1f s, %d calls", year, last.calls))
	small := 12 * median(each(smallMonths, seconds)) / year
	b.report.judge(what+", against pages of 100 one after another", "≥ 8", fmt.Sprintf("%.1f", small), small >= 8)
	if same := 12 * median(each(months, seconds)) / year; last.calls < 12*smallMonths[0].calls/2 {
		b.report.say(what+", against the same large pages one after another", fmt.Sprintf("%.1f", same))
	}
	live := quantile(each(years, func(r reading) uint64 { return r.LiveHeap }), 1)
	b.report.judge(what+": live heap at most", "< 96 MiB", mebibytes(live), live < 96<<20)
	b.report.say(what+": resident at most", mebibytes(quantile(each(years, func(r reading) uint64 { return r.Resident }), 1)))
}

func each[T any](readings []reading, of func(reading) T) []T {
	values := make([]T, len(readings))
	for i, r := range readings {
		values[i] = of(r)
	}
	return values
}
