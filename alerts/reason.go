package alerts

// Reason is why something was said, or why not. It is in the log, in the message and in the test tables.
type Reason string

// The reasons to speak.
const (
	ReasonFirstThreshold Reason = "first level reached" // nothing was said of this budget this month
	ReasonThresholdRose  Reason = "higher level reached"
	ReasonLikelyOver     Reason = "likely to end above the budget"
	ReasonBackOn         Reason = "no longer likely to end above the budget" // an edit, as for a fall
	ReasonRestated       Reason = "usage restated below the level"           // an edit: people are told of a fall without a new message
	ReasonUpdate         Reason = "figures refreshed"
	ReasonUnanswered     Reason = "nobody has answered"
	ReasonClosed         Reason = "the month is closed"
	ReasonReopened       Reason = "Fastly has restated a closed month"
	ReasonUnwatched      Reason = "the budget is no longer watched"
	ReasonFirstStart     Reason = "first start"                 // the summary of what is already past a level
	ReasonRulesNew       Reason = "rules were added or changed" // the same for rules that came later
	ReasonAnswered       Reason = "somebody answered"
	ReasonRoute          Reason = "channel cannot be posted to"
	ReasonGrew           Reason = "usage per day has risen"
	ReasonGrewAgain      Reason = "usage per day has risen again"               // an edit: it is said once a month
	ReasonCalm           Reason = "usage per day is no longer above the floors" // an edit
	ReasonEnded          Reason = "the month has ended"                         // an edit
	ReasonWithdrawn      Reason = "the rule is no longer in the file"           // an edit
	ReasonNew            Reason = "not used in the six months before"
	ReasonVanished       Reason = "used in each of the three months before, and no longer"
	ReasonBack           Reason = "used again" // an edit
	ReasonTrouble        Reason = "trouble of the bot's own"
	ReasonCause          Reason = "another cause of the same trouble" // an edit
	ReasonRecovered      Reason = "the trouble is over"               // an edit
	ReasonInvoice        Reason = "an invoice came later, or was corrected"
	ReasonSchedule       Reason = "the time of a digest"
)

// The reasons to keep silent.
const (
	ReasonBelow          Reason = "below the first level"
	ReasonAlreadySaid    Reason = "level already said"
	ReasonWaits          Reason = "its message waits to be posted"
	ReasonForecastPosted Reason = "forecast already said"
	ReasonMonthOver      Reason = "the month is over"
	ReasonNothingNew     Reason = "looked at, with nothing new to say"
	ReasonCalmSoFar      Reason = "below the floors"
	ReasonOneVersion     Reason = "above the floors on one data version" // two of them make it news
	ReasonGrewSaid       Reason = "change already said"
	ReasonUnknown        Reason = "usage unknown"
	ReasonNewRule        Reason = "new rule: levels that it is past already are one summary"
	ReasonWavers         Reason = "usage wavers around a level that was posted twice" // likewise an edit
	ReasonMuted          Reason = "muted until the month's end"                       // the root still shows the level, by an edit
	ReasonChangedRule    Reason = "changed rule: levels that its edit put it past are one summary"
	ReasonRuleIsBack     Reason = "the rule is again as it was: what was posted then stays posted"
)
