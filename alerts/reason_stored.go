package alerts

// storedReasons maps the texts that earlier versions wrote into the database to today's reasons.
var storedReasons = map[string]Reason{
	"first level reached":                                            ReasonFirstThreshold,
	"higher level reached":                                           ReasonThresholdRose,
	"usage restated below the level":                                 ReasonRestated,
	"figures refreshed":                                              ReasonUpdate,
	"Fastly has restated a closed month":                             ReasonReopened,
	"channel cannot be posted to":                                    ReasonRoute,
	"usage per day is no longer above the floors":                    ReasonCalm,
	"used in each of the three months before, and no longer":         ReasonVanished,
	"used again":                                                     ReasonBack,
	"trouble of the bot's own":                                       ReasonTrouble,
	"another cause of the same trouble":                              ReasonCause,
	"the trouble is over":                                            ReasonRecovered,
	"an invoice came later, or was corrected":                        ReasonInvoice,
	"the time of a digest":                                           ReasonSchedule,
	"below the first level":                                          ReasonBelow,
	"level already said":                                             ReasonAlreadyPosted,
	"its message waits to be posted":                                 ReasonWaits,
	"forecast already said":                                          ReasonForecastPosted,
	"looked at, with nothing new to say":                             ReasonNothingNew,
	"below the floors":                                               ReasonCalmSoFar,
	"above the floors on one data version":                           ReasonOneVersion,
	"change already said":                                            ReasonChangePosted,
	"usage unknown":                                                  ReasonUnknown,
	"usage wavers around a level that was posted twice":              ReasonWavers,
	"muted until the month's end":                                    ReasonMuted,
	"the rule is again as it was: what was posted then stays posted": ReasonRuleIsBack,

	"new rule: levels that it is past already are one summary":       ReasonNewRule,
	"changed rule: levels that its edit put it past are one summary": ReasonChangedRule,
	"new rule: its levels so far are taken silently":                 "already reached when the rule was added; not posted",
	"rule is new, so its levels so far are taken silently":           "already reached when the rule was added; not posted",
	"changed rule: its levels so far are taken silently":             "reached by editing the rule; not posted",
	"rule was changed, so its levels so far are taken silently":      "reached by editing the rule; not posted",
}

// ReadReason returns the reason that a stored text stands for. An unknown text is kept as it is.
func ReadReason(text string) Reason {
	if reason, ok := storedReasons[text]; ok {
		return reason
	}
	return Reason(text)
}

// UnmarshalText reads the reason of a stored message.
func (r *Reason) UnmarshalText(text []byte) error {
	*r = ReadReason(string(text))
	return nil
}
