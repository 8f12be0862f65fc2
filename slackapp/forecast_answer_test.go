package slackapp

import (
	"strings"
	"testing"
)

// TestForecasts asks for the month's likely end, at noon of Nov 22.
func TestForecasts(t *testing.T) {
	w := newWorld(t, mayUpload)
	for _, test := range []struct {
		name, typed string
		shows       []string
	}{
		{"all of the account", "forecast", []string{"Forecast: Fastly Usage by Product, November 2026", "cdn_usage bandwidth is likely to end at", "Likely End", "4 of 5 months", "rough", "Usage So Far"}},
		{"what is named", "asia forecast", []string{"Forecast: Fastly Usage in Asia, November 2026", "Asia Bandwidth is likely to end at", "Asia Requests"}},
		{"services, by their pace", "cdn_usage asia bandwidth forecast by service top 2", []string{"Asia Bandwidth by Service", "Others", "no daily history by service"}},
		{"a month that is over", "forecast october", []string{"October 2026 is over: this is how it ended, not a forecast", "Fastly Usage by Product, October 2026"}},
		{"a month to come", "next month", []string{"I forecast to the end of this month only.", "/usage 2026-11 forecast"}},
		{"rates without an invoice", "cost per TB", []string{"I don't know the rates of November 2026", "no invoice for Sep–Nov 2026", "/usage 2026-11 bandwidth"}},
		{"rates of a service", "rates of www-shop", []string{"Fastly's rates are the same for every service and team.", "/usage 2026-11"}},
		{"money without an estimate", "forecast cost", []string{"Fastly gives no month-to-date estimate"}},
	} {
		t.Run(test.name, func(t *testing.T) { says(t, w.types(alice, general, "/usage "+test.typed, 1), test.shows...) })
	}
	w.inOrder()
}

func TestAForecastIsSharedAndExported(t *testing.T) {
	w := newWorld(t, mayUpload)
	m := w.types(alice, cdn, "/usage forecast bandwidth", 1)
	says(t, w.presses(alice, m, "export", 1), "forecast-2026-11.csv")
	direct := w.slack.Messages(alice)
	_, content, _ := w.slack.File(direct[len(direct)-1].Files[0])
	if !strings.Contains(string(content), "likely_low") || !strings.Contains(string(content), "Asia Bandwidth") {
		t.Errorf("the file is %.200q", content)
	}
	w.presses(alice, m, actionShare, 2)
	shared := w.slack.Messages(cdn)
	found := false
	for _, m := range shared {
		found = found || m.EphemeralTo == "" && contains(m, "Asked by") && contains(m, "Forecast: Bandwidth")
	}
	if !found {
		t.Error("nothing was shared")
	}
	w.inOrder()
}
