package fastlysim

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

// usageJSON is a row of usage-metrics.
type usageJSON struct {
	Month         string          `json:"month"`
	UsageType     string          `json:"usage_type"`
	Name          string          `json:"name"`
	Region        string          `json:"region"`
	Unit          string          `json:"unit"`
	Quantity      json.RawMessage `json:"quantity"`
	RawQuantity   json.RawMessage `json:"raw_quantity,omitempty"`
	ProductID     string          `json:"product_id"`
	LastUpdatedAt string          `json:"last_updated_at"`
	*extraJSON
}

// blockJSON is one usage type of service-usage-metrics.
type blockJSON struct {
	CustomerID string       `json:"customer_id"`
	StartTime  time.Time    `json:"start_time"`
	EndTime    time.Time    `json:"end_time"`
	UsageType  string       `json:"usage_type"`
	Unit       string       `json:"unit"`
	Details    []detailJSON `json:"details"`
	Meta       *metaJSON    `json:"meta,omitempty"`
	*extraJSON
}

// detailJSON is one service of a block.
type detailJSON struct {
	CustomerID  string          `json:"customer_id"`
	ServiceID   string          `json:"service_id"`
	ServiceName string          `json:"service_name"`
	UsageUnits  json.RawMessage `json:"usage_units"`
	*extraJSON
}

// metaJSON says how an answer goes on.
type metaJSON struct {
	NextCursor string `json:"next_cursor"`
	Limit      int    `json:"limit"`
	Sort       string `json:"sort"`
	Total      int    `json:"total"`
}

// dataJSON wraps an answer.
type dataJSON struct {
	Data any       `json:"data"`
	Meta *metaJSON `json:"meta,omitempty"`
}

// extraJSON is what a later revision might add; a nil one adds nothing.
type extraJSON struct {
	Edition  string         `json:"edition"`
	Labels   []string       `json:"labels"`
	Estimate map[string]any `json:"estimate"`
	Reviewed any            `json:"reviewed"`
}

func (c Config) extra() *extraJSON {
	if !c.ExtraFields {
		return nil
	}
	return &extraJSON{
		Edition: "2031-01", Labels: []string{"month", "quantity"},
		Estimate: map[string]any{"quantity": -1, "month": "1999-12"},
	}
}

func (c Config) usageJSON(row account.Row) usageJSON {
	wire := usageJSON{
		Month: row.Month, UsageType: row.UsageType, Name: cmp.Or(row.Name, row.UsageType),
		Region: row.Region, Unit: cmp.Or(row.Unit, "unit"), ProductID: row.ProductID,
		Quantity:      c.Numbers.write(row.Quantity),
		LastUpdatedAt: c.UpdatedAt.write(row),
		extraJSON:     c.extra(),
	}
	if !row.WithoutRaw {
		wire.RawQuantity = c.Numbers.write(row.Raw)
	}
	return wire
}

// write keeps every digit.
func (n NumberForm) write(d decimal.Decimal) json.RawMessage {
	switch n {
	case Quoted:
		return json.RawMessage(`"` + d.String() + `"`)
	case Exponent:
		exponent := decimal.NewFromInt32(d.Exponent())
		return json.RawMessage(d.Coefficient().String() + "e" + exponent.String())
	default:
		return json.RawMessage(d.String())
	}
}

// write names the last day that is whole at the row's moment, or the moment.
func (t TimeForm) write(row account.Row) string {
	if t == Instant {
		return row.UpdatedAt.UTC().Format(time.RFC3339)
	}
	return row.UpdatedAt.UTC().Add(-time.Nanosecond).Format(time.DateOnly)
}
