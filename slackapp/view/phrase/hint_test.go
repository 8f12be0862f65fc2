package phrase

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
)

// TestCodes holds what each of Slack's codes means for a message: whether it is kept, re-formed, posted elsewhere or looked for.
func TestCodes(t *testing.T) {
	for code, want := range map[string]CodeKind{
		"not_in_channel": CodeChannel, "is_archived": CodeChannel, "restricted_action": CodeChannel, "channel_type_not_supported": CodeChannel,
		"restricted_action_of_next_year": CodeChannel, "org_login_required": CodeToken, "token_revoked": CodeToken, "invalid_blocks": CodeForm,
		"msg_too_long": CodeForm, "message_not_found": CodeGone, "edit_window_closed": CodeGone, "restricted_action_thread_locked": CodeThread,
		"cannot_reply_to_message": CodeThread, "ratelimited": CodeLater, "internal_error": CodeUnsure, "fatal_error": CodeUnsure, "odd_code": CodeChannel,
	} {
		if got := KindOfCode(code); got != want {
			t.Errorf("%s is of kind %d, want %d", code, got, want)
		}
	}
}

// TestEveryTroubleHasARemedy: the hint of each code that keeps a message from its channel names the trouble and what mends it.
func TestEveryTroubleHasARemedy(t *testing.T) {
	for code, known := range slackCodes {
		if known.kind == CodeGone {
			continue // it keeps nothing from a channel
		}
		sentences := strings.Split(known.hint, ". ")
		if known.kind == CodeThread && known.hint == "" {
			continue
		}
		if len(sentences) != 2 || sentences[0] == "" || sentences[1] == "" || strings.HasSuffix(known.hint, ".") {
			t.Errorf("%s: %q is not what is the matter and what mends it", code, known.hint)
		}
		route := alerts.RouteTrouble{Channel: "cdn", Reason: code}
		if promised := strings.HasPrefix(sentences[len(sentences)-1], "I'll "); promised != HintPromisesRetry(route) {
			t.Errorf("%s: %q promises to try again: %v, but HintPromisesRetry says %v", code, known.hint, promised, !promised)
		}
	}
	if got := Hint("some_new_error"); got != "Slack answered some_new_error" {
		t.Errorf("the hint of an unknown code is %q", got)
	}
}

var update = flag.Bool("update", false, "write the golden file anew")

// TestHintsReadAsTheyDo holds what people and operators read about each of Slack's error codes.
func TestHintsReadAsTheyDo(t *testing.T) {
	var text strings.Builder
	for _, code := range slices.Sorted(maps.Keys(slackCodes)) {
		fmt.Fprintf(&text, "%s: %s\n", code, Hint(code))
		if start := StartHint(code); start != "" {
			fmt.Fprintf(&text, "  at start: %s\n", start)
		}
	}
	const file = "testdata/hints.golden.txt"
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text.String()); diff != "" {
		t.Errorf("hints (-want +got; run with -update if this is meant):\n%s", diff)
	}
}
