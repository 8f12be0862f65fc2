package socket

import (
	"regexp"

	"go.uber.org/zap"
)

// redactions finds each kind of secret that Slack hands out. In Slack's raw JSON the slashes of a URL are escaped.
var redactions = []struct {
	secret *regexp.Regexp
	shown  string
}{
	{regexp.MustCompile(`(?i)xox[a-z](?:\.xox[a-z])?-[\w.%+/=-]*|xapp-[\w.%+/=-]*`), "[token]"},
	{regexp.MustCompile(`(?i)(wss?:(?:\\?/){2}[^\s"'<>\\/?#]*)[^\s"'<>]*`), "$1/[redacted]"},
	{regexp.MustCompile(`(?i)(\bticket=)[^\s"'<>&]+`), "$1[redacted]"},
	{regexp.MustCompile(`(?i)(https?:(?:\\?/){2}hooks\.slack(?:-gov)?\.com)[^\s"'<>]*`), "$1/[redacted]"},
	{regexp.MustCompile(`(?i)(https?:(?:\\?/){2}[^\s"'<>]*?\\?/(?:commands|actions|respond)\\?/)[^\s"'<>]+`), "$1[redacted]"},
}

// Redact returns text without the secrets that Slack hands out: tokens (xoxb-…, xapp-…, xoxe…), the URLs that answers are
// posted to, and the tickets of Socket Mode connections. Everything that is logged or put into an error passes through it.
func Redact(text string) string {
	for _, r := range redactions {
		text = r.secret.ReplaceAllString(text, r.shown)
	}
	return text
}

// libraryLog lets slack-go write to the program's log, at debug level and without secrets.
type libraryLog struct{ log *zap.Logger }

// Output implements the logger that slack-go asks for.
func (l libraryLog) Output(_ int, line string) error {
	l.log.Debug("slack-go", zap.String("line", Redact(line)))
	return nil
}
