package statement

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/billingtest"
)

// paper is a statement of October 2026. Lines are written "bandwidth 800", with what they are for first: bandwidth and
// requests are counted, tls and support are fees, and anything else is a line of that name.
type paper struct {
	id, number, posted, from, to, currency, status string
	lines                                          []string
	total                                          string // the sum of the lines where it is empty
}

func (p paper) statement(t *testing.T) Statement {
	t.Helper()
	at := func(text, usual string) time.Time {
		read, err := time.Parse(time.RFC3339, cmp.Or(text, usual))
		if err != nil { // as "some day" is
			return time.Time{}
		}
		return read
	}
	read := Statement{
		ID: p.id, Number: cmp.Or(p.number, p.id), Month: billing.NewMonth(2026, time.October), Void: p.status == "void", Currency: cmp.Or(p.currency, "USD"),
		Posted: at(p.posted, "2026-10-01T00:00:00Z"), From: at(p.from, "2026-10-01T00:00:00Z"), To: at(p.to, "2026-10-31T00:00:00Z"),
		CountedTo: billing.NewMonth(2026, time.October).End(),
	}
	for i, text := range p.lines {
		name, amount, _ := strings.Cut(text, "=")
		line := octoberLine(name)
		if amount == "" {
			read.UnreadLines = append(read.UnreadLines, billing.UnreadCharge{
				Invoice: p.id, Name: line.Name, Product: line.Product, Region: line.Region, Line: i + 1, Why: "there is no amount",
			})
			continue
		}
		line.Amount = dec(amount)
		line.Kind = KindOf(line)
		read.Charges, read.Total = append(read.Charges, line), read.Total.Add(line.Amount)
	}
	switch p.total {
	case "":
	case "null":
		read.Unread, read.Total, read.Charges = "monthly_transaction_amount is null", decimal.Decimal{}, nil
	default:
		read.Total = dec(p.total)
	}
	return read
}

// octoberLine is a line without its amount.
func octoberLine(name string) billing.Charge {
	counted := func(name, region, what, units, rate string) billing.Charge {
		return billing.Charge{Name: name, Product: "Full Site Delivery", Region: region, What: what, Units: known(units), Rate: known(rate)}
	}
	switch name {
	case "bandwidth":
		return counted("Europe Bandwidth", "Europe", "Bandwidth", "10000", "0.08")
	case "requests":
		return counted("Asia Requests", "Asia", "Requests", "1000", "0.002")
	case "tls":
		return billing.Charge{Name: "TLS Certificates", Product: "TLS"}
	case "support":
		return billing.Charge{Name: "Gold Support", Product: "CS: CSE"}
	case "coupon":
		return billing.Charge{Name: "Promotion", Coupon: "SUMMER"}
	case "odd":
		return counted("Europe Bandwidth", "Europe", "", "1", "1")
	}
	return billing.Charge{Name: name}
}

// inv is the nth statement, posted in the order of the numbers.
func inv(n int, lines ...string) paper {
	return paper{id: fmt.Sprintf("INV-%d", n), posted: fmt.Sprintf("2026-11-%02dT00:00:00Z", n), lines: lines}
}

func (p paper) of(from, to string) paper {
	p.from, p.to = "2026-10-"+from+"T00:00:00Z", "2026-10-"+to+"T00:00:00Z"
	return p
}

func (p paper) on(posted string) paper   { p.posted = posted; return p }
func (p paper) as(number string) paper   { p.number = number; return p }
func (p paper) under(id string) paper    { p.id = id; return p }
func (p paper) in(currency string) paper { p.currency = currency; return p }
func (p paper) isVoid() paper            { p.status = "void"; return p }
func (p paper) over(total string) paper  { p.total = total; return p }

// octobers are the statements of one month and what an accountant makes of them. Every total was worked out by hand.
var octobers = []struct {
	name    string
	papers  []paper
	total   string // of the month; "unknown" where nothing decides, "none" where the month waits for its invoice
	counted string
	remark  string // all of them
}{
	{"one invoice is the month", []paper{inv(1, "bandwidth=800")}, "800", "INV-1", ""},
	{
		"a credit note of the whole and the corrected invoice leave the corrected one",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=780")},
		"780", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"so they do with a fee that stays the same",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "bandwidth=-800", "tls=-78"), inv(3, "bandwidth=780", "tls=78")},
		"858", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a corrected invoice may be much smaller than the one that was taken back",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=300")},
		"300", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a corrected invoice may be larger than the one that was taken back",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=2000")},
		"2000", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a credit that was posted before the invoice lowers it",
		[]paper{inv(1, "bandwidth=-100"), inv(2, "bandwidth=800")},
		"700", "INV-1 INV-2",
		"INV-1 (−$100) and INV-2 ($800) are all of this month, and are added up.",
	},
	{
		"a part of an invoice is credited",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-100")},
		"700", "INV-1 INV-2",
		"INV-1 ($800) and INV-2 (−$100) are all of this month, and are added up.",
	},
	{
		"a month that is issued again counts once",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=780")},
		"780", "INV-2",
		"INV-2 repeats the lines of INV-1, so only INV-2 counts.",
	},
	{
		"a credit of the whole alone leaves nothing",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800")},
		"0", "",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a credit of the whole that was posted first takes the invoice back too",
		[]paper{inv(1, "bandwidth=-800"), inv(2, "bandwidth=800"), inv(3, "bandwidth=780")},
		"780", "INV-3",
		"INV-1 cancels INV-2, so neither counts.",
	},
	{
		"what was taken back and issued again unchanged is due",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=800")},
		"800", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a duplicate that was credited leaves the invoice",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=800"), inv(3, "bandwidth=-800")},
		"800", "INV-1",
		"INV-3 cancels INV-2, so neither counts.",
	},
	{
		"a duplicate and both credited leave nothing",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=800"), inv(3, "bandwidth=-800"), inv(4, "bandwidth=-800")},
		"0", "",
		"INV-4 cancels INV-1, so neither counts. INV-3 cancels INV-2, so neither counts.",
	},
	{
		"taken back twice over, the second credit is due to the customer",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=-800")},
		"-800", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"taken back and corrected twice, the last correction is due",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=780"), inv(4, "bandwidth=-780"), inv(5, "bandwidth=760")},
		"760", "INV-5",
		"INV-2 cancels INV-1, so neither counts. INV-4 cancels INV-3, so neither counts.",
	},
	{
		"a part is credited of the corrected invoice",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=780"), inv(4, "bandwidth=-80.50")},
		"699.5", "INV-3 INV-4",
		"INV-2 cancels INV-1, so neither counts. INV-3 ($780) and INV-4 (−$80.50) are all of this month, and are added up.",
	},
	{
		"two parts are credited",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "bandwidth=-100"), inv(3, "tls=-78")},
		"700", "INV-1 INV-2 INV-3",
		"INV-1 ($878), INV-2 (−$100) and INV-3 (−$78) are all of this month, and are added up.",
	},
	{
		"two credit notes take an invoice back together",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-500"), inv(3, "bandwidth=-300"), inv(4, "bandwidth=780")},
		"780", "INV-4",
		"INV-2 and INV-3 cancel INV-1, so none of them counts.",
	},
	{
		"a credit note by another line takes nothing back, and is added",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "SLA=-500", "Goodwill=-378")},
		"0", "INV-1 INV-2",
		"INV-1 ($878) and INV-2 (−$878) are all of this month, and are added up.",
	},
	{
		"a credit note that gives the whole in one sum takes the invoice back",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "Credit=-878"), inv(3, "bandwidth=780", "tls=78")},
		"858", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a credit note that names the invoice takes it back, whatever its lines are",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "Usage of INV-1=-800", "Fees=-78"), inv(3, "bandwidth=780", "tls=78")},
		"858", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a coupon is no credit note, though it comes to the whole",
		[]paper{inv(1, "bandwidth=800"), inv(2, "coupon=-800"), inv(3, "bandwidth=780")},
		"-20", "INV-2 INV-3",
		"INV-3 repeats the lines of INV-1, so only INV-3 counts. INV-2 (−$800) and INV-3 ($780) are all of this month, and are added up.",
	},
	{
		"a correction does not take the place of a credit note",
		[]paper{inv(1, "bandwidth=-100"), inv(2, "bandwidth=300")},
		"200", "INV-1 INV-2",
		"INV-1 (−$100) and INV-2 ($300) are all of this month, and are added up.",
	},
	{
		"a credit note does not take the place of another",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-100"), inv(3, "bandwidth=-120")},
		"580", "INV-1 INV-2 INV-3",
		"INV-1 ($800), INV-2 (−$100) and INV-3 (−$120) are all of this month, and are added up.",
	},
	{
		"two credit notes of one content are two",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-100"), inv(3, "bandwidth=-100")},
		"600", "INV-1 INV-2 INV-3",
		"INV-1 ($800), INV-2 (−$100) and INV-3 (−$100) are all of this month, and are added up.",
	},
	{
		"a part is credited, and the invoice is corrected beside it",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-100"), inv(3, "bandwidth=780")},
		"680", "INV-2 INV-3",
		"INV-3 repeats the lines of INV-1, so only INV-3 counts. INV-2 (−$100) and INV-3 ($780) are all of this month, and are added up.",
	},
	{
		"a correction that was taken back leaves the invoice before it",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=780"), inv(3, "bandwidth=-780")},
		"800", "INV-1",
		"INV-3 cancels INV-2, so neither counts.",
	},
	{
		"an invoice that is taken back after its correction leaves the correction",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=780"), inv(3, "bandwidth=-800")},
		"780", "INV-2",
		"INV-3 cancels INV-1, so neither counts.",
	},
	{
		"two halves of a month are both counted, though their lines are the same",
		[]paper{inv(1, "bandwidth=700.50").of("01", "15"), inv(2, "bandwidth=500").of("16", "31")},
		"1200.5", "INV-1 INV-2",
		"INV-1 (Oct 1–15, $700.50) and INV-2 (Oct 16–31, $500) are all of this month, and are added up.",
	},
	{
		"halves whose ends are written as the day after are both counted",
		[]paper{inv(1, "bandwidth=700.50").of("01", "16"), {id: "INV-2", from: "2026-10-16T00:00:00Z", to: "2026-11-01T00:00:00Z", lines: []string{"bandwidth=500"}}},
		"1200.5", "INV-2 INV-1", "INV-2 (Oct 16–31, $500) and INV-1 (Oct 1–16, $700.50) are all of this month, and are added up.",
	},
	{
		"halves of one content are both counted",
		[]paper{inv(1, "support=1300").of("01", "15"), inv(2, "support=1300").of("16", "31")},
		"2600", "INV-1 INV-2",
		"INV-1 (Oct 1–15, $1,300) and INV-2 (Oct 16–31, $1,300) are all of this month, and are added up.",
	},
	{
		"single days are all counted",
		[]paper{inv(1, "bandwidth=10").of("01", "01"), inv(2, "bandwidth=10").of("02", "02"), inv(3, "bandwidth=10").of("03", "03")},
		"30", "INV-1 INV-2 INV-3",
		"INV-1 (Oct 1, $10), INV-2 (Oct 2, $10) and INV-3 (Oct 3, $10) are all of this month, and are added up.",
	},
	{
		"halves under one id are both counted",
		[]paper{inv(1, "bandwidth=700.50").of("01", "15"), inv(2, "bandwidth=500").of("16", "31").under("INV-1")},
		"1200.5", "INV-1 INV-1",
		"INV-1 (Oct 1–15, $700.50) and INV-1 (Oct 16–31, $500) are all of this month, and are added up.",
	},
	{
		"the second half is corrected",
		[]paper{inv(1, "bandwidth=700.50").of("01", "15"), inv(2, "bandwidth=500").of("16", "31"), inv(3, "bandwidth=480").of("16", "31")},
		"1180.5", "INV-1 INV-3",
		"INV-3 repeats the lines of INV-2, so only INV-3 counts. INV-1 (Oct 1–15, $700.50) and INV-3 (Oct 16–31, $480) are all of this month, and are added up.",
	},
	{
		"of two like halves the one of the same days is taken back",
		[]paper{inv(1, "bandwidth=500").of("01", "15"), inv(2, "bandwidth=500").of("16", "31"), inv(3, "bandwidth=-500").of("01", "15"), inv(4, "bandwidth=470").of("01", "15")},
		"970", "INV-2 INV-4", "INV-3 cancels INV-1, so neither counts. INV-2 (Oct 16–31, $500) and INV-4 (Oct 1–15, $470) are all of this month, and are added up.",
	},
	{
		"one statement of the month takes the place of both halves",
		[]paper{inv(1, "bandwidth=700.50").of("01", "15"), inv(2, "bandwidth=500").of("16", "31"), inv(3, "bandwidth=1190")},
		"1190", "INV-3",
		"INV-3 repeats the lines of INV-1 and INV-2, so only INV-3 counts.",
	},
	{
		"a statement of the second half does not take the place of the whole month",
		[]paper{inv(1, "bandwidth=1200"), inv(2, "bandwidth=650").of("16", "31")},
		"1850", "INV-1 INV-2",
		"INV-1 (Oct 1–31, $1,200) and INV-2 (Oct 16–31, $650) are all of this month, and are added up.",
	},
	{
		"a later void statement does not take the place of a valid one",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=780").isVoid()},
		"800", "INV-1",
		"INV-2 is void, and does not count.",
	},
	{
		"an earlier void statement does not count beside the valid one",
		[]paper{inv(1, "bandwidth=800").isVoid(), inv(2, "tls=78")},
		"78", "INV-2", "INV-1 is void, and does not count.",
	},
	{
		"a void credit note takes nothing back",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=-800").isVoid()},
		"800", "INV-1", "INV-2 is void, and does not count.",
	},
	{
		"a void half does not count",
		[]paper{inv(1, "bandwidth=700.50").of("01", "15"), inv(2, "bandwidth=500").of("16", "31").isVoid(), inv(3, "bandwidth=510").of("16", "31")},
		"1210.5", "INV-1 INV-3",
		"INV-2 is void, and does not count. INV-1 (Oct 1–15, $700.50) and INV-3 (Oct 16–31, $510) are all of this month, and are added up.",
	},
	{
		"two void statements are named together",
		[]paper{inv(1, "bandwidth=800").isVoid(), inv(2, "bandwidth=790").isVoid(), inv(3, "bandwidth=780")},
		"780", "INV-3",
		"INV-1 and INV-2 are void, and do not count.",
	},
	{"a month whose statements are all void waits for its invoice", []paper{inv(1, "bandwidth=800").isVoid()}, "none", "", ""},
	{
		"what is void need not be readable",
		[]paper{inv(1, "bandwidth=800").over("null").isVoid(), inv(2, "bandwidth=780")},
		"780", "INV-2", "INV-1 is void, and does not count.",
	},
	{"the same statement listed twice counts once, in silence", []paper{inv(1, "bandwidth=800"), inv(1, "bandwidth=800")}, "800", "INV-1", ""},
	{"the order of its lines makes no other statement", []paper{inv(1, "bandwidth=800", "tls=78"), inv(1, "tls=78", "bandwidth=800.00")}, "878", "INV-1", ""},
	{
		"a statement that is listed twice is taken back by one credit note",
		[]paper{inv(1, "bandwidth=800"), inv(1, "bandwidth=800"), inv(2, "bandwidth=-800"), inv(2, "bandwidth=-800"), inv(3, "bandwidth=780")},
		"780", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"an id that is issued again counts as it was posted last",
		[]paper{inv(1, "bandwidth=800"), inv(1, "bandwidth=300").on("2026-11-20T00:00:00Z")},
		"300", "INV-1",
		"INV-1 was issued again; the later statement counts.",
	},
	{
		"posted at one time, the higher statement number of an id counts",
		[]paper{inv(1, "bandwidth=800").as("INV-10"), inv(1, "bandwidth=300").as("INV-9")},
		"800", "INV-1",
		"INV-1 was issued again; the later statement counts.",
	},
	{
		"an older statement of an id does not come back when the latest is taken back",
		[]paper{inv(1, "bandwidth=800"), inv(1, "bandwidth=780").on("2026-11-05T00:00:00Z"), inv(9, "bandwidth=-780")},
		"0", "",
		"INV-9 cancels INV-1, so neither counts.",
	},
	{
		"an id that is issued again after its credit note is due",
		[]paper{inv(1, "bandwidth=800"), inv(5, "bandwidth=-800"), inv(1, "bandwidth=780").on("2026-11-09T00:00:00Z")},
		"780", "INV-1",
		"INV-5 cancels INV-1, so neither counts.",
	},
	{
		"a credit note under the invoice's own id is no statement issued again",
		[]paper{inv(1, "bandwidth=800"), inv(1, "bandwidth=-100").on("2026-11-09T00:00:00Z")},
		"700", "INV-1 INV-1",
		"INV-1 ($800) and INV-1 (−$100) are all of this month, and are added up.",
	},
	{
		"an id with two contents and one time is unknown",
		[]paper{inv(1, "bandwidth=800"), inv(1, "bandwidth=780")},
		"unknown", "",
		"INV-1 is listed twice, over $780 and $800, and nothing says which counts",
	},
	{
		"the same content under two ids counts once",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "bandwidth=800", "tls=78")},
		"878", "INV-2", "INV-2 is the same as INV-1, so it counts only once.",
	},
	{
		"the same content under three ids counts once",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=800"), inv(3, "bandwidth=800")},
		"800", "INV-3",
		"INV-3 is the same as INV-1 and INV-2, so it counts only once.",
	},
	{
		"corrected twice without a credit note, the last one counts",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=780"), inv(3, "bandwidth=790")},
		"790", "INV-3",
		"INV-3 repeats the lines of INV-1 and INV-2, so only INV-3 counts.",
	},
	{
		"what was forgotten of the same lines is small, and is added",
		[]paper{inv(1, "bandwidth=800", "tls=78"), inv(2, "bandwidth=12.34")},
		"890.34", "INV-1 INV-2",
		"INV-1 ($878) and INV-2 ($12.34) are all of this month, and are added up.",
	},
	{
		"other lines are added",
		[]paper{inv(1, "bandwidth=800"), inv(2, "tls=78")},
		"878", "INV-1 INV-2",
		"INV-1 ($800) and INV-2 ($78) are all of this month, and are added up.",
	},
	{
		"posted at the same time, the higher number is the later one",
		[]paper{inv(2, "bandwidth=800").on(""), inv(10, "bandwidth=780").on("")},
		"780", "INV-10",
		"INV-10 repeats the lines of INV-2, so only INV-10 counts.",
	},
	{
		"where one does not say when it was posted, numbers tell which is later",
		[]paper{inv(1, "bandwidth=800"), inv(2, "bandwidth=780").on("some day")},
		"780", "INV-2",
		"INV-2 repeats the lines of INV-1, so only INV-2 counts.",
	},
	{
		"statements without lines are added",
		[]paper{inv(1).over("800"), inv(2).over("78")},
		"878", "INV-1 INV-2",
		"INV-1 ($800) and INV-2 ($78) are all of this month, and are added up. There are no lines in INV-1, INV-2; its $878 are shown as Not Itemized.",
	},
	{
		"a credit note without lines takes an invoice back",
		[]paper{inv(1, "bandwidth=800"), inv(2).over("-800"), inv(3, "bandwidth=780")},
		"780", "INV-3", "INV-2 cancels INV-1, so neither counts.",
	},
	{"an invoice over nothing is a month that costs nothing", []paper{inv(1)}, "0", "INV-1", ""},
	{
		"two currencies make the month unknown",
		[]paper{inv(1, "bandwidth=700"), inv(2, "bandwidth=10").in("EUR")},
		"unknown", "",
		"INV-2 is in EUR, and INV-1 of the same month in USD",
	},
	{
		"a statement in another currency that is void does no harm",
		[]paper{inv(1, "bandwidth=700"), inv(2, "bandwidth=10").in("EUR").isVoid()},
		"700", "INV-1",
		"INV-2 is void, and does not count.",
	},
	{
		"a statement in another currency that was taken back does no harm",
		[]paper{inv(1, "bandwidth=700").in("EUR"), inv(2, "bandwidth=-700").in("EUR"), inv(3, "bandwidth=760")},
		"760", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
	{
		"a credit in another currency takes nothing back",
		[]paper{inv(1, "bandwidth=700"), inv(2, "bandwidth=-700").in("EUR")},
		"unknown", "",
		"INV-2 is in EUR, and INV-1 of the same month in USD",
	},
	{
		"a statement whose amount cannot be read makes the month unknown",
		[]paper{inv(1, "bandwidth=700"), inv(2, "tls=78").over("null")},
		"unknown", "",
		"INV-2 cannot be read: monthly_transaction_amount is null",
	},
	{
		"a line without an amount leaves the total",
		[]paper{inv(1, "odd=", "tls=78").over("878")},
		"878", "INV-1",
		"Line 1 of INV-1 (Europe Bandwidth) cannot be read: there is no amount. " +
			"The lines of INV-1 come to $78 and not to the total of $878; the difference is shown as Not Itemized.",
	},
	{
		"an invoice with a line without an amount is taken back",
		[]paper{inv(1, "odd=", "tls=78").over("878"), inv(2, "bandwidth=-800", "tls=-78"), inv(3, "bandwidth=780", "tls=78")},
		"858", "INV-3",
		"INV-2 cancels INV-1, so neither counts.",
	},
}

func readPapers(t *testing.T, papers []paper) []billing.Bill {
	t.Helper()
	var listed []Statement
	for _, p := range papers {
		listed = append(listed, p.statement(t))
	}
	return Bills(listed)
}

func TestStatementsOfAMonth(t *testing.T) {
	for _, tt := range octobers {
		t.Run(tt.name, func(t *testing.T) {
			bills := readPapers(t, tt.papers)
			if tt.total == "none" {
				if len(bills) > 0 {
					t.Errorf("there is a bill: %+v", bills[0])
				}
				return
			}
			if len(bills) != 1 || bills[0].Month != billing.NewMonth(2026, time.October) || bills[0].IsEstimate() {
				t.Fatalf("bills are %+v", bills)
			}
			bill := bills[0]
			if tt.total == "unknown" {
				if bill.Unknown != tt.remark || len(bill.Charges) > 0 {
					t.Errorf("the month is unknown since %q, want %q", bill.Unknown, tt.remark)
				}
				return
			}
			billingtest.CheckSum(t, bill)
			if !bill.Total.Equal(dec(tt.total)) || bill.Unknown != "" {
				t.Errorf("the month comes to %s (%s), want %s", bill.Total, bill.Unknown, tt.total)
			}
			if got := strings.Join(bill.Invoices, " "); got != tt.counted {
				t.Errorf("%s count, want %s", got, tt.counted)
			}
			if diff := gocmp.Diff(tt.remark, strings.Join(bill.Remarks, " ")); diff != "" {
				t.Errorf("remarks (-want +got):\n%s", diff)
			}
		})
	}
}

// In whatever order Fastly lists them, the same statements make the same bill, and each of its columns sums to its total.
func TestTheOrderOfStatementsChangesNothing(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		for _, tt := range octobers {
			checkOrder(t, random, tt.name, tt.papers)
		}
	}
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 2))
		checkOrder(t, random, fmt.Sprintf("random statements %d", seed), randomPapers(random))
	}
}

func checkOrder(t *testing.T, random *rand.Rand, name string, papers []paper) {
	t.Helper()
	want := readPapers(t, papers)
	shuffled := append([]paper(nil), papers...)
	random.Shuffle(len(shuffled), func(i, k int) { shuffled[i], shuffled[k] = shuffled[k], shuffled[i] })
	if diff := gocmp.Diff(want, readPapers(t, shuffled), equalDecimals, equalMonths); diff != "" {
		t.Fatalf("%s: another order makes another bill (-as listed +shuffled):\n%s\n%+v", name, diff, shuffled)
	}
	for _, bill := range want {
		checkColumns(t, bill)
	}
}

// checkColumns fails where a question of cost about the bill has a column that does not sum to what is to be paid.
func checkColumns(t *testing.T, bill billing.Bill) {
	t.Helper()
	if bill.Unknown != "" {
		return
	}
	billingtest.CheckSum(t, bill)
	for _, by := range []report.Breakdown{report.ByUsageType, report.ByProduct, report.ByRegion} {
		table := report.Tabulate(report.Question{Months: billing.One(bill.Month), Cost: true, By: by}, report.Data{Bills: []billing.Bill{bill}}, bill.Month.End())
		sum := decimal.Decimal{}
		for _, group := range table.Groups {
			for _, row := range group.All() {
				sum = sum.Add(row.Sum)
			}
		}
		if !sum.Equal(bill.Total) {
			t.Fatalf("by %s the column comes to %s, and the bill to %s", by, sum, bill.Total)
		}
	}
}

// randomPapers are up to eight statements of few amounts, days, ids and states, so that they often have to do with each other.
func randomPapers(random *rand.Rand) []paper {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	papers := make([]paper, 1+random.IntN(8))
	for i := range papers {
		p := inv(1+random.IntN(6), "bandwidth="+pick("800", "-800", "780", "-100", "300", "-300", "0"))
		if random.IntN(3) == 0 {
			p.lines = append(p.lines, "tls="+pick("78", "-78"))
		}
		if random.IntN(4) == 0 {
			p = p.of("01", "15")
		} else if random.IntN(4) == 0 {
			p = p.of("16", "31")
		}
		p.posted = pick(p.posted, "2026-10-01T00:00:00Z", "")
		p.status = pick("outstanding", "paid", "paid", "void")
		papers[i] = p
	}
	return papers
}

func TestOfCountlessStatementsTheMonthIsUnknown(t *testing.T) {
	var papers []paper
	for n := range maxStatements + 1 {
		papers = append(papers, inv(n+1, "bandwidth=1"))
	}
	bills := readPapers(t, papers)
	if len(bills) != 1 || !strings.Contains(bills[0].Unknown, "there are 201 statements of one month") {
		t.Errorf("bills are %+v", bills)
	}
}
