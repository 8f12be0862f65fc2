package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
)

const callTakes = 100 * time.Millisecond

// measureLatency asks for months that were never asked for, from the command to the answer, beside single calls.
func measureLatency(ctx context.Context, b *bench) (err error) {
	account := fastlysim.Config{Latency: callTakes, Account: account.Account{First: "1990-01"}}
	w, err := b.open(ctx, "bot", filepath.Join(b.dir, "latency"), account)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if _, _, _, err := w.ask(ctx, person(0), "help"); err != nil {
		return err
	}
	var year, month []float64
	for i := range b.rounds {
		call, err := w.oneCall(ctx)
		if err != nil {
			return err
		}
		_, took, _, err := w.ask(ctx, person(0), fmt.Sprintf("%d-01..%d-12 cdn_usage", 2012+2*(i%6), 2012+2*(i%6)))
		if err != nil {
			return err
		}
		year = append(year, took.Seconds()/call.Seconds())
		if _, took, _, err = w.ask(ctx, person(0), fmt.Sprintf("%d-07 cdn_usage", 2013+2*(i%6))); err != nil {
			return err
		}
		month = append(month, took.Seconds()/call.Seconds())
	}
	report := func(what, target string, most float64, ratios []float64) {
		ratio := median(ratios)
		b.report.judge("first uncached answer, "+what+", against one call of 100 ms", target,
			fmt.Sprintf("%.2f (worst %.2f)", ratio, quantile(ratios, 1)), ratio <= most)
	}
	report("12 months", "≤ 1.3", 1.3, year)
	report("one month", "≤ 1.1", 1.1, month)
	return nil
}

// oneCall measures what the least call takes over a connection that is open.
func (w *world) oneCall(ctx context.Context) (time.Duration, error) {
	address := w.fastly.URL() + fastlysim.UsagePath + "?" + url.Values{"start_month": {"2023-01"}, "end_month": {"2023-01"}}.Encode()
	var took time.Duration
	for range 2 { // the first opens the connection
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return 0, err
		}
		request.Header.Set("Fastly-Key", fastlyToken)
		began := time.Now()
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(io.Discard, response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return 0, err
		}
		took = time.Since(began)
	}
	return took, nil
}
