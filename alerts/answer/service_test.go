package answer

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// drawer is a ledger that holds one budget state and what its parent message shows. Before a record, meanwhile may change the budget state.
type drawer struct {
	budgetState alerts.BudgetState
	parent      *alerts.Delivery
	meanwhile   func(*alerts.BudgetState)
	recorded    []Answered
	fails       string // the call that fails
}

var errDrawer = errors.New("stuck")

func (d *drawer) BudgetState(context.Context, alerts.BudgetID) (alerts.BudgetState, error) {
	if d.fails == "Standing" {
		return alerts.BudgetState{}, errDrawer
	}
	return d.budgetState, nil
}

func (d *drawer) ByParent(context.Context, string) (alerts.Delivery, bool, error) {
	if d.fails == "OnRoot" {
		return alerts.Delivery{}, false, errDrawer
	}
	if d.parent == nil {
		return alerts.Delivery{}, false, nil
	}
	return *d.parent, true, nil
}

func (d *drawer) RecordAnswer(_ context.Context, answered Answered) error {
	if d.fails == "RecordAnswer" {
		return errDrawer
	}
	if d.meanwhile != nil {
		d.meanwhile(&d.budgetState)
	}
	if answered.BudgetState.Revision != d.budgetState.Revision {
		return alerts.ErrConflict
	}
	d.budgetState = answered.BudgetState
	d.budgetState.Revision++
	d.recorded = append(d.recorded, answered)
	return nil
}

func (d *drawer) service() *Service { return &Service{Ledger: d, NewID: alertstest.NewBook().NewID} }

// reportedAt80 is a budget at 80%, with its parent message in the channel.
func reportedAt80() *drawer {
	state := alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour)
	return &drawer{budgetState: state, parent: &alerts.Delivery{
		ID: "d0", Kind: alerts.DeliverParent, Channel: "cdn", BudgetID: state.BudgetID,
		Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{{
			BudgetID: state.BudgetID, Title: "NA", Threshold: 80, Next: 100, Used: decimal.New(810, 0), Limit: decimal.New(1000, 0),
		}}},
	}}
}

func TestAnAnswerIsShownInTheParentAndItsThread(t *testing.T) {
	d := reportedAt80()
	after, err := d.service().Apply(t.Context(), d.budgetState.BudgetID, alerts.Press{Act: alerts.ActAcknowledge, By: alertstest.Ann, Reason: "launch"}, alertstest.Noon)
	if err != nil || after.Revision != 8 || after.Ack.By != alertstest.Ann {
		t.Fatalf("budget state %+v, %v; want it acknowledged in revision 8", after, err)
	}
	line := d.parent.Message.Budgets[0]
	line.Ack = alerts.Answer{By: alertstest.Ann, At: alertstest.Noon, Reason: "launch", Threshold: 80}
	about := alerts.Delivery{Channel: "cdn", BudgetID: line.BudgetID, ParentID: "d1", Revision: 8, State: alerts.DeliveryPending, CreatedAt: alertstest.Noon}
	edit, reply := about, about
	edit.ID, edit.Kind, edit.Message = "d2", alerts.DeliverUpdate, alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{line}}
	reply.ID, reply.Kind = "d3", alerts.DeliverAnswer
	reply.Message = alerts.Message{
		Reason: alerts.ReasonAnswered, Budgets: []alerts.BudgetLine{line}, Act: &alerts.Acted{Act: alerts.ActAcknowledge, By: alertstest.Ann, At: alertstest.Noon, Reason: "launch"},
	}
	if diff := cmp.Diff([]alerts.Delivery{edit, reply}, d.recorded[0].Deliveries, cmp.AllowUnexported(billing.Month{})); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	if d.parent.Message.Budgets[0].Ack.Given() {
		t.Error("what the parent message showed before was changed in place")
	}
	if entry := d.recorded[0].Entry; entry.ID != "d1" || entry.Revision != 8 {
		t.Errorf("audit = %+v, want an id and revision 8", entry)
	}
}

func TestAnAnswerToWhatHasNoParentIsRecordedAlone(t *testing.T) {
	for name, d := range map[string]*drawer{
		"posted in a list":           {budgetState: alertstest.BudgetStateAt(80, 810)},
		"its parent message is gone": {budgetState: alertstest.WithParent(alertstest.BudgetStateAt(80, 810), time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.service().Apply(t.Context(), d.budgetState.BudgetID, alerts.Press{Act: alerts.ActMute, By: alertstest.Ann}, alertstest.Noon)
			if err != nil || len(d.recorded) != 1 || len(d.recorded[0].Deliveries) != 0 || !d.budgetState.Muted() {
				t.Errorf("recorded %+v, %v; want the mute and no delivery", d.recorded, err)
			}
		})
	}
}

func TestTheFirstWriterWins(t *testing.T) {
	for _, test := range []struct {
		name      string
		meanwhile func(*alerts.BudgetState)
		obstacle  alerts.Obstacle
	}{
		{"another person acknowledges: the second reads of the first", func(s *alerts.BudgetState) {
			s.Ack = alerts.Answer{By: alertstest.Bob, At: alertstest.Noon, Threshold: 80}
		}, alerts.ObstacleAcknowledged},
		{"a check finds a higher threshold: what was pressed showed a lower one", func(s *alerts.BudgetState) { s.Threshold = 100 }, alerts.ObstacleChanged},
		{"a check finds new figures: the press counts", func(s *alerts.BudgetState) { s.Version = "v2" }, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := reportedAt80()
			d.meanwhile = func(s *alerts.BudgetState) {
				test.meanwhile(s)
				s.Revision++
				d.meanwhile = nil
			}
			after, err := d.service().Apply(t.Context(), d.budgetState.BudgetID, by(alertstest.Ann, alerts.ActAcknowledge, d.budgetState), alertstest.Noon)
			refusal, refused := errors.AsType[*alerts.Refusal](err)
			switch {
			case test.obstacle == "" && (err != nil || after.Revision != 9 || after.Ack.By != alertstest.Ann):
				t.Errorf("budget state %+v, %v; want it acknowledged in revision 9", after, err)
			case test.obstacle != "" && (!refused || refusal.Obstacle != test.obstacle || len(d.recorded) != 0):
				t.Errorf("error %v, recorded %d; want it refused: %s", err, len(d.recorded), test.obstacle)
			}
		})
	}
}

func TestADeskThatNeverGetsItsTurnSaysSo(t *testing.T) {
	d := reportedAt80()
	d.meanwhile = func(s *alerts.BudgetState) { s.Revision++ }
	_, err := d.service().Apply(t.Context(), d.budgetState.BudgetID, by(alertstest.Ann, alerts.ActAcknowledge, d.budgetState), alertstest.Noon)
	if !errors.Is(err, alerts.ErrConflict) {
		t.Errorf("error = %v, want %v", err, alerts.ErrConflict)
	}
	for call, text := range map[string]string{
		"Standing": "read the state of na", "OnRoot": "read the message about na", "RecordAnswer": "record the answer to na",
	} {
		d := reportedAt80()
		d.fails = call
		_, err := d.service().Apply(t.Context(), d.budgetState.BudgetID, by(alertstest.Ann, alerts.ActAcknowledge, d.budgetState), alertstest.Noon)
		if !errors.Is(err, errDrawer) || !strings.HasPrefix(err.Error(), text) {
			t.Errorf("%s fails: error = %v, want %q", call, err, text)
		}
	}
}
