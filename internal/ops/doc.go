// Package ops is the side of the service that machines look at: whether it lives, whether it is ready and why not, and its
// metrics. It knows nothing of Slack, usage or budgets: what it shows is handed in.
package ops
