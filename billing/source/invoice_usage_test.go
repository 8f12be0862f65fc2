package source

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/fastly"
)

func TestUsageOfABill(t *testing.T) {
	bill := billing.Bill{Month: july, Invoices: []string{"INV-1"}, Charges: []billing.Charge{
		countCharge(charge(billing.ChargeFixed, "Gold Support", "CS: CSE", "2600"), "1", "2600", "", ""),
		countCharge(charge(billing.ChargeUsage, "Asia Requests", "Full Site Delivery", "2"), "1000.5", "0.002", "Requests", "Asia"),
		countCharge(charge(billing.ChargeUsage, "Asia Requests", "Full Site Delivery", "1"), "1000.25", "0.001", "Requests", "Asia"),
		countCharge(charge(billing.ChargeUsage, "Europe Bandwidth", "Full Site Delivery", "5"), "50", "0.1", "Bandwidth", "Europe"),
		countCharge(charge(billing.ChargeUsage, "Compute", "", "5"), "50", "0.1", "vCPU-ms", ""),
		charge(billing.ChargeCredit, "Promotion", "", "-5"),
	}}
	row := func(name, product, region, unit, quantity string) billing.Usage {
		return billing.Usage{Month: july, UsageType: name, Product: product, Region: region, Unit: unit, Quantity: dec(quantity), CountedTo: july.End()}
	}
	want := []billing.Usage{
		row("Asia Requests", "Full Site Delivery", "Asia", "unit", "2000.75"), // tiers are one row
		row("Europe Bandwidth", "Full Site Delivery", "Europe", "gb", "50"),
		row("Compute", "Compute", "", "vcpu-ms", "50"),
	}
	if diff := cmp.Diff(want, bill.Usage(), equalDecimals, equalMonths); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	bill.Invoices, bill.AsOf = nil, july.Start().AddDate(0, 0, 3)
	for _, u := range bill.Usage() {
		if !u.CountedTo.Equal(bill.AsOf) {
			t.Errorf("%s of an estimate counts to %s", u.UsageType, u.CountedTo)
		}
	}
}

// services has two usage types by two services, and notes when it is asked.
type services struct {
	mu    sync.Mutex
	asked []string
	err   error
}

func (s *services) ServicesOf(_ context.Context, month billing.Month, page func([]billing.ServiceUsage) error) error {
	s.mu.Lock()
	s.asked = append(s.asked, month.String())
	s.mu.Unlock()
	<-time.After(time.Second)
	for _, id := range []string{"S1", "S2"} {
		rows := []billing.ServiceUsage{
			{Month: month, UsageType: "Asia Requests", Unit: "unit", ServiceID: id, Quantity: dec("1")},
			{Month: month, UsageType: "Europe Requests", Unit: "unit", ServiceID: id, Quantity: dec("2")},
		}
		if err := page(rows); err != nil {
			return err
		}
	}
	return s.err
}

// servicesIn runs a test on a fake clock against usage of invoices.
func servicesIn(t *testing.T, source *services, test func(t *testing.T, usage *InvoiceUsage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		usage := NewInvoiceUsage(fakeBills{}, source, time.Now)
		defer usage.Close()
		test(t, usage)
	})
}

func askServices(ctx context.Context, usage *InvoiceUsage, m billing.Month, usageType string) (rows []billing.ServiceUsage, err error) {
	err = usage.ServiceUsage(ctx, billing.ServiceQuery{Month: m, Product: "Full Site Delivery", UsageType: usageType}, func(page []billing.ServiceUsage) error {
		rows = append(rows, page...)
		return nil
	})
	return rows, err
}

func TestInvoiceUsageReadsTheServicesOfAMonthOnce(t *testing.T) {
	source := &services{}
	servicesIn(t, source, func(t *testing.T, usage *InvoiceUsage) {
		var group sync.WaitGroup
		for _, usageType := range []string{"Asia Requests", "Europe Requests", "Asia Bandwidth"} {
			group.Go(func() {
				rows, err := askServices(t.Context(), usage, closed, usageType)
				if want := map[string]int{"Asia Requests": 2, "Europe Requests": 2}[usageType]; err != nil || len(rows) != want {
					t.Errorf("%d rows of %s, want %d; %v", len(rows), usageType, want, err)
				}
				for _, row := range rows {
					if row.Product != "Full Site Delivery" || row.UsageType != usageType {
						t.Errorf("row is %+v", row)
					}
				}
			})
		}
		group.Wait()
		after(time.Minute)
		if _, err := askServices(t.Context(), usage, closed, "Asia Requests"); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"1999-10", "1999-10"}, source.asked); diff != "" {
			t.Errorf("reads (-want +got):\n%s", diff)
		}
	})
}

func TestInvoiceUsageReportsWhyItHasNoServices(t *testing.T) {
	for _, tt := range []struct {
		name      string
		err, want error
	}{
		{"a server of the earlier revision wants a product id", &billing.APIError{Status: 400, Title: "product_id and usage_type_name are required"}, billing.ErrNoServices},
		{"a fault is a fault", &billing.APIError{Status: 503}, billing.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &services{}
			servicesIn(t, source, func(t *testing.T, usage *InvoiceUsage) {
				if _, err := askServices(t.Context(), usage, closed, "Asia Requests"); err != nil {
					t.Fatal(err)
				}
				source.err = tt.err
				after(time.Hour)
				// What is held by now is too old to be shown as if it were not.
				if _, err := askServices(t.Context(), usage, closed, "Asia Requests"); !errors.Is(err, tt.want) {
					t.Errorf("error is %v, want %v", err, tt.want)
				}
			})
		})
	}
}

func TestInvoiceUsageOfAnAccountWithoutAnyBill(t *testing.T) {
	usage := NewInvoiceUsage(&someBills{err: fastly.NoEstimate(&billing.APIError{Status: 404})}, &services{}, time.Now)
	defer usage.Close()
	if rows, err := usage.Usage(t.Context(), billing.One(july)); err != nil || len(rows) > 0 {
		t.Errorf("%d rows, %v; no data is no error", len(rows), err)
	}
	usage = NewInvoiceUsage(&someBills{err: &billing.APIError{Status: 503}}, &services{}, time.Now)
	defer usage.Close()
	if _, err := usage.Usage(t.Context(), billing.One(july)); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
}
