package service_test

import (
	"strings"
	"testing"
)

// A limit that is raised, and put back in the same month, posts nothing again, and the acknowledgement of before stands.
func TestALimitThatIsPutBackForgetsNothing(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := owned(t)
		rules := strings.Replace(ownedRules, "defaults: {", "defaults: {owners: [finops], ", 1)
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(501, 50)
		root := w.root("Over Budget, 100% Used", "Acknowledge")
		w.Says(w.Answer(w.Presses(alice, root, "acknowledge")), "You acknowledged *North America Bandwidth*")
		w.root("Over Budget", "Acknowledged by <@"+alice+">")
		w.replies(1)
		for _, limit := range []string{"600 TB", "900 TB"} {
			r.Stop()
			w.WriteRules(strings.Replace(rules, "500 TB", limit, 1))
			r = w.Start()
			w.root("501 of " + limit)
			r.Stop()
			w.WriteRules(rules)
			r = w.Start()
			w.root("501 of 500 TB", "Over Budget, 100% Used", "Acknowledged by <@"+alice+">", "You'll still be alerted at 125%")
			w.AwaitChecks(manyChecks)
			w.replies(1)
			w.ExpectPosts(cdnPlatform, 0)
		}
		w.Says(w.Asks("/budget history na-bandwidth"), "the rule was changed back; its earlier alerts stand")
		w.Uses(640, 50)
		w.AwaitPosts(cdnBudget, 3)
		w.Says(w.replies(2)[1], "128%")
	})
}
