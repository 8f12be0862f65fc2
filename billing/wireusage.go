package billing

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// wireUsage is a row of usage-metrics as it is sent. What may be a number or a string is kept raw, as is the date, which
// must never cost a row.
type wireUsage struct {
	Month         string          `json:"month"`
	UsageType     string          `json:"usage_type"`
	Name          string          `json:"name"`
	Region        string          `json:"region"`
	Unit          string          `json:"unit"`
	Quantity      json.RawMessage `json:"quantity"`
	RawQuantity   json.RawMessage `json:"raw_quantity"`
	ProductID     string          `json:"product_id"`
	LastUpdatedAt json.RawMessage `json:"last_updated_at"`
}

// decodeUsage reads an answer of usage-metrics for the given months. An error is a *BodyError.
func decodeUsage(body []byte, months Range) ([]Usage, error) {
	e, err := open(body, func(fields map[string]json.RawMessage) bool { return fields["month"] != nil })
	if err != nil {
		return nil, err
	}
	next, err := readMeta(e.meta)
	if err != nil {
		return nil, err
	}
	if next.cursor != "" {
		return nil, notUnderstood("it is one page of several, which this endpoint does not have")
	}
	rows := make([]Usage, 0, len(e.elements))
	for i, element := range e.elements {
		row, err := usageRow(element, months)
		if err != nil {
			return nil, notUnderstood("row %d: %v", i+1, err)
		}
		rows = append(rows, row)
	}
	return resolve(rows)
}

func usageRow(element json.RawMessage, months Range) (Usage, error) {
	if kind := kindOf(element); kind != "an object" {
		return Usage{}, fmt.Errorf("it is %s, not an object", kind)
	}
	var wire wireUsage
	if err := json.Unmarshal(element, &wire); err != nil {
		return Usage{}, typeError(err)
	}
	row := Usage{
		Product:   wire.ProductID,
		UsageType: cmp.Or(wire.Name, wire.UsageType),
		Region:    wire.Region,
		Unit:      strings.ToLower(wire.Unit),
	}
	if err := row.readMonth(wire.Month, months); err != nil {
		return Usage{}, err
	}
	switch {
	case row.Product == "":
		return Usage{}, errors.New("there is no product_id")
	case row.UsageType == "":
		return Usage{}, errors.New("there is neither a name nor a usage_type")
	case row.Unit == "":
		return Usage{}, errors.New("there is no unit")
	}
	if err := row.readFigures(wire); err != nil {
		return Usage{}, err
	}
	row.CountedTo = countedTo(wire.LastUpdatedAt, row.Month)
	return row, nil
}

func (u *Usage) readMonth(text string, months Range) error {
	if text == "" {
		return errors.New("there is no month")
	}
	month, err := ParseMonth(text)
	if err != nil {
		return fmt.Errorf("month: %q is not one", clean(text))
	}
	if !months.Contains(month) {
		return fmt.Errorf("month: %s was not asked for", month)
	}
	u.Month = month
	return nil
}

func (u *Usage) readFigures(wire wireUsage) (err error) {
	if u.Quantity, err = figure("quantity", wire.Quantity, maxQuantity); err != nil {
		return err
	}
	if kind := kindOf(wire.RawQuantity); kind == "absent" || kind == "null" {
		return nil
	}
	raw, err := figure("raw_quantity", wire.RawQuantity, maxRaw)
	u.Raw = decimal.NewNullDecimal(raw)
	return err
}

// The forms in which last_updated_at may come, besides a date alone. One without a zone is UTC.
var instantForms = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05 MST",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
}

// countedTo reads last_updated_at as the instant to which a row of the month counts: a date is the end of its day, and
// nothing is later than the month's end. It is zero where the text says nothing that can be so.
func countedTo(value json.RawMessage, month Month) time.Time {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return time.Time{}
	}
	at := instantOf(strings.TrimSpace(text))
	switch {
	case at.Before(month.Start()):
		return time.Time{}
	case at.After(month.End()):
		return month.End()
	}
	return at
}

func instantOf(text string) time.Time {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.AddDate(0, 0, 1)
	}
	for _, form := range instantForms {
		if at, err := time.Parse(form, text); err == nil && isUTC(form, at) {
			return at.UTC()
		}
	}
	return time.Time{}
}

// isUTC refuses abbreviations of other zones, which Go reads as if they were UTC.
func isUTC(form string, at time.Time) bool {
	zone, offset := at.Zone()
	return !strings.HasSuffix(form, " MST") || strings.Contains(form, "-0700") || offset == 0 && (zone == "UTC" || zone == "GMT")
}

// identity is what no two rows of an answer may share.
type identity struct {
	month        Month
	metric       Metric
	region, unit string
}

// resolve leaves one row of each identity. Of rows that agree one is kept; of rows that differ the one that was updated
// last; where neither is later they contradict each other, and adding them might count twice, so they are refused.
func resolve(rows []Usage) ([]Usage, error) {
	at := make(map[identity]int, len(rows))
	kept := rows[:0]
	for _, row := range rows {
		id := identity{row.Month, row.Metric(), row.Region, row.Unit}
		i, repeated := at[id]
		switch {
		case !repeated:
			at[id] = len(kept)
			kept = append(kept, row)
		case row.CountedTo.After(kept[i].CountedTo) && !kept[i].CountedTo.IsZero():
			kept[i] = row
		case !row.agrees(kept[i]) && (row.CountedTo.IsZero() || !row.CountedTo.Before(kept[i].CountedTo)):
			return nil, notUnderstood("%s of %s is there twice in %s, with different figures",
				clean(row.UsageType), clean(row.Product), row.Month)
		}
	}
	return kept, nil
}

func (u Usage) agrees(other Usage) bool {
	return u.Quantity.Equal(other.Quantity) && u.Raw.Valid == other.Raw.Valid && u.Raw.Decimal.Equal(other.Raw.Decimal)
}
