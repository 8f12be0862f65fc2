package main

import (
	"time"

	"go.uber.org/zap"

	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/billing/source"
)

// The values of USAGE_SOURCE.
const (
	usageAuto     = "auto"
	usageMetrics  = "metrics"
	usageInvoices = "invoices"
)

// origins say what each value of USAGE_SOURCE fixes.
var origins = map[string]billing.Origin{usageAuto: "", usageMetrics: billing.FromMetrics, usageInvoices: billing.FromInvoices}

// sources is everything that is read from Fastly: usage, from where the account has it, and bills.
type sources struct {
	closers
	usage *source.Cache
	bills *source.BillCache
}

// openSources connects what is read through the client. It reads nothing yet. times are of both caches.
func openSources(c *config, client *fastly.Client, times source.CacheConfig, log *zap.Logger) *sources {
	if times.Now == nil {
		times.Now = time.Now
	}
	s := &sources{bills: source.NewBillCache(client, times)}
	s.add("the bill cache", func() error { s.bills.Close(); return nil })
	invoices := source.NewInvoiceUsage(s.bills.Afresh(), client, times.Now)
	s.add("the usage of invoices", func() error { invoices.Close(); return nil })
	chooser := &source.Chooser{
		Metrics: client, Invoices: invoices, Bills: s.bills, Now: times.Now, Fixed: origins[c.UsageSource],
		Chose: func(choice source.Choice) {
			level := zap.InfoLevel
			if choice.Before != "" {
				level = zap.WarnLevel
			}
			log.Log(level, "usage is read from "+string(choice.Origin), zap.String("reason", choice.Why))
			if choice.Before != "" || choice.Origin != billing.FromMetrics { // usage metrics are what is read before there is a choice
				s.usage.Forget()
			}
		},
	}
	times.Origin = chooser.Origin
	s.usage = source.NewCache(chooser, times)
	s.add("the usage cache", func() error { s.usage.Close(); return nil })
	return s
}
