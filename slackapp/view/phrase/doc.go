// Package phrase holds the sentences and facts that several surfaces share: how much of a budget is used, how the month is likely to end, who owns
// it, how fresh the figures are, what changed most, and how to fix a channel that Slack refuses.
package phrase
