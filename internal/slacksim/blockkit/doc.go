// Package blockkit judges blocks and views as Slack does: which members each has, how long they may be, and where they are shown. It
// names every problem in Slack's words with a JSON pointer, and knows nothing of the workspace.
package blockkit
