package service_test

import (
	"fmt"
	"testing"
	"time"

	"budgetbot/internal/fastlysim"
	"budgetbot/internal/service"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

// serviceCalls is how many calls of Fastly by service there were.
func (w *world) serviceCalls() int {
	calls := 0
	for _, call := range w.Fastly.Requests() {
		if call.Path == fastlysim.ServicePath {
			calls++
		}
	}
	return calls
}

// slowFastly takes a while over every call.
func slowFastly(_ *slacksim.Config, fastly *fastlysim.Config) {
	fastly.Latency = 200 * time.Millisecond
}

// What was read of closed months by service is not read again, in the process or after a restart.
func TestClosedMonthsByServiceAreReadOnce(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		const question = "/usage 2025-11..2026-10 cdn_usage by service"
		first := w.Start()
		before := tableOf(t, w.Asks(question))
		calls := w.serviceCalls()
		if calls < 12 {
			t.Fatalf("a year by service took %d calls", calls)
		}
		w.Asks(question)
		first.Stop()
		w.Start()
		after := tableOf(t, w.Asks(question))
		if again := w.serviceCalls() - calls; again != 0 {
			t.Errorf("the same question took %d more calls by service", again)
		}
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("it was answered with\n%v\nand after the restart with\n%v", before, after)
		}
	})
}

// Twenty people who ask twelve months by service at once cost one person's calls.
func TestTwentyPeopleCostOnePersonsCalls(t *testing.T) {
	var calls [2]int
	t.Run("asked", func(t *testing.T) {
		for i, people := range []int{1, 20} {
			t.Run(fmt.Sprint(people), func(t *testing.T) { calls[i] = callsOf(t, people) })
		}
	})
	if calls[0] < 12*5 || calls[1] != calls[0] {
		t.Errorf("twenty people cost %d calls by service, and one %d", calls[1], calls[0])
	}
}

// callsOf has so many people ask twelve months by service at once.
func callsOf(t *testing.T, people int) (calls int) {
	onVirtualTime(t, func(t *testing.T) {
		crowd := func(workspace *slacksim.Config, _ *fastlysim.Config) {
			for n := range people {
				workspace.Users = append(workspace.Users, slacksim.User{ID: person(n), Name: person(n)})
			}
		}
		w := newWorld(t, slowFastly, crowd)
		w.Start()
		var asked []*slacksim.Invocation
		for n := range people {
			asked = append(asked, w.Types(person(n), cdnBudget, "/usage 2025-12..2026-11 by service"))
		}
		for _, one := range asked {
			w.Says(w.Answer(one), "Fastly Usage by Service, Dec 2025–Nov 2026", `"type":"table"`)
		}
		calls = w.serviceCalls()
	})
	return calls
}

func person(n int) string { return fmt.Sprintf("U0PERSON%02d", n) }

// What cannot be read in a question's time is read on, and the next one who asks has it.
func TestALargeQuestionIsAnsweredInPartAndThenAsAWhole(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t, func(_ *slacksim.Config, fastly *fastlysim.Config) { fastly.Latency = 2 * time.Second })
		w.Start(func(c *service.Config, _ *service.Options) { c.CheckEvery = 24 * time.Hour })
		const question = "/usage 2025-11..2026-10 by service"
		began := time.Now()
		file := w.Types(alice, cdnBudget, question+" csv")
		part := w.Asks(question)
		w.Says(part, "*Partial:* I'm still reading Nov 2025–", "Ask again in a minute for all of it.", "–Oct 2026", `"type":"table"`)
		if most := w.Fastly.MaxInFlight(); most > 12+4 {
			t.Errorf("%d calls were under way together, want 12 of questions and 4 of checks at most", most)
		}
		if took := time.Since(began); took > 25*time.Second {
			t.Errorf("the partial answer took %s", took)
		}
		w.Says(w.Answer(file), "longer to read from Fastly than one answer may take", "I'm reading on: ask again in a minute.")
		time.Sleep(time.Minute)
		calls := w.serviceCalls()
		whole := w.Asks(question)
		w.Says(whole, "Nov 2025–Oct 2026")
		if servicetest.Has(whole, "Partial") || w.serviceCalls() != calls {
			t.Errorf("a minute later it takes %d calls, and is answered with\n%s", w.serviceCalls()-calls, servicetest.Words(whole))
		}
	})
}
