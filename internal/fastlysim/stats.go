package fastlysim

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// statsJSON wraps an answer of the statistics.
type statsJSON struct {
	Data   any       `json:"data"`
	Meta   statsMeta `json:"meta"`
	Status string    `json:"status"`
	Msg    *string   `json:"msg"`
}

// statsMeta repeats what was asked, for people to read.
type statsMeta struct {
	To     string `json:"to"`
	From   string `json:"from"`
	By     string `json:"by"`
	Region string `json:"region"`
}

// figuresJSON are the figures of usage; the real answers by day have some hundred
// others beside them.
type figuresJSON struct {
	Bandwidth       int64 `json:"bandwidth"`
	Requests        int64 `json:"requests"`
	ComputeRequests int64 `json:"compute_requests"`
}

// bucketJSON is a day.
type bucketJSON struct {
	StartTime int64 `json:"start_time"`
	figuresJSON
	*extraJSON
}

func figuresOf(row account.StatRow) figuresJSON {
	return figuresJSON{row.Bandwidth, row.Requests, row.ComputeRequests}
}

// badStats is a refusal as the older endpoints write it.
func badStats(reason error) fault.Response {
	return replyJSON(http.StatusBadRequest, struct {
		classic
		Detail string `json:"detail"`
	}{classic{"Bad request"}, reason.Error()})
}

// statsAggregate answers StatsPath: the account's days, oldest first.
func (s *Server) statsAggregate(r *http.Request) fault.Response {
	query, region, err := s.config.statsByDay(r.URL.Query())
	if err != nil {
		return badStats(err)
	}
	days := map[string]account.StatRow{}
	for _, row := range s.statistics().Days(query) {
		if account.Matches(region, row.Region) {
			days[row.Day] = days[row.Day].Plus(row)
		}
	}
	return replyStats(s.config.buckets(days), query, region)
}

func (c Config) buckets(days map[string]account.StatRow) []bucketJSON {
	buckets := make([]bucketJSON, 0, len(days))
	for text, row := range days {
		start, err := time.Parse(time.DateOnly, text)
		if err != nil {
			continue
		}
		buckets = append(buckets, bucketJSON{start.Unix(), figuresOf(row), c.extra()})
	}
	slices.SortFunc(buckets, func(x, y bucketJSON) int { return int(x.StartTime - y.StartTime) })
	return buckets
}

// statsByService answers StatsByServicePath: the whole window by region and
// service id. The recorded calls also carry by and region, which change nothing;
// a caller that sends them here gets that as the answer.
func (s *Server) statsByService(r *http.Request) fault.Response {
	values := r.URL.Query()
	if err := onlyKnown(values, "from", "to"); err != nil {
		return badStats(err)
	}
	query, err := s.config.statsWindow(values)
	if err != nil {
		return badStats(err)
	}
	sums := map[string]map[string]account.StatRow{}
	for _, region := range account.StatRegions() {
		sums[region] = map[string]account.StatRow{}
	}
	for _, row := range s.statistics().Services(query) {
		if sums[row.Region] == nil {
			sums[row.Region] = map[string]account.StatRow{}
		}
		sums[row.Region][row.ServiceID] = sums[row.Region][row.ServiceID].Plus(row)
	}
	return replyStats(regionsJSON(sums), query, "")
}

func regionsJSON(sums map[string]map[string]account.StatRow) map[string]map[string]figuresJSON {
	data := make(map[string]map[string]figuresJSON, len(sums))
	for region, services := range sums {
		data[region] = make(map[string]figuresJSON, len(services))
		for id, row := range services {
			data[region][id] = figuresOf(row)
		}
	}
	return data
}

func replyStats(data any, query account.StatsQuery, region string) fault.Response {
	const form = "2006-01-02 15:04:05 UTC"
	if region == "" {
		region = "all"
	}
	return replyJSON(http.StatusOK, statsJSON{
		Data:   data,
		Meta:   statsMeta{To: query.To.Format(form), From: query.From.Format(form), By: "day", Region: region},
		Status: "success",
	})
}

// statsByDay reads a question about days: its window, and the region if it names one.
func (c Config) statsByDay(values url.Values) (query account.StatsQuery, region string, err error) {
	if err := onlyKnown(values, "from", "to", "by", "region"); err != nil {
		return query, "", err
	}
	if region, err = statsFilter(values); err != nil {
		return query, "", err
	}
	query, err = c.statsWindow(values)
	return query, region, err
}

// statsFilter reads by and region. There are days alone here.
func statsFilter(values url.Values) (region string, err error) {
	switch by := values.Get("by"); by {
	case "", "day":
	case "hour", "minute":
		return "", fmt.Errorf("by %s is not simulated", by)
	default:
		return "", fmt.Errorf("unrecognized sample rate %s", by)
	}
	region = values.Get("region")
	if region != "" && !slices.Contains(account.StatRegions(), region) {
		return "", fmt.Errorf("unrecognized region %s", region)
	}
	return region, nil
}

// statsWindow reads from and to: a month ago and now when they are not given.
func (c Config) statsWindow(values url.Values) (account.StatsQuery, error) {
	now := c.Clock().UTC()
	from, err := moment(values.Get("from"), now, now.AddDate(0, -1, 0))
	if err != nil {
		return account.StatsQuery{}, fmt.Errorf("from: %w", err)
	}
	to, err := moment(values.Get("to"), now, now)
	if err != nil {
		return account.StatsQuery{}, fmt.Errorf("to: %w", err)
	}
	if from.After(to) {
		return account.StatsQuery{}, errors.New("from is after to")
	}
	return account.StatsQuery{From: from, To: to, Until: c.until(now)}, nil
}

// dateForms are the forms of an instant in which Fastly's documentation writes from and to.
var dateForms = []string{time.RFC3339, "2006-01-02 15:04", time.DateTime}

// moment reads seconds since 1970, an instant, a date or words, which count from now.
func moment(text string, now, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(seconds, 0).UTC(), nil
	}
	for _, form := range dateForms {
		if read, err := time.Parse(form, text); err == nil {
			return read.UTC(), nil
		}
	}
	if read, err := time.Parse(time.DateOnly, text); err == nil {
		return noonOf(read), nil
	}
	if read, ok := inWords(strings.ToLower(text), now); ok {
		return read, nil
	}
	return time.Time{}, fmt.Errorf("%q is neither seconds since 1970 nor a time", text)
}

// noonOf is what Fastly reads a date without a time as, in 2026; it has been midnight before.
func noonOf(t time.Time) time.Time { return t.Truncate(account.Day).Add(account.Day / 2) }

var ago = regexp.MustCompile(`^(\d{1,4}|an?|one) (minute|hour|day|week|month|year)s? ago$`)

// inWords reads now, today, yesterday and such as "10 days ago".
func inWords(text string, now time.Time) (time.Time, bool) {
	switch text {
	case "now":
		return now, true
	case "today":
		return noonOf(now), true
	case "yesterday":
		return noonOf(now).Add(-account.Day), true
	}
	parts := ago.FindStringSubmatch(text)
	if parts == nil {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		n = 1
	}
	switch parts[2] {
	case "month":
		return now.AddDate(0, -n, 0), true
	case "year":
		return now.AddDate(-n, 0, 0), true
	}
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": account.Day, "week": 7 * account.Day}[parts[2]]
	return now.Add(-time.Duration(n) * unit), true
}
