package fastly

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"budgetbot/billing"
)

const pathStats = "/stats/aggregate"

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
	regions := slices.Collect(maps.Keys(statsRegions))
	return inParallel(ctx, len(regions), regions, func(ctx context.Context, region string) ([]billing.DayTraffic, error) {
		return c.trafficOf(ctx, region, from, to)
	})
}

func (c *Client) trafficOf(ctx context.Context, region string, from, to time.Time) ([]billing.DayTraffic, error) {
	// Unix times: what a date without a time means is not the same in all versions of the documentation.
	query := url.Values{
		"by": {"day"}, "region": {region}, "from": {strconv.FormatInt(from.Unix(), 10)}, "to": {strconv.FormatInt(to.Unix(), 10)},
	}
	body, err := c.get(ctx, pathStats, query)
	if err != nil {
		return nil, err
	}
	days, err := decodeTraffic(body, from, to)
	for i := range days {
		days[i].Region = statsRegions[region]
	}
	return days, c.sorted(pathStats, err)
}

// decodeTraffic reads an answer of the statistics. Days outside the time that was asked for are left out; what is not
// understood is a *BodyError.
func decodeTraffic(body []byte, from, to time.Time) ([]billing.DayTraffic, error) {
	var wire struct {
		Status string `json:"status"`
		Data   []struct {
			StartTime json.RawMessage `json:"start_time"`
			Bandwidth json.RawMessage `json:"bandwidth"`
			Requests  json.RawMessage `json:"requests"`
		} `json:"data"`
	}
	if err := readAnswer(body, &wire); err != nil {
		return nil, err
	}
	if wire.Status != "success" {
		return nil, notUnderstood("the status is %q, not success", billing.Clean(wire.Status))
	}
	var days []billing.DayTraffic
	for i, element := range wire.Data {
		seconds, err := figure("start_time", element.StartTime, billing.MaxRaw)
		if err != nil {
			return nil, notUnderstood("day %d: %v", i+1, err)
		}
		day := billing.DayTraffic{Day: time.Unix(seconds.IntPart(), 0).UTC()}
		if day.Bandwidth, err = figure("bandwidth", element.Bandwidth, billing.MaxRaw); err != nil {
			return nil, notUnderstood("day %d: %v", i+1, err)
		}
		if day.Requests, err = figure("requests", element.Requests, billing.MaxRaw); err != nil {
			return nil, notUnderstood("day %d: %v", i+1, err)
		}
		if !day.Day.Before(from) && day.Day.Before(to) {
			days = append(days, day)
		}
	}
	return days, nil
}
