package service

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/billing/source"
)

// The values of USAGE_SOURCE.
const (
	UsageAuto     = "auto"
	usageMetrics  = "metrics"
	UsageInvoices = "invoices"
)

// origins maps each value of USAGE_SOURCE to the source that it fixes.
var origins = map[string]billing.Origin{UsageAuto: "", usageMetrics: billing.FromMetrics, UsageInvoices: billing.FromInvoices}

// sources is everything that is read from Fastly: usage, from where the account has it, and bills.
type sources struct {
	Fastly   *fastly.Client
	Usage    *source.Cache
	Bills    *source.BillCache
	invoices *source.InvoiceUsage
}

// OpenSources connects what a command reads from Fastly. It reads nothing yet.
func OpenSources(c *Config) (*sources, error) {
	return openSources(c, Options{Log: zap.NewNop(), Now: func() time.Time { return time.Now().UTC() }}, nil)
}

// openSources connects what is read from Fastly; called, which may be nil, hears of every call.
func openSources(c *Config, o Options, called func(fastly.Call)) (*sources, error) {
	log := o.Log.Named("fastly")
	client, err := fastly.NewClient(fastly.ClientConfig{
		BaseURL: c.FastlyAPIURL, Token: c.FastlyAPIToken, UserAgent: "budgetbot/" + Version, Transport: o.Network.transport(), Log: log, Called: called,
	})
	if err != nil {
		return nil, &Misuse{"Fastly's address or token cannot be used: " + err.Error(), "check FASTLY_API_URL and FASTLY_API_TOKEN"}
	}
	s := &sources{Fastly: client, Bills: source.NewBillCache(client, o.Now)}
	s.invoices = source.NewInvoiceUsage(s.Bills.Fresh(), client, o.Now)
	selector := &source.Selector{
		Metrics: client, Invoices: s.invoices, Bills: s.Bills, Now: o.Now, Fixed: origins[c.UsageSource],
		Chose: func(before, chosen billing.Origin, why string) {
			level := zap.InfoLevel
			if before != "" {
				level = zap.WarnLevel
			}
			log.Log(level, "usage is read from "+string(chosen), zap.String("reason", why))
			if before != "" || chosen != billing.FromMetrics { // usage metrics are what is read before there is a choice
				s.Usage.Forget()
			}
		},
	}
	s.Usage = source.NewCache(selector, o.Now, selector.Origin)
	return s, nil
}

// Close ends what is being read.
func (s *sources) Close() {
	s.Usage.Close()
	s.invoices.Close()
	s.Bills.Close()
}

// ReadAccount reads what rules are checked against: usage of the last months and, if there is a money budget, the newest
// bill. If the bill cannot be read, the currency stays unknown.
func (s *sources) ReadAccount(ctx context.Context, rules *rules.Rules, log *zap.Logger) (evaluate.Account, error) {
	var account evaluate.Account
	var asked sync.WaitGroup
	if rules.HaveMoney() {
		asked.Go(func() { account.Bill = s.newestBill(ctx, log) })
	}
	reading, err := s.Usage.Read(ctx, LastMonths(time.Now()))
	asked.Wait()
	account.Rows = reading.Rows
	return account, err
}

func (s *sources) newestBill(ctx context.Context, log *zap.Logger) *billing.Bill {
	reading, err := s.Bills.ReadBills(ctx, LastMonths(time.Now()), time.Now())
	if err != nil {
		log.Warn("rules not held against a bill", zap.Error(err))
	}
	return billing.NewestKnown(reading.Bills)
}

// LastMonths is the range that one call of the usage endpoint covers: this month and the two before.
func LastMonths(now time.Time) billing.Range {
	month := billing.MonthOf(now)
	return billing.Range{First: month.Add(-2), Last: month}
}
