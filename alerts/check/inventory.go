package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// ServiceRecord is a consumer contract of Checker. It remembers which services were seen; the store implements it.
type ServiceRecord interface {
	// SeenServices returns the services seen in the month and those after it, and when each of these months was read
	// to the end, in business time.
	SeenServices(ctx context.Context, since billing.Month) ([]alerts.SeenService, map[billing.Month]time.Time, error)
	// RecordServices replaces what was kept of the month by what was seen in a reading that ended at the instant.
	RecordServices(ctx context.Context, month billing.Month, at time.Time, seen []alerts.SeenService) error
}

const (
	// mostSeen is how many services are told apart. In an account with more, it is unknown which are new.
	mostSeen = 20_000
	// seenEvery is how often the current month is read, and how soon a failed reading is tried again.
	seenEvery = 24 * time.Hour
	// seenTimeout bounds reading one month; leaseLeft is how much of a check's time is kept for the rest of it.
	seenTimeout = 10 * time.Second
	leaseLeft   = 5 * time.Second
)

var errTooManyServices = fmt.Errorf("more than %d services", mostSeen)

// inventory keeps the record of services. A check reads at most one month: the current one once a day, else the newest earlier month that is
// not yet recorded.
type inventory struct {
	record ServiceRecord // nil where there is none
	log    *zap.Logger
	tried  map[billing.Month]time.Time // when reading a month last failed
	broken string                      // why, for a person
}

// look returns what is known of services, if a rule looks for them. past are the rows of the months before.
func (r *inventory) look(ctx context.Context, source billing.Source, rules *rules.Rules, reading evaluate.Reading, past []billing.Usage, now time.Time) evaluate.KnownServices {
	if !rules.LooksForServices() {
		return evaluate.KnownServices{}
	}
	if r.record == nil {
		return evaluate.KnownServices{Unknown: "services are not recorded"}
	}
	first := reading.Month.Add(-evaluate.NewMonths)
	_, whole, err := r.record.SeenServices(ctx, first)
	if err == nil {
		r.seeOne(ctx, source, reading.Month, whole, slices.Concat(reading.Rows, past), now)
	}
	seen, whole, err := r.record.SeenServices(ctx, first)
	if err != nil {
		r.log.Warn("the record of services can't be read", zap.Error(err))
		return evaluate.KnownServices{Unknown: "the record of services can't be read"}
	}
	return evaluate.NewKnown(reading.Month, seen, whole, r.broken)
}

// seeOne reads one month, if one is due.
func (r *inventory) seeOne(ctx context.Context, source billing.Source, month billing.Month, whole map[billing.Month]time.Time, rows []billing.Usage, now time.Time) {
	due, found := r.due(month, whole, now)
	if !found {
		return
	}
	until, bounded := ctx.Deadline()
	if !bounded || time.Until(until)-leaseLeft > seenTimeout {
		until = time.Now().Add(seenTimeout + leaseLeft)
	}
	reads, cancel := context.WithDeadline(ctx, until.Add(-leaseLeft))
	defer cancel()
	seen, err := see(reads, source, due, rows)
	if err == nil {
		err = r.record.RecordServices(ctx, due, now, seen)
	}
	if err != nil {
		r.tried[due], r.broken = now, "the services can't be read: "+alerts.CauseOf(err)
		if errors.Is(err, errTooManyServices) {
			r.broken = fmt.Sprintf("the account has more than %d services", mostSeen)
		}
		r.log.Warn("could not read services", zap.Stringer("month", due), zap.Error(err))
		return
	}
	r.broken = ""
}

// due returns the month to read now.
func (r *inventory) due(month billing.Month, whole map[billing.Month]time.Time, now time.Time) (billing.Month, bool) {
	for n := range evaluate.NewMonths + 1 {
		m := month.Add(-n)
		seenAt, seen := whole[m]
		isDue := !seen || n == 0 && now.Sub(seenAt) >= seenEvery || n > 0 && seenAt.Before(m.End())
		if tried, failed := r.tried[m]; isDue && (!failed || now.Sub(tried).Abs() >= seenEvery) {
			return m, true
		}
	}
	return billing.Month{}, false
}

// see reads the services of every usage type of the month, and adds up what each used of each product.
func see(ctx context.Context, source ServiceSource, month billing.Month, rows []billing.Usage) ([]alerts.SeenService, error) {
	l := evaluate.LedgersOf(rules.Match{}, rows)[month]
	seen := seenUsage{month: month, sums: report.NewSums[seenUnit](0), services: map[evaluate.SeenKey]bool{}}
	var reads sync.WaitGroup
	errs := make([]error, len(l.Used))
	n := 0
	for metric := range l.Used {
		place := n
		n++
		reads.Go(func() {
			query := billing.ServiceQuery{Month: month, Product: metric.Product, UsageType: metric.UsageType}
			if err := source.ServiceUsage(ctx, query, seen.add); err != nil {
				errs[place] = fmt.Errorf("read services of %s for %s: %w", metric.UsageType, month, err)
			}
		})
	}
	reads.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return seen.shares(l), nil
}

// seenUsage adds up what each service used. Pages may be added at once.
type seenUsage struct {
	month    billing.Month
	mu       sync.Mutex
	sums     *report.Sums[seenUnit]
	services map[evaluate.SeenKey]bool
}

// seenUnit is a service of a product in one unit.
type seenUnit struct {
	evaluate.SeenKey
	unit string
}

func (s *seenUsage) add(page []billing.ServiceUsage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range page {
		switch {
		case u.Unread != "" && u.ServiceID == "":
			return &billing.BodyError{Reason: u.Unread}
		case u.Unread == "" && !u.Quantity.IsPositive(): // a service with an unreadable figure is listed, so it was used
			continue
		}
		key := seenUnit{evaluate.SeenKey{Product: u.Product, ID: u.ServiceID}, u.Unit}
		s.sums.Add(key, u)
		if s.services[key.SeenKey] = true; len(s.services) > mostSeen {
			return errTooManyServices
		}
	}
	return nil
}

// shares returns each service's share of its product, in the unit where that share is largest.
func (s *seenUsage) shares(l evaluate.LedgerOf) []alerts.SeenService {
	services := map[evaluate.SeenKey]alerts.SeenService{}
	for key, quantity := range s.sums.All() {
		service := alerts.SeenService{Month: s.month, Product: key.Product, ID: key.ID, Name: s.sums.Name(key), Share: services[key.SeenKey].Share}
		if total := l.Total[evaluate.ProductUnit{Product: key.Product, Unit: key.unit}]; total.IsPositive() {
			service.Share = decimal.Max(service.Share, evaluate.Exactly(quantity.Div(total)))
		}
		services[key.SeenKey] = service
	}
	seen := slices.Collect(maps.Values(services))
	slices.SortFunc(seen, func(a, b alerts.SeenService) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.ID, b.ID))
	})
	return seen
}
