package fastlysim

import (
	"cmp"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// table is exact rows, served as they stand whatever the clock says.
type table struct {
	rows     []Row
	services []ServiceRow
}

func (t *table) usage(m month, _ time.Time) []Row {
	var rows []Row
	for _, row := range t.rows {
		if row.Month == m.String() {
			rows = append(rows, row)
		}
	}
	return rows
}

func (t *table) blocks(query serviceQuery) []block {
	type pair struct{ productID, usageType string }
	var order []pair
	found := map[pair][]ServiceRow{}
	for _, row := range t.services {
		if !t.asked(query, row) {
			continue
		}
		key := pair{row.ProductID, row.UsageType}
		if found[key] == nil {
			order = append(order, key)
		}
		found[key] = addService(found[key], row)
	}
	blocks := make([]block, 0, len(order))
	for _, key := range order {
		blocks = append(blocks, tableBlock(found[key]))
	}
	return blocks
}

// asked takes a usage type by its name as well as by its type, where they differ.
func (t *table) asked(query serviceQuery, row ServiceRow) bool {
	m, err := parseMonth(row.Month)
	if err != nil || !query.span.holds(m) || !matches(query.productID, row.ProductID) || !matches(query.serviceID, row.ServiceID) {
		return false
	}
	return matches(query.usageType, row.UsageType) || query.usageType == t.nameOf(row)
}

func (t *table) nameOf(service ServiceRow) string {
	for _, row := range t.rows {
		if row.ProductID == service.ProductID && row.UsageType == service.UsageType {
			return row.Name
		}
	}
	return ""
}

// addService adds a month to the service's row, or a row where there is none.
// Rows of one month stay apart: twice the same service is what was asked for.
func addService(rows []ServiceRow, row ServiceRow) []ServiceRow {
	for i, known := range rows {
		if known.ServiceID == row.ServiceID && known.Month != row.Month {
			rows[i].Units = known.Units.Add(row.Units)
			return rows
		}
	}
	return append(rows, row)
}

func tableBlock(rows []ServiceRow) block {
	return block{
		productID: rows[0].ProductID, usageType: rows[0].UsageType, unit: cmp.Or(rows[0].Unit, "unit"),
		count: len(rows),
		rows: func(from, want int) ([]ServiceRow, int) {
			from = min(from, len(rows))
			if from+want >= len(rows) {
				return rows[from:], noMore
			}
			return rows[from : from+want], from + want
		},
	}
}

func (t *table) restate(m month, productID, usageType string, factor decimal.Decimal, at time.Time) error {
	found := false
	for i, row := range t.rows {
		if row.Month == m.String() && row.ProductID == productID && row.UsageType == usageType {
			t.rows[i].Quantity, t.rows[i].Raw = row.Quantity.Mul(factor), row.Raw.Mul(factor)
			t.rows[i].UpdatedAt = at
			found = true
		}
	}
	for i, row := range t.services {
		if row.Month == m.String() && row.ProductID == productID && row.UsageType == usageType {
			t.services[i].Units = row.Units.Mul(factor)
			found = true
		}
	}
	if !found {
		return fmt.Errorf("no %s %s in %s", productID, usageType, m)
	}
	return nil
}
