package fastly

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"budgetbot/billing"
)

const (
	pathStats      = "/stats/aggregate"
	pathStatsField = "/stats/field/"
	// longestWindow is how many days of services one call asks for at most.
	longestWindow = 31
	// windowBody is how many bytes an answer about services should have: what is made of them takes ten times as much memory.
	windowBody = 1 << 20
)

// statsRegions are the regions of the statistics, and the billing region that each belongs to.
var statsRegions = map[string]string{
	"africa_std": "Africa", "anzac": "Australia", "asia": "Asia", "asia_india": "India", "asia_southkorea": "South Korea",
	"europe": "Europe", "latam": "South America", "mexico": "Mexico", "southamerica_std": "South America", "usa": "North America",
}

// DailyTraffic reads the traffic of every region and whole UTC day from the day of from up to the day before to. A region or
// a day without traffic is absent. Fastly keeps days for more than a year; the newest is there at about 02:00 UTC.
func (c *Client) DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error) {
	from, to = billing.DayOf(from), billing.DayOf(to)
	if !from.Before(to) {
		return nil, fmt.Errorf("there is no whole day from %s to %s", from.Format(time.DateOnly), to.Format(time.DateOnly))
	}
	days := billing.Days{First: from, Last: to.AddDate(0, 0, -1)}
	regions := slices.Sorted(maps.Keys(statsRegions))
	rows, err := inParallel(ctx, len(regions), regions, func(ctx context.Context, region string) ([]billing.DayTraffic, error) {
		return c.trafficOf(ctx, region, days)
	})
	return addedUp(rows), err
}

func (c *Client) trafficOf(ctx context.Context, region string, days billing.Days) ([]billing.DayTraffic, error) {
	query := windowQuery(days)
	query.Set("region", region)
	body, err := c.get(ctx, pathStats, query)
	if err != nil {
		return nil, err
	}
	rows, err := decodeTraffic(body, days)
	for i := range rows {
		rows[i].Region = statsRegions[region]
	}
	return rows, c.sorted(pathStats, err)
}

// windowQuery asks by Unix times: what a date without a time means is not the same in all versions of the documentation.
func windowQuery(days billing.Days) url.Values {
	return url.Values{
		"by": {"day"}, "from": {strconv.FormatInt(days.First.Unix(), 10)}, "to": {strconv.FormatInt(days.Last.AddDate(0, 0, 1).Unix(), 10)},
	}
}

// addedUp makes one row of those of one billing region and day, in the order of days and regions.
func addedUp(rows []billing.DayTraffic) []billing.DayTraffic {
	slices.SortFunc(rows, billing.CompareDays)
	sums := rows[:0]
	for _, row := range rows {
		if n := len(sums); n > 0 && billing.CompareDays(sums[n-1], row) == 0 {
			sums[n-1] = sums[n-1].Plus(row)
			continue
		}
		sums = append(sums, row)
	}
	return sums
}

// DailyServices reads the traffic of every service on each of the days, over all regions, and hands it to page, a window of days at a time. A
// service or a day without traffic is absent. The windows are short where there are many services, so that few answers are held at a time.
func (c *Client) DailyServices(ctx context.Context, days billing.Days, page func(billing.Days, []billing.DayTraffic) error) error {
	for first := days.First; !days.IsZero() && !first.After(days.Last); {
		window := c.window(billing.Days{First: first, Last: days.Last})
		rows, err := c.servicesIn(ctx, window)
		switch {
		case c.shorten(window, err):
			continue
		case err != nil:
			return err
		}
		if err := page(window, rows); err != nil {
			return err
		}
		first = window.Last.AddDate(0, 0, 1)
	}
	return nil
}

// window returns as many of the days as one call may ask for: one, before the first answer shows how much a day is.
func (c *Client) window(days billing.Days) billing.Days {
	most := max(int(c.learnedWindow.Load()), 1)
	if days.Len() > most {
		days.Last = days.First.AddDate(0, 0, most-1)
	}
	return days
}

// shorten halves the windows if the answer of this one was too long to be read, and reports whether that is worth a try.
func (c *Client) shorten(window billing.Days, err error) bool {
	odd, ok := errors.AsType[*billing.BodyError](err)
	if !ok || !odd.TooLong || window.Len() == 1 {
		return false
	}
	c.learnedWindow.Store(int32(window.Len() / 2))
	return true
}

// servicesIn reads one window, one field after another, so that one answer is held at a time. It learns from the longest one how many days
// windowBody has room for.
func (c *Client) servicesIn(ctx context.Context, days billing.Days) ([]billing.DayTraffic, error) {
	gathered, longest := newServiceDays(days), 1
	for field, name := range dayFields {
		path := pathStatsField + name
		body, err := c.get(ctx, path, windowQuery(days))
		if err != nil {
			return nil, err
		}
		if err := gathered.add(field, body); err != nil {
			return nil, c.sorted(path, err)
		}
		longest = max(longest, len(body))
	}
	room := windowBody * days.Len() / longest
	c.learnedWindow.Store(int32(min(max(room, 1), longestWindow)))
	return gathered.rows(), nil
}
