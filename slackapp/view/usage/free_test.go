package usageview

import (
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/sampledata"
)

// costOf is a month's bill of charges of a product each.
func costOf(month billing.Month, amounts map[string]string) billing.Bill {
	bill := billing.Bill{Month: month, Currency: "USD", Invoices: []string{"INV-" + month.String()}}
	for product, amount := range amounts {
		bill.Charges = append(bill.Charges, billing.Charge{
			Kind: billing.ChargeUsage, Name: product + " Requests", Product: product, Amount: decimal.RequireFromString(amount),
			Units: decimal.NewNullDecimal(decimal.New(5, 0)), Rate: decimal.NewNullDecimal(decimal.New(1, 0)),
		})
		bill.Total = bill.Total.Add(decimal.RequireFromString(amount))
	}
	return bill
}

func TestRowsThatCostNothingAreCounted(t *testing.T) {
	type amounts = map[string]string
	october := sampledata.October
	against := report.Question{Against: billing.One(october.Add(-1))}
	both := report.Question{Months: billing.Range{First: october.Add(-1), Last: october}}
	for _, tt := range []struct {
		name        string
		now, before amounts
		q           report.Question
		rows        int
		fact        string
	}{
		{"a row that costs nothing is counted", amounts{"cdn": "5", "kv": "0"}, nil, report.Question{}, 1, "1 product costs nothing"},
		{"several are one sentence", amounts{"cdn": "5", "kv": "0", "waf": "0"}, nil, report.Question{}, 1, "2 products cost nothing"},
		{"by type they are charges", amounts{"cdn": "5", "kv": "0"}, nil, report.Question{By: report.ByUsageType}, 1, "1 charge is zero"},
		{"one that was free before as well", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5", "kv": "0"}, report.Question{}, 1, "1 product costs nothing"},
		{"one that cost something before stays", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5", "kv": "3"}, report.Question{}, 2, ""},
		{"one that costs something now stays", amounts{"cdn": "5", "kv": "3"}, amounts{"cdn": "5", "kv": "0"}, report.Question{}, 2, ""},
		{"one that was not there before stays", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5"}, report.Question{}, 2, ""},
		{"less than a cent is not nothing", amounts{"cdn": "5", "kv": "0.004"}, nil, report.Question{}, 2, ""},
		{"a credit is not nothing", amounts{"cdn": "5", "kv": "-3"}, nil, report.Question{}, 2, ""},
		{"where all cost nothing they are listed", amounts{"cdn": "0", "kv": "0"}, nil, report.Question{}, 2, ""},
		{"two months that are compared", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5", "kv": "0"}, against, 1, "1 product costs nothing"},
		{"one of two months that is not nothing stays", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5", "kv": "3"}, against, 2, ""},
		{"months beside each other", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5", "kv": "0"}, both, 1, "1 product costs nothing"},
		{"a month with a dash is not nothing", amounts{"cdn": "5", "kv": "0"}, amounts{"cdn": "5"}, both, 2, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := tt.q
			q.Cost = true
			if q.Months == (billing.Range{}) {
				q.Months = billing.One(october)
			}
			if q.By == "" {
				q.By = report.ByProduct
			}
			data := report.Data{Bills: []billing.Bill{costOf(october, tt.now)}}
			if tt.before != nil {
				data.Bills = append(data.Bills, costOf(october.Add(-1), tt.before))
			}
			table := sampledata.Tabulate(q, data)
			shown := layout.Of(table)
			if got := len(shown.Table.Groups[0].Rows); got != tt.rows || freeFact(q.By, shown.Free, shown.Table.NewestBill().Estimate) != tt.fact {
				t.Errorf("%d rows and %q, want %d and %q", got, freeFact(q.By, shown.Free, shown.Table.NewestBill().Estimate), tt.rows, tt.fact)
			}
			if fact := freeFact(q.By, shown.Free, true); shown.Free > 0 && fact != tt.fact+" so far" {
				t.Errorf("of an estimate it says %q", fact)
			}
			if got := len(table.Groups[0].Rows); got != 2 && tt.name != "several are one sentence" {
				t.Errorf("the table that was answered has %d rows", got)
			}
		})
	}
}
