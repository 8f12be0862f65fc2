package check

import (
	"context"
	"time"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// reader reads what a check compares and what explains it, and keeps what changes once a day. One check at a time may use it.
type reader struct {
	config     *CheckerConfig
	usage      billing.Source
	archivist  archivist
	pastErrors errorHistory
	rates      rateBook
}

func (c *Checker) newReader(usage billing.Source) reader {
	return reader{config: &c.CheckerConfig, usage: usage, archivist: archivist{record: c.Record, traffic: c.Traffic, log: c.Log}}
}

// read reads the month for the rules, with what their forecasts need.
func (r *reader) read(ctx context.Context, compared []rules.Rule, month billing.Month, now time.Time) (evaluate.Reading, error) {
	reading, err := Read(ctx, Sources{r.usage, r.config.Bills}, compared, month, now)
	if err != nil {
		return evaluate.Reading{}, err
	}
	reading.Archive = r.archivist.archive(ctx, reading.Closed, month, now)
	reading.ForecastErrors = r.pastErrors.read(ctx, r.config.Ledger, month, now, r.config.Log)
	return reading, nil
}
