package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/slacksim"
)

const (
	wideServices = 2_000 // in pages of 100 a year of one usage type takes 240 calls
	wideCall     = 300 * time.Millisecond
	wideWithin   = 3 * time.Minute // that the last question is answered
	aloneFor     = 20 * time.Second
	checkWithin  = 2 * time.Minute
	looksEvery   = 50 * time.Millisecond
)

// wideRules have a check read services as well as usage.
const wideRules = rules + `  - {name: shop-bandwidth, product: cdn_usage, usage_type: North America Bandwidth, service: www-shop, budget: 5000 TB}
`

// wideTypes are what twelve questions ask for; no two read the same.
var wideTypes = func() (names []string) {
	for _, place := range []string{"Asia", "Australia", "Europe", "North America", "South America"} {
		names = append(names, place+" Bandwidth", place+" Requests")
	}
	return append(names, "Compute Requests", "Image Optimizer Requests")
}()

// measureLanes asks for years by service, of a slow Fastly, and measures how long another person and a check wait meanwhile.
func measureLanes(ctx context.Context, b *bench) (err error) {
	dir := filepath.Join(b.dir, "lanes")
	file := filepath.Join(b.dir, "lanes.yaml")
	if err := os.WriteFile(file, []byte(wideRules), 0o600); err != nil {
		return err
	}
	account := fastlysim.Config{Revision: fastlysim.Seed, Latency: wideCall, Account: account.Account{Services: wideServices}}
	w, err := b.open(ctx, "bot", dir, account, "CHECK_INTERVAL=1s", "RULES_FILE="+file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if _, _, _, err := w.types(ctx, bystander, "/budget", ""); err != nil { // opens what is opened once
		return err
	}
	alone, err := w.watchChecks(ctx, func(ctx context.Context) error { return rest(ctx, aloneFor) })
	if err != nil {
		return err
	}
	b.report.say("nobody asks: longest from one check's end to the next, due every second", brief(alone.longest))
	for i, c := range []struct{ questions, people int }{{1, 1}, {6, 1}, {12, 1}, {12, 12}} {
		if err := b.lane(ctx, w, 2022+i, c.questions, c.people, alone.longest); err != nil {
			return err
		}
	}
	return nil
}

// bystander asks nothing wide.
var bystander = person(senders - 1)

// lane is one row's world: so many wide questions of a year, by so many people.
func (b *bench) lane(ctx context.Context, w *world, year, questions, people int, alone time.Duration) error {
	what := fmt.Sprintf("wide questions of as many people: %d", questions)
	if people == 1 {
		what = fmt.Sprintf("wide questions of one person: %d", questions)
	}
	before, err := w.metrics(ctx)
	if err != nil {
		return err
	}
	var waits []time.Duration
	var took time.Duration
	lost := 0
	checked, err := w.watchChecks(ctx, func(ctx context.Context) (err error) {
		began := time.Now()
		asked, err := w.askWide(ctx, year, questions, people)
		if err != nil {
			return err
		}
		ended := make(chan int, 1)
		go func() { ended <- unanswered(ctx, asked) }()
		waits, lost, err = w.budgetUntil(ctx, ended)
		took = time.Since(began)
		return err
	})
	if err != nil {
		return err
	}
	after, err := w.metrics(ctx)
	if err != nil {
		return err
	}
	worst := quantile(waits, 1)
	b.report.judge(what+"; another's /budget, worst", "≤ 1 s", fmt.Sprintf("%s (median %s, %d times in %s)",
		brief(worst), brief(median(waits)), len(waits), brief(took)), worst <= time.Second)
	ratio := checked.longest.Seconds() / alone.Seconds()
	b.report.judge(what+"; longest from one check's end to the next, against when nobody asks", "≤ 1.5",
		fmt.Sprintf("%.2f (%s, %d checks, %d failed)", ratio, brief(checked.longest), checked.ended, checked.failed), ratio <= 1.5 && checked.failed == 0)
	b.report.judge(what+"; without an answer in the end", "0", fmt.Sprintf("%d (%s)", lost, outcomes(before, after)), lost == 0)
	return nil
}

// askWide asks the questions in turn, each as soon as the one before is acknowledged.
func (w *world) askWide(ctx context.Context, year, questions, people int) ([]*slacksim.Invocation, error) {
	var asked []*slacksim.Invocation
	for n := range questions {
		text := fmt.Sprintf("%d-01..%d-12 %q by service", year, year, wideTypes[n])
		one, err := w.slack.Command(ctx, slacksim.Slash{User: person(n % people), Channel: "C0CDN0001", Command: "/usage", Text: text})
		if err != nil {
			return nil, err
		}
		outcome, err := one.Outcome(ctx)
		if err != nil {
			return nil, err
		}
		if outcome.Result != slacksim.Acknowledged {
			return nil, fmt.Errorf("%w: %s", errRefused, outcome.Result)
		}
		asked = append(asked, one)
	}
	return asked, nil
}

// unanswered waits until each question has its answer, and counts those that have none in time.
func unanswered(ctx context.Context, asked []*slacksim.Invocation) int {
	ctx, cancel := context.WithTimeout(ctx, wideWithin)
	defer cancel()
	lost := 0
	for _, one := range asked {
		for n := 1; ; n++ {
			answer, err := one.WaitAnswer(ctx, n)
			if err != nil {
				lost++
				break
			}
			if !isPromise(answer) {
				break
			}
		}
	}
	return lost
}

// isPromise distinguishes the promise of an answer from the answer.
func isPromise(m slacksim.Message) bool {
	return strings.Contains(m.Text, "Working on it") || strings.Contains(m.Text, "This one starts when")
}

// budgetUntil lets a bystander type /budget again and again until the questions have ended, and at least once.
func (w *world) budgetUntil(ctx context.Context, ended <-chan int) (waits []time.Duration, lost int, err error) {
	for {
		_, took, _, err := w.types(ctx, bystander, "/budget", "")
		if err != nil {
			return waits, lost, fmt.Errorf("somebody else's /budget: %w\n%s", err, w.program.LastWords())
		}
		waits = append(waits, took)
		select {
		case lost = <-ended:
			return waits, lost, nil
		default:
		}
		if err := rest(ctx, looksEvery); err != nil {
			return waits, lost, err
		}
	}
}

// checks are those that ended while something went on.
type checks struct {
	ended, failed int
	longest       time.Duration // from one's end to the next
}

// watchChecks calls do as soon as a check has ended, and watches the program's metrics for the ends of others until the first one after do.
func (w *world) watchChecks(ctx context.Context, do func(context.Context) error) (checks, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := w.nextCheck(ctx); err != nil {
		return checks{}, err
	}
	over := make(chan struct{})
	var doErr error
	go func() {
		defer close(over)
		doErr = do(ctx)
	}()
	var seen checks
	var err error
	for isOver := false; err == nil && !isOver; {
		var one checks
		one, err = w.nextCheck(ctx)
		seen = checks{seen.ended + one.ended, seen.failed + one.failed, max(seen.longest, one.longest)}
		select {
		case <-over:
			isOver = true
		default:
		}
	}
	cancel()
	<-over
	return seen, errors.Join(err, doErr)
}

// nextCheck waits until a check has ended well. Those that failed before are counted.
func (w *world) nextCheck(ctx context.Context) (checks, error) {
	const good, bad = `budgetbot_checks_total{outcome="ok"}`, `budgetbot_checks_total{outcome="failed"}`
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	began := time.Now()
	first, err := w.metrics(ctx)
	if err != nil {
		return checks{}, err
	}
	for now := first; ; {
		if now[good] > first[good] {
			return checks{int(now[good] - first[good]), int(now[bad] - first[bad]), time.Since(began)}, nil
		}
		if err := rest(ctx, looksEvery); err != nil {
			return checks{}, fmt.Errorf("no check ends: %w\n%s", err, w.program.LastWords())
		}
		if now, err = w.metrics(ctx); err != nil {
			return checks{}, err
		}
	}
}

// outcomes is how the questions ended that ended meanwhile.
func outcomes(before, after map[string]float64) string {
	var parts []string
	for name, now := range after {
		labels, found := strings.CutPrefix(name, "budgetbot_requests_total{outcome=\"")
		outcome, what, _ := strings.Cut(labels, "\",what=")
		if more := now - before[name]; found && what == `"usage"}` && more > 0 {
			parts = append(parts, fmt.Sprintf("%.0f %s", more, outcome))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// metrics reads what the program reports of itself, by name and labels.
func (w *world) metrics(ctx context.Context) (map[string]float64, error) {
	address, err := w.healthAddress()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		at := strings.LastIndexByte(lines.Text(), ' ')
		if value, err := strconv.ParseFloat(lines.Text()[at+1:], 64); err == nil && at > 0 {
			values[lines.Text()[:at]] = value
		}
	}
	return values, errors.Join(lines.Err(), response.Body.Close())
}
