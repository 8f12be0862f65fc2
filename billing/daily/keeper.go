package daily

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"budgetbot/billing"
)

// Statistics is a consumer contract of Keeper. It models Fastly's statistics by day; fastly.Client is one.
type Statistics interface {
	// DailyTraffic returns the traffic of every region and whole UTC day from the day of from up to the day before to.
	DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error)
	// DailyServices hands the traffic of every service to page, a window of the days at a time, in their order.
	DailyServices(ctx context.Context, days billing.Days, page func(billing.Days, []billing.DayTraffic) error) error
}

// Book is a consumer contract of Keeper. It models where days are kept; the store is one.
type Book interface {
	// DayMonths returns the months with days of a kind that are kept, in order.
	DayMonths(ctx context.Context, kind Kind) ([]MonthState, error)
	// KeepDays keeps a page in place of what was kept of its days.
	KeepDays(ctx context.Context, page Page) error
	// DaysFailed returns why the newest reading of days of a kind failed, and when; it has no reason if that succeeded.
	DaysFailed(ctx context.Context, kind Kind) (why string, at time.Time, err error)
	// UnnamedServices returns the ids of the services with days of the month whose names are not known.
	UnnamedServices(ctx context.Context, month billing.Month) ([]string, error)
	// KeepServiceNames keeps what services are called, by their ids.
	KeepServiceNames(ctx context.Context, at time.Time, names map[string]string) error
}

// Names is a consumer contract of Keeper. It models the usage of services, which has their names: statistics have ids alone.
type Names interface {
	// NamedServices hands what services used in the month to page, until that returns false.
	NamedServices(ctx context.Context, month billing.Month, page func([]billing.ServiceUsage) (more bool)) error
}

// Turns is a consumer contract of Keeper: of all processes one at a time reads.
type Turns interface {
	// Take calls read if no other process reads days of the kind, and records how that ended. It returns the error of read, too.
	Take(ctx context.Context, kind Kind, now time.Time, read func(ctx context.Context) error) error
}

const (
	// lookEvery is how often, in business time, a keeper with nothing to do asks which days are kept.
	lookEvery = time.Hour
	// retryEvery is how long, in business time, Fastly is left alone after a failure.
	retryEvery = time.Hour
)

// Keeper reads the days that are over, and those of the last months once, and keeps them.
type Keeper struct {
	Statistics Statistics
	Book       Book
	Turns      Turns
	Names      Names // nil if nobody asks for names
	Months     int   // how many months are read; 0 means MonthsKept

	looked map[Kind]time.Time // when each kind had nothing to read
	named  time.Time          // when all names were read
}

// turnsAtOnce is how many months of each kind are read before it is looked again what is due: meanwhile another day may be over.
const turnsAtOnce = 4

// RunOnce reads what is due at now, in business time: the newest days first, and then a few months of each kind in turn. It reports whether it read
// anything, and whether there may be more to read at once. A kind that fails does not stop the other.
func (k *Keeper) RunOnce(ctx context.Context, now time.Time) (worked, more bool, err error) {
	ctx = billing.ForLater(ctx)
	kinds := []Kind{ByRegion, ByService}
	var errs []error
	for range turnsAtOnce {
		kinds = slices.DeleteFunc(kinds, func(kind Kind) bool {
			read, err := k.turn(ctx, kind, now)
			worked = worked || read
			if err != nil {
				errs = append(errs, fmt.Errorf("days by %s: %w", kind, err))
			}
			return !read || err != nil
		})
	}
	return worked, len(kinds) > 0, errors.Join(errs...)
}

// turn reads one kind, if anything is due and no other process reads it.
func (k *Keeper) turn(ctx context.Context, kind Kind, now time.Time) (read bool, err error) {
	if now.Sub(k.looked[kind]).Abs() < lookEvery && newestDay(now).Equal(newestDay(k.looked[kind])) {
		return false, nil
	}
	days, failing, err := k.due(ctx, kind, now)
	switch {
	case err != nil || failing:
		return false, err
	case len(days) == 0:
		if k.looked == nil {
			k.looked = map[Kind]time.Time{}
		}
		k.looked[kind] = now
		return false, nil
	}
	err = k.Turns.Take(ctx, kind, now, func(ctx context.Context) error {
		read = true
		return k.readNext(ctx, kind, now)
	})
	if err == nil && read && kind == ByService {
		err = k.name(ctx, now)
	}
	return read, err
}

// due returns which days to read: none while Fastly is left alone after a failure.
func (k *Keeper) due(ctx context.Context, kind Kind, now time.Time) (days []billing.Days, failing bool, err error) {
	why, at, err := k.Book.DaysFailed(ctx, kind)
	if err != nil || why != "" && now.Sub(at).Abs() < retryEvery {
		return nil, true, err
	}
	states, err := k.Book.DayMonths(ctx, kind)
	if err != nil {
		return nil, false, err
	}
	return due(states, now, cmp.Or(k.Months, MonthsKept)), false, nil
}

// readNext reads the days that are due first: the newest ones, or a month. Another process may have read them before this one had its turn. An answer that is not understood leaves
// the other days readable, and so they are read at once; after any other failure they would fail, too.
func (k *Keeper) readNext(ctx context.Context, kind Kind, now time.Time) error {
	all, _, err := k.due(ctx, kind, now)
	if err != nil {
		return err
	}
	var errs []error
	for i, days := range all {
		err := k.read(ctx, kind, days, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", days, err))
		}
		goesOn := i+1 < len(all) && all[i+1].First.After(days.Last) // the newest days may be of two months
		if len(errs) == 0 && !goesOn || err != nil && !errors.Is(err, billing.ErrNotUnderstood) {
			break
		}
	}
	return errors.Join(errs...)
}

// read reads some days of a month and keeps them.
func (k *Keeper) read(ctx context.Context, kind Kind, days billing.Days, now time.Time) error {
	keep := func(part billing.Days, rows []billing.DayTraffic) error {
		return k.Book.KeepDays(ctx, Page{
			Kind: kind, Days: part, Rows: rows, At: now, From: days.First, IsLast: part.Last.Equal(days.Last),
		})
	}
	if kind == ByService {
		return k.Statistics.DailyServices(ctx, days, keep)
	}
	rows, err := k.Statistics.DailyTraffic(ctx, days.First, days.Last.AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	return keep(days, rows)
}

// renamedEvery is how often all names are read, in business time: a service may get another one.
const renamedEvery = 7 * 24 * time.Hour

// name reads what the services are called that have no name yet, and now and then all of them.
func (k *Keeper) name(ctx context.Context, now time.Time) error {
	if k.Names == nil {
		return nil
	}
	month := billing.MonthOf(newestDay(now))
	unnamed, err := k.Book.UnnamedServices(ctx, month)
	all := now.Sub(k.named).Abs() >= renamedEvery
	if err != nil || len(unnamed) == 0 && !all {
		return err
	}
	missing := map[string]bool{}
	for _, id := range unnamed {
		missing[id] = true
	}
	names := map[string]string{}
	for _, month := range []billing.Month{month, month.Add(-1)} { // the newer name counts
		if !all && len(missing) == 0 {
			break
		}
		err := k.Names.NamedServices(ctx, month, func(page []billing.ServiceUsage) bool {
			for _, row := range page {
				if row.ServiceID != "" && row.ServiceName != "" {
					names[row.ServiceID] = cmp.Or(names[row.ServiceID], row.ServiceName)
					delete(missing, row.ServiceID)
				}
			}
			return all || len(missing) > 0
		})
		if err != nil {
			return errors.Join(fmt.Errorf("names of services: %w", err), k.Book.KeepServiceNames(ctx, now, names))
		}
	}
	k.named = now
	return k.Book.KeepServiceNames(ctx, now, names)
}
