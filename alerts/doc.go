// Package alerts is the model that the checker, the store and Slack share: the state of a budget in a month, incidents of other kinds,
// deliveries and their messages, the reason why something was posted or not, and people's answers. It is pure. The packages below it act on
// it: evaluate compares usage with rules, decide makes a plan from that and from what was posted before, check runs both on schedule,
// answer records people's answers, deliver makes one attempt at a delivery, and digest posts summaries.
package alerts
