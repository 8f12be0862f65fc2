package alerts

// Reason is why a message was posted, or why none was. It is in the log, in the message and in the test tables.
type Reason string

// The reasons to post.
const (
	ReasonFirstThreshold Reason = "first threshold reached" // nothing was posted about this budget this month
	ReasonThresholdRose  Reason = "higher threshold reached"
	ReasonLikelyOver     Reason = "likely to end above the budget"
	ReasonBackOn         Reason = "no longer likely to end above the budget" // an update, as for a fall
	ReasonRestated       Reason = "usage restated below the threshold"       // an update: a fall needs no new message
	ReasonUpdate         Reason = "figures updated"
	ReasonUnanswered     Reason = "nobody has answered"
	ReasonClosed         Reason = "the month is closed"
	ReasonReopened       Reason = "Fastly restated a closed month"
	ReasonUnwatched      Reason = "the budget is no longer watched"
	ReasonFirstStart     Reason = "first start"                 // the summary of budgets already past a threshold
	ReasonRulesNew       Reason = "rules were added or changed" // the same for rules that came later
	ReasonAnswered       Reason = "somebody answered"
	ReasonRoute          Reason = "the bot can't post to the channel"
	ReasonGrew           Reason = "usage per day has risen"
	ReasonGrewAgain      Reason = "usage per day has risen again"                    // an update: a change is posted once a month
	ReasonCalm           Reason = "usage per day is back under the alert thresholds" // an update
	ReasonEnded          Reason = "the month has ended"                              // an update
	ReasonSpike          Reason = "a day far above what is usual for its weekday"
	ReasonSpikeBack      Reason = "the spike goes on after all"       // an update: Fastly corrected a day
	ReasonSpikeOver      Reason = "days are as usual again"           // an update
	ReasonSpikeSettled   Reason = "what was high is usual now"        // an update
	ReasonWithdrawn      Reason = "the rule is no longer in the file" // an update
	ReasonNew            Reason = "not used in the six months before"
	ReasonVanished       Reason = "used in each of the three months before, but not now"
	ReasonBack           Reason = "back in use" // an update
	ReasonTrouble        Reason = "bot health"
	ReasonCause          Reason = "same problem, new cause" // an update
	ReasonRecovered      Reason = "resolved"                // an update
	ReasonInvoice        Reason = "an invoice arrived or was corrected"
	ReasonSchedule       Reason = "scheduled digest"
)

// The reasons to post nothing, or only an update.
const (
	ReasonBelow          Reason = "below the first threshold"
	ReasonAlreadyPosted  Reason = "threshold already posted"
	ReasonWaits          Reason = "its message is queued"
	ReasonForecastPosted Reason = "forecast already posted"
	ReasonShown          Reason = "shown in the Likely Over message" // an update: below the limit a threshold adds nothing to that
	ReasonMonthOver      Reason = "the month is over"
	ReasonNothingNew     Reason = "nothing new to post"
	ReasonCalmSoFar      Reason = "under the alert thresholds"
	ReasonOneVersion     Reason = "over the alert thresholds, not confirmed by newer figures yet" // two data versions confirm it
	ReasonChangePosted   Reason = "change already posted"
	ReasonUsual          Reason = "days are as usual"
	ReasonSpikePosted    Reason = "spike already posted"
	ReasonCorrectedDay   Reason = "only a day that was compared before is high"
	ReasonUnknown        Reason = "no usage figure"
	ReasonNewRule        Reason = "already reached when the rule was added; posted in a summary"
	ReasonWavers         Reason = "usage keeps moving around a threshold that was posted twice" // only an update
	ReasonMuted          Reason = "muted"                                                       // an update of the parent still shows the threshold
	ReasonMuteOver       Reason = "its mute has ended"                                          // only an update
	ReasonChangedRule    Reason = "reached by editing the rule; posted in a summary"
	ReasonRuleIsBack     Reason = "the rule was changed back; its earlier alerts stand"
)
