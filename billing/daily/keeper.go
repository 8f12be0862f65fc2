package daily

import (
	"context"
	"errors"
	"fmt"
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

	looked map[Kind]time.Time // when each kind had nothing to read
}

// RunOnce reads what is due at now, in business time, and reports whether there was anything. A kind that fails does not stop the other.
func (k *Keeper) RunOnce(ctx context.Context, now time.Time) (worked bool, err error) {
	ctx = billing.ForLater(ctx)
	var errs []error
	for _, kind := range []Kind{ByRegion, ByService} {
		tried, err := k.turn(ctx, kind, now)
		worked = worked || tried
		if err != nil {
			errs = append(errs, fmt.Errorf("days by %s: %w", kind, err))
		}
	}
	return worked, errors.Join(errs...)
}

// turn reads one kind, if anything is due.
func (k *Keeper) turn(ctx context.Context, kind Kind, now time.Time) (tried bool, err error) {
	if now.Sub(k.looked[kind]).Abs() < lookEvery && newestDay(now).Equal(newestDay(k.looked[kind])) {
		return false, nil
	}
	days, err := k.due(ctx, kind, now)
	if err != nil {
		return false, err
	}
	if len(days) == 0 {
		if k.looked == nil {
			k.looked = map[Kind]time.Time{}
		}
		k.looked[kind] = now
		return false, nil
	}
	return true, k.Turns.Take(ctx, kind, now, func(ctx context.Context) error { return k.readAll(ctx, kind, now) })
}

// due returns which days to read: none while Fastly is left alone after a failure.
func (k *Keeper) due(ctx context.Context, kind Kind, now time.Time) ([]billing.Days, error) {
	why, at, err := k.Book.DaysFailed(ctx, kind)
	if err != nil || why != "" && now.Sub(at).Abs() < retryEvery {
		return nil, err
	}
	states, err := k.Book.DayMonths(ctx, kind)
	return due(states, now), err
}

// readAll reads what is still due: another process may have read it before this one had its turn.
func (k *Keeper) readAll(ctx context.Context, kind Kind, now time.Time) error {
	days, err := k.due(ctx, kind, now)
	for i := 0; err == nil && i < len(days); i++ {
		if err = k.read(ctx, kind, days[i], now); err != nil {
			err = fmt.Errorf("%s: %w", days[i], err)
		}
	}
	return err
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
