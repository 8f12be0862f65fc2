// Package alerts is the model that the checker, the store and Slack share: how a budget stands in a month, incidents of other kinds, deliveries and
// their messages, why something was posted or not, and people's answers. It is pure. The packages below it act on it: evaluate
// compares usage with rules, decide makes a plan of that and of what was posted before, check runs both on time, answer records what people
// press, deliver makes one attempt at a delivery, and digest posts summaries.
package alerts
