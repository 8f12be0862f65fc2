package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Key identifies what the delivery announces, if a check against a restored database might announce it again; it is empty for all other
// deliveries. A parent and a broadcast reply about one threshold have the same key.
func (d *Delivery) Key() string {
	parts := []string{d.Rule, d.Instance, d.Month.String(), d.CreatedAt.UTC().Format("2006-01")}
	switch {
	case d.Kind == DeliverList:
		parts = append(parts, "list", d.Channel)
	case d.Kind == DeliverEscalation:
		parts = append(parts, "call", d.Channel)
	case d.Kind == DeliverParent || d.Kind == DeliverBroadcast:
		parts = append(parts, "news")
	default:
		return ""
	}
	switch {
	case len(d.Message.Budgets) > 0:
		var budgets []string
		for _, line := range d.Message.Budgets {
			budgets = append(budgets, fmt.Sprintf("%s|%s|%s|%d", line.Rule, line.Instance, d.Message.kindOfAlert(), line.Threshold))
		}
		slices.Sort(budgets)
		parts = append(parts, budgets...)
	case d.Message.Trouble != nil:
		parts = append(parts, "trouble", string(d.Message.Trouble.Kind))
	default:
		parts = append(parts, string(d.Message.Reason))
		for _, item := range d.Message.Items {
			parts = append(parts, fmt.Sprint(item.Subject), item.Product, item.Name, item.ID)
		}
	}
	return strings.Join(parts, "|")
}

func (m *Message) kindOfAlert() AlertKind {
	if m.Reason == ReasonLikelyOver {
		return KindForecast
	}
	return KindBudget
}

// MarkOf returns the mark of the nth message of a key. It is a hash, so that other apps in the channel cannot read rule names.
func MarkOf(key string, n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d", key, n))
	return hex.EncodeToString(sum[:16])
}

// Carried returns the mark or id by which the message is found in the channel.
func (d *Delivery) Carried() string { return cmp.Or(d.Mark, d.ID) }
