package decide

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// search makes one check of November and returns what it posts, "kind: reason, names".
func (d *almanac) search(month billing.Month, rows, past []billing.Usage, why string) string {
	d.t.Helper()
	at := month.Start().AddDate(0, 0, 10)
	o := NewIncidentPlanner(d.rules, month, d.incidents, at, func() string { d.ids++; return fmt.Sprint("d", d.ids) })
	o.Items(evaluate.Inventory{Month: month, Rows: slices.Concat(rows, past)}, why)
	for _, e := range o.Incidents {
		d.write(e)
	}
	var posted []string
	for _, m := range o.Deliveries {
		var names []string
		for _, item := range m.Message.Items {
			names = append(names, item.Name+map[bool]string{true: " back"}[item.Back])
		}
		posted = append(posted, fmt.Sprintf("%s #%s: %s, %s", m.Kind, m.Channel, m.Message.Reason, strings.Join(names, " and ")))
	}
	return strings.Join(posted, "; ")
}

func TestItemsArePostedOnce(t *testing.T) {
	past := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 90, 0)
	europe, asia, india := alertstest.Gigabytes(alertstest.November, "cdn_usage/Europe Bandwidth", 90), alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 2), alertstest.Gigabytes(alertstest.November, "cdn_usage/India Bandwidth", 8)
	both := []billing.Usage{europe, asia, india}
	d := &almanac{t: t, rules: alertstest.Load(t, "rules: [{name: r, channel: cdn, new: [product, usage_type]}]")}
	const fresh = "root #cdn: not used in the six months before, "
	for i, step := range []struct {
		rows []billing.Usage
		past []billing.Usage
		why  string
		want string
	}{
		{[]billing.Usage{europe}, past, "", ""},
		{both, past, "Fastly did not answer in time", ""},
		{both, past, "", fresh + "India Bandwidth and Asia Bandwidth"},
		{both, past, "", ""},
		{append(both, alertstest.Gigabytes(alertstest.November, "compute/Requests", 1)), past, "", fresh + "compute"},
		{[]billing.Usage{europe}, past, "", ""},
		{both, past, "", ""},
	} {
		if got := d.search(alertstest.November, step.rows, step.past, step.why); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
	december := []billing.Usage{alertstest.Gigabytes(alertstest.November.Add(1), "cdn_usage/Europe Bandwidth", 9), alertstest.Gigabytes(alertstest.November.Add(1), "cdn_usage/Asia Bandwidth", 2)}
	if got := d.search(alertstest.November.Add(1), december, past, ""); got != "" { // as if Fastly had taken November's row back
		t.Errorf("in December: %q", got)
	}
}

func TestWhatIsBackIsAnEdit(t *testing.T) {
	past := slices.Concat(alertstest.Since(3, "cdn_usage/Europe Bandwidth", 90, 0), alertstest.Since(3, "cdn_usage/Asia Bandwidth", 5, 0), alertstest.Since(3, "kv_store/Reads", 5, 0),
		alertstest.Since(3, "compute/One", 5, 0), alertstest.Since(3, "compute/Two", 5, 0))
	rest := []billing.Usage{alertstest.Gigabytes(alertstest.November, "cdn_usage/Europe Bandwidth", 90), alertstest.Gigabytes(alertstest.November, "compute/One", 5), alertstest.Gigabytes(alertstest.November, "compute/Two", 5)}
	d := &almanac{t: t, rules: alertstest.Load(t, "rules: [{name: r, channel: cdn, vanished: [product, usage_type]}]")}
	for i, step := range []struct {
		rows []billing.Usage
		want string
	}{
		{rest, "root #cdn: used in each of the three months before, but not now, kv_store and Asia Bandwidth"},
		{rest, ""},
		{append(rest, alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 1)), "refresh #cdn: back in use, kv_store and Asia Bandwidth back"},
		{append(rest, alertstest.Gigabytes(alertstest.November, "cdn_usage/Asia Bandwidth", 1)), ""},
		{rest, ""},
		{append(rest, alertstest.Gigabytes(alertstest.November, "kv_store/Reads", 1)), "refresh #cdn: back in use, kv_store back and Asia Bandwidth back"},
	} {
		if got := d.search(alertstest.November, step.rows, past, ""); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
}
