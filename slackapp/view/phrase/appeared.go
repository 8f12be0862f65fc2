package phrase

import (
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
)

// MaxItems is how many items a message lists.
const MaxItems = 20

// ItemCount is the name of a single item, or the number of items.
func ItemCount(items []alerts.Item) string {
	if len(items) == 1 {
		return blocks.Clip(blocks.Clean(items[0].Name), blocks.MaxCell)
	}
	return blocks.Counted(len(items), "Item")
}

// ItemLine returns "Asia Bandwidth, a usage type: 3.2% of cdn_usage".
func ItemLine(t alerts.Item, gone bool) string {
	line := blocks.Bold(blocks.Clip(t.Name, blocks.MaxCell)) + ", a " + strings.ReplaceAll(string(t.Subject), "_", " ")
	if share := shareOf(t, gone); share != "" {
		line += ": " + share
	}
	if t.Back {
		line += "; back in use"
	}
	return line
}

// shareOf returns "3.2% of cdn_usage"; empty of a product, which is all of itself.
func shareOf(t alerts.Item, gone bool) string {
	if t.Subject == rules.SubjectProduct {
		return ""
	}
	share := finePercent(t.Share) + " of " + blocks.Name(t.Product)
	if gone {
		return "was at least " + share
	}
	return share
}

// finePercent prints a share with one decimal: 0.032 is "3.2%". Only zero prints as zero.
func finePercent(share decimal.Decimal) string {
	percent := share.Shift(2).Round(1)
	if percent.IsZero() && share.IsPositive() {
		return "<0.1%"
	}
	return percent.String() + "%"
}

// ItemNames names the largest items, each with its share, and counts the others.
func ItemNames(items []alerts.Item, gone bool) string {
	named := func(t alerts.Item) string { return blocks.Joined(", ", blocks.Name(t.Name), shareOf(t, gone)) }
	return blocks.Joined("; ", blocks.Most(items, MaxNamed, named, blocks.More)...)
}

// FloorFact states the share of its product from which a rule reports an item.
func FloorFact(atLeast rules.Threshold) string {
	if atLeast == 0 {
		return ""
	}
	return "alerts from " + atLeast.String() + " of its product"
}

// ItemsEvent is what was reported, for a history.
func ItemsEvent(items []alerts.Item, why alerts.Reason) string {
	if why == alerts.ReasonNew {
		return "new: " + ItemNames(items, false)
	}
	return "gone: " + ItemNames(items, true)
}
