package main

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"budgetbot/internal/servicetest"
)

// demoPatience is how long a turn may take on a busy machine with the race detector: the demo waits for every check of three weeks.
const demoPatience = 5 * time.Minute

// In the demo a person types and presses, and everything that they read is the service's own answer.
func TestTheDemoIsAConversation(t *testing.T) {
	t.Parallel()
	stdin, keyboard := io.Pipe()
	screen, errors := &servicetest.Output{}, &servicetest.Output{}
	ended := make(chan error, 1)
	go func() { ended <- demo(t.Context(), 100*time.Millisecond, stdin, screen, errors) }()
	for _, turn := range []struct{ typed, shown string }{
		{"", "The first alert is seconds away."},
		{"/usage 2023-01..2023-03 cdn_usge", "press: 1 Run It"},
		{"1", "Asia Bandwidth            96.2  101.8  139.5               +23.8%"},
		{"99", "Slack says: there is no button 99 to press"},
		{"/invite #shop-cdn", "budgetbot was invited to #shop-cdn."},
		{"/invite nowhere", `Slack says: there is no channel "nowhere"`},
		{"hello", "Type a command such as /usage help, the number of a button, or quit."},
		{"/nonsense", "I don't know that command"},
		{"", "Video on Dem"}, // a message of its own, or, where a busy machine checks late, a line of a list that cuts long names
		{"", "#shop-cdn · budgetbot"},
		{"", "Downloads: Spike, +"},
		{"", "November 2026 Is Closed: 5 of 41 Budgets Went Over"},
		{"", "file: budgets-2026-11.csv"},
		{"", "November is closed, and on December 3 time has stopped."},
		{"/usage november cdn_usage csv", "file: usage-2026-11.csv"},
		{"/budget video-on-demand", "Video on Demand"},
	} {
		if turn.typed != "" {
			if _, err := io.WriteString(keyboard, turn.typed+"\n"); err != nil {
				t.Fatal(err)
			}
		}
		patiently(t, demoPatience, func() bool { return strings.Contains(screen.String(), turn.shown) },
			"after %q the screen never shows %q:\n%s%s", turn.typed, turn.shown, screen, errors)
	}
	if _, err := io.WriteString(keyboard, "quit\n"); err != nil {
		t.Fatal(err)
	}
	if err := keyboard.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(servicetest.Patience):
		t.Fatalf("the demo does not end:\n%s", screen)
	}
	shown := screen.String()
	if likely := strings.Index(shown, "Downloads: Likely Over"); likely >= 0 && likely < strings.Index(shown, "Downloads: Spike, +") {
		t.Errorf("the forecast is posted before the spike:\n%s", shown)
	}
	if errors.String() != "" {
		t.Errorf("it complains:\n%s", errors)
	}
	if id := regexp.MustCompile(`@[US]0\w+`).FindString(screen.String()); id != "" {
		t.Errorf("somebody is called %s on the screen", id)
	}
}

// The demo's account has invoices to ask about, and one of the last year was issued again over another amount.
func TestTheDemoHasInvoices(t *testing.T) {
	t.Parallel()
	w, err := openDemoWorld(time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	if !w.clock.Now().Equal(demoStart) {
		t.Errorf("the demo begins at %s", w.clock.Now())
	}
	issuedAgain := 0
	for ago := range 12 {
		month := demoMonth.Add(-1 - ago)
		last, first := w.fastly.Invoice(month.String()), w.fastly.InvoiceAt(month.String(), month.End().AddDate(0, 0, 7))
		if last.Currency != "USD" || !last.Amount.IsPositive() {
			t.Errorf("%s: %s %s", month, last.Amount, last.Currency)
		}
		if last.Statement != first.Statement && last.Amount.GreaterThan(first.Amount) {
			issuedAgain++
		}
	}
	if issuedAgain != 1 {
		t.Errorf("%d months were issued again, want 1", issuedAgain)
	}
}
