package alerts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// SeenService is that a service used a product in a month, and how much of it that was, of the unit of which it was most.
type SeenService struct {
	Month    billing.Month
	Product  string
	ID, Name string
	Share    decimal.Decimal
}

// ServiceRecord is a consumer contract of Checker. It models the memory of which services were seen; the store keeps it.
type ServiceRecord interface {
	// SeenServices returns which services were seen in the month and those after it, and when each of these months was looked through
	// to the end, in business time.
	SeenServices(ctx context.Context, since billing.Month) ([]SeenService, map[billing.Month]time.Time, error)
	// RecordServices keeps what was seen of a month that was looked through to the end at that instant, in place of what was kept of it.
	RecordServices(ctx context.Context, month billing.Month, at time.Time, seen []SeenService) error
}

const (
	// mostSeen is how many services are told apart. Of an account with more it is not known which are new.
	mostSeen = 20_000
	// seenEvery is how often the month that runs is looked through, and what failed is tried again.
	seenEvery = 24 * time.Hour
	// seenTimeout bounds looking through one month, and leaseLeft is what of a check's time is left alone.
	seenTimeout = 10 * time.Second
	leaseLeft   = 5 * time.Second
)

var errTooManyServices = fmt.Errorf("more than %d services", mostSeen)

// roll keeps the record of services: one month is looked through in a check, the one that runs once a day, else the newest of those
// before that was not yet.
type roll struct {
	record ServiceRecord // nil where there is none
	log    *zap.Logger
	tried  map[billing.Month]time.Time // what failed, and when
	broken string                      // why, for a person
}

// look returns what is known of services, where a rule looks for them. past are the rows of the months before.
func (r *roll) look(ctx context.Context, source billing.Source, rules *rules.Rules, reading Reading, past []billing.Usage, now time.Time) knownServices {
	if !rules.LooksForServices() {
		return knownServices{}
	}
	if r.record == nil {
		return knownServices{unknown: "services are not recorded here"}
	}
	first := reading.Month.Add(-newMonths)
	_, whole, err := r.record.SeenServices(ctx, first)
	if err == nil {
		r.seeOne(ctx, source, reading.Month, whole, slices.Concat(reading.Rows, past), now)
	}
	seen, whole, err := r.record.SeenServices(ctx, first)
	if err != nil {
		r.log.Warn("the record of services could not be read", zap.Error(err))
		return knownServices{unknown: "the record of services could not be read"}
	}
	return newKnown(reading.Month, seen, whole, r.broken)
}

// seeOne looks through one month, if one is due.
func (r *roll) seeOne(ctx context.Context, source billing.Source, month billing.Month, whole map[billing.Month]time.Time, rows []billing.Usage, now time.Time) {
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
		r.tried[due], r.broken = now, "services could not be read: "+causeOf(err)
		if errors.Is(err, errTooManyServices) {
			r.broken = fmt.Sprintf("the account has more than %d services", mostSeen)
		}
		r.log.Warn("services could not be looked through", zap.Stringer("month", due), zap.Error(err))
		return
	}
	r.broken = ""
}

// due returns the month to look through now.
func (r *roll) due(month billing.Month, whole map[billing.Month]time.Time, now time.Time) (billing.Month, bool) {
	for n := range newMonths + 1 {
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
func see(ctx context.Context, source ServiceSource, month billing.Month, rows []billing.Usage) ([]SeenService, error) {
	l := ledgersOf(rules.Match{}, rows)[month]
	seen := seenUsage{month: month, used: map[seenKey]map[string]decimal.Decimal{}, names: map[string]string{}}
	var reads sync.WaitGroup
	errs := make([]error, len(l.used))
	n := 0
	for metric := range l.used {
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
	month billing.Month
	mu    sync.Mutex
	used  map[seenKey]map[string]decimal.Decimal // by unit
	names map[string]string
}

type seenKey struct{ product, id string }

func (s *seenUsage) add(page []billing.ServiceUsage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range page {
		switch {
		case u.Unread != "" && u.ServiceID == "":
			return &billing.BodyError{Reason: u.Unread}
		case u.Unread == "" && !u.Quantity.IsPositive(): // one whose figure cannot be read is listed, and so was used
			continue
		}
		key := seenKey{u.Product, u.ServiceID}
		if s.used[key] == nil {
			s.used[key] = map[string]decimal.Decimal{}
		}
		s.used[key][u.Unit] = s.used[key][u.Unit].Add(u.Quantity)
		s.names[u.ServiceID] = u.ServiceName
	}
	if len(s.used) > mostSeen {
		return errTooManyServices
	}
	return nil
}

// shares returns how much of its product each service made, of the unit of which that is most.
func (s *seenUsage) shares(l ledgerOf) []SeenService {
	seen := make([]SeenService, 0, len(s.used))
	for key, units := range s.used {
		share := decimal.Decimal{}
		for unit, quantity := range units {
			if total := l.total[productUnit{key.product, unit}]; total.IsPositive() {
				share = decimal.Max(share, exactly(quantity.Div(total)))
			}
		}
		seen = append(seen, SeenService{s.month, key.product, key.id, s.names[key.id], share})
	}
	slices.SortFunc(seen, func(a, b SeenService) int { return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.ID, b.ID)) })
	return seen
}

// knownServices are the services of the months that were looked through to the end.
type knownServices struct {
	months map[billing.Month]map[seenKey]SeenService
	ids    map[billing.Month]map[string]bool
	seenAt time.Time // the month that runs
	// unknown is why nothing is known, for a person.
	unknown string
}

// newKnown takes what was seen of the month that runs, and of those before that were looked through after their end. broken is why
// the others were not, if that is known.
func newKnown(now billing.Month, seen []SeenService, whole map[billing.Month]time.Time, broken string) knownServices {
	k := knownServices{
		months: map[billing.Month]map[seenKey]SeenService{}, ids: map[billing.Month]map[string]bool{}, seenAt: whole[now], unknown: broken,
	}
	for month, seenAt := range whole {
		if month == now || !seenAt.Before(month.End()) {
			k.months[month], k.ids[month] = map[seenKey]SeenService{}, map[string]bool{}
		}
	}
	for _, s := range seen {
		if k.months[s.Month] != nil {
			k.months[s.Month][seenKey{s.Product, s.ID}], k.ids[s.Month][s.ID] = s, true
		}
	}
	return k
}

// missing is why services cannot be told by the months before; empty where they can.
func (k knownServices) missing(month billing.Month, before int) string {
	if k.months[month] == nil {
		return cmp.Or(k.unknown, "services were not looked through yet")
	}
	for n := range before {
		if m := month.Add(-n - 1); k.months[m] == nil {
			return cmp.Or(k.unknown, fmt.Sprintf("I know services since %s only, and %d months are needed", m.Add(1), before))
		}
	}
	return ""
}

// findNew returns the services that are used in the month and were not in the six before, of any product.
func (k knownServices) findNew(rule *rules.Rule, month billing.Month) found {
	if !slices.Contains(rule.Of, rules.SubjectService) {
		return found{}
	}
	if why := k.missing(month, newMonths); why != "" {
		return found{unknown: why}
	}
	var f found
	for _, s := range k.months[month] {
		before := false
		for n := range newMonths {
			before = before || k.ids[month.Add(-n-1)][s.ID]
		}
		if !before && rules.Glob(rule.Match.Product, s.Product) {
			f.add(rule, s.thing())
		}
	}
	return f
}

// findVanished returns the services that used a product in each of the three months before, and none of it in this one.
func (k knownServices) findVanished(rule *rules.Rule, month billing.Month) found {
	if !slices.Contains(rule.Of, rules.SubjectService) {
		return found{}
	}
	if why := k.missing(month, goneMonths); why != "" {
		return found{unknown: why}
	}
	if k.seenAt.Sub(month.Start()) < youngDays*24*time.Hour {
		return found{unknown: fmt.Sprintf("too early to tell: services are looked for from %d days on", youngDays)}
	}
	var f found
	steady, gone := 0, 0
	for key, s := range k.months[month.Add(-1)] {
		was := true
		for n := range goneMonths {
			before, used := k.months[month.Add(-n-1)][key]
			was = was && used
			s.Share = decimal.Min(s.Share, before.Share)
		}
		if !was || !rules.Glob(rule.Match.Product, s.Product) {
			continue
		}
		steady++
		if _, used := k.months[month][key]; !used {
			gone++
			f.add(rule, s.thing())
		}
	}
	if 2*gone > steady && gone > 1 {
		return found{unknown: fmt.Sprintf("%d of %d services are not listed in %s: what Fastly tells may not be whole", gone, steady, month)}
	}
	return f
}

func (k knownServices) isUsed(t Thing, month billing.Month) bool {
	_, used := k.months[month][seenKey{t.Product, t.ID}]
	return used
}

func (s SeenService) thing() Thing {
	return Thing{Subject: rules.SubjectService, Product: s.Product, Name: billing.Called(s.Name, s.ID), ID: s.ID, Share: s.Share}
}
