package main

import (
	"strings"
	"testing"
)

// A limit that is raised, and put back in the same month, posts nothing again, and the acknowledgement of before stands.
func TestALimitThatIsPutBackForgetsNothing(t *testing.T) {
	t.Parallel()
	w := owned(t)
	w.hurry(20)
	rules := strings.Replace(ownedRules, "defaults: {", "defaults: {owners: [finops], ", 1)
	r := w.start()
	w.awaitChecks(2)
	w.uses(501, 50)
	root := w.root("Over Budget, 100% Used", "Acknowledge")
	says(t, w.answer(w.presses(alice, root, "acknowledge")), "You acknowledged *North America Bandwidth*")
	w.root("Over Budget", "Acknowledged by <@"+alice+">")
	w.replies(1)
	for _, limit := range []string{"600 TB", "900 TB"} {
		r.stop()
		w.writeRules(strings.Replace(rules, "500 TB", limit, 1))
		r = w.start()
		w.root("501 of " + limit)
		r.stop()
		w.writeRules(rules)
		r = w.start()
		w.root("501 of 500 TB", "Over Budget, 100% Used", "Acknowledged by <@"+alice+">", "You'll still be alerted at 125%")
		w.awaitChecks(manyChecks)
		w.replies(1)
		w.expectPosts(cdnPlatform, 0)
	}
	says(t, w.asks("/budget history na-bandwidth"), "the rule is again as it was")
	w.uses(640, 50)
	w.await("125%", func() bool { return len(w.posts(cdnBudget)) == 3 })
	says(t, w.replies(2)[1], "128%")
}
