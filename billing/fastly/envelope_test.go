package fastly

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// corpus reads every file of a folder of testdata, and fails if there is none.
func corpus(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in testdata/%s (%v)", folder, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = body
	}
	return files
}

func northAmericaRequests() billing.Usage {
	return billing.Usage{
		Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "North America Requests",
		Region: "North America", Unit: "unit", Quantity: dec("146017.0369"), Raw: known("1460170369"),
		CountedTo: time.Date(2023, 2, 1, 0, 0, 0, 0, time.UTC),
	}
}

func northAmericaBandwidth() billing.Usage {
	u := northAmericaRequests()
	u.UsageType, u.Unit, u.Quantity, u.Raw = "North America Bandwidth", "gb", dec("52340.12"), known("52340120000000")
	return u
}

func changed(u billing.Usage, change func(*billing.Usage)) billing.Usage {
	change(&u)
	return u
}

func TestDecodeUsage(t *testing.T) {
	requests, bandwidth := northAmericaRequests(), northAmericaBandwidth()
	noRaw := changed(requests, func(u *billing.Usage) { u.Raw = decimal.NullDecimal{} })
	undated := changed(requests, func(u *billing.Usage) { u.CountedTo = time.Time{} })
	read := map[string][]billing.Usage{
		"read-data-list.json":            {requests, bandwidth},
		"read-data-object.json":          {requests},
		"read-bare-list.json":            {requests, bandwidth},
		"read-bare-object.json":          {requests},
		"read-no-rows.json":              nil,
		"read-no-rows-bare.json":         nil,
		"read-data-null.json":            nil,
		"read-raw-negative.json":         {noRaw},
		"read-raw-absurd.json":           {noRaw},
		"read-raw-words.json":            {noRaw},
		"read-unit-absent.json":          {requests},
		"aside-row-null.json":            {requests, {Month: requests.Month, Unread: "row 2 of Fastly's answer cannot be read: it is null, not an object"}},
		"read-numeric-strings.json":      {requests},
		"read-exponents.json":            {requests},
		"read-every-digit.json":          {changed(noRaw, func(u *billing.Usage) { u.Quantity = dec("1234567.89123456789012") })},
		"read-raw-null.json":             {noRaw},
		"read-raw-absent.json":           {noRaw},
		"read-name-absent.json":          {changed(requests, func(u *billing.Usage) { u.UsageType = "na_requests" })},
		"read-region-null.json":          {changed(requests, func(u *billing.Usage) { u.Region = "" })},
		"read-updated-in-words.json":     {undated},
		"read-updated-as-number.json":    {undated},
		"read-meta-without-more.json":    {requests},
		"read-unknown-fields.json":       {requests},
		"read-row-twice-alike.json":      {requests},
		"read-row-twice-later-wins.json": {requests},
	}
	refused := map[string]string{
		"refused-empty.json":                "it is empty",
		"refused-blank.json":                "it is empty",
		"refused-null.json":                 "it is null, neither an object nor a list",
		"refused-number.json":               "it is a number, neither an object nor a list",
		"refused-text.json":                 "it is a string, neither an object nor a list",
		"refused-true.json":                 "it is a boolean, neither an object nor a list",
		"refused-empty-object.json":         "it is an empty object",
		"refused-data-text.json":            "data is a string",
		"refused-data-empty-object.json":    "row 1: there is no month",
		"refused-other-key.json":            "there is no data, only total, usage",
		"refused-words-of-an-error.json":    `there is no data, but the words "Record not found"`,
		"refused-html.json":                 "it is HTML, not JSON",
		"refused-truncated.json":            "it is not JSON: unexpected end of JSON input",
		"refused-trailing-garbage.json":     "it is not JSON: invalid character '}' after top-level value",
		"refused-twice.json":                "it is not JSON: invalid character '{' after top-level value",
		"refused-nan.json":                  "it is not JSON: invalid character 'N' looking for beginning of value",
		"refused-nested-too-deep.json":      "it is not JSON: invalid character '[' exceeded max depth",
		"refused-row-number.json":           "row 1: it is a number, not an object",
		"refused-row-list.json":             "row 1: it is a list, not an object",
		"refused-month-absent.json":         "row 1: there is no month",
		"refused-month-null.json":           "row 1: there is no month",
		"refused-month-thirteen.json":       `row 1: month: "2023-13" is not one`,
		"refused-month-as-number.json":      "row 1: month is a number",
		"refused-month-not-asked-for.json":  "row 1: month: 1999-12 was not asked for",
		"refused-quantity-absent.json":      "row 1: there is no quantity",
		"refused-quantity-null.json":        "row 1: quantity is null",
		"refused-quantity-true.json":        "row 1: quantity is a boolean",
		"refused-quantity-object.json":      "row 1: quantity is an object",
		"refused-quantity-list.json":        "row 1: quantity is a list",
		"refused-quantity-empty.json":       `row 1: quantity is "", not a number`,
		"refused-quantity-words.json":       `row 1: quantity is "plenty", not a number`,
		"refused-quantity-commas.json":      `row 1: quantity is "1,234.5", not a number`,
		"refused-quantity-hexadecimal.json": `row 1: quantity is "0x1F", not a number`,
		"refused-quantity-negative.json":    "row 1: quantity is negative: -12.5",
		"refused-quantity-absurd.json":      "row 1: quantity is absurdly large: 10000000000000000",
		"refused-quantity-exponent.json":    `row 1: quantity is "1e-2147483647", not a number`,
		"refused-quantity-long.json":        "row 1: quantity has more than 64 characters",
		"refused-product-absent.json":       "row 1: there is no product_id",
		"refused-product-as-number.json":    "row 1: product_id is a number",
		"refused-type-and-name-absent.json": "row 1: there is neither a name nor a usage_type",
		"refused-unit-as-number.json":       "row 1: unit is a number",
		"refused-row-twice-differing.json":  "North America Requests of cdn_usage: it is there twice, with different figures",
		"refused-a-page-of-several.json":    "it is one page of several, which this endpoint does not have",
		"refused-meta-text.json":            "meta: it is a string, not an object",
	}
	january := billing.One(billing.NewMonth(2023, time.January))
	for file, body := range corpus(t, "usage") {
		t.Run(file, func(t *testing.T) {
			rows, _, err := decodeUsage(body, january)
			if want, ok := read[file]; ok {
				checkRead(t, want, rows, err)
				return
			}
			checkRefused(t, refused[file], err)
		})
	}
	checkFiles(t, "usage", len(read)+len(refused))
}

func checkRead(t *testing.T, want, got any, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("refused: %v", err)
	}
	if diff := cmp.Diff(want, got, equalDecimals, equalMonths); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func checkRefused(t *testing.T, reason string, err error) {
	t.Helper()
	var body *billing.BodyError
	if !errors.As(err, &body) || !errors.Is(err, billing.ErrNotUnderstood) {
		t.Fatalf("error is %v, not a *BodyError", err)
	}
	if reason == "" || body.Reason != reason {
		t.Errorf("reason is %q, want %q", body.Reason, reason)
	}
}

// checkFiles fails where a row of a table has lost its file.
func checkFiles(t *testing.T, folder string, rows int) {
	t.Helper()
	if files := len(corpus(t, folder)); files != rows {
		t.Errorf("testdata/%s has %d files, and the table %d rows", folder, files, rows)
	}
}

func TestDecodeServiceUsage(t *testing.T) {
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "North America Requests"}
	www := billing.ServiceUsage{
		Month: query.Month, Product: query.Product, UsageType: query.UsageType, Unit: "unit",
		ServiceID: "SU1Z0isxPaozGVKXdv0eY", ServiceName: "www", Quantity: dec("1200.5"),
	}
	api := www
	api.ServiceID, api.ServiceName, api.Quantity = "7xK2", "api", dec("3.25")
	nameless := www
	nameless.ServiceName = ""
	both := []billing.ServiceUsage{www, api}
	odd := func(name, why string) []billing.ServiceUsage { // the one service of the page
		row := www
		row.Quantity, row.Unread = decimal.Decimal{}, "Fastly's figure of service "+name+" cannot be read: "+why
		if name == "" {
			row.ServiceID, row.ServiceName, row.Unread = "", "", "service 1 of Fastly's page cannot be read: "+why
		}
		return []billing.ServiceUsage{row}
	}
	type page struct {
		rows   []billing.ServiceUsage
		cursor string
	}
	read := map[string]page{
		"read-data-object.json":             {both, ""},
		"read-data-object-meta-beside.json": {both, "a+b/c=="},
		"read-data-list-meta-beside.json":   {both, "a+b/c=="},
		"read-data-list-meta-in-each.json":  {both, "a+b/c=="},
		"read-bare-list.json":               {both, "a+b/c=="},
		"read-bare-object.json":             {both, "a+b/c=="},
		"read-no-blocks.json":               {nil, ""},
		"read-no-details.json":              {nil, ""},
		"read-details-null.json":            {nil, ""},
		"read-cursor-null.json":             {both, ""},
		"read-cursor-absent.json":           {both, ""},
		"read-meta-null.json":               {both, ""},
		"read-other-type-left-out.json":     {both, ""},
		"read-unit-absent.json":             {both, ""},
		"aside-figure-absent.json":          {odd("www", "there is no usage_units"), ""},
		"aside-figure-null.json":            {odd("www", "usage_units is null"), ""},
		"aside-figure-words.json":           {odd("www", `usage_units is "plenty", not a number`), ""},
		"aside-figure-negative.json":        {odd("www", "usage_units is negative: -0.5"), ""},
		"aside-figure-absurd.json":          {odd("www", "usage_units has an absurd exponent"), ""},
		"aside-service-null.json":           {odd("", "it is null, not an object"), ""},
		"aside-service-id-absent.json":      {odd("", "there is no service_id"), ""},
		"aside-service-id-as-number.json":   {odd("", "service_id is a number"), ""},
		"read-service-without-name.json":    {[]billing.ServiceUsage{nameless}, ""},
	}
	refused := map[string]string{
		"refused-null.json":                 "it is null, neither an object nor a list",
		"refused-empty-object.json":         "it is an empty object",
		"refused-data-empty-object.json":    "block 1: details is absent",
		"refused-block-number.json":         "block 1: it is a number, not an object",
		"refused-details-absent.json":       "block 1: details is absent",
		"refused-details-null-alone.json":   "block 1: details is null",
		"refused-details-object.json":       "block 1: details is an object",
		"refused-month-not-asked-for.json":  "block 1: start_time is in 2023-02, which was not asked for",
		"refused-start-in-words.json":       `block 1: start_time is "January", not a time`,
		"refused-start-as-number.json":      "block 1: start_time is a number",
		"refused-cursor-as-number.json":     "meta: next_cursor is a number",
		"refused-two-cursors.json":          "it has two cursors of a next page",
		"refused-type-by-another-name.json": "it is about na_req_standard, and North America Requests was asked for",
		"refused-types-not-asked-for.json":  "it has 2 usage types, and none is North America Requests",
		"refused-usage-rows.json":           "block 1: details is absent",
	}
	for file, body := range corpus(t, "services") {
		t.Run(file, func(t *testing.T) {
			page, err := decodeServiceUsage(body, query, "")
			rows, next := page.rows, page.next
			if want, ok := read[file]; ok {
				checkRead(t, want.rows, rows, err)
				if next.cursor != want.cursor {
					t.Errorf("cursor is %q, want %q", next.cursor, want.cursor)
				}
				return
			}
			checkRefused(t, refused[file], err)
		})
	}
	checkFiles(t, "services", len(read)+len(refused))
}

func TestCountedTo(t *testing.T) {
	november := billing.NewMonth(2026, time.November)
	for _, tt := range []struct{ name, sent, want string }{
		{"a date is the end of its day", `"2026-11-21"`, "2026-11-22T00:00:00Z"},
		{"the month's last day is the month's end", `"2026-11-30"`, "2026-12-01T00:00:00Z"},
		{"nothing counts beyond the month's end", `"2026-12-14"`, "2026-12-01T00:00:00Z"},
		{"an instant is itself", `"2026-11-21T06:30:00Z"`, "2026-11-21T06:30:00Z"},
		{"an instant elsewhere is turned into UTC", `"2026-11-21T06:30:00+02:00"`, "2026-11-21T04:30:00Z"},
		{"fractions of a second are read", `"2026-11-21T06:30:00.250Z"`, "2026-11-21T06:30:00.25Z"},
		{"a blank may stand for the T", `"2026-11-21 06:30:00 UTC"`, "2026-11-21T06:30:00Z"},
		{"no zone is UTC", `"2026-11-21T06:30:00"`, "2026-11-21T06:30:00Z"},
		{"no zone and a blank is UTC", `"2026-11-21 06:30:00"`, "2026-11-21T06:30:00Z"},
		{"another zone's letters say nothing sure", `"2026-11-21 06:30:00 PST"`, "0001-01-01T00:00:00Z"},
		{"a date before the month says nothing", `"2026-10-30"`, "0001-01-01T00:00:00Z"},
		{"nothing says nothing", `""`, "0001-01-01T00:00:00Z"},
		{"null says nothing", `null`, "0001-01-01T00:00:00Z"},
		{"a number says nothing", `1795219200`, "0001-01-01T00:00:00Z"},
		{"words say nothing", `"yesterday"`, "0001-01-01T00:00:00Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := countedTo([]byte(tt.sent), november).Format(time.RFC3339Nano); got != tt.want {
				t.Errorf("countedTo(%s) is %s, want %s", tt.sent, got, tt.want)
			}
		})
	}
}
