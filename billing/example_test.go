package billing_test

import (
	"fmt"
	"time"

	"budgetbot/billing"

	"github.com/shopspring/decimal"
)

func ExampleParseMonth() {
	month, err := billing.ParseMonth("2024-02")
	fmt.Println(month, month.Days(), month.Add(-2), err)
	_, err = billing.ParseMonth("2024-13")
	fmt.Println(err)
	// Output:
	// 2024-02 29 2023-12 <nil>
	// "2024-13" is not a month such as 2026-11
}

func ExampleRange_Chunks() {
	months := billing.Range{First: billing.NewMonth(2022, time.November), Last: billing.NewMonth(2023, time.March)}
	fmt.Println(months, months.Len(), months.Chunks(3))
	// Output: 2022-11..2023-03 5 [2022-11..2023-01 2023-02..2023-03]
}

func ExampleParseAmount() {
	for _, text := range []string{"500 TB", "5 billion requests", "5B"} {
		amount, err := billing.ParseAmount(text)
		if err != nil {
			fmt.Println("refused:", err)
			continue
		}
		fmt.Println(amount, "is", amount.Value, amount.Kind)
	}
	// Output:
	// 500 TB is 500000000000000 bytes
	// 5 B requests is 5000000000 requests
	// refused: 5B could be bytes or billions; write 5 bytes or 5 billion requests
}

func ExampleMeasure_Format() {
	bandwidth := billing.Measure{Noun: "bandwidth", Bytes: true}
	requests := billing.Measure{Noun: "requests"}
	fmt.Println(bandwidth.Format(decimal.NewFromInt(1_283_456_789_012)))
	fmt.Println(requests.Format(decimal.NewFromInt(999_950)))
	// Output:
	// 1.28 TB
	// 1.00 M requests
}

func ExampleMeasure_Scale() {
	bandwidth := billing.Measure{Noun: "bandwidth", Bytes: true}
	january, february := decimal.New(8465, 11), decimal.New(962, 11)
	scale := bandwidth.Scale(january, february)
	fmt.Printf("%s: %s, %s\n", scale.Label(), scale.Format(january), scale.Format(february))
	// Output: Bandwidth, TB: 846.5, 96.2
}
