package budgetview_test

import (
	"testing"

	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func TestDigestsThatThereAre(t *testing.T) {
	monday := budgetview.DigestDue{Name: "monday", Channel: "finops-private", Due: viewtest.November(30, 9)}
	closing := budgetview.DigestDue{Name: "close", Channel: "C0CDN0001", AtClose: true, Due: viewtest.November(33, 9)}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"the next one first, and how to look at it", budgetview.Digests([]budgetview.DigestDue{closing, monday}, "/budget", sampledata.Now), `
2 digests. The next one is 'monday', Nov 30, 09:00 UTC.

Digests
• 'monday': next Nov 30, 09:00 UTC in #finops-private
• 'close' (closes the month): next Dec 3, 09:00 UTC in #C0CDN0001

'/budget digest monday' shows what it would post now
`},
		{"none", budgetview.Digests(nil, "/budget", sampledata.Now), `
There are no digests: the rules file has none under 'digests:'.

There are no digests: the rules file has none under 'digests:'.
`},
	})
}
