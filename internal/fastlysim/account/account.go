package account

import (
	"cmp"
	"time"
)

// Account describes a made-up customer. The same Account has the same figures
// in every run, and a closed month does not change as the clock moves on.
type Account struct {
	// CustomerID stands in every answer by service.
	CustomerID string
	// Seed varies noise, ids and who uses what; 1 when zero.
	Seed uint64
	// Services is how many services there are; 400 when zero. The service of
	// rank n is about 1/n as large as the first.
	Services int
	// Names are the names of the largest services, largest first; the rest are
	// made up. It may be longer than Services.
	Names []string
	// First is the first month with data, written YYYY-MM; 2022-01 when empty.
	First string
	// Types are the usage types; DefaultUsageTypes when nil.
	Types []UsageType
	// Growth is added to the monthly growth of every type: 0.01 is one per cent
	// a month.
	Growth float64
	// Jumps are the stories of the account.
	Jumps []Jump
	// Invoices makes it an account that gets invoices; without it the list of
	// invoices is empty, and there is no month-to-date estimate.
	Invoices *Invoicing
}

// UsageType is something that is measured and billed.
type UsageType struct {
	// ProductID, Name, Region and Unit are as in [Row]; a service's usage type is
	// asked for by Name.
	ProductID, Name, Region, Unit string
	// Power makes the billed unit ten to that power of the raw one: 4 bills
	// requests by 10,000, and 9 bytes by the gigabyte.
	Power int32
	// Growth is the growth of a day's figure from month to month: 0.01 is one
	// per cent. It counts from the nearest anchor.
	Growth float64
	// Anchors are raw totals of months, written YYYY-MM, that come out exactly so
	// as long as no jump or restatement touches them. At least one is needed. A
	// total below two raw units for each service and day is raised to that; 1e16
	// is the most.
	Anchors map[string]int64
	// Price is what invoices charge for it.
	Price Price
}

// Jump multiplies the usage of one service from a day on.
type Jump struct {
	// Service is the name of the service.
	Service string
	// From is the first day that is changed, in UTC.
	From time.Time
	// Factor is what a day's usage is multiplied by, kept to three decimals:
	// 0 ends it, and 100 is the most, also for several jumps together.
	Factor float64
	// ProductID, UsageType and Region narrow the jump; empty ones do not.
	ProductID, UsageType, Region string
}

// WithDefaults fills what is not set.
func (a Account) WithDefaults() Account {
	a.CustomerID = cmp.Or(a.CustomerID, "4tKp8ZrVw2QxLm6Yd0Hs9b")
	a.Seed = cmp.Or(a.Seed, 1)
	a.Services = cmp.Or(a.Services, 400)
	a.First = cmp.Or(a.First, "2022-01")
	if a.Types == nil {
		a.Types = DefaultUsageTypes()
	}
	if a.Names == nil {
		a.Names = DefaultServiceNames()
	}
	return a
}
