package access

import "context"

// mayShare reports whether the rules let an answer be shown to the whole channel. A missing list leaves it to everybody who may ask.
func (r Rights) mayShare(ctx context.Context) bool {
	share := r.Rules.Share
	if len(share) == 0 || r.isNamed(share) || r.namesChannel(ctx, share) {
		return true
	}
	found, _ := r.inOneOf(ctx, share) // a person whose membership is unknown does not belong
	return found.In
}

// OffersShare reports whether the person is offered to share an answer. Slack is not asked who else reads the channel before they
// want to.
func (r Rights) OffersShare(ctx context.Context) bool {
	return r.mayShare(ctx) && (!r.People.WasExternal(r.Channel) || r.namesChannel(ctx, r.Rules.Share))
}

// MayPublish refuses a person who may not show an answer to the whole channel. People of other organisations can read a Slack Connect
// channel, so access.share has to name it.
func (r Rights) MayPublish(ctx context.Context) *Refusal {
	if !r.mayShare(ctx) {
		return refused("Answers can't be shared in this channel.", "The bot's rules file says where they can.")
	}
	if r.namesChannel(ctx, r.Rules.Share) {
		return nil
	}
	switch external, err := r.People.IsExternal(ctx, r.Channel); {
	case err != nil:
		return &Refusal{Err: err}
	case external:
		return refused("People from other organizations are in this channel, so I don't share answers here.",
			"The bot's operator can allow it by adding the channel to `access: share:` in the rules file.")
	}
	return nil
}
