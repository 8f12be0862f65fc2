package statement

import (
	"testing"

	"budgetbot/billing"
)

func TestKindOf(t *testing.T) {
	for _, tt := range []struct {
		name   string
		charge billing.Charge
		want   billing.ChargeKind
	}{
		{"units at a rate are usage", asiaRequests(), billing.ChargeUsage},
		{"below zero is a credit, whatever it counts", countCharge(charge(billing.ChargeUsage, "Asia Requests", "", "-1"), "1", "1", "Requests", ""), billing.ChargeCredit},
		{"a coupon on nothing is a credit", billing.Charge{Name: "Promotion", Coupon: "X"}, billing.ChargeCredit},
		{"what a coupon leaves to pay is what it was", billing.Charge{Name: "A Requests", Coupon: "X", What: "Requests", Amount: dec("1"), Units: known("5")}, billing.ChargeUsage},
		{"support is a fee although it has a unit at a rate", countCharge(charge("", "Gold", "CS: CSE", "2600"), "1", "2600", "Requests", ""), billing.ChargeFixed},
		{"TLS is a fee although it has units at a rate", countCharge(charge("", "Certificates", "TLS", "880"), "4", "220", "Domains", ""), billing.ChargeFixed},
		{"the shortfall of a commitment is a fee", countCharge(charge("", "commit shortfall", "", "50"), "1", "50", "Units", ""), billing.ChargeFixed},
		{"a minimum is a fee", countCharge(charge("", "Monthly minimum", "", "50"), "1", "50", "Requests", ""), billing.ChargeFixed},
		{"one unit of what nobody counts is a fee", countCharge(charge("", "Starter", "", "6000"), "1", "6000", "Package", ""), billing.ChargeFixed},
		{"many units of what has a usage type are usage", countCharge(charge("", "vCPU", "", "60"), "12", "5", "vCPU-ms", ""), billing.ChargeUsage},
		{"many units of what has none are a fee", countCharge(charge("", "Seats", "", "60"), "12", "5", "", ""), billing.ChargeFixed},
		{"a usage type that says it does not apply is none", countCharge(charge("", "Europe Bandwidth", "", "60"), "12", "5", "", ""), billing.ChargeUsage},
		{"without a rate requests are still counted", billing.Charge{Name: "Asia Requests", What: "Requests", Amount: dec("5"), Units: known("7")}, billing.ChargeUsage},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := KindOf(tt.charge); got != tt.want {
				t.Errorf("kind is %s, want %s", got, tt.want)
			}
		})
	}
}
