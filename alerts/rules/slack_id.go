package rules

import "strings"

// IsPersonID reports whether the text has the form of Slack's id of a person or of a user group, both of which can be mentioned.
func IsPersonID(id string) bool { return hasForm(id, "UWS") }

// IsGroupID reports whether the text has the form of Slack's id of a user group.
func IsGroupID(id string) bool { return hasForm(id, "S") }

// IsChannelID reports whether the text has the form of Slack's id of a channel, public or private, or of a direct message.
func IsChannelID(id string) bool { return hasForm(id, "CGD") }

// IsDirectID reports whether the text has the form of Slack's id of a direct message.
func IsDirectID(id string) bool { return hasForm(id, "D") }

// hasForm reports whether the text is one of the letters and six or more capital letters and digits.
func hasForm(id, kinds string) bool {
	return len(id) >= 7 && strings.Contains(kinds, id[:1]) && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
