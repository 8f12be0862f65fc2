package fastlysim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
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

// restated is a copy, since the rows may be in use.
func (t *table) restated(c correction) (ledger, error) {
	next := &table{rows: slices.Clone(t.rows), services: slices.Clone(t.services)}
	found := false
	for i, row := range next.rows {
		if c.meets(row.Month, row.ProductID, row.UsageType) {
			next.rows[i].Quantity, next.rows[i].Raw = row.Quantity.Mul(c.factor), row.Raw.Mul(c.factor)
			next.rows[i].UpdatedAt = c.at
			found = true
		}
	}
	for i, row := range next.services {
		if c.meets(row.Month, row.ProductID, row.UsageType) {
			next.services[i].Units = row.Units.Mul(c.factor)
			found = true
		}
	}
	if !found {
		return nil, fmt.Errorf("no %s %s in %s", c.productID, c.usageType, c.month)
	}
	return next, nil
}

func (c correction) meets(month, productID, usageType string) bool {
	return month == c.month.String() && productID == c.productID && usageType == c.usageType
}
