package fault

import (
	"encoding/json"
	"maps"
	"slices"
)

// usageRows are answers of usage-metrics with something wrong in a row.
var usageRows = []Fault{
	usageRow("a row without a month", SetsAside, dropField("month")),
	usageRow("a month of null", SetsAside, putField("month", nil)),
	usageRow("an empty month", SetsAside, putField("month", "")),
	usageRow("a thirteenth month", SetsAside, putField("month", "2023-13")),
	usageRow("a month in words", SetsAside, putField("month", "January 2023")),
	usageRow("a month as a number", SetsAside, putField("month", 202301)),
	usageRow("a month not asked for", ReadsOrRefuses, addRow("month", "1999-12")),
	usageRow("a row of null", SetsAside, rowList(withNull)),
	usageRow("months out of order", Reads, rowList(reversed)),
	usageRow("a row twice", ReadsOrRefuses, addRow("", nil)),
	usageRow("a row twice, with different figures", SetsAside, addRow("quantity", json.Number("1.5"))),

	usageRow("a row without a figure", SetsAside, dropField("quantity")),
	usageRow("a figure of null", SetsAside, putField("quantity", nil)),
	usageRow("a figure of true", SetsAside, putField("quantity", true)),
	usageRow("a figure in an object", SetsAside, putField("quantity", object{"value": 7})),
	usageRow("a figure in a list", SetsAside, putField("quantity", []any{7})),
	usageRow("an empty figure", SetsAside, putField("quantity", "")),
	usageRow("a figure in words", SetsAside, putField("quantity", "plenty")),
	usageRow("a figure with commas", SetsAside, putField("quantity", "1,234.5")),
	usageRow("a figure in hexadecimal", SetsAside, putField("quantity", "0x1F")),
	usageRow("a figure of NaN in quotes", SetsAside, putField("quantity", "NaN")),
	usageRow("a negative figure", SetsAside, putField("quantity", json.Number("-12.5"))),
	usageRow("an absurd figure", SetsAside, putField("quantity", json.Number("1e300"))),
	usageRow("an absurd exponent", SetsAside, putField("quantity", json.Number("1e2147483647"))),
	usageRow("a negative raw figure", ReadsOrRefuses, putField("raw_quantity", json.Number("-1"))),
	usageRow("a raw figure in words", ReadsOrRefuses, putField("raw_quantity", "plenty")),
	usageRow("a row without a raw figure", Reads, dropField("raw_quantity")),
	usageRow("a raw figure of null", Reads, putField("raw_quantity", nil)),

	usageRow("a row without a product", SetsAside, dropField("product_id")),
	usageRow("an empty product", SetsAside, putField("product_id", "")),
	usageRow("a product as a number", SetsAside, putField("product_id", 7)),
	usageRow("a row with neither type nor name", SetsAside, firstRow(func(row object) {
		delete(row, "usage_type")
		delete(row, "name")
	})),
	usageRow("a row with a name and no type", ReadsOrRefuses, dropField("usage_type")),
	usageRow("a row without a name", Reads, dropField("name")),
	usageRow("a row without a unit", SetsAside, dropField("unit")),
	usageRow("a unit as a number", SetsAside, putField("unit", 9)),
	usageRow("a region of null", Reads, putField("region", nil)),
	usageRow("a row without a last update", Reads, dropField("last_updated_at")),
	usageRow("a last update of null", Reads, putField("last_updated_at", nil)),
	usageRow("a last update in words", ReadsOrRefuses, putField("last_updated_at", "yesterday")),
}

// AddRow is a row more in every answer of usage-metrics, written as it is given: the way to be told something odd beside what is true.
// It panics where the row is no JSON.
func AddRow(raw string) Fault {
	if !json.Valid([]byte(raw)) {
		panic("fastlysim: a row that is no JSON: " + raw)
	}
	return Fault{Name: "a row more", Path: UsagePath, Outcome: SetsAside, Rewrite: rowList(func(rows []any) []any {
		return append(rows, json.RawMessage(raw))
	})}
}

// PutInRow gives a field of the first row of usage-metrics that has the usage type another value.
func PutInRow(usageType, field string, value any) Fault {
	return changedRow(UsagePath, "usage_type", usageType, func(row object) { row[field] = value })
}

// PutInService gives a field of the service of that name another value, in every answer by service.
func PutInService(service, field string, value any) Fault {
	return changedRow(ServicePath, "service_name", service, func(row object) { row[field] = value })
}

func changedRow(path, key, name string, change func(object)) Fault {
	return Fault{Name: "a row changed", Path: path, Outcome: SetsAside, Rewrite: first(func(value any) bool {
		fields, ok := value.(object)
		return ok && isRow(value) && fields[key] == name
	}, change)}
}

// Refused is an answer that blames the request or the token, with the given status.
func Refused(status int) Fault {
	return refusal4xx("refused", status, Rejected, "not now", `{"msg":"not now"}`, plainText)
}

// serviceRows are answers of service-usage-metrics with something wrong in a row.
var serviceRows = []Fault{
	serviceRow("a service without a figure", SetsAside, dropField("usage_units")),
	serviceRow("a service with a figure of null", SetsAside, putField("usage_units", nil)),
	serviceRow("a service with a figure of true", SetsAside, putField("usage_units", true)),
	serviceRow("a service with a figure in words", SetsAside, putField("usage_units", "plenty")),
	serviceRow("a service with a negative figure", SetsAside, putField("usage_units", json.Number("-0.5"))),
	serviceRow("a service with an absurd figure", SetsAside, putField("usage_units", json.Number("1e300"))),
	serviceRow("a service without an id", SetsAside, dropField("service_id")),
	serviceRow("a service with an id as a number", SetsAside, putField("service_id", 7)),
	serviceRow("a service without a name", ReadsOrRefuses, dropField("service_name")),
	serviceRow("a service twice", ReadsOrRefuses, addRow("", nil)),
	serviceRow("a service twice, with different figures", SetsAside, addRow("usage_units", json.Number("1.5"))),
	serviceRow("services in another order", Reads, rowList(reversed)),
	serviceRow("a service of null", SetsAside, rowList(withNull)),
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
