package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
)

// Who may ask is decided in this order, so that a person who is let in without asking Slack about a group waits for no group:
//
//  1. A person from another workspace, or from outside the organisation, may not.
//  2. A person whom access.ask names, everywhere, guests too.
//  3. A person who is not a guest, in a channel that access.ask names, or everywhere where access.ask is left out. Without the optional scope
//     users:read it is unknown who is a guest; a guest then counts as a member, and Slack itself keeps them to the channels that
//     they are in.
//  4. A member of a group that access.ask names, everywhere, guests too.
//
// If Slack could not be asked about the one condition that might let a person in, they are asked to try again.

// MayAsk refuses a person who may not ask where they did; it returns nil for one who may.
func (r Rights) MayAsk(ctx context.Context) *Refusal {
	who, no, errPerson := r.belongs(ctx)
	if no != nil {
		return no
	}
	ask := r.Rules.Ask
	if r.isNamed(ask) || errPerson == nil && !who.Guest && (len(ask) == 0 || r.namesChannel(ctx, ask)) {
		return nil
	}
	found, errGroups := r.inOneOf(ctx, ask)
	switch err := errors.Join(errPerson, errGroups); {
	case found.In:
		return nil
	case err != nil:
		return &Refusal{Err: err}
	case who.Guest:
		return refused("Only full members of this workspace can see usage, and you're a guest.", "A member can ask for you and share the answer.")
	}
	return r.elsewhere(ctx, ask)
}

// elsewhere says where the person may ask. Private channels are not named: not everybody may know that they exist.
func (r Rights) elsewhere(ctx context.Context, ask []rules.Person) *Refusal {
	var channels []string
	private := false
	for _, p := range ask {
		if p.ID != "" && !rules.IsChannelID(p.ID) {
			continue
		}
		if name, public := r.Channels.Public(ctx, cmp.Or(p.ID, p.Name)); public {
			channels = append(channels, "#"+name)
		} else {
			private = true
		}
	}
	switch {
	case len(channels) > 0:
		return refused(fmt.Sprintf("Usage is shown in %s only.", blocks.List(channels)),
			"Ask there, or ask the bot's operator to add this channel to the rules file.")
	case private:
		return refused("Usage is not shown in this channel.", "The bot's operator can add it to the rules file, or tell you where to ask.")
	}
	return refused("Usage is shown to a few people only.", "To be one of them, ask the bot's operator.")
}

// MayAnswer refuses a person who may not answer for a budget. Its owners may, anywhere; for a budget without owners anyone who may ask
// may answer. So may they if Slack hides the members of a group that owns the budget, or if every owner is an empty group.
func (r Rights) MayAnswer(ctx context.Context, owners []rules.Person) *Refusal {
	if _, no, _ := r.belongs(ctx); no != nil {
		return no
	}
	found, err := r.Among(ctx, owners)
	switch {
	case found.In:
		return nil
	case err != nil:
		return &Refusal{Err: err}
	case found.Hidden || found.empty == len(owners):
		return r.MayAsk(ctx)
	}
	names := make([]string, len(owners))
	for i, owner := range owners {
		names[i] = owner.Name
	}
	return refused(fmt.Sprintf("Only this budget's owners can answer it: %s.", blocks.List(names)), "The bot's rules file lists them.")
}
