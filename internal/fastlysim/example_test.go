package fastlysim_test

import (
	"fmt"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
)

// A demo tells a story: from the 12th on, one service serves three times as much
// in Asia.
func ExampleStart() {
	server, err := fastlysim.Start(fastlysim.Config{
		Token: "made-up",
		Clock: func() time.Time { return time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC) },
		Account: account.Account{Jumps: []account.Jump{{
			Service: "media-assets-prod", Region: "Asia",
			From: time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC), Factor: 3,
		}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = server.Close() }()
	for _, row := range server.Month("2023-03") {
		if row.UsageType == "Asia Bandwidth" {
			fmt.Println(row.Month, row.Quantity, row.Unit)
		}
	}
	// Output: 2023-03 139500 gb
}
