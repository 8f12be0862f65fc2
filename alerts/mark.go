package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Key says what the delivery tells, where a check that knows less than was posted would tell it anew: after the database was put back. It is
// empty for all else. A root and a rise that tell one threshold have one key.
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
		var told []string
		for _, line := range d.Message.Budgets {
			told = append(told, fmt.Sprintf("%s|%s|%s|%d", line.Rule, line.Instance, d.Message.kindOfAlert(), line.Threshold))
		}
		slices.Sort(told)
		parts = append(parts, told...)
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

// MarkOf is what the nth message of a key carries. It does not show other apps in the channel what the rules are called.
func MarkOf(key string, n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d", key, n))
	return hex.EncodeToString(sum[:16])
}

// Carried is what the message carries to be found by.
func (d *Delivery) Carried() string { return cmp.Or(d.Mark, d.ID) }
