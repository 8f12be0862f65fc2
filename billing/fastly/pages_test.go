package fastly

import (
	"cmp"
	"errors"
	"net/http"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// limits returns how many calls asked for each size of page, and how many of those were refused, under "refused".
func limits(server *fastlysim.Server) map[string]int {
	sizes := map[string]int{}
	for _, call := range server.Requests() {
		sizes[cmp.Or(call.Query.Get("limit"), "none")]++
		if call.Status != http.StatusOK {
			sizes["refused"]++
		}
	}
	return sizes
}

func TestClientLearnsHowLargePagesMayBe(t *testing.T) {
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "Europe Requests"}
	for _, tt := range []struct {
		name          string
		revision      fastlysim.Revision
		services      int
		size          int
		first, second map[string]int // the calls of a first reading, and of one after it
	}{
		{
			"a small account is read in pages that are legal anywhere", fastlysim.Current, 900, 0,
			map[string]int{"100": 6},
			map[string]int{"100": 6},
		},
		{
			"the later revision gives itself away by what it sends when no limit is asked", fastlysim.Current, 4000, 0,
			map[string]int{"100": 1, "none": 1, "2500": 2},
			map[string]int{"2500": 2},
		},
		{
			"the earlier revision is never asked for what it refuses, and asked once only", fastlysim.Seed, 2000, 0,
			map[string]int{"100": 15, "none": 1},
			map[string]int{"100": 14},
		},
		{
			"a size that is configured stays", fastlysim.Current, 4000, 1000,
			map[string]int{"1000": 3},
			map[string]int{"1000": 3},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := startFastly(t, fastlysim.Config{Revision: tt.revision, Account: account.Account{Services: tt.services}})
			client := newClient(t, ClientConfig{BaseURL: server.URL(), PageSize: tt.size})
			for _, want := range []map[string]int{tt.first, tt.second} {
				server.Forget()
				services := map[string]bool{}
				rows := 0
				err := client.ServiceUsage(t.Context(), query, func(page []billing.ServiceUsage) error {
					for _, row := range page {
						services[row.ServiceID] = true
					}
					rows += len(page)
					return nil
				})
				if err != nil || rows != len(services) {
					t.Errorf("%d rows of %d services, %v", rows, len(services), err)
				}
				if diff := gocmp.Diff(want, limits(server)); diff != "" {
					t.Errorf("calls by size of page (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestClientGoesBackToSmallPagesWhereLargeOnesAreRefused(t *testing.T) {
	server := startFastly(t, fastlysim.Config{Revision: fastlysim.Seed, Account: account.Account{Services: 900}})
	client := newClient(t, ClientConfig{BaseURL: server.URL()})
	client.learnedSize.Store(largePage)
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "Europe Requests"}
	rows := 0
	err := client.ServiceUsage(t.Context(), query, func(page []billing.ServiceUsage) error {
		rows += len(page)
		return nil
	})
	want := map[string]int{"2500": 1, "refused": 1, "100": 6}
	if diff := gocmp.Diff(want, limits(server)); err != nil || rows != 593 || diff != "" {
		t.Errorf("%d rows, %v, calls by size of page (-want +got):\n%s", rows, err, diff)
	}
	if learned := client.learnedSize.Load(); learned != legalPage {
		t.Errorf("pages of %d are remembered, want %d", learned, legalPage)
	}
}

func TestClientKeepsLargePagesWhereTheQuestionIsRefusedAndNotTheirSize(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	server.Fail(fastlysim.ServicePath, 2, fault.Fault{Status: http.StatusBadRequest})
	client := newClient(t, ClientConfig{BaseURL: server.URL()})
	client.learnedSize.Store(largePage)
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "Europe Requests"}
	err := client.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error { return nil })
	if learned := client.learnedSize.Load(); !errors.Is(err, billing.ErrBadRequest) || learned != largePage {
		t.Errorf("error is %v, and pages of %d are remembered; want a bad request, and %d", err, learned, largePage)
	}
}
