package fastly

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// serviceDays gathers the days of services from the answers about each field.
type serviceDays struct {
	days billing.Days
	// of has the figures of each service by its id, on each of the days.
	of map[string][]figures
	// has tells for each of the days which fields any service has.
	has [][len(dayFields)]bool
}

func newServiceDays(days billing.Days) *serviceDays {
	return &serviceDays{days: days, of: map[string][]figures{}, has: make([][len(dayFields)]bool, days.Len())}
}

// add reads an answer about a field: a list of days by service id.
func (s *serviceDays) add(field int, body []byte) error {
	data, err := openStats(body)
	if err != nil {
		return err
	}
	if kind := kindOf(data); kind == "a list" && len(listOf(data)) == 0 {
		return nil // how some languages write an empty object
	} else if kind != "an object" {
		return notUnderstood("data is %s, not an object", kind)
	}
	parts, fits := partsOf(data, 2*billing.MaxServices)
	if !fits {
		return notUnderstood("it has more than %d services", billing.MaxServices)
	}
	for i := 0; i+1 < len(parts); i += 2 {
		id := textOf(parts[i])
		if err := s.addService(field, id, parts[i+1]); err != nil {
			return notUnderstood("service %s: %v", shortened(id), err)
		}
	}
	return nil
}

// listOf returns the elements of a list, and none of what has more than any window has days.
func listOf(list json.RawMessage) []json.RawMessage {
	elements, _ := partsOf(list, maxDays)
	return elements
}

// maxServiceID bounds an id; those of Fastly have 22 characters.
const maxServiceID = 64

func (s *serviceDays) addService(field int, id string, list json.RawMessage) error {
	if id == "" || len(id) > maxServiceID || billing.Clean(id) != id {
		return errors.New("that isn't a service's id")
	}
	if kind := kindOf(list); kind != "a list" {
		return fmt.Errorf("it is %s, not a list of days", kind)
	}
	elements, err := elementsOf(list, maxDays)
	if err != nil {
		return err
	}
	for _, element := range elements {
		if err := s.addDay(field, id, element); err != nil {
			return err
		}
	}
	return nil
}

func (s *serviceDays) addDay(field int, id string, element json.RawMessage) error {
	wire, err := readDayWire(element)
	if err != nil {
		return err
	}
	if len(wire.serviceID) > 0 && string(wire.serviceID) != `"`+id+`"` && textOf(wire.serviceID) != id {
		return fmt.Errorf("a day of service %s is among its own", shortened(textOf(wire.serviceID)))
	}
	day, err := wire.day()
	if err != nil {
		return err
	}
	found, err := wire.figure(field)
	if err != nil {
		return fmt.Errorf("%s: %w", day.Format(time.DateOnly), err)
	}
	if !s.days.Contains(day) {
		return nil
	}
	if s.of[id] == nil {
		s.of[id] = make([]figures, s.days.Len())
	}
	at := billing.Days{First: s.days.First, Last: day}.Len() - 1
	kept := &s.of[id][at][field]
	if kept.Valid && !kept.Decimal.Equal(found) {
		return fmt.Errorf("%s is there twice, with different figures", day.Format(time.DateOnly))
	}
	*kept = decimal.NullDecimal{Decimal: found, Valid: true}
	s.has[at][field] = true
	return nil
}

// rows returns what was gathered, by day and service. A day that one field has and another has not is not whole yet, and left out; compute
// requests, which few accounts have, may be left out altogether.
func (s *serviceDays) rows() []billing.DayTraffic {
	var rows []billing.DayTraffic
	ids := slices.Sorted(maps.Keys(s.of))
	for at, day := range s.days.All() {
		if !s.has[at][0] || !s.has[at][1] {
			continue
		}
		for _, id := range ids {
			if found := s.of[id][at]; found != (figures{}) {
				row := found.traffic(day)
				row.Service = id
				rows = append(rows, row)
			}
		}
	}
	return rows
}
