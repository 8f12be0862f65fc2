// Package alerts decides when usage deserves a message: the rules and how their file is read, what a check found, what was
// already said about a budget this month, and what is to be said now, with the reason.
//
// The middle of it is pure: Evaluate, Forecast and Decide take values and an instant and return values. Around it, Checker asks
// Fastly and records what it found, and Deliverer hands what was recorded to whoever can say it. The package never knows
// Slack, SQL or the queue: it declares the contracts Ledger and Notifier and is handed something that keeps them.
package alerts
