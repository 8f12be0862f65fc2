package fastly

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// asiaRow is a row of November with some of its fields replaced; an empty value leaves the field out.
func asiaRow(changes map[string]string) string {
	fields := map[string]string{
		"month": `"2026-11"`, "usage_type": `"Asia Bandwidth"`, "name": `"Asia Bandwidth"`, "region": `"Asia"`, "unit": `"gb"`,
		"quantity": `450`, "raw_quantity": `450000000000`, "product_id": `"cdn_usage"`, "last_updated_at": `"2026-11-20"`,
	}
	for name, value := range changes {
		fields[name] = value
	}
	var parts []string
	for _, name := range []string{
		"month", "usage_type", "name", "region", "unit", "quantity", "raw_quantity", "product_id", "last_updated_at",
	} {
		if fields[name] != "" {
			parts = append(parts, fmt.Sprintf("%q:%s", name, fields[name]))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// europe is a row that stands beside every odd one, and must be read as it is.
const europe = `{"month":"2026-11","usage_type":"Europe Bandwidth","name":"Europe Bandwidth","region":"Europe","unit":"gb","quantity":7,"product_id":"cdn_usage"}`

// briefly writes a row of usage in a line.
func briefly(u billing.Usage) string {
	if u.Unread != "" {
		return strings.TrimSpace(fmt.Sprintf("%s %s/%s? %s", u.Month, u.Product, u.UsageType, u.Unread))
	}
	line := fmt.Sprintf("%s %s/%s %s %s", u.Month, u.Product, u.UsageType, u.Quantity, u.Unit)
	if u.Raw.Valid {
		line += " raw " + u.Raw.Decimal.String()
	}
	return line
}

func TestAnOddRowLeavesTheOthersAsTheyAre(t *testing.T) {
	const asia = "Fastly's row of Asia Bandwidth (cdn_usage) cannot be read: "
	aside := func(why string) string { return "2026-11 cdn_usage/Asia Bandwidth? " + asia + why }
	type change = map[string]string
	for _, tt := range []struct {
		name string
		rows []string
		want []string // beside europe
	}{
		{"a row like any other is read", []string{asiaRow(nil)}, []string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"}},
		{
			"no quantity is what the raw one says",
			[]string{asiaRow(change{"quantity": ""})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"},
		},
		{
			"so is a quantity of null",
			[]string{asiaRow(change{"quantity": "null"})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"},
		},
		{
			"and one below zero",
			[]string{asiaRow(change{"quantity": "-5"})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"},
		},
		{"without both there is no figure", []string{asiaRow(change{"quantity": "null", "raw_quantity": ""})}, []string{aside("quantity is null")}},
		{
			"below zero both, too",
			[]string{asiaRow(change{"quantity": "-5", "raw_quantity": "-5e9"})},
			[]string{aside("quantity is negative: -5")},
		},
		{
			"commas in a figure may mean anything",
			[]string{asiaRow(change{"quantity": `"1,234.5"`, "raw_quantity": ""})},
			[]string{aside(`quantity is "1,234.5", not a number`)},
		},
		{
			"a raw quantity that cannot be read is as if it were not there",
			[]string{asiaRow(change{"raw_quantity": "-5e9"})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb"},
		},
		{
			"no unit is Fastly's word for none",
			[]string{asiaRow(change{"unit": ""})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 unit raw 450000000000"},
		},
		{
			"nor is null",
			[]string{asiaRow(change{"unit": "null"})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 unit raw 450000000000"},
		},
		{"a unit that is no text is none of them", []string{asiaRow(change{"unit": "7"})}, []string{aside("unit is a number")}},
		{
			"two petabytes in bytes are not absurd",
			[]string{asiaRow(change{"unit": `"bytes"`, "quantity": "2e15", "raw_quantity": ""})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 2000000 gb"},
		},
		{
			"a yottabyte and more is, whatever the unit",
			[]string{asiaRow(change{"unit": `"TB"`, "quantity": "2e12", "raw_quantity": ""})},
			[]string{aside("quantity is absurdly large: 2000000000000")},
		},
		{
			"of a unit that nobody knows the figure may be large",
			[]string{asiaRow(change{"unit": `"ms"`, "quantity": "2e18", "raw_quantity": ""})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 2000000000000000000 ms"},
		},
		{
			"a region that cannot be read leaves it to the names",
			[]string{asiaRow(change{"region": "{}"})},
			[]string{aside("region is an object")},
		},
		{
			"a name that cannot be read leaves the product",
			[]string{asiaRow(change{"name": "{}"})},
			[]string{"2026-11 cdn_usage/? Fastly's row of cdn_usage in Asia cannot be read: name is an object"},
		},
		{
			"without a product it may be anything of that name",
			[]string{asiaRow(change{"product_id": ""})},
			[]string{"2026-11 /Asia Bandwidth? row 2 of Fastly's answer cannot be read: there is no product_id"},
		},
		{
			"an element that is no object may be anything of any month asked for",
			[]string{"7"},
			[]string{
				"2026-10 /? row 2 of Fastly's answer cannot be read: it is a number, not an object",
				"2026-11 /? row 2 of Fastly's answer cannot be read: it is a number, not an object",
			},
		},
		{
			"a month in digits may be of any month",
			[]string{asiaRow(change{"month": "202611"})},
			[]string{"2026-10 cdn_usage/Asia Bandwidth? " + asia + "month is a number", aside("month is a number")},
		},
		{
			"a day is of its month",
			[]string{asiaRow(change{"month": `"2026-11-30"`})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"},
		},
		{
			"an instant is of its month in UTC",
			[]string{asiaRow(change{"month": `"2026-12-01T00:30:00+02:00"`})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"},
		},
		{"a month that nobody asked for counts towards nothing", []string{asiaRow(change{"month": `"2026-07"`})}, nil},
		{
			"twice the same is once",
			[]string{asiaRow(nil), asiaRow(nil)},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 450 gb raw 450000000000"},
		},
		{
			"twice with other figures is neither",
			[]string{asiaRow(nil), asiaRow(change{"quantity": "451"})},
			[]string{aside("it is there twice, with different figures")},
		},
		{
			"in two units of bytes it is twice as well",
			[]string{asiaRow(change{"raw_quantity": ""}), asiaRow(change{"unit": `"TB"`, "raw_quantity": ""})},
			[]string{aside("it is there twice, with different figures")},
		},
		{
			"a later update decides between them",
			[]string{asiaRow(nil), asiaRow(change{"quantity": "451", "last_updated_at": `"2026-11-21"`})},
			[]string{"2026-11 cdn_usage/Asia Bandwidth 451 gb raw 450000000000"},
		},
		{
			"requests without a quantity are in blocks as the month before shows",
			[]string{
				asiaRow(change{"month": `"2026-10"`, "name": `"Asia Requests"`, "unit": `"unit"`, "quantity": "10", "raw_quantity": "100000"}),
				asiaRow(change{"name": `"Asia Requests"`, "unit": `"unit"`, "quantity": "null", "raw_quantity": "70000"}),
			},
			[]string{"2026-10 cdn_usage/Asia Requests 10 unit raw 100000", "2026-11 cdn_usage/Asia Requests 7 unit raw 70000"},
		},
		{
			"where nothing shows it they have no figure",
			[]string{asiaRow(change{"name": `"Asia Requests"`, "unit": `"unit"`, "quantity": "null", "raw_quantity": "70000"})},
			[]string{"2026-11 cdn_usage/Asia Requests? Fastly's row of Asia Requests (cdn_usage) cannot be read: quantity is null"},
		},
		{
			"what is written to mislead is cut and cleaned",
			[]string{asiaRow(change{"name": `"\u001b[2J` + strings.Repeat("x", 300) + `\u202e"`, "quantity": `"\u0007` + strings.Repeat("9", 70) + `"`, "raw_quantity": ""})},
			[]string{"2026-11 cdn_usage/\x1b[2J" + strings.Repeat("x", 300) + "\u202e? Fastly's row of [2J" + strings.Repeat("x", 36) +
				"… (cdn_usage) in Asia cannot be read: quantity has more than 64 characters"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := []byte(`{"data":[` + strings.Join(append([]string{europe}, tt.rows...), ",") + `]}`)
			rows, _, err := decodeUsage(body, billing.Range{First: billing.NewMonth(2026, time.October), Last: billing.NewMonth(2026, time.November)})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, u := range rows[1:] {
				got = append(got, briefly(u))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || briefly(rows[0]) != "2026-11 cdn_usage/Europe Bandwidth 7 gb" {
				t.Errorf("beside %s (-want +got):\n%s", briefly(rows[0]), diff)
			}
		})
	}
}

// The names in which Fastly might count bytes are all counted in bytes, a GB being 10^9 of them.
func TestWhateverCountsBytesIsInGigabytes(t *testing.T) {
	for _, tt := range []struct{ unit, quantity, want string }{
		{"GB", "600", "600 gb"},
		{"gb", "600", "600 gb"},
		{"Gigabytes", "600", "600 gb"},
		{"gigabyte", "600", "600 gb"},
		{"TB", "0.6", "600 gb"},
		{"tb", "0.6", "600 gb"},
		{"Terabytes", "0.6", "600 gb"},
		{"PB", "0.0006", "600 gb"},
		{"EB", "0.0000006", "600 gb"},
		{"MB", "600000", "600 gb"},
		{"kB", "600000000", "600 gb"},
		{"bytes", "600000000000", "600 gb"},
		{"Byte", "600000000000", "600 gb"},
		{" TB ", "0.6", "600 gb"},
		{"GiB", "600", "600 gib"}, // of 2^30, and not converted
		{"GB-month", "600", "600 gb-month"},
		{"unit", "600", "600 unit"},
		{"Units", "600", "600 units"},
	} {
		t.Run(tt.unit, func(t *testing.T) {
			row := asiaRow(map[string]string{"unit": fmt.Sprintf("%q", tt.unit), "quantity": tt.quantity, "raw_quantity": ""})
			rows, _, err := decodeUsage([]byte("["+row+"]"), billing.One(billing.NewMonth(2026, time.November)))
			if err != nil || len(rows) != 1 || rows[0].Quantity.String()+" "+rows[0].Unit != tt.want {
				t.Errorf("usage is %+v, %v; want %s", rows, err, tt.want)
			}
			query := billing.ServiceQuery{Month: billing.NewMonth(2026, time.November), Product: "cdn_usage", UsageType: "Asia Bandwidth"}
			body := fmt.Sprintf(`{"data":{"usage_type":"Asia Bandwidth","unit":%q,"details":[{"service_id":"S1","usage_units":%s}]}}`, tt.unit, tt.quantity)
			page, err := decodeServiceUsage([]byte(body), query, "")
			if err != nil || len(page.rows) != 1 || page.rows[0].Quantity.String()+" "+page.rows[0].Unit != tt.want {
				t.Errorf("services are %+v, %v; want %s", page.rows, err, tt.want)
			}
		})
	}
}
