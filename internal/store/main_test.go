package store

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"budgetbot/alerts/deliver"
)

// crashURL names the variable that makes the test binary a service that is killed.
const crashURL = "STORE_TEST_CRASH_URL"

func TestMain(m *testing.M) {
	if url := os.Getenv(crashURL); url != "" {
		if err := runUntilKilled(context.Background(), url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := flag.Set("test.parallel", "8"); err != nil { // they mostly wait; -parallel still overrules it
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// runUntilKilled claims the check, takes up the delivery that is stored, writes a line, and waits for its end.
func runUntilKilled(ctx context.Context, url string) error {
	s, err := Open(ctx, Config{URL: url})
	if err != nil {
		return err
	}
	if claimed, err := claimCheck(s, ctx, "killed", noon, time.Hour, time.Hour); err != nil || !claimed {
		return fmt.Errorf("claim: %t, %w", claimed, err)
	}
	err = s.StartDelivery(ctx, script{attempt: func(_ context.Context, a deliver.Attempt) deliver.Verdict {
		fmt.Println(a.ID)
		select {}
	}})
	if err != nil {
		return err
	}
	select {}
}
