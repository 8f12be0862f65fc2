package account

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Table is exact rows, served as they stand whatever the clock says.
type Table struct {
	Rows     []Row
	Services []ServiceRow
}

// Usage is the rows of a month; the moment does not change them.
func (t *Table) Usage(m Month, _ time.Time) []Row {
	var rows []Row
	for _, row := range t.Rows {
		if row.Month == m.String() {
			rows = append(rows, row)
		}
	}
	return rows
}

// Blocks lists what services used, a block for each usage type.
func (t *Table) Blocks(query ServiceQuery) []Block {
	type pair struct{ productID, usageType string }
	var order []pair
	found := map[pair][]ServiceRow{}
	for _, row := range t.Services {
		if !t.asked(query, row) {
			continue
		}
		key := pair{row.ProductID, row.UsageType}
		if found[key] == nil {
			order = append(order, key)
		}
		found[key] = addService(found[key], row)
	}
	blocks := make([]Block, 0, len(order))
	for _, key := range order {
		blocks = append(blocks, tableBlock(found[key]))
	}
	return blocks
}

// asked takes a usage type by its name as well as by its type, where they differ.
func (t *Table) asked(query ServiceQuery, row ServiceRow) bool {
	m, err := ParseMonth(row.Month)
	if err != nil || !query.Span.holds(m) || !Matches(query.ProductID, row.ProductID) || !Matches(query.ServiceID, row.ServiceID) {
		return false
	}
	return Matches(query.UsageType, row.UsageType) || query.UsageType == t.nameOf(row)
}

func (t *Table) nameOf(service ServiceRow) string {
	for _, row := range t.Rows {
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

func tableBlock(rows []ServiceRow) Block {
	return Block{
		productID: rows[0].ProductID, UsageType: rows[0].UsageType, Unit: cmp.Or(rows[0].Unit, "unit"),
		Count: len(rows),
		Rows: func(from, want int) ([]ServiceRow, int) {
			from = min(from, len(rows))
			if from+want >= len(rows) {
				return rows[from:], NoMore
			}
			return rows[from : from+want], from + want
		},
	}
}

// Restated is a copy, since the rows may be in use.
func (t *Table) Restated(c Correction) (Ledger, error) {
	next := &Table{Rows: slices.Clone(t.Rows), Services: slices.Clone(t.Services)}
	found := false
	for i, row := range next.Rows {
		if c.meets(row.Month, row.ProductID, row.UsageType) {
			next.Rows[i].Quantity, next.Rows[i].Raw = row.Quantity.Mul(c.Factor), row.Raw.Mul(c.Factor)
			next.Rows[i].UpdatedAt = c.At
			found = true
		}
	}
	for i, row := range next.Services {
		if c.meets(row.Month, row.ProductID, row.UsageType) {
			next.Services[i].Units = row.Units.Mul(c.Factor)
			found = true
		}
	}
	if !found {
		return nil, fmt.Errorf("no %s %s in %s", c.ProductID, c.UsageType, c.Month)
	}
	return next, nil
}

func (c Correction) meets(month, productID, usageType string) bool {
	return month == c.Month.String() && productID == c.ProductID && usageType == c.UsageType
}
