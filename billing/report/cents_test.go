package report

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
)

func TestAColumnToTheCent(t *testing.T) {
	for _, tt := range []struct {
		name, currency, figures, want, sum string
	}{
		{"three lines of 10.004", "USD", "10.004 10.004 10.004", "10.01 10.00 10.00", "30.01"},
		{"those that were cut most get the missing cents", "USD", "1.001 1.009 1.008", "1.00 1.01 1.01", "3.02"},
		{"cents are left alone", "USD", "1.01 2.02", "1.01 2.02", "3.03"},
		{"credits are rounded with the rest", "USD", "10.005 -3.335", "10.01 -3.34", "6.67"},
		{"credits alone", "USD", "-10.004 -10.004 -10.004", "-10.00 -10.00 -10.01", "-30.01"},
		{"less than a cent", "USD", "0.004 0.004 0.001", "0.01 0.00 0.00", "0.01"},
		{"yen have none", "JPY", "10.4 10.4 10.4", "11 10 10", "31"},
		{"nothing", "USD", "", "", "0.00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var column []*decimal.Decimal
			for text := range strings.FieldsSeq(tt.figures) {
				d := dec(text)
				column = append(column, &d)
			}
			places := billing.MinorDigits(tt.currency)
			sum := settleColumn(column, places).StringFixed(places)
			var got []string
			for _, d := range column {
				got = append(got, d.StringFixed(places))
			}
			if sum != tt.sum || strings.Join(got, " ") != tt.want {
				t.Errorf("%v sum to %s, want %s, %s", got, sum, tt.want, tt.sum)
			}
		})
	}
}

// Every column of a cost sums to the cent, by whatever it is broken down, with rows beyond the top, credits and months without a charge; the
// CSV of the same table stays exact.
func TestEveryColumnOfCostSumsToTheCent(t *testing.T) {
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 3))
		var bills []billing.Bill
		for m := range 3 {
			bill := billing.Bill{Month: july.Add(m), Currency: "USD", Invoices: []string{"INV-1"}}
			for n := range 1 + random.IntN(12) {
				c := charge(billing.ChargeFixed, fmt.Sprintf("Line %d", n), fmt.Sprintf("Product %d", random.IntN(4)), "0")
				c.Region, c.Amount = fmt.Sprintf("Region %d", random.IntN(3)), decimal.New(random.Int64N(4_000_000)-1_000_000, -5)
				bill.Charges = append(bill.Charges, c)
			}
			bills = append(bills, bill)
		}
		for _, by := range []Breakdown{ByUsageType, ByProduct, ByRegion} {
			exact := tabulate(t, Question{Months: billing.Range{First: july, Last: july.Add(2)}, Cost: true, By: by, Top: random.IntN(4)}, Data{Bills: bills}, at(12, 1, 0))
			before := sketch(exact)
			checkToTheCent(t, exact)
			if diff := cmp.Diff(before, sketch(exact)); diff != "" {
				t.Fatalf("the exact table was changed: %s", diff)
			}
		}
	}
}

func checkToTheCent(t *testing.T, exact Table) {
	t.Helper()
	table := exact.ToTheCent()
	for i, group := range table.Groups {
		for month := range table.Months {
			sum := decimal.Decimal{}
			for _, row := range group.All() {
				cell := row.Figures[month].Decimal
				if !cell.Equal(cell.Round(2)) {
					t.Fatalf("%s is %s", row.Name, cell)
				}
				sum = sum.Add(cell)
			}
			if want := exact.Groups[i].Total.Figures[month].Decimal.Round(2); !sum.Equal(want) || !group.Total.Figures[month].Decimal.Equal(want) {
				t.Fatalf("by %s, month %d: rows come to %s under %s, want %s", table.Question.By, month, sum, group.Total.Figures[month].Decimal, want)
			}
		}
		sum := decimal.Decimal{}
		for _, row := range group.All() {
			sum = sum.Add(row.Sum)
		}
		if !sum.Equal(group.Total.Sum) {
			t.Fatalf("by %s the sums come to %s under %s", table.Question.By, sum, group.Total.Sum)
		}
	}
	for i, m := range table.Makeup {
		if sum := m.Usage.Add(m.Fixed).Add(m.Credit); !sum.Equal(table.Groups[0].Total.Figures[i].Decimal) {
			t.Fatalf("month %d is made of %s under %s", i, sum, table.Groups[0].Total.Figures[i].Decimal)
		}
	}
}

// TestATotalStaysThatOfAllRows: a table of the top changes has some of the rows, and its total is of all of them.
func TestATotalStaysThatOfAllRows(t *testing.T) {
	line := func(name, amount string) billing.Charge { return charge(billing.ChargeFixed, name, "", amount) }
	june := billing.Bill{Month: july.Add(-1), Currency: "USD", Invoices: []string{"INV-1"}, Charges: []billing.Charge{
		line("A", "100.004"), line("B", "200.004"), line("C", "300.004"), line("Credit", "-50"),
	}}
	bill := billing.Bill{Month: july, Currency: "USD", Invoices: []string{"INV-2"}, Charges: []billing.Charge{
		line("A", "160.004"), line("B", "200.004"), line("C", "290.004"), line("Credit", "-50"),
	}}
	for _, tt := range []struct {
		name      string
		q         Question
		rows, sum string
	}{
		{"of one month", Question{Months: billing.One(july)}, "A 160.01, C 290.00", "600.01"},
		{"of one row alone, which moved most and is not the largest", Question{Months: billing.One(july), Top: 1}, "A 160.00", "600.01"},
		{"of several months", Question{Months: billing.Range{First: july.Add(-1), Last: july}}, "A 260.02, C 590.00", "1150.02"},
		{"of two periods", compared("2026-07", "2026-06"), "A 160.01, C 290.00", "600.01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Cost, tt.q.Show = true, ShowChanges
			group := tabulate(t, tt.q, Data{Bills: []billing.Bill{june, bill}}, at(8, 20, 0)).ToTheCent().Groups[0]
			var rows []string
			for _, row := range group.Rows {
				rows = append(rows, row.Name+" "+row.Sum.StringFixed(2))
			}
			if got := strings.Join(rows, ", "); got != tt.rows || group.Total.Sum.StringFixed(2) != tt.sum {
				t.Errorf("rows are %s, the total is %s, want %s and %s", got, group.Total.Sum, tt.rows, tt.sum)
			}
		})
	}
}

func TestTheCSVOfACostStaysExactAndHasItsRemarks(t *testing.T) {
	bill := billing.Bill{Month: july, Currency: "USD", Invoices: []string{"INV-3"}, Remarks: []string{"INV-2 cancels INV-1, so neither counts."}, Charges: []billing.Charge{
		charge(billing.ChargeFixed, "A", "", "10.004"), charge(billing.ChargeFixed, "B", "", "10.004"), charge(billing.ChargeFixed, "C", "", "10.004"),
	}}
	odd := billing.Bill{Month: july.Add(1), Unknown: "INV-5 is in EUR, and INV-4 of the same month in USD", NotCounted: []string{"INV-4", "INV-5"}}
	var out strings.Builder
	q := Question{Months: billing.Range{First: july, Last: july.Add(1)}, Cost: true, WithBilled: true}
	if err := tabulate(t, q, Data{Bills: []billing.Bill{bill, odd}}, at(12, 1, 0)).WriteCSV(&out, csvfile.ForPrograms); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"month,product,name,id,measure,amount,currency,remarks\n",
		`2026-07,,A,,cost,10.004,USD,"INV-2 cancels INV-1, so neither counts."`,
		`2026-08,,A,,cost,,USD,"unknown: INV-5 is in EUR, and INV-4 of the same month in USD"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}

func TestTheCSVOfAMonthThatWasTakenBackHasTheReason(t *testing.T) {
	bill := billing.Bill{Month: july, Currency: "USD", NotCounted: []string{"INV-1", "INV-2"}, Remarks: []string{"INV-2 cancels INV-1, so neither counts."}}
	for _, tt := range []struct {
		name string
		bill billing.Bill
		want string
	}{
		{"nothing is due", bill, "2026-07,,,,cost,0,USD,\"INV-2 cancels INV-1, so neither counts.\"\n"},
		{"what is unknown is not nothing", billing.Bill{Month: july, Unknown: "INV-2 is in EUR", NotCounted: []string{"INV-2"}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			if err := tabulate(t, Question{Months: billing.One(july), Cost: true}, Data{Bills: []billing.Bill{tt.bill}}, at(8, 20, 0)).WriteCSV(&out, csvfile.ForPrograms); err != nil {
				t.Fatal(err)
			}
			if _, rows, _ := strings.Cut(out.String(), "\n"); rows != tt.want {
				t.Errorf("rows are %q, want %q", rows, tt.want)
			}
		})
	}
}

func TestSharesAreOfTheSumOrBesideCreditsOfTheCharges(t *testing.T) {
	for _, tt := range []struct {
		name                    string
		usage, support, voucher string
		top                     int
		want                    string // shares of the total and of each row, the largest first
	}{
		{"parts above zero have shares of the sum", "700", "200", "100", 0, "100% 70% 20% 10%"},
		{"beside a credit they have shares of what was charged; the sum and the credit have none", "700", "300", "-100", 0, "none 70% 30% none"},
		{"so they have where more was credited than charged", "700", "300", "-1100", 0, "none 70% 30% none"},
		{"and where as much was", "700", "300", "-1000", 0, "none 70% 30% none"},
		{"none has one where a credit is among the others, since nobody could add the charges up", "700", "300", "-100", 1, "none none"},
		{"none has one where nothing was charged", "-700", "-200", "-100", 0, "none none none none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bill := billing.Bill{Month: july, Currency: "USD", Invoices: []string{"INV-1"}, Charges: []billing.Charge{
				countCharge(charge(billing.ChargeUsage, "cdn", "cdn_usage", tt.usage), "1", "1", "", ""),
				charge(billing.ChargeFixed, "Support", "", tt.support), charge(billing.ChargeCredit, "Voucher", "", tt.voucher),
			}}
			q := Question{Months: billing.One(july), Cost: true, By: ByProduct, Top: tt.top}
			group := tabulate(t, q, Data{Bills: []billing.Bill{bill}}, at(8, 20, 0)).Groups[0]
			var shares []string
			for _, row := range append([]Row{group.Total}, group.Rows...) {
				share := "none"
				if row.Share.Valid {
					share = billing.FormatShare(row.Share.Decimal)
				}
				shares = append(shares, share)
			}
			if got := strings.Join(shares, " "); got != tt.want {
				t.Errorf("the shares are %s, want %s", got, tt.want)
			}
		})
	}
}

// A month of two currencies is unknown alone: the months beside it are known, and nothing is compared with it.
func TestAnUnknownMonthSpoilsNoOther(t *testing.T) {
	odd := billing.Bill{Month: july.Add(-1), Unknown: "INV-2 is in EUR, and INV-1 of the same month in USD", NotCounted: []string{"INV-1", "INV-2"}}
	for _, by := range []Breakdown{ByUsageType, ByProduct, ByRegion, ByService, ByTeam} {
		for _, tt := range []struct {
			name    string
			months  billing.Range
			missing int
		}{{"the month after it, which is compared with it", billing.One(july), 0}, {"both", billing.Range{First: july.Add(-1), Last: july}, 1}, {"it alone", billing.One(july.Add(-1)), 1}} {
			t.Run(tt.name+" by "+string(by), func(t *testing.T) {
				table := costs(t, Question{Months: tt.months, By: by}, []billing.Bill{odd, julyBill()}, nil, noTeams)
				if diff := cmp.Diff([]UnreadMonth{{odd.Month, odd.Unknown}}, table.Unread, equalMonths); diff != "" || table.Versus != nil || len(table.Missing) != tt.missing {
					t.Errorf("missing %v, compared %v, unread (-want +got):\n%s", table.Missing, table.Versus, diff)
				}
				if tt.months.Contains(july) && !table.Groups[0].Total.Sum.Equal(dec("6604.19")) {
					t.Errorf("July is %s", table.Groups[0].Total.Sum)
				}
			})
		}
	}
}
