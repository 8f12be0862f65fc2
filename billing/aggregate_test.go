package billing

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

var (
	bandwidth = Measure{Noun: "bandwidth", Bytes: true}
	requests  = Measure{Noun: "requests"}
	billed    = Measure{Noun: "requests", Billed: true}
	vCPUTime  = Measure{Noun: "vCPU time", Time: true}
	storage   = Measure{Noun: "storage", Bytes: true}
	mhours    = Measure{Noun: "mhour"}
)

func TestFormat(t *testing.T) {
	for _, tt := range []struct {
		name    string
		measure Measure
		figure  string
		want    string
	}{
		{"three figures of bytes", bandwidth, "1283456789012", "1.28 TB"},
		{"hundreds have no point", bandwidth, "500000000000000", "500 TB"},
		{"a figure ends with the zeros that it has", bandwidth, "87000000000000", "87.0 TB"},
		{"a petabyte", bandwidth, "2622600000000000", "2.62 PB"},
		{"kilobytes have a small k", bandwidth, "1500", "1.50 kB"},
		{"no bytes", bandwidth, "0", "0 B"},
		{"a few bytes are whole", bandwidth, "12.6", "13 B"},
		{"nearly the next unit is the next unit", bandwidth, "999999999999", "1.00 TB"},
		{"nothing is larger than exabytes", bandwidth, "12345000000000000000000", "12,345 EB"},
		{"billions of requests", requests, "3410000000", "3.41 B requests"},
		{"999,950 is a million", requests, "999950", "1.00 M requests"},
		{"999,499 is not a million", requests, "999499", "999 K requests"},
		{"no requests", requests, "0", "0 requests"},
		{"one request", requests, "1", "1 request"},
		{"small ones are plain", requests, "999", "999 requests"},
		{"there is no half request", requests, "12.5", "13 requests"},
		{"less than one is not rounded to none", requests, "0.25", "0.25 requests"},
		{"a fall has a real minus", bandwidth, "-1283456789012", "−1.28 TB"},
		{"billed units say so", billed, "146017.0369", "146 K billed units"},
		{"one billed unit", billed, "1", "1 billed unit"},
		{"vCPU time is hours and not milliseconds", vCPUTime, "173305000000", "48.1 K hours"},
		{"one hour", vCPUTime, "3600000", "1.00 hours"},
		{"half of an hour is no fraction to round", vCPUTime, "1800000", "0.500 hours"},
		{"a millisecond is not none", vCPUTime, "1", "0.000000278 hours"},
		{"999,600 hours are a million", vCPUTime, "3598560000000", "1.00 M hours"},
		{"no time", vCPUTime, "0", "0 hours"},
		{"a fall of hours has a real minus", vCPUTime, "-7200000", "−2.00 hours"},
		{"what is kept is billed by the month", storage, "38214660118532", "38.2 TB-months"},
		{"one such unit", storage, "1000000000000", "1.00 TB-months"},
		{"another unit is spelled as Fastly spells it", mhours, "12.345", "12.3 mhour"},
		{"a fraction of another unit is kept", mhours, "0.012345", "0.0123 mhour"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.measure.Format(dec(tt.figure)); got != tt.want {
				t.Errorf("Format(%s) is %q, want %q", tt.figure, got, tt.want)
			}
		})
	}
}

// TestWritten: an amount that a person has typed has no digit more.
func TestWritten(t *testing.T) {
	for _, tt := range []struct {
		name    string
		measure Measure
		figure  string
		want    string
	}{
		{"a limit in tens of terabytes", bandwidth, "55000000000000", "55 TB"},
		{"a limit with a fraction", bandwidth, "1500000000000", "1.5 TB"},
		{"a limit in requests", requests, "2000000000", "2 B requests"},
		{"a limit of one unit", storage, "1000000000000", "1 TB-month"},
		{"a limit in hours", vCPUTime, "3600000", "1 hour"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.measure.Written(dec(tt.figure)); got != tt.want {
				t.Errorf("Written(%s) is %q, want %q", tt.figure, got, tt.want)
			}
		})
	}
}

func decs(figures ...string) []decimal.Decimal {
	var all []decimal.Decimal
	for _, f := range figures {
		all = append(all, dec(f))
	}
	return all
}

func TestScale(t *testing.T) {
	for _, tt := range []struct {
		name    string
		measure Measure
		figures []decimal.Decimal
		label   string
		cells   []string
	}{
		{
			"hundreds have one decimal", bandwidth, decs("846500000000000", "96200000000000", "17900000000000"),
			"Bandwidth, TB",
			[]string{"846.5", "96.2", "17.9"},
		},
		{
			"tens have two decimals", requests, decs("85020000000", "9800000000", "1770000000"),
			"Requests, B",
			[]string{"85.02", "9.80", "1.77"},
		},
		{
			"a small row keeps its figures beside a petabyte", bandwidth, decs("1234500000000000", "10000000000000"),
			"Bandwidth, TB",
			[]string{"1,234.5", "10.0"},
		},
		{
			"a row below one has the next smaller unit", bandwidth, decs("1193000000000000", "520000000000000", "497400000000000"),
			"Bandwidth, TB",
			[]string{"1,193.0", "520.0", "497.4"},
		},
		{
			"but not where the largest would have five digits", bandwidth, decs("12400000000000000", "142000000000000"),
			"Bandwidth, PB",
			[]string{"12.40", "0.142"},
		},
		{
			"a figure that is too small to show is below the smallest one, and not zero", bandwidth, decs("846500000000000", "1000000000", "1000000"),
			"Bandwidth, TB",
			[]string{"846.5", "0.0010", "<0.0001"},
		},
		{"small counts are whole", requests, decs("950", "2", "0"), "Requests", []string{"950", "2", "0"}},
		{"nothing", requests, nil, "Requests", nil},
		{"billed units say so", billed, decs("146017", "20000"), "Requests, K billed units", []string{"146.0", "20.0"}},
		{"vCPU time has hours in its label", vCPUTime, decs("846500000", "3600000000", "36000"), "vCPU Time, hours", []string{"235.1", "1,000.0", "0.0100"}},
		{"many hours are thousands of them", vCPUTime, decs("173305000000", "64800000000"), "vCPU Time, K hours", []string{"48.14", "18.00"}},
		{"milliseconds alone have digits", vCPUTime, decs("100", "36"), "vCPU Time, hours", []string{"0.0000278", "0.0000100"}},
		{"what is kept is billed by the month", storage, decs("38214660118532"), "Storage, TB-months", []string{"38.21"}},
		{"another unit keeps its spelling", mhours, decs("2.5"), "mhour", []string{"2.50"}},
		{"a fall has a real minus", bandwidth, decs("-71400000000000"), "Bandwidth, TB", []string{"−71.40"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			scale := tt.measure.Scale(tt.figures...)
			var cells []string
			for _, f := range tt.figures {
				cells = append(cells, scale.Format(f))
			}
			if diff := cmp.Diff(tt.cells, cells); diff != "" || scale.Label() != tt.label {
				t.Errorf("label is %q, want %q; cells (-want +got):\n%s", scale.Label(), tt.label, diff)
			}
		})
	}
}

func TestALineHasItsOwnUnitAndDigits(t *testing.T) {
	scale := bandwidth.Scale(dec("142000000000000"))
	for _, tt := range []struct{ name, got, want string }{
		{"the unit stands behind the figure", scale.WithUnit().Format(dec("142000000000000")), "142.0 TB"},
		{"and not in the label", scale.WithUnit().Label(), "Bandwidth"},
		{"nothing has no unit", scale.WithUnit().Format(decimal.Decimal{}), "0"},
		{"a fall keeps it", scale.WithUnit().Format(dec("-142000000000000")), "−142.0 TB"},
		{"requests have their letter", requests.Scale(dec("3410000000")).WithUnit().Format(dec("3410000000")), "3.41 B"},
		{"so has vCPU time, and its unit", vCPUTime.Scale(dec("173305000000")).WithUnit().Format(dec("173305000000")), "48.14 K h"},
		{"and what is kept", storage.Scale(dec("38214660118532")).WithUnit().Format(dec("38214660118532")), "38.21 TB-months"},
		{"hours as they are shown", vCPUTime.Scale(dec("173305000000")).In(dec("173305000000")).String(), "48.14"},
		{"hours of a forecast have three figures", vCPUTime.Scale(dec("173305000000")).Short(dec("173305000000")), "48.1"},
		{"a finer scale has one digit more", scale.Finer().Format(dec("142060000000000")), "142.06"},
		{"what is counted one by one has no finer scale", requests.Scale(dec("950")).Finer().Format(dec("950")), "950"},
		{"nor has money", Cost("USD").Scale(dec("950")).Finer().Format(dec("950")), "950.00"},
		{"a figure as it is shown", scale.In(dec("142060000000000")).String(), "142.1"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func TestScaleCell(t *testing.T) {
	scale := bandwidth.Scale(dec("1500000000000"))
	if got := scale.Cell(decimal.NullDecimal{}); got != "–" {
		t.Errorf("an unknown figure prints as %q", got)
	}
	if got := scale.Cell(known("1500000000000")); got != "1.50" || scale.Unit() != "TB" {
		t.Errorf("1.5 TB prints as %q %q", got, scale.Unit())
	}
}

func TestFormatChange(t *testing.T) {
	for _, tt := range []struct{ ratio, want string }{
		{"0.069", "+6.9%"},
		{"-0.001", "−0.1%"},
		{"0", "0.0%"},
		{"-0.0004", "0.0%"},
		{"0.0005", "+0.1%"},
		{"1", "+100.0%"},
		{"12.3456", "+1,235%"},
		{"-1", "−100.0%"},
		{"0.06", "+6.0%"},
	} {
		if got := FormatChange(dec(tt.ratio)); got != tt.want {
			t.Errorf("FormatChange(%s) is %q, want %q", tt.ratio, got, tt.want)
		}
	}
}

func TestFormatShare(t *testing.T) {
	for _, tt := range []struct{ ratio, want string }{
		{"0.43", "43%"}, {"1", "100%"}, {"0", "0%"}, {"0.001", "<1%"}, {"0.006", "1%"}, {"12", "1,200%"},
	} {
		if got := FormatShare(dec(tt.ratio)); got != tt.want {
			t.Errorf("FormatShare(%s) is %q, want %q", tt.ratio, got, tt.want)
		}
	}
}
