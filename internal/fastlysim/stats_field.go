package fastlysim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// statsFields are the fields that are simulated. A field that is not is not found.
var statsFields = map[string]func(account.StatRow) int64{
	"bandwidth":        func(row account.StatRow) int64 { return row.Bandwidth },
	"requests":         func(row account.StatRow) int64 { return row.Requests },
	"compute_requests": func(row account.StatRow) int64 { return row.ComputeRequests },
}

// statsField answers StatsFieldPath: the days of every service, oldest first.
func (s *Server) statsField(r *http.Request) fault.Response {
	query, region, err := s.config.statsByDay(r.URL.Query())
	if err != nil {
		return badStats(err)
	}
	field := strings.TrimPrefix(r.URL.Path, StatsFieldPath(""))
	sums := map[string]map[string]int64{}
	s.statistics().ServiceDays(query, func(row account.StatRow) {
		if !account.Matches(region, row.Region) {
			return
		}
		if sums[row.ServiceID] == nil {
			sums[row.ServiceID] = map[string]int64{}
		}
		sums[row.ServiceID][row.Day] += statsFields[field](row)
	})
	return replyStats(s.config.fieldJSON(field, sums), query, region)
}

// fieldJSON is each service's days. An object has the name of the field for its figure.
func (c Config) fieldJSON(field string, sums map[string]map[string]int64) map[string][]map[string]any {
	data := make(map[string][]map[string]any, len(sums))
	for id, days := range sums {
		for text, figure := range days {
			start, err := time.Parse(time.DateOnly, text)
			if err != nil {
				continue
			}
			data[id] = append(data[id], map[string]any{"service_id": id, "start_time": start.Unix(), field: figure})
		}
		slices.SortFunc(data[id], func(x, y map[string]any) int { return int(x["start_time"].(int64) - y["start_time"].(int64)) })
		if c.ExtraFields {
			for _, day := range data[id] {
				day["edition"], day["estimate"] = c.extra().Edition, json.RawMessage(`{"bandwidth":-1}`)
			}
		}
	}
	return data
}
