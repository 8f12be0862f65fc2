package alerts

import (
	"slices"
	"time"

	"budgetbot/alerts/rules"
)

// Form is what was posted and answered of a budget in the month while its rule had another form, such as another limit: it holds again when
// that form comes back.
type Form struct {
	Hash              string          `json:"hash"`
	Threshold         rules.Threshold `json:"level,omitempty"`
	ForecastThreshold rules.Threshold `json:"foretold,omitempty"`
	OverAt            time.Time       `json:"over_at,omitzero"`
	Escalations       int             `json:"calls,omitempty"`
	Falls             []Fall          `json:"falls,omitempty"`
	Ack               Answer          `json:"ack,omitzero"`
}

// MostForms bounds how many forms of a rule are remembered, the newest.
const MostForms = 10

// FormOf returns the earlier form with the hash; an empty Form, with nothing posted, where there was none.
func (s BudgetState) FormOf(hash string) Form {
	if i := slices.IndexFunc(s.Forms, func(form Form) bool { return form.Hash == hash }); i >= 0 {
		return s.Forms[i]
	}
	return Form{}
}

// FormsAfter returns the earlier forms once the rule's form is hash, and was seen until now.
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

// WithoutAcks returns the forms without what somebody took back.
func WithoutAcks(forms []Form) []Form {
	forms = slices.Clone(forms)
	for i := range forms {
		forms[i].Ack = Answer{}
	}
	return forms
}
