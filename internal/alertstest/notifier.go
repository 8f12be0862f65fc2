package alertstest

import (
	"context"
	"errors"
	"testing"
	"time"

	"budgetbot/alerts"
)

// FakeNotifier answers as its fields do. A call of one that is not set fails the test.
type FakeNotifier struct {
	T        *testing.T
	OnNotify func(d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error)
	OnFind   func(d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error)
}

// Notify answers as the test says.
func (n *FakeNotifier) Notify(_ context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error) {
	if n.OnNotify == nil {
		n.T.Fatalf("Notify was called with %s %s", d.Kind, d.ID)
	}
	return n.OnNotify(d, parent)
}

// Find answers as the test says.
func (n *FakeNotifier) Find(_ context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error) {
	if n.OnFind == nil {
		n.T.Fatalf("Find was called with %s %s", d.Kind, d.ID)
	}
	return n.OnFind(d, parent)
}

// Where a delivery and its parent message are.
var (
	Posted   = alerts.Receipt{ChannelID: "C1", TS: "200.1", SentAt: Noon}
	ParentAt = alerts.Receipt{ChannelID: "C1", TS: "100.1", SentAt: Noon.Add(-time.Hour)}
	ErrNet   = errors.New("connection reset")
)
