package fault

// Paths that faults are for.
const (
	UsagePath       = "/billing/v3/usage-metrics"
	ServicePath     = "/billing/v3/service-usage-metrics"
	InvoicesPath    = "/billing/v3/invoices"
	MonthToDatePath = InvoicesPath + "/month-to-date"
)
