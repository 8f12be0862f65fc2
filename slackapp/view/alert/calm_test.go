package alertview

import (
	"strings"
	"testing"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

// TestAThresholdOnCourseIsOneLine: a budget on course needs nothing from anybody, so its message mentions nobody and has no buttons.
func TestAThresholdOnCourseIsOneLine(t *testing.T) {
	calm := ending(458, 471, onCourse)
	owned := func(l *alerts.BudgetLine) { l.PingAt = 80 }
	acked := func(l *alerts.BudgetLine) { l.Ack = sampledata.Answer("U0ALICE01", "launch", 80) }
	bill := func(l *alerts.BudgetLine) {
		l.Measure, l.Used, l.Limit = billing.Cost("USD"), viewtest.Tera(67204).Shift(-12), viewtest.Tera(84000).Shift(-12)
		l.Forecast = &alerts.Forecast{Threshold: 100, OnCourse: true, Low: viewtest.Tera(78000).Shift(-12), High: viewtest.Tera(80000).Shift(-12)}
	}
	undated := func(l *alerts.BudgetLine) { l.CountedTo = viewtest.November(1, 0) }
	one := func(l *alerts.BudgetLine) { l.Instance = "www-shop" }
	for _, tt := range []struct {
		name string
		kind alerts.DeliveryKind
		why  alerts.Reason
		line alerts.BudgetLine
		want string
	}{
		{
			"a parent message", alerts.DeliverParent, alerts.ReasonFirstThreshold, na(402.6, 80, calm),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB.",
		},
		{
			"a reply", alerts.DeliverBroadcast, alerts.ReasonThresholdRose, na(402.6, 80, calm),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB.",
		},
		{
			"owners who are mentioned from 80% on are not", alerts.DeliverParent, alerts.ReasonFirstThreshold, na(402.6, 80, calm, owned),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB.",
		},
		{
			"an end that is on course and whose range reaches beyond the limit", alerts.DeliverParent, alerts.ReasonFirstThreshold, na(402.6, 80, ending(458, 510, onCourse)),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–510 TB.",
		},
		{
			"a bill", alerts.DeliverParent, alerts.ReasonFirstThreshold, na(402.6, 80, calm, bill),
			"North America Bandwidth: 80% used, on course. $67,204 of $84,000 after 21 of 30 days; likely end $78,000–80,000.",
		},
		{
			"a service", alerts.DeliverParent, alerts.ReasonFirstThreshold, na(402.6, 80, calm, one),
			"North America Bandwidth: www-shop, 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB.",
		},
		{
			"Fastly does not say up to when its figures count", alerts.DeliverParent, alerts.ReasonFirstThreshold, na(402.6, 80, calm, undated),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB; likely end 458–471 TB.",
		},
		{
			"an update after it was likely over says so", alerts.DeliverUpdate, alerts.ReasonBackOn, na(402.6, 80, calm),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB. " +
				"The month is no longer likely to end above the budget.",
		},
		{
			"an update after a restatement says so", alerts.DeliverUpdate, alerts.ReasonRestated, na(402.6, 80, calm),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB. " +
				"Fastly corrected its figures: usage is back to the 80% threshold.",
		},
		{
			"who has answered can undo it", alerts.DeliverUpdate, alerts.ReasonUpdate, na(402.6, 80, calm, acked),
			"North America Bandwidth: 80% used, on course. 402.6 of 500 TB after 21 of 30 days; likely end 458–471 TB.\n\n" +
				"Acknowledged by @U0ALICE01, Nov 22, 10:14 UTC: “launch”. You'll still be alerted at 100%.\n\n[Undo] [By Service] [Why This Message]",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := said(tt.kind, tt.why, tt.line)
			if !strings.HasSuffix(m.Text, "Rule na-bandwidth.") {
				t.Errorf("the notification is %q", m.Text)
			}
			m.Text = ""
			if got := strings.TrimSpace(blocks.PlainText(m)); got != tt.want {
				t.Errorf("it shows:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestWhatIsNotOnCourseIsNoOneLine: neither what may go either way, nor what is used up, nor what nobody can forecast.
func TestWhatIsNotOnCourseIsNoOneLine(t *testing.T) {
	for name, line := range map[string]alerts.BudgetLine{
		"either way": na(402.6, 80, ending(470, 534, mayRunOut)), "likely over": na(402.6, 80, ending(552, 598, likely)), "no forecast": na(402.6, 80),
		"over": na(500, 100, ending(500, 500, onCourse)), "below every threshold": na(300, 0, ending(458, 471, onCourse)),
	} {
		if m := blocks.PlainText(said(alerts.DeliverParent, alerts.ReasonFirstThreshold, line)); strings.Contains(m, "used, on course") {
			t.Errorf("%s: %s", name, m)
		}
	}
}

// TestAListMentionsNobodyOnCourse: owners of a budget that is likely over are mentioned beside it.
func TestAListMentionsNobodyOnCourse(t *testing.T) {
	calm, over := na(402.6, 80, ending(458, 471, onCourse)), na(402.6, 80, ending(552, 598, likely))
	calm.PingAt, calm.Owners = 80, []rules.Person{{Name: "calm", ID: "U0CALM001"}}
	over.PingAt, over.Owners = 80, []rules.Person{{Name: "busy", ID: "U0BUSY001"}}
	if got := listOwners([]alerts.BudgetLine{calm}); got != "" {
		t.Errorf("of one on course: %q", got)
	}
	if got, want := listOwners([]alerts.BudgetLine{calm, over}), listOwners([]alerts.BudgetLine{over}); got != want || got == "" {
		t.Errorf("of both: %q, want %q", got, want)
	}
}

// TestAMonthBelowTheForecastIsNotBackOnCourse: with a forecast of 105%, a month that will end at 103% is no longer called likely over, and not
// on course either.
func TestAMonthBelowTheForecastIsNotBackOnCourse(t *testing.T) {
	line := na(300, 0, ending(505, 525, mayRunOut))
	line.Forecast.Threshold = 105
	got := blocks.PlainText(said(alerts.DeliverUpdate, alerts.ReasonBackOn, line))
	if !strings.Contains(got, "The month is no longer likely to end above 105% of the budget.") || strings.Contains(got, "Back on Course") {
		t.Errorf("it shows %s", got)
	}
}
