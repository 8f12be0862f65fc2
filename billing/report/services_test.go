package report

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"budgetbot/billing"
)

func TestServiceTotalsAreBounded(t *testing.T) {
	totals := NewServiceTotals(nil, nil)
	page := make([]billing.ServiceUsage, billing.MaxServices+1)
	for i := range page {
		page[i] = billing.ServiceUsage{Month: billing.NewMonth(2023, time.March), Unit: "gb", ServiceID: fmt.Sprint(i), Quantity: dec("1")}
	}
	if err := totals.Add(page[:billing.MaxServices]); err != nil {
		t.Fatal(err)
	}
	if err := totals.Add(page[billing.MaxServices:]); !errors.Is(err, billing.ErrTooWide) {
		t.Errorf("one service too many gives %v", err)
	}
}
