package fastly

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// dayFields are the figures of a day, as the statistics call them.
var dayFields = [...]string{"bandwidth", "requests", "compute_requests"}

const computeField = 2 // its place in dayFields

// figures are those of a day, in the order of dayFields. One that is not valid was not there.
type figures [len(dayFields)]decimal.NullDecimal

func (f figures) traffic(day time.Time) billing.DayTraffic {
	return billing.DayTraffic{Day: day, Bandwidth: f[0].Decimal, Requests: f[1].Decimal, ComputeRequests: f[computeField].Decimal}
}

// dayWire is a day of an answer; of a field, it has that field alone.
type dayWire struct{ serviceID, startTime, bandwidth, requests, computeRequests json.RawMessage }

// readDayWire takes an element of an answer apart that is known to be valid JSON. There is one for each service, day and field, so that nothing is
// copied.
func readDayWire(element json.RawMessage) (wire dayWire, err error) {
	if kind := kindOf(element); kind != "an object" {
		return dayWire{}, fmt.Errorf("it is %s, not an object", kind)
	}
	parts, fits := partsOf(element, 2*maxFields)
	if !fits {
		return dayWire{}, fmt.Errorf("it has more than %d fields", maxFields)
	}
	for i := 0; i+1 < len(parts); i += 2 {
		switch string(parts[i]) {
		case `"service_id"`:
			wire.serviceID = parts[i+1]
		case `"start_time"`:
			wire.startTime = parts[i+1]
		case `"bandwidth"`:
			wire.bandwidth = parts[i+1]
		case `"requests"`:
			wire.requests = parts[i+1]
		case `"compute_requests"`:
			wire.computeRequests = parts[i+1]
		}
	}
	return wire, nil
}

// day returns which day it is.
func (w dayWire) day() (time.Time, error) {
	seconds, err := figure("start_time", w.startTime, billing.MaxRaw)
	if err != nil {
		return time.Time{}, err
	}
	day := time.Unix(seconds.IntPart(), 0).UTC()
	if !day.Equal(billing.DayOf(day)) {
		return time.Time{}, fmt.Errorf("start_time is %s, not the first instant of a UTC day", day.Format(time.RFC3339))
	}
	return day, nil
}

// figure reads a field. Compute requests may be left out, where there are none.
func (w dayWire) figure(field int) (decimal.Decimal, error) {
	value := [...]json.RawMessage{w.bandwidth, w.requests, w.computeRequests}[field]
	if field == computeField && len(value) == 0 {
		return decimal.Decimal{}, nil
	}
	return figure(dayFields[field], value, billing.MaxRaw)
}

// openStats returns the data of an answer of the statistics.
func openStats(body []byte) (json.RawMessage, error) {
	if err := checkJSON(body); err != nil {
		return nil, err
	}
	if kind := kindOf(body); kind != "an object" {
		return nil, notUnderstood("it is %s, not an object", kind)
	}
	fields, err := fieldsOf(body)
	if err != nil {
		return nil, err
	}
	if status := textOf(fields["status"]); status != "success" {
		return nil, notUnderstood("the status is %q, not success", billing.Clean(status))
	}
	return fields["data"], nil
}

// decodeTraffic reads the days of all services together. Days that were not asked for are left out; what is not understood is a *BodyError.
func decodeTraffic(body []byte, days billing.Days) ([]billing.DayTraffic, error) {
	data, err := openStats(body)
	if err != nil {
		return nil, err
	}
	if kind := kindOf(data); kind != "a list" && kind != "null" {
		return nil, notUnderstood("data is %s", kind)
	}
	elements, err := elementsOf(data, maxDays)
	if err != nil {
		return nil, notUnderstood("data: %v", err)
	}
	read := map[time.Time]figures{}
	for i, element := range elements {
		if err := readDay(element, days, read); err != nil {
			return nil, notUnderstood("day %d: %v", i+1, err)
		}
	}
	var rows []billing.DayTraffic
	for _, day := range slices.SortedFunc(maps.Keys(read), time.Time.Compare) {
		rows = append(rows, read[day].traffic(day))
	}
	return rows, nil
}

// maxDays bounds the days of an answer: no more than some months are asked for.
const maxDays = 1_000

func readDay(element json.RawMessage, days billing.Days, read map[time.Time]figures) error {
	wire, err := readDayWire(element)
	if err != nil {
		return err
	}
	day, err := wire.day()
	if err != nil {
		return err
	}
	var found figures
	for field := range found {
		if found[field].Decimal, err = wire.figure(field); err != nil {
			return err
		}
		found[field].Valid = true
	}
	before, twice := read[day]
	for field := range found {
		if twice && !before[field].Decimal.Equal(found[field].Decimal) {
			return fmt.Errorf("%s is there twice, with different figures", day.Format(time.DateOnly))
		}
	}
	if days.Contains(day) {
		read[day] = found
	}
	return nil
}
