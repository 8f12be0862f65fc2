package alerts

// Reason is why something was said, or why not. It is in the log, in the message and in the test tables.
type Reason string

// The reasons to speak.
const (
	ReasonFirstThreshold Reason = "first threshold reached" // nothing was said of this budget this month
	ReasonThresholdRose  Reason = "higher threshold reached"
	ReasonLikelyOver     Reason = "likely to end above the budget"
	ReasonBackOn         Reason = "no longer likely to end above the budget" // an edit, as for a fall
	ReasonRestated       Reason = "usage restated below the threshold"       // an edit: people are told of a fall without a new message
	ReasonUpdate         Reason = "figures updated"
	ReasonUnanswered     Reason = "nobody has answered"
	ReasonClosed         Reason = "the month is closed"
	ReasonReopened       Reason = "Fastly restated a closed month"
	ReasonUnwatched      Reason = "the budget is no longer watched"
	ReasonFirstStart     Reason = "first start"                 // the summary of what is already past a level
	ReasonRulesNew       Reason = "rules were added or changed" // the same for rules that came later
	ReasonAnswered       Reason = "somebody answered"
	ReasonRoute          Reason = "the bot can't post to the channel"
	ReasonGrew           Reason = "usage per day has risen"
	ReasonGrewAgain      Reason = "usage per day has risen again"                    // an edit: it is said once a month
	ReasonCalm           Reason = "usage per day is back under the alert thresholds" // an edit
	ReasonEnded          Reason = "the month has ended"                              // an edit
	ReasonWithdrawn      Reason = "the rule is no longer in the file"                // an edit
	ReasonNew            Reason = "not used in the six months before"
	ReasonVanished       Reason = "used in each of the three months before, but not now"
	ReasonBack           Reason = "back in use" // an edit
	ReasonTrouble        Reason = "bot health"
	ReasonCause          Reason = "same problem, new cause" // an edit
	ReasonRecovered      Reason = "resolved"                // an edit
	ReasonInvoice        Reason = "an invoice arrived or was corrected"
	ReasonSchedule       Reason = "scheduled digest"
)

// The reasons to keep silent.
const (
	ReasonBelow          Reason = "below the first threshold"
	ReasonAlreadySaid    Reason = "threshold already posted"
	ReasonWaits          Reason = "its message is queued"
	ReasonForecastPosted Reason = "forecast already posted"
	ReasonMonthOver      Reason = "the month is over"
	ReasonNothingNew     Reason = "nothing new to post"
	ReasonCalmSoFar      Reason = "under the alert thresholds"
	ReasonOneVersion     Reason = "over the alert thresholds, not confirmed by newer figures yet" // two of them make it news
	ReasonGrewSaid       Reason = "change already posted"
	ReasonUnknown        Reason = "no usage figure"
	ReasonNewRule        Reason = "already reached when the rule was added; posted in a summary"
	ReasonWavers         Reason = "usage keeps moving around a threshold that was posted twice" // likewise an edit
	ReasonMuted          Reason = "muted until the month's end"                                 // the root still shows the level, by an edit
	ReasonChangedRule    Reason = "reached by editing the rule; posted in a summary"
	ReasonRuleIsBack     Reason = "the rule was changed back; its earlier alerts stand"
)
