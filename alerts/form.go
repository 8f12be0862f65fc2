package alerts

import (
	"slices"
	"time"

	"budgetbot/alerts/rules"
)

// Form is what was posted and answered about a budget in the month under an earlier form of its rule, such as another limit. It applies
// again when that form comes back.
type Form struct {
	Hash              string          `json:"hash"`
	Threshold         rules.Threshold `json:"level,omitempty"`
	ForecastThreshold rules.Threshold `json:"foretold,omitempty"`
	OverAt            time.Time       `json:"over_at,omitzero"`
	Escalations       int             `json:"calls,omitempty"`
	Falls             []Fall          `json:"falls,omitempty"`
	Ack               Answer          `json:"ack,omitzero"`
}

// MostForms is how many forms of a rule are remembered; the oldest are dropped.
const MostForms = 10

// FormOf returns the earlier form with the hash, or an empty Form, with nothing posted, if there was none.
func (s BudgetState) FormOf(hash string) Form {
	if i := slices.IndexFunc(s.Forms, func(form Form) bool { return form.Hash == hash }); i >= 0 {
		return s.Forms[i]
	}
	return Form{}
}

// FormsAfter returns the earlier forms once the rule's form is hash. seen is the hash of the form before it, which joins them if anything was posted.
func (s BudgetState) FormsAfter(seen, hash string) []Form {
	var forms []Form
	for _, form := range s.Forms {
		if form.Hash != hash && form.Hash != seen {
			forms = append(forms, form)
		}
	}
	if s.Threshold > 0 || s.ForecastThreshold > 0 {
		forms = append(forms, Form{seen, s.Threshold, s.ForecastThreshold, s.OverAt, s.Escalations, s.Falls, s.Ack})
	}
	return forms[max(0, len(forms)-MostForms):]
}

// WithoutAcks returns the forms without their acknowledgements, for a person who undoes one.
func WithoutAcks(forms []Form) []Form {
	forms = slices.Clone(forms)
	for i := range forms {
		forms[i].Ack = Answer{}
	}
	return forms
}
