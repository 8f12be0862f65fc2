package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
	return b.measureKept(ctx)
}

// measureKept reads 25 months of every usage type of a usual account, and asks again.
func (b *bench) measureKept(ctx context.Context) (err error) {
	server, err := fastlysim.Start(fastlysim.Config{
		Token: fastlyToken, Latency: 5 * time.Millisecond, Account: account.Account{Services: usualServices},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	file := b.keptIn("usual")
	what := fmt.Sprintf("by service, %d services × 25 months, every usage type", usualServices)
	for _, when := range []string{"read from Fastly", "asked again, of another process"} {
		got, err := b.read(ctx, server, question{months: 25, whole: true, keep: file})
		if err != nil {
			return err
		}
		b.report.say(what+", "+when, fmt.Sprintf("%.1f s, %d calls", got.Seconds, got.calls))
	}
	return b.reportSize(what, file)
}

// usualServices is how many services an account has that is large and not huge.
const usualServices = 1_000

// keptIn names the file in which a reader keeps services.
func (b *bench) keptIn(name string) string { return filepath.Join(b.dir, "services-"+name+".db") }

// reportSize reports how large a file of kept services is.
func (b *bench) reportSize(what, file string) error {
	kept, err := os.Stat(file)
	if err != nil {
		return fmt.Errorf("look at what was kept: %w", err)
	}
	b.report.say(what+": database", mebibytes(uint64(kept.Size())))
	return nil
}

// question is one question by service. Its reader keeps services in the file keep.
type question struct {
	months, page, parallel int
	whole                  bool
	keep                   string
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
	if _, err := b.read(ctx, server, question{months: 12, page: 100}); err != nil { // the account is generated as it is read
		return err
	}
	var years, again, months, smallMonths []reading
	file := ""
	for round := range b.rounds {
		file = b.keptIn(fmt.Sprint(revision, round))
		for _, one := range []struct {
			to *[]reading
			question
		}{
			{&years, question{months: 12, keep: file}},
			{&again, question{months: 12, keep: file}},
			{&months, question{months: 1, parallel: 1}},
			{&smallMonths, question{months: 1, page: 100, parallel: 1}},
		} {
			got, err := b.read(ctx, server, one.question)
			if err != nil {
				return err
			}
			*one.to = append(*one.to, got)
		}
	}
	what := b.reportServices(name, years, months, smallMonths)
	seconds := median(each(again, func(r reading) float64 { return r.Seconds }))
	calls := again[len(again)-1].calls
	b.report.judge(what+": asked again, of another process", "no call by service", fmt.Sprintf("%.1f s, %d calls of the account", seconds, calls), calls <= 12)
	live := quantile(each(again, func(r reading) uint64 { return r.LiveHeap }), 1)
	b.report.judge(what+": asked again, live heap at most", "< 96 MiB", mebibytes(live), live < 96<<20)
	return b.reportSize(what, file)
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
func (b *bench) read(ctx context.Context, server *fastlysim.Server, q question) (reading, error) {
	command := exec.CommandContext(ctx, b.programs["reader"], "-months", strconv.Itoa(q.months),
		"-page", strconv.Itoa(q.page), "-parallel", strconv.Itoa(q.parallel), "-whole="+strconv.FormatBool(q.whole), "-keep", q.keep)
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

// reportServices reports a year, and returns what it calls it.
func (b *bench) reportServices(name string, years, months, smallMonths []reading) string {
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
	return what
}

func each[T any](readings []reading, of func(reading) T) []T {
	values := make([]T, len(readings))
	for i, r := range readings {
		values[i] = of(r)
	}
	return values
}
