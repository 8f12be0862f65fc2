package fastlysim

import (
	"encoding/json"
	"maps"
	"slices"
)

// usageRows are answers of usage-metrics with something wrong in a row.
var usageRows = []Fault{
	usageRow("a row without a month", Refuses, dropField("month")),
	usageRow("a month of null", Refuses, putField("month", nil)),
	usageRow("an empty month", Refuses, putField("month", "")),
	usageRow("a thirteenth month", Refuses, putField("month", "2023-13")),
	usageRow("a month in words", Refuses, putField("month", "January 2023")),
	usageRow("a month as a number", Refuses, putField("month", 202301)),
	usageRow("a month not asked for", ReadsOrRefuses, addRow("month", "1999-12")),
	usageRow("a row of null", Refuses, rowList(withNull)),
	usageRow("months out of order", Reads, rowList(reversed)),
	usageRow("a row twice", ReadsOrRefuses, addRow("", nil)),
	usageRow("a row twice, with different figures", Refuses, addRow("quantity", json.Number("1.5"))),

	usageRow("a row without a figure", Refuses, dropField("quantity")),
	usageRow("a figure of null", Refuses, putField("quantity", nil)),
	usageRow("a figure of true", Refuses, putField("quantity", true)),
	usageRow("a figure in an object", Refuses, putField("quantity", object{"value": 7})),
	usageRow("a figure in a list", Refuses, putField("quantity", []any{7})),
	usageRow("an empty figure", Refuses, putField("quantity", "")),
	usageRow("a figure in words", Refuses, putField("quantity", "plenty")),
	usageRow("a figure with commas", Refuses, putField("quantity", "1,234.5")),
	usageRow("a figure in hexadecimal", Refuses, putField("quantity", "0x1F")),
	usageRow("a figure of NaN in quotes", Refuses, putField("quantity", "NaN")),
	usageRow("a negative figure", Refuses, putField("quantity", json.Number("-12.5"))),
	usageRow("an absurd figure", Refuses, putField("quantity", json.Number("1e300"))),
	usageRow("an absurd exponent", Refuses, putField("quantity", json.Number("1e2147483647"))),
	usageRow("a negative raw figure", Refuses, putField("raw_quantity", json.Number("-1"))),
	usageRow("a raw figure in words", Refuses, putField("raw_quantity", "plenty")),
	usageRow("a row without a raw figure", Reads, dropField("raw_quantity")),
	usageRow("a raw figure of null", Reads, putField("raw_quantity", nil)),

	usageRow("a row without a product", Refuses, dropField("product_id")),
	usageRow("an empty product", Refuses, putField("product_id", "")),
	usageRow("a product as a number", Refuses, putField("product_id", 7)),
	usageRow("a row with neither type nor name", Refuses, firstRow(func(row object) {
		delete(row, "usage_type")
		delete(row, "name")
	})),
	usageRow("a row with a name and no type", ReadsOrRefuses, dropField("usage_type")),
	usageRow("a row without a name", Reads, dropField("name")),
	usageRow("a row without a unit", ReadsOrRefuses, dropField("unit")),
	usageRow("a unit as a number", Refuses, putField("unit", 9)),
	usageRow("a region of null", Reads, putField("region", nil)),
	usageRow("a row without a last update", Reads, dropField("last_updated_at")),
	usageRow("a last update of null", Reads, putField("last_updated_at", nil)),
	usageRow("a last update in words", ReadsOrRefuses, putField("last_updated_at", "yesterday")),
}

// serviceRows are answers of service-usage-metrics with something wrong in a row.
var serviceRows = []Fault{
	serviceRow("a service without a figure", Refuses, dropField("usage_units")),
	serviceRow("a service with a figure of null", Refuses, putField("usage_units", nil)),
	serviceRow("a service with a figure of true", Refuses, putField("usage_units", true)),
	serviceRow("a service with a figure in words", Refuses, putField("usage_units", "plenty")),
	serviceRow("a service with a negative figure", Refuses, putField("usage_units", json.Number("-0.5"))),
	serviceRow("a service with an absurd figure", Refuses, putField("usage_units", json.Number("1e300"))),
	serviceRow("a service without an id", Refuses, dropField("service_id")),
	serviceRow("a service with an id as a number", Refuses, putField("service_id", 7)),
	serviceRow("a service without a name", ReadsOrRefuses, dropField("service_name")),
	serviceRow("a service twice", ReadsOrRefuses, addRow("", nil)),
	serviceRow("a service twice, with different figures", Refuses, addRow("usage_units", json.Number("1.5"))),
	serviceRow("services in another order", Reads, rowList(reversed)),
	serviceRow("a service of null", Refuses, rowList(withNull)),
}

func usageRow(name string, outcome Outcome, change rewrite) Fault {
	return Fault{Name: name, Path: UsagePath, Outcome: outcome, Rewrite: change}
}

func serviceRow(name string, outcome Outcome, change rewrite) Fault {
	return Fault{Name: name, Path: ServicePath, Outcome: outcome, Rewrite: change}
}

// addRow repeats the first row, with a field changed when it is named.
func addRow(field string, value any) rewrite {
	return rowList(func(rows []any) []any { return again(rows, field, value) })
}

// again repeats the first object of a list, with a field changed when it is named.
func again(list []any, field string, value any) []any {
	repeated := maps.Clone(list[0].(object))
	if field != "" {
		repeated[field] = value
	}
	return append(list, repeated)
}

func withNull(rows []any) []any { return append(rows, nil) }

func reversed(rows []any) []any {
	slices.Reverse(rows)
	return rows
}
